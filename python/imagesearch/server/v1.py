"""The JSON interface under /v1/: what the other two protocols lack. openapi.json beside this file describes it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .. import KEEP, ImageItem, ImageSearchError, Match, Outcome, OverlayStyle, Stored
from . import logs
from .dialect import Body, Dialect
from .forms import group_form, item_form, match_form, plain
from .index import Index, Page
from .keys import Scope
from .parameters import Parameters, checked_name, name_of_url
from .problems import Problem, problem_of
from .service import Service, read_image_key, rest_of_path
from .settings import SettingsError

OPENAPI = Path(__file__).parent / "openapi.json"
RELATIONS = ("identical", "reencoded", "altered", "partial", "shared")
#: Number of path segments before an item's id: /v1/NAME/items/.
ITEM = 3


class V1(Dialect):
    name = "v1"

    def routes(self, service: Service) -> list[Route]:
        calls = _Calls(service)

        def route(path: str, method: str, call: str, body: Body, scope: Scope = Scope.READ, heavy: bool = False) -> Route:
            return self.route(service, path, [method], call, scope, body, heavy=heavy)

        item = "/v1/{index}/items/{item:path}"
        image = "/v1/{index}/images/{image}"
        return [
            route("/openapi.json", "GET", "openapi", calls.openapi),
            route("/v1/", "GET", "indexes", calls.indexes),
            route("/v1/reload", "POST", "reload", calls.reload, Scope.ADMIN),
            route("/v1/{index}/search", "POST", "search", calls.search, heavy=True),
            route("/v1/{index}/overlays/{query}/{image}", "GET", "overlay", calls.overlay, heavy=True),
            route("/v1/{index}/items", "GET", "items", calls.items),
            route(item, "GET", "item", calls.item),
            route(item, "PUT", "add", calls.add, Scope.WRITE, heavy=True),
            route(item, "PATCH", "update", calls.update, Scope.WRITE),
            route(item, "DELETE", "remove", calls.remove, Scope.WRITE),
            route(image + "/thumbnail", "GET", "thumbnail", calls.thumbnail),
            route(image + "/similar", "GET", "similar", calls.similar, heavy=True),
            route("/v1/{index}/compare", "POST", "compare", calls.compare, heavy=True),
            route("/v1/{index}/groups", "GET", "groups", calls.groups),
        ]

    def failure(self, call: str, problem: Problem) -> Response:
        headers = {**problem.headers}
        if problem.status == 401:
            headers["www-authenticate"] = "Bearer"
        return JSONResponse({"error": problem.text}, problem.status, headers)


class _Calls:
    def __init__(self, service: Service) -> None:
        self._service = service

    def _index(self, request: Request) -> Index:
        return self._service.index(request.path_params["index"])

    def _image(self, parameters: Parameters, name: str, url_name: str) -> bytes | str | None:
        upload, url = parameters.file(name), parameters.text(url_name)
        if upload is not None:
            return upload.content
        return None if url is None else self._service.check_url(url)

    async def indexes(self, request: Request, parameters: Parameters) -> Response:
        found = [
            {"name": name, "images": await index.image_count(), "writable": self._service.settings.writable}
            for name, index in self._service.indexes.items()
        ]
        return JSONResponse({"indexes": found})

    async def reload(self, request: Request, parameters: Parameters) -> Response:
        """Does what SIGHUP does, for callers that cannot send one."""
        try:
            self._service.reload()
        except SettingsError as error:
            logs.events.error("keys stay as they were: %s", error)
            raise Problem(500, "the keys cannot be read and stay as they were; the log says why") from None
        logs.event("keys read again")
        return JSONResponse({"keys": len(self._service.keys.list()) if self._service.keys else 0})

    async def search(self, request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
        options: dict[str, Any] = {
            "limit": parameters.integer("limit", 20, 1, 1000),
            "offset": parameters.integer("offset", 0, 0, 1 << 31),
            "minimum_score": parameters.number("minimum_score", 0, 0, 100),
            "minimum_confidence": parameters.number("minimum_confidence", 0, 0, 1),
            "mirrored": parameters.flag("mirrored", True),
            "effort": parameters.choice("effort", "normal", ("fast", "normal", "thorough")),
        }
        if (category := parameters.text("category")) is not None:
            options["category"] = category
        if relations := _relations(parameters):
            options["relations"] = relations
        image = self._image(parameters, "image", "url")
        if image is None:
            raise Problem(400, "there is no image and no url")
        page = await self._service.search(request, name, image, **options)
        return self._page(request, page, list(page), self._service.queries.keep(name, image, page))

    def _page(self, request: Request, page: Page, matches: list[Match], query: str | None) -> Response:
        name = request.path_params["index"]
        shown = [match_form(self._service, request, name, query, match) for match in matches]
        return JSONResponse({"query": query, "total": page.total, "matches": shown, "warnings": list(page.warnings)})

    async def overlay(self, request: Request, parameters: Parameters) -> Response:
        style = parameters.choice("style", "aligned", tuple(one.name.lower() for one in OverlayStyle))
        item, name = read_image_key(request.path_params["image"])
        path = request.path_params
        return await self._service.draw_overlay(request, path["index"], path["query"], item, name, OverlayStyle[style.upper()])

    async def items(self, request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
        limit = parameters.integer("limit", 100, 1, 1000)
        after = parameters.integer("after", 0, 0, 1 << 62)
        found = await self._index(request).items(after=after, limit=limit, total_timeout=self._service.left(request))
        items = [item_form(self._service, request, name, item) for item in found]
        return JSONResponse({"items": items, "next": found[-1].position if len(found) == limit else None})

    async def item(self, request: Request, parameters: Parameters) -> Response:
        found = await self._index(request).item(rest_of_path(request, ITEM))
        if found is None:
            raise Problem(404, "no such item")
        return JSONResponse(item_form(self._service, request, request.path_params["index"], found))

    async def add(self, request: Request, parameters: Parameters) -> Response:
        identifier = checked_name("the item", rest_of_path(request, ITEM))
        images: list[tuple[str, Any]] = [(upload.filename or upload.field, upload.content) for upload in parameters.files]
        for url in [value for key, value in parameters.values if key == "url"]:
            self._service.check_url(url)
            images.append((name_of_url(url), url))
        if not images:
            raise Problem(400, "there is no image and no url")
        for name, _ in images:
            checked_name("the name of an image", name)
        if len({name for name, _ in images}) < len(images):
            raise Problem(400, "two images have one name; the names of the files are those of the images")
        item = ImageItem(
            identifier, images, category=parameters.text("category"), custom_content=parameters.text("custom_content")
        )
        async with self._service.turn(request) as seconds:
            report = await self._index(request).add_images([item], total_timeout=seconds)
        entries = [
            {
                "image_name": entry.image_name,
                "outcome": entry.outcome.name.lower(),
                "warning": entry.warning,
                "error": None if entry.error is None else problem_of(entry.error).text,
            }
            for entry in report
        ]
        if all(entry.outcome is Outcome.FAILED for entry in report):
            errors = [problem_of(entry.error) for entry in report if entry.error is not None]
            status = max((problem.status for problem in errors), default=400)
            return JSONResponse({"error": errors[0].text if errors else "failed", "entries": entries}, status)
        return JSONResponse({"entries": entries})

    async def update(self, request: Request, parameters: Parameters) -> Response:
        given = {key: value or None for key, value in parameters.values if key in ("category", "custom_content")}
        if not given:
            raise Problem(400, "there is no category and no custom_content")
        count = await self._index(request).update(
            rest_of_path(request, ITEM),
            category=given.get("category", KEEP),
            custom_content=given.get("custom_content", KEEP),
            total_timeout=self._service.left(request),
        )
        return JSONResponse({"images": count})

    async def remove(self, request: Request, parameters: Parameters) -> Response:
        removed = await self._index(request).remove_images([rest_of_path(request, ITEM)])
        if not removed:
            raise Problem(404, "no such item")
        return JSONResponse({"removed": removed})

    async def thumbnail(self, request: Request, parameters: Parameters) -> Response:
        content = await self._index(request).thumbnail(*read_image_key(request.path_params["image"]))
        return Response(content, media_type="image/webp", headers={"cache-control": "private, max-age=3600"})

    async def similar(self, request: Request, parameters: Parameters) -> Response:
        page, matches = await self._service.search_stored(
            request,
            request.path_params["index"],
            *read_image_key(request.path_params["image"]),
            limit=parameters.integer("limit", 20, 1, 1000),
            offset=parameters.integer("offset", 0, 0, 1 << 31),
        )
        return self._page(request, page, matches, None)

    async def compare(self, request: Request, parameters: Parameters) -> Response:
        subjects: list[bytes | str | Stored] = []
        for side in ("first", "second"):
            image, key = self._image(parameters, side, side + "_url"), parameters.text(side)
            if image is not None:
                subjects.append(image)
            elif key is not None:
                subjects.append(Stored(*read_image_key(key)))
            else:
                raise Problem(400, f"there is no {side}: a file, the key of a stored image, or {side}_url")
        async with self._service.turn(request) as seconds:
            found = await self._index(request).compare(*subjects, total_timeout=seconds)
        return JSONResponse(plain(found))

    async def groups(self, request: Request, parameters: Parameters) -> Response:
        options: dict[str, Any] = {
            "keep": parameters.choice("keep", "largest", ("largest", "least_recompressed", "oldest")),
            "limit": parameters.integer("limit", 1000, 1, 1_000_000),
            "minimum_confidence": parameters.number("minimum_confidence", 0, 0, 1),
            "within_items": parameters.flag("within_items", False),
        }
        if (category := parameters.text("category")) is not None:
            options["category"] = category
        if relations := _relations(parameters):
            options["relations"] = relations
        self._service.walks.check()
        return StreamingResponse(self._lines(request, options), media_type="application/x-ndjson")

    async def _lines(self, request: Request, options: dict[str, Any]) -> AsyncIterator[bytes]:
        name = request.path_params["index"]
        try:
            async with self._service.turn(request, self._service.walks) as seconds:
                async for group in self._index(request).groups(total_timeout=seconds, **options):
                    yield _line(group_form(self._service, request, name, group))
        except ImageSearchError as error:
            yield _line({"error": problem_of(error).text})
        except Problem as problem:
            yield _line({"error": problem.text})

    async def openapi(self, request: Request, parameters: Parameters) -> Response:
        return FileResponse(OPENAPI, media_type="application/json")


def _line(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _relations(parameters: Parameters) -> tuple[str, ...]:
    named = [name for key, value in parameters.values if key == "relations" for name in value.split(",") if name]
    for name in named:
        if name not in RELATIONS:
            raise Problem(400, f"relations has {name[:40]!r}; it must be of {', '.join(RELATIONS)}")
    return tuple(named)
