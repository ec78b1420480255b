#!/usr/bin/env python3
"""Sorts symbol graphs into a folder for each module: symbols.py SYMBOLS OUTPUT

A link in ImageIndex to a symbol of ImageSearch is written as the absolute path that DocC wants for another module; in the sources it is written as
it is said."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

MODULES = ("ImageSearch", "ImageIndex")


def top_level(graph: dict[str, Any]) -> set[str]:
    return {one["pathComponents"][0] for one in graph["symbols"]}


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    graphs = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in source.glob("*.symbols.json")}
    names = {module: top_level(graphs[f"{module}.symbols.json"]) for module in MODULES}
    foreign = names["ImageSearch"] - names["ImageIndex"]

    def absolute(match: re.Match[str]) -> str:
        return f"``/ImageSearch/{match[1]}``" if match[1].split("/")[0].split("(")[0] in foreign else match[0]

    for name, graph in graphs.items():
        module = name.split(".")[0].split("@")[0]
        if module == "ImageIndex":
            for symbol in graph["symbols"]:
                for line in symbol.get("docComment", {}).get("lines", []):
                    line["text"] = re.sub(r"``(?!/)([^`]+)``", absolute, line["text"])
        (target / module).mkdir(exist_ok=True)
        (target / module / name).write_text(json.dumps(graph), encoding="utf-8")


main()
