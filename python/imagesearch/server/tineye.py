"""TinEye's protocol under /rest/, as its clients use it (docs/sources/tineye.md)."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import Code, Match
from . import signature
from .dialect import Dialect
from .keys import Scope
from .parameters import Parameters, read
from .problems import DOWNLOAD, Kind, Problem
from .service import Service, image_key, read_image_key, transform_query

#: The result of remaining_searches: nothing is counted here, and clients expect a number.
UNLIMITED = 1_000_000_000
#: Maximum number of matches of a page, and of those that are sorted or filtered here because the core cannot.
MOST = 1000


class TinEye(Dialect):
    name = "tineye"

    def routes(self, service: Service) -> list[Route]:
        calls = _Calls(service)
        return [
            self.route(service, "/rest/search/", ["GET", "POST"], "search", Scope.READ, calls.search, heavy=True),
            self.route(
                service, "/rest/remaining_searches/", ["GET"], "remaining_searches", Scope.READ, calls.remaining_searches
            ),
            self.route(service, "/rest/image_count/", ["GET"], "image_count", Scope.READ, calls.image_count),
            # An overlay is shown by a browser, which sends no key (docs/sources/tineye.md, section 8); nobody guesses its address.
            self.route(service, "/rest/overlay/{query}/{image}", ["GET"], "overlay", None, calls.overlay, heavy=True),
        ]

    async def admit(self, service: Service, request: Request, scope: Scope) -> Parameters | None:
        headers = request.headers
        has_key = headers.get("x-api-key") is not None or headers.get("authorization") is not None
        if service.keys is None or has_key or not (service.signatures or "api_key" in request.query_params):
            return await super().admit(service, request, scope)
        if not service.signatures:
            text = "The authentication method that you are using has been removed. Send the header x-api-key."
            raise Problem(401, text, Kind.KEY)
        # Signed parameters may be in the form, so it is read first.
        parameters = await read(request)
        if parameters.text("api_sig") is None and parameters.text("api_key") is None:
            return await super().admit(service, request, scope)
        service.admit_key(request, scope, signature.signer(service, request, parameters))
        return parameters

    def failure(self, call: str, problem: Problem) -> Response:
        stats = {"timestamp": f"{time.time():.2f}", "query_time": "0.00"}
        body = {"stats": stats, "code": problem.status, "messages": [_words(problem)], "results": []}
        return _response(body, problem.status, headers=problem.headers)


class _Calls:
    """The calls, on the first index of the settings."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._name = service.settings.default_index

    async def search(self, request: Request, parameters: Parameters) -> Response:
        begun = time.monotonic()
        image = self._image(parameters)
        limit = parameters.integer("limit", 100, 0, MOST)
        offset = parameters.integer("offset", 0, 0, 1 << 31)
        links = parameters.integer("backlink_limit", 100, -1, 1 << 31)
        sort = parameters.choice("sort", "score", ("score", "size", "crawl_date"))
        order = parameters.choice("order", "desc", ("asc", "desc"))
        tags = {tag.strip() for tag in (parameters.text("tags") or "").split(",") if tag.strip()}
        host = _host(self._service.base(request))
        is_elsewhere = (parameters.text("domain") or host).lower() != host.lower()
        # The core's own order and page, unless the request needs all matches.
        is_plain = sort == "score" and order == "desc" and not tags and not is_elsewhere
        page = await self._service.search(
            request, self._name, image, limit=max(1, limit) if is_plain else MOST, offset=offset if is_plain else 0
        )
        total = page.total if page.total is not None else len(page)
        if is_plain:
            shown, filtered = list(page)[:limit], total
        else:
            found = [] if is_elsewhere else _sorted([m for m in page if not tags or m.category in tags], sort, order)
            shown, filtered = found[offset : offset + limit], len(found) if tags or is_elsewhere else total
        query = self._service.queries.keep(self._name, image, shown)
        stats = {
            "total_results": total,
            "total_filtered_results": filtered,
            "total_backlinks": total,
            "total_collection": 0,
            "total_stock": 0,
        }
        matches = [self._match(request, query, match, links) for match in shown]
        return _success({"matches": matches}, begun, parameters, stats, list(page.warnings))

    async def remaining_searches(self, request: Request, parameters: Parameters) -> Response:
        bundle = {
            "remaining_searches": UNLIMITED,
            "start_date": "2000-01-01 00:00:00 UTC",
            "expire_date": "2099-12-31 23:59:59 UTC",
        }
        return _success({"bundles": [bundle], "total_remaining_searches": UNLIMITED}, time.monotonic(), parameters)

    async def image_count(self, request: Request, parameters: Parameters) -> Response:
        begun = time.monotonic()
        return _success(await self._service.index(self._name).image_count() or 0, begun, parameters)

    async def overlay(self, request: Request, parameters: Parameters) -> Response:
        item, name = read_image_key(request.path_params["image"])
        response = await self._service.draw_overlay(request, self._name, request.path_params["query"], item, name)
        # Clients show it on their own pages.
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        return response

    def _image(self, parameters: Parameters) -> bytes | str:
        upload = parameters.file("image_upload")
        if upload is not None:
            return upload.content
        url = parameters.text("image_url")
        if url is None:
            raise Problem(400, "Please supply an image or a URL for searching")
        if not self._service.settings.fetch_urls:
            raise Problem(400, "Couldn't download image file: this server fetches no URLs, upload the image")
        if not url.lower().startswith(("http://", "https://")):
            raise Problem(400, "Invalid or missing URL")
        return url

    def _match(self, request: Request, query: str, match: Match, links: int) -> dict[str, Any]:
        item, name = match.item_id or "", match.image_name or ""
        image = self._service.image_url(request, self._name, item, name)
        date = match.exif_date.date().isoformat() if match.exif_date else ""
        backlinks = [{"url": image, "backlink": self._service.page_url(request, self._name, item), "crawl_date": date}]
        host = _host(self._service.base(request))
        return {
            "image_url": image,
            "domain": host,
            "top_level_domain": host,
            "score": round(match.score or 0, 3),
            "width": match.width,
            "height": match.height,
            "size": (match.width or 0) * (match.height or 0),
            "filesize": match.file_size,
            "format": match.format,
            "overlay": f"overlay/{query}/{image_key(item, name)}?{transform_query(match)}",
            "query_hash": query,
            "tags": [match.category] if match.category else [],
            "backlinks": backlinks if links else [],
            # Fields of this engine that TinEye does not have.
            "relation": match.relation,
            "confidence": match.confidence,
            "query_match_percent": match.query_overlap,
            "target_match_percent": match.match_overlap,
            "item_id": item,
            "image_name": name,
            "custom_content": match.custom_content,
        }


