#!/usr/bin/env python3
"""Makes a C object of include/imagesearch.h that has its functions and types, for libabigail: stub.py FOLDER [HEADER]

Writes FOLDER/stub.c, FOLDER/stub.map, FOLDER/suppressions.ini and FOLDER/libimagesearch.so.1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))

import cheader  # noqa: E402


def spelled(one: cheader.Declared) -> str:
    kind, _, array = one.kind.partition(" [")
    return f"{kind} {one.name}" + (f"[{array}" if array else "")


def suppressions(structs: list[cheader.Struct]) -> str:
    """What abidiff passes over: structs that carry their size and have got fields at their end (docs/abi.md), and nothing else. libabigail's
    own `has_data_member_inserted_at = end` also passes over a field that changed where none was inserted, so each struct that has grown is
    named, after its older fields were compared with those of the frozen header."""
    frozen = {
        one.name: one
        for path in sorted(HERE.glob("*/imagesearch.h"))
        for one in cheader.read(path).types
        if isinstance(one, cheader.Struct)
    }
    lines = ["# Structs that have grown at their end."]
    for struct in structs:
        older = frozen.get(struct.name)
        if older is None or struct.fields[0].name != "struct_size" or len(struct.fields) <= len(older.fields):
            continue
        if all((new.kind, new.name) == (old.kind, old.name) for new, old in zip(struct.fields, older.fields)):
            lines += [
                "[suppress_type]",
                "  type_kind = struct",
                f"  name = {struct.name}",
                "  has_data_member_inserted_at = end",
            ]
    return "\n".join(lines) + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    path = Path(sys.argv[2]) if len(sys.argv) > 2 else cheader.HEADER
    folder.mkdir(parents=True, exist_ok=True)
    header = cheader.read(path)
    structs = [one for one in header.types if isinstance(one, cheader.Struct)]
    lines = [f'#include "{path.resolve()}"', ""]
    for function in header.functions:
        parameters = ", ".join(spelled(one) for one in function.parameters) or "void"
        body = "" if function.result == "void" else "return 0;"
        lines.append(f"{function.result} {function.name}({parameters}) {{ {body} }}")
    # Types that no function takes are reached from here.
    lines += [f"void imagesearch_stub_of_{one.name}({one.name} *value) {{ }}" for one in structs]
    (folder / "stub.c").write_text("\n".join(lines) + "\n", encoding="utf-8")
    abi = header.defines["IMAGESEARCH_ABI_VERSION"]
    (folder / "stub.map").write_text(f"IMAGESEARCH_{abi} {{ global: imagesearch_*; local: *; }};\n", encoding="utf-8")
    (folder / "suppressions.ini").write_text(suppressions(structs), encoding="utf-8")
    command = ["cc", "-g", "-gdwarf-4", "-O0", "-w", "-shared", "-fPIC", f"-Wl,-soname,libimagesearch.so.{abi}"]
    command += [
        f"-Wl,--version-script={folder / 'stub.map'}",
        str(folder / "stub.c"),
        "-o",
        str(folder / f"libimagesearch.so.{abi}"),
    ]
    subprocess.run(command, check=True)


main()
