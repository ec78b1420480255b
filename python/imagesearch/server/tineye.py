"""TinEye's protocol under /rest/, as its clients speak it (docs/sources/tineye.md)."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import Code, ImageSearchError, Match, OverlayStyle
from .gate import Busy
from .keys import Key, Scope
from .queries import Queries
from .service import Denied, Service, image_key, read_image_key, status_of, transform_query, words_of
from .uploads import BadRequest, Parameters, read

#: What remaining_searches tells: nothing is counted here, and clients want a number.
UNLIMITED = 1_000_000_000
#: Seconds by which the date of a signature may be off (docs/sources/tineye.md, section 4).
SKEW = 900
#: Matches that are looked at when they are to be sorted by anything but their order.
MOST = 1000
UNSIGNED = frozenset({"api_key", "api_sig", "nonce", "date", "image_upload", "public_key"})


class Refused(Exception):
    """An error in TinEye's words."""

    def __init__(self, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.headers = headers


def routes(service: Service) -> list[Route]:
    def route(path: str, call: str, body: Any, methods: list[str]) -> Route:
        async def endpoint(request: Request) -> Response:
            request.state.protocol, request.state.call = "tineye", call
            begun = time.time()
            try:
                parameters = await read(request, service.settings.max_body)
                service.metrics.stages.labels("read").observe(time.time() - begun)
                # An overlay is shown by a browser, which sends no key (docs/sources/tineye.md, section 8); nobody guesses its
                # address.
                if call != "overlay":
                    _authorize(service, request, parameters)
                return await body(request, parameters, begun)  # type: ignore[no-any-return]
            except Refused as refusal:
                return _failure(refusal)
            except BadRequest as error:
                return _failure(Refused(error.status, error.text))
            except Denied as error:
                return _failure(Refused(error.status, error.text))
            except Busy as error:
                return _failure(Refused(429, "Too many requests", {"retry-after": str(error.retry_after)}))
            except ImageSearchError as error:
                return _failure(_in_their_words(error))

        return Route(path, endpoint, methods=methods)

    async def search(request: Request, parameters: Parameters, begun: float) -> Response:
        name = service.settings.default_index
        image = _image(service, parameters)
        limit = parameters.integer("limit", 100, 0, MOST)
        offset = parameters.integer("offset", 0, 0, 1 << 31)
        sort = parameters.choice("sort", "score", ("score", "size", "crawl_date"))
        order = parameters.choice("order", "desc", ("asc", "desc"))
        tags = {tag for tag in (parameters.text("tags") or "").split(",") if tag}
        domain = parameters.text("domain")
        own = urlsplit(service.base(request)).hostname or ""
        plain = sort == "score" and order == "desc" and not tags
        page = await service.search(name, image, limit=max(1, limit) if plain else MOST, offset=offset if plain else 0)
        total = page.total or 0
        matches = list(page)
        if not plain:
            matches = _sorted(matches, sort, order, tags)
            total = len(matches) if tags else total
            matches = matches[offset : offset + limit]
        if limit == 0 or (domain is not None and domain.lower() != own.lower()):
            matches, total = [], 0 if domain is not None and domain.lower() != own.lower() else total
        shown = service.queries.keep(name, image, page) if isinstance(image, bytes) else Queries.hash(image.encode())
        results = {"matches": [_match(service, request, name, shown, match, parameters) for match in matches]}
        stats = {
            "total_results": total,
            "total_filtered_results": total,
            "total_backlinks": total,
            "total_collection": 0,
            "total_stock": 0,
        }
        return _success(results, begun, parameters, stats)

    async def remaining(request: Request, parameters: Parameters, begun: float) -> Response:
        bundle = {
            "remaining_searches": UNLIMITED,
            "start_date": "2000-01-01 00:00:00 UTC",
            "expire_date": "2099-12-31 23:59:59 UTC",
        }
        return _success({"bundles": [bundle], "total_remaining_searches": UNLIMITED}, begun, parameters)

    async def count(request: Request, parameters: Parameters, begun: float) -> Response:
        return _success(await service.index(service.settings.default_index).image_count(), begun, parameters)

    async def overlay(request: Request, parameters: Parameters, begun: float) -> Response:
        name = service.settings.default_index
        return await draw_overlay(service, name, request.path_params["query"], *read_image_key(request.path_params["image"]))

    return [
        route("/rest/search/", "search", search, ["GET", "POST"]),
        route("/rest/remaining_searches/", "remaining_searches", remaining, ["GET"]),
        route("/rest/image_count/", "image_count", count, ["GET"]),
        route("/rest/overlay/{query}/{image}", "overlay", overlay, ["GET"]),
    ]


async def draw_overlay(service: Service, index: str, query: str, item: str, name: str) -> Response:
    """An overlay of a query that is still kept.

    Raises:
        BadRequest: the query is no longer kept, or the image is none of its matches.
    """
    kept = service.queries.find(index, query)
    if kept is None:
        raise BadRequest("the query of this overlay is not kept any more; search again", 404)
    match = next((match for match in kept.page if (match.item_id, match.image_name) == (item, name)), None)
    if match is None:
        raise BadRequest("no such match", 404)
    async with service.gate.turn():
        content = await service.index(index).overlay(kept.content, match, OverlayStyle.ALIGNED)
    return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=600"})


def _image(service: Service, parameters: Parameters) -> bytes | str:
    upload = parameters.files.get("image_upload")
    if upload is not None:
        return upload[1]
    url = parameters.text("image_url")
    if url is None:
        raise Refused(400, "Please supply an image or a URL for searching")
    if not service.settings.fetch_urls:
        raise Refused(400, "Couldn't download image file: this server fetches no URLs, upload the image")
    if not url.lower().startswith(("http://", "https://")):
        raise Refused(400, "Invalid or missing URL")
    return url


def _sorted(matches: list[Match], sort: str, order: str, tags: set[str]) -> list[Match]:
    if tags:
        matches = [match for match in matches if match.category in tags]
    if sort == "size":
        matches = sorted(matches, key=lambda match: -(match.width or 0) * (match.height or 0))
    elif sort == "crawl_date":
        matches = sorted(matches, key=lambda match: match.exif_date.isoformat() if match.exif_date else "", reverse=True)
    return matches[::-1] if order == "asc" else matches


def _match(service: Service, request: Request, index: str, query: str, match: Match, parameters: Parameters) -> dict[str, Any]:
    item, name = match.item_id or "", match.image_name or ""
    image = service.image_url(request, index, item, name)
    date = match.exif_date.date().isoformat() if match.exif_date else ""
    links = [{"url": image, "backlink": service.page_url(request, index, item), "crawl_date": date}]
    host = urlsplit(service.base(request)).hostname or ""
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
        "backlinks": links[: parameters.integer("backlink_limit", 100, -1, 1 << 31) % (1 << 31)],
        # Beside what TinEye tells: what only this engine knows.
        "relation": match.relation,
        "confidence": match.confidence,
        "query_match_percent": match.query_overlap,
        "target_match_percent": match.match_overlap,
        "item_id": item,
        "image_name": name,
        "custom_content": match.custom_content,
    }


