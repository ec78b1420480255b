"""The control interface under /_double/, the same for every double. Requests and responses are JSON."""

from __future__ import annotations

import json
from typing import Any, Dict

from . import faults
from .messages import Request, Response
from .provider import Provider
from .script import Script, ScriptError

PREFIX = "/_double/"


def control(provider: Provider, script: Script, request: Request) -> Response:
    path = request.path[len(PREFIX) :].strip("/")
    try:
        body: Any = json.loads(request.body.decode("utf-8")) if request.body else None
        return _route(provider, script, request, path, body)
    except (ScriptError, ValueError, TypeError, KeyError, AttributeError) as error:
        return Response.json(400, {"error": "%s: %s" % (type(error).__name__, error)})


def _route(provider: Provider, script: Script, request: Request, path: str, body: Any) -> Response:
    query: Dict[str, str] = dict(request.query)
    method = request.method
    if path == "log":
        if method == "DELETE" or query.get("clear"):
            with provider.lock:
                provider.log.clear()
            return Response.json(200, {"ok": True})
        return Response.json(200, {"count": provider.logged, "requests": provider.log_since(int(query.get("since", 0)))})
    if path == "paid":
        with provider.lock:
            return Response.json(200, {"paid": sum(provider.paid.values()), "by_kind": dict(provider.paid)})
    if path == "settings":
        if method == "POST":
            provider.change_settings(body)
        with provider.lock:
            return Response.json(200, provider.settings)
    if path == "script":
        if method == "DELETE":
            script.clear()
        elif method == "POST":
            steps = body if isinstance(body, list) else body.get("steps", [body])
            script.add([provider.parse_step(step) for step in steps])
        return Response.json(200, {"left": script.left()})
    if path == "errors":
        return Response.json(200, provider.errors)
    if path == "faults":
        return Response.json(200, faults.table())
    if path == "reset" and method == "POST":
        script.clear()
        provider.reset()
        return Response.json(200, {"ok": True})
    if path == "status":
        with provider.lock:
            status = {
                "name": provider.name,
                "requests": provider.logged,
                "paid": sum(provider.paid.values()),
                "script_left": script.left(),
                "port": provider.plain_port,
                "tls_port": provider.tls_port,
            }
            status.update(provider.status())
        return Response.json(200, status)
    own = provider.control(method, path, body, query)
    return own if own is not None else Response.json(404, {"error": "no control call %s %s" % (method, path)})
