"""The page at / in Chromium: its controls, and that it sends no request to another host."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import ROOT, Server

sys.path.insert(0, str(ROOT / "Tests/Browser"))

from chromium import Chromium

TITLES = "[...document.querySelectorAll('.row .title')].map((one) => one.textContent)"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("profile")) as one:
        yield one


class Page:
    """The page of a server, open in the browser."""

    def __init__(self, browser: Chromium, server: Server) -> None:
        self.browser = browser
        self.server = server
        browser.resize(1280, 860)
        browser.scheme("light")
        browser.requests(), browser.complaints()
        browser.open(server.url + "/")

    def drop(self, path: Path) -> None:
        """A file dragged onto the page, as from a file manager."""
        middle = "const box = document.getElementById('drop').getBoundingClientRect(); return {x: box.x + box.width / 2, y: box.y + box.height / 2}"
        place = self.browser.run(middle)
        for kind in ("dragEnter", "dragOver", "drop"):
            data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
            self.browser.devtools("Input.dispatchDragEvent", type=kind, **place, data=data)

    def paste(self, path: Path) -> None:
        """An image in the clipboard, and Ctrl-V."""
        self.browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        script = """
            const bytes = Uint8Array.from(atob(arguments[0]), (one) => one.charCodeAt(0));
            const item = new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})});
            return navigator.clipboard.write([item]).then(() => null);"""
        self.browser.run(script, base64.b64encode(path.read_bytes()).decode())
        key = {"key": "v", "code": "KeyV", "windowsVirtualKeyCode": 86, "modifiers": 2}
        self.browser.devtools("Input.dispatchKeyEvent", type="keyDown", commands=["paste"], **key)
        self.browser.devtools("Input.dispatchKeyEvent", type="keyUp", **key)

    def wait_for(self, title: str) -> None:
        try:
            self.browser.wait(f"{TITLES}.includes({title!r})")
        except AssertionError:
            raise AssertionError("the page says: " + self.browser.text("#said")) from None

    def check_quiet(self) -> None:
        assert self.browser.complaints() == []
        hosts = {urlsplit(url).netloc for url in self.browser.requests() if not url.startswith("chrome")}
        assert hosts == {urlsplit(self.server.url).netloc}, "another host was asked"


@pytest.fixture
def open_page(chromium: Chromium, open_server: Callable[..., Server]) -> Callable[..., Page]:
    return lambda *arguments: Page(chromium, open_server(*arguments))


def test_drop_compare_and_draw(open_page: Callable[..., Page], images: Path, tmp_path: Path) -> None:
    page = open_page()
    browser = page.browser
    browser.wait("document.getElementById('images').textContent === '10 images, read only'")
    page.drop(images / "copy.png")
    page.wait_for("0")
    assert browser.text(".status") == "1 match"
    assert "Found in " in browser.text("#said")
    assert browser.run("document.getElementById('query').naturalWidth") == 200
    # The dropped image and the thumbnail are aligned: their corners coincide.
    browser.wait("document.querySelectorAll('.frame img').length === 2")
    browser.wait("document.querySelector('.over img').style.transform !== ''")
    boxes = browser.run(
        "['.over img', '.layer:not(.over) img'].map((one) => document.querySelector(one).getBoundingClientRect()).map((box) => [box.left, box.top, box.right, box.bottom])"
    )
    assert all(abs(one - other) < 6 for one, other in zip(*boxes, strict=True)), boxes
    facts = browser.text(".detail .body")
    assert "scene/" in facts and "SHA-256" in facts and str(images) not in facts
    # The overlay is drawn by the server.
    browser.click(".detail dd button")
    browser.wait("document.querySelector('.drawn')?.naturalWidth > 0")
    page.check_quiet()
    # A file that is not an image leads to one line, and the page still works.
    (tmp_path / "text.png").write_text("no image")
    page.drop(tmp_path / "text.png")
    browser.wait("document.getElementById('said').classList.contains('bad')")
    assert "image" in browser.text("#said").lower()
    page.drop(images / "3.png")
    page.wait_for("3")
    assert browser.text(".detail .badges").startswith("identical")


def test_paste(open_page: Callable[..., Page], images: Path) -> None:
    page = open_page()
    page.paste(images / "4.png")
    page.wait_for("4")
    assert "image.png" in page.browser.text("#what") or "pasted" in page.browser.text("#what")
    page.check_quiet()


def test_keyboard_alone(open_page: Callable[..., Page], images: Path) -> None:
    page = open_page()
    browser = page.browser
    seen = []
    for _ in range(7):
        browser.press("Tab")
        seen.append(browser.run("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert seen == ["Search", "Groups", "State", "index", "file", "shared", "OpenAPI"]
    # As from a file dialog.
    browser.type("#file", str(images / "2.png"))
    page.wait_for("2")
    walked = []
    for _ in range(14):
        browser.press("Tab")
        walked.append(
            browser.run("document.activeElement.className || document.activeElement.id || document.activeElement.dataset.mode")
        )
    assert "rows" in walked
    browser.run("document.querySelector('.rows').focus()")
    browser.press("Enter")
    assert browser.run("document.activeElement.classList.contains('detail')")
    browser.press("Tab", "Tab", "Tab", "Tab", "Tab", "ArrowLeft")
    assert browser.run("document.getElementById('slider').value") == "49"
    browser.press("Escape")
    assert browser.run("document.activeElement.className") == "rows"
    page.check_quiet()


def test_groups_and_state(server: Server, chromium: Chromium, images: Path) -> None:
    """On a server with keys, images are also requested with the key."""
    with server.client("write") as client:
        client.put("/v1/shop/items/twin", files={"image": ("x.png", (images / "copy.png").read_bytes())})
    try:
        page = Page(chromium, server)
        browser = page.browser
        browser.click("[data-view=groups]")
        browser.click("#collect button")
        browser.wait("document.getElementById('said').classList.contains('bad')")
        assert "enter a key" in browser.text("#said")
        browser.complaints()  # Chromium reports each 401 itself.
        browser.type("#key", server.keys["read"])
        browser.click("#collect button")
        page.wait_for("twin · x.png")
        assert browser.text(".status") == "1 group"
        assert browser.run(TITLES) == ["0", "twin · x.png"]
        assert browser.text(".row .badge") == "keep"
        browser.wait("document.querySelector('.row img').naturalWidth > 0")
        assert browser.run("document.querySelector('.row img').src").startswith("blob:")
        browser.click("#row-2")
        browser.wait("document.querySelectorAll('.frame img').length === 2")
        assert browser.run("document.querySelector('.stage').dataset.mode") == "wipe"
        browser.wait("document.querySelector('.over img').style.transform !== ''")
        browser.click("[data-view=state]")
        browser.wait("document.querySelectorAll('#state tbody tr').length === 1")
        assert browser.text("#state tbody tr").startswith("shop11")
        page.check_quiet()
    finally:
        with server.client("write") as client:
            client.delete("/v1/shop/items/twin")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_labels_roles_and_contrast(open_page: Callable[..., Page], images: Path, scheme: str) -> None:
    page = open_page()
    browser = page.browser
    browser.scheme(scheme)
    for size in ((1280, 860), (390, 844)):
        browser.resize(*size)
        browser.open(page.server.url + "/")
        assert browser.judge() == []
        page.drop(images / "copy.png")
        page.wait_for("0")
        assert browser.judge() == []
        browser.click(".row")
        assert browser.judge() == []
        assert browser.run("document.documentElement.scrollWidth") <= size[0]
        browser.press("Escape")
        browser.run("document.querySelector('[data-view=groups]').click()")
        assert browser.judge() == []
    page.check_quiet()


def test_address_and_foreign_hosts(open_page: Callable[..., Page]) -> None:
    """Without URL fetching, the page does not offer it, and its Content-Security-Policy permits nothing else."""
    page = open_page()
    assert page.browser.run("document.getElementById('url')") is None
    policy = page.browser.run("fetch('/').then((response) => response.headers.get('content-security-policy'))")
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    fetching = open_page("--fetch-urls")
    fetching.browser.type("#url", "http://127.0.0.1:9/none.png")
    fetching.browser.press("Enter")
    fetching.browser.wait("document.getElementById('said').classList.contains('bad')")
    assert "127.0.0.1" not in fetching.browser.text("#results")
