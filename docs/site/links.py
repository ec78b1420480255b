#!/usr/bin/env python3
"""Follows every link inside of the docs site: links.py SITE

Of HTML pages: href and src, with the place in the page. Of DocC, whose pages are made by a script from data: each reference that has an address must
have its data; protocols of the standard library are words. Addresses elsewhere are not asked: a build must not depend on them."""

from __future__ import annotations

import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Modules whose protocols are named and not documented here.
FOREIGN = ("Swift.", "_Concurrency.", "FoundationEssentials.")


class Page(HTMLParser):
    """The links of a page and the places in it that links may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.places.add(value)
            elif name in ("href", "src") and value and tag != "base":
                self.links.append(value)


def broken_in_html(site: Path) -> list[str]:
    pages = {path: Page(path.read_text(encoding="utf-8", errors="replace")) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        if path.is_relative_to(site / "swift"):
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link.startswith(("javascript:", "#")) and link in ("#", "#top"):
                continue
            base = site if parts.path.startswith("/") else path.parent
            target = (base / unquote(parts.path.lstrip("/"))).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                found.append(f"{path.relative_to(site)}: {link}")
            elif parts.fragment and target in pages and "/swift/" not in str(target):
                if unquote(parts.fragment) not in pages[target].places and parts.fragment != "top":
                    found.append(f"{path.relative_to(site)}: {link} (no such place)")
    return found


def broken_in_docc(site: Path) -> list[str]:
    data = site / "swift" / "data"
    found = []
    count = 0
    for path in data.rglob("*.json"):
        page = json.loads(path.read_text(encoding="utf-8"))
        for reference in page.get("references", {}).values() if isinstance(page, dict) else []:
            url = reference.get("url", "")
            if reference.get("type") in ("topic", "section") and url.startswith("/documentation/"):
                count += 1
                if not (data / (url.split("#")[0].lstrip("/") + ".json")).exists():
                    found.append(f"{path.relative_to(site)}: {url}")
            elif reference.get("type") == "unresolvable" and not reference.get("title", "").startswith(FOREIGN):
                found.append(f"{path.relative_to(site)}: {reference.get('title')} is not resolved")
    if count < 1000:
        found.append(f"swift: only {count} references, so something is missing")
    return found


def main() -> None:
    site = Path(sys.argv[1]).resolve()
    found = broken_in_html(site) + broken_in_docc(site)
    if found:
        sys.exit("links: these lead nowhere:\n" + "\n".join(sorted(set(found))[:60]))
    print(f"links: all lead somewhere, in {sum(1 for _ in site.rglob('*.html'))} pages")


main()
