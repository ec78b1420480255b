"""Proxies from the environment, which a process has from its start. All other tests of proxies are in Tests/FaultTests."""

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
    others = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE")
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and name not in others}
    clean["PYTHONPATH"] = str(ROOT / "python")
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, base],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
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
    # libcurl ignores this one, because a CGI program gets it from the client (the `Proxy:` header of a request).
    done = ask("%s/rest/" % double.url, {"HTTP_PROXY": str(proxy.url)})
    assert done.stdout == "True\n", done.stderr
    assert proxy.log() == []


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_wrong_proxy_of_the_environment_is_found_at_open(double: DoubleProcess, name: str) -> None:
    """The message names the variable, and does not quote its value."""
    done = ask("%s/rest/" % double.url, {name: "http://user:s3cr3t/x@127.0.0.1:3128"})
    assert done.returncode != 0 and name in done.stderr
    assert "s3cr3t" not in done.stdout + done.stderr


def test_a_password_is_in_no_message_and_no_log(proxy: DoubleProcess) -> None:
    program = """
import logging, sys, imagesearch
logging.basicConfig(level=1, stream=sys.stderr)
for value in sys.argv[1:]:
    try:
        with imagesearch.TinEye(api_key="test-key", base_url="http://a.example/rest", proxy=value, max_attempts=1) as client:
            client.search("https://a.example/x.jpg", total_timeout=20)
    except imagesearch.ImageSearchError as error:
        print(repr(error), error)
"""
    wrong = [
        "http://u:s3cr/3t@127.0.0.1:9", "http://u:s3cr#3t@127.0.0.1:9", "http://u:s3cr@3t@127.0.0.1:9", "socks9://u:s3cr3t@127.0.0.1:9",
        "http://u:s3cr 3t@127.0.0.1:9", "http://u:s3cr3t@127.0.0.1:99999", " http://u:s3cr3t@127.0.0.1:9", "HTTP://u:s3cr3t@127.0.0.1:9",
        "http://u:s3cr3t@proxy.invalid:3128",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    done = subprocess.run(
        [sys.executable, "-c", program, *wrong],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(wrong)
    assert "s3cr" not in done.stdout + done.stderr


def test_authorities_of_the_environment() -> None:
    with DoubleProcess("tineye", tls=True) as secure:
        base = "%s/rest/" % secure.tls_url
        for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            done = ask(base, {name: secure.ca_file})
            assert done.stdout == "True\n", done.stderr
            done = ask(base, {name: "/nonexistent/ca.pem"})
            assert done.returncode != 0 and name in done.stderr
        done = ask(base, {})
        assert done.returncode != 0 and "ca_file" in done.stderr and "SSL_CERT_FILE" in done.stderr
