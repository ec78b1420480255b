#!/usr/bin/env python3
"""Writes the reference of the Python package: reference.py FOLDER VERSION. Needs a library that loads."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path

import pdoc
import pdoc.render

import imagesearch
import imagesearch.aio


def main() -> None:
    folder, version = Path(sys.argv[1]), sys.argv[2]
    # Classes for asyncio are imported when they are asked for; pdoc looks into the module without asking.
    for name in imagesearch.__all__:
        vars(imagesearch)[name] = getattr(imagesearch, name)
    pdoc.render.configure(docformat="google", show_source=False, footer_text=f"libimagesearch {version}")
    # A name that is promised and not there is a fault; that pdoc does not find where a keyword was written, or evaluates no type that is
    # imported for type checkers alone, is not.
    warnings.simplefilter("ignore", UserWarning)
    warnings.filterwarnings("error", message=".*does not resolve")
    pdoc.pdoc("imagesearch", "!imagesearch.server", "!imagesearch.ray", output_directory=folder)
    # A member of a private base class is linked where a docstring names it, and has no place of its own: the words stay.
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        places = set(re.findall(r'id="([^"]+)"', text))
        follow = lambda match: match[0] if match[1] in places else match[2]  # noqa: E731
        page.write_text(re.sub(r'<a href="#([^"]+)">(.*?)</a>', follow, text, flags=re.DOTALL), encoding="utf-8")


main()
