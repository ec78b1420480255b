"""Responses of the web services, from their doubles through the command to the page: backlinks, offers, requests, the manifest."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from doublekit.process import DoubleProcess
from page import Page
from scenes import scene
from test_command import COMMAND

OFFER = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"


class Shop:
    """The command with a key of each double, in a separate home."""

    def __init__(self, home: Path, tineye: DoubleProcess, tmapi: DoubleProcess, alibaba: DoubleProcess) -> None:
        self.home, self.tineye, self.tmapi, self.alibaba = home, tineye, tmapi, alibaba
        settings = alibaba.call("GET", "settings")
        identifier, secret = next((name, value) for name, value in settings["keys"].items() if isinstance(value, str))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TINEYE_API_KEY": "test-key",
            "IMAGESEARCH_TINEYE_URL": tineye.url + "/rest/",
            "TMAPI_API_TOKEN": "test-token",
            "IMAGESEARCH_TMAPI_URL": tmapi.url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": identifier,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
            "IMAGESEARCH_ALIBABA_URL": alibaba.url,
            "IMAGESEARCH_ALIBABA_INSTANCE": next(iter(settings["instances"])),
            "IMAGESEARCH_ALIBABA_API_VERSION": "2019-03-25",
        }
        self.secrets = ["test-key", "test-token", identifier, secret]

    def run(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in (COMMAND, *arguments)]
        done = subprocess.run(words, capture_output=True, text=True, env=self.environment, timeout=120, check=False)
        assert done.returncode == code, (arguments, done)
        return done


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with DoubleProcess("tineye") as tineye, DoubleProcess("tmapi") as tmapi, DoubleProcess("alibaba") as alibaba:
        yield Shop(tmp_path_factory.mktemp("shop"), tineye, tmapi, alibaba)


def section_of(page: Page, service: str) -> dict[str, Any]:
    data = json.loads(page.browser.text("#data"))
    found: dict[str, Any] = next(section for section in data["sections"] if section["service"] == service)
    return found


def choose(page: Page, title: str) -> str:
    """Selects the row of a title, and returns the displayed text."""
    place = page.titles().index(title)
    page.browser.run("document.querySelectorAll('.row')[arguments[0]].click()", place)
    assert page.browser.text(".detail h2") == title
    return str(page.browser.run("return document.querySelector('.detail').innerText"))


def test_where_it_was_found(shop: Shop, open_path: Callable[[Path], Page], tmp_path: Path) -> None:
    """TinEye's backlinks: every page with its image and the crawl date."""
    query, report = tmp_path / "melon.png", tmp_path / "report.html"
    query.write_bytes(shop.tineye.call("GET", "images/melon.png"))
    found = json.loads(shop.run("search", query, "--in", "tineye", "--limit", "4", "--json", "--report", report).stdout)
    matches = found["queries"][0]["answers"][0]["matches"]
    page = open_path(report)
    assert page.status() == "4 matches" and section_of(page, "tineye")["total"] == 247
    for place, match in enumerate(matches):
        page.browser.run("document.querySelectorAll('.row')[arguments[0]].click()", place)
        more = page.browser.run("return document.querySelectorAll('.detail .links + button').length")
        if more:
            page.browser.click(".detail .links + button")
        links = page.browser.run(
            "return [...document.querySelectorAll('.detail .links li')].map((one) =>"
            " [[...one.querySelectorAll('a')].map((a) => a.href), one.textContent])"
        )
        places = [[one[name] for name in ("page_url", "image_url") if name in one] for one in match["backlinks"]]
        assert [hrefs for hrefs, _ in links] == places
        dates = [f"crawled {one['crawl_date']}" if "crawl_date" in one else "" for one in match["backlinks"]]
        assert all(date in text for date, (_, text) in zip(dates, links, strict=True)) and any(dates)
    manifest = json.loads(page.browser.text("#manifest"))
    assert manifest["images"][0]["sha256"] == hashlib.sha256(query.read_bytes()).hexdigest()
    (search,) = manifest["searches"]
    assert (search["service"], search["matches"], search["image"]) == ("tineye", 4, 0)
    assert manifest["began"] <= search["began"] <= manifest["ended"] and search["seconds"] > 0
    page.check_quiet()


