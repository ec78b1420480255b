#!/usr/bin/env python3
"""Writes the start page, the guides and the page of the benchmarks: pages.py SITE VERSION

Guides are README and docs as they are in the repository. A link from one to another becomes a link within the site; a link to a file that the site
does not have loses its address and keeps its words."""

from __future__ import annotations

import html
import os
import re
import sys
from pathlib import Path

import markdown
import plots

ROOT = Path(__file__).resolve().parents[2]
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{up}site.css">
</head>
<body>
<header><strong><a href="{up}index.html">ImageSearch {version}</a></strong>
<a href="{up}guide/README.html">Guide</a> <a href="{up}swift/documentation/">Swift</a> <a href="{up}c/index.html">C</a>
<a href="{up}python/imagesearch.html">Python</a> <a href="{up}man/imagesearch.3.html">Manual pages</a> <a href="{up}benchmarks/index.html">Benchmarks</a></header>
<main>
{body}
</main>
</body>
</html>
"""
START = """<h1>Where does this image come from?</h1>
<p>One core answers – in <b>TinEye</b>'s web index, in an <b>Alibaba Cloud Image Search</b> instance, in the <b>1688</b> catalogue (through TMAPI), or in an index of
<b>your own images</b> on your own disk – for Swift, C and Python programs, a command and a server. It also tells which of your images are the same.</p>
<ul class="cards">
<li><b><a href="guide/README.html">Thirty seconds each</a></b>Install, search, and what each service can do.</li>
<li><b><a href="swift/documentation/">Swift</a></b>The modules ImageSearch and ImageIndex, with articles.</li>
<li><b><a href="c/index.html">C</a></b>Every function of <code>imagesearch.h</code>; the same as <a href="man/imagesearch.3.html">manual pages</a>.</li>
<li><b><a href="python/imagesearch.html">Python</a></b>The package <code>libimagesearch</code>, which is imported as <code>imagesearch</code>.</li>
{cards}
<li><b><a href="benchmarks/index.html">Benchmarks</a></b>Figures and plots, beside the peers in the same run.</li>
</ul>
<h2>All guides</h2>
<ul>
{guides}
</ul>
<p class="soft">Apache-2.0. Version {version}.</p>
"""
#: What stands on a card of the start page.
CARDS = {
    "docs/command.md": "The command",
    "docs/server.md": "Your own TinEye",
    "docs/collection.md": "All copies in a collection",
    "docs/local-index.md": "An index of your own",
    "docs/scale.md": "Many machines",
}


def sources() -> list[Path]:
    found = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
    return found + [path for path in sorted((ROOT / "docs").rglob("*.md")) if "site" not in path.parts]


def address(path: Path) -> str:
    """Where a guide is, below guide/."""
    return str(path.relative_to(ROOT)).removeprefix("docs/").removesuffix(".md") + ".html"


def title(text: str) -> str:
    match = re.search(r"^# (.*)$", text, re.MULTILINE)
    return match[1] if match else "ImageSearch"


def body(path: Path, known: dict[Path, str], here: str) -> str:
    text = path.read_text(encoding="utf-8")
    made = markdown.markdown(text, extensions=["tables", "fenced_code", "toc", "sane_lists"], output_format="html")

    def follow(match: re.Match[str]) -> str:
        target, words = html.unescape(match[1]), match[2]
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            return match[0]
        name, _, place = target.partition("#")
        file = (path.parent / name).resolve()
        if file in known:
            to = os.path.relpath(known[file], os.path.dirname(here) or ".")
            return f'<a href="{to}{"#" + place if place else ""}">{words}</a>'
        if file == ROOT / "include/imagesearch.h":
            return f'<a href="{os.path.relpath("../c/imagesearch_8h.html", os.path.dirname(here) or ".")}">{words}</a>'
        return words

    made = re.sub(r'<a href="([^"]*)">(.*?)</a>', follow, made, flags=re.DOTALL)
    return re.sub(r"(<table>.*?</table>)", r'<div class="wide">\1</div>', made, flags=re.DOTALL)


def main() -> None:
    site, version = Path(sys.argv[1]), sys.argv[2]
    (site / "site.css").write_bytes((ROOT / "docs/site/site.css").read_bytes())
    known = {path: address(path) for path in sources()}
    titles = {path: title(path.read_text(encoding="utf-8")) for path in known}
    for path, to in known.items():
        file = site / "guide" / to
        file.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * (to.count("/") + 1)
        file.write_text(
            PAGE.format(title=html.escape(titles[path]), up=up, version=version, body=body(path, known, to)), encoding="utf-8"
        )

    benchmarks = site / "benchmarks"
    benchmarks.mkdir(exist_ok=True)
    drawn = plots.draw_all(ROOT / "docs/benchmarks", benchmarks)
    pictures = "".join(
        f'<h2>{html.escape(one.title)}</h2><p><img class="plot" src="{one.name}.svg" alt="{html.escape(one.title)}"></p>'
        f'<p class="soft">Drawn from docs/benchmarks/{one.source}.</p>'
        for one in drawn
    )
    words = '<h1>Benchmarks</h1><p>What the figures mean and how they were taken: <a href="../guide/benchmarks.html">benchmarks</a>.</p>'
    (benchmarks / "index.html").write_text(PAGE.format(title="Benchmarks", up="../", version=version, body=words + pictures), encoding="utf-8")

    cards = "\n".join(
        f'<li><b><a href="guide/{known[ROOT / name]}">{words}</a></b>{html.escape(titles[ROOT / name])}.</li>'
        for name, words in CARDS.items()
        if ROOT / name in known
    )
    guides = "\n".join(f'<li><a href="guide/{to}">{html.escape(titles[path])}</a> <span class="soft">{html.escape(str(path.relative_to(ROOT)))}</span></li>'
                       for path, to in known.items())
    start = START.format(cards=cards, guides=guides, version=version)
    (site / "index.html").write_text(PAGE.format(title="ImageSearch", up="", version=version, body=start), encoding="utf-8")


main()
