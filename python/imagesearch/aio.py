"""The same clients for asyncio: every call is awaited, and cancelling the task cancels the call."""

from __future__ import annotations

import asyncio
import os
from ctypes import byref
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Iterable, Optional, Tuple, Type, TypeVar, Union

from . import _callbacks, _calls, _results, _services
from ._arguments import PreparedItems, call_options, reference, search_options
from ._bound import function
from ._connection import Connection
from ._handles import OperationHandle, receive
from ._pictures import PreparedPicture
from .models import AddReport, ImageItem, Match, OverlayStyle, Quota, Removal
from .options import CallOptions, ClientOptions, SearchOptions
from .page import SearchPage

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .models import ImageSource

__all__ = ["AsyncClient", "LocalIndex", "TinEye"]

_search_start = function("search_start")
_take_page = function("operation_take_page")
_add_images_start = function("add_images_start")
_take_report = function("operation_take_report")

Self = TypeVar("Self", bound="AsyncClient")
Result = TypeVar("Result")


class AsyncClient(Connection):
    """The calls of imagesearch.Client, awaited. A client may be used from several event loops and threads at once.

    search() and add_images() run in the library, without a thread each. The others run in a thread of the event loop's
    default executor; when their task is cancelled they go on there until they end or reach their deadline.
    """

    async def search(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> SearchPage:
        """See Client.search()."""
        return await self._search(PreparedPicture(image), search_options(options))

    async def search_pages(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> AsyncIterator[SearchPage]:
        """See Client.search_pages()."""
        picture = PreparedPicture(image)
        struct: Any = search_options(options) or search_options({"offset": 0})
        while True:
            page = await self._search(picture, struct)
            yield page
            if not page.has_more or not len(page):
                return
            struct.offset = page.offset + len(page)

    async def search_all(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> AsyncIterator[Match]:
        """See Client.search_all()."""
        async for page in self.search_pages(image, **options):
            for match in page:
                yield match

    async def remaining_searches(self, **options: "Unpack[CallOptions]") -> Quota:
        """See Client.remaining_searches()."""
        return await _in_thread(_calls.remaining_searches, self, options)

    async def image_count(self, **options: "Unpack[CallOptions]") -> int:
        """See Client.image_count()."""
        return await _in_thread(_calls.image_count, self, options)

    async def add_images(self, items: Iterable[ImageItem], **options: "Unpack[CallOptions]") -> AddReport:
        """See Client.add_images()."""
        prepared = PreparedItems(items)
        limits = call_options(options)
        arguments = (self.address(), prepared.array, prepared.count, reference(limits))
        return _results.report(await self._run(_add_images_start, arguments, _take_report, (prepared, limits)))

    async def remove_images(
        self,
        removals: "Union[str, Removal, Iterable[Union[str, Removal, Tuple[str, Optional[str]]]]]",
        **options: "Unpack[CallOptions]",
    ) -> Optional[int]:
        """See Client.remove_images()."""
        return await _in_thread(_calls.remove_images, self, removals, options)

    async def overlay(
        self,
        query: "Optional[ImageSource]",
        match: Match,
        style: OverlayStyle = OverlayStyle.ALIGNED,
        **options: "Unpack[CallOptions]",
    ) -> bytes:
        """See Client.overlay()."""
        return await _in_thread(_calls.overlay, self, query, match, style, options)

    async def close(self) -> None:
        """See Client.close()."""
        self._close()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, _kind: Optional[Type[BaseException]], _error: Optional[BaseException], _trace: Optional[TracebackType]
    ) -> None:
        self._close()

    async def _search(self, picture: PreparedPicture, struct: Any) -> SearchPage:
        arguments = (self.address(), byref(picture.struct), reference(struct))
        return _results.page(await self._run(_search_start, arguments, _take_page, (picture, struct)))

    async def _run(self, start: Any, arguments: Tuple[Any, ...], take: Any, kept: Tuple[Any, ...]) -> int:
        """Starts a call and waits for its completion, also when cancelled: only then the handle can be freed."""
        loop = asyncio.get_running_loop()
        ended: "asyncio.Future[None]" = loop.create_future()
        token = _callbacks.add_completion(lambda: _wake(loop, ended))
        try:
            address = receive(start, *arguments, _callbacks.completion_callback, token)
        except BaseException:
            _callbacks.remove_completion(token)
            raise
        operation = OperationHandle(address, (self, *kept))
        try:
            await asyncio.shield(ended)
            return receive(take, operation.address)
        except asyncio.CancelledError:
            operation.cancel()
            while not ended.done():
                try:
                    await asyncio.shield(ended)
                except asyncio.CancelledError:
                    pass  # cancelled once more: the end is still to come, within 100 ms
            raise
        finally:
            operation.free()


def _wake(loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[None]") -> None:
    """On a thread of the library: tells the event loop that the operation has ended."""
    try:
        loop.call_soon_threadsafe(ended.set_result, None)
    except RuntimeError:
        pass  # the loop is closed, so nobody waits


async def _in_thread(call: Callable[..., Result], *arguments: Any) -> Result:
    return await asyncio.get_running_loop().run_in_executor(None, call, *arguments)


class TinEye(AsyncClient):
    """See imagesearch.TinEye."""

    def __init__(
        self,
        *,
        api_key: Optional[str] = None,
        public_key: Optional[str] = None,
        private_key: Optional[str] = None,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        opener = _services.tineye(api_key, public_key, private_key)
        del api_key, public_key, private_key  # tracebacks that show variables find none
        super().__init__(opener, options)  # type: ignore[arg-type]


class LocalIndex(AsyncClient):
    """See imagesearch.LocalIndex. Opening it reads files, which takes milliseconds."""

    def __init__(self, path: "Union[str, os.PathLike[str]]", **options: "Unpack[ClientOptions]") -> None:
        super().__init__(_services.local_index(path), options)  # type: ignore[arg-type]
