"""The interface of an index to the application. An AsyncLocalIndex implements it, and so does an index that distributes
searches over machines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from .. import AddReport, AsyncLocalIndex, Comparison, Group, ImageItem, Item, Match, OverlayStyle, Stored


class Page(Protocol):
    """One page of matches, best first.

    Attributes:
        total: total number of matches.
        warnings: what is missing and why, for instance a shard that did not respond in time. They are shown to the caller.
    """

    @property
    def total(self) -> int | None: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Match]: ...


class Index(Protocol):
    """An open index. Names, options, results and errors are those of imagesearch.AsyncLocalIndex.

    Every call has a `total_timeout`, the seconds that are left of the request, and may be cancelled. A call that an index does
    not support raises ImageSearchError with the code UNSUPPORTED; INDEX_UNAVAILABLE if the index is temporarily unavailable.
    Images are the bytes of a file, or an http(s) URL if the settings allow that. The three calls that change the index are made
    only if the settings make it writable.
    """

    async def image_count(self, **options: Any) -> int | None: ...
    async def search(self, image: Any, **options: Any) -> Page:
        """Options: limit, offset, minimum_score, minimum_confidence, mirrored, effort, category, relations."""
        ...

    async def search_stored(self, item_id: str, image_name: str, **options: Any) -> Page: ...
    async def overlay(self, query: Any, match: Match, style: OverlayStyle = ..., **options: Any) -> bytes:
        """`match` is from a page that this index returned."""
        ...

    async def compare(self, first: Any | Stored, second: Any | Stored, **options: Any) -> Comparison: ...
    def groups(self, **options: Any) -> AsyncIterator[Group]: ...
    async def items(self, after: int = ..., limit: int = ..., **options: Any) -> list[Item]: ...
    async def item(self, item_id: str, **options: Any) -> Item | None: ...
    async def contains(self, item_id: str, **options: Any) -> bool: ...
    async def thumbnail(self, item_id: str, image_name: str, **options: Any) -> bytes: ...
    async def add_images(self, items: list[ImageItem], **options: Any) -> AddReport: ...
    async def remove_images(self, removals: Any, **options: Any) -> int | None: ...
    async def update(self, item_id: str, **options: Any) -> int: ...
    async def close(self) -> None: ...


#: Opens an index; called once, in the lifespan of the application.
Opener: TypeAlias = Callable[[], Awaitable[Index]]


async def open_index(source: Path | Opener, **options: Any) -> Index:
    """The index of a directory, opened with options of AsyncLocalIndex, or the result of an opener."""
    if not isinstance(source, Path):
        return await source()
    index: Any = AsyncLocalIndex(source, **options)
    opened: Index = index
    return opened
