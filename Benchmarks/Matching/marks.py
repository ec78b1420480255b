"""Photographs that share only a mark in a corner, like the images of one shop or broadcaster.

    marks.py make TILES FOLDER      needs Pillow; TILES as Benchmarks/Index/tiles.py makes them
    MatchingBench search FOLDER
    marks.py count FOLDER           false positives by kind of mark, and altered copies of marked images found first
"""
import collections
import io
import json
import pathlib
import random
import sys

from PIL import Image, ImageDraw, ImageFont

SIDES = (60, 90, 120, 160)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"


def mark(kind, side, photograph):
    """A red sign with a disc and a word, three times as wide as high, or a small photograph."""
    if kind == "photograph":
        small = photograph.copy()
        small.thumbnail((side, side))
        return small
    sign = Image.new("RGB", (side, side // 3), (200, 20, 40))
    draw = ImageDraw.Draw(sign)
    draw.ellipse((4, 4, side // 3 - 4, side // 3 - 4), fill=(255, 255, 255))
    draw.text((side // 3 + 2, side // 20), "NEWS", fill=(255, 255, 255), font=ImageFont.truetype(FONT, side // 5))
    return sign


def marked(path, sign, gap):
    image = Image.open(path).convert("RGB")
    image.paste(sign, (image.width - sign.width - gap, image.height - sign.height - gap))
    return image


def altered(image):
    """Smaller, recompressed, slightly rotated."""
    image = image.resize((image.width * 3 // 5, image.height * 3 // 5))
    held = io.BytesIO()
    image.save(held, "JPEG", quality=40)
    return Image.open(held).convert("L").rotate(4)


def make(tiles, folder):
    folder.mkdir(parents=True)
    paths = sorted(tiles.glob("*.jpg"))
    random.Random(1).shuffle(paths)

    def source(path):
        return path.name.rsplit("-", 2)[0]

    photograph, indexed = Image.open(paths[0]).convert("RGB"), paths[1:31]
    strangers = [path for path in paths[31:] if source(path) not in {source(other) for other in indexed}][:30]
    index, queries = [], []
    for kind in ("sign", "photograph"):
        for side in SIDES:
            sign = mark(kind, side, photograph)
            for number, path in enumerate(indexed):
                target = folder / f"i-{kind}-{side}-{number}.pgm"
                marked(path, sign, 8).convert("L").save(target)
                index.append(target)
                if number % 3 == 0:
                    copy = folder / f"c-{kind}-{side}-{number}.pgm"
                    altered(marked(path, sign, 8)).save(copy)
                    queries.append((copy, number))
            for number, path in enumerate(strangers):
                target = folder / f"s-{kind}-{side}-{number}.pgm"
                marked(path, sign, 8 if number % 2 else 30).convert("L").save(target)
                queries.append((target, None))
    (folder / "index.txt").write_text("\n".join(map(str, index)))
    (folder / "queries.txt").write_text("\n".join(str(path) for path, _ in queries))
    (folder / "truth.json").write_text(json.dumps({str(path): number for path, number in queries}))


def count(folder):
    first = {}
    for line in (folder / "answers.tsv").read_text().splitlines():
        query, found, confidence = line.split("\t")[:3]
        if float(confidence) >= 0.5 and float(confidence) > first.get(query, (0,))[0]:
            first[query] = (float(confidence), found)
    answered, found, wrong, copies = collections.Counter(), 0, 0, 0
    for query, number in json.loads((folder / "truth.json").read_text()).items():
        answer = first.get(query)
        if number is None:
            answered["-".join(pathlib.Path(query).stem.split("-")[1:3])] += answer is not None
        else:
            # The same photograph with another mark is also a copy.
            copies += 1
            right = answer is not None and answer[1].endswith(f"-{number}.pgm")
            found, wrong = found + right, wrong + (answer is not None and not right)
    print(f"strangers answered, of 30 each: {dict(answered)}; in all {sum(answered.values())}")
    print(f"copies found first {found} of {copies}, another photograph first {wrong}")


if sys.argv[1] == "make":
    make(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
else:
    count(pathlib.Path(sys.argv[2]))
