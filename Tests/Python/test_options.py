"""Options of a client that change how it connects: TLS, certificates, name lookup, proxies, retries."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Union

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Code, TinEye


@pytest.fixture(scope="module")
def secure() -> Iterator[DoubleProcess]:
    with DoubleProcess("tineye", tls=True) as double:
        yield double


def test_an_unknown_authority_is_refused_and_ca_file_makes_it_known(secure: DoubleProcess) -> None:
    base_url = str(secure.tls_url) + "/rest/"
    with TinEye(api_key=KEY, base_url=base_url, max_attempts=1) as client:
        with pytest.raises(imagesearch.TransportError) as caught:
            client.image_count()
        assert caught.value.code is Code.TLS_FAILED and not caught.value.may_have_been_charged
    with TinEye(api_key=KEY, base_url=base_url, ca_file=secure.ca_file) as client:
        assert client.image_count() == 48560880094
        assert client.search(MELON_URL, limit=1).total == 247


def test_a_missing_ca_file() -> None:
    with pytest.raises(imagesearch.ImageSearchError):
        with TinEye(api_key=KEY, base_url="https://127.0.0.1:9/", ca_file="/nowhere/ca.pem", max_attempts=1) as client:
            client.image_count()


@pytest.mark.parametrize(
    "entries",
    ["imagesearch.localhost:{port}:127.0.0.1", ["other.example:1:127.0.0.1", "imagesearch.localhost:{port}:127.0.0.1"]],
)
def test_resolve(secure: DoubleProcess, entries: Union[str, list[str]]) -> None:
    port = str(secure.tls_url).rsplit(":", 1)[1]
    given = entries.format(port=port) if isinstance(entries, str) else [entry.format(port=port) for entry in entries]
    base_url = "https://imagesearch.localhost:%s/rest/" % port
    with TinEye(api_key=KEY, base_url=base_url, ca_file=secure.ca_file, resolve=given) as client:
        assert client.image_count() == 48560880094


def test_a_proxy_that_is_not_there_and_no_proxy(base_url: str, double: DoubleProcess) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        proxy = "http://127.0.0.1:%d" % probe.getsockname()[1]
    with (
        TinEye(api_key=KEY, base_url=base_url, proxy=proxy, max_attempts=1) as client,
        pytest.raises(imagesearch.TransportError),
    ):
        client.image_count()
    assert double.log() == []
    with TinEye(api_key=KEY, base_url=base_url, proxy=proxy, no_proxy=["example.org", "127.0.0.1"]) as client:
        assert client.image_count() == 48560880094


def test_proxies_of_the_environment(base_url: str, double: DoubleProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with TinEye(api_key=KEY, base_url=base_url, proxy="") as client:
        assert client.image_count() == 48560880094


def test_a_busy_service_is_asked_again(base_url: str, double: DoubleProcess) -> None:
    double.script({"error": "busy", "count": 1})
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=1000) as client:
        assert client.search(MELON_URL, limit=1).total == 247
    assert len(double.log()) == 2 and double.paid() == 1


def test_requests_per_minute(base_url: str, double: DoubleProcess) -> None:
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=2) as client:
        for _ in range(2):
            client.search(MELON_URL, limit=1)
        start = time.monotonic()
        with pytest.raises(imagesearch.TransportError) as caught:
            client.search(MELON_URL, limit=1, total_timeout=0.5)
    assert caught.value.code is Code.DEADLINE_EXCEEDED and caught.value.attempts == 0
    assert time.monotonic() - start < 1 and double.paid() == 2
