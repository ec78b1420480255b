"""Clients whose calls block. Other Python threads run meanwhile, and Ctrl-C ends a call in the main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack, cast

from . import _calls, _collection, _encoded
from ._call import Call
from ._callbacks import Stop
from ._keywords import method_of, spelled
from ._services import (
    AlibabaCloudService,
    Connection,
    FallbackService,
    LocalIndexService,
    TinEyeService,
    TMAPIService,
)
from .collection import GroupIterator, GroupOptions, Item
from .models import AddReport, ImageSource, Match, StrPath
from .options import CallOptions, RebuildOptions, SearchOptions
from .page import SearchPage

#: Images up to this size in bytes are copied, so that the call can run in the background; copying larger ones is too expensive.
_COPIED_BYTES = 4 << 20
#: Longest delay of Ctrl-C, in seconds.
_SIGNAL_INTERVAL = 0.1

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _blocking(
    call: Callable[Concatenate[Connection, Arguments], Call[Result]],
) -> Callable[Concatenate[Any, Arguments], Result]:
    """The method that makes a call of _calls.py and waits for its end."""

    def method(self: Any, *arguments: Any, **options: Any) -> Any:
        return self._run(prepare(self, *arguments, **options))

    prepare = spelled(call)
    return cast("Callable[Concatenate[Any, Arguments], Result]", method_of(call, method))


class Client(Connection):
    """The calls that all services share. Each raises ImageSearchError, or TypeError for an argument of a wrong type."""

    search = _blocking(_calls.search)
    search_many = _blocking(_calls.search_many)
    quota = _blocking(_calls.quota)
    remaining_searches = _blocking(_calls.remaining_searches)
    ensure_quota = _blocking(_calls.ensure_quota)
    image_count = _blocking(_calls.image_count)
    add_images = _blocking(_calls.add_images)
    remove_images = _blocking(_calls.remove_images)
    overlay = _blocking(_calls.overlay)

    @spelled
    def search_pages(self, image: ImageSource, **options: Unpack[SearchOptions]) -> Iterator[SearchPage]:
        """All pages of a search, each requested when it is needed; `limit` is the size of a page. Each page may be charged as a
        search."""
        call = _calls.pages(self, image, options)
        return iter(lambda: self._run(call), None)

    @spelled
    def search_all(self, image: ImageSource, **options: Unpack[SearchOptions]) -> Iterator[Match]:
        """All matches of a search, page by page; see search_pages()."""
        pages = self.search_pages(image, **options)
        return (match for page in pages for match in page)

    def close(self) -> None:
        """Ends calls that run in other threads, which raise CancelledError or ClosedError, and overwrites the keys that it keeps;
        the text of requests that passed through libcurl, TLS and Python itself is freed, not overwritten. Returns once the log has
        been delivered."""
        self._close(free=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def _stoppable(self, options: Any, byte_count: int) -> tuple[Stop | None, Any]:
        listener = options.get("on_transfer")
        if byte_count <= _COPIED_BYTES or not _in_main_thread() or (listener is not None and not callable(listener)):
            return None, options
        stop = Stop(listener)
        return stop, {**options, "on_transfer": stop}

    def _run(self, call: Call[Result]) -> Result:
        with self._handle.use(call.calls_back) as address, call.use_other():
            return _make(call, address)


def _make(call: Call[Result], client: Any) -> Result:
    if call.stop is not None:
        return _leavable(call, client, call.stop)
    return call.wait(client, _SIGNAL_INTERVAL) if _in_main_thread() else call.block(client)


def _leavable(call: Call[Result], client: Any, stop: Stop) -> Result:
    """Makes a call in a thread of its own: signals are handled only in the main thread, between two steps of Python."""
    import concurrent.futures

    made: concurrent.futures.Future[Result] = concurrent.futures.Future()

    def make() -> None:
        try:
            made.set_result(call.block(client))
        except BaseException as error:
            made.set_exception(error)

    threading.Thread(target=make, name="imagesearch-call", daemon=True).start()
    try:
        return made.result()
    finally:
        stop.asked = True
        concurrent.futures.wait([made])


def _in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


class TinEye(Client, TinEyeService):
    """TinEye's index of the web."""


class AlibabaCloud(Client, AlibabaCloudService):
    """Alibaba Cloud Image Search: the images of your own instance in the cloud."""


class TMAPI(Client, TMAPIService):
    """The 1688 catalogue through TMAPI: offers of products that look like an image, without a score.

    An image is an http(s) URL, or a path "/search/…" from a conversion. A URL that is not Ali-hosted is converted first, once
    for all its pages, which is a paid call.
    """


class LocalIndex(Client, LocalIndexService):
    """An index of your own images in a directory."""

    items = _blocking(_collection.items)
    item = _blocking(_collection.item)
    same_bytes = _blocking(_collection.same_bytes)
    contains = _blocking(_collection.contains)
    count = _blocking(_collection.count)
    thumbnail = _blocking(_collection.thumbnail)
    search_stored = _blocking(_collection.search_stored)
    encode_query = _blocking(_encoded.encode_query)
    search_encoded = _blocking(_encoded.search_encoded)
    search_partial = _blocking(_encoded.search_partial)
    update = _blocking(_collection.update)
    prune = _blocking(_collection.prune)
    compare = _blocking(_collection.compare)
    compare_overlay = _blocking(_collection.compare_overlay)
    categories = _blocking(_collection.categories)

    @spelled
    def all_items(self, after: int = 0, **options: Unpack[CallOptions]) -> Iterator[Item]:
        """All items in the order of adding, read when they are needed; see items()."""
        call = _collection.item_pages(self, after, 1000, options)
        return (item for page in iter(lambda: self._run(call), []) for item in page)

    @spelled
    def groups(self, **options: Unpack[GroupOptions]) -> GroupIterator:
        """All groups of images that are copies of each other, from what is stored of them: no file is read. The search begins
        with the first group that is requested; the time limits apply to the whole search."""
        call = _collection.groups(self, options)
        return GroupIterator(lambda: self._run(call))

    add_file = _blocking(_calls.add_file)
    add_folder = _blocking(_calls.add_folder)
    add_files = _blocking(_calls.add_files)
    rebuild = _blocking(_calls.rebuild)
    copy_to = _blocking(_calls.copy_to)

    @staticmethod
    @spelled
    def rebuild_at(path: StrPath, **options: Unpack[RebuildOptions]) -> AddReport:
        """Rebuilds the index in a directory, for one that cannot be opened because another version of the library made it
        (IndexVersionError). See rebuild()."""
        return _make(_calls.rebuild_at(path, options), None)


class Fallback(Client, FallbackService):
    """Makes each search with the first of several clients that has quota left.

    Only being out of quota leads to the next client, and only when nothing can have been charged; any other error is raised. A
    client that was out of quota is tried last for ten minutes, or for as long as its service said. All pages of one image come
    from one service, SearchPage.service.
    """
