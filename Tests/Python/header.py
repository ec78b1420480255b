"""Reads include/imagesearch.h far enough to compare it with the binding."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Dict, List, Tuple

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = ROOT / "include" / "imagesearch.h"


def source() -> str:
    """The header without comments and preprocessor lines."""
    text = HEADER.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = text.replace("\\\n", " ")
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


def _type_and_name(declaration: str) -> Tuple[str, str]:
    match = re.fullmatch(r"(.*?)(\w+)(\s*\[\w*\])?", " ".join(declaration.split()))
    assert match, declaration
    kind = match.group(1).strip().replace("* ", "*")
    return kind + (" " + match.group(3).strip() if match.group(3) else ""), match.group(2)


def functions() -> Dict[str, Tuple[str, Tuple[str, ...]]]:
    """Name -> result and parameter types, spelled as in the header."""
    found: Dict[str, Tuple[str, Tuple[str, ...]]] = {}
    for match in re.finditer(r"IMAGESEARCH_API\s+([^;()]*?)\(([^;]*?)\)\s*;", source()):
        result, name = _type_and_name(match.group(1))
        inside = match.group(2).strip()
        arguments = () if inside == "void" else tuple(_type_and_name(one)[0] for one in inside.split(","))
        assert name not in found, name
        found[name] = (result, arguments)
    return found


def structs() -> Dict[str, List[Tuple[str, str]]]:
    """Name -> fields as (type, name), in order."""
    found: Dict[str, List[Tuple[str, str]]] = {}
    for match in re.finditer(r"typedef struct (\w+) \{(.*?)\} (\w+);", source(), flags=re.DOTALL):
        assert match.group(1) == match.group(3)
        found[match.group(1)] = [_type_and_name(field) for field in match.group(2).split(";") if field.strip()]
    return found


def constants() -> List[str]:
    """The names of all enum constants."""
    names: List[str] = []
    for match in re.finditer(r"\benum\s*\{(.*?)\}\s*;", source(), flags=re.DOTALL):
        names += re.findall(r"\b(IMAGESEARCH_\w+)\s*=", match.group(1))
    return names


def ask_compiler(expressions: Dict[str, str], folder: Path) -> Dict[str, int]:
    """The values of whole-number expressions, computed by a program that includes the header."""
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
