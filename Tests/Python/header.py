"""Additions of the tests to scripts/cheader.py, which parses include/imagesearch.h."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import cheader  # noqa: E402

HEADER = cheader.HEADER


def ask_compiler(expressions: dict[str, str], folder: Path) -> dict[str, int]:
    """The values of integer expressions, computed by a program that includes the header."""
    lines = ['printf("%%s %%lld\\n", "%s", (long long)(%s));' % pair for pair in expressions.items()]
    program = "#include <stddef.h>\n#include <stdio.h>\n#include <imagesearch.h>\nint main(void) {\n%s\nreturn 0; }\n"
    file = folder / "ask.c"
    file.write_text(program % "\n".join(lines), encoding="utf-8")
    subprocess.run(
        ["cc", "-std=c99", "-Wall", "-Werror", "-I", str(HEADER.parent), str(file), "-o", str(folder / "ask")], check=True
    )
    output = subprocess.run([str(folder / "ask")], check=True, capture_output=True, text=True).stdout
    answers = (line.rsplit(" ", 1) for line in output.splitlines())
    return {name: int(value) for name, value in answers}
