"""The calls of a local index about its stored images, as _calls.py has those of all services."""

from __future__ import annotations

import weakref
from ctypes import byref, c_int64, c_size_t, pointer
from datetime import UTC, datetime
from typing import Any, Unpack

from . import _abi, _arguments, _callbacks, _progress, _read, _values, page
from ._arguments import call_options, reference
from ._call import Call, Kind
from ._callbacks import Stop
from ._handles import GroupsHandle, ItemsHandle, receive
from ._images import PreparedImage
from ._library import function, text
from ._services import Connection
from .collection import (
    Comparison,
    Explanation,
    Group,
    Item,
    Keep,
    Member,
    PruneReport,
    Stored,
    StoredImage,
    UpdateOptions,
    path_of,
)
from .errors import invalid_argument
from .models import AffineMap, Agreement, ImageSource, OverlayStyle, StrPath
from .options import CallOptions, SearchOptions

_ITEM = Kind("local_index_item", "images")
_SAME_BYTES = Kind("local_index_same_bytes", "images")
_CONTAINS = Kind("local_index_contains", "count", c_int64)
_COUNT = Kind("local_index_count", "count", c_int64)
_THUMBNAIL = Kind("local_index_thumbnail", "bytes")
_SEARCH_STORED = Kind("local_index_search_stored", "page")
_UPDATE = Kind("local_index_update", "count", c_int64)
_PRUNE = Kind("local_index_prune", "images")
_COMPARE = Kind("local_index_compare", "comparison")
_COMPARE_OVERLAY = Kind("local_index_compare_overlay", "bytes")
_CATEGORIES = Kind("local_index_categories", "categories")
_ITEMS_NEXT = Kind("items_next", "images")
_GROUPS_NEXT = Kind("groups_next", "group")
_items_open = function("local_index_items_open")
_groups_open = function("local_index_groups_open")
_images_count = function("images_count")
_images_checked_count = function("images_checked_count")
_images_read = function("images_read")
_images_free = function("images_free")
_member_count = function("group_member_count")
_related_count = function("group_related_count")
_group_read = function("group_read")
_group_free = function("group_free")
_categories_list = function("categories_list")
_categories_free = function("categories_free")
_comparison_read = function("comparison_read")
_comparison_free = function("comparison_free")


def _images_of(fields: Any) -> StoredImage:
    return StoredImage(
        text(fields.item_id) or "",
        text(fields.image_name) or "",
        text(fields.category),
        text(fields.custom_content),
        _read.known(fields.width),
        _read.known(fields.height),
        _read.known(fields.file_size),
        text(fields.format),
        text(fields.sha256),
        _read.taken(text(fields.exif_date)),
        path_of(fields.source_path),
        datetime.fromtimestamp(fields.added_at, UTC) if fields.added_at == fields.added_at else None,
        text(fields.warning),
    )


def _each_image(address: int) -> list[tuple[StoredImage, int, str | None]]:
    """The images of a list, each with the position of its item and a reason; the list is freed."""
    try:
        fields = _abi.new(_abi.StoredImage)
        found = []
        for index in range(_images_count(address)):
            _images_read(address, index, byref(fields))
            found.append((_images_of(fields), fields.position, text(fields.reason)))
        return found
    finally:
        _images_free(address)


def _items(address: int) -> list[Item]:
    """The items of a list of images, which is grouped by item; none for NULL."""
    items: list[Item] = []
    for image, position, _reason in _each_image(address) if address else ():
        if items and items[-1].item_id == image.item_id and items[-1].position == position:
            items[-1] = Item(image.item_id, (*items[-1].images, image), position)
        else:
            items.append(Item(image.item_id, (image,), position))
    return items


def _images(address: int) -> list[StoredImage]:
    return [image for image, _position, _reason in _each_image(address)]


def item_pages(client: Connection, after: int, limit: int, options: Any) -> Call[list[Item]]:
    """The call for the next items, none after the last."""
    start = _values.integer("after", after, 0, _values.INT64)
    number = _values.integer("limit", limit, 1, _values.INT64)
    with client._handle.use() as address:
        opened = ItemsHandle(receive(_items_open, address, start, number))
    call: Call[list[Item]] = Call(_ITEMS_NEXT, _items, (reference(call_options(options)),), opened)
    call.first = opened.address
    return call


def items(client: Connection, after: int = 0, limit: int = 100, **options: Unpack[CallOptions]) -> Call[list[Item]]:
    """Items in the order of adding. Adding, removing or replacing items meanwhile neither repeats nor hides others.

    Args:
        after: the position of the last item of the previous page; 0 to begin.
        limit: maximum number of items.
    """
    return item_pages(client, after, limit, options)


def item(client: Connection, item_id: str, **options: Unpack[CallOptions]) -> Call[Item | None]:
    """An item with its images; None if there is no such item.

    Args:
        item_id: its identifier.
    """
    arguments = (_required("item_id", item_id), reference(call_options(options)))
    return Call(_ITEM, lambda address: next(iter(_items(address)), None), arguments)


