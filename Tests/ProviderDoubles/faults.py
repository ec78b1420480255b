#!/usr/bin/env python3
"""A server with faults on request. See README.md beside this file.

The first component of the path names the fault: `/bad_gzip/anything`. Any other path returns a small JSON text.
The same faults can be scripted in every other double, where they damage real responses.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any, Dict, List, Optional

from doublekit import tls
from doublekit.faults import FAULTS
from doublekit.launch import run
from doublekit.messages import Request, Response
from doublekit.provider import Provider
from doublekit.script import Step


class Faults(Provider):
    name = "faults"
    needs_tls = True
    defaults: Dict[str, Any] = {
        "interval": 1.0,  # seconds between two bytes of the slow faults
        "default_fault": None,  # the fault for paths without one
        "clock_skew": 0,
    }

    def __init__(self, settings: Optional[Dict[str, Any]] = None) -> None:
        self.kept: List[socket.socket] = []
        self.other: Optional[tls.Authority] = None
        super().__init__(settings)

    def kind(self, request: Request) -> str:
        return self.fault_of(request) or "plain"

    def fault_of(self, request: Request) -> Optional[str]:
        name = request.path.split("/")[1] if request.path.startswith("/") else ""
        return name if name in FAULTS else self.settings["default_fault"]

    def step_for(self, request: Request) -> Optional[Step]:
        name = self.fault_of(request)
        return None if name is None else Step.parse({"fault": name, "interval": self.settings["interval"]})

    def landing(self, request: Request) -> str:
        """The path after the fault's name, so that following the redirect does not lead to the fault again."""
        return "/" + request.target.split("/", 2)[2] if request.target.count("/") > 1 else "/"

    def answer(self, request: Request) -> Response:
        body = {"method": request.method, "path": request.path, "length": len(request.body), "text": "grüß dich, 红"}
        return Response.json(200, body)

    def more_contexts(self, authority: tls.Authority) -> Dict[str, ssl.SSLContext]:
        self.other = tls.Authority("Somebody else")
        day = "20200101000000Z"
        return {
            "wrong_name_port": authority.issue("wrong-name", "DNS:other.example,IP:127.0.0.9"),
            "expired_port": authority.issue("expired", dates=[day, "20200102000000Z"]),
            "not_yet_valid_port": authority.issue("not-yet-valid", dates=["20900101000000Z", "20910101000000Z"]),
            "unknown_ca_port": self.other.issue("unknown"),
        }

    def more_ports(self) -> Dict[str, int]:
        return {
            "refused_port": self.port_without_listener(),
            "silent_port": self.silent_port(64),
            "unreachable_port": self.full_port(),
        }

    def port_without_listener(self) -> int:
        """A port that is reserved, so that no other process gets it, but refuses connections."""
        kept = socket.socket()
        kept.bind(("127.0.0.1", 0))
        self.kept.append(kept)
        return int(kept.getsockname()[1])

    def silent_port(self, backlog: int) -> int:
        """The kernel establishes connections, but they are never accepted: no byte, no TLS handshake."""
        kept = socket.socket()
        kept.bind(("127.0.0.1", 0))
        kept.listen(backlog)
        self.kept.append(kept)
        return int(kept.getsockname()[1])

    def full_port(self) -> int:
        """The backlog is full, so connecting takes until the client's timeout."""
        port = self.silent_port(0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            self.kept.append(filler)
        return port

    def close(self) -> None:
        if self.other is not None:
            self.other.remove()


if __name__ == "__main__":
    run(Faults)
