"""The page at /: search with an image, and review groups. No build step, and nothing from another host."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from .. import __version__
from .service import Service

HERE = Path(__file__).parent


def routes(service: Service) -> list[BaseRoute]:
    pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape())

    async def page(request: Request) -> Response:
        request.state.protocol, request.state.call = "web", "page"
        # The page asks for a key itself and contains nothing of the index, so everyone may load it.
        text = pages.get_template("index.html").render(
            indexes=list(service.indexes),
            version=__version__,
            needs_key=service.keys is not None,
            fetches=service.settings.fetch_urls,
        )
        return HTMLResponse(text)

    return [Route("/", page), Mount("/static", StaticFiles(directory=HERE / "static"))]
