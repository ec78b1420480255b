#!/usr/bin/env python3
"""A proxy for tests: HTTP (forwarding and CONNECT), the same over TLS, and SOCKS5. See README.md beside this file.

It connects to loopback only: the setting `routes` maps hosts to ports of this machine.
"""

from __future__ import annotations

import base64
import http.client
import select
import socket
import struct
import threading
import time
from typing import Any, Dict, Optional, Tuple
from urllib.parse import urlsplit

from doublekit.forms import Form
from doublekit.launch import run
from doublekit.messages import Request, Response
from doublekit.provider import Provider

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length",
}  # fmt: skip
Address = Tuple[str, int]


class Proxy(Provider):
    name = "proxy"
    defaults: Dict[str, Any] = {
        "user": None,  # if set, credentials are required
        "password": "",
        "routes": {},  # "host:port" or "host" -> port on 127.0.0.1; loopback hosts need none
        "delay": 0.0,  # seconds before a connection is made
        "clock_skew": 0,
    }

    def kind(self, request: Request) -> str:
        return "connect" if request.method == "CONNECT" else "forward"

    def route(self, host: str, port: int) -> Optional[Address]:
        """The port of that host on this machine, or None."""
        routes = self.settings["routes"]
        found = routes.get("%s:%d" % (host, port), routes.get(host))
        if found is not None:
            return "127.0.0.1", int(found)
        if host in ("127.0.0.1", "localhost") or host.endswith(".localhost"):
            return "127.0.0.1", port
        return None

    def allowed(self, user: str, password: str) -> bool:
        return self.settings["user"] is None or (user, password) == (self.settings["user"], self.settings["password"])

    # HTTP

    def answer(self, request: Request) -> Response:
        given = (request.header("Proxy-Authorization") or "").split(" ", 1)
        try:
            user, _, password = base64.b64decode(given[-1], validate=True).decode("utf-8").partition(":")
        except ValueError:
            user, password = "", ""
        if not self.allowed(user, password):
            headers = [("Proxy-Authenticate", 'Basic realm="proxy double"'), ("Content-Type", "text/html")]
            return Response(407, b"<html>407 Proxy Authentication Required</html>", headers, "407: credentials")
        time.sleep(self.settings["delay"])
        return self.tunnel(request) if request.method == "CONNECT" else self.forward(request)

    def tunnel(self, request: Request) -> Response:
        host, _, port = request.target.rpartition(":")
        address = self.route(host.strip("[]"), int(port)) if port.isdigit() else None
        upstream = connect(address)
        if upstream is None:
            return Response.text(502, "no way there", verdict="502: no way to " + request.target)
        request.notes["tunnel"] = request.target
        return Response(200, then=lambda connection: pump(connection, upstream))

    def forward(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        if parts.scheme != "http" or not parts.hostname:
            return Response.text(400, "this is a proxy", verdict="400: not an absolute http address")
        address = self.route(parts.hostname, parts.port or 80)
        if address is None:
            return Response.text(502, "no way there", verdict="502: no way to " + parts.netloc)
        upstream = http.client.HTTPConnection(*address, timeout=60)
        headers = {name: value for name, value in request.headers if name.lower() not in HOP_BY_HOP | {"expect"}}
        try:
            target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            upstream.request(request.method, target, request.body or None, {**headers, "Via": "1.1 proxy-double"})
            answer = upstream.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return Response.text(502, str(error), verdict="502: %s" % error)
        finally:
            upstream.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        return Response(answer.status, body, kept)

    # SOCKS5 (RFC 1928, user and password RFC 1929)

    def more_ports(self) -> Dict[str, int]:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()
        return {"socks_port": int(listener.getsockname()[1])}

    def accept(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.socks, args=(connection,), daemon=True).start()

    def socks(self, connection: socket.socket) -> None:
        # With all keys of an HTTP entry, so that readers of the log need only one format.
        entry: Dict[str, Any] = {
            "time": time.time(), "connection": 0, "scheme": "socks5", "method": "", "target": "", "path": "", "query": [],
            "headers": [], "body_length": 0, "body_sha256": "", "form": Form().summary(), "kind": "socks5", "status": 0,
            "verdict": "cut off", "notes": {},
        }  # fmt: skip
        upstream: Optional[socket.socket] = None
        try:
            upstream = self.socks_greeting(connection, entry)
        except (OSError, struct.error, UnicodeDecodeError) as error:
            entry["verdict"] = "broken: %s" % error
        self.record(entry)
        if upstream is not None:
            pump(connection, upstream)
        connection.close()

    def socks_greeting(self, connection: socket.socket, entry: Dict[str, Any]) -> Optional[socket.socket]:
        version, count = exactly(connection, 2)
        methods = exactly(connection, count)
        wanted = 0 if self.settings["user"] is None else 2
        if version != 5 or wanted not in methods:
            connection.sendall(b"\x05\xff")
            entry["verdict"] = "no acceptable method"
            return None
        connection.sendall(bytes([5, wanted]))
        if wanted == 2:
            user = exactly(connection, exactly(connection, 2)[1]).decode("utf-8")
            password = exactly(connection, exactly(connection, 1)[0]).decode("utf-8")
            good = self.allowed(user, password)
            connection.sendall(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                entry["verdict"] = "credentials"
                return None
        _, command, _, kind = exactly(connection, 4)
        if kind == 1:
            host = socket.inet_ntoa(exactly(connection, 4))
        elif kind == 3:
            host = exactly(connection, exactly(connection, 1)[0]).decode("ascii")
        else:
            host = socket.inet_ntop(socket.AF_INET6, exactly(connection, 16))
        (port,) = struct.unpack(">H", exactly(connection, 2))
        entry.update(target="%s:%d" % (host, port), notes={"name_given": kind == 3})
        time.sleep(self.settings["delay"])
        upstream = connect(self.route(host, port)) if command == 1 else None
        connection.sendall(b"\x05" + (b"\x04" if upstream is None else b"\x00") + b"\x00\x01\x7f\x00\x00\x01\x00\x00")
        entry["verdict"] = "host unreachable" if upstream is None else "ok"
        return upstream


def connect(address: Optional[Address]) -> Optional[socket.socket]:
    try:
        return None if address is None else socket.create_connection(address, timeout=10)
    except OSError:
        return None


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise OSError("the client left")
        data += piece
    return data


def pump(one: Any, other: socket.socket) -> None:
    """Forwards bytes in both directions until one side closes."""
    other.settimeout(None)
    try:
        while True:
            # A TLS connection may have buffered bytes that select does not see.
            ready = [one] if getattr(one, "pending", int)() else select.select([one, other], [], [])[0]
            for source, sink in ((one, other), (other, one)):
                if source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    sink.sendall(data)
    except OSError:
        pass
    finally:
        other.close()


if __name__ == "__main__":
    run(Proxy)
