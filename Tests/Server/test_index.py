"""The application over an index object instead of a directory, as in a cluster: warnings, failures, timeouts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from imagesearch import Code, Group, ImageSearchError, Item, Match, StoredImage
from imagesearch.errors import class_for
from imagesearch.server import Index, Page, Settings, create_app

PATHS = (("/rest/search/", "image_upload"), ("/shop/rest/search/", "image"), ("/v1/shop/search", "image"))


@dataclass
class FakePage:
    """A page that was not made by the library."""

    matches: list[Match]
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> int | None:
        return len(self.matches)

    def __len__(self) -> int:
        return len(self.matches)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)


class FakeIndex:
    """Fails, warns and waits as configured."""

    def __init__(self) -> None:
        self.error: Code | None = None
        self.warnings: tuple[str, ...] = ()
        self.seconds = 0.0
        self.timeouts: list[float] = []
        self.cancelled = 0
        self.is_closed = False

    async def _wait(self, options: dict[str, Any]) -> None:
        if "total_timeout" in options:
            self.timeouts.append(options["total_timeout"])
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise class_for(self.error)(self.error, "a shard at /srv/shards/7 said no")

    async def image_count(self, **options: Any) -> int | None:
        await self._wait(options)
        return 1

    async def search(self, image: Any, **options: Any) -> Page:
        await self._wait(options)
        return FakePage([Match(item_id="a/b", image_name="image", relation="altered", score=50.0)], self.warnings)

    async def search_stored(self, item_id: str, image_name: str, **options: Any) -> Page:
        return await self.search(b"", **options)

    async def overlay(self, query: Any, match: Match, style: Any = None, **options: Any) -> bytes:
        assert query == b"bytes" and match.item_id == "a/b"
        return b"drawn"

    async def compare(self, first: Any, second: Any, **options: Any) -> Any:
        raise class_for(Code.UNSUPPORTED)(Code.UNSUPPORTED, "a cluster does not compare")

    async def groups(self, **options: Any) -> AsyncIterator[Group]:
        yield Group(())
        await self._wait(options)

    async def items(self, after: int = 0, limit: int = 100, **options: Any) -> list[Item]:
        return [Item("a/b", (StoredImage("a/b", "image"),), 1)][after:]

    async def item(self, item_id: str, **options: Any) -> Item | None:
        return (await self.items())[0] if item_id == "a/b" else None

    async def contains(self, item_id: str, **options: Any) -> bool:
        return item_id == "a/b"

    async def thumbnail(self, item_id: str, image_name: str, **options: Any) -> bytes:
        return b"small"

    async def add_images(self, items: Any, **options: Any) -> Any:
        raise AssertionError("a server without --writable writes")

    remove_images = update = add_images

    async def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex()


@pytest.fixture
def client(index: FakeIndex) -> Iterator[TestClient]:
    async def opened() -> Index:
        return cast(Index, index)

    app = create_app(Settings(indexes={"shop": opened}, request_seconds=2))
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)) as client:
        yield client
    assert index.is_closed


def told(response: Any) -> list[str]:
    body = response.json()
    return [
        text for key in ("messages", "error", "warnings") for text in (body[key] if isinstance(body.get(key), list) else [])
    ]


def test_what_is_missing_is_said_everywhere(client: TestClient, index: FakeIndex) -> None:
    for path, field in PATHS:
        plain = client.post(path, files={field: b"bytes"})
        assert plain.status_code == 200 and "x-imagesearch-warnings" not in plain.headers and told(plain) == []
        index.warnings = ("shard 7 did not respond in time", "shard 8\r\nSet-Cookie: ü")
        warned = client.post(path, files={field: b"bytes"})
        assert warned.headers["x-imagesearch-warnings"] == "shard 7 did not respond in time; shard 8?Set-Cookie: ?"
        assert told(warned) == list(index.warnings) and "set-cookie" not in warned.headers
        index.warnings = ()
    index.warnings = ("shard 7",)
    assert client.post("/shop/rest/search/", files={"image": b"bytes"}).json()["status"] == "warn"
    assert client.get("/v1/shop/images/YS9iAGltYWdl/similar").json()["warnings"] == ["shard 7"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.INDEX_UNAVAILABLE, 503),
        (Code.DEADLINE_EXCEEDED, 503),
        (Code.OUT_OF_MEMORY, 503),
        (Code.INTERNAL_FAILURE, 500),
        (Code.INDEX_CORRUPT, 500),
        (Code.DISK_FULL, 507),
    ],
)
def test_failures_of_the_index_name_nothing_of_it(client: TestClient, index: FakeIndex, code: Code, status: int) -> None:
    index.error = code
    for path, field in PATHS:
        failed = client.post(path, files={field: b"bytes"})
        assert failed.status_code == status and "/srv" not in failed.text, failed.text
        assert (status != 503) or int(failed.headers["retry-after"]) > 0
    assert client.get("/readyz").status_code == 503 and client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 200
    lines = client.get("/v1/shop/groups").text.splitlines()
    assert len(lines) == 2 and "error" in lines[1] and "/srv" not in lines[1]


def test_what_an_index_does_not_do_is_said(client: TestClient) -> None:
    refused = client.post("/v1/shop/compare", files={"first": b"x", "second": b"y"})
    assert refused.status_code == 400 and refused.json()["error"] == "a cluster does not compare"
    assert client.get("/shop/rest/compare/", params={"filepath1": "a/b", "filepath2": "a/b"}).json()["status"] == "fail"
    assert client.put("/v1/shop/items/x", files={"image": b"x"}).status_code == 403


def test_overlays_and_thumbnails(client: TestClient) -> None:
    match = client.post("/rest/search/", files={"image_upload": b"bytes"}).json()["results"]["matches"][0]
    drawn = client.get("/rest/" + match["overlay"])
    assert drawn.content == b"drawn" and drawn.headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get(match["image_url"]).content == b"small"
    found = client.post("/shop/rest/search/", files={"image": b"bytes"}, params={"generate_overlay": "1"}).json()
    assert client.get("/shop/rest/" + found["result"][0]["overlay"]).content == b"drawn"


def test_a_request_has_its_time(client: TestClient, index: FakeIndex) -> None:
    for path, field in PATHS:
        assert client.post(path, files={field: b"bytes"}).status_code == 200
    assert all(0 < seconds < 2 for seconds in index.timeouts)
    index.seconds = 30
    for number, (path, field) in enumerate(PATHS):
        late = client.post(path, files={field: b"bytes"})
        assert late.status_code == 503 and int(late.headers["retry-after"]) > 0, late.text
        assert told(late) or late.json()["error"]
        assert index.cancelled == number + 1
    index.seconds = 0
    assert client.post("/v1/shop/search", files={"image": b"bytes"}).status_code == 200
    text = client.get("/metrics").text
    assert 'imagesearch_refused_total{reason="time"} 3.0' in text and "imagesearch_searches_running 0.0" in text


def test_an_index_that_does_not_open_stops_the_start() -> None:
    async def opened() -> Index:
        raise class_for(Code.INDEX_UNAVAILABLE)(Code.INDEX_UNAVAILABLE, "no shard")

    with pytest.raises(ImageSearchError, match="no shard"):
        with TestClient(create_app(Settings(indexes={"shop": opened}))):
            pass
