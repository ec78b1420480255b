"""A server that is stopped under load answers every received request."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Server

CLIENTS = 12


class Load(threading.Thread):
    """Sends requests as fast as possible until the server accepts no more connections."""

    def __init__(self, port: int, image: bytes, keeps: bool) -> None:
        super().__init__()
        self._port, self._keeps = port, keeps
        self._body = b'--b\r\nContent-Disposition: form-data; name="image"; filename="q"\r\n\r\n' + image + b"\r\n--b--\r\n"
        self.answered = 0
        self.lost: list[str] = []

    def run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while True:
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
                try:
                    connection.connect()
                except OSError:
                    return  # it accepts no more
            try:
                headers = {"content-type": "multipart/form-data; boundary=b"}
                connection.request("POST", "/v1/index/search", self._body, headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                return
            if response.status not in (200, 503):
                self.lost.append(str(response.status))
            self.answered += 1
            if response.will_close or not self._keeps:
                connection.close()
                connection = None


@pytest.mark.parametrize("parallel", [1, 4])
def test_no_request_is_lost(open_server: Callable[..., Server], images: Path, parallel: int) -> None:
    server = open_server("--parallel", str(parallel), "--queue", "6")
    image = (images / "copy.png").read_bytes()
    load = [Load(server.port, image, keeps=number % 3 > 0) for number in range(CLIENTS)]
    for one in load:
        one.start()
    while sum(one.answered for one in load) < 5 * CLIENTS:
        time.sleep(0.02)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) in (0, -signal.SIGTERM)
    for one in load:
        one.join(60)
        assert not one.lost, one.lost
    assert "Traceback" not in server.log.read_text() and '"event": "stopping"' in server.log.read_text()


def test_a_stop_without_load_is_quick(open_server: Callable[..., Server]) -> None:
    server = open_server()
    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) in (0, -signal.SIGTERM) and time.monotonic() - begun < 20
