"""A server that speaks HTTP/2 over TLS: how many connections a client opens for many requests at once. Needs the package h2.

    http2.py     prints a JSON line with port and ca_file; ends when its input closes

Every GET is answered like TinEye's `remaining_searches` or `search` after a delay, so that requests overlap. `/_double/log`
returns the numbers of connections, requests, concurrent requests on one connection, and charged searches. A path
that begins with one of these has a fault first:

    /refuse/N/…    the first N requests get RST_STREAM with REFUSED_STREAM and are not charged
    /leave/N/…     the first N get GOAWAY with a last stream below theirs, then the connection ends; not charged
    /reset/N/…     the first N are charged, then RST_STREAM with INTERNAL_ERROR
    /quit/N/…      the first N are charged, then GOAWAY with a last stream that includes them, and the connection ends
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from typing import Any, Dict, Optional

import h2.config
import h2.connection
import h2.events
from doublekit.tls import Authority

ANSWER = json.dumps({"stats": {}, "code": 200, "messages": [], "results": {"bundles": [], "total_remaining_searches": 7}}).encode()
PAGE = json.dumps({"stats": {}, "code": 200, "messages": [], "results": {"matches": []}}).encode()
DELAY = 0.05
REFUSED_STREAM, INTERNAL_ERROR = 7, 2
log: Dict[str, int] = {"connections": 0, "requests": 0, "most_at_once": 0, "uploaded": 0, "charged": 0}
faults: Dict[str, int] = {}


def fault(path: str) -> Optional[str]:
    """A fault in place of a response."""
    parts = path.split("/")
    if "/search/" not in path or len(parts) < 4 or parts[1] not in ("refuse", "leave", "reset", "quit"):
        return None
    done = faults.get(path, 0)
    faults[path] = done + 1
    return parts[1] if done < int(parts[2]) else None


class Speaker(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.transport: Any = None
        self.open: Dict[int, str] = {}
        self.counted = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.state.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self.transport.write(self.state.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self.state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                path = dict(event.headers).get(b":path", b"").decode()
                self.open[event.stream_id] = path
                if not path.startswith("/_double/"):
                    self.count()
            elif isinstance(event, h2.events.DataReceived):
                log["uploaded"] += len(event.data)
                self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                asyncio.get_running_loop().call_later(DELAY, self.answer, event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self.open.pop(event.stream_id, None)
        self.flush()

    def count(self) -> None:
        if not self.counted:
            log["connections"] += 1
            self.counted = True
        log["requests"] += 1
        log["most_at_once"] = max(log["most_at_once"], len(self.open))

    def answer(self, stream: int) -> None:
        path = self.open.pop(stream, None)
        if path is None or self.transport.is_closing():
            return
        kind = fault(path)
        if kind in ("refuse", "leave"):
            self.end(stream, REFUSED_STREAM if kind == "refuse" else None, below=True)
            return
        if "/search/" in path:
            log["charged"] += 1
        if kind is not None:
            self.end(stream, INTERNAL_ERROR if kind == "reset" else None, below=False)
            return
        body = json.dumps(log).encode() if path == "/_double/log" else PAGE if "/search/" in path else ANSWER
        headers = [(":status", "200"), ("content-type", "application/json"), ("content-length", str(len(body)))]
        self.state.send_headers(stream, headers)
        self.state.send_data(stream, body, end_stream=True)
        self.flush()

    def end(self, stream: int, code: Optional[int], below: bool) -> None:
        """RST_STREAM with a code; without one, GOAWAY and the end of the connection."""
        if code is not None:
            self.state.reset_stream(stream, error_code=code)
            self.flush()
        else:
            self.state.close_connection(last_stream_id=max(0, stream - 2) if below else stream)
            self.flush()
            self.transport.close()


async def serve(authority: Authority) -> None:
    context = authority.issue("server")
    context.set_alpn_protocols(["h2"])
    server = await asyncio.get_running_loop().create_server(Speaker, "127.0.0.1", 0, ssl=context)
    print(json.dumps({"port": server.sockets[0].getsockname()[1], "ca_file": authority.ca_file}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    authority = Authority("HTTP2 double")
    try:
        asyncio.run(serve(authority))
    finally:
        authority.remove()


main()