def _success(results: Any, begun: float, parameters: Parameters, stats: dict[str, int] | None = None) -> Response:
    body = {
        "stats": {"timestamp": "%.2f" % time.time(), "query_time": "%.2f" % (time.time() - begun), **(stats or {})},
        "code": 200,
        "messages": [],
        "results": results,
    }
    return _json(body, 200, parameters.text("pretty") == "true")


def _failure(refusal: Refused) -> Response:
    body = {
        "stats": {"timestamp": "%.2f" % time.time(), "query_time": "0.00"},
        "code": refusal.code,
        "messages": [refusal.message],
        "results": [],
    }
    response = _json(body, refusal.code, False)
    for name, value in (refusal.headers or {}).items():
        response.headers[name] = value
    return response


def _json(body: Any, status: int, pretty: bool) -> JSONResponse:
    class Pretty(JSONResponse):
        def render(self, content: Any) -> bytes:
            import json

            return json.dumps(content, ensure_ascii=False, indent=4).encode()

    return (Pretty if pretty else JSONResponse)(body, status_code=status)


def _in_their_words(error: ImageSearchError) -> Refused:
    code = error.code
    if code in (Code.IMAGE_TOO_SIMPLE, Code.IMAGE_TOO_SMALL):
        return Refused(400, "Image too simple or too small to create unique signature.")
    if code in (
        Code.NOT_AN_IMAGE,
        Code.UNSUPPORTED_FORMAT,
        Code.ANIMATED_IMAGE,
        Code.CORRUPT_IMAGE,
        Code.EMPTY_IMAGE,
        Code.IMAGE_TOO_LARGE,
    ):
        return Refused(400, "Couldn't identify image file: " + error.message)
    if code in (
        Code.URL_NOT_FETCHED,
        Code.TIMED_OUT,
        Code.CONNECTION_FAILED,
        Code.HOST_NOT_FOUND,
        Code.ADDRESS_REFUSED,
        Code.TLS_FAILED,
    ):
        return Refused(400, "Couldn't download image file")
    if code is Code.INVALID_URL:
        return Refused(400, "Invalid or missing URL")
    status = status_of(error)
    if status == 503:
        return Refused(503, "503 Service Unavailable: service is busy due to high load", {"retry-after": "5"})
    return Refused(status, words_of(error))


