"""The JSON interface under /v1/: what the other two protocols lack. openapi.json beside this file describes it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .. import KEEP, ImageItem, ImageSearchError, Match, Outcome, Stored
from .gate import Busy
from .keys import Scope
from .service import Denied, NoIndex, Service, image_key, raw_segment, read_image_key, status_of, words_of
from .tineye import draw_overlay
from .uploads import BadRequest, Parameters, read

OPENAPI = Path(__file__).parent / "openapi.json"
RELATIONS = ("identical", "reencoded", "altered", "partial", "shared")
Body = Callable[[Request, Parameters], Awaitable[Response]]


def token_of(request: Request) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value if kind.lower() == "bearer" else request.headers.get("x-api-key")


def failure(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers)


def routes(service: Service) -> list[Route]:
    def route(path: str, method: str, call: str, scope: Scope, body: Body) -> Route:
        async def endpoint(request: Request) -> Response:
            request.state.protocol, request.state.call = "v1", call
            try:
                service.admit(request, scope, token_of(request))
                begun = time.monotonic()
                parameters = await read(request, service.settings.max_body)
                service.metrics.stages.labels("read").observe(time.monotonic() - begun)
                return await body(request, parameters)
            except NoIndex as error:
                return failure(404, f"there is no index {error}")
            except BadRequest as error:
                return failure(error.status, error.text)
            except Denied as error:
                return failure(error.status, error.text, {"www-authenticate": "Bearer"} if error.status == 401 else None)
            except Busy as error:
                return failure(503, "too many requests at once", {"retry-after": str(error.retry_after)})
            except ImageSearchError as error:
                return failure(status_of(error), words_of(error))

        return Route(path, endpoint, methods=[method])

    async def indexes(request: Request, parameters: Parameters) -> Response:
        found = [
            {"name": name, "images": await index.image_count(), "writable": service.settings.writable}
            for name, index in service.indexes.items()
        ]
        return JSONResponse({"indexes": found})

    async def search(request: Request, parameters: Parameters) -> Response:
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
        if "image" in parameters.files:
            image: bytes | str = parameters.files["image"][1]
        elif (url := parameters.text("url")) is not None:
            image = url
        else:
            raise BadRequest("there is no image and no url")
        page = await service.search(name, image, **options)
        query = service.queries.keep(name, image, page) if isinstance(image, bytes) else None
        return JSONResponse(
            {"query": query, "total": page.total, "matches": [_match(service, request, name, query, match) for match in page]}
        )

    async def overlay(request: Request, parameters: Parameters) -> Response:
        return await draw_overlay(
            service, request.path_params["index"], request.path_params["query"], *read_image_key(request.path_params["image"])
        )

    async def items(request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
        limit = parameters.integer("limit", 100, 1, 10_000)
        found = await service.index(name).items(after=parameters.integer("after", 0, 0, 1 << 62), limit=limit)
        return JSONResponse(
            {
                "items": [_item(service, request, name, item) for item in found],
                "next": found[-1].position if len(found) == limit else None,
            }
        )

    async def item(request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
        found = await service.index(name).item(raw_segment(request, 4))
        return failure(404, "no such item") if found is None else JSONResponse(_item(service, request, name, found))

    async def add(request: Request, parameters: Parameters) -> Response:
        name, identifier = request.path_params["index"], raw_segment(request, 4)
        images: list[tuple[str, Any]] = [
            (filename or field, content) for field, (filename, content) in parameters.files.items()
        ]
        for url in [value for key, value in parameters.values if key == "url"]:
            service.check_url(url)
            images.append((url.rsplit("/", 1)[-1] or "image", url))
        if not images:
            raise BadRequest("there is no image and no url")
        item = ImageItem(
            identifier, images, category=parameters.text("category"), custom_content=parameters.text("custom_content")
        )
        async with service.gate.turn():
            report = await service.index(name).add_images([item], total_timeout=service.settings.request_seconds)
        entries = [
            {
                "image_name": entry.image_name,
                "outcome": entry.outcome.name.lower(),
                "warning": entry.warning,
                "error": words_of(entry.error) if entry.error is not None else None,
            }
            for entry in report
        ]
        failed = all(entry.outcome is Outcome.FAILED for entry in report)
        return JSONResponse({"entries": entries}, 400 if failed else 200)

    async def change(request: Request, parameters: Parameters) -> Response:
        given = {key: value or None for key, value in parameters.values if key in ("category", "custom_content")}
        if not given:
            raise BadRequest("there is no category and no custom_content")
        count = await service.index(request.path_params["index"]).update(
            raw_segment(request, 4), category=given.get("category", KEEP), custom_content=given.get("custom_content", KEEP)
        )
        return JSONResponse({"images": count})

    async def remove(request: Request, parameters: Parameters) -> Response:
        removed = await service.index(request.path_params["index"]).remove_images([raw_segment(request, 4)])
        return JSONResponse({"removed": removed}) if removed else failure(404, "no such item")

    async def thumbnail(request: Request, parameters: Parameters) -> Response:
        content = await service.index(request.path_params["index"]).thumbnail(*read_image_key(request.path_params["image"]))
        return Response(content, media_type="image/webp", headers={"cache-control": "private, max-age=3600"})

    async def similar(request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
        item_id, image_name = read_image_key(request.path_params["image"])
        async with service.gate.turn():
            page = await service.index(name).search_stored(
                item_id,
                image_name,
                limit=parameters.integer("limit", 20, 1, 1000),
                offset=parameters.integer("offset", 0, 0, 1 << 31),
            )
        return JSONResponse(
            {"query": None, "total": page.total, "matches": [_match(service, request, name, None, match) for match in page]}
        )

    async def compare(request: Request, parameters: Parameters) -> Response:
        subjects: list[Any] = []
        for side in ("first", "second"):
            key, url = parameters.text(side), parameters.text(side + "_url")
            if side in parameters.files:
                subjects.append(parameters.files[side][1])
            elif key is not None:
                subjects.append(Stored(*read_image_key(key)))
            elif url is not None:
                service.check_url(url)
                subjects.append(url)
            else:
                raise BadRequest(f"there is no {side}: a file, the key of a stored image, or {side}_url")
        async with service.gate.turn():
            found = await service.index(request.path_params["index"]).compare(
                *subjects, total_timeout=service.settings.request_seconds
            )
        return JSONResponse(_plain(found))

    async def groups(request: Request, parameters: Parameters) -> Response:
        name = request.path_params["index"]
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
        found = service.index(name).groups(total_timeout=service.settings.request_seconds, **options)

        async def lines() -> AsyncIterator[bytes]:
            try:
                async for group in found:
                    yield json.dumps(_group(service, request, name, group), ensure_ascii=False).encode() + b"\n"
            except ImageSearchError as error:
                yield json.dumps({"error": words_of(error)}, ensure_ascii=False).encode() + b"\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def openapi(request: Request, parameters: Parameters) -> Response:
        return FileResponse(OPENAPI, media_type="application/json")

    read_scope, write_scope = Scope.READ, Scope.WRITE
    return [
        route("/openapi.json", "GET", "openapi", read_scope, openapi),
        route("/v1/", "GET", "indexes", read_scope, indexes),
        route("/v1/{index}/search", "POST", "search", read_scope, search),
        route("/v1/{index}/overlays/{query}/{image}", "GET", "overlay", read_scope, overlay),
        route("/v1/{index}/items", "GET", "items", read_scope, items),
        route("/v1/{index}/items/{item:path}", "GET", "item", read_scope, item),
        route("/v1/{index}/items/{item:path}", "PUT", "add", write_scope, add),
        route("/v1/{index}/items/{item:path}", "PATCH", "update", write_scope, change),
        route("/v1/{index}/items/{item:path}", "DELETE", "remove", write_scope, remove),
        route("/v1/{index}/images/{image}/thumbnail", "GET", "thumbnail", read_scope, thumbnail),
        route("/v1/{index}/images/{image}/similar", "GET", "similar", read_scope, similar),
        route("/v1/{index}/compare", "POST", "compare", read_scope, compare),
        route("/v1/{index}/groups", "GET", "groups", read_scope, groups),
    ]


def _relations(parameters: Parameters) -> tuple[str, ...]:
    named = [name for key, value in parameters.values if key == "relations" for name in value.split(",") if name]
    for name in named:
        if name not in RELATIONS:
            raise BadRequest(f"relations has {name[:40]!r}; it must be of {', '.join(RELATIONS)}")
    return tuple(named)


def _plain(value: Any) -> Any:
    """Dataclasses, tuples and dates as JSON has them. No path of the server's disk leaves it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(part) for name, part in asdict(value).items() if name not in ("source_path", "source_path_bytes")}
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if name not in ("source_path", "source_path_bytes")}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _match(service: Service, request: Request, index: str, query: str | None, match: Match) -> dict[str, Any]:
    item, name = match.item_id or "", match.image_name or ""
    key = image_key(item, name)
    return {
        "item_id": item,
        "image_name": name,
        "key": key,
        "relation": match.relation,
        "confidence": match.confidence,
        "score": match.score,
        "query_overlap": match.query_overlap,
        "match_overlap": match.match_overlap,
        "transform": list(match.transform) if match.transform else None,
        "is_mirrored": match.is_mirrored,
        "agreement": _plain(match.agreement),
        "width": match.width,
        "height": match.height,
        "file_size": match.file_size,
        "format": match.format,
        "sha256": match.sha256,
        "exif_date": _plain(match.exif_date),
        "category": match.category,
        "custom_content": match.custom_content,
        "thumbnail": service.image_url(request, index, item, name),
        "overlay": f"{service.base(request)}/v1/{index}/overlays/{query}/{key}" if query else None,
    }


def _item(service: Service, request: Request, index: str, item: Any) -> dict[str, Any]:
    images = [
        {
            **_plain(image),
            "key": image_key(image.item_id, image.image_name),
            "thumbnail": service.image_url(request, index, image.item_id, image.image_name),
        }
        for image in item.images
    ]
    return {"item_id": item.item_id, "position": item.position, "images": images}


def _group(service: Service, request: Request, index: str, group: Any) -> dict[str, Any]:
    def member(one: Any) -> dict[str, Any]:
        item, name = one.image.item_id, one.image.image_name
        return {**_plain(one), "key": image_key(item, name), "thumbnail": service.image_url(request, index, item, name)}

    return {"members": [member(one) for one in group.members], "related": [member(one) for one in group.related]}
