"""HTTP/2: if the server supports it, the requests of a client share a connection."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import imagesearch

DOUBLE = Path(__file__).resolve().parents[1] / "ProviderDoubles" / "http2.py"
THREADS = 48


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, str(DOUBLE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    yield json.loads(process.stdout.readline())
    process.stdin.close()
    process.wait(timeout=10)


def log(server: dict[str, Any]) -> dict[str, int]:
    """The server's counters, read with the curl command, which also supports HTTP/2."""
    url = "https://localhost:%d/_double/log" % server["port"]
    done = subprocess.run(
        ["curl", "-s", "--http2", "--cacert", server["ca_file"], url],
        capture_output=True,
        check=True,
    )
    counted: dict[str, int] = json.loads(done.stdout)
    return counted


def test_many_requests_share_a_connection(server: dict[str, Any]) -> None:
    base = "https://localhost:%d/rest/" % server["port"]
    failures: list[Exception] = []
    with imagesearch.TinEye(
        api_key="test-key",
        base_url=base,
        ca_file=server["ca_file"],
        max_concurrent=THREADS,
        requests_per_minute=100_000,
    ) as client:

        def ask() -> None:
            try:
                for _ in range(5):
                    assert client.remaining_searches().remaining == 7
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
    counted = log(server)
    assert counted["requests"] == 5 * THREADS
    assert counted["connections"] == 1
    # They overlapped, and did not wait for each other.
    assert counted["most_at_once"] > THREADS // 4


def search(server: dict[str, Any], path: str, *, kept: bool) -> imagesearch.SearchPage:
    base = "https://localhost:%d%s/rest/" % (server["port"], path)
    with imagesearch.TinEye(api_key="test-key", base_url=base, ca_file=server["ca_file"], max_attempts=2) as client:
        if kept:
            # The search uses an existing connection.
            client.remaining_searches()
        return client.search("https://a.example/b.jpg")


@pytest.mark.parametrize("times", [1, 4])
def test_a_refused_stream_is_sent_again_and_charged_once(server: dict[str, Any], times: int) -> None:
    """REFUSED_STREAM (RFC 9113, 8.7): certainly not charged. libcurl reports it on a new connection."""
    assert len(search(server, "/refuse/%d" % times, kept=False)) == 0
    assert log(server)["charged"] == 1


def test_a_stream_that_is_always_refused_is_not_called_charged(server: dict[str, Any]) -> None:
    with pytest.raises(imagesearch.ImageSearchError) as caught:
        search(server, "/refuse/1000", kept=False)
    assert not caught.value.may_have_been_charged
    assert log(server)["charged"] == 0


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("frame", ["refuse", "leave", "reset", "quit"])
def test_what_libcurl_does_not_tell_may_have_been_charged(server: dict[str, Any], frame: str, kept: bool) -> None:
    """GOAWAY below the stream, REFUSED_STREAM on a kept connection, and a processed request cannot be distinguished: they are
    reported as possibly charged, and never repeated."""
    if frame == "refuse" and not kept:
        pytest.skip("libcurl tells")
    with pytest.raises(imagesearch.ImageSearchError) as caught:
        search(server, "/%s/1" % frame, kept=kept)
    assert caught.value.may_have_been_charged
    assert log(server)["charged"] == (1 if frame in ("reset", "quit") else 0)
