"""The matcher's results for copies and unrelated queries of many kinds, with a separate index per kind.

    bench_kinds.py MANIFEST WORK BENCH [--csv FOLDER]

MANIFEST is written by kinds.py, WORK is a folder for gray images and results, BENCH the program MatchingBench. Prints per kind: unrelated
queries with a false copy at the engine's threshold (and, separately, with a shared element), copies whose original came first, another image
first; then the hard edits of photographs, and the precision of the results at each confidence. --csv writes the three tables.
"""
import argparse
import collections
import csv
import io
import json
import os
import pathlib
import subprocess

from PIL import Image

CUT = 0.5
USUAL = {"half_q20", "crop_50", "crop_25", "turned_15", "mirrored", "perspective", "letters", "page_25"}


def stem(path):
    return os.path.basename(path).rsplit(".", 1)[0]


def prepare(manifest, work):
    (work / "gray").mkdir(parents=True, exist_ok=True)

    def gray(path):
        target = work / "gray" / f"{stem(path)}.pgm"
        if not target.exists():
            image = Image.open(path).convert("L")
            image.thumbnail((2048, 2048), Image.Resampling.BOX)
            image.save(target)
        return str(target)

    def stored(path):
        # As the index stores and decodes it, for the comparison of detail.
        target = work / "gray" / f"{stem(path)}.thumbnail.pgm"
        if not target.exists():
            image = Image.open(path).convert("RGB")
            image.thumbnail((512, 512), Image.Resampling.BOX)
            buffer = io.BytesIO()
            image.save(buffer, "WEBP", quality=38)
            Image.open(buffer).convert("L").save(target)
        return gray(path)

    folders = []
    for kind in dict.fromkeys(i["kind"] for i in manifest["indexed"]):
        folder = work / "".join(c if c.isalnum() else "_" for c in kind)
        folder.mkdir(exist_ok=True)
        (folder / "index.txt").write_text("\n".join(stored(i["path"]) for i in manifest["indexed"] if i["kind"] == kind))
        (folder / "queries.txt").write_text("\n".join(gray(q["query"]) for q in manifest["queries"] if q["kind"] == kind))
        (folder / "pairs.txt").write_text("\n".join(f"{gray(q['query'])}\t{gray(path)}" for q, path in pairs(manifest, kind)))
        folders.append(folder)
    return folders


def pairs(manifest, kind):
    """Copies with their originals, and each stranger with one indexed image, which is the only one of its kind then."""
    indexed = [i["path"] for i in manifest["indexed"] if i["kind"] == kind]
    strangers = 0
    for query in (q for q in manifest["queries"] if q["kind"] == kind):
        yield query, query["original"] or indexed[strangers % len(indexed)]
        strangers += query["original"] is None


def alone(manifest, folders):
    """Verdicts on pairs, without and with their detail: {(query, stored image): (copy, copy)}."""
    told = {}
    for folder in folders:
        for line in (folder / "alone.tsv").open():
            fields = line.rstrip("\n").split("\t")
            told[stem(fields[0]), stem(fields[1])] = tuple(float(fields[k]) >= CUT and fields[k + 1] != "shared" for k in (2, 4))
    rows = []
    for kind in dict.fromkeys(i["kind"] for i in manifest["indexed"]):
        row = collections.Counter()
        for query, path in pairs(manifest, kind):
            what = "copies" if query["original"] else "strangers"
            row[what] += 1
            for when, yes in zip(("before", "after"), told.get((stem(query["query"]), stem(path)), ())):
                row[what, when] += yes
        rows.append([kind, *(row[k] for k in ("strangers", ("strangers", "before"), ("strangers", "after"), "copies", ("copies", "before"), ("copies", "after")))])
    return rows


def answers(folders):
    found = collections.defaultdict(list)
    for folder in folders:
        for line in (folder / "answers.tsv").open():
            fields = line.rstrip("\n").split("\t")
            if float(fields[2]) >= CUT:
                found[stem(fields[0])].append((stem(fields[1]), float(fields[2]), fields[7]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("manifest"), parser.add_argument("work"), parser.add_argument("bench"), parser.add_argument("--csv")
    parser.add_argument("--answered", action="store_true", help="score the answers that are there")
    args = parser.parse_args()
    manifest = json.loads(open(args.manifest).read())
    folders = prepare(manifest, pathlib.Path(args.work))
    if not args.answered:
        subprocess.run([args.bench, "search", *folders], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([args.bench, "alone", *folders], check=True)
    found = answers(folders)
    kinds, edits, reliability = [], [], []
    right = collections.Counter()
    seen = collections.Counter()
    for kind in dict.fromkeys(i["kind"] for i in manifest["indexed"]):
        row = collections.Counter()
        for query in (q for q in manifest["queries"] if q["kind"] == kind):
            copies = [a for a in found[stem(query["query"])] if a[2] != "shared"]
            shared = any(a[2] == "shared" for a in found[stem(query["query"])])
            original = query["original"] and stem(query["original"])
            for name, confidence, _ in copies[:1]:
                bin = min(9, int(confidence * 10))
                seen[bin] += 1
                right[bin] += name == original
            if original is None:
                row["strangers"] += 1
                row["answered"] += bool(copies)
                row["shared"] += shared and not copies
            elif query["edit"] in USUAL:
                row["copies"] += 1
                row["found"] += bool(copies) and copies[0][0] == original
                row["wrong"] += bool(copies) and copies[0][0] != original
        kinds.append([kind, row["strangers"], row["answered"], row["shared"], row["copies"], row["found"], row["wrong"]])
    for edit in dict.fromkeys(q["edit"] for q in manifest["queries"] if q["edit"] not in USUAL | {"stranger"}):
        all_of = [q for q in manifest["queries"] if q["edit"] == edit]
        first = [next((a[0] for a in found[stem(q["query"])] if a[2] != "shared"), None) for q in all_of]
        hits = sum(a == stem(q["original"]) for a, q in zip(first, all_of))
        edits.append([edit, len(all_of), hits, sum(a is not None for a in first) - hits])
    for bin in sorted(seen):
        reliability.append([f"{bin / 10:.1f}", seen[bin], right[bin], f"{right[bin] / seen[bin]:.3f}"])
    tables = {
        "kinds": (["kind", "strangers", "answered", "shared", "copies", "found first", "another first"], kinds),
        "edits": (["edit", "copies", "found first", "another first"], edits),
        "alone": (["kind", "strangers", "copies by the image", "by its detail too", "copies", "found by the image", "by its detail too"], alone(manifest, folders)),
        "reliability": (["confidence from", "answers", "right", "share"], reliability),
    }
    for name, (head, rows) in tables.items():
        print("\t".join(head))
        for row in rows:
            print("\t".join(str(v) for v in row))
        print()
        if args.csv:
            with open(pathlib.Path(args.csv) / f"{name}.csv", "w", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([head, *rows])
    total = [sum(row[k] for row in kinds) for k in range(1, 7)]
    print(f"all: {total[1]} of {total[0]} strangers answered with a copy, {total[4]} of {total[3]} copies first, {total[5]} times another first")


if __name__ == "__main__":
    main()
