"""Fits the weights of CopyLikelihood.swift to copies and strangers of the kinds that kinds.py draws.

    fit_agreement.py MANIFEST FOLDER [MANIFEST FOLDER ...]     FOLDER/KIND/answers.tsv of MatchingBench search

Each answer is a pair of images that agree somewhere; it is a copy when the answer is the query's original. With --leave-out it
prints first how many pairs of each kind are told wrongly by weights that were fitted to all other kinds (minutes), then the weights as Swift.
"""
import collections
import glob
import json
import os
import sys

import numpy

SQUARED = 12
RIDGE = 2
# Nats by which a copy must be likelier than not: a wrong answer costs more than a lost one.
CAUTION = 0.4


def pairs(manifest, folder):
    known = json.loads(open(manifest).read())
    stem = lambda path: os.path.basename(path).rsplit(".", 1)[0]
    queries = {stem(q["query"]): q for q in known["queries"]}
    for path in sorted(glob.glob(f"{folder}/*/answers.tsv")):
        for line in open(path):
            fields = line.rstrip("\n").split("\t")
            numbers = [float(v) for v in fields[-1].split()]
            if len(numbers) < 2:
                continue
            query = queries[stem(fields[0])]
            original = query["original"] and stem(query["original"])
            yield {"kind": query["kind"], "edit": query["edit"], "copy": original == stem(fields[1]), "measures": numbers[1:]}


def terms(measures):
    squared, linear = measures[:SQUARED], measures[SQUARED:]
    return [1, *squared, *(squared[i] * squared[j] for i in range(SQUARED) for j in range(i, SQUARED)), *linear]


def fitted(x, y, weights, ridge, rounds=25):
    b = numpy.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + numpy.exp(-numpy.clip(x @ b, -40, 40)))
        gradient = x.T @ (weights * (p - y)) + ridge * b
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + ridge * numpy.eye(len(b))
        b -= numpy.linalg.solve(curvature, gradient)
    return b


def main():
    paths = [a for a in sys.argv[1:] if not a.startswith("--")]
    rows = [row for m, f in zip(paths[::2], paths[1::2]) for row in pairs(m, f)]
    x = numpy.array([terms(row["measures"]) for row in rows])
    y = numpy.array([row["copy"] for row in rows], float)
    # What covers two fifths of a copy cannot be told from what a template leaves of another image.
    used = numpy.array([row["edit"] != "covered_40" for row in rows])
    weights = numpy.where(y == 1, (1 - y).sum() / y.sum(), 1.0)
    for i, row in enumerate(rows):
        if row["copy"] and row["edit"] in ("spots", "covered_20", "combined"):
            weights[i] *= 0.5
        if row["edit"] == "stranger":
            weights[i] *= 2
    kinds = numpy.array([row["kind"] for row in rows])
    for kind in dict.fromkeys(kinds) if "--leave-out" in sys.argv else []:
        others = used & (kinds != kind)
        z = x @ fitted(x[others], y[others], weights[others], RIDGE) - CAUTION
        own = kinds == kind
        print(f"{kind}, left out: {((z < 0) & own & (y == 1)).sum()} of {(own & (y == 1)).sum()} copies lost, "
              f"{((z >= 0) & own & (y == 0)).sum()} of {(own & (y == 0)).sum()} others taken")
    b = fitted(x[used], y[used], weights[used], RIDGE)
    b[0] -= CAUTION
    z = x @ b
    lost = collections.Counter(row["edit"] for row, value in zip(rows, z) if row["copy"] and value < 0)
    taken = collections.Counter(row["kind"] for row, value in zip(rows, z) if not row["copy"] and value >= 0)
    print(f"all kinds: {sum(lost.values())} of {int(y.sum())} copies lost {dict(lost.most_common(12))}; "
          f"{sum(taken.values())} of {int((1 - y).sum())} others taken {dict(taken.most_common(8))}")
    print("  private static let weights = [\n    " + ",\n    ".join(", ".join(f"{v:.3f}" for v in b[i:i + 12]) for i in range(0, len(b), 12)) + ",\n  ]")


main()
