"""The outermost layer of every request: hosts and origins, the size of the body, the timeout, a request id, the access log."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import logs
from .dialect import Dialect
from .parameters import MOST_PLAIN_BODY, MULTIPART
from .problems import Kind, Problem
from .service import Service

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
)
#: Seconds for which the rest of a body that is no longer needed is read.
DRAIN_SECONDS = 2.0
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
_REST = re.compile("/+([^/]+/+)?rest/.*", re.DOTALL)


def is_loopback(host: str) -> bool:
    """Whether a name or address, with or without a port, is a loopback one."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return is_loopback_address(name.strip("[]"))


def is_loopback_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class Guard:
    """Wraps the whole application; a request that it refuses never reaches a route."""

    def __init__(self, app: ASGIApp, service: Service, dialect_of: Callable[[str], Dialect]) -> None:
        self._app = app
        self._service = service
        self._dialect_of = dialect_of
        #: Total bytes of the bodies of current requests.
        self.held = 0
        service.metrics.watch("imagesearch_body_bytes", "Bytes of bodies of requests under way.", lambda: self.held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Exchange(self, self._app, self._service, self._dialect_of, scope, receive, send).run()
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close"})


class _Exchange:
    """One request with its response."""

    def __init__(
        self,
        guard: Guard,
        app: ASGIApp,
        service: Service,
        dialect_of: Callable[[str], Dialect],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._guard, self._app, self._service, self._dialect_of = guard, app, service, dialect_of
        self._scope = {**scope, "path": _spelled(scope["path"])}
        self._receive, self._send = receive, send
        self._headers = Headers(raw=scope["headers"])
        self._begun = time.monotonic()
        self._id = secrets.token_hex(8)
        self._state = {
            **scope.get("state", {}),
            "request_id": self._id,
            "deadline": self._begun + service.settings.request_seconds,
            "call": "",
            "protocol": "",
            "key": "",
            "warnings": (),
        }
        self._scope["state"] = self._state
        self._status = 0
        self._received = 0
        #: Whether the application waits for more of the body, and whether its length is ambiguous.
        self._is_reading = self._is_ambiguous = False
        self._has_more = "transfer-encoding" in self._headers or self._headers.get("content-length", "0") != "0"
        kind = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        self._most = service.settings.max_body if kind == MULTIPART else min(service.settings.max_body, MOST_PLAIN_BODY)

    async def run(self) -> None:
        try:
            await self._answered()
        except ClientDisconnect:
            pass
        finally:
            self._guard.held -= self._received
            state = self._state
            self._service.metrics.requests.labels(state["protocol"] or "none", state["call"] or "none", str(self._status)).inc()
            logs.request(
                self._begun,
                request_id=self._id,
                client=(self._scope.get("client") or ("",))[0],
                method=self._scope["method"],
                path=self._scope["path"],
                status=self._status,
                key=state["key"],
                protocol=state["protocol"],
                call=state["call"],
                received=self._received,
            )

    async def _answered(self) -> None:
        seconds = self._service.settings.request_seconds
        try:
            self._check()
            async with asyncio.timeout(seconds):
                await self._app(self._scope, self._bounded, self._finish)
        except Problem as problem:
            await self._fail(problem)
        except TimeoutError:
            if self._is_reading:
                await self._fail(Problem(408, f"the request did not arrive within {seconds:g} seconds", Kind.TIME))
            else:
                text = f"the request took longer than {seconds:g} seconds"
                await self._fail(Problem(503, text, Kind.TIME, retry_after=5))
        except ClientDisconnect:
            raise
        except Exception:
            logs.events.exception("request %s failed", self._id)
            await self._fail(Problem(500, "the server failed"))

    async def _fail(self, problem: Problem) -> None:
        self._service.metrics.count(problem)
        if self._status:
            return  # the response is truncated, which the client notices by its length or its encoding
        dialect = self._dialect_of(self._scope["path"])
        self._state["protocol"] = self._state["protocol"] or dialect.name
        await dialect.failure(self._state["call"], problem)(self._scope, self._receive, self._finish)

    async def _bounded(self) -> Message:
        if not self._has_more:
            return await self._receive()  # only a disconnect can follow
        self._is_reading = True
        message = await self._receive()
        body = message.get("body", b"")
        self._is_reading = self._has_more = message.get("more_body", False)
        self._received += len(body)
        self._guard.held += len(body)
        if self._received > self._most:
            raise self._too_large()
        if self._guard.held > self._service.settings.body_bytes:
            raise Problem(503, "too many uploads at once", Kind.QUEUE, retry_after=2)
        return message

    async def _finish(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            own = {name.lower() for name, _ in message["headers"]}
            headers = [
                *message["headers"],
                (b"x-request-id", self._id.encode()),
                *(one for one in HEADERS if one[0] not in own),
            ]
            if self._state["warnings"]:
                headers.append((b"x-imagesearch-warnings", _header("; ".join(self._state["warnings"]))))
            if self._service.stopping or self._is_ambiguous or (self._has_more and self._status in (408, 413)):
                headers.append((b"connection", b"close"))
                await self._drain()
            message = {**message, "headers": headers}
        await self._send(message)

    async def _drain(self) -> None:
        """Reads the rest of the body: closing a connection with unread data would reset it and lose the response."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if self._status == 408 else DRAIN_SECONDS):
                while self._has_more:
                    message = await self._receive()
                    self._has_more = message["type"] == "http.request" and message.get("more_body", False)

    def _check(self) -> None:
        length = self._headers.get("content-length", "")
        if length and "transfer-encoding" in self._headers:
            # A proxy may see a different end of the request (RFC 9112, section 6.1).
            self._is_ambiguous = True
            raise Problem(400, "a request has a length or an encoding", Kind.HTTP)
        if length.isdecimal() and (len(length) > 15 or int(length) > self._most):
            raise self._too_large()
        host, client = self._headers.get("host", ""), self._scope.get("client")
        if not _HOST.fullmatch(host):
            raise Problem(400, "the Host of the request is none", Kind.HOST)
        has_keys = self._service.settings.keys is not None
        # Without keys, only programs on this machine may send requests, and no other site's page in a browser on it. With keys,
        # such a page could use a password that the browser has stored.
        if not has_keys and (not is_loopback(host) or (client and client[0] and not is_loopback_address(client[0]))):
            text = "this server has no keys and is reached from this machine only, under a name such as localhost"
            raise Problem(421, text, Kind.HOST)
        if (not has_keys or self._headers.get("authorization", "").lower().startswith("basic")) and self._is_foreign(host):
            raise Problem(403, "a page of another site may not ask this server", Kind.HOST)

    def _is_foreign(self, host: str) -> bool:
        """Whether the request comes from a page of another origin; requests for images and links have no Origin."""
        origin, site = self._headers.get("origin"), self._headers.get("sec-fetch-site", "none")
        is_link = self._headers.get("sec-fetch-mode") == "navigate" and self._scope["path"] == "/"
        return (origin is not None and not _is_same(origin, host)) or (
            site not in ("none", "same-origin") and not (is_link and self._scope["method"] == "GET")
        )

    def _too_large(self) -> Problem:
        return Problem(413, f"a body of this kind may have {self._most} bytes", Kind.SIZE)


def _spelled(path: str) -> str:
    """Normalizes a path to that of its route: clients of both protocols double a slash or omit the last one
    (docs/sources/tineye.md, section 2), and not all of them follow redirects."""
    if not _REST.fullmatch(path):
        return path
    path = re.sub("/{2,}", "/", path)
    return path + "/" if re.fullmatch("/([^/]+/)?rest/[^/]+", path) else path


def _is_same(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _header(text: str) -> bytes:
    """A text as the value of a header: one line of ASCII."""
    return re.sub(r"[^\x20-\x7e]+", "?", text)[:1000].encode()
