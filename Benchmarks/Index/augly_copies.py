"""Copies made with AugLy (PyPI augly): every single edit, and compositions of two to six, with as many unrelated images.

    augly_copies.py make PIECES OUT [--indexed 120] [--originals 20] [--compositions 60] [--seed 7]
    augly_copies.py score OUT/manifest.json WORK [--peers] [--csv FOLDER]     WORK/augly/answers.tsv of MatchingBench search

`make` writes OUT/images/*.jpg and OUT/manifest.json in the form of kinds.py (one kind, "augly"), for bench_kinds.py. `score` prints the micro average
precision over all queries, single edits and compositions apart, and the recall at 90 % precision.
"""
import argparse
import csv
import json
import os
import pathlib
import random

from PIL import Image

SINGLE = {
    "blur": {"radius": 3}, "brightness": {"factor": 1.6}, "change_aspect_ratio": {"ratio": 1.6}, "color_jitter": {"brightness_factor": 1.4, "contrast_factor": 1.5, "saturation_factor": 2},
    "contrast": {"factor": 1.8}, "convert_color": {"mode": "L"}, "crop": {"x1": .2, "y1": .2, "x2": .8, "y2": .8}, "encoding_quality": {"quality": 10}, "grayscale": {}, "hflip": {},
    "opacity": {"level": .6}, "overlay_emoji": {"emoji_size": .3}, "overlay_onto_background_image": {}, "overlay_onto_screenshot": {}, "overlay_image": {"overlay_size": .4}, "overlay_stripes": {},
    "overlay_text": {}, "pad": {"w_factor": .2, "h_factor": .2}, "pad_square": {}, "perspective_transform": {"sigma": 30}, "pixelization": {"ratio": .4}, "random_noise": {"var": .02},
    "rotate": {"degrees": 20}, "saturation": {"factor": 3}, "scale": {"factor": .3}, "sharpen": {"factor": 20}, "shuffle_pixels": {"factor": .1}, "vflip": {}, "meme_format": {},
}
COMPOSED = [name for name in SINGLE if name not in ("shuffle_pixels", "meme_format", "convert_color")]


def apply(image, name, rng, grounds):
    import numpy
    from PIL import ImageFont

    # AugLy 1.0 uses names that newer releases of numpy and Pillow have removed.
    numpy.float, numpy.int, numpy.bool = float, int, bool
    if not hasattr(ImageFont.FreeTypeFont, "getsize"):
        ImageFont.FreeTypeFont.getsize = lambda self, text, *rest, **more: tuple(int(v) for v in self.getbbox(text)[2:])
    from augly import image as augly

    options = dict(SINGLE[name])
    image = image.convert("RGB")
    if name == "overlay_onto_background_image":
        options["background_image"] = rng.choice(grounds)
    if name == "overlay_image":
        options["overlay"] = rng.choice(grounds)
    if name == "random_noise" or name == "shuffle_pixels":
        options["seed"] = rng.randint(0, 1 << 30)
    if name == "perspective_transform":
        options["seed"] = rng.randint(0, 1 << 30)
    return getattr(augly, name)(image, **options).convert("RGB")


def make(args):
    pieces = sorted(pathlib.Path(args.pieces).glob("*.jpg"))
    sources = sorted({p.stem.rsplit("-", 2)[0] for p in pieces})
    rng = random.Random(args.seed)
    rng.shuffle(sources)
    known = set(sources[: len(sources) * 2 // 3])
    indexed = [p for p in pieces if p.stem.rsplit("-", 2)[0] in known][: args.indexed]
    others = [p for p in pieces if p.stem.rsplit("-", 2)[0] not in known]
    grounds = [Image.open(p).convert("RGB") for p in others[::9]]
    others = [p for k, p in enumerate(others) if k % 9]
    out = pathlib.Path(args.out)
    (out / "images").mkdir(parents=True, exist_ok=True)
    queries, failed = [], set()

    def write(path, names, original, number):
        image = Image.open(path).convert("RGB")
        own = random.Random(f"{path.name} {names}")
        try:
            for name in names:
                image = apply(image, name, own, grounds)
        except Exception as error:  # an edit that this version of AugLy or Pillow does not support
            failed.add(f"{names[-1]}: {error}"[:120])
            return
        if max(image.size) > 2000:
            image.thumbnail((2000, 2000))
        edit = names[0] if len(names) == 1 else f"{min(4, len(names))} composed"
        target = out / "images" / f"augly_{number:05}.jpg"
        image.save(target, quality=85)
        queries.append({"query": str(target), "kind": "augly", "edit": edit if original else "stranger", "original": original and str(original)})

    number = 0
    for original in rng.sample(indexed, min(len(indexed), args.originals)):
        for name in SINGLE:
            write(original, [name], original, number)
            number += 1
    for n in range(args.compositions):
        for length in (2, 3, rng.randint(4, 6)):
            original = rng.choice(indexed)
            write(original, rng.sample(COMPOSED, length), original, number)
            number += 1
    for path in others:
        write(path, rng.sample(COMPOSED, rng.choice([1, 1, 2, 3])), None, number)
        number += 1
    manifest = {"indexed": [{"path": str(p), "kind": "augly"} for p in indexed], "queries": queries, "held_out": []}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1))
    print(f"{len(indexed)} indexed, {len(queries)} queries, {sum(q['original'] is None for q in queries)} strangers", *sorted(failed), sep="\n")


