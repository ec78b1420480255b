"""A report open in the browser, and its displayed content."""

from __future__ import annotations

import base64
from pathlib import Path

from chromium import Chromium


class Page:
    """A report open in the browser."""

    def __init__(self, browser: Chromium, path: Path) -> None:
        self.browser = browser
        self.path = path
        browser.resize(1280, 860)
        browser.scheme("light")
        browser.requests(), browser.complaints()
        browser.open(path.as_uri())
        browser.wait("document.querySelector('.detail') !== null")

    def titles(self) -> list[str]:
        """Titles of the rows in the document, from top to bottom."""
        found = self.browser.run(
            "[...document.querySelectorAll('.row')].sort((a, b) => a.dataset.index - b.dataset.index)"
            ".map((row) => row.querySelector('.title').textContent)"
        )
        return [str(one) for one in found]

    def chosen(self) -> str:
        return self.browser.text(".row[aria-selected=true] .title")

    def status(self) -> str:
        return self.browser.text(".status")

    def set(self, selector: str, value: object) -> None:
        """As by moving a slider or selecting an entry of a menu."""
        self.browser.run(
            "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', {bubbles: true})); return null",
            selector,
            value,
        )

    def check_quiet(self) -> None:
        assert self.browser.complaints() == []
        asked = [url for url in self.browser.requests() if not url.startswith("chrome")]
        assert asked == [self.path.as_uri()], "the page asked for something beside itself"


def darkness(page: Page) -> float:
    """Mean of the stage's pixels, 0 black to 255."""
    content = base64.b64encode(page.browser.screenshot(selector=".frame")).decode()
    script = """
        const image = new Image();
        image.src = "data:image/png;base64," + arguments[0];
        return image.decode().then(() => {
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
          let sum = 0;
          for (let place = 0; place < data.length; place += 4) sum += data[place] + data[place + 1] + data[place + 2];
          return sum / (data.length * 0.75);
        });"""
    return float(page.browser.run(script, content))
