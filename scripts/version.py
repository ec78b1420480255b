#!/usr/bin/env python3
"""The version of all parts. Its single source is IMAGESEARCH_VERSION of include/imagesearch.h; files that cannot read it are written from it.

version.py             prints it
version.py --write     writes its copies: the numbers beside it in the header, LibraryVersion.swift, openapi.json
version.py --check     fails when a copy differs
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = ROOT / "include" / "imagesearch.h"


def version() -> str:
    found = re.search(r'^#define IMAGESEARCH_VERSION "(\d+\.\d+\.\d+)"$', HEADER.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        sys.exit(f"version: {HEADER} has no IMAGESEARCH_VERSION")
    return found[1]


def copies(number: str) -> list[tuple[Path, str, str]]:
    """File, the text before the number, and the number."""
    major, minor, patch = number.split(".")
    swift = ROOT / "Sources" / "ImageSearch" / "Model" / "LibraryVersion.swift"
    parts = {"major": major, "minor": minor, "patch": patch}
    return [
        *((HEADER, rf"^#define IMAGESEARCH_VERSION_{name.upper()} ", part) for name, part in parts.items()),
        *((swift, rf"static let {name} = ", part) for name, part in parts.items()),
        (ROOT / "python" / "imagesearch" / "server" / "openapi.json", r'^ *"version": "', number),
    ]


def main() -> None:
    number = version()
    if not sys.argv[1:]:
        print(number)
    for path, before, value in copies(number) if sys.argv[1:] else ():
        text = path.read_text(encoding="utf-8")
        changed = re.sub(f"({before})[0-9.]+", rf"\g<1>{value}", text, count=1, flags=re.MULTILINE)
        if not re.search(before, text, re.MULTILINE):
            sys.exit(f"version: {path} has no line {before}")
        if changed == text:
            continue
        if sys.argv[1] != "--write":
            sys.exit(f"version: {path.relative_to(ROOT)} has another version than {HEADER.name}: run scripts/version.py --write")
        path.write_text(changed, encoding="utf-8")


main()
