"""A connection of the HTTP server: uvicorn's, with timeouts, and refusals in the form of each protocol."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import logs
from .dialect import Dialect
from .problems import Kind, Problem
from .service import Service

#: Maximum size of a request line with its headers in bytes: a delete of MatchEngine's clients has a thousand paths in one line
#: of up to 256 KB.
MOST_HEAD = 300_000
#: Seconds within which a request line and its headers must be received.
HEAD_SECONDS = 10.0


@dataclass(frozen=True)
class Rules:
    """Settings of all connections of a server.

    Attributes:
        service: counts refusals.
        dialect_of: the protocol of a path.
        most_connections: maximum number of connections.
        head_seconds: seconds for a request line with its headers.
        patience: seconds for which a client may leave responses unread.
    """

    service: Service
    dialect_of: Callable[[str], Dialect]
    most_connections: int
    head_seconds: float
    patience: float


class Connection(H11Protocol):
    """A connection. watch() is called every second and closes it when a timeout has passed."""

    def __init__(self, rules: Rules, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._rules = rules

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begun = time.monotonic()
        self._head = b""
        self._unsent_since: float | None = None
        if len(self.connections) > self._rules.most_connections:
            self._make_room()

    def _make_room(self) -> None:
        """Closes the connection that has been idle longest; this one if all others are busy."""
        all_of_them: set[Any] = self.connections
        others = [one for one in all_of_them if one is not self and not (one.is_working or one.transport.is_closing())]
        min(others, key=lambda one: one._begun, default=self).transport.abort()

    @property
    def is_working(self) -> bool:
        """Whether there is a request without a complete response."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        if not self.is_working and self.conn.their_state is h11.IDLE:
            if not self._head:
                self._begun = time.monotonic()
            self._head = (self._head + data)[:1000]
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._head, self._begun = b"", time.monotonic()
        super().on_response_complete()

    def watch(self, now: float) -> None:
        if self.transport.get_write_buffer_size() == 0:
            self._unsent_since = None
        elif self._unsent_since is None:
            self._unsent_since = now
        elif now - self._unsent_since > self._rules.patience:
            self._rules.service.metrics.refused.labels(Kind.TIME.value).inc()
            self.transport.abort()
            return
        if self.is_working or self.transport.is_closing() or now - self._begun <= self._rules.head_seconds:
            return
        if self._head or self.cycle is None:
            text = f"the request did not arrive within {self._rules.head_seconds:g} seconds"
            self._refuse(Problem(408, text, Kind.TIME))
        elif self.conn.their_state is not h11.IDLE:
            # The response was sent before the rest of the body was received. uvicorn closes idle connections.
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Responds to what is not valid HTTP."""
        is_long = len(self.conn.trailing_data[0]) >= MOST_HEAD
        if is_long:
            self._refuse(Problem(431, f"the request line with its headers may have {MOST_HEAD} bytes", Kind.SIZE))
        else:
            self._refuse(Problem(400, msg, Kind.HTTP))

    def _refuse(self, problem: Problem) -> None:
        """Responds to an incomplete request, in the form of the protocol of its first line."""
        if self.is_working:
            self.transport.abort()
            return
        method, path = _begin_of(self._head)
        dialect = self._rules.dialect_of(path)
        response = dialect.failure("", problem)
        request_id = secrets.token_hex(8)
        headers = [*response.raw_headers, (b"connection", b"close"), (b"x-request-id", request_id.encode())]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 %d \r\n%s\r\n%s" % (problem.status, lines, bytes(response.body)))
        self.transport.close()
        self._rules.service.metrics.count(problem)
        self._rules.service.metrics.requests.labels(dialect.name, "none", str(problem.status)).inc()
        logs.request(
            self._begun,
            request_id=request_id,
            client=self.client[0] if self.client else "",
            method=method,
            path=path,
            status=problem.status,
            protocol=dialect.name,
        )


def _begin_of(head: bytes) -> tuple[str, str]:
    """Method and path of a request line, which may be incomplete."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    path = words[1].partition(b"?")[0] if len(words) > 1 else b""
    return words[0][:20].decode("ascii", "replace"), path[:300].decode("ascii", "replace")
