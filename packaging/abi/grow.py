#!/usr/bin/env python3
"""Makes a copy of the sources what a later version might be: grow.py TREE, or grow.py alone to print the header.

Each struct of the header that carries its size gets two fields at its end, one of them a pointer. The Swift code that makes such a struct
fills them in, as whoever added them would have to."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path


def grown(match: re.Match[str]) -> str:
    name, body = match[1], match[2]
    if not re.search(r"\bsize_t struct_size;", body):
        return match[0]
    return f"typedef struct {name} {{{body}  /** Of a later version. */\n  double later_number;\n  /** Of a later version. */\n  const char *later_text;\n}} {name};"


def header(text: str) -> str:
    return re.sub(r"typedef struct (\w+) \{(.*?)\} \1;", grown, text, flags=re.DOTALL)


def swift(text: str) -> str:
    """The initializer that takes every field, with the two new ones."""
    result, end = [], 0
    for call in re.finditer(r"\b(?:imagesearch_\w+|self\.init)\(\s*struct_size:", text):
        close = depth = 0
        for close in range(text.index("(", call.start()), len(text)):
            depth += {"(": 1, ")": -1}.get(text[close], 0)
            if depth == 0:
                break
        result += [text[end:close], ", later_number: 7, later_text: nil"]
        end = close
    return "".join([*result, text[end:]])


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Leaves the time of what stays the same, so that it is not built again."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    if after != before:
        path.write_text(after, encoding="utf-8")


if len(sys.argv) > 1:
    tree = Path(sys.argv[1])
    rewrite(tree / "include" / "imagesearch.h", header)
    for source in sorted((tree / "Sources" / "CImageSearch").rglob("*.swift")):
        rewrite(source, swift)
else:
    print(header((Path(__file__).resolve().parents[2] / "include" / "imagesearch.h").read_text(encoding="utf-8")), end="")
