"""MatchEngine's protocol under /NAME/rest/, as its clients speak it (docs/sources/matchengine.md).

A failure of a call is HTTP 200 with the status `fail`, a partial one `warn`. A file path of MatchEngine is an item with one image.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import ImageItem, ImageSearchError, Match, Outcome, Stored
from .gate import Busy
from .keys import Scope
from .queries import Queries
from .service import Denied, NoIndex, Service, transform_query, words_of
from .tineye import draw_overlay
from .uploads import BadRequest, Parameters, read

#: The name of the one image of an item.
IMAGE = "image"
Body = Callable[[Request, str, Parameters, float], Awaitable[Response]]


def routes(service: Service) -> list[Route]:
    def route(call: str, scope: Scope, body: Body) -> Route:
        async def endpoint(request: Request) -> Response:
            request.state.protocol, request.state.call = "matchengine", call
            begun = time.monotonic()
            try:
                name = request.path_params["index"]
                service.index(name)
                parameters = await read(request, service.settings.max_body)
                service.admit(request, scope, _token(request))
                if parameters.text("callback") is not None:
                    raise BadRequest("callback is not taken: JSONP would show the index to any page")
                if (parameters.text("format") or "json").lower() != "json":
                    raise BadRequest("format must be json")
                return await body(request, name, parameters, begun)
            except NoIndex as error:
                return JSONResponse(
                    {"status": "fail", "error": [f"there is no index {error}"], "method": call, "result": []}, 404
                )
            except Denied as error:
                headers = {"www-authenticate": 'Basic realm="imagesearch"'} if error.status == 401 else None
                return JSONResponse(
                    {"status": "fail", "error": [error.text], "method": call, "result": []}, error.status, headers
                )
            except Busy as error:
                answer = {"status": "fail", "error": ["too many requests at once"], "method": call, "result": []}
                return JSONResponse(answer, 503, {"retry-after": str(error.retry_after)})
            except BadRequest as error:
                return (
                    _answer(call, "fail", [error.text])
                    if error.status != 413
                    else JSONResponse({"status": "fail", "error": [error.text], "method": call, "result": []}, 413)
                )
            except ImageSearchError as error:
                return _answer(call, "fail", [words_of(error)])

        return Route(f"/{{index}}/rest/{call}/", endpoint, methods=["GET", "POST"])

    async def ping(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        return JSONResponse({"status": "ok", "error": [], "method": "ping", "result": []})

    async def count(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        return _answer("count", "ok", [], [await service.index(name).image_count()])

    async def listing(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        offset, limit = parameters.integer("offset", 0, 0, 1 << 31), parameters.integer("limit", 20, 0, 10_000)
        names: list[str] = []
        position = 0
        # Pages of the index go on behind an item; an offset has to be walked to.
        while len(names) < offset + limit:
            items = await service.index(name).items(after=position, limit=10_000)
            names += [item.item_id for item in items]
            if len(items) < 10_000:
                break
            position = items[-1].position
        return _answer("list", "ok", [], names[offset : offset + limit])

    async def add(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        paths = dict(parameters.numbered("filepath", "filepaths"))
        images: list[tuple[str, str, Any]] = []
        for field, (filename, content) in parameters.files.items():
            place = _place(field, "image", "images")
            images.append((place, paths.get(place) or PurePosixPath(filename).name, content))
        for place, url in parameters.numbered("url", "urls"):
            service.check_url(url)
            images.append((place, paths.get(place) or PurePosixPath(urlsplit(url).path).name, url))
        if not images:
            raise BadRequest("there is no image and no url")
        errors: list[str] = []
        items: list[ImageItem] = []
        for _, path, content in images:
            if path:
                items.append(ImageItem(path, [(IMAGE, content)]))
            else:
                errors.append("an image has no filepath, and its file no name")
        async with service.gate.turn():
            report = (
                await service.index(name).add_images(items, total_timeout=service.settings.request_seconds) if items else []
            )
        for entry in report:
            if entry.outcome is Outcome.FAILED:
                what = words_of(entry.error) if entry.error is not None else "failed"
                errors.append(f"{entry.item_id}: {what}")
        failed = len(errors)
        status = "ok" if not failed else "fail" if failed == len(images) else "warn"
        return _answer("add", status, errors)

    async def delete(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        paths = [path for _, path in parameters.numbered("filepath", "filepaths")]
        if not paths:
            raise BadRequest("there is no filepath")
        client = service.index(name)
        missing = [path for path in dict.fromkeys(paths) if not await client.contains(path)]
        await client.remove_images([path for path in paths if path not in missing])
        errors = [f"{path}: Failed to remove from index." for path in missing]
        return _answer("delete", "warn" if errors else "ok", errors)

    async def search(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        least = parameters.number("min_score", 0, 0, 100)
        offset, limit = parameters.integer("offset", 0, 0, 1 << 31), parameters.integer("limit", 10, 0, 1000)
        flip = parameters.flag("check_horizontal_flip", True)
        wants_overlay = parameters.flag("generate_overlay", False)
        stored = parameters.text("filepath")
        options = {"minimum_score": least, "offset": offset, "limit": max(1, limit), "mirrored": flip}
        image, shown = await _query(name, parameters)
        page = await service.search(name, image, **options)
        query = service.queries.keep(name, image, page) if isinstance(image, bytes) else Queries.hash(image.encode())
        results = [_result(match, name, query, wants_overlay) for match in page][:limit]
        body = _body("search", "ok", [], results)
        body["query_image"] = {"filepath": stored or shown}
        body["stats"] = {
            "total_results": page.total or 0,
            "total_filtered_results": page.total or 0,
            "time_total": round(1000 * (time.monotonic() - begun), 2),
        }
        return JSONResponse(body)

    async def _query(name: str, parameters: Parameters) -> tuple[bytes | str, str]:
        if "image" in parameters.files:
            filename, content = parameters.files["image"]
            return content, filename
        url = parameters.text("url")
        if url is not None:
            service.check_url(url)
            return url, url
        path = parameters.text("filepath")
        if path is None:
            raise BadRequest("there is no image, no url and no filepath")
        # What is stored is searched with as any other image: the image itself is the first match, as clients expect.
        item = await service.index(name).item(path)
        if item is None:
            raise BadRequest(f"{path}: not in the index")
        return await service.index(name).thumbnail(path, item.images[0].image_name), path

    async def compare(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        least = parameters.number("min_score", 0, 0, 100)
        flip = parameters.flag("check_horizontal_flip", True)
        subjects: list[Any] = []
        for number in "12":
            url, path = parameters.text("url" + number), parameters.text("filepath" + number)
            if "image" + number in parameters.files:
                subjects.append(parameters.files["image" + number][1])
            elif url is not None:
                service.check_url(url)
                subjects.append(url)
            elif path is not None:
                item = await service.index(name).item(path)
                if item is None:
                    raise BadRequest(f"{path}: not in the index")
                subjects.append(Stored(path, item.images[0].image_name))
            else:
                raise BadRequest(f"there is no image{number}, no url{number} and no filepath{number}")
        async with service.gate.turn():
            found = await service.index(name).compare(*subjects, total_timeout=service.settings.request_seconds)
        score, first, second = found.score or 0.0, found.first_overlap or 0.0, found.second_overlap or 0.0
        if found.relation is None or found.relation == "shared" or score < least or (found.is_mirrored and not flip):
            return _answer("compare", "ok", [], [])
        result = {
            "score": round(score, 2),
            "match_percent": round(min(first, second), 2),
            "query_overlap_percent": round(first, 2),
            "target_overlap_percent": round(second, 2),
        }
        return _answer("compare", "ok", [], [result])

    async def overlay(request: Request, name: str, parameters: Parameters, begun: float) -> Response:
        query, target = parameters.text("query"), parameters.text("target")
        if query is None or target is None:
            raise BadRequest("there is no query or no target")
        return await draw_overlay(service, name, query, target, IMAGE)

    return [
        route("add", Scope.WRITE, add),
        route("delete", Scope.WRITE, delete),
        route("search", Scope.READ, search),
        route("compare", Scope.READ, compare),
        route("count", Scope.READ, count),
        route("list", Scope.READ, listing),
        route("ping", Scope.READ, ping),
        route("overlay", Scope.READ, overlay),
    ]


def _token(request: Request) -> str | None:
    """The password of HTTP Basic, or the header that TinEye's clients send."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
    if kind.lower() == "bearer":
        return value
    return request.headers.get("x-api-key")


