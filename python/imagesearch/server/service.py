"""What the protocols share: the open indexes, who is asking, and a search with its turn, its log and its metrics."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request

from .. import AsyncLocalIndex, Code, ImageSearchError, Match, SearchPage
from .gate import Busy, Gate, Rate
from .keys import ANYONE, Key, KeyFile, Scope, load_signatures
from .metrics import Metrics
from .queries import Queries
from .settings import Settings
from .uploads import BadRequest


class Denied(Exception):
    """The caller may not do this."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class NoIndex(Exception):
    """There is no index of that name."""


class Service:
    """Everything that lives as long as the server."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.keys = None if settings.keys is None else KeyFile(settings.keys)
        self.signatures = {} if settings.signatures is None else load_signatures(settings.signatures)
        self.indexes: dict[str, AsyncLocalIndex] = {}
        self.queries = Queries(settings.query_seconds, settings.query_bytes)
        self.gate = Gate(settings.parallel, settings.max_queue)
        self.rate = Rate(settings.requests_per_minute)
        metrics.watch("imagesearch_searches_running", "Searches that run.", lambda: self.gate.running)
        metrics.watch("imagesearch_searches_waiting", "Requests that wait for their turn.", lambda: self.gate.waiting)
        metrics.watch(
            "imagesearch_kept_query_bytes", "Bytes of queries that are kept for overlays.", lambda: self.queries.bytes
        )

    async def open(self) -> None:
        """Opens the indexes; called in the application's lifespan, so after a server has forked."""
        try:
            for name, path in self.settings.indexes.items():
                self.indexes[name] = AsyncLocalIndex(
                    path, read_only=not self.settings.writable, allow_private_addresses=self.settings.allow_private_addresses
                )
                self.metrics.images.labels(name).set(await self.indexes[name].image_count())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        for index in self.indexes.values():
            await index.close()
        self.indexes.clear()

    def reload(self) -> None:
        """Reads the keys again."""
        if self.keys is not None:
            self.keys.reload()
        if self.settings.signatures is not None:
            self.signatures = load_signatures(self.settings.signatures)

    def index(self, name: str) -> AsyncLocalIndex:
        try:
            return self.indexes[name]
        except KeyError:
            raise NoIndex(name) from None

    # Who is asking

    def admit(self, request: Request, scope: Scope, token: str | None, key: Key | None = None) -> Key:
        """The key of a request that may do what it asks for.

        Raises:
            Denied: no key, a wrong one, or one that may not.
            Busy: the key has asked too often.
        """
        if key is None:
            key = ANYONE if self.keys is None else self.keys.find(token) if token else None
        if key is None:
            self.metrics.refused.labels("key").inc()
            raise Denied("Please provide a valid API key.", 401)
        request.state.key = key.id
        try:
            self.rate.take(key.id if self.keys is not None else (request.client.host if request.client else ""))
        except Busy:
            self.metrics.refused.labels("rate").inc()
            raise
        if not key.scope.includes(scope):
            self.metrics.refused.labels("key").inc()
            raise Denied(f"this key may {key.scope.value}, and not {scope.value}", 403)
        if scope is not Scope.READ and not self.settings.writable:
            raise Denied("this server only reads: it was started without --writable", 403)
        return key

    # Searching

    async def search(self, index: str, image: bytes | str, **options: Any) -> SearchPage:
        """A search in its turn. `image` is the bytes of a file, or a URL where those are allowed."""
        client = self.index(index)
        if isinstance(image, str):
            self.check_url(image)
        begun = time.monotonic()
        try:
            async with self.gate.turn():
                started = time.monotonic()
                self.metrics.stages.labels("wait").observe(started - begun)
                page = await client.search(image, total_timeout=self.settings.request_seconds, **options)
                self.metrics.stages.labels("search").observe(time.monotonic() - started)
        except Busy:
            self.metrics.refused.labels("queue").inc()
            raise
        except ImageSearchError:
            self.metrics.searches.labels(index, "failed").inc()
            raise
        self.metrics.searches.labels(index, "found" if page else "nothing").inc()
        for match in page:
            self.metrics.matches.labels(index, match.relation or "unknown").inc()
        return page

    def check_url(self, url: str) -> None:
        if not self.settings.fetch_urls:
            raise BadRequest("this server fetches no images by their URL; upload the image")
        if not url.lower().startswith(("http://", "https://")):
            raise BadRequest("the URL must begin with http:// or https://")

    # Addresses of what is stored

    def base(self, request: Request) -> str:
        """The address that clients see, without a slash at its end."""
        return (self.settings.public_url or str(request.base_url)).rstrip("/")

    def image_url(self, request: Request, index: str, item: str, name: str) -> str:
        return f"{self.base(request)}/v1/{index}/images/{image_key(item, name)}/thumbnail"

    def page_url(self, request: Request, index: str, item: str) -> str:
        return f"{self.base(request)}/v1/{index}/items/{quote(item, safe='')}"