# Signing in


def _authorize(service: Service, request: Request, parameters: Parameters) -> None:
    token = request.headers.get("x-api-key")
    signed = parameters.text("api_sig")
    if token is None and (signed is not None or parameters.text("api_key") is not None):
        if service.keys is not None and not service.signatures:
            raise Refused(401, "The authentication method that you are using has been removed. Send the header x-api-key.")
        if service.keys is not None:
            service.admit(request, Scope.READ, None, _signer(service, request, parameters))
            return
    service.admit(request, Scope.READ, token)


def _signer(service: Service, request: Request, parameters: Parameters) -> Key:
    """The key behind a signature of 2017-2022."""
    entry = service.signatures.get(parameters.text("api_key") or "")
    nonce, date, signature = (parameters.text(name) or "" for name in ("nonce", "date", "api_sig"))
    private = entry["private"] if entry else "-"
    if len(nonce) < 8:
        raise Refused(401, "The provided nonce is too short")
    if not date.isdecimal() or len(date) > 12 or abs(int(date) - time.time()) > SKEW:
        raise Refused(401, "Request time is too skewed from server time")
    values = [(name, value) for name, value in parameters.values if name not in UNSIGNED]
    address = service.base(request) + request.url.path
    head = private + request.method
    names = [""]
    if request.method == "POST":
        name = parameters.files.get("image_upload", ("", b""))[0]
        names = [
            request.headers.get("content-type", "") + spelled
            for spelled in {quote_plus(name, safe="~").lower(), quote(name, safe="~").lower()}
        ]
    valid = False
    for upload in names:
        # The vendor's libraries spelled the URL of an image in two ways, and both went through.
        for lower in (False, True):
            spelled = []
            for field, value in values:
                if field == "image_url":
                    value = quote_plus(value, safe="~")
                    value = value.lower() if lower else value
                spelled.append(f"{field}={value}")
            text = head + upload + date + nonce + address + "&".join(sorted(spelled))
            expected = hmac.new(private.encode(), text.encode(), hashlib.sha256).hexdigest()
            valid |= hmac.compare_digest(expected, signature.lower().encode("ascii", "replace").decode())
    key = service.keys.by_id(entry["key"]) if entry and service.keys else None
    if not valid or key is None:
        service.metrics.refused.labels("key").inc()
        raise Refused(401, "The provided signature is not valid")
    return key
