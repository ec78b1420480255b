"""The matcher's results for copies and unrelated queries of many kinds, with a separate index per kind.

    bench_kinds.py MANIFEST WORK BENCH [--csv FOLDER]

MANIFEST is written by kinds.py, WORK is a folder for gray images and results, BENCH the program MatchingBench. Prints per kind: unrelated
queries with a false copy at the engine's threshold (and, separately, with a shared element), copies whose original came first, another image
first; then the hard edits of photographs, and the precision of the results at each confidence. --csv writes the three tables.
"""
import argparse
import collections
import csv
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

    folders = []
    for kind in dict.fromkeys(i["kind"] for i in manifest["indexed"]):
        folder = work / "".join(c if c.isalnum() else "_" for c in kind)
        folder.mkdir(exist_ok=True)
        (folder / "index.txt").write_text("\n".join(gray(i["path"]) for i in manifest["indexed"] if i["kind"] == kind))
        (folder / "queries.txt").write_text("\n".join(gray(q["query"]) for q in manifest["queries"] if q["kind"] == kind))
        folders.append(folder)
    return folders


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
