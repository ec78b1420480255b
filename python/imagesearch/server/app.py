"""The application: routes of all protocols, with what they share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from . import matchengine, tineye, v1, web
from .guard import Guard
from .keys import Scope
from .metrics import Metrics
from .service import Denied, Service
from .settings import Settings


def create_app(settings: Settings) -> Guard:
    """An ASGI application that opens the indexes when it starts and closes them when it ends."""
    metrics = Metrics()
    service = Service(settings, metrics)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await service.open()
        try:
            yield
        finally:
            await service.close()

    async def healthz(request: Request) -> Response:
        request.state.call = "healthz"
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        request.state.call = "readyz"
        for name, index in service.indexes.items():
            metrics.images.labels(name).set(await index.image_count())
        return PlainTextResponse("ready\n") if service.indexes else PlainTextResponse("not open\n", 503)

    async def show_metrics(request: Request) -> Response:
        request.state.call = "metrics"
        try:
            service.admit(request, Scope.READ, v1.token_of(request))
        except Denied as error:
            return PlainTextResponse(error.text + "\n", error.status)
        for name, index in service.indexes.items():
            metrics.images.labels(name).set(await index.image_count())
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def not_found(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return JSONResponse({"error": "the server failed"}, 500)
        status = error.status_code
        text = {404: "there is nothing at this address", 405: "this address does not take this method"}.get(
            status, error.detail
        )
        return JSONResponse({"error": text}, status)

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", show_metrics),
            *tineye.routes(service),
            *v1.routes(service),
            *web.routes(service),
            *matchengine.routes(service),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: not_found, Exception: not_found},
    )
    app.state.service = service
    guard = Guard(app, settings, metrics)
    guard.service = service  # type: ignore[attr-defined]
    guard.service_routes = [route for route in app.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    return guard
