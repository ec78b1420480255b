"""What every request passes first and last: hosts and origins, the size of the body, the time, a request id, the access log."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .settings import Settings

access = logging.getLogger("imagesearch.server.access")

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


class TooLarge(HTTPException):
    """The body has more bytes than are allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"the body has more than {most} bytes")


def is_loopback(host: str) -> bool:
    """Whether a name or address, with or without a port, is of this machine alone."""
    name = urlsplit("//" + host).hostname if host else None
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """Outermost of the application; what it refuses never reaches a route."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        scope["state"] = {**scope.get("state", {}), "request_id": secrets.token_hex(8), "call": "", "protocol": "", "key": ""}
        state = scope["state"]
        status = 0
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._settings.max_body:
                self._metrics.refused.labels("size").inc()
                raise TooLarge(self._settings.max_body)
            return message

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {
                    **message,
                    "headers": [*message["headers"], (b"x-request-id", state["request_id"].encode()), *HEADERS],
                }
            await send(message)

        try:
            refusal = self._refusal(headers)
            if refusal is not None:
                await _answer(finish, *refusal)
            else:
                async with asyncio.timeout(self._settings.request_seconds):
                    await self._app(scope, bounded, finish)
        except TimeoutError:
            self._metrics.refused.labels("time").inc()
            if status == 0:
                await _answer(
                    finish, 503, f"the request took longer than {self._settings.request_seconds:g} seconds", retry_after=5
                )
        finally:
            self._metrics.requests.labels(state["protocol"] or "none", state["call"] or "none", str(status)).inc()
            access.info(
                json.dumps(
                    {
                        "id": state["request_id"],
                        "client": (scope.get("client") or ("",))[0],
                        "key": state["key"],
                        "method": scope["method"],
                        "path": scope["path"][:300],
                        "protocol": state["protocol"],
                        "call": state["call"],
                        "status": status,
                        "bytes_in": received,
                        "seconds": round(time.monotonic() - begun, 4),
                    }
                )
            )

    def _refusal(self, headers: dict[bytes, str]) -> tuple[int, str] | None:
        length = headers.get(b"content-length", "")
        if length.isdecimal() and (len(length) > 15 or int(length) > self._settings.max_body):
            self._metrics.refused.labels("size").inc()
            return 413, f"the body has {length[:20]} bytes; {self._settings.max_body} are allowed"
        if self._settings.keys is not None:
            return None
        # Without keys, only programs of this machine may ask, and no page of another site through a browser on it.
        host = headers.get(b"host", "")
        if not is_loopback(host):
            self._metrics.refused.labels("host").inc()
            return 421, "this server has no keys and is reached under a name of this machine only, such as localhost"
        origin = headers.get(b"origin", "")
        if origin and urlsplit(origin).netloc != host:
            self._metrics.refused.labels("host").inc()
            return 403, "a page of another site may not ask this server"
        return None


async def _answer(send: Send, status: int, text: str, retry_after: int | None = None) -> None:
    body = json.dumps({"error": text}).encode()
    headers: list[tuple[bytes, Any]] = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
