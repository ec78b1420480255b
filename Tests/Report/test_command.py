"""Reports written by the command, of real indexes with hostile names, in Chromium. `scripts/build-cli.sh` builds the command."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from page import Page, darkness
from scenes import _png, scene

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = Path(os.environ.get("IMAGESEARCH_COMMAND", ROOT / "build/bin/imagesearch"))

#: Valid names of files.
NAMES = [
    "<img src=x onerror=\"document.title='owned'\">.png",
    "photo\u202egnp.exe.png",
    "]]>\u2028<!--<script>.png",
    "{{data}}&amp;'.png",
    "名前 😀.png",
]


@dataclass
class Collection:
    folder: Path
    index: Path
    query: Path

    def run(self, *arguments: str | Path, expected: int = 0) -> str:
        environment = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder / "data"), "NO_COLOR": "1"}
        done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, env=environment, timeout=120)
        assert done.returncode == expected, (arguments, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Five versions of one scene under hostile names, and five other scenes."""
    assert COMMAND.exists(), "build the command first: scripts/build-cli.sh"
    folder = tmp_path_factory.mktemp("collection")
    images = folder / "images"
    images.mkdir()
    looks: list[dict[str, Any]] = [
        {},
        {"brightness": 1.25},
        {"mirrored": True},
        {"width": 320, "height": 240},
        {"brightness": 0.8},
    ]
    for name, look in zip(NAMES, looks, strict=True):
        (images / name).write_bytes(scene(7, **{"width": 640, "height": 480, **look}))
    for number in range(5):
        (images / f"other {number}.png").write_bytes(scene(20 + number))
    (folder / "query <").mkdir()
    query = folder / "query <" / "script>.png"
    query.write_bytes(scene(7, 500, 375))
    found = Collection(images, folder / "index", query)
    found.run("index", "add", images, "--index", found.index)
    return found


@pytest.fixture
def report(collection: Collection, open_path: Callable[[Path], Page], tmp_path: Path) -> Callable[..., Page]:
    def run(*arguments: str | Path) -> Page:
        path = tmp_path / "report.html"
        collection.run(*arguments, "--report", path)
        assert re.search(r"\{\{[a-z-]+\}\}", path.read_text().split("<body>")[0]) is None
        return open_path(path)

    return run


def test_search(report: Callable[..., Page], collection: Collection) -> None:
    page = report("search", collection.query, "--index", collection.index)
    browser = page.browser
    assert browser.run("document.title") == "Search for script>.png"
    assert page.status() == "5 matches"
    titles = page.titles()
    assert NAMES[0] in titles and "photo⟨U+202E⟩gnp.exe.png" in titles and NAMES[4] in titles
    # Every match is aligned with the query, whatever its size, orientation and brightness.
    for place, title in enumerate(titles):
        browser.run("document.querySelectorAll('.row')[arguments[0]].click()", place)
        assert browser.text(".detail h2") == title
        browser.click("[data-mode=difference]")
        browser.wait(
            "[...document.querySelectorAll('.frame img')].length === 2 && [...document.querySelectorAll('.frame img')].every((one) => one.complete && one.naturalWidth > 300)"
        )
        assert darkness(page) < 35, title
        browser.run("document.querySelector('.over img').style.marginLeft = '60px'")
        assert darkness(page) > 35, title
    manifest = json.loads(browser.text("#manifest"))
    assert manifest["images"][0]["sha256"] == hashlib.sha256(collection.query.read_bytes()).hexdigest()
    assert [search["matches"] for search in manifest["searches"]] == [5]
    assert manifest["generator"].startswith("imagesearch ") and manifest["began"] <= manifest["ended"]
    assert browser.judge() == []
    page.check_quiet()


def test_duplicates(report: Callable[..., Page], collection: Collection) -> None:
    page = report("duplicates", "--index", collection.index)
    browser = page.browser
    assert page.status() == "1 group"
    assert len(page.titles()) == 5 and browser.text(".row .badge") == "keep"
    browser.click("#row-2")
    browser.wait("document.querySelectorAll('.frame img').length === 2")
    page.check_quiet()


def test_comparison(report: Callable[..., Page], collection: Collection) -> None:
    page = report("compare", collection.query, collection.folder / NAMES[2])
    browser = page.browser
    assert "mirrored" in browser.text(".explanation")
    browser.click("[data-mode=difference]")
    browser.wait("[...document.querySelectorAll('.frame img')].every((one) => one.complete && one.naturalWidth > 300)")
    assert darkness(page) < 12
    page.check_quiet()


def test_ten_thousand_matches_stay_within_forty_megabytes(
    collection: Collection, open_path: Callable[[Path], Page], tmp_path: Path
) -> None:
    """Twenty searches of 500 matches each of an incompressible image: images for all, large ones for the first 200."""
    chance = random.Random(1)
    noise = _png(256, 192, [bytearray(chance.randbytes(3 * 256)) for _ in range(192)])
    images, queries = tmp_path / "images", tmp_path / "queries"
    images.mkdir()
    queries.mkdir()
    for number in range(500):
        (images / f"a name of the usual length {number:05}.png").write_bytes(noise)
    for number in range(20):
        (queries / f"{number:02}.png").write_bytes(noise)
    path = tmp_path / "report.html"
    collection.run("index", "add", images, "--index", tmp_path / "index")
    collection.run("search", queries, "--index", tmp_path / "index", "--limit", "500", "--report", path, "--yes")
    assert 25_000_000 < path.stat().st_size <= 40_000_000
    page = open_path(path)
    browser = page.browser
    assert page.status() == "10,000 matches"
    assert browser.run("performance.getEntriesByType('mark').find((one) => one.name === 'shown').startTime") < 8000
    assert browser.run("document.querySelectorAll('.row').length") < 60
    rows = "const {sections} = JSON.parse(document.getElementById('data').textContent); const all = sections.flatMap((one) => one.matches);"
    assert browser.run(rows + "return all.filter((one) => one.small).length") == 10_000
    assert browser.run(rows + "return all.filter((one) => one.large).length") == 200
    assert json.loads(browser.text("#manifest"))["remarks"] == []
    browser.run("document.querySelector('.rows').focus()")
    browser.press("End")
    assert "first 200" in browser.text(".note")
    assert len(page.titles()) < 60
    page.check_quiet()
