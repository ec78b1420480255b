"""Groups of copies in one collection: ours compared with czkawka's core and pHash, each called once for all groups.

    bench_groups.py ORIGINALS WORK [--originals N]     ORIGINALS: a folder of photographs (tiles.py makes one)

The collection: N originals; every second one has copies, cycling through the edits. Whole copies (the same bytes, recompressed, altered)
should be in one group with their original; parts (crops, a collage) should be listed beside the group, which only ours does. Two
unrelated images in one group are an error. Times include reading the files; for ours, both without an index and with an existing one.
"""

from __future__ import annotations

import argparse
import itertools
import pathlib
import random
import shutil
import time

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

JOINING = ("same", "jpeg", "small", "png", "mirrored", "gray", "text", "bright", "blurred", "bordered", "turned")
PARTS = ("crop_60", "crop_35", "collage")


def edit(kind: str, path: pathlib.Path, others: list[pathlib.Path], out: pathlib.Path, chance: random.Random) -> pathlib.Path:
    target = out / ("%s--%s.jpg" % (path.stem, kind))
    if kind == "same":
        shutil.copyfile(path, target)
        return target
    image = Image.open(path).convert("RGB")
    width, height = image.size
    options = {"quality": 85}
    if kind == "jpeg":
        options = {"quality": 25}
    elif kind == "small":
        image = image.resize((width * 2 // 5, height * 2 // 5), Image.Resampling.LANCZOS)
    elif kind == "png":
        target, options = target.with_suffix(".png"), {}
        image = image.resize((width * 9 // 10, height * 9 // 10))
    elif kind == "mirrored":
        image = ImageOps.mirror(image)
    elif kind == "gray":
        image = image.convert("L").convert("RGB")
    elif kind == "text":
        draw = ImageDraw.Draw(image)
        for _ in range(3):
            draw.text((chance.randrange(width // 2), chance.randrange(height * 3 // 4)), "SALE %d" % chance.randrange(99), fill="white", font_size=height // 6)
    elif kind == "bright":
        image = ImageEnhance.Brightness(ImageEnhance.Contrast(image).enhance(1.4)).enhance(1.3)
    elif kind == "blurred":
        image = image.filter(ImageFilter.GaussianBlur(3))
    elif kind == "bordered":
        image = ImageOps.expand(image, border=width // 10, fill=(20, 20, 20))
    elif kind == "turned":
        image = image.rotate(90, expand=True)
    elif kind.startswith("crop"):
        side = (int(kind[5:]) / 100) ** 0.5
        w, h = int(width * side), int(height * side)
        x, y = chance.randrange(width - w + 1), chance.randrange(height - h + 1)
        image = image.crop((x, y, x + w, y + h))
    elif kind == "collage":
        canvas = Image.new("RGB", (2 * width, 2 * height), "white")
        for place, source in zip(((0, 0), (width, 0), (0, height), (width, height)), [path, *chance.sample(others, 3)]):
            canvas.paste(ImageOps.fit(Image.open(source).convert("RGB"), (width, height)), place)
        image = canvas
    image.save(target, **options)
    return target


def make(originals: pathlib.Path, work: pathlib.Path, most: int) -> list[pathlib.Path]:
    folder = work / "collection"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chance = random.Random(1)
    sources = sorted(originals.glob("*.jpg"))[:most]
    kinds = itertools.cycle(JOINING + PARTS)
    files = []
    # The other images of a collage are not in the collection.
    fillers, sources = sources[-max(4, len(sources) // 10) :], sources[: -max(4, len(sources) // 10)]
    for number, source in enumerate(sources):
        files.append(folder / source.name)
        shutil.copyfile(source, files[-1])
        if number % 2 == 0:
            files += [edit(next(kinds), source, fillers, folder, chance) for _ in range(2)]
    return files


def ours(folder: pathlib.Path, work: pathlib.Path):
    import imagesearch

    shutil.rmtree(work / "index", ignore_errors=True)
    begun = time.perf_counter()
    with imagesearch.LocalIndex(work / "index") as index:
        index.add_folder(folder)
        added = time.perf_counter()
        groups = [([member.image.item_id for member in group.members], [member.image.item_id for member in group.related]) for group in index.groups()]
        ended = time.perf_counter()
    return groups, ended - begun, "%.1f s of it the groups" % (ended - added)


def czkawka(folder: pathlib.Path):
    from czkawka import ImageSimilarity

    begun = time.perf_counter()
    finder = ImageSimilarity()
    finder.set_directories([folder])
    finder.set_similarity(10)
    groups = [([path.name for path in group], []) for group in finder.find_similar()]
    return groups, time.perf_counter() - begun, "similarity 10"


def phash(folder: pathlib.Path, files: list[pathlib.Path]):
    import imagehash
    import numpy

    begun = time.perf_counter()
    codes = numpy.array([imagehash.phash(Image.open(path)).hash.ravel() for path in files])
    parent = list(range(len(files)))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for number, code in enumerate(codes):
        for other in numpy.flatnonzero((codes[number + 1 :] != code).sum(axis=1) <= 10):
            parent[root(number + 1 + int(other))] = root(number)
    groups: dict[int, list[str]] = {}
    for number, path in enumerate(files):
        groups.setdefault(root(number), []).append(path.name)
    return [(names, []) for names in groups.values() if len(names) > 1], time.perf_counter() - begun, "cut-off 10"


def judge(title: str, groups, seconds: float, note: str, files: list[pathlib.Path]) -> tuple[int, int, int]:
    """Prints and returns the result: whole copies that were found, their total number, groups with unrelated images."""
    place = {name: number for number, (members, _) in enumerate(groups) for name in members}
    beside: dict[str, set[int]] = {}
    for number, (_, related) in enumerate(groups):
        for name in related:
            beside.setdefault(name, set()).add(number)
    strangers = sum(len({name.split("--")[0].split(".")[0] for name in members}) > 1 for members, _ in groups)
    found: dict[str, list[int]] = {}
    for path in files:
        stem, _, kind = path.stem.partition("--")
        if kind:
            own = stem + ".jpg"
            together = place.get(path.name, -1) == place.get(own, -2) or place.get(own, -1) in beside.get(path.name, ())
            found.setdefault(kind, []).append(together)
    total = [hit for kind in JOINING for hit in found.get(kind, [])]
    print("%-22s %5.1f %% of %d copies, %d groups with strangers, %.1f s (%s)" % (title, 100 * sum(total) / max(1, len(total)), len(total), strangers, seconds, note))
    print("    " + "  ".join("%s %d/%d" % (kind, sum(hits), len(hits)) for kind, hits in sorted(found.items())), flush=True)
    return sum(total), len(total), strangers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("originals", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--originals", dest="most", type=int, default=2000)
    options = parser.parse_args()
    files = make(options.originals, options.work, options.most)
    folder = options.work / "collection"
    print("%d files" % len(files))
    judge("ImageSearch", *ours(folder, options.work), files)
    judge("czkawka's core", *czkawka(folder), files)
    judge("pHash, all pairs", *phash(folder, files), files)


if __name__ == "__main__":
    main()
