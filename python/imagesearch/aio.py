"""The same clients for asyncio: every call is awaited, and cancelling the task cancels the call."""

from __future__ import annotations

import asyncio
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Dict, Iterable, Optional, Tuple, Type, TypeVar, Union

from . import _callbacks, _calls, _services
from ._arguments import copy_options, search_options
from ._calls import BatchCall, Call, Listener
from ._connection import Connection
from .models import AddReport, ImageItem, Match, OverlayStyle, Quota, QuotaUnit, Removal
from .options import BatchOptions, CallOptions, ClientOptions, FolderOptions, SearchOptions
from .page import SearchPage

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .models import ImageSource

__all__ = ["TMAPI", "AlibabaCloud", "AsyncClient", "Fallback", "LocalIndex", "TinEye"]

Self = TypeVar("Self", bound="AsyncClient")
Result = TypeVar("Result")
#: What a listener is told.
Progress = TypeVar("Progress")


class AsyncClient(Connection):
    """The calls of imagesearch.Client, awaited. A client may be used from several event loops and threads at once.

    Calls run in the library without a thread each, and a task that is cancelled ends its call within 100 ms.
    """

    async def search(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> SearchPage:
        """See Client.search()."""
        return await self._run(_calls.search(self._image(image), search_options(_here(options))))

    async def search_pages(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> AsyncIterator[SearchPage]:
        """See Client.search_pages()."""
        image = self._image(image)
        struct: Any = search_options(_here(options)) or search_options({"offset": 0})
        while True:
            page = await self._run(_calls.search(image, struct))
            yield page
            if not page.has_more or page.next_offset <= page.offset:
                return
            struct.offset = page.next_offset

    async def search_all(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> AsyncIterator[Match]:
        """See Client.search_all()."""
        async for page in self.search_pages(image, **options):
            for match in page:
                yield match

    async def remaining_searches(self, **options: "Unpack[CallOptions]") -> Quota:
        """See Client.remaining_searches()."""
        return await self._run(_calls.remaining_searches(_here(options)))

    async def ensure_quota(
        self, count: int, unit: QuotaUnit = QuotaUnit.SEARCHES, **options: "Unpack[CallOptions]"
    ) -> Quota:
        """See Client.ensure_quota()."""
        return await self._run(_calls.ensure_quota(count, unit, _here(options)))

    async def image_count(self, **options: "Unpack[CallOptions]") -> int:
        """See Client.image_count()."""
        return await self._run(_calls.image_count(_here(options)))

    async def add_images(self, items: Iterable[ImageItem], **options: "Unpack[CallOptions]") -> AddReport:
        """See Client.add_images()."""
        return await self._run(_calls.add_images(items, _here(options)))

    async def remove_images(
        self,
        removals: "Union[str, Removal, Iterable[Union[str, Removal, Tuple[str, Optional[str]]]]]",
        **options: "Unpack[CallOptions]",
    ) -> Optional[int]:
        """See Client.remove_images()."""
        return await self._run(_calls.remove_images(removals, _here(options)))

    async def overlay(
        self,
        query: "Optional[ImageSource]",
        match: Match,
        style: OverlayStyle = OverlayStyle.ALIGNED,
        **options: "Unpack[CallOptions]",
    ) -> bytes:
        """See Client.overlay()."""
        return await self._run(_calls.overlay(query, match, style, _here(options)))

    async def close(self) -> None:
        """See Client.close()."""
        self._close()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, _kind: Optional[Type[BaseException]], _error: Optional[BaseException], _trace: Optional[TracebackType]
    ) -> None:
        self._close()

    async def _run(self, call: Call[Result]) -> Result:
        return await _wait(call, self.address(), self)


async def _wait(call: Call[Result], first: Any, owner: object) -> Result:
    """Starts a call and waits for its completion, also when cancelled: only then the handle can be freed. `first` is the address of
    the client, or what is in its place."""
    loop = asyncio.get_running_loop()
    ended: "asyncio.Future[None]" = loop.create_future()
    if isinstance(call, BatchCall) and call.listener is not None:
        call.listener = _in_loop(loop, call.listener)
    token = _callbacks.add_completion(lambda: _wake(loop, ended))
    try:
        operation = call.start(first, owner, _callbacks.completion_callback, token)
    except BaseException:
        _callbacks.remove_completion(token)
        raise
    try:
        await asyncio.shield(ended)
        return call.take(operation)
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


def _here(options: Any) -> Any:
    """The options of a call, with a listener that is called in this event loop."""
    if options.get("on_transfer") is None:
        return options
    return {**options, "on_transfer": _in_loop(asyncio.get_running_loop(), options["on_transfer"])}


def _in_loop(loop: asyncio.AbstractEventLoop, listener: Callable[[Progress], object]) -> Callable[[Progress], object]:
    """On a thread of the library: has the event loop call the listener."""

    def tell(progress: Progress) -> None:
        try:
            loop.call_soon_threadsafe(listener, progress)
        except RuntimeError:
            pass  # the loop is closed, so nobody listens

    return tell


def _wake(loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[None]") -> None:
    """On a thread of the library: tells the event loop that the operation has ended."""
    try:
        loop.call_soon_threadsafe(ended.set_result, None)
    except RuntimeError:
        pass  # the loop is closed, so nobody waits


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
        keys = {"api_key": api_key, "public_key": public_key, "private_key": private_key}
        del api_key, public_key, private_key  # tracebacks that show variables find none
        super().__init__(lambda: _services.tineye(keys), options)  # type: ignore[arg-type]


class AlibabaCloud(AsyncClient):
    """See imagesearch.AlibabaCloud."""

    _instead_of_base_url = "give an endpoint"

    def __init__(
        self,
        *,
        access_key_id: Optional[str] = None,
        access_key_secret: Optional[str] = None,
        security_token: Optional[str] = None,
        instance: str,
        region: Optional[str] = None,
        endpoint: Optional[str] = None,
        open_platform_endpoint: Optional[str] = None,
        api_version: Union[str, int] = "2020-12-14",
        use_vpc: bool = False,
        prepare_images: bool = False,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        keys = {"access_key_id": access_key_id, "access_key_secret": access_key_secret, "security_token": security_token}
        del access_key_id, access_key_secret, security_token  # tracebacks that show variables find none
        where = {
            "instance": instance, "region": region, "endpoint": endpoint, "open_platform_endpoint": open_platform_endpoint,
        }  # fmt: skip
        super().__init__(
            lambda: _services.alibaba_cloud(keys, where, api_version, use_vpc, prepare_images),
            options,  # type: ignore[arg-type]
        )


class TMAPI(AsyncClient):
    """See imagesearch.TMAPI."""

    _address_prefixes = ("/search/", "//")

    def __init__(
        self,
        *,
        api_token: str,
        endpoint: str = "search/image",
        token_in_query: bool = False,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        keys: Dict[str, Optional[str]] = {"api_token": api_token}
        del api_token  # tracebacks that show variables find none
        super().__init__(lambda: _services.tmapi(keys, endpoint, token_in_query), options)  # type: ignore[arg-type]


class LocalIndex(AsyncClient):
    """See imagesearch.LocalIndex. Opening it reads files, which takes milliseconds."""

    def __init__(
        self,
        path: "Union[str, os.PathLike[str]]",
        *,
        create: bool = True,
        read_only: bool = False,
        threads: Optional[int] = None,
        lock_timeout: Optional[float] = None,
        thumbnail_side: Optional[int] = None,
        thumbnail_quality: Optional[int] = None,
        max_image_bytes: Optional[int] = None,
        max_pixels: Optional[int] = None,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        own = {
            "create": create, "read_only": read_only, "threads": threads, "lock_timeout": lock_timeout,
            "thumbnail_side": thumbnail_side, "thumbnail_quality": thumbnail_quality,
            "max_image_bytes": max_image_bytes, "max_pixels": max_pixels,
        }  # fmt: skip
        super().__init__(lambda: _services.local_index(path, own), options)  # type: ignore[arg-type]

    async def add_folder(
        self,
        folder: "Union[str, os.PathLike[str]]",
        *,
        progress: Optional[Listener] = None,
        **options: "Unpack[FolderOptions]",
    ) -> AddReport:
        """See imagesearch.LocalIndex.add_folder(); progress is called by the event loop."""
        return await self._run(_calls.add_folder(folder, progress, _here(options)))

    async def add_files(
        self,
        files: "Iterable[Union[ImageItem, str, os.PathLike[str]]]",
        *,
        progress: Optional[Listener] = None,
        **options: "Unpack[BatchOptions]",
    ) -> AddReport:
        """See imagesearch.LocalIndex.add_files()."""
        return await self._run(_calls.add_files(files, progress, _here(options)))

    async def rebuild(self, *, progress: Optional[Listener] = None, **options: "Unpack[CallOptions]") -> AddReport:
        """See imagesearch.LocalIndex.rebuild()."""
        return await self._run(_calls.rebuild(progress, _here(options)))

    @staticmethod
    async def rebuild_at(
        path: "Union[str, os.PathLike[str]]", *, progress: Optional[Listener] = None, **options: "Unpack[CallOptions]"
    ) -> AddReport:
        """See imagesearch.LocalIndex.rebuild_at()."""
        first, call = _calls.rebuild_at(path, progress, _here(options))
        return await _wait(call, first, None)

    async def copy_to(
        self,
        client: Connection,
        *,
        target: Optional[str] = None,
        send_thumbnails: bool = False,
        call_size: Optional[int] = None,
        progress: Optional[Listener] = None,
        **options: "Unpack[CallOptions]",
    ) -> AddReport:
        """See imagesearch.LocalIndex.copy_to()."""
        how = copy_options(target, send_thumbnails, call_size)
        return await self._run(_calls.copy(client, how, progress, _here(options)))


class Fallback(AsyncClient):
    """See imagesearch.Fallback; the clients may be blocking ones too."""

    def __init__(self, clients: Iterable[Connection]) -> None:
        self._clients = tuple(clients)
        super().__init__(lambda: _services.fallback([client.address() for client in self._clients]), {})

    def _close(self) -> None:
        super()._close()
        for client in self._clients:
            client._close()
