"""Fits the weights of CopyLikelihood.swift to copies and unrelated images of the kinds of kinds.py, and to altered photographs.

    fit_agreement.py MANIFEST FOLDER [MANIFEST FOLDER ...]     FOLDER/KIND/answers.tsv of MatchingBench search

Each result is a pair of images that agree somewhere; it is a copy when the result is the query's original. The signs of the weights are
given, so that more agreement never counts against a copy. Prints the errors of a cross-validation by kinds (each sixth of the kinds is
held out in turn), then the weights as Swift. Needs numpy and scipy.
"""
import collections
import glob
import json
import os
import sys

import numpy
from scipy.optimize import minimize

# In the order of CopyLikelihood.terms.
TERMS = ["one", "beyond", "expected", "evidence", "small part", "lost squares", "squares", "to worst", "below 0.35", "below 0.6", "lead", "no lead", "one-sided", "least"]
SIGNS = [0, 1, 0, 1, -1, -1, 1, -1, -1, -1, 1, -1, 1, None]
# The last one is fixed: agreement in less than almost half (a third with much evidence) is no copy.
RULE = -12.0
# Margin of the decision in nats.
CAUTION = 0.15
# Edits whose result may count as another image, and those that leave almost nothing of the image.
UNDECIDED = {"covered_40", "overlay_stripes", "4 composed", "emboss", "contour"}


def pairs(manifest, folder):
    known = json.loads(open(manifest).read())
    stem = lambda path: os.path.basename(path).rsplit(".", 1)[0]
    queries = {stem(q["query"]): q for q in known["queries"]}
    for path in sorted(glob.glob(f"{folder}/*/answers.tsv")):
        for line in open(path):
            fields = line.rstrip("\n").split("\t")
            measures = [float(v) for v in fields[-1].split()][1:]
            if len(measures) != len(TERMS):
                continue
            query = queries[stem(fields[0])]
            original = query["original"] and stem(query["original"])
            yield {"kind": query["kind"], "edit": query["edit"], "query": stem(fields[0]), "copy": original == stem(fields[1]), "terms": measures}


def weight(row):
    if row["copy"]:
        return 0.3 if row["edit"] in UNDECIDED else 1.0
    # A false positive for an unrelated query is worse than a second result beside a copy.
    return 6.0 if row["edit"] == "stranger" else 0.3


def fitted(x, y, weights, ridge=1.0):
    total = weights.sum()
    rule = RULE * x[:, -1]
    x = x[:, :-1]

    def loss(b):
        z = numpy.clip(x @ b + rule, -40, 40)
        p = 1 / (1 + numpy.exp(-z))
        return ((weights * (numpy.logaddexp(0, z) - y * z)).sum() + ridge / 2 * (b @ b)) / total, (x.T @ (weights * (p - y)) + ridge * b) / total

    bounds = [(None, None) if s == 0 else (0, None) if s > 0 else (None, 0) for s in SIGNS[:-1]]
    found = minimize(loss, numpy.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000}).x
    # A false positive costs more than a lost copy.
    found[0] -= CAUTION
    return numpy.append(found, RULE)


def report(title, rows, z):
    """Per query: unrelated queries with a false copy, and copies that are lost."""
    best = collections.defaultdict(lambda: -99.0)
    for row, value in zip(rows, z):
        if row["copy"] or row["edit"] == "stranger":
            key = (row["kind"], row["edit"], row["query"])
            best[key] = max(best[key], value)
    strangers = [(k, v) for (k, e, _), v in best.items() if e == "stranger"]
    copies = [(k, e, v) for (k, e, _), v in best.items() if e != "stranger"]
    taken = collections.Counter(k for k, v in strangers if v >= 0)
    lost = collections.Counter(e for _, e, v in copies if v < 0)
    print(f"{title}: {sum(taken.values())} of {len(strangers)} strangers taken {dict(taken.most_common(8))}; "
          f"{sum(lost.values())} of {len(copies)} copies lost {dict(lost.most_common(12))} "
          f"{dict(collections.Counter(k for k, _, v in copies if v < 0).most_common(8))}")


def main():
    paths = sys.argv[1:]
    rows = [row for m, f in zip(paths[::2], paths[1::2]) for row in pairs(m, f)]
    x = numpy.array([row["terms"] for row in rows])
    y = numpy.array([row["copy"] for row in rows], float)
    weights = numpy.array([weight(row) for row in rows])
    kinds = sorted({row["kind"] for row in rows})
    z = numpy.zeros(len(rows))
    for part in range(6):
        own = numpy.array([row["kind"] in kinds[part::6] for row in rows])
        z[own] = x[own] @ fitted(x[~own], y[~own], weights[~own])
    report("kinds left out", rows, z)
    b = fitted(x, y, weights)
    report("all kinds", rows, x @ b)
    for name, value in zip(TERMS, b):
        print(f"  {name:14} {value:.2f}")
    print("  private static let weights: [Double] = [\n    " + ", ".join(f"{v:.2f}" for v in b) + ",\n  ]")


main()
