"""The HTTP server below the application: uvicorn, with a graceful stop."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn

from . import logs
from .connection import HEAD_SECONDS, MOST_HEAD, Connection, Rules
from .dialect import Dialect
from .service import Service

#: Seconds for which an idle connection stays open when the server stops, because a client may just be sending a request.
LINGER = 1.0
#: Maximum number of connections; the descriptors reserved for the indexes.
MOST_CONNECTIONS, DESCRIPTORS_OF_INDEXES = 1000, 256


class Server(uvicorn.Server):
    """Serves one application in one process."""

    def __init__(self, app: Any, dialect_of: Callable[[str], Dialect], host: str, port: int) -> None:
        self._service: Service = app.state.service
        patience = self._service.settings.request_seconds
        rules = Rules(self._service, dialect_of, _most_connections(), min(HEAD_SECONDS, patience), patience)
        protocol: Any = partial(Connection, rules)
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=protocol,
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
        """Finishes current requests, and those that arrive on open connections within a moment; then closes everything."""
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
        """Accepts the connections that are still in the kernel's queue, and then closes the socket, which would have reset
        them."""
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
    """As many as the limit of descriptors allows, which is raised to the system's maximum."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + DESCRIPTORS_OF_INDEXES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(16, soft - DESCRIPTORS_OF_INDEXES)
    return MOST_CONNECTIONS
