"""The application: the routes of all protocols, and what they share."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route

from .. import ImageSearchError
from . import web
from .dialect import Dialect
from .guard import Guard
from .keys import Scope
from .matchengine import MatchEngine
from .metrics import Metrics
from .parameters import Parameters
from .problems import Kind, Problem
from .service import Service
from .settings import Settings
from .tineye import TinEye
from .v1 import V1

_TINEYE, _MATCHENGINE, _V1 = TinEye(), MatchEngine(), V1()


def dialect_of(path: str) -> Dialect:
    """The protocol that a path belongs to, whether or not it has a route."""
    if re.match(r"/+rest(/|$)", path):
        return _TINEYE
    return _MATCHENGINE if re.match(r"/+[^/]+/+rest(/|$)", path) else _V1


def create_app(settings: Settings) -> Starlette:
    """An ASGI application that opens the indexes when it starts and closes them when it ends; `app.state.service` has them."""
    metrics = Metrics()
    service = Service(settings, metrics)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with service.opened():
            yield

    async def healthz(request: Request) -> Response:
        request.state.call = "healthz"
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        request.state.call = "readyz"
        if service.stopping or not service.indexes:
            return PlainTextResponse("stopping\n" if service.stopping else "not open\n", 503)
        try:
            await service.count_images()
        except ImageSearchError:
            return PlainTextResponse("an index cannot be asked\n", 503)
        return PlainTextResponse("ready\n")

    async def show_metrics(request: Request, parameters: Parameters) -> Response:
        with contextlib.suppress(ImageSearchError):  # a count that cannot be read keeps its value
            await service.count_images()
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def nothing_here(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = {404: "there is nothing at this address", 405: "this address does not take this method"}.get(
            status, "the request cannot be answered"
        )
        dialect = dialect_of(request.url.path)
        request.state.protocol = dialect.name
        response = dialect.failure("", Problem(status, text, Kind.HTTP))
        if status == 405:
            # Each method has its own route, and the header lists all of them.
            found = [route for route in app.routes if route.matches(request.scope)[0] is not Match.NONE]
            methods = {method for route in found if isinstance(route, Route) for method in route.methods or ()}
            response.headers["allow"] = ", ".join(sorted(methods))
        return response

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            _V1.route(service, "/metrics", ["GET"], "metrics", Scope.READ, show_metrics),
            *_TINEYE.routes(service),
            *_V1.routes(service),
            *web.routes(service),
            *_MATCHENGINE.routes(service),
        ],
        lifespan=lifespan,
        middleware=[Middleware(Guard, service=service, dialect_of=dialect_of)],
        exception_handlers={HTTPException: nothing_here},
    )
    app.state.service = service
    return app
