"""Fixtures: the doubles as processes of their own, started once a test file and reset before each test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

DOUBLES = Path(__file__).resolve().parent.parent / "ProviderDoubles"
VECTORS = Path(__file__).resolve().parent.parent / "Vectors"
sys.path.insert(0, str(DOUBLES))

from doublekit.process import DoubleProcess  # noqa: E402


def _double(name: str, tls: bool) -> Iterator[DoubleProcess]:
    with DoubleProcess(name, tls=tls) as double:
        yield double


@pytest.fixture(scope="module")
def tineye_process() -> Iterator[DoubleProcess]:
    yield from _double("tineye", tls=True)


@pytest.fixture
def tineye(tineye_process: DoubleProcess) -> DoubleProcess:
    tineye_process.reset()
    return tineye_process


@pytest.fixture
def vectors(request: pytest.FixtureRequest) -> Dict[str, Any]:
    """The vectors file named by the test's module, VECTORS_FILE."""
    import json

    content: Dict[str, Any] = json.loads((VECTORS / request.module.VECTORS_FILE).read_text(encoding="utf-8"))
    return content
