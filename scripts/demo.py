"""Indexes images, makes altered copies of some, and finds the originals through C and Python; see demo.sh.

Half of the images are added by the C program and half by Python, to one index; every copy is searched for by both.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "Tests/Python")]

import imagesearch  # noqa: E402

WORK = ROOT / "build/demo"
PROGRAM = WORK / "find_image"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
MOST = 60
ALTERED = 6

ALTERATIONS = {
    "a third the size": lambda p: (p.resize((max(1, p.width // 3), max(1, p.height // 3)), Image.LANCZOS), 85),
    "JPEG quality 15": lambda p: (p, 15),
    "mirrored": lambda p: (ImageOps.mirror(p), 85),
    "turned by 90°": lambda p: (p.rotate(90, expand=True), 85),
}


def images():
    """Photographs if there are any, otherwise generated drawings."""
    named = os.environ.get("IMAGES")
    for folder in [named] if named else ["/usr/share/backgrounds/mate/nature", "/usr/share/backgrounds"]:
        found = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if len(found) >= 2:
            return found[:MOST]
        if named:
            sys.exit(f"IMAGES={named} holds {len(found)} images; at least 2 are needed")
    from scenes import scene

    drawn = WORK / "drawn"
    drawn.mkdir(exist_ok=True)
    for number in range(24):
        (drawn / f"scene-{number:02}.png").write_bytes(scene(number, 640, 480))
    return sorted(drawn.iterdir())


def altered_copies(chosen):
    folder = WORK / "altered"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copies = []
    for original in chosen:
        image = ImageOps.exif_transpose(Image.open(original)).convert("RGB")
        image.thumbnail((1600, 1600), Image.LANCZOS)
        for number, (name, alter) in enumerate(ALTERATIONS.items()):
            copy, quality = alter(image)
            path = folder / f"{original.stem}-{number}.jpg"
            copy.save(path, "JPEG", quality=quality)
            copies.append((path, name, original))
    return copies


def add(index_folder, found):
    through_c, through_python = found[::2], found[1::2]
    begun = time.monotonic()
    subprocess.run([PROGRAM, index_folder, "add", *through_c], check=True, stdout=subprocess.DEVNULL)
    with imagesearch.LocalIndex(index_folder) as index:
        report = index.add_images([imagesearch.ImageItem(p.stem, [p]) for p in through_python])
        for entry in report:
            if entry.error:
                print(f"  not indexed: {entry.item_id}: {entry.error}")
        seconds = time.monotonic() - begun
        print(f"\n{index.image_count()} of {len(found)} images indexed in {seconds:.1f} s, half through C, half through Python\n")


def search_c(index_folder, path):
    line = subprocess.run([PROGRAM, index_folder, "search", path], capture_output=True, text=True).stdout.split("\n")[0]
    parts = line.split("\t")
    return (parts[1].split("/")[0], parts[2], float(parts[4])) if len(parts) == 5 and parts[1] != "-" else ("-", "-", 0.0)


def search_python(index, path):
    begun = time.monotonic()
    try:
        page = index.search(path, limit=1)
    except imagesearch.ImageSearchError as error:
        print(f"  {path.name}: {error}")
        page = []
    spent = (time.monotonic() - begun) * 1000
    return (page[0].item_id, f"{page[0].score:.3g}", spent) if page else ("-", "-", spent)


def main():
    os.environ.pop("TINEYE_API_KEY", None)
    found = images()
    print(f"images from {found[0].parent}")
    folder = WORK / "index"
    shutil.rmtree(folder, ignore_errors=True)
    add(folder, found)
    chosen = random.Random(7).sample(found, min(ALTERED, len(found)))
    wrong = 0
    print(f"{'query':38} {'alteration':17} {'through':7} {'best match':30} {'score':>6} {'ms':>7}")
    with imagesearch.LocalIndex(folder) as index:
        for path, name, original in altered_copies(chosen):
            for through, (item, score, spent) in (("C", search_c(folder, path)), ("Python", search_python(index, path))):
                right = item == original.stem
                wrong += not right
                print(f"{path.name[:38]:38} {name:17} {through:7} {item[:30]:30} {score:>6} {spent:7.1f} {'' if right else ' WRONG'}")
    total = 2 * len(chosen) * len(ALTERATIONS)
    print(f"\n{total - wrong} of {total} searches found the original")
    sys.exit(1 if wrong else 0)


main()
