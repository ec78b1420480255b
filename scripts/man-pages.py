#!/usr/bin/env python3
"""Writes the manual pages of the C interface into build/man/man3: imagesearch(3) with the general rules, a page for each section of
the header, and an alias for each function, so that `man imagesearch_search` finds it. All text comes from include/imagesearch.h.

man-pages.py [FOLDER]
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import cheader
from cheader import Callback, Function, Header, Numbers, Struct

SECTION = re.compile(r"^/\* ---- (.*?) -+ \*/$", re.MULTILINE)


def escape(text: str) -> str:
    """Text escaped for a separate line."""
    text = (
        text.replace("\\", "\\e")
        .replace("–", "\\(en")
        .replace("…", "\\&...")
        .replace("×", "\\(mu")
        .replace("≥", "\\(>=")
        .replace("°", "\\(de")
    )
    text = "".join(letter if ord(letter) < 128 else "\\[u%04X]" % ord(letter) for letter in text)
    return ("\\&" if text[:1] in (".", "'") else "") + text


def plain(text: str) -> list[str]:
    """A paragraph in mdoc, one sentence per line."""
    sentences = re.split(r"(?<=[.!?:;]) (?=[A-Z`(])", " ".join(text.split()))
    lines: list[str] = []
    for sentence in sentences:
        sentence = sentence.replace("`", "").replace("**", "")
        # Function names are marked up, each on a separate line with the punctuation after it.
        for piece in re.split(r"((?<![\w(/.])[A-Za-z]\w*\(\)[.,;:)]*)(?=\s|$)", sentence):
            found = re.fullmatch(r"(\w+)\(\)([.,;:)]*)", piece)
            if found:
                lines.append(" ".join([".Fn " + found[1], *found[2]]))
            elif piece.strip():
                lines += [escape(line) for line in textwrap.wrap(piece, 74, break_long_words=False, break_on_hyphens=False)]
    return lines


def quoted(argument: str) -> str:
    return '"%s"' % escape(argument).replace('"', "\\(dq")


def parameter(one: cheader.Declared) -> str:
    array = re.fullmatch(r"(.*?) ?(\[\w*\])", one.kind)
    kind, rest = (array[1], array[2]) if array else (one.kind, "")
    return kind + ("" if kind.endswith("*") else " ") + one.name + rest


class Page:
    """One page, line by line."""

    def __init__(self, name: str, about: str, day: datetime.date) -> None:
        self.name = name
        self.lines = [
            '.\\" Generated from include/imagesearch.h by scripts/man-pages.py; changes here are lost.',
            ".Dd %s %d, %d" % (day.strftime("%B"), day.day, day.year),
            ".Dt %s 3" % name.upper(),
            ".Os",
            ".Sh NAME",
            ".Nm %s" % name,
            ".Nd %s" % escape(about),
        ]

    def add(self, *lines: str) -> None:
        self.lines += lines

    def prototype(self, function: Function | Callback) -> None:
        result = function.result
        if isinstance(function, Callback):
            self.add(".Ft typedef %s" % result, ".Fo (*%s)" % function.name)
        else:
            self.add(".Ft %s" % quoted(result), ".Fo %s" % function.name)
        self.add(*(".Fa %s" % quoted(parameter(one)) for one in function.parameters))
        if not function.parameters:
            self.add(".Fa void")
        self.add(".Fc")

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def part(title: str, header: Header, name: str, day: datetime.date, others: list[str]) -> Page:
    page = Page(name, "%s of libimagesearch" % (title[0].lower() + title[1:]), day)
    page.add(".Sh LIBRARY", "libimagesearch (\\-limagesearch)", ".Sh SYNOPSIS", ".In imagesearch.h")
    # _init() functions and _INIT macros are described once in imagesearch(3).
    functions = [one for one in header.functions if not one.name.endswith("_init")]
    for function in functions:
        page.prototype(function)
    page.add(".Sh DESCRIPTION")
    page.add("The rules for errors, memory, threads and callbacks are in", ".Xr imagesearch 3 .")
    if functions:
        page.add(".Ss Functions", ".Bl -tag -width Ds")
        for function in functions:
            page.add(".It Fn %s" % function.name, *plain(function.comment))
        page.add(".El")
    structs = [one for one in header.types if isinstance(one, Struct)]
    if structs:
        page.add(".Ss Structs", ".Bl -tag -width Ds")
        for struct in structs:
            page.add(".It Vt %s" % struct.name, *(plain(struct.comment) or ["A struct."]), ".Bl -tag -width Ds")
            for field in struct.fields:
                page.add(".It Va %s" % quoted(parameter(field)), *(plain(field.comment) or ["See above."]))
            page.add(".El")
        page.add(".El")
    numbers = [one for one in header.types if isinstance(one, Numbers)]
    if numbers:
        page.add(".Ss Numbers", ".Bl -tag -width Ds")
        for one in numbers:
            page.add(".It Vt %s" % (one.name or "int32_t"), *(plain(one.comment) or ["Constants."]), ".Bl -tag -width Ds")
            for constant in one.constants:
                page.add(".It Dv %s No = %s" % (constant.name, constant.kind), *(plain(constant.comment) or ["Success."]))
            page.add(".El")
        page.add(".El")
    callbacks = [one for one in header.types if isinstance(one, Callback)]
    if callbacks:
        page.add(".Ss Callbacks", ".Bl -tag -width Ds")
        for callback in callbacks:
            arguments = ", ".join(parameter(one) for one in callback.parameters)
            page.add(".It Ft %s" % callback.name, *plain("%s (*)(%s)" % (callback.result, arguments)))
        page.add(".El")
    see(page, others)
    return page


def see(page: Page, others: list[str]) -> None:
    names = sorted({"imagesearch", *others} - {page.name})
    page.add(".Sh SEE ALSO", *(".Xr %s 3%s" % (one, " ," if one != names[-1] else "") for one in names))


def overview(text: str, parts: dict[str, str], day: datetime.date) -> Page:
    """imagesearch(3): the comment at the top of the header."""
    page = Page("imagesearch", "find where an image comes from", day)
    page.add(".Sh LIBRARY", "libimagesearch (\\-limagesearch)", ".Sh SYNOPSIS", ".In imagesearch.h", ".Pp")
    page.add("cc main.c $(pkg\\-config \\-\\-cflags \\-\\-libs imagesearch)", ".Sh DESCRIPTION")
    comment = text[text.index("/**") + 3 : text.index("*/")]
    lines = [re.sub(r"^ \* ?", "", line) for line in comment.strip().splitlines()]
    blocks = re.split(r"\n\s*\n", "\n".join(line for line in lines if not line.lstrip("* ").startswith("@file")))
    first = True
    for block in blocks:
        if not block.strip():
            continue
        if not first and page.lines[-1] not in (".El", ".Ed") or page.lines[-1] in (".El", ".Ed"):
            page.add(".Pp")
        first = False
        if block.startswith("    "):
            page.lines.pop()
            page.add(".Bd -literal -offset indent", *(escape(line[4:]) for line in block.splitlines()), ".Ed")
            continue
        paragraph, *items = re.split(r"^- ", block, flags=re.MULTILINE)
        heading = re.match(r"\*\*(.*?)\.?\*\*\.? ?", paragraph)
        if heading:
            page.lines.pop()
            page.add(".Ss %s" % heading[1])
            paragraph = paragraph[heading.end() :]
            if not paragraph.startswith(("A ", "The ")) and paragraph[:1].islower():
                paragraph = heading[1] + " " + paragraph
        page.add(*plain(paragraph))
        if items:
            page.add(".Bl -bullet")
            for item in items:
                page.add(".It", *plain(item))
            page.add(".El")
    page.add(".Ss Parts", ".Bl -tag -width imagesearch-operations")
    for name, title in parts.items():
        page.add(".It Xr %s 3" % name, escape(title + "."))
    page.add(".El", ".Sh ENVIRONMENT", ".Bl -tag -width Ds")
    for variable, meaning in ENVIRONMENT.items():
        page.add(".It Ev %s" % variable, meaning)
    page.add(".El")
    see(page, list(parts))
    return page


ENVIRONMENT = {
    "TINEYE_API_KEY": "The key of TinEye when none is given.",
    "TMAPI_API_TOKEN": "The token of TMAPI when none is given.",
    "ALIBABA_CLOUD_ACCESS_KEY_ID , ALIBABA_CLOUD_ACCESS_KEY_SECRET , ALIBABA_CLOUD_SECURITY_TOKEN": (
        "The access key of Alibaba Cloud when none is given."
    ),
    "SSL_CERT_FILE , SSL_CERT_DIR , CURL_CA_BUNDLE": "The authorities that are trusted, in place of the system's.",
    "HTTPS_PROXY , HTTP_PROXY , ALL_PROXY , NO_PROXY": "Proxies, when the options name none.",
}


def day_of(path: Path) -> datetime.date:
    """The date of the header's last change, so that the pages are reproducible."""
    done = subprocess.run(
        ["git", "log", "-1", "--format=%cs", "--", str(path)], cwd=path.parent, capture_output=True, text=True
    )
    if done.returncode == 0 and done.stdout.strip():
        return datetime.date.fromisoformat(done.stdout.strip())
    return datetime.date.fromtimestamp(path.stat().st_mtime)


def pages(path: Path = cheader.HEADER) -> dict[str, str]:
    """File name -> text."""
    text = path.read_text(encoding="utf-8")
    day = day_of(path)
    pieces = SECTION.split(text)
    parts: dict[str, str] = {}
    headers: dict[str, Header] = {}
    for title, body in zip(pieces[1::2], pieces[2::2]):
        name = "imagesearch-" + re.sub(r"^the-", "", title.lower().replace(" ", "-"))
        with tempfile.NamedTemporaryFile("w", suffix=".h", encoding="utf-8") as file:
            file.write(body)
            file.flush()
            header = cheader.read(Path(file.name))
        if header.functions or header.types:
            parts[name], headers[name] = title, header
    result = {"imagesearch.3": overview(pieces[0], parts, day).text()}
    for name, title in parts.items():
        result[name + ".3"] = part(title, headers[name], name, day, []).text()
        for function in headers[name].functions:
            if not function.name.endswith("_init"):
                result[function.name + ".3"] = ".so man3/%s.3\n" % name
    return result


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else cheader.ROOT / "build" / "man" / "man3"
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in folder.glob("*.3"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
