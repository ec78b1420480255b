"""The HTTP server below the application: uvicorn, with patience that ends and a stop that loses no request."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import logs
from .dialect import Dialect
from .problems import Kind, Problem
from .service import Service

#: Bytes of a request line with its headers: a delete of MatchEngine's clients names a thousand paths in one line of up to 256 KB.
MOST_HEAD = 300_000
#: Seconds within which a request line and its headers must be there.
HEAD_SECONDS = 10.0
#: Seconds for which a connection without a request stays open when the server stops: a client may be sending one just now.
LINGER = 1.0
#: Connections at most; descriptors are kept back for the indexes.
MOST_CONNECTIONS, DESCRIPTORS_OF_INDEXES = 1000, 256


class Connection(H11Protocol):
    """One connection. watch() is called every second and ends what has been waited for long enough."""

    #: Set by Server before it listens.
    service: Service
    dialect_of: Callable[[str], Dialect]
    most_connections = MOST_CONNECTIONS
    #: Seconds for a whole head, and seconds for which a client may leave something of its responses unread.
    head_seconds, patience = HEAD_SECONDS, 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begun = time.monotonic()
        self._head = b""
        self._unsent_since: float | None = None
        if len(self.connections) > self.most_connections:
            self._make_room()

    def _make_room(self) -> None:
        """Ends the connection that has waited longest without a request; this one when all others work."""
        all_of_them: set[Any] = self.connections
        others = [one for one in all_of_them if one is not self and not one.is_working]
        min(others, key=lambda one: one._begun, default=self).transport.abort()

    @property
    def is_working(self) -> bool:
        """Whether a request has come in that is not answered yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        if not self.is_working:
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
        elif now - self._unsent_since > self.patience:
            self.service.metrics.refused.labels(Kind.TIME.value).inc()
            self.transport.abort()
            return
        if self.is_working or self.transport.is_closing() or now - self._begun <= self.head_seconds:
            return
        if self.cycle is not None and not self._head:
            # The rest of a body that was answered before it had come; connections that only rest are ended by uvicorn.
            self.transport.abort()
        else:
            self._refuse(Problem(408, f"the request did not arrive within {self.head_seconds:g} seconds", Kind.TIME))

    def send_400_response(self, msg: str) -> None:
        """What cannot be read as HTTP."""
        is_long = len(self.conn.trailing_data[0]) >= MOST_HEAD
        if is_long:
            self._refuse(Problem(431, f"the request line with its headers may have {MOST_HEAD} bytes", Kind.SIZE))
        else:
            self._refuse(Problem(400, msg, Kind.HTTP))

    def _refuse(self, problem: Problem) -> None:
        """Answers what never became a request, in the words of the protocol that its first line is of."""
        if self.is_working:
            self.transport.abort()
            return
        method, path = _begin_of(self._head)
        dialect = type(self).dialect_of(path)
        response = dialect.failure("", problem)
        request_id = secrets.token_hex(8)
        headers = [*response.raw_headers, (b"connection", b"close"), (b"x-request-id", request_id.encode())]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 %d \r\n%s\r\n%s" % (problem.status, lines, bytes(response.body)))
        self.transport.close()
        self.service.metrics.count(problem)
        self.service.metrics.requests.labels(dialect.name, "none", str(problem.status)).inc()
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
    """Method and path of a request line of which only the beginning need be there."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    path = words[1].partition(b"?")[0] if len(words) > 1 else b""
    return words[0][:20].decode("ascii", "replace"), path[:300].decode("ascii", "replace")


class Server(uvicorn.Server):
    """Serves one application in one process."""

    def __init__(self, app: Any, dialect_of: Callable[[str], Dialect], host: str, port: int) -> None:
        self._service: Service = app.state.service
        patience = self._service.settings.request_seconds
        facts = {
            "service": self._service,
            "dialect_of": staticmethod(dialect_of),
            "most_connections": _most_connections(),
            "head_seconds": min(HEAD_SECONDS, patience),
            "patience": patience,
        }
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=type("BoundConnection", (Connection,), facts),
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                h11_max_incomplete_event_size=MOST_HEAD,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=int(patience + LINGER) + 2,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._watcher = asyncio.create_task(self._watch())
        for server in self.servers:
            for listening in server.sockets:
                logs.event("listening", address="%s:%d" % listening.getsockname()[:2])

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                connection.watch(now)  # type: ignore[union-attr]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answers what has come in, and what comes in on open connections within a moment; then closes everything."""
        self._service.stopping = True
        logs.event("stopping", requests=len(self.server_state.tasks))
        for server in self.servers:
            listening = [one.dup() for one in server.sockets]
            server.close()
            for one in listening:
                await self._take_last(one)
        for _ in range(int(LINGER / 0.02)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(0.02)
        try:
            await super().shutdown(sockets)
        finally:
            self._watcher.cancel()

    async def _take_last(self, listening: socket.socket) -> None:
        """Takes the connections that the kernel has accepted and nobody has seen yet, and closes the socket, which would have
        reset them."""
        listening.setblocking(False)
        accepted = []
        with contextlib.suppress(OSError):
            while True:
                accepted.append(listening.accept()[0])
        listening.close()
        loop = asyncio.get_running_loop()
        for connection in accepted:
            await loop.connect_accepted_socket(self._connection, connection)

    def _connection(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made


def _most_connections() -> int:
    """As many as the limit of descriptors lets, which is raised as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + DESCRIPTORS_OF_INDEXES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(16, soft - DESCRIPTORS_OF_INDEXES)
    return MOST_CONNECTIONS
