"""A sharded collection as one index: a query is described once, every group of shards is searched, and the results are merged
into the order that a single index would return."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .. import (
    AsyncLocalIndex,
    Code,
    Comparison,
    Group,
    ImageSearchError,
    Item,
    Match,
    OverlayStyle,
    SearchPage,
    Stored,
    compact_query,
    merge_partials,
)
from ..errors import class_for
from .group import Described, Findings
from .manifest import Manifest, Shard, load
from .storage import Storage

_LIMIT = 100
_MOST = 1000
#: Seconds after a change of the manifest during which searches may still use the previous one, and seconds to wait for groups
#: when the front end is opened.
_GRACE = 60.0
#: Range of item positions of one shard; more than any index has.
_POSITIONS = 1 << 40


class Handle(Protocol):
    """A handle to a group, with ShardGroup's methods."""

    def prepare(self, generation: int) -> Awaitable[Described]: ...
    def search(self, generation: int, query: bytes, options: dict[str, Any], wait: bool) -> Awaitable[Findings | None]: ...
    def call(
        self, generation: int, method: str, arguments: tuple[Any, ...], wait: bool
    ) -> Awaitable[dict[str, Any] | None]: ...


@dataclass(frozen=True)
class GatheredPage(Sequence[Match]):
    """One page of matches from all shards, best first.

    Attributes:
        matches: the matches.
        total: total number of matches in all shards that responded.
        offset: position of the first match, from 0.
        warnings: each shard that is missing, and why.
        look: the pass that found the matches.
        generation: the generation of the manifest.
    """

    matches: tuple[Match, ...]
    total: int
    offset: int
    warnings: tuple[str, ...]
    look: int
    generation: int

    def __len__(self) -> int:
        return len(self.matches)

    def __getitem__(self, index: Any) -> Any:
        return self.matches[index]

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    @property
    def next_offset(self) -> int:
        return self.offset + len(self.matches)

    @property
    def has_more(self) -> bool:
        return self.next_offset < self.total


@dataclass(frozen=True)
class _State:
    """A manifest that all groups have open."""

    manifest: Manifest
    images: int
    #: When it was adopted.
    since: float


