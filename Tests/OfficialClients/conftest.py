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


@pytest.fixture(scope="module")
def alibaba_process() -> Iterator[DoubleProcess]:
    yield from _double("alibaba", tls=True)


@pytest.fixture
def alibaba(alibaba_process: DoubleProcess) -> DoubleProcess:
    alibaba_process.reset()
    return alibaba_process


@pytest.fixture
def local_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .localhost mean loopback (RFC 6761), which glibc does not know; libcurl does by itself."""
    import socket

    real = socket.getaddrinfo

    def lookup(host: Any, *rest: Any, **named: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture(scope="module")
def tmapi_process() -> Iterator[DoubleProcess]:
    yield from _double("tmapi", tls=False)


@pytest.fixture
def tmapi(tmapi_process: DoubleProcess) -> DoubleProcess:
    tmapi_process.reset()
    return tmapi_process


@pytest.fixture(scope="module")
def faults_process() -> Iterator[DoubleProcess]:
    yield from _double("faults", tls=True)


@pytest.fixture
def faults(faults_process: DoubleProcess) -> DoubleProcess:
    faults_process.reset()
    return faults_process


@pytest.fixture(scope="module")
def proxy_process() -> Iterator[DoubleProcess]:
    yield from _double("proxy", tls=True)


@pytest.fixture
def proxy(proxy_process: DoubleProcess) -> DoubleProcess:
    proxy_process.reset()
    return proxy_process
