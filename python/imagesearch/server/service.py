"""What the protocols share: the open indexes, authentication, turns with their time limits, and URLs of stored images."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from .. import ImageSearchError, Match, OverlayStyle
from .gate import Gate, Rate
from .index import Index, Page, open_index
from .keys import ANYONE, Key, KeyFile, Scope, load_signatures
from .metrics import Metrics
from .problems import Kind, Problem
from .queries import Queries
from .settings import Settings

#: Maximum number of matches of a search, and maximum offset for those of a stored image.
MOST_MATCHES = 1000
#: Seconds between removals of queries that are too old.
SWEEP = 5.0
#: Seconds of a request's time that are reserved for the response: a call of the library ends before the request does.
MARGIN = 0.1


class Service:
    """State of the running server."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.keys = None if settings.keys is None else KeyFile(settings.keys)
        self.signatures = {} if settings.signatures is None else load_signatures(settings.signatures)
        self.indexes: dict[str, Index] = {}
        self.queries = Queries(settings.query_seconds, settings.query_bytes)
        self.gate = Gate(settings.parallel, settings.max_queue)
        # Groups of a large index take minutes on all cores: only one such call at a time, in addition to the searches.
        self.walks = Gate(1, settings.max_queue)
        self.rate = Rate(settings.requests_per_minute)
        self.stopping = False
        metrics.watch("imagesearch_searches_running", "Searches that run.", lambda: self.gate.running)
        metrics.watch("imagesearch_searches_waiting", "Requests that wait for their turn.", lambda: self.gate.waiting)
        metrics.watch(
            "imagesearch_kept_query_bytes", "Bytes of queries that are kept for overlays.", lambda: self.queries.bytes
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """A context with open indexes, entered in the application's lifespan, which is after a server has forked."""
        try:
            for name, source in self.settings.indexes.items():
                self.indexes[name] = await open_index(
                    source,
                    read_only=not self.settings.writable,
                    max_pixels=self.settings.max_pixels,
                    allow_private_addresses=self.settings.allow_private_addresses,
                )
            sweeper = asyncio.create_task(self._sweep())
            try:
                yield
            finally:
                sweeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sweeper
        finally:
            for index in self.indexes.values():
                await index.close()
            self.indexes.clear()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self.queries.expire()

    async def count_images(self) -> None:
        """Updates the numbers of images.

        Raises:
            ImageSearchError: an index is unavailable.
        """
        for name, index in self.indexes.items():
            self.metrics.images.labels(name).set(await index.image_count() or 0)

    def reload(self) -> None:
        """Reads the keys again.

        Raises:
            SettingsError: a file cannot be read; everything stays as it was.
        """
        path = self.settings.signatures
        signatures = {} if path is None else load_signatures(path)
        if self.keys is not None:
            self.keys.reload()
        self.signatures = signatures

    def index(self, name: str) -> Index:
        try:
            return self.indexes[name]
        except KeyError:
            raise Problem(404, f"there is no index {name[:64]}", Kind.HTTP) from None

    # Authentication

    def admit(self, request: Request, scope: Scope, token: str | None) -> None:
        """Admits a request if its key has the required permission.

        Raises:
            Problem: the key is missing, wrong, lacks the permission, or exceeds its rate.
        """
        if self.keys is None:
            key: Key | None = ANYONE
        else:
            key = self.keys.find(token) if token else None
        if key is None:
            raise Problem(401, "Please provide a valid API key.", Kind.KEY)
        self.admit_key(request, scope, key)

    def admit_key(self, request: Request, scope: Scope, key: Key) -> None:
        """Like admit(), for a key that is known already."""
        request.state.key = key.id
        self.rate.take(_address(request) if key is ANYONE else key.id)
        if not key.scope.includes(scope):
            raise Problem(403, f"this key may {key.scope.value}, and not {scope.value}", Kind.KEY)
        if scope is Scope.WRITE and not self.settings.writable:
            raise Problem(403, "this server only reads: it was started without --writable")

    def admit_anyone(self, request: Request) -> None:
        """Admits a request that needs no key, and counts it for its address."""
        self.rate.take(_address(request))

    # Calls of the indexes

    def left(self, request: Request) -> float:
        """Seconds that a call of the library may take within the request's time."""
        deadline: float = request.state.deadline
        return max(MARGIN, deadline - time.monotonic() - MARGIN)

    @asynccontextmanager
    async def turn(self, request: Request, gate: Gate | None = None) -> AsyncIterator[float]:
        """Waits for a turn, and yields the seconds that are left for the call. A client that has disconnected meanwhile gets
        none.

        Raises:
            Problem: the queue is full.
        """
        begun = time.monotonic()
        async with (gate or self.gate).turn():
            if await request.is_disconnected():
                raise Problem(499, "the client has gone")
            self.metrics.stages.labels("wait").observe(time.monotonic() - begun)
            yield self.left(request)

    async def search(self, request: Request, index: str, image: bytes | str, **options: Any) -> Page:
        """A search in its turn. `image` is the bytes of a file, or a URL that check_url() has accepted."""
        return await self._searched(request, index, "search", image, **options)

    async def search_stored(
        self, request: Request, index: str, item: str, name: str, *, limit: int, offset: int, **options: Any
    ) -> tuple[Page, list[Match]]:
        """A search with an image of the index, without its own match; returns the page and the matches from the offset on. The
        matches before it are requested too, because the library counts the image itself when it skips."""
        most = min(offset + limit, MOST_MATCHES)
        page = await self._searched(request, index, "search_stored", item, name, limit=most, **options)
        return page, list(page)[offset : offset + limit]

    async def _searched(self, request: Request, index: str, call: str, *what: Any, **options: Any) -> Page:
        method = getattr(self.index(index), call)
        try:
            async with self.turn(request) as seconds:
                begun = time.monotonic()
                page: Page = await method(*what, total_timeout=seconds, **options)
                self.metrics.stages.labels("search").observe(time.monotonic() - begun)
        except ImageSearchError:
            self.metrics.searches.labels(index, "failed", "none").inc()
            raise
        best = next((match.relation or "unknown" for match in page), "none")
        self.metrics.searches.labels(index, "found" if len(page) else "nothing", best).inc()
        for match in page:
            self.metrics.matches.labels(index, match.relation or "unknown").inc()
        if page.warnings:
            request.state.warnings = page.warnings
        return page

    async def draw_overlay(
        self, request: Request, index: str, query: str, item: str, name: str | None, style: OverlayStyle = OverlayStyle.ALIGNED
    ) -> Response:
        """The overlay of a match that was shown; without a name, that of the item's image.

        Raises:
            Problem: the query is no longer stored, or the image is not one of its matches.
        """
        kept = self.queries.find(index, query)
        if kept is None:
            raise Problem(404, "the query of this overlay is not kept any more; search again")
        match = next((match for key, match in kept.matches.items() if key[0] == item and name in (None, key[1])), None)
        if match is None:
            raise Problem(404, "there is no such match of this query")
        async with self.turn(request) as seconds:
            content = await self.index(index).overlay(kept.image, match, style, total_timeout=seconds)
        return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=600"})

    def check_url(self, url: str) -> str:
        """Checks a URL that an image is to be fetched from; the library checks that its address is public.

        Raises:
            Problem: the URL is refused.
        """
        if not self.settings.fetch_urls:
            raise Problem(400, "this server fetches no images by their URL; upload the image")
        if not url.lower().startswith(("http://", "https://")):
            raise Problem(400, "the URL must begin with http:// or https://")
        return url

    # URLs of stored images

    def base(self, request: Request) -> str:
        """The base URL that clients see, without a trailing slash."""
        return (self.settings.public_url or str(request.base_url)).rstrip("/")

    def image_url(self, request: Request, index: str, item: str, name: str) -> str:
        return f"{self.base(request)}/v1/{index}/images/{image_key(item, name)}/thumbnail"

    def page_url(self, request: Request, index: str, item: str) -> str:
        return f"{self.base(request)}/v1/{index}/items/{quote(item, safe='')}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def image_key(item: str, name: str) -> str:
    """An identifier of an image for URLs: item id and image name may contain anything, but a path may not."""
    return base64.urlsafe_b64encode(f"{item}\0{name}".encode()).rstrip(b"=").decode()


def read_image_key(key: str) -> tuple[str, str]:
    """The item id and image name of an image_key().

    Raises:
        Problem: the key is invalid.
    """
    try:
        raw = base64.b64decode(key.encode("ascii") + b"=" * (-len(key) % 4), altchars=b"-_", validate=True)
        item, name = raw.decode("utf-8").split("\0")
    except ValueError:
        raise Problem(404, "no such image") from None
    if not item or not name:
        raise Problem(404, "no such image")
    return item, name


def rest_of_path(request: Request, segments: int) -> str:
    """The rest of the path after that many segments, decoded once, so that an encoded slash is the same as a slash.

    Raises:
        Problem: it is not UTF-8.
    """
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    root = request.scope.get("root_path", "").encode()
    rest = raw.partition(b"?")[0].removeprefix(root).split(b"/", segments + 1)[-1]
    try:
        return unquote_to_bytes(rest).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "the address is no UTF-8") from None


def transform_query(match: Match) -> str:
    """The map from query to match in the form in which MatchEngine and TinEye put it into the URL of an overlay."""
    transform = match.transform
    if transform is None:
        return ""
    return "&".join(f"{name}={value:.6g}" for name, value in zip(("m11", "m12", "m13", "m21", "m22", "m23"), transform))