def average_precision(answers, total):
    """Micro average precision over the first results of all queries by confidence, and the recall at 90 % precision."""
    hits, area, best = 0, 0.0, 0.0
    for rank, (_, right) in enumerate(sorted(answers, key=lambda a: -a[0]), 1):
        if right:
            hits += 1
            area += hits / rank
        if hits / rank >= 0.9:
            best = hits / total
    return area / total, best


def stem(path):
    return os.path.basename(path).rsplit(".", 1)[0]


def ours(work):
    first = {}
    for line in open(pathlib.Path(work) / "augly/answers.tsv"):
        fields = line.rstrip("\n").split("\t")
        if float(fields[2]) >= 0.5 and fields[7] != "shared":
            first.setdefault(stem(fields[0]), (stem(fields[1]), float(fields[2])))
    return first


def others(manifest):
    """The first results of other tools without their own thresholds, since the measure depends on the order by confidence only."""
    import peers

    plain = {"indexed": [i["path"] for i in manifest["indexed"]], "queries": manifest["queries"]}
    for name, answers in [*peers.hashes(plain, cut=False), peers.keypoints("SIFT", plain, least=4)]:
        yield name.split(",")[0], {stem(q): (stem(a[0][0]), a[0][1]) for q, a in answers.items() if a}


def score(args):
    manifest = json.loads(open(args.manifest).read())
    engines = [("ImageSearch", ours(args.work)), *(others(manifest) if args.peers else [])]
    groups = {"all": lambda q: True, "single edits": lambda q: "composed" not in q["edit"]}
    for n, title in ((2, "two composed"), (3, "three composed"), (4, "four to six composed")):
        groups[title] = lambda q, n=n: q["edit"] == f"{n} composed"
    for edit in SINGLE:
        groups[edit] = lambda q, edit=edit: q["edit"] == edit
    rows = []
    for engine, first in engines:
        for name, belongs in groups.items():
            queries = [q for q in manifest["queries"] if q["original"] is None or belongs(q)]
            copies = sum(bool(q["original"]) for q in queries)
            answers = [(first[stem(q["query"])][1], bool(q["original"]) and first[stem(q["query"])][0] == stem(q["original"])) for q in queries if stem(q["query"]) in first]
            if copies:
                precision, recall = average_precision(answers, copies)
                rows.append([engine, name, copies, f"{100 * sum(right for _, right in answers) / copies:.1f}", f"{precision:.3f}", f"{recall:.3f}"])
                print("%-40s %-32s %5d  found first %5s %%  µAP %s  recall at 90 %% precision %s" % tuple(rows[-1]))
        strangers = [q for q in manifest["queries"] if q["original"] is None]
        print(f"{engine}: strangers answered {sum(stem(q['query']) in first for q in strangers)} of {len(strangers)}")
    if args.csv:
        with open(pathlib.Path(args.csv) / "augly.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["engine", "edit", "copies", "found first", "micro average precision", "recall at 90 % precision"], *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    p = commands.add_parser("make")
    p.add_argument("pieces"), p.add_argument("out"), p.add_argument("--indexed", type=int, default=120)
    p.add_argument("--originals", type=int, default=20), p.add_argument("--compositions", type=int, default=60), p.add_argument("--seed", type=int, default=7), p.set_defaults(run=make)
    p = commands.add_parser("score")
    p.add_argument("manifest"), p.add_argument("work"), p.add_argument("--peers", action="store_true"), p.add_argument("--csv"), p.set_defaults(run=score)
    args = parser.parse_args()
    args.run(args)


main()
