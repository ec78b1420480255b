"""MatchEngine's protocol under /NAME/rest/, as its clients use it (docs/sources/matchengine.md).

A failure of a call is HTTP 200 with the status `fail`, a partial one `warn`; errors at the level of HTTP – the form, a size, a
timeout, a key – also have an HTTP status. A file path of MatchEngine is an item with one image.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import ImageItem, ImageSearchError, Match, Outcome, Stored
from .dialect import Body, Dialect
from .keys import Scope
from .parameters import MOST_STORED_NAME, Parameters, checked_name, name_of_url
from .problems import DOWNLOAD, Kind, Problem, problem_of, quoted
from .service import Service, transform_query

#: The name of the one image of an item.
IMAGE = "image"
#: Maximum number of paths of a list, and of items that are read at once on the way to its offset, which blocks other requests.
MOST_PATHS, STEP = 10_000, 1000


class MatchEngine(Dialect):
    name = "matchengine"

    def routes(self, service: Service) -> list[Route]:
        calls = _Calls(service)

        def route(call: str, scope: Scope, body: Body, heavy: bool = False, also: tuple[str, ...] = ()) -> Route:
            async def checked(request: Request, parameters: Parameters) -> Response:
                if parameters.text("callback") is not None:
                    raise Problem(400, "callback is not taken: JSONP would show the index to any page")
                if (parameters.text("format") or "json").lower() != "json":
                    raise Problem(400, "format must be json")
                return await body(request, parameters)

            path = f"/{{index}}/rest/{call}/"
            return self.route(service, path, ["GET", "POST", *also], call, scope, checked, heavy=heavy)

        return [
            route("add", Scope.WRITE, calls.add, heavy=True),
            # The client for Node sends DELETE.
            route("delete", Scope.WRITE, calls.delete, also=("DELETE",)),
            route("search", Scope.READ, calls.search, heavy=True),
            route("compare", Scope.READ, calls.compare, heavy=True),
            route("count", Scope.READ, calls.count),
            route("list", Scope.READ, calls.list),
            route("ping", Scope.READ, calls.ping),
            route("overlay", Scope.READ, calls.overlay, heavy=True),
        ]

    def failure(self, call: str, problem: Problem) -> Response:
        is_of_call = call and problem.kind is Kind.OTHER and (problem.status == 400 or (problem.code and problem.status < 500))
        headers = {**problem.headers}
        if problem.status == 401:
            headers["www-authenticate"] = 'Basic realm="imagesearch"'
        return JSONResponse(_body(call, "fail", [problem.text], []), 200 if is_of_call else problem.status, headers)


class _Calls:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def ping(self, request: Request, parameters: Parameters) -> Response:
        return _response("ping")

    async def count(self, request: Request, parameters: Parameters) -> Response:
        return _response("count", [await self._index(request).image_count() or 0])

    async def list(self, request: Request, parameters: Parameters) -> Response:
        offset, limit = parameters.integer("offset", 0, 0, 1 << 31), parameters.integer("limit", 20, 0, MOST_PATHS)
        names: list[str] = []
        position, skipped = 0, 0
        # Pages of the index continue after an item, so an offset must be reached step by step.
        while len(names) < limit:
            items = await self._index(request).items(after=position, limit=STEP, total_timeout=self._service.left(request))
            begin = max(0, offset - skipped)
            names += [item.item_id for item in items[begin : begin + limit - len(names)]]
            if len(items) < STEP:
                break
            position, skipped = items[-1].position, skipped + len(items)
        return _response("list", names)

    async def add(self, request: Request, parameters: Parameters) -> Response:
        paths = dict(parameters.numbered("filepath", "filepaths"))
        images: list[tuple[str, Any]] = []
        for upload in parameters.files:
            # An older client sends the path as the name of the file.
            images.append((paths.get(_place(upload.field, "image", "images")) or upload.filename, upload.content))
        for place, url in parameters.numbered("url", "urls"):
            self._service.check_url(url)
            images.append((paths.get(place) or name_of_url(url), url))
        if not images:
            raise Problem(400, "there is no image and no url")
        for path, _ in images:
            if not path:
                raise Problem(400, "an image has no filepath, and its file no name")
            checked_name("filepath", path)
        index = self._index(request)
        items = [ImageItem(path, [(IMAGE, content)]) for path, content in images]
        async with self._service.turn(request) as seconds:
            report = await index.add_images(items, total_timeout=seconds)
        errors = []
        for (path, source), entry in zip(images, report):
            if entry.outcome is not Outcome.FAILED:
                await self._keep_one(request, path)
            elif isinstance(source, str) and entry.error is not None and entry.error.code in DOWNLOAD:
                errors.append(_not_downloaded(source))
            else:
                reason = "failed" if entry.error is None else problem_of(entry.error).text
                errors.append(f"{quoted(path, MOST_STORED_NAME)}: {reason}")
        return _response("add", errors=errors, status="fail" if len(errors) == len(images) else None)

    async def _keep_one(self, request: Request, path: str) -> None:
        """Removes other images of an item, for instance from a folder that was added: the same path overwrites."""
        item = await self._index(request).item(path)
        others = [(path, image.image_name) for image in item.images if image.image_name != IMAGE] if item else []
        if others:
            await self._index(request).remove_images(others)

    async def delete(self, request: Request, parameters: Parameters) -> Response:
        paths = list(dict.fromkeys(path for _, path in parameters.numbered("filepath", "filepaths")))
        if not paths:
            raise Problem(400, "there is no filepath")
        index = self._index(request)
        errors, present = [], []
        for path in paths:
            # A name that no path can have does not exist; the rest is still removed.
            if len(path) <= MOST_STORED_NAME and await index.contains(path):
                present.append(path)
            else:
                errors.append(f"{quoted(path, MOST_STORED_NAME)}: Failed to remove from index.")
        if present:
            await index.remove_images(present, total_timeout=self._service.left(request))
        return _response("delete", errors=errors)

    async def search(self, request: Request, parameters: Parameters) -> Response:
        begun = time.monotonic()
        offset, limit = parameters.integer("offset", 0, 0, 1 << 31), parameters.integer("limit", 10, 0, 1000)
        options: dict[str, Any] = {
            "minimum_score": parameters.number("min_score", 0, 0, 100),
            "mirrored": parameters.flag("check_horizontal_flip", True),
        }
        wants_overlay = parameters.flag("generate_overlay", False)
        index, service = request.path_params["index"], self._service
        upload, url, path = parameters.file("image"), parameters.text("url"), parameters.text("filepath")
        results: list[dict[str, Any]] = []
        if upload is not None or url is not None:
            image: bytes | str = upload.content if upload is not None else service.check_url(url or "")
            with _downloading(url):
                page = await service.search(request, index, image, offset=offset, limit=max(1, limit), **options)
            matches = list(page)
            total, shown = page.total or 0, upload.filename if upload is not None else url
            query = service.queries.keep(index, image, page) if wants_overlay else None
        elif path is not None:
            stored = await self._stored(request, path)
            # The image itself is the first match, as clients expect; the core omits it.
            skipped, wanted = max(0, offset - 1), max(1, limit - (offset == 0))
            page, matches = await service.search_stored(
                request, index, path, stored.image_name, offset=skipped, limit=wanted, **options
            )
            total, shown, query = 1 + (page.total or 0), path, None
            if wants_overlay:
                # An overlay is drawn from the query's bytes; those that are kept have their own map to each match.
                image = await service.index(index).thumbnail(path, stored.image_name)
                drawn = await service.search(request, index, image, limit=1000, **options)
                query = service.queries.keep(index, image, drawn)
            if offset == 0:
                results.append(_itself(path))
        else:
            raise Problem(400, "there is no image, no url and no filepath")
        for match in matches:
            # Items that were added by other means may have several images, but a path is listed once.
            if match.item_id not in [result["filepath"] for result in results]:
                results.append(_result(match, query))
        body = _body("search", "warn" if page.warnings else "ok", list(page.warnings), results[:limit])
        body["query_image"] = {"filepath": shown}
        body["stats"] = {
            "total_results": total,
            "total_filtered_results": total,
            "time_total": round(1000 * (time.monotonic() - begun), 2),
        }
        return JSONResponse(body)

    async def compare(self, request: Request, parameters: Parameters) -> Response:
        least = parameters.number("min_score", 0, 0, 100)
        flip = parameters.flag("check_horizontal_flip", True)
        subjects: list[bytes | str | Stored] = []
        for number in "12":
            upload, url = parameters.file("image" + number), parameters.text("url" + number)
            path = parameters.text("filepath" + number)
            if upload is not None:
                subjects.append(upload.content)
            elif url is not None:
                subjects.append(self._service.check_url(url))
            elif path is not None:
                subjects.append(await self._stored(request, path))
            else:
                raise Problem(400, f"there is no image{number}, no url{number} and no filepath{number}")
        urls = [subject for subject in subjects if isinstance(subject, str)]
        async with self._service.turn(request) as seconds:
            with _downloading(*urls):
                found = await self._index(request).compare(*subjects, total_timeout=seconds)
        score, first, second = found.score or 0.0, found.first_overlap or 0.0, found.second_overlap or 0.0
        if found.relation in (None, "shared") or score < least or (found.is_mirrored and not flip):
            return _response("compare")
        return _response("compare", [_percents(score, first, second)])

    async def overlay(self, request: Request, parameters: Parameters) -> Response:
        query, target = parameters.text("query"), parameters.text("target")
        if query is None or target is None:
            raise Problem(400, "there is no query or no target")
        return await self._service.draw_overlay(request, request.path_params["index"], query, target, None)

    def _index(self, request: Request) -> Any:
        return self._service.index(request.path_params["index"])

    async def _stored(self, request: Request, path: str) -> Stored:
        item = await self._index(request).item(path)
        if item is None:
            raise Problem(400, f"{quoted(path, MOST_STORED_NAME)}: not in the index")
        return Stored(path, item.images[0].image_name)


@contextmanager
def _downloading(*urls: str | None) -> Iterator[None]:
    """Reports the failure to fetch an image in MatchEngine's words."""
    try:
        yield
    except ImageSearchError as error:
        named = ", ".join(filter(None, urls))
        if named and error.code in DOWNLOAD:
            raise Problem(400, _not_downloaded(named), code=error.code) from None
        raise


