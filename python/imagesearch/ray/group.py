"""The shards of one group, open on one node, as a replica of a deployment has them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import AsyncLocalIndex, Code, ImageSearchError, merge_partials
from .manifest import Manifest, load
from .shards import drop_copies, local_copy
from .storage import Storage

#: Number of manifests whose shards stay open: the current one, and the previous one, which searches may still use.
_KEPT = 2
#: Number of matches per request to a local index.
_PAGE = 1000
#: Errors of an image of which only the bytes can be found.
UNMATCHABLE = (Code.IMAGE_TOO_SIMPLE, Code.IMAGE_TOO_SMALL)


@dataclass(frozen=True, slots=True)
class Findings:
    """The results of the shards of a group, by name.

    Attributes:
        partials: of the shards that were searched, to be merged with those of all other groups.
        errors: of the shards that were not.
        is_approximate: whether an exact result needs the query's pixels.
    """

    partials: dict[str, bytes] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """The shards of a group with their numbers of images, removed ones separately."""

    images: dict[str, int]


class _Opened:
    """The shards of a group in one manifest."""

    def __init__(self) -> None:
        self.indexes: dict[str, AsyncLocalIndex] = {}
        self.images: dict[str, int] = {}
        self.folders: set[Path] = set()
        self._descriptors: list[int] = []

    async def open(
        self, storage: Storage, manifest: Manifest, number: int, groups: int, cache: Path, threads: int | None
    ) -> None:
        for shard in manifest.shards[number::groups]:
            folder, descriptor = await asyncio.to_thread(local_copy, storage, shard, manifest.removals_of(shard), cache)
            self._descriptors.append(descriptor)
            self.folders.add(folder)
            index = AsyncLocalIndex(folder, read_only=True, threads=threads)
            self.indexes[shard.name] = index
            self.images[shard.name] = await index.image_count()

    async def close(self) -> None:
        for index in self.indexes.values():
            await index.close()
        for descriptor in self._descriptors:
            os.close(descriptor)


class ShardGroup:
    """Every groups-th shard of a collection, from the shard `number` on. Each call names its manifest: with the same one for
    all groups, a caller sees one state of the collection."""

    def __init__(self, target: str, number: int, groups: int, cache: str | None = None, threads: int | None = None) -> None:
        self._storage = Storage(target)
        self._number, self._groups, self._threads = number, groups, threads
        self._cache = Path(cache) if cache else Path(tempfile.gettempdir()) / f"imagesearch-shards-{os.getuid()}"
        self._opened: dict[int, asyncio.Task[_Opened]] = {}

    async def prepare(self, generation: int) -> Described:
        """Opens the shards of a manifest, which takes as long as copying them."""
        opened = await self._wait(generation)
        return Described(dict(opened.images))

    async def search(self, generation: int, query: bytes, options: dict[str, Any], wait: bool) -> Findings | None:
        """Searches all shards of the group with an encoded query.

        Args:
            generation: the generation of the manifest to search.
            query: the result of encode_query().
            options: those of LocalIndex.search_partial().
            wait: whether to open the shards first if they are not open.

        Returns:
            None when the shards of this manifest are not open yet.
        """
        opened = await self._of(generation, wait)
        if opened is None:
            return None
        names = list(opened.indexes)
        results = await asyncio.gather(
            *(opened.indexes[name].search_partial(query, **options) for name in names), return_exceptions=True
        )
        partials: dict[str, bytes] = {}
        errors: dict[str, str] = {}
        for name, result in zip(names, results):
            if isinstance(result, bytes):
                partials[name] = result
            elif isinstance(result, ImageSearchError) and result.code in (Code.INVALID_ARGUMENT, Code.INDEX_VERSION_MISMATCH):
                raise result
            elif isinstance(result, Exception):
                errors[name] = str(result)[:200]
            else:
                raise result
        return Findings(partials, errors, await asyncio.to_thread(_is_approximate, list(partials.values())))

    async def call(self, generation: int, method: str, arguments: tuple[Any, ...], wait: bool = True) -> dict[str, Any] | None:
        """The result of a method of LocalIndex for each shard; None if nothing was found.

        Returns:
            None when the shards of this manifest are not open yet.
        """
        opened = await self._of(generation, wait)
        if opened is None:
            return None
        action = _CALLS[method]
        return {name: await _found(action(index, *arguments)) for name, index in opened.indexes.items()}

    async def _of(self, generation: int, wait: bool) -> _Opened | None:
        task = self._opened.get(generation)
        if wait or (task is not None and task.done()):
            return await self._wait(generation)
        if task is None:
            self._start(generation)
        return None

    async def _wait(self, generation: int) -> _Opened:
        task = self._opened.get(generation) or self._start(generation)
        try:
            return await asyncio.shield(task)
        except Exception:
            # The next call tries again.
            if self._opened.get(generation) is task:
                del self._opened[generation]
            raise

    def _start(self, generation: int) -> asyncio.Task[_Opened]:
        task = asyncio.get_running_loop().create_task(self._open(generation))
        self._opened[generation] = task
        return task

    async def _open(self, generation: int) -> _Opened:
        manifest = await asyncio.to_thread(load, self._storage, generation)
        opened = _Opened()
        try:
            await opened.open(self._storage, manifest, self._number, self._groups, self._cache, self._threads)
        except BaseException:
            await opened.close()
            raise
        old = sorted(self._opened)[:-_KEPT]
        for number in old:
            asyncio.get_running_loop().create_task(self._close(self._opened.pop(number)))
        return opened

    async def _close(self, task: asyncio.Task[_Opened]) -> None:
        if not task.done() or task.cancelled() or task.exception() is not None:
            task.cancel()
            return
        await task.result().close()
        still = [other.result() for other in self._opened.values() if other.done() and not other.exception()]
        kept = {folder for one in still for folder in one.folders}
        await asyncio.to_thread(drop_copies, self._cache, kept)


def _is_approximate(partials: list[bytes]) -> bool:
    try:
        return merge_partials(partials, limit=1).is_approximate
    except ImageSearchError as error:
        if error.code in UNMATCHABLE:
            return False
        raise


async def _found(result: Awaitable[Any]) -> Any:
    try:
        return await result
    except ImageSearchError as error:
        if error.code is Code.NOT_FOUND:
            return None
        raise


async def _overlay(index: AsyncLocalIndex, query: Any, item_id: str, image_name: str, style: Any) -> bytes | None:
    """The overlay of a match that another replica may have found."""
    if not await index.contains(item_id, image_name):
        return None
    for match in await index.search(query, limit=_PAGE, relations=("identical", "reencoded", "altered", "partial", "shared")):
        if (match.item_id, match.image_name) == (item_id, image_name):
            return await index.overlay(query, match, style)
    return None


#: The calls that each shard accepts.
_CALLS: dict[str, Callable[..., Awaitable[Any]]] = {
    "contains": lambda index, *arguments: index.contains(*arguments),
    "item": lambda index, item_id: index.item(item_id),
    "items": lambda index, after, limit: index.items(after, limit),
    "thumbnail": lambda index, item_id, image_name: index.thumbnail(item_id, image_name),
    "overlay": _overlay,
}