def same_bytes(client: Connection, image: ImageSource, **options: Unpack[CallOptions]) -> Call[list[StoredImage]]:
    """The stored images that have exactly these bytes; the image is not decoded.

    Args:
        image: see search().
    """
    prepared = client._image(image)
    stop, given = client._stoppable(options, prepared.byte_count)
    arguments = (byref(prepared.struct), reference(call_options(given)))
    return Call(_SAME_BYTES, _images, arguments, prepared, stop)


def contains(client: Connection, item_id: str, image_name: str | None = None, **options: Unpack[CallOptions]) -> Call[bool]:
    """Whether an item, or one of its images, is in the index.

    Args:
        item_id: the item.
        image_name: the image; None to ask for the item.
    """
    arguments = (_required("item_id", item_id), _values.text("image_name", image_name), reference(call_options(options)))
    return Call(_CONTAINS, bool, arguments)


def count(client: Connection, category: str | None = None, **options: Unpack[CallOptions]) -> Call[int]:
    """How many images there are.

    Args:
        category: count this category only; None for all images.
    """
    arguments = (_values.text("category", category), reference(call_options(options)))
    return Call(_COUNT, int, arguments)


def categories(client: Connection, **options: Unpack[CallOptions]) -> Call[dict[str, int]]:
    """The categories of the images, in the order of their names, each with the number of its images."""
    return Call(_CATEGORIES, _category_counts, (reference(call_options(options)),))


def _category_counts(address: int) -> dict[str, int]:
    try:
        number = c_size_t()
        first = _categories_list(address, byref(number))
        found = (_abi.Category * number.value).from_address(first) if first else ()
        return {one.name.decode(): one.image_count for one in found}
    finally:
        _categories_free(address)


def thumbnail(client: Connection, item_id: str, image_name: str, **options: Unpack[CallOptions]) -> Call[bytes]:
    """The stored thumbnail of an image, as an encoded file; NotFoundError if the image does not exist or has none.

    Args:
        item_id: the item.
        image_name: the image.
    """
    arguments = (_required("item_id", item_id), _required("image_name", image_name), reference(call_options(options)))
    return Call(_THUMBNAIL, _read.content, arguments)


def search_stored(client: Connection, item_id: str, image_name: str, **options: Unpack[SearchOptions]) -> Call[page.SearchPage]:
    """Finds the other images that are copies of a stored one, as a search with it would. The image is read from its file, if
    that still has the same bytes, otherwise from its thumbnail; NotFoundError if neither is there.

    Args:
        item_id: the item.
        image_name: the image.
    """
    struct = _arguments.search_options(options)
    arguments = (_required("item_id", item_id), _required("image_name", image_name), reference(struct))
    return Call(_SEARCH_STORED, client._page, arguments)


def update(client: Connection, item_id: str, image_name: str | None = None, **options: Unpack[UpdateOptions]) -> Call[int]:
    """Changes the category or the text of an item, or of one of its images; nothing is decoded.

    Args:
        item_id: the item.
        image_name: one of its images; None for all.

    Returns:
        How many images now have these values.

    Raises:
        NotFoundError: there is no such image.
    """
    struct = _abi.new(_abi.UpdateOptions)
    for name in ("category", "custom_content"):
        value = options.get(name, Keep())
        if value is None:
            setattr(struct, "remove_" + name, 1)
        elif not isinstance(value, Keep):
            setattr(struct, name, _values.text(name, value))
    arguments = (
        _required("item_id", item_id),
        _values.text("image_name", image_name),
        byref(struct),
        reference(call_options(options)),
    )
    return Call(_UPDATE, int, arguments)


def prune(
    client: Connection, folder: StrPath | None = None, *, apply: bool = False, **options: Unpack[CallOptions]
) -> Call[PruneReport]:
    """The images whose files are gone. Nothing is removed unless `apply` is True.

    Args:
        folder: check images from this folder only.
        apply: remove them from the index.
    """
    applied = _values.flag("apply", apply)

    def report(address: int) -> PruneReport:
        checked = _images_checked_count(address)
        found = _each_image(address)
        gone = tuple([image for image, _position, reason in found if reason is None])
        unknown = tuple([(image, reason) for image, _position, reason in found if reason is not None])
        return PruneReport(gone, unknown, checked, applied)

    path = _values.optional_path("the folder", folder)
    return Call(_PRUNE, report, (path, int(applied), reference(call_options(options))))


def _member(fields: Any) -> Member:
    transform = fields.transform[:]
    return Member(
        _images_of(fields.image.contents),
        _read.RELATIONS.get(fields.relation),
        _read.number(fields.confidence),
        _read.number(fields.score),
        _read.number(fields.best_overlap),
        _read.number(fields.image_overlap),
        AffineMap(*transform) if transform[0] == transform[0] else None,
        None if fields.is_mirrored < 0 else fields.is_mirrored == 1,
    )


def _group(address: int, client: Any) -> Group | None:
    if not address:
        return None
    try:
        fields = _abi.new(_abi.GroupMember)
        members = []
        own, related = _member_count(address), _related_count(address)
        for index in range(own + related):
            _group_read(address, index, byref(fields))
            members.append(_member(fields))
        group = Group(tuple(members[:own]), tuple(members[own:]))
        object.__setattr__(group, "_found_by", client)
        return group
    finally:
        _group_free(address)


