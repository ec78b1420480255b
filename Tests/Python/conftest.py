"""Fixtures of the binding's tests. The library has to be built first (`make lib`); without it nothing here is skipped,
everything fails, with the list of the searched places."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "python"))
sys.path.insert(0, str(ROOT / "Tests" / "ProviderDoubles"))

from doublekit.fixtures import double_fixtures  # noqa: E402
from doublekit.process import DoubleProcess  # noqa: E402

import imagesearch  # noqa: E402

KEY = "test-key"
PUBLIC_KEY = "test-public-key"
MELON_URL = "https://tineye.com/images/meloncat.jpg"


tineye_process, _ = double_fixtures("tineye")
alibaba_process, alibaba = double_fixtures("alibaba")
tmapi_process, tmapi = double_fixtures("tmapi")


@pytest.fixture
def double(tineye_process: DoubleProcess) -> DoubleProcess:
    """The TinEye double in its initial state."""
    tineye_process.reset()
    return tineye_process


@pytest.fixture
def base_url(double: DoubleProcess) -> str:
    return str(double.url) + "/rest/"


@pytest.fixture
def tineye(base_url: str) -> Iterator[imagesearch.TinEye]:
    """A client of the double, without rate limits."""
    with imagesearch.TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000, max_concurrent=4) as client:
        yield client


@pytest.fixture
def image(double: DoubleProcess, tmp_path: Path) -> Path:
    """A file for which the double has 247 matches."""
    path = tmp_path / "Pretty Image.png"
    path.write_bytes(double.call("GET", "images/melon.png"))
    return path
