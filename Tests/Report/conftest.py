"""One browser for all tests of the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
for folder in ("Tests/Browser", "Tests/Report", "Tests/Python", "Tests/ProviderDoubles"):
    sys.path.insert(0, str(ROOT / folder))

from chromium import Chromium  # noqa: E402
from page import Page  # noqa: E402


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("profile")) as chromium:
        yield chromium


@pytest.fixture
def open_path(browser: Chromium) -> Callable[[Path], Page]:
    return lambda path: Page(browser, path)


@pytest.fixture
def open_page(browser: Chromium, tmp_path: Path) -> Callable[[str], Page]:
    """Opens a report by its content."""

    def run(content: str) -> Page:
        path = tmp_path / "report.html"
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
        return Page(browser, path)

    return run
