#!/usr/bin/env python3
"""Images other than photographs – drawings, charts, pages of text, screenshots, logos, tilings –, for testing the confidence.

    drawings.py OUT [--each 40] [--strangers 40] [--seed 1]

Writes OUT/i/*.pgm (to index), OUT/q/*.pgm, and OUT/manifest.json, index.txt and queries.txt as `MatchingBench search OUT` reads them.
Negatives are drawn by the same functions with other seeds: the same fonts, letters, frames, icons and colours. False positives among them
are the most frequent complaint. The positives are edits of altered_copies.py. Needs Pillow and numpy; fonts of fonts-dejavu.
"""
import argparse, io, json, math, random, sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Index"))
import altered_copies  # noqa: E402

FONTS = Path("/usr/share/fonts/truetype/dejavu")
WORDS = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her "
    "she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some "
    "could these two may first then do any like my now over such our man me even most made after also did many off before must well back "
    "through years where much your way down should because long each just state those people too little good world still see work life"
).split()
ALTERED = ["identity", "jpeg_q20", "resize_25", "crop_50", "hflip", "rot_10", "text", "border_20"]
STRANGE = ["identity", "hflip", "crop_50", "collage_25"]


def font(rng, size, bold=None):
    names = ["DejaVuSans", "DejaVuSerif", "DejaVuSansMono"]
    bold = rng.random() < .3 if bold is None else bold
    return ImageFont.truetype(str(FONTS / (rng.choice(names) + ("-Bold" if bold else "") + ".ttf")), max(6, int(size)))


def colour(rng, low=0, high=255):
    return tuple(rng.randint(low, high) for _ in range(3))


def words(rng, count):
    return " ".join(rng.choice(WORDS) for _ in range(count))