def _host(base: str) -> str:
    return urlsplit(base).hostname or ""


def _sorted(matches: list[Match], sort: str, order: str) -> list[Match]:
    if sort == "size":
        matches = sorted(matches, key=lambda match: -(match.width or 0) * (match.height or 0))
    elif sort == "crawl_date":
        matches = sorted(matches, key=lambda match: match.exif_date.isoformat() if match.exif_date else "", reverse=True)
    return matches[::-1] if order == "asc" else matches


def _success(
    results: Any, begun: float, parameters: Parameters, stats: dict[str, int] | None = None, messages: list[str] | None = None
) -> Response:
    times = {"timestamp": f"{time.time():.2f}", "query_time": f"{time.monotonic() - begun:.2f}"}
    body = {"stats": {**times, **(stats or {})}, "code": 200, "messages": messages or [], "results": results}
    return _response(body, 200, indent=4 if parameters.text("pretty") == "true" else None)


def _response(body: Any, status: int, *, indent: int | None = None, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(body, ensure_ascii=False, indent=indent)
    return Response(text.encode(), status, headers, media_type="application/json")


def _words(problem: Problem) -> str:
    """TinEye's message for a problem (docs/sources/tineye.md, section 6); its clients check how these texts begin."""
    code = problem.code
    if problem.kind is Kind.RATE:
        return "Too many requests"
    if problem.status == 503:
        return "503 Service Unavailable: service is busy due to high load"
    if code in (Code.IMAGE_TOO_SIMPLE, Code.IMAGE_TOO_SMALL):
        return "Image too simple or too small to create unique signature."
    if code in (
        Code.NOT_AN_IMAGE,
        Code.UNSUPPORTED_FORMAT,
        Code.ANIMATED_IMAGE,
        Code.CORRUPT_IMAGE,
        Code.EMPTY_IMAGE,
        Code.IMAGE_TOO_LARGE,
        Code.MALFORMED_RESPONSE,
    ):
        return "Couldn't identify image file: " + problem.text
    if code is Code.INVALID_URL:
        return "Invalid or missing URL"
    if code in DOWNLOAD:
        return "Couldn't download image file"
    return problem.text
