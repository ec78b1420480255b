"""Fixtures: the doubles as separate processes, started once per test file and reset before each test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict

import pytest

DOUBLES = Path(__file__).resolve().parent.parent / "ProviderDoubles"
VECTORS = Path(__file__).resolve().parent.parent / "Vectors"
sys.path.insert(0, str(DOUBLES))

from doublekit.fixtures import double_fixtures  # noqa: E402

tineye_process, tineye = double_fixtures("tineye", scope="module", tls=True)
alibaba_process, alibaba = double_fixtures("alibaba", scope="module", tls=True)
tmapi_process, tmapi = double_fixtures("tmapi", scope="module")
faults_process, faults = double_fixtures("faults", scope="module", tls=True)
proxy_process, proxy = double_fixtures("proxy", scope="module", tls=True)


@pytest.fixture
def vectors(request: pytest.FixtureRequest) -> Dict[str, Any]:
    """The vectors file named by the test's module, VECTORS_FILE."""
    import json

    content: Dict[str, Any] = json.loads((VECTORS / request.module.VECTORS_FILE).read_text(encoding="utf-8"))
    return content


@pytest.fixture
def local_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .localhost mean loopback (RFC 6761), which glibc does not implement; libcurl does."""
    import socket

    real = socket.getaddrinfo

    def lookup(host: Any, *rest: Any, **named: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