def _place(field: str, single: str, many: str) -> str:
    """The place of a file: "" for the single one, what stands in brackets otherwise.

    Raises:
        BadRequest: a file of another name.
    """
    if field == single:
        return ""
    if field.startswith(many + "[") and field.endswith("]"):
        return field[len(many) + 1 : -1]
    raise BadRequest(f"{field[:40]} is no name of a file; it must be {single} or {many}[0], {many}[1] …")


def _result(match: Match, index: str, query: str, wants_overlay: bool) -> dict[str, Any]:
    path = match.item_id or ""
    result: dict[str, Any] = {
        "score": round(match.score or 0, 2),
        "filepath": path,
        "target_overlap_percent": round(match.match_overlap or 0, 2),
        "query_overlap_percent": round(match.query_overlap or 0, 2),
        "match_percent": round(min(match.match_overlap or 0, match.query_overlap or 0), 2),
    }
    if wants_overlay:
        result["overlay"] = f"overlay/?query={query}&target={quote(path, safe='')}&{transform_query(match)}"
    return result


def _body(method: str, status: str, errors: list[str], result: list[Any]) -> dict[str, Any]:
    return {"status": status, "error": errors, "method": method, "result": result}


def _answer(method: str, status: str, errors: list[str], result: list[Any] | None = None) -> JSONResponse:
    return JSONResponse(_body(method, status, errors, result or []))
