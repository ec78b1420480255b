"""The calls of the clients, each written once: a function here turns its arguments into a Call, and the clients make the call,
blocking or awaited. The clients show the signatures and docstrings of these functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from ctypes import byref, c_int64
from typing import Any, Unpack

from . import _arguments, _read, _values, page
from ._arguments import PreparedImages, PreparedItems, Removals, call_options, reference
from ._call import BatchCall, Call, Kind
from ._handles import PagesHandle, receive
from ._library import function
from ._services import Connection
from .models import AddReport, ImageItem, ImageSource, Match, OverlayStyle, Quota, QuotaUnit, StrPath
from .options import BatchOptions, CallOptions, CopyOptions, FolderOptions, ManyOptions, RebuildOptions, SearchOptions

_SEARCH = Kind("search", "page")
_SEARCH_MANY = Kind("search_many", "results")
_PAGES_OPEN = function("pages_open")
_PAGES_NEXT = Kind("pages_next", "page")
_QUOTA = Kind("get_quota", "quota")
_REMAINING_SEARCHES = Kind("remaining_searches", "quota")
_ENSURE_QUOTA = Kind("ensure_quota", "quota")
_IMAGE_COUNT = Kind("image_count", "count", c_int64)
_ADD_IMAGES = Kind("add_images", "report")
_REMOVE_IMAGES = Kind("remove_images", "count", c_int64)
_OVERLAY = Kind("overlay", "bytes")
_ADD_FOLDER = Kind("local_index_add_folder", "report")
_ADD_ITEMS = Kind("local_index_add_items", "report")
_ADD_FILE = Kind("local_index_add_file", "report")
_REBUILD = Kind("local_index_rebuild", "report")
_REBUILD_AT = Kind("local_index_rebuild_at", "report")
_COPY = Kind("local_index_copy", "report")


def search(client: Connection, image: ImageSource, **options: Unpack[SearchOptions]) -> Call[page.SearchPage]:
    """Finds images like the given one, best first.

    Args:
        image: a path, an http(s) URL as text, the bytes of a file, a binary file, an image of Pillow or an array of numpy. A
            file is read from its position, which does not change.
    """
    prepared = client._image(image)
    stop, given = client._stoppable(options, prepared.byte_count)
    arguments = (byref(prepared.struct), reference(_arguments.search_options(given)))
    return Call(_SEARCH, client._page, arguments, prepared, stop)


def search_many(
    client: Connection, images: Iterable[ImageSource], **options: Unpack[ManyOptions]
) -> BatchCall[page.SearchResults]:
    """Searches for each of several images, a few concurrently, with the same options.

    Results that were paid for are never lost: a list that is ended or exceeds its timeout returns what it has, and the rest has
        that error. An error that every further search would meet, such as a wrong key or a quota that is used up, ends the
        list: the rest has the same error and is not sent. `total_timeout` applies to the whole list.

    Args:
        images: each as in search().

    Returns:
        A page or an error for each image, in the order of the list.
    """
    prepared = PreparedImages(client._image, images)
    stop, given = client._stoppable(options, prepared.byte_count)
    many = _arguments.many_options(options)
    search = reference(_arguments.search_options({name: given[name] for name in given if name not in _MANY_ONLY}))

    def read(address: int) -> page.SearchResults:
        return page.results(client._results(address), prepared.refused)

    arguments = (prepared.array, prepared.count, search, byref(many))
    return BatchCall(_SEARCH_MANY, read, arguments, options, prepared, stop)


_MANY_ONLY = ("concurrent", "max_paid_calls", "progress")


def pages(client: Connection, image: ImageSource, options: Any) -> Call[page.SearchPage | None]:
    """The call for the next page of a search, None after the last; its `first` takes the place of the client."""
    prepared, struct = client._image(image), _arguments.search_options(options)
    with client._handle.use() as address:
        opened = PagesHandle(receive(_PAGES_OPEN, address, byref(prepared.struct), reference(struct)))
    read: Callable[[int], page.SearchPage | None] = lambda address: client._page(address) if address else None  # noqa: E731
    call: Call[page.SearchPage | None] = Call(_PAGES_NEXT, read, (None,), (opened, struct))
    call.first = opened.address
    return call


def quota(client: Connection, **options: Unpack[CallOptions]) -> Call[Quota]:
    """What is left of what the service counts: searches, or images that may still be added."""
    return Call(_QUOTA, _read.quota, (reference(call_options(options)),))


def remaining_searches(client: Connection, **options: Unpack[CallOptions]) -> Call[Quota]:
    """How many searches are left; UnsupportedError if the service counts something else."""
    return Call(_REMAINING_SEARCHES, _read.quota, (reference(call_options(options)),))


def ensure_quota(
    client: Connection, count: int, unit: QuotaUnit | str = QuotaUnit.SEARCHES, **options: Unpack[CallOptions]
) -> Call[Quota]:
    """Checks before a batch that enough is left.

    Args:
        count: how many searches (each page is one) or images the batch needs.
        unit: what is counted, or its name: "searches" or "images".

    Returns:
        What is left.

    Raises:
        QuotaExhaustedError: too few searches are left; both numbers are in the message, and nothing was sent.
        CapacityReachedError: the same for images.
        UnsupportedError: the service does not say, or counts something else.
    """
    if count is None:
        raise _values.wrong_type("count", "int", count)
    number = _values.integer("count", count, 0, _values.INT64)
    return Call(
        _ENSURE_QUOTA, _read.quota, (number, _values.numbered("unit", QuotaUnit, unit), reference(call_options(options)))
    )


def image_count(client: Connection, **options: Unpack[CallOptions]) -> Call[int]:
    """How many images the service has indexed."""
    return Call(_IMAGE_COUNT, _read.count, (reference(call_options(options)),))


def add_images(client: Connection, items: Iterable[ImageItem], **options: Unpack[CallOptions]) -> Call[AddReport]:
    """Adds images. One bad image does not stop the rest: the report has an entry for each, in the order given.

    An exception means that no image could be tried.
    """
    prepared = PreparedItems(client._image, items)
    stop, given = client._stoppable(options, prepared.byte_count)
    arguments = (prepared.array, prepared.count, reference(call_options(given)))
    return Call(_ADD_IMAGES, _read.report, arguments, prepared, stop)


def remove_images(client: Connection, removals: Removals, **options: Unpack[CallOptions]) -> Call[int | None]:
    """Removes images; removing one that does not exist succeeds.

    Args:
        removals: an item's id, which removes all its images, a Removal, or several of these and of (item id, image name).

    Returns:
        How many images were removed; None when the provider does not say.
    """
    array = _arguments.removals(removals)
    return Call(_REMOVE_IMAGES, _read.removed, (array, len(array), reference(call_options(options))))


def overlay(
    client: Connection,
    query: ImageSource | None,
    match: Match,
    style: OverlayStyle | str = OverlayStyle.ALIGNED,
    **options: Unpack[CallOptions],
) -> Call[bytes]:
    """An image of query and match, aligned, as an encoded file.

    Args:
        query: the query image; None for TinEye, which has it.
        match: a match that this client found, not an unpickled one.
        style: the layout, or its name, for instance "blend"; TinEye has ALIGNED only.
    """
    image = None if query is None else client._image(query)
    origin = _arguments.origin(match)
    first, byte_count = (None, 0) if image is None else (byref(image.struct), image.byte_count)
    stop, given = client._stoppable(options, byte_count)
    arguments = (first, origin.address, _values.numbered("style", OverlayStyle, style), reference(call_options(given)))
    return Call(_OVERLAY, _read.content, arguments, (image, origin), stop)


def add_folder(client: Connection, folder: StrPath, **options: Unpack[FolderOptions]) -> BatchCall[AddReport]:
    """Adds the images of a folder, on several cores, with a transaction every few images.

    An image that is stored with the same bytes is skipped, and a file whose size and modification time are unchanged is not
        even read: a batch that was interrupted continues where it stopped when it is run again. A bad file does not stop the
        rest: the report has an entry for each image, in the order of the paths.

    Args:
        folder: its path.
    """
    batch = _arguments.batch_options(options)
    arguments = (_values.path("the folder", folder), byref(batch), reference(call_options(options)))
    return BatchCall(_ADD_FOLDER, _read.report, arguments, options)


def add_files(
    client: Connection, files: Iterable[ImageItem | StrPath], **options: Unpack[BatchOptions]
) -> BatchCall[AddReport]:
    """Adds many images as add_folder() does; in contrast, add_images() is one transaction, without progress.

    Args:
        files: paths, each an item with the path as given as its id, or an ImageItem. In such an id, each byte that is not valid
            UTF-8 becomes \\xNN.
    """
    if isinstance(files, (str, bytes, os.PathLike, ImageItem)):
        raise TypeError("files is a sequence of paths; put a single one in a list")
    given_files = _values.sequence("files", "a sequence of paths", files)
    batch = _arguments.batch_options(options)
    category, content = options.get("category"), options.get("custom_content")
    items = [file if isinstance(file, ImageItem) else _item(file, category, content) for file in given_files]
    prepared = PreparedItems(client._image, items)
    stop, given = client._stoppable(options, prepared.byte_count)
    arguments = (prepared.array, prepared.count, byref(batch), reference(call_options(given)))
    return BatchCall(_ADD_ITEMS, _read.report, arguments, options, prepared, stop)


def _item(file: Any, category: str | None, content: str | None) -> ImageItem:
    path = _values.path("a file", file)
    image = file
    if not isinstance(file, str):
        # A str could be taken for a URL.
        from pathlib import Path

        image = Path(os.fsdecode(path))
    return ImageItem(_values.path_text(path), [image], category=category, custom_content=content)


def add_file(
    client: Connection,
    path: StrPath,
    item_id: str | None = None,
    *,
    category: str | None = None,
    custom_content: str | None = None,
    **options: Unpack[CallOptions],
) -> Call[AddReport]:
    """Adds one file as an item with one image, which has the name of the file.

    Args:
        path: its path.
        item_id: the item. Default: the path as given.
        category: the category of the item.
        custom_content: text that is returned with every match.
    """
    batch = _arguments.batch_options({"category": category, "custom_content": custom_content})
    arguments = (
        _values.path("the path", path),
        _values.text("item_id", item_id),
        byref(batch),
        reference(call_options(options)),
    )
    return Call(_ADD_FILE, _read.report, arguments)


def rebuild(client: Connection, **options: Unpack[RebuildOptions]) -> BatchCall[AddReport]:
    """Rebuilds everything that is derived from the images: damaged features, and all segments. Searches continue meanwhile.

    In the report, an image is UNCHANGED if its features were good, REPLACED if they were computed again from its file or its
        thumbnail, FAILED if neither is left: such an image is not found until it is added again.
    """
    return BatchCall(_REBUILD, _read.report, (reference(call_options(options)),), options)


def rebuild_at(path: StrPath, options: Any) -> BatchCall[AddReport]:
    """See LocalIndex.rebuild_at()."""
    call = BatchCall(_REBUILD_AT, _read.report, (reference(call_options(options)),), options)
    call.first = _values.utf8_path("the path", path)
    return call


def copy_to(client: Connection, target_client: Connection, **options: Unpack[CopyOptions]) -> BatchCall[AddReport]:
    """Copies all images into another service under the same item ids, names, categories and texts.

    The images are read from the files that they were added from. What was copied is recorded, so that another call copies only
    what is new. The report has an entry for each image that had not been copied before. Another LocalIndex receives the stored
    features and thumbnails as they are, and needs no files.

    Args:
        target_client: a client to which images can be added, for instance an AlibabaCloud or another LocalIndex.
    """
    if not isinstance(target_client, Connection):
        raise _values.wrong_type("target_client", "a client", target_client)
    how = _arguments.copy_options(options)
    with target_client._handle.use() as target:
        arguments = (target, byref(how), reference(call_options(options)))
        call = BatchCall(_COPY, _read.report, arguments, options, target_client)
    call.other = target_client._handle
    return call