def test_offers_with_price_and_least_quantity(shop: Shop, open_path: Callable[[Path], Page], tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    found = json.loads(shop.run("search", OFFER, "--in", "tmapi", "--limit", "6", "--json", "--report", report).stdout)
    matches = found["queries"][0]["answers"][0]["matches"]
    page = open_path(report)
    assert len(page.titles()) == 6
    for match in matches:
        text = choose(page, match["title"])
        assert f"{match['price']['amount']} {match['price']['currency']}" in text
        quantity = match["details"]["moq"]
        assert f"{quantity} {'piece' if quantity == '1' else 'pieces'}" in text
        assert match["page_url"] in page.browser.run("return [...document.querySelectorAll('.detail a')].map((a) => a.href)")
    assert {match["details"]["moq"] for match in matches} > {"1"}, "all offers have the same least quantity"
    # Also when printed.
    assert matches[0]["price"]["amount"] in json.dumps(section_of(page, "tmapi"))
    page.check_quiet()


def test_a_batch_names_the_service_first(shop: Shop, open_path: Callable[[Path], Page], tmp_path: Path) -> None:
    """A long address or path is cut at its end; hovering shows the full text. A printed page says what is not printed."""
    query, report = tmp_path / "melon.png", tmp_path / "report.html"
    query.write_bytes(shop.tineye.call("GET", "images/melon.png"))
    arguments = ["search", query, OFFER, "--in", "tineye,tmapi", "--limit", "3", "--yes", "--quiet"]
    shop.run(*arguments, "--report", report, code=3)
    page = open_path(report)
    headings = page.browser.run(
        "return [...document.querySelectorAll('.heading')].map((one) => [one.querySelector('strong').textContent, one.title])"
    )
    names = [f"{service} – {name}" for name in (query, OFFER) for service in ("TinEye", "1688 (TMAPI)")]
    assert [heading for heading, _ in headings] == names
    assert all(title.startswith(heading) for heading, title in headings)
    assert "takes no upload; give it the image's URL" in headings[1][1]
    shown = "return getComputedStyle(document.querySelector(arguments[0])).display"
    assert page.browser.run(shown, ".detail .paper") == "none"
    page.browser.devtools("Emulation.setEmulatedMedia", media="print")
    assert page.browser.run(shown, ".detail .paper") == "block" and page.browser.run(shown, ".detail .links ~ button") == "none"
    page.browser.devtools("Emulation.setEmulatedMedia", media="")
    page.check_quiet()


def test_several_services_with_an_error_between(shop: Shop, open_path: Callable[[Path], Page], tmp_path: Path) -> None:
    """A section for each service in the given order, including an error; request ids in the manifest; no key anywhere."""
    folder, report = tmp_path / "photos", tmp_path / "report.html"
    folder.mkdir()
    (folder / "scene.png").write_bytes(scene(1))
    shop.run("index", "add", folder)
    shop.run("index", "copy", "--to", "alibaba", "--yes")
    shop.alibaba.call("DELETE", "log")
    query = folder / "scene.png"
    done = shop.run("search", query, "--in", "alibaba,tmapi,local,tineye", "--report", report, code=3)
    assert "tmapi: TMAPI searches by the URL" in done.stderr
    page = open_path(report)
    headings = page.browser.run("return [...document.querySelectorAll('.heading strong')].map((one) => one.textContent)")
    assert headings == ["Alibaba Cloud", "1688 (TMAPI)", "Local index", "TinEye"]
    assert "takes no upload" in page.browser.text(".heading .bad")
    manifest = json.loads(page.browser.text("#manifest"))
    searches = {search["service"]: search for search in manifest["searches"]}
    assert list(searches) == ["alibaba", "tmapi", "local", "tineye"]
    assert len(searches["alibaba"]["requestIDs"]) == 1 and len(searches["alibaba"]["requestIDs"][0]) == 36
    assert searches["alibaba"]["requestIDs"] == section_of(page, "alibaba")["requestIDs"]
    assert "takes no upload" in searches["tmapi"]["error"] and searches["local"]["matches"] == 1
    content = report.read_text()
    assert not [secret for secret in shop.secrets if secret in content]
    # Everything needed to repeat the search, and the services: the page has the same data as the saved file.
    saved = page.browser.run("return decodeURIComponent(document.querySelector('.save').href.split(',').slice(1).join(','))")
    assert json.loads(saved) == manifest
    assert page.browser.judge() == []
    page.check_quiet()