def scene(rng):
    """Boxes and discs of one colour on one backdrop, as in Tests/Python/scenes.py."""
    w, h = rng.choice([(320, 240), (640, 480), (400, 400)])
    image = Image.new("RGB", (w, h))
    draw = ImageDraw.Draw(image)
    for y in range(h):
        draw.line((0, y, w, y), fill=(200 * y // h, 120, 220 * (h - y) // h))
    for _ in range(rng.choice([12, 25, 40])):
        x, y, a, b = rng.random() * w, rng.random() * h, rng.uniform(.03, .25) * w, rng.uniform(.03, .25) * h
        (draw.rectangle if rng.random() < .5 else draw.ellipse)((x - a, y - b, x + a, y + b), fill=colour(rng))
    return image


def clipart(rng):
    """Outlined shapes of few colours on white."""
    image = Image.new("RGB", (500, rng.choice([375, 500])), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(3, 14)):
        x, y, r = rng.uniform(0, 500), rng.uniform(0, image.height), rng.uniform(15, 120)
        sides, turn = rng.choice([3, 4, 4, 5, 6, 8]), rng.uniform(0, 6.3)
        fill, width = rng.choice([None, colour(rng)]), rng.choice([1, 2, 4, 8])
        if rng.random() < .3:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline="black", width=width)
        else:
            points = [(x + r * math.cos(turn + 2 * math.pi * k / sides), y + r * math.sin(turn + 2 * math.pi * k / sides)) for k in range(sides)]
            draw.polygon(points, fill=fill, outline="black", width=width)
    return image


def page(rng):
    """A page of running text."""
    w, h = rng.choice([(500, 700), (640, 480), (800, 1000)])
    image = Image.new("RGB", (w, h), "white")
    draw = ImageDraw.Draw(image)
    size, margin = rng.choice([11, 13, 16, 22]), rng.randint(20, 60)
    title, body = font(rng, 2 * size, True), font(rng, size, False)
    draw.text((margin, margin), words(rng, 4).title(), font=title, fill="black")
    y = margin + 4 * size
    while y < h - margin:
        line = words(rng, 24)
        while draw.textlength(line, font=body) > w - 2 * margin:
            line = line.rsplit(" ", 1)[0]
        draw.text((margin, y), line, font=body, fill="black")
        y += int(1.4 * size)
        if rng.random() < .12:
            y += size
    return image


def screenshot(rng):
    """A window: title bar, buttons, menu, side bar with icons, a table or fields."""
    w, h = rng.choice([(800, 600), (1024, 768), (640, 480)])
    dark = rng.random() < .3
    ink, paper, frame = ("white", (40, 42, 48), (60, 63, 70)) if dark else ("black", (250, 250, 250), (225, 226, 230))
    image = Image.new("RGB", (w, h), paper)
    draw = ImageDraw.Draw(image)
    small, row, buttons = font(rng, rng.randint(10, 14), False), rng.randint(20, 34), rng.choice([10, w - 70])
    draw.rectangle((0, 0, w, 28), fill=frame)
    draw.text((w // 2 - 60, 7), words(rng, 4).title(), font=small, fill=ink)
    for k in range(3):
        draw.ellipse((buttons + 20 * k, 8, buttons + 12 + 20 * k, 20), fill=colour(rng, 90, 240))
    draw.text((10, 34), words(rng, 6).title(), font=small, fill=ink)
    draw.rectangle((0, 54, 150, h), fill=frame)
    for k in range((h - 60) // row):
        draw.rectangle((10, 62 + row * k, 24, 76 + row * k), fill=colour(rng, 90, 220), outline=ink)
        draw.text((32, 62 + row * k), words(rng, rng.randint(1, 2)), font=small, fill=ink)
    if rng.random() < .5:
        for r in range((h - 80) // 24):
            draw.line((160, 70 + 24 * r, w - 10, 70 + 24 * r), fill=frame)
            for c in range((w - 170) // 110):
                draw.text((166 + 110 * c, 74 + 24 * r), str(rng.randint(0, 99999)) if c else words(rng, 1), font=small, fill=ink)
    else:
        for r in range((h - 90) // 60):
            draw.text((170, 70 + 60 * r), words(rng, 2).title(), font=small, fill=ink)
            draw.rectangle((170, 88 + 60 * r, w - 40, 114 + 60 * r), outline=ink)
            draw.text((176, 93 + 60 * r), words(rng, rng.randint(1, 6)), font=small, fill=ink)
    return image


def logo(rng):
    """A logo: a mark and a name."""
    image = Image.new("RGB", (500, rng.choice([250, 500])), rng.choice(["white", "white", colour(rng)]))
    draw = ImageDraw.Draw(image)
    c, x, y, r = colour(rng, 0, 180), 125, image.height // 2, rng.randint(50, 95)
    kind = rng.randint(0, 3)
    if kind == 0:
        for k in range(rng.randint(1, 4)):
            draw.ellipse((x - r + 15 * k, y - r + 15 * k, x + r - 15 * k, y + r - 15 * k), fill=c if k % 2 == 0 else "white")
    elif kind == 1:
        points = [(x + (r if k % 2 else r * .45) * math.sin(math.pi * k / 5), y + (r if k % 2 else r * .45) * math.cos(math.pi * k / 5)) for k in range(10)]
        draw.polygon(points, fill=c)
    elif kind == 2:
        draw.rounded_rectangle((x - r, y - r, x + r, y + r), radius=rng.randint(0, 30), fill=c)
        draw.text((x, y), rng.choice("ABCDEFGHKMRSTX"), font=font(rng, 1.3 * r, True), fill="white", anchor="mm")
    else:
        draw.pieslice((x - r, y - r, x + r, y + r), rng.randint(0, 180), rng.randint(200, 340), fill=c)
        draw.rectangle((x - r, y + r // 3, x + r // 2, y + r // 2), fill=colour(rng))
    name = "".join(rng.choice("aeioubcdfghklmnprstvwz") for _ in range(rng.randint(4, 9)))
    draw.text((240, y), rng.choice([name.upper(), name.title()]), font=font(rng, 42, True), fill=c, anchor="lm")
    return image


def chart(rng):
    """Axes, a grid, bars or lines, a legend."""
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    small, lines = font(rng, rng.randint(10, 14), False), rng.randint(3, 9)
    for k in range(lines):
        y = 60 + 340 * k // lines
        draw.line((60, y, 600, y), fill=(200, 200, 200))
        draw.text((20, y - 7), str(rng.randint(1, 999)), font=small, fill="black")
    draw.line((60, 60, 60, 400, 600, 400), fill="black", width=2)
    n = rng.randint(5, 14)
    for s in range(rng.randint(1, 3)):
        c, heights = colour(rng, 0, 200), [rng.uniform(20, 320) for _ in range(n)]
        if rng.random() < .5:
            for k, v in enumerate(heights):
                x = 70 + 530 * k / n + 12 * s
                draw.rectangle((x, 400 - v, x + 12, 400), fill=c)
        else:
            draw.line([(70 + 530 * k / n, 400 - v) for k, v in enumerate(heights)], fill=c, width=2)
        draw.rectangle((480, 20 + 14 * s, 490, 30 + 14 * s), fill=c)
        draw.text((496, 17 + 14 * s), words(rng, 2), font=small, fill="black")
    for k in range(n):
        draw.text((70 + 530 * k / n, 406), words(rng, 1), font=small, fill="black")
    draw.text((200, 20), words(rng, 4).title(), font=font(rng, 18), fill="black")
    return image


def tiling(rng):
    """A repeated motif of a few strokes: all features of one image are similar, and two images share only the kind."""
    image = Image.new("RGB", (500, 500), colour(rng, 150, 255))
    draw = ImageDraw.Draw(image)
    step = rng.randint(28, 90)
    strokes = [([rng.random() for _ in range(2 * rng.randint(2, 4))], colour(rng, 0, 160), rng.randint(1, 5)) for _ in range(rng.randint(2, 5))]
    for y in range(0, 500, step):
        for x in range(0, 500, step):
            for points, c, width in strokes:
                draw.line([(x + step * u, y + step * v) for u, v in zip(points[::2], points[1::2])], fill=c, width=width)
    return image


KINDS = [scene, clipart, page, screenshot, logo, chart, tiling]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=40), parser.add_argument("--strangers", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for name in ("i", "q"):
        (args.out / name).mkdir(parents=True, exist_ok=True)
    indexed, queries, backgrounds = [], [], []
    altered_copies.load = lambda image, longest=1000: image

    def write(image, edit, name, original):
        altered, quality = altered_copies.EDITS[edit](image, random.Random(f"{args.seed}{name}{edit}"), backgrounds)
        data = io.BytesIO()
        altered.convert("RGB").save(data, "JPEG", quality=quality)
        path = args.out / "q" / f"{name}_{edit}.pgm"
        Image.open(data).convert("L").save(path)
        queries.append({"query": str(path), "edit": edit, "original": original})

    for kind in KINDS:
        backgrounds = [kind(random.Random(f"{args.seed} behind {kind.__name__} {n}")) for n in range(6)]
        for n in range(args.each):
            image = kind(random.Random(f"{args.seed} {kind.__name__} {n}"))
            path = str(args.out / "i" / f"{kind.__name__}{n:03d}.pgm")
            image.convert("L").save(path)
            indexed.append(path)
            if n < args.each // 8:
                for edit in ALTERED:
                    write(image, edit, f"{kind.__name__}{n:03d}", path)
        for n in range(args.strangers):
            stranger = kind(random.Random(f"{args.seed} stranger {kind.__name__} {n}"))
            for edit in STRANGE if n % 4 == 0 else STRANGE[:1]:
                write(stranger, edit, f"stranger-{kind.__name__}{n:03d}", None)
    (args.out / "manifest.json").write_text(json.dumps({"indexed": indexed, "queries": queries}))
    (args.out / "index.txt").write_text("\n".join(indexed))
    (args.out / "queries.txt").write_text("\n".join(q["query"] for q in queries))
    print(f"{len(indexed)} indexed, {len(queries)} queries, {sum(q['original'] is None for q in queries)} of them negative")


if __name__ == "__main__":
    main()
