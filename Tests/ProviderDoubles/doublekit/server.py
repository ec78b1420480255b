"""The HTTP/1.1 server of the doubles: loopback only, one thread per connection, keep-alive, chunked bodies, 100-continue."""

from __future__ import annotations

import socket
import ssl
import sys
import time
import traceback
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Optional, Set, Tuple

from . import faults
from .control import PREFIX, control
from .messages import Request, Response
from .provider import Provider
from .script import Script, Step

MAX_BODY = 512 * 1024 * 1024


class BodyError(Exception):
    """The request body cannot be read, so the connection is unusable."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(self, provider: Provider, script: Script, port: int, context: Optional[ssl.SSLContext]) -> None:
        self.provider = provider
        self.script = script
        self.context = context
        self.to_reset: Set[int] = set()
        self.connections = 0
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        # HTTPServer.server_bind resolves the host's name; a test must not wait for a resolver.
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> Tuple[Any, Any]:
        connection, address = self.socket.accept()
        self.connections += 1
        if self.context is not None:
            # The handshake happens on the first read, in the connection's own thread.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        if id(request) in self.to_reset:
            self.to_reset.discard(id(request))
            request.close()  # lingers for zero seconds, so the peer gets a reset
            return
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, (OSError, EOFError, ValueError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.number = self.server.connections
        self.continue_wanted = False

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle_expect_100(self) -> bool:
        self.continue_wanted = True  # sent when the body is read
        return True

    def handle_one_request(self) -> None:
        self.continue_wanted = False
        super().handle_one_request()

    def serve(self) -> None:
        provider, script = self.server.provider, self.server.script
        scheme = "https" if self.server.context is not None else "http"
        request = Request(self.command, self.path, list(self.headers.items()), b"", scheme, self.number)
        step: Optional[Step] = None
        entry: Dict[str, Any] = {}
        try:
            if request.path.startswith(PREFIX):
                request.body = self.read_body()
                self.send(control(provider, script, request))
                return
            kind = provider.kind(request)
            step = script.take(kind, request.method, request.path) or provider.step_for(request)
            if step is None or step.when == "body":
                request.body = self.read_body()
                late_kind = provider.kind(request)
                if step is None and late_kind != kind:
                    # Some calls differ only in their body.
                    step = script.take(late_kind, request.method, request.path)
                kind = late_kind
            else:
                self.close_connection = True
            entry = self.entry_of(request, kind)
        except BodyError as error:
            self.close_connection = True
            self.send(Response.text(400, str(error)))
            return
        if step is None:
            response = self.real_answer(request)
            self.finish_entry(entry, request, response)
            self.send(response)
        else:
            self.play(step, request, entry)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_CONNECT = serve

    def real_answer(self, request: Request) -> Response:
        """The provider's response. A bug of the double must not look like a fault of the connection."""
        try:
            return self.server.provider.answer(request)
        except Exception as error:
            traceback.print_exc()
            verdict = "THE DOUBLE FAILED: %s: %s" % (type(error).__name__, error)
            return Response.text(500, verdict, verdict=verdict)

    def play(self, step: Step, request: Request, entry: Dict[str, Any]) -> None:
        real = self.real_answer(request) if step.needs_real() else None
        response = step.response(real)
        spoiled = step.fault or step.act
        if spoiled != "answer":
            response.verdict += ", act " + spoiled
        self.finish_entry(entry, request, response)
        if step.fault is not None:
            time.sleep(step.delay)
            faults.FAULTS[step.fault].action(self.line(step, request), response)
            self.wfile.flush()
            return
        if step.act == "silence":
            faults.read_away(self.connection, step.delay or 600)
            self.close_connection = True
            return
        if step.delay:
            time.sleep(step.delay)
        if step.act == "answer":
            self.send(response)
        elif step.act == "half_headers":
            self.cut(self.head(response)[: len(self.head(response)) // 2])
        elif step.act in ("half_body", "reset_mid_body"):
            self.cut(self.head(response) + response.body[: len(response.body) // 2])
        else:
            self.cut(b"")
        if step.act in ("reset", "reset_mid_body"):
            self.reset()

    def line(self, step: Step, request: Request) -> faults.Line:
        host = request.header("Host") or "127.0.0.1:%d" % self.server.server_port
        other = "localhost" if host.startswith("127.") else "127.0.0.1"

        def write(data: bytes) -> None:
            self.wfile.write(data)
            self.wfile.flush()

        def close() -> None:
            self.close_connection = True

        return faults.Line(
            self.connection, write, self.head, step.interval, "%s://%s" % (request.scheme, host),
            "%s://%s:%d" % (request.scheme, other, self.server.server_port), request.target,
            self.server.provider.landing(request), close, self.reset,
        )  # fmt: skip

    def reset(self) -> None:
        """The connection ends with a reset instead of an orderly close."""
        self.close_connection = True
        faults.linger_zero(self.connection)
        self.server.to_reset.add(id(self.connection))

    def cut(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True

    def entry_of(self, request: Request, kind: str) -> Dict[str, Any]:
        return {
            "time": time.time(),
            "connection": self.number,
            "session_reused": bool(getattr(self.connection, "session_reused", False)),
            "scheme": request.scheme,
            "method": request.method,
            "target": request.target,
            "path": request.path,
            "query": request.query,
            "headers": request.headers,
            "body_length": len(request.body),
            "body_sha256": request.body_sha256(),
            "form": request.form.summary(),
            "kind": kind,
        }

    def finish_entry(self, entry: Dict[str, Any], request: Request, response: Response) -> None:
        entry.update(status=response.status, verdict=response.verdict, notes=request.notes)
        self.server.provider.record(entry)

    def head(self, response: Response) -> bytes:
        names = {name.lower() for name, _ in response.headers}
        reason = self.responses.get(response.status, ("Unknown", ""))[0]
        lines = ["HTTP/1.1 %d %s" % (response.status, reason)]
        if "date" not in names:
            lines.append("Date: " + formatdate(self.server.provider.now(), usegmt=True))
        lines.extend("%s: %s" % pair for pair in response.headers)
        bodiless = response.status in (204, 304) or response.status < 200 or response.then is not None
        if not bodiless and not names & {"content-length", "transfer-encoding"}:
            lines.append("Content-Length: %d" % len(response.body))
        if self.close_connection and "connection" not in names and response.then is None:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def send(self, response: Response) -> None:
        self.wfile.write(self.head(response))
        if self.command != "HEAD" and response.status not in (204, 304):
            self.wfile.write(response.body)
        self.wfile.flush()
        if response.then is not None:
            self.close_connection = True
            response.then(self.connection)

    def read_body(self) -> bytes:
        coding = self.headers.get("Transfer-Encoding")
        lengths = self.headers.get_all("Content-Length") or []
        if coding is None and not lengths:
            return b""
        if self.continue_wanted:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        if coding is not None:
            if lengths:
                raise BodyError("both Transfer-Encoding and Content-Length (RFC 9112, section 6.1)")
            if coding.strip().lower() != "chunked":
                raise BodyError("unknown transfer coding")
            return self.read_chunks()
        if len(set(lengths)) != 1 or not lengths[0].strip().isdigit():
            raise BodyError("bad Content-Length")
        length = int(lengths[0])
        if length > MAX_BODY:
            raise BodyError("the body is too long for a double")
        return self.read_exactly(length)

    def read_exactly(self, length: int) -> bytes:
        data = self.rfile.read(length)
        if len(data) != length:
            raise BodyError("the body ended early")
        return data

    def read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                raise BodyError("bad chunk size") from None
            if size < 0 or len(body) + size > MAX_BODY:
                raise BodyError("bad chunk size")
            if size == 0:
                break
            body += self.read_exactly(size)
            if self.read_exactly(2) != b"\r\n":
                raise BodyError("a chunk does not end with a line end")
        while self.rfile.readline(8192).strip():
            pass  # trailers
        return bytes(body)
