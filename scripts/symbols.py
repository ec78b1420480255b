#!/usr/bin/env python3
"""The functions of the shared object and the version that introduced each: include/symbols-in-versions.

symbols.py             adds the header's new functions, with the version of the header; existing entries are unchanged
symbols.py --check     fails when the file lacks a function of the header, or has one that the header lacks
symbols.py --debian    prints the symbols file of the Debian package libimagesearch1
"""

from __future__ import annotations

import sys

import cheader

FILE = cheader.ROOT / "include" / "symbols-in-versions"
TOP = """# The functions of libimagesearch.so.1 and the version that has had each from then on. A line is never changed or removed within an ABI.
# Written by scripts/symbols.py.
"""


def known() -> dict[str, str]:
    if not FILE.exists():
        return {}
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))


def main() -> None:
    header = cheader.read()
    version = header.defines["IMAGESEARCH_VERSION"].strip('"')
    abi = header.defines["IMAGESEARCH_ABI_VERSION"]
    names = [function.name for function in header.functions]
    listed = known()
    match sys.argv[1:]:
        case []:
            listed.update((name, version) for name in names if name not in listed)
            FILE.write_text(TOP + "".join(f"{name} {listed[name]}\n" for name in sorted(listed)), encoding="utf-8")
        case ["--check"]:
            new, gone = set(names) - listed.keys(), listed.keys() - set(names)
            if new:
                sys.exit(f"symbols: run scripts/symbols.py, which adds {', '.join(sorted(new))}")
            if gone:
                sys.exit(f"symbols: ABI {abi} promised {', '.join(sorted(gone))}")
        case ["--debian"]:
            print(f"libimagesearch.so.{abi} libimagesearch{abi} #MINVER#")
            for name in sorted(names):
                print(f" {name}@IMAGESEARCH_{abi} {listed.get(name, version)}")
        case _:
            sys.exit(__doc__)


main()