def image_key(item: str, name: str) -> str:
    """One word for an image: item id and image name may hold anything, and a path may not."""
    raw = item.encode("utf-8", "surrogateescape") + b"\0" + name.encode("utf-8", "surrogateescape")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_image_key(key: str) -> tuple[str, str]:
    """The item id and image name of an image_key().

    Raises:
        BadRequest: it is none.
    """
    try:
        raw = base64.b64decode(key.encode("ascii") + b"=" * (-len(key) % 4), altchars=b"-_", validate=True)
        item, name = raw.decode("utf-8").split("\0")
    except ValueError:
        raise BadRequest("no such image", 404) from None
    return item, name


def raw_segment(request: Request, place: int) -> str:
    """A part of the path as it was sent, decoded once: an encoded slash stays inside of its part."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    parts = raw.partition(b"?")[0].split(b"/")
    return unquote_to_bytes(parts[place]).decode("utf-8", "surrogateescape")


#: How an error of the library is told over HTTP, where it is not 500.
STATUS = {
    Code.INVALID_ARGUMENT: 400,
    Code.UNSUPPORTED: 400,
    Code.NOT_AN_IMAGE: 400,
    Code.UNSUPPORTED_FORMAT: 400,
    Code.ANIMATED_IMAGE: 400,
    Code.CORRUPT_IMAGE: 400,
    Code.IMAGE_TOO_LARGE: 413,
    Code.IMAGE_TOO_SMALL: 400,
    Code.IMAGE_TOO_SIMPLE: 400,
    Code.EMPTY_IMAGE: 400,
    Code.INVALID_URL: 400,
    Code.URL_NOT_FETCHED: 400,
    Code.ADDRESS_REFUSED: 400,
    Code.NOT_FOUND: 404,
    Code.DEADLINE_EXCEEDED: 503,
    Code.CLOSED: 503,
    Code.CANCELLED: 503,
    Code.OUT_OF_MEMORY: 503,
    Code.INDEX_UNAVAILABLE: 503,
    Code.DISK_FULL: 507,
    Code.TIMED_OUT: 400,
    Code.CONNECTION_FAILED: 400,
    Code.HOST_NOT_FOUND: 400,
}


def status_of(error: ImageSearchError) -> int:
    return STATUS.get(error.code, 500)


def words_of(error: ImageSearchError) -> str:
    """What a client is told of an error: nothing of the server's own paths."""
    status = status_of(error)
    if status in (500, 503, 507):
        return {503: "the index cannot be asked right now", 507: "the disk is full"}.get(status, "the server failed")
    return error.message


def transform_query(match: Match) -> str:
    """The map from query to match as MatchEngine and TinEye write it into the address of an overlay."""
    transform = match.transform
    if transform is None:
        return ""
    return "&".join(f"{name}={value:.6g}" for name, value in zip(("m11", "m12", "m13", "m21", "m22", "m23"), transform))