def groups(client: Connection, options: Any) -> Call[Group | None]:
    """The call for the next group, None after the last."""
    struct = _abi.new(_abi.GroupOptions)
    get = options.get
    struct.minimum_confidence = _values.number("minimum_confidence", get("minimum_confidence"))
    struct.relations = _arguments.relations(get("relations"))
    struct.keep = _values.member("keep", _abi.Keep, "largest" if get("keep") is None else get("keep"))
    struct.category = _values.text("category", get("category"))
    struct.across_categories = _values.choice("across_categories", get("across_categories"))
    struct.within_items = _values.flag("within_items", get("within_items"))
    struct.limit = _values.integer("limit", get("limit"), 1, _values.INT64)
    since = get("added_since")
    if since is not None:
        if not isinstance(since, datetime):
            raise _values.wrong_type("added_since", "a datetime", since)
        try:
            struct.added_since = since.timestamp()
        except (ValueError, OverflowError, OSError):
            raise invalid_argument(f"added_since is {since}, a time that this system cannot count") from None
    limits = call_options(options)
    listener = _progress.listener(get("progress"))
    token = 0 if listener is None else _callbacks.batches.add(listener)
    callback = _callbacks.no_progress if listener is None else _callbacks.progress_callback
    try:
        with client._handle.use() as address:
            arguments = (address, byref(struct), reference(limits), callback, token)
            opened = GroupsHandle(receive(_groups_open, *arguments), token)
    except BaseException:
        _callbacks.batches.remove(token)
        raise
    found_by = weakref.ref(client)
    call: Call[Group | None] = Call(_GROUPS_NEXT, lambda group: _group(group, found_by), (), (opened, limits))
    call.first = opened.address
    call.calls_back = listener is not None
    return call


def compare(
    client: Connection, first: ImageSource | Stored, second: ImageSource | Stored, **options: Unpack[CallOptions]
) -> Call[Comparison]:
    """Compares two images, neither of which need be in the index.

    Args:
        first: an image as in search(), or a Stored one.
        second: likewise.
    """
    pair, stop, limits = _pair(client, first, second, options)
    arguments = (byref(pair[0][0]), byref(pair[1][0]), reference(limits))
    return Call(_COMPARE, _comparison, arguments, pair, stop)


def compare_overlay(
    client: Connection,
    first: ImageSource | Stored,
    second: ImageSource | Stored,
    style: OverlayStyle | str = OverlayStyle.ALIGNED,
    **options: Unpack[CallOptions],
) -> Call[bytes]:
    """An image of two images, aligned, as a PNG in the frame of the second.

    Args:
        first: as in compare().
        second: likewise.
        style: see overlay().

    Raises:
        NotFoundError: they have nothing in common, or a stored image has neither its file nor a thumbnail.
    """
    pair, stop, limits = _pair(client, first, second, options)
    arguments = (byref(pair[0][0]), byref(pair[1][0]), _values.numbered("style", OverlayStyle, style), reference(limits))
    return Call(_COMPARE_OVERLAY, _read.content, arguments, pair, stop)


def _pair(client: Connection, first: Any, second: Any, options: Any) -> tuple[list[Any], Stop | None, Any]:
    """Two images to compare, with the means to end the call and its limits."""
    pair = [_subject(client, one) for one in (first, second)]
    stop, given = client._stoppable(options, sum(image.byte_count for _struct, image in pair if image is not None))
    return pair, stop, call_options(given)


def _subject(client: Connection, given: Any) -> tuple[Any, PreparedImage | None]:
    struct = _abi.new(_abi.Subject)
    if isinstance(given, Stored):
        struct.item_id = _required("item_id", given.item_id)
        struct.image_name = _required("image_name", given.image_name)
        return struct, None
    image = client._image(given)
    struct.image = pointer(image.struct)
    return struct, image


def _comparison(address: int) -> Comparison:
    try:
        fields = _abi.new(_abi.ComparisonFields)
        _comparison_read(address, byref(fields))
        transform = fields.transform[:]
        explanation = Explanation(
            fields.same_bytes == 1,
            _read.known(fields.first_features),
            _read.known(fields.second_features),
            fields.inliers,
            _read.known(fields.code_distance),
            _read.number(fields.evidence),
            text(fields.explanation) or "",
        )
        agreeing = fields.agreeing
        return Comparison(
            _read.RELATIONS.get(fields.relation),
            _read.number(fields.confidence),
            _read.number(fields.score),
            _read.number(fields.first_overlap),
            _read.number(fields.second_overlap),
            AffineMap(*transform) if transform[0] == transform[0] else None,
            None if fields.is_mirrored < 0 else fields.is_mirrored == 1,
            Agreement(agreeing, fields.differing, fields.empty) if agreeing == agreeing else None,
            explanation,
        )
    finally:
        _comparison_free(address)


def _required(name: str, value: Any) -> bytes:
    encoded = _values.text(name, value)
    if encoded is None:
        raise _values.wrong_type(name, "str", value)
    return encoded
