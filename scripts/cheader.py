"""Parses include/imagesearch.h, which is regular enough for a simple parser: the declarations with their comments.

Used by scripts/generate-abi.py and by the tests of the binding."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HEADER = ROOT / "include" / "imagesearch.h"
_MARK = "IMAGESEARCH_API"


class Declared(NamedTuple):
    """A name with its type. For a constant, the type is ""."""

    kind: str
    name: str
    comment: str


class Function(NamedTuple):
    result: str
    name: str
    parameters: tuple[Declared, ...]
    comment: str


class Callback(NamedTuple):
    result: str
    name: str
    parameters: tuple[Declared, ...]


class Struct(NamedTuple):
    name: str
    fields: tuple[Declared, ...]
    comment: str


class Numbers(NamedTuple):
    """The constants of one enum. `name` is the typedef before it, and `kind` its underlying type; "" without one."""

    name: str
    kind: str
    constants: tuple[Declared, ...]
    comment: str


class Header(NamedTuple):
    """All declarations in the order of the header: `types` are structs, callbacks and numbers."""

    types: tuple[Struct | Callback | Numbers, ...]
    functions: tuple[Function, ...]
    handles: tuple[str, ...]
    #: typedef -> underlying type, for typedefs that name a set of numbers.
    aliases: dict[str, str]
    #: The #define lines with a value and without parameters.
    defines: dict[str, str]


def _words(comment: str) -> str:
    """The text of a comment without its delimiters."""
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip().removeprefix("/**").removesuffix("*/").splitlines()]
    return " ".join(" ".join(lines).split())


def _declared(declaration: str, comment: str = "") -> Declared:
    match = re.fullmatch(r"(.*?)(\w+)(\s*\[\w*\])?", " ".join(declaration.split()))
    if not match:
        raise ValueError("not understood: %s" % declaration)
    kind = match.group(1).strip().replace("* ", "*")
    return Declared(kind + (" " + match.group(3).strip() if match.group(3) else ""), match.group(2), comment)


def _parameters(inside: str) -> tuple[Declared, ...]:
    inside = inside.strip()
    return () if inside == "void" else tuple(_declared(one) for one in inside.split(","))


_COMMENT = r"(?:(?P<comment>/\*\*(?:(?!\*/).)*\*/)\s*)?"
_DECLARATIONS = re.compile(
    _COMMENT
    + r"(?:"
    + _MARK
    + r"\s+(?P<result>[^;()/{}]*?)\((?P<parameters>[^;]*?)\)\s*;"
    + r"|typedef\s+struct\s+(?P<struct>\w+)\s*\{(?P<fields>.*?)\}\s*(?P=struct)\s*;"
    + r"|typedef\s+struct\s+(?P<handle>\w+)\s+(?P=handle)\s*;"
    + r"|typedef\s+(?P<answer>[\w ]+?[ *]*)\(\*(?P<callback>\w+)\)\((?P<arguments>[^;]*?)\)\s*;"
    + r"|typedef\s+(?P<of>\w+)\s+(?P<alias>\w+)\s*;"
    + r"|enum\s*(?:\w+\s*)?\{(?P<constants>.*?)\}\s*;"
    + r")",
    re.DOTALL,
)
_FIELD = re.compile(_COMMENT + r"(?P<declaration>[^;/{}]+);", re.DOTALL)
_CONSTANT = re.compile(_COMMENT + r"\b(?P<name>[A-Z]\w+)\s*=\s*(?P<value>-?\w+)", re.DOTALL)


def read(path: Path = HEADER) -> Header:
    """The declarations of the header."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    defines = dict(re.findall(r"^#define (\w+) +([^\s({][^\n]*?) *$", text, flags=re.MULTILINE))
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"/\*(?!\*).*?\*/", " ", text, flags=re.DOTALL)
    types: list[Struct | Callback | Numbers] = []
    functions: list[Function] = []
    handles: list[str] = []
    aliases: dict[str, str] = {}
    latest = ""
    for found in _DECLARATIONS.finditer(text):
        comment = _words(found["comment"] or "")
        if found["result"] is not None:
            result = _declared(found["result"])
            functions.append(Function(result.kind, result.name, _parameters(found["parameters"]), comment))
        elif found["struct"]:
            fields = tuple(
                _declared(one["declaration"], _words(one["comment"] or "")) for one in _FIELD.finditer(found["fields"])
            )
            types.append(Struct(found["struct"], fields, comment))
        elif found["handle"]:
            handles.append(found["handle"])
        elif found["callback"]:
            types.append(Callback(found["answer"].strip(), found["callback"], _parameters(found["arguments"])))
        elif found["alias"]:
            aliases[found["alias"]] = found["of"]
            latest, latest_comment = found["alias"], comment
            continue
        else:
            entries = _CONSTANT.finditer(found["constants"])
            constants = tuple(Declared(one["value"], one["name"], _words(one["comment"] or "")) for one in entries)
            types.append(Numbers(latest, aliases.get(latest, ""), constants, latest_comment if latest else comment))
        latest = latest_comment = ""
    return Header(tuple(types), tuple(functions), tuple(handles), aliases, defines)