def _not_downloaded(url: str) -> str:
    return f"{quoted(url, MOST_STORED_NAME)}: Failed to download file."


def _place(field: str, single: str, many: str) -> str:
    """The key of a file: "" for the single one, otherwise the text in brackets.

    Raises:
        Problem: a file of another name.
    """
    if field == single:
        return ""
    if field.startswith(many + "[") and field.endswith("]"):
        return field[len(many) + 1 : -1]
    raise Problem(400, f"{field[:40]} is no name of a file; it must be {single} or {many}[0], {many}[1] …")


def _percents(score: float, query: float, target: float) -> dict[str, Any]:
    return {
        "score": round(score, 2),
        "match_percent": round(min(query, target), 2),
        "query_overlap_percent": round(query, 2),
        "target_overlap_percent": round(target, 2),
    }


def _result(match: Match, query: str | None) -> dict[str, Any]:
    path = match.item_id or ""
    result = {"filepath": path, **_percents(match.score or 0, match.query_overlap or 0, match.match_overlap or 0)}
    if query is not None:
        result["overlay"] = f"overlay/?query={query}&target={quote(path, safe='')}&{transform_query(match)}"
    return result


def _itself(path: str) -> dict[str, Any]:
    return {"filepath": path, **_percents(100, 100, 100)}


def _body(method: str, status: str, errors: list[str], result: list[Any]) -> dict[str, Any]:
    return {"status": status, "error": errors, "method": method, "result": result}


def _response(
    method: str, result: list[Any] | None = None, *, errors: list[str] | None = None, status: str | None = None
) -> Response:
    """The response to a call that succeeded; with errors, partially."""
    return JSONResponse(_body(method, status or ("warn" if errors else "ok"), errors or [], result or []))
