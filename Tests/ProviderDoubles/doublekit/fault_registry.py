"""The definition and registry of faults: their context and their properties."""

from __future__ import annotations

import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict

from .messages import Response

MEBIBYTE = 1024 * 1024
#: Bytes after which an endless response slows down, so that a broken client does not fill the machine.
PLENTY = 512 * MEBIBYTE


@dataclass
class Line:
    """The connection of a fault. `head(response)` is the response header as the server would write it."""

    connection: Any
    write: Callable[[bytes], None]
    head: Callable[[Response], bytes]
    seconds: float  # between two bytes of the slow faults
    here: str  # http://host:port of this request
    other: str  # the same server by another host name
    target: str
    landing: str  # target of a redirect: the request's target, without the name of the fault
    close: Callable[[], None]
    reset: Callable[[], None]

    def send(self, response: Response) -> None:
        self.write(self.head(response) + response.body)

    def raw_head(self, response: Response, *headers: str) -> bytes:
        """Status line and headers without a Content-Length, with more headers, including the empty line."""
        lines = self.head(Response(response.status, b"", response.headers)).decode("latin-1").split("\r\n")
        kept = [line for line in lines if line and not line.lower().startswith("content-length:")]
        return ("\r\n".join([*kept, *headers]) + "\r\n\r\n").encode("latin-1")


Action = Callable[[Line, Response], None]


@dataclass
class Fault:
    action: Action
    real: bool
    when: str
    about: str


FAULTS: Dict[str, Fault] = {}


def fault(real: bool, about: str, when: str = "body") -> Callable[[Action], Action]:
    def register(action: Action) -> Action:
        FAULTS[action.__name__] = Fault(action, real, when, about)
        return action

    return register


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def linger_zero(connection: Any) -> None:
    """Closing will send a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_away(connection: Any, seconds: float) -> None:
    """Reads and discards data until the client leaves or the time is over."""
    ends = time.monotonic() + seconds
    while True:
        left = ends - time.monotonic()
        if left <= 0 or not select.select([connection], [], [], left)[0]:
            return
        try:
            if not connection.recv(65536):
                return
        except OSError:
            return
