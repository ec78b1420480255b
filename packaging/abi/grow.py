#!/usr/bin/env python3
"""Prints the header as a later version might have it: grow.py [HEADER]

Each struct that carries its size gets two fields at its end, one of them a pointer, and there is a function that no library has."""

from __future__ import annotations

import re
import sys
from pathlib import Path

text = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "include" / "imagesearch.h").read_text(
    encoding="utf-8"
)


def grown(match: re.Match[str]) -> str:
    name, body = match[1], match[2]
    if not re.search(r"\bsize_t struct_size;", body):
        return match[0]
    return f"typedef struct {name} {{{body}  /** Of a later version. */\n  double later_number;\n  /** Of a later version. */\n  const char *later_text;\n}} {name};"


print(re.sub(r"typedef struct (\w+) \{(.*?)\} \1;", grown, text, flags=re.DOTALL), end="")
