"""The clients for asyncio, with "Async" in front of their names: every call is awaited, and cancelling the task cancels the call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack, cast

from . import _calls, _collection, _encoded, _progress
from ._call import BatchCall, Call
from ._handles import ClientHandle
from ._keywords import method_of, spelled
from ._loops import end_of
from ._services import (
    AlibabaCloudService,
    Connection,
    FallbackService,
    LocalIndexService,
    TinEyeService,
    TMAPIService,
)
from .collection import AsyncGroupIterator, GroupOptions, Item
from .models import AddReport, ImageSource, Match, StrPath
from .options import CallOptions, RebuildOptions, SearchOptions
from .page import SearchPage

__all__ = ["AsyncAlibabaCloud", "AsyncClient", "AsyncFallback", "AsyncLocalIndex", "AsyncTMAPI", "AsyncTinEye"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
#: The argument of a listener.
Step = TypeVar("Step")


def _awaited(
    call: Callable[Concatenate[Connection, Arguments], Call[Result]],
) -> Callable[Concatenate[Any, Arguments], Coroutine[Any, Any, Result]]:
    """The coroutine that makes a call of _calls.py and waits for its end."""

    async def method(self: Any, *arguments: Any, **options: Any) -> Any:
        return await self._run(prepare(self, *arguments, **_here(options)))

    prepare = spelled(call)
    return cast("Callable[Concatenate[Any, Arguments], Coroutine[Any, Any, Result]]", method_of(call, method))


class AsyncClient(Connection):
    """The calls of imagesearch.Client, awaited. A client may be used from several event loops and threads at once.

    Calls run in the library without a thread each, and a task that is cancelled ends its call within 100 ms.
    """

    search = _awaited(_calls.search)
    search_many = _awaited(_calls.search_many)
    quota = _awaited(_calls.quota)
    remaining_searches = _awaited(_calls.remaining_searches)
    ensure_quota = _awaited(_calls.ensure_quota)
    image_count = _awaited(_calls.image_count)
    add_images = _awaited(_calls.add_images)
    remove_images = _awaited(_calls.remove_images)
    overlay = _awaited(_calls.overlay)

    @spelled
    def search_pages(self, image: ImageSource, **options: Unpack[SearchOptions]) -> AsyncIterator[SearchPage]:
        """See Client.search_pages()."""

        async def pages() -> AsyncIterator[SearchPage]:
            call = _calls.pages(self, image, _here(options))
            while (page := await self._run(call)) is not None:
                yield page

        return pages()

    @spelled
    def search_all(self, image: ImageSource, **options: Unpack[SearchOptions]) -> AsyncIterator[Match]:
        """See Client.search_all()."""
        pages = self.search_pages(image, **options)

        async def matches() -> AsyncIterator[Match]:
            async for page in pages:
                for match in page:
                    yield match

        return matches()

    async def close(self) -> None:
        """See Client.close()."""
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._close()

    async def _run(self, call: Call[Result]) -> Result:
        return await _wait(call, self._handle)


async def _wait(call: Call[Result], handle: ClientHandle | None) -> Result:
    """Starts a call and waits for its end, even when cancelled, so that nothing of it is left behind."""
    if isinstance(call, BatchCall) and call.listener is not None:
        call.listener = _in_loop(asyncio.get_running_loop(), call.listener)
    with handle.use() if handle else contextlib.nullcontext() as address, call.use_other():
        operation = call.start(address, handle)
    try:
        ended = end_of(operation)
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            operation.cancel()
            while not ended.done():
                try:
                    await asyncio.shield(ended)
                except asyncio.CancelledError:
                    pass  # cancelled again: the call ends within 100 ms
            raise
        return call.take(operation)
    finally:
        operation.free()


def _here(options: Any) -> Any:
    """The options of a call, with a listener that is called in this event loop."""
    listener = options.get("on_transfer")
    if not callable(listener):
        return options
    return {**options, "on_transfer": _in_loop(asyncio.get_running_loop(), listener)}


def _told_here(options: Any) -> Any:
    """The options of a call, with listeners that are called in this event loop."""
    listener = _progress.listener(options.get("progress"))
    if listener is None:
        return _here(options)
    return {**_here(options), "progress": _in_loop(asyncio.get_running_loop(), listener)}


def _in_loop(loop: asyncio.AbstractEventLoop, listener: Callable[[Step], object]) -> Callable[[Step], object]:
    """Called on a thread of the library: has the event loop call the listener, whose result takes effect with the next step."""
    stopped = False

    def hear(step: Step) -> None:
        nonlocal stopped
        if listener(step) is False:
            stopped = True

    def tell(step: Step) -> bool:
        try:
            loop.call_soon_threadsafe(hear, step)
        except RuntimeError:
            pass  # the loop is closed
        return not stopped

    return tell


class AsyncTinEye(AsyncClient, TinEyeService):
    """See TinEye."""


class AsyncAlibabaCloud(AsyncClient, AlibabaCloudService):
    """See AlibabaCloud."""


class AsyncTMAPI(AsyncClient, TMAPIService):
    """See TMAPI."""


class AsyncLocalIndex(AsyncClient, LocalIndexService):
    """See LocalIndex. Opening it reads files, which takes milliseconds."""

    items = _awaited(_collection.items)
    item = _awaited(_collection.item)
    same_bytes = _awaited(_collection.same_bytes)
    contains = _awaited(_collection.contains)
    count = _awaited(_collection.count)
    thumbnail = _awaited(_collection.thumbnail)
    search_stored = _awaited(_collection.search_stored)
    encode_query = _awaited(_encoded.encode_query)
    search_encoded = _awaited(_encoded.search_encoded)
    search_partial = _awaited(_encoded.search_partial)
    update = _awaited(_collection.update)
    prune = _awaited(_collection.prune)
    compare = _awaited(_collection.compare)
    compare_overlay = _awaited(_collection.compare_overlay)
    categories = _awaited(_collection.categories)

    @spelled
    def all_items(self, after: int = 0, **options: Unpack[CallOptions]) -> AsyncIterator[Item]:
        """See LocalIndex.all_items()."""

        async def items() -> AsyncIterator[Item]:
            call = _collection.item_pages(self, after, 1000, _here(options))
            while page := await self._run(call):
                for item in page:
                    yield item

        return items()

    @spelled
    def groups(self, **options: Unpack[GroupOptions]) -> AsyncGroupIterator:
        """See LocalIndex.groups()."""
        call = _collection.groups(self, _told_here(options))
        return AsyncGroupIterator(lambda: self._run(call))

    add_file = _awaited(_calls.add_file)
    add_folder = _awaited(_calls.add_folder)
    add_files = _awaited(_calls.add_files)
    rebuild = _awaited(_calls.rebuild)
    copy_to = _awaited(_calls.copy_to)

    @staticmethod
    async def _rebuild_at(path: StrPath, options: Any) -> AddReport:
        return await _wait(_calls.rebuild_at(path, _here(options)), None)

    @staticmethod
    @spelled
    def rebuild_at(path: StrPath, **options: Unpack[RebuildOptions]) -> Coroutine[Any, Any, AddReport]:
        """See LocalIndex.rebuild_at()."""
        return AsyncLocalIndex._rebuild_at(path, options)


class AsyncFallback(AsyncClient, FallbackService):
    """See Fallback; the clients may also be blocking ones."""