class ShardedIndex:
    """Implements imagesearch.server.Index over groups of shards."""

    def __init__(
        self, target: str, groups: Sequence[Handle], *, shard_seconds: float = 10.0, poll_seconds: float = 5.0
    ) -> None:
        """
        Args:
            target: the folder of the collection.
            groups: one handle for each group, in their order.
            shard_seconds: longest time to wait for a group.
            poll_seconds: interval of checks of the manifest.
        """
        self._storage = Storage(target)
        self._handles = groups
        self._shard_seconds, self._poll_seconds = shard_seconds, poll_seconds
        self._folder = tempfile.TemporaryDirectory(prefix="imagesearch-queries-")
        # Contains no images: it describes queries, and compares.
        self._local = AsyncLocalIndex(self._folder.name + "/index")
        self._state: _State | None = None
        self._before: _State | None = None
        self._poll: asyncio.Task[None] | None = None

    async def open(self) -> ShardedIndex:
        """Waits until every available group has opened its shards; for one that is not available, a minute."""
        await self._adopt(await asyncio.to_thread(load, self._storage), _GRACE, all_groups=False)
        self._poll = asyncio.get_running_loop().create_task(self._follow())
        return self

    async def close(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poll
        await self._local.close()
        self._folder.cleanup()

    # -- manifests

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            # An error may be temporary; the next check tries again.
            with contextlib.suppress(Exception):
                manifest = await asyncio.to_thread(load, self._storage)
                if self._state is None or manifest.generation != self._state.manifest.generation:
                    await self._adopt(manifest, 10 * _GRACE, all_groups=True)

    async def _adopt(self, manifest: Manifest, seconds: float, *, all_groups: bool) -> None:
        """Switches to a manifest, once every group has opened its shards."""
        described = await asyncio.gather(
            *(asyncio.wait_for(_once(handle.prepare, manifest.generation), seconds) for handle in self._handles),
            return_exceptions=not all_groups,
        )
        images = {shard.name: shard.images for shard in manifest.shards}
        for one in described:
            if isinstance(one, Described):
                images.update(one.images)
        now = asyncio.get_running_loop().time()
        self._before, self._state = self._state, _State(manifest, sum(images.values()), now)

    @property
    def _now(self) -> _State:
        if self._state is None:
            raise _error(Code.INDEX_UNAVAILABLE, "the shards are not open yet")
        return self._state

    @property
    def _earlier(self) -> _State | None:
        """The previous manifest, while replicas may not have opened the current one yet. Later, a replica that has not is new,
        and is waited for."""
        recent = self._state is not None and asyncio.get_running_loop().time() - self._state.since < _GRACE
        return self._before if recent else None

    def _shards(self, state: _State, group: int) -> tuple[Shard, ...]:
        return state.manifest.shards[group :: len(self._handles)]

    # -- asking all groups

    async def _ask(
        self, state: _State, seconds: float, ask: Callable[[Handle, bool], Awaitable[Any]], groups: Sequence[int]
    ) -> dict[int, Any]:
        """The response of each group, or its error.

        Raises:
            _NotOpen: a replica has not opened this manifest yet.
        """
        # Groups without shards are skipped.
        asked = [group for group in groups if self._shards(state, group)]
        wait = self._earlier is None or state is self._earlier
        replies = await asyncio.gather(
            *(asyncio.wait_for(_once(ask, self._handles[group], wait), seconds) for group in asked), return_exceptions=True
        )
        found = {}
        for group, reply in zip(asked, replies):
            if reply is None:
                raise _NotOpen
            if isinstance(reply, asyncio.CancelledError):
                raise reply
            found[group] = reply
        return found

    async def _in_one_state(self, action: Callable[[_State], Awaitable[Any]]) -> Any:
        """Runs an action for one manifest: the current one, or the previous one while a replica has not opened the current one
        yet."""
        state = self._now
        try:
            return await action(state)
        except _NotOpen:
            before = self._earlier
            if before is None:
                raise _error(Code.INDEX_UNAVAILABLE, "the shards are being opened") from None
            return await action(before)

    def _seconds(self, options: dict[str, Any]) -> float:
        """Seconds to wait for a group now: the call's time limit applies to all its requests."""
        if (end := options.get("_end")) is not None:
            return max(0.0, min(self._shard_seconds, float(end) - asyncio.get_running_loop().time()))
        given = options.get("total_timeout")
        return self._shard_seconds if given is None else min(self._shard_seconds, 0.8 * float(given))

    # -- searching

    async def image_count(self, **_options: Any) -> int:
        return self._now.images

    async def search(self, image: Any, **options: Any) -> GatheredPage:
        """See LocalIndex.search(). A shard that does not respond in time is named in the page's warnings."""
        if options.get("total_timeout") is not None:
            # The rest is for merging the results of the groups.
            options["_end"] = asyncio.get_running_loop().time() + 0.9 * float(options["total_timeout"])
        exact = await self._encode(image, "fast", options)
        page: GatheredPage = await self._in_one_state(lambda state: self._search(state, exact, image, options))
        return page

    async def _encode(self, image: Any, effort: str, options: dict[str, Any]) -> bytes:
        how = {name: options[name] for name in ("region", "total_timeout") if options.get(name) is not None}
        return await self._local.encode_query(image, effort=effort, **how)

    async def _search(self, state: _State, exact: bytes, image: Any, options: dict[str, Any]) -> GatheredPage:
        page = await self._gather(state, exact, options)
        effort = options.get("effort") or "normal"
        if page.total == 0 and effort != "fast" and options.get("region") is None:
            # Only now: a second pass costs several times the first.
            page = await self._gather(state, await self._encode(image, effort, options), options)
        return page

    async def _gather(self, state: _State, exact: bytes, options: dict[str, Any]) -> GatheredPage:
        offset, limit = _window(options)
        given = {name: options[name] for name in ("category", "mirrored", "population_size") if options.get(name) is not None}
        how = {"population_size": max(1, state.images), "limit": limit, "offset": offset, **given}

        def ask(query: bytes) -> Callable[[Handle, bool], Awaitable[Any]]:
            return lambda handle, wait: handle.search(state.manifest.generation, query, how, wait)

        groups = range(len(self._handles))
        seconds = self._seconds(options)
        replies = await self._ask(state, seconds, ask(compact_query(exact)), groups)
        # Only groups whose matches need a close comparison get the pixels: few do.
        close = [group for group, reply in replies.items() if isinstance(reply, Findings) and reply.is_approximate]
        if close:
            seconds = self._seconds(options)
            replies |= await self._ask(state, seconds, ask(exact), close)
        names = ("minimum_score", "minimum_confidence", "relations")
        wanted = {name: options[name] for name in names if options.get(name) is not None}

        async def merged() -> SearchPage:
            # The findings of all shards are judged together, as one index does.
            partials = [
                one for _, reply in sorted(replies.items()) if isinstance(reply, Findings) for one in reply.partials.values()
            ]
            return await asyncio.to_thread(merge_partials, partials, limit=limit, offset=offset, **wanted)

        for reply in replies.values():
            if isinstance(reply, ImageSearchError) and reply.code in (Code.INVALID_ARGUMENT, Code.INDEX_VERSION_MISMATCH):
                raise reply
        if state.manifest.shards and not any(isinstance(reply, Findings) and reply.partials for reply in replies.values()):
            raise _error(
                Code.INDEX_UNAVAILABLE, f"no shard responds: {'; '.join(self._warnings(state, replies, seconds))[:300]}"
            )
        page = await merged()
        rest = [group for group, reply in replies.items() if group not in close and isinstance(reply, Findings)]
        if page.is_approximate and rest:
            # A doubtful verdict: what resembles the query in other shards has a say in it, and only pixels tell in what.
            seconds = self._seconds(options)
            replies |= await self._ask(state, seconds, ask(exact), rest)
            page = await merged()
        warnings = tuple(self._warnings(state, replies, seconds))
        total, look = page.total or 0, page.look or 0
        return GatheredPage(tuple(page), total, offset, warnings, look, state.manifest.generation)

    def _warnings(self, state: _State, replies: dict[int, Any], seconds: float) -> list[str]:
        """What is missing in the responses of the groups."""
        warnings: list[str] = []
        for group, reply in sorted(replies.items()):
            if isinstance(reply, Findings):
                warnings += [_missing([name], error) for name, error in reply.errors.items()]
            else:
                warnings.append(_missing([shard.name for shard in self._shards(state, group)], _reason(reply, seconds)))
        return warnings

    async def search_stored(self, item_id: str, image_name: str, **options: Any) -> GatheredPage:
        """See LocalIndex.search_stored(): shards have no files, so the thumbnail is the query."""
        thumbnail = await self.thumbnail(item_id, image_name)
        offset, limit = _window(options)
        page = await self.search(thumbnail, **{**options, "offset": 0, "limit": min(_MOST, offset + limit + 1)})
        others = [match for match in page if (match.item_id, match.image_name) != (item_id, image_name)]
        total = page.total - (len(page) - len(others))
        return GatheredPage(tuple(others[offset : offset + limit]), total, offset, page.warnings, page.look, page.generation)

    # -- what one shard has

    async def _each(self, method: str, *arguments: Any, **options: Any) -> Any:
        """The result of the first shard that has one."""

        async def action(state: _State) -> Any:
            def ask(handle: Handle, wait: bool) -> Awaitable[Any]:
                return handle.call(state.manifest.generation, method, arguments, wait)

            replies = await self._ask(state, self._seconds(options), ask, range(len(self._handles)))
            failed = None
            for reply in replies.values():
                if isinstance(reply, BaseException):
                    failed = reply
                    continue
                for found in reply.values():
                    if found:
                        return found
            if failed is not None:
                if isinstance(failed, ImageSearchError):
                    raise failed
                why = _reason(failed, self._seconds(options))
                raise _error(Code.INDEX_UNAVAILABLE, f"a group of shards does not respond: {why}")
            return None

        return await self._in_one_state(action)

    async def item(self, item_id: str, **options: Any) -> Item | None:
        found: Item | None = await self._each("item", item_id, **options)
        return found

    async def contains(self, item_id: str, image_name: str | None = None, **options: Any) -> bool:
        return bool(await self._each("contains", item_id, image_name, **options))

    async def thumbnail(self, item_id: str, image_name: str, **options: Any) -> bytes:
        found = await self._each("thumbnail", item_id, image_name, **options)
        if not found:
            raise _error(Code.NOT_FOUND, "there is no such image, or it has no thumbnail")
        return bytes(found)

    async def overlay(self, query: Any, match: Match, style: OverlayStyle = OverlayStyle.ALIGNED, **options: Any) -> bytes:
        found = await self._each("overlay", query, match.item_id, match.image_name, style, **options)
        if not found:
            raise _error(Code.NOT_FOUND, "the image was removed since the search")
        return bytes(found)

    async def items(self, after: int = 0, limit: int = 100, **options: Any) -> list[Item]:
        """Items shard by shard; a position encodes the shard and the position within it."""

        async def action(state: _State) -> list[Item]:
            found: list[Item] = []
            number, place = divmod(after, _POSITIONS)
            while number < len(state.manifest.shards) and len(found) < limit:
                group = number % len(self._handles)
                name = state.manifest.shards[number].name

                def ask(handle: Handle, wait: bool, place: int = place, count: int = limit - len(found)) -> Awaitable[Any]:
                    return handle.call(state.manifest.generation, "items", (place, count), wait)

                reply = (await self._ask(state, self._seconds(options), ask, [group]))[group]
                if isinstance(reply, BaseException):
                    raise _error(Code.INDEX_UNAVAILABLE, _missing([name], _reason(reply, self._seconds(options))))
                page = reply[name] or []
                found += [Item(one.item_id, one.images, number * _POSITIONS + one.position) for one in page]
                if not page:
                    number, place = number + 1, 0
                else:
                    place = page[-1].position
            return found

        items: list[Item] = await self._in_one_state(action)
        return items

    async def compare(self, first: Any, second: Any, **options: Any) -> Comparison:
        """See LocalIndex.compare(); stored images are compared by their thumbnails."""
        images = [
            await self.thumbnail(one.item_id, one.image_name) if isinstance(one, Stored) else one for one in (first, second)
        ]
        return await self._local.compare(*images, **options)

    def groups(self, **_options: Any) -> AsyncIterator[Group]:
        raise _error(Code.UNSUPPORTED, "a collection in shards cannot be asked for its groups")

    async def add_images(self, *_arguments: Any, **_options: Any) -> Any:
        raise _error(Code.UNSUPPORTED, "a collection in shards is added to by imagesearch.ray.build()")

    async def remove_images(self, *_arguments: Any, **_options: Any) -> Any:
        raise _error(Code.UNSUPPORTED, "images are removed from a collection in shards by imagesearch.ray.remove()")

    async def update(self, *_arguments: Any, **_options: Any) -> Any:
        raise _error(Code.UNSUPPORTED, "a collection in shards is changed by imagesearch.ray.build()")


class _NotOpen(Exception):
    """A replica has not opened the requested manifest."""


def _error(code: Code, message: str) -> ImageSearchError:
    return class_for(code)(code, message)


def _window(options: dict[str, Any]) -> tuple[int, int]:
    """Offset and limit of a page."""
    offset, limit = options.get("offset"), options.get("limit")
    offset, limit = 0 if offset is None else int(offset), _LIMIT if limit is None else int(limit)
    if offset < 0 or not 1 <= limit <= _MOST:
        raise _error(Code.INVALID_ARGUMENT, f"limit is {limit} and offset {offset}; allowed are 1 to {_MOST} matches from 0 on")
    return offset, limit


async def _once(ask: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Makes a request, and repeats it once when its replica is lost: another one may be available."""
    try:
        return await ask(*arguments)
    except Exception as error:
        # Ray wraps the errors of a replica.
        cause = getattr(error, "cause", None)
        if isinstance(cause, ImageSearchError):
            raise cause from None
        if isinstance(error, (ImageSearchError, TimeoutError)):
            raise
        return await ask(*arguments)


def _reason(error: Any, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no response in {seconds:.3g} s"
    return f"{type(error).__name__}" if not isinstance(error, ImageSearchError) else str(error)[:200]


def _missing(names: Sequence[str], why: str) -> str:
    shards = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"missing in the results: shard {shards} ({why})"
