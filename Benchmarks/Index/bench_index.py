"""The local index compared with common tools, on the same altered copies, in one run.

    bench_index.py DATA [--peers]      run by scripts/bench-index.sh

DATA contains tiles/ (images) and altered/ (made by altered_copies.py). Prints, for each engine, recall per edit without a false
positive and at its own threshold, and for the index also images per second, bytes per image and milliseconds per query by stage.
"""
import collections
import json
import pathlib
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

import imagesearch  # noqa: E402
import peers  # noqa: E402

DATA = pathlib.Path(sys.argv[1])
MANIFEST = json.loads((DATA / "altered/manifest.json").read_text())


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def disk(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def score(name, answers):
    path = DATA / f"answers-{name}.json"
    path.write_text(json.dumps(answers))
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, ROOT / "Benchmarks/Index/altered_copies.py", "score", DATA / "altered/manifest.json", path], check=True)


def local_index():
    folder = DATA / "index"
    shutil.rmtree(folder, ignore_errors=True)
    answers, times = {}, []
    # Thumbnails are measured separately, because they are optional and their size is configurable.
    with imagesearch.LocalIndex(folder, thumbnail_side=0) as index:
        begun, used = time.monotonic(), cpu()
        paths = MANIFEST["indexed"]
        failed = 0
        for start in range(0, len(paths), 64):
            items = [imagesearch.ImageItem(path, [("image", path)]) for path in paths[start:start + 64]]
            failed += sum(entry.error is not None for entry in index.add_images(items))
        used = cpu() - used
        decoding = gray_decoding(paths)
        print(f"{len(paths)} images indexed, {failed} refused: {len(paths) / used:.1f} images a second and core end to end"
              f" ({time.monotonic() - begun:.1f} s); libjpeg-turbo alone decodes {1 / decoding:.0f}, so that {used / len(paths) / decoding:.1f} times its work is done")
        index.rebuild()  # Writes the postings to a segment; until then they are built from the rows when the index is opened.
        for query in MANIFEST["queries"]:
            begun = cpu()
            try:
                page = index.search(query["query"], limit=5)
                answers[query["query"]] = [[match.item_id, match.confidence] for match in page]
            except imagesearch.ImageSearchError as error:
                if error.code != imagesearch.Code.IMAGE_TOO_SIMPLE:
                    raise
                answers[query["query"]] = []
            times.append((cpu() - begun) * 1000)
    # Closed, so that SQLite's log is empty. An empty index has a dozen pages as well.
    empty = DATA / "index-empty"
    shutil.rmtree(empty, ignore_errors=True)
    imagesearch.LocalIndex(empty, thumbnail_side=0).close()
    print(f"on disk {(disk(folder) - disk(empty)) / max(1, len(paths) - failed):.0f} bytes an image without thumbnails")
    times.sort()
    print(f"query: median {times[len(times) // 2]:.1f} ms, 95 % {times[len(times) * 95 // 100]:.1f} CPU ms, decoding included")
    score("ImageSearch local index", answers)


def gray_decoding(paths):
    """CPU seconds per image of libjpeg-turbo alone (through Pillow): the whole file, in gray, at the matcher's size."""
    from PIL import Image

    begun = cpu()
    for path in paths:
        image = Image.open(path)
        image.draft("L", (512, 512))
        image.load()
    return (cpu() - begun) / len(paths)


def thumbnails():
    """Bytes of thumbnails on disk, and the recall of an index rebuilt from its thumbnails only, without the files."""
    folder, files = DATA / "index-thumbnails", DATA / "files"
    for old in (folder, files):
        shutil.rmtree(old, ignore_errors=True)
    files.mkdir()
    names = {}
    for path in MANIFEST["indexed"]:
        names[path] = files / pathlib.Path(path).name
        shutil.copyfile(path, names[path])
    queries = [q for q in MANIFEST["queries"] if q["original"]]

    def found(index):
        right = 0
        for query in queries:
            try:
                right += any(match.item_id == query["original"] for match in list(index.search(query["query"], limit=1))[:1])
            except imagesearch.ImageSearchError:
                pass
        return right

    bytes_of = {}
    for side in (0, None):
        shutil.rmtree(folder, ignore_errors=True)
        with imagesearch.LocalIndex(folder, **({} if side is None else {"thumbnail_side": side})) as index:
            index.add_images([imagesearch.ImageItem(path, [("image", str(names[path]))]) for path in names])
            if side is None:
                before = found(index)
        bytes_of[side] = disk(folder)
    print(f"thumbnails: {(bytes_of[None] - bytes_of[0]) / len(names):.0f} bytes an image on disk; the files have {disk(files) / len(names):.0f}")
    shutil.rmtree(files)
    # Unreadable features are computed again, here from the thumbnails.
    with sqlite3.connect(folder / "index.sqlite") as rows:
        print("rows whose features are taken away:", rows.execute("UPDATE features SET checksum = checksum + 1").rowcount)
    with imagesearch.LocalIndex(folder) as index:
        report = index.rebuild()
        print("rebuilt from thumbnails:", collections.Counter(entry.outcome.name for entry in report))
        after = found(index)
    print(f"found first, of {len(queries)} copies: {before} before, {after} by the index made from thumbnails alone")


