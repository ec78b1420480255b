"""Proxies from the environment, which a process gets at its start. Everything else about proxies is in Tests/FaultTests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from conftest import ROOT
from doublekit.process import DoubleProcess

PROGRAM = """
import sys, imagesearch
with imagesearch.TinEye(api_key="test-key", base_url=sys.argv[1]) as client:
    print(client.remaining_searches().remaining is not None)
"""


@pytest.fixture(scope="module")
def proxy(tineye_process: DoubleProcess) -> Iterator[DoubleProcess]:
    with DoubleProcess("proxy", {"routes": {"api.example": int(tineye_process.port)}}) as double:
        yield double


def ask(base: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    clean["PYTHONPATH"] = str(ROOT / "python")
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, base], env={**clean, **environment}, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_the_environment_names_the_proxy(double: DoubleProcess, proxy: DoubleProcess, name: str) -> None:
    proxy.reset()
    done = ask("http://api.example/rest/", {name: str(proxy.url)})
    assert done.stdout == "True\n", done.stderr
    assert [entry["verdict"] for entry in double.log()] == ["ok"]
    assert len(proxy.log()) == 1


def test_no_proxy_is_obeyed(double: DoubleProcess, proxy: DoubleProcess) -> None:
    proxy.reset()
    for value in ("127.0.0.1", "*"):
        done = ask("%s/rest/" % double.url, {"http_proxy": str(proxy.url), "no_proxy": value})
        assert done.stdout == "True\n", done.stderr
    assert proxy.log() == []


def test_without_a_proxy_the_host_is_asked_itself(double: DoubleProcess, proxy: DoubleProcess) -> None:
    proxy.reset()
    # Of this one libcurl takes no notice: a CGI program gets it from whoever asks (`Proxy:` of a request).
    done = ask("%s/rest/" % double.url, {"HTTP_PROXY": str(proxy.url)})
    assert done.stdout == "True\n", done.stderr
    assert proxy.log() == []
