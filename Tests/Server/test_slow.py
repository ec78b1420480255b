"""Slow clients: slow headers, slow bodies, slow reading, or no data at all."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Server, filled, start

#: The server's timeout of a request in seconds.
PATIENCE = 1
#: Maximum seconds that a test waits for the server to end something.
LONG = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, images: Path) -> Iterator[Server]:
    """A server with short timeouts."""
    folder = tmp_path_factory.mktemp("slow")
    index = filled(folder / "index", images)
    running = start(folder, "--index", "shop=%s" % index, "--request-seconds", str(PATIENCE), "--writable")
    yield running
    running.process.terminate()
    running.process.wait(20)


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=LONG)


def rest(connection: socket.socket) -> bytes:
    """The received bytes until the server closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(1 << 16):
            received += chunk
    return received


def is_healthy(server: Server) -> bool:
    """Whether the server responds, possibly after a while on a busy machine."""
    end = time.monotonic() + LONG
    with server.client() as client:
        while time.monotonic() < end:
            if client.get("/healthz").status_code == client.get("/v1/shop/items").status_code == 200:
                return True
    return False


def in_its_words(path: str, response: bytes) -> bool:
    head, _, body = response.partition(b"\r\n\r\n")
    content = json.loads(body)
    assert head.startswith(b"HTTP/1.1 408 "), head
    if path.startswith("/rest/"):
        return content["code"] == 408 and bool(content["messages"])
    return bool(content["error"]) and (not path.startswith("/shop/") or content["status"] == "fail")


@pytest.mark.parametrize("path", ["/rest/search/", "/shop/rest/add/", "/v1/shop/search"])
def test_a_head_that_does_not_end(server: Server, path: str) -> None:
    with connect(server) as silent, connect(server) as slow:
        silent.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\nX-A" % path.encode())
        begun = time.monotonic()
        # A byte from time to time does not prevent it.
        with contextlib.suppress(OSError):
            slow.sendall(b"GET %s HTTP/1.1\r\n" % path.encode())
            while time.monotonic() - begun < 4 * PATIENCE:
                slow.sendall(b"a: b\r\n")
                time.sleep(0.2)
        assert in_its_words(path, rest(silent))
        received = rest(slow)
        assert received == b"" or in_its_words(path, received)
        assert time.monotonic() - begun < LONG
    assert is_healthy(server)


@pytest.mark.parametrize("path", ["/rest/search/", "/shop/rest/add/", "/v1/shop/search"])
def test_a_body_that_does_not_end(server: Server, path: str) -> None:
    assert is_healthy(server)
    with server.client() as client:
        before = client.get("/shop/rest/count/").json()
    with connect(server) as slow:
        slow.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\n" % path.encode())
        slow.sendall(b"Content-Type: multipart/form-data; boundary=y\r\nContent-Length: 100000\r\n\r\n--y\r\n")
        with contextlib.suppress(OSError):
            for _ in range(4 * PATIENCE * 5):
                slow.sendall(b"x")
                time.sleep(0.2)
        # A client that is still sending may get a reset.
        received = rest(slow)
        assert received == b"" or in_its_words(path, received)
    with connect(server) as silent:
        silent.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\n" % path.encode())
        silent.sendall(b"Content-Type: multipart/form-data; boundary=y\r\nContent-Length: 100000\r\n\r\n--y\r\n")
        assert in_its_words(path, rest(silent))
    with server.client() as client:
        assert client.get("/shop/rest/count/").json() == before


def test_a_connection_may_rest(server: Server) -> None:
    with connect(server) as resting:
        for _ in range(2):
            resting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            received = b""
            while not received.endswith(b"\r\n\r\nok\n"):
                received += resting.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
            time.sleep(3 * PATIENCE)


def test_the_rest_of_a_body_is_not_waited_for(server: Server) -> None:
    """The request was refused already; further data from the client is discarded for a limited time only."""
    with connect(server) as slow:
        slow.sendall(b"POST /v1/none/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 404 ")
        begun = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - begun < LONG:
                slow.sendall(b"x")
                time.sleep(0.1)


def test_a_client_that_does_not_read(server: Server) -> None:
    request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", server.port))
        idle.settimeout(LONG)
        idle.sendall(request * 1000)  # 40 MB of responses
        begun = time.monotonic()
        while is_open(server, idle):
            assert is_healthy(server)
            assert time.monotonic() - begun < LONG
            time.sleep(0.3)
        assert len(rest(idle)) < 30_000_000


def is_open(server: Server, connection: socket.socket) -> bool:
    """Whether the server's process still has the other end of a connection, by the kernel's table."""
    own = "%04X" % connection.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[2].endswith(":" + own) and words[9] != "0":  # the inode is 0 when no process has it
            return True
    return False


def test_silent_connections_leave_room(open_server: Callable[..., Server]) -> None:
    # 300 descriptors leave room for 44 connections.
    server = open_server("--request-seconds", "20", prefix=("prlimit", "--nofile=300:300"))
    silent = []
    try:
        for number in range(120):
            silent.append(connect(server))
            if number % 2:
                silent[-1].sendall(b"GET /")
        with server.client() as client:
            for _ in range(5):
                assert client.get("/v1/").status_code == 200
                silent.append(connect(server))
    finally:
        for one in silent:
            one.close()
    assert "Too many open files" not in server.log.read_text()