def second_looks():
    """The cost of a search with one pass and with second passes, for copies and unrelated queries, in CPU ms."""
    with imagesearch.LocalIndex(DATA / "index", thumbnail_side=0) as index:
        for kind in ("copies", "strangers"):
            paths = [q["query"] for q in MANIFEST["queries"] if (q["original"] is None) == (kind == "strangers")][:120]
            spent = {}
            for effort in ("fast", "normal", "thorough"):
                begun = cpu()
                for path in paths:
                    try:
                        index.search(path, effort=effort, limit=5)
                    except imagesearch.ImageSearchError:
                        pass
                spent[effort] = (cpu() - begun) / len(paths) * 1000
            print(f"{kind}: one look {spent['fast']:.1f} ms, normal {spent['normal']:.1f} ({spent['normal'] / spent['fast']:.2f} times), "
                  f"thorough {spent['thorough']:.1f} ({spent['thorough'] / spent['fast']:.2f} times)")


def large_images():
    """Adding 12-megapixel JPEGs, compared with libjpeg-turbo's scaled gray decoding (through Pillow's draft mode) alone."""
    from PIL import Image

    folder = DATA / "large"
    folder.mkdir(exist_ok=True)
    if not any(folder.iterdir()):
        sources = sorted((p for p in pathlib.Path("/usr/share").glob("*/**/*") if p.suffix in {".jpg", ".png"} and "allpapers" in str(p) or "backgrounds" in str(p)
                          and p.suffix == ".jpg"), key=lambda p: -p.stat().st_size)[:8]
        for number, path in enumerate(sources):
            Image.open(path).convert("RGB").resize((4000, 3000), Image.LANCZOS).save(folder / f"{number}.jpg", quality=88)
    paths = sorted(folder.iterdir())
    if not paths:
        return
    target = DATA / "index-large"
    shutil.rmtree(target, ignore_errors=True)
    rounds = []
    with imagesearch.LocalIndex(target, thumbnail_side=0) as index:
        for number in range(5):
            decoding = gray_decoding(paths)
            begun = cpu()
            index.add_images([imagesearch.ImageItem(f"{number} {path.name}", [("image", path)]) for path in paths])
            rounds.append((decoding, (cpu() - begun) / len(paths)))
    decoding, adding = (statistics.median(r[k] for r in rounds) for k in (0, 1))
    print(f"12 megapixels, median of {len(rounds)} rounds: {1 / adding:.1f} added a second and core, scaled gray decoding alone {1 / decoding:.1f}: {100 * decoding / adding:.0f} %")


def stages():
    """CPU milliseconds by stage, of the matcher alone, on images decoded beforehand."""
    from PIL import Image

    tool = ROOT / ".build-tools/release/MatchingBench"
    if not tool.exists():
        return
    folder = DATA / "grey"
    folder.mkdir(exist_ok=True)

    def converted(path, number, kind):
        target = folder / f"{kind}{number}.pgm"
        if not target.exists():
            image = Image.open(path)
            image.draft("L", (768, 768))
            image.convert("L").save(target)
        return str(target)

    (folder / "index.txt").write_text("\n".join(converted(p, n, "i") for n, p in enumerate(MANIFEST["indexed"])))
    some = MANIFEST["queries"][:: max(1, len(MANIFEST["queries"]) // 200)]
    (folder / "queries.txt").write_text("\n".join(converted(q["query"], n, "q") for n, q in enumerate(some)))
    # The input of `MatchingBench scale`: the original of a copy follows a tab.
    known = {path: folder / f"i{n}.pgm" for n, path in enumerate(MANIFEST["indexed"])}
    lines = [f"{folder}/q{n}.pgm" + (f"\t{known[q['original']]}" if q["original"] else "") for n, q in enumerate(some)]
    (folder / "scale-queries.txt").write_text("\n".join(lines))
    subprocess.run([tool, "search", folder], check=True)


def main():
    local_index()
    second_looks()
    thumbnails()
    large_images()
    stages()
    if "--peers" in sys.argv:
        for name, answers in peers.hashes(MANIFEST):
            score(name, answers)
        for kind in ("ORB", "SIFT"):
            score(*peers.keypoints(kind, MANIFEST))


main()
