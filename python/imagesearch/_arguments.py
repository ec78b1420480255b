"""Keyword arguments and objects on their way to C: structs together with everything that they point to."""

from __future__ import annotations

import ctypes
import logging
import os
import weakref
from ctypes import POINTER, byref, pointer
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from . import _callbacks, _structs, _values
from ._images import PreparedImage
from .errors import invalid_argument
from .models import ImageItem, Match, MatchOrigin, Removal

_INT32 = 2**31 - 1
_INT64 = 2**63 - 1
_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
_TIMES = frozenset(("connect_timeout", "timeout", "deadline"))
_CALL_KEYS = _TIMES | {"on_transfer"}
_SEARCH_KEYS = _CALL_KEYS | {
    "limit", "offset", "minimum_score", "minimum_confidence", "category", "region", "sort", "order", "backlink_limit",
    "tags", "domain", "parameters",
}  # fmt: skip
_BATCH_KEYS = _CALL_KEYS | {"category", "custom_content", "transaction_size", "threads", "read_unchanged_files"}
_FOLDER_KEYS = _BATCH_KEYS | {"recursive", "item_per_folder"}
_CLIENT_KEYS = _TIMES | {
    "base_url", "max_attempts", "max_concurrent", "requests_per_minute", "max_paid_calls", "proxy", "no_proxy", "ca_file",
    "client_cert", "resolve", "allow_private_addresses", "upload_unfetched_images", "repeat_uncertain_paid_calls",
    "base_delay", "max_delay", "max_retry_after", "record_to", "replay_from", "logger", "log_level",
}  # fmt: skip


def _refuse_unknown(options: Mapping[str, Any], known: "frozenset[str]") -> None:
    for name in options:
        if name not in known:
            raise TypeError("unexpected keyword argument %r" % name)


def client_options(options: Mapping[str, Any]) -> Tuple[_structs.ClientOptions, int]:
    """The struct, and the token of the logger, 0 without one, which the caller has to remove in the end."""
    _refuse_unknown(options, _CLIENT_KEYS)
    struct = _structs.new(_structs.ClientOptions)
    get = options.get
    struct.base_url = _values.text("base_url", get("base_url"))
    struct.connect_timeout = _values.seconds("connect_timeout", get("connect_timeout"))
    struct.attempt_timeout = _values.seconds("timeout", get("timeout"))
    struct.deadline = _values.seconds("deadline", get("deadline"))
    struct.maximum_attempts = _values.integer("max_attempts", get("max_attempts"), 1, _INT32)
    struct.maximum_concurrent = _values.integer("max_concurrent", get("max_concurrent"), 1, _INT32)
    struct.requests_per_minute = _values.integer("requests_per_minute", get("requests_per_minute"), 1, _INT32)
    struct.maximum_paid_calls = _values.integer("max_paid_calls", get("max_paid_calls"), 1, _INT64)
    struct.proxy = _values.text("proxy", get("proxy"))
    struct.no_proxy = _values.listed("no_proxy", get("no_proxy"), ",")
    struct.certificate_authority_file = _values.optional_path("ca_file", get("ca_file"))
    certificate = get("client_cert")
    key = None
    if isinstance(certificate, (tuple, list)):
        certificate, key = certificate
    struct.client_certificate_file = _values.optional_path("client_cert", certificate)
    struct.client_key_file = _values.optional_path("client_cert", key)
    struct.resolve = _values.listed("resolve", get("resolve"), " ")
    struct.allow_private_addresses = 1 if get("allow_private_addresses") else 0
    struct.upload_unfetched_images = 1 if get("upload_unfetched_images") else 0
    struct.repeat_uncertain_paid_calls = 1 if get("repeat_uncertain_paid_calls") else 0
    struct.base_delay = _values.seconds("base_delay", get("base_delay"))
    struct.maximum_delay = _values.seconds("max_delay", get("max_delay"))
    struct.maximum_retry_after = _values.seconds("max_retry_after", get("max_retry_after"))
    struct.record_folder = _values.optional_path("record_to", get("record_to"))
    struct.replay_folder = _values.optional_path("replay_from", get("replay_from"))
    logger = get("logger")
    if logger is None:
        return struct, 0
    if not isinstance(logger, logging.Logger):
        raise TypeError("logger must be a logging.Logger, not %s" % type(logger).__name__)
    level = get("log_level")
    level = logger.getEffectiveLevel() if level is None else level
    level = _values.integer("log_level", level, 0, _INT32)
    # The library has four levels; one in between, or CRITICAL, is the next that is loud enough.
    struct.log_level = next((own for own in _LEVELS if own >= level), _LEVELS[-1])
    struct.log = _callbacks.log_callback
    token = _callbacks.add_logger(logger)
    struct.log_user_data = token
    return struct, token


def call_options(options: Mapping[str, Any]) -> Optional[_structs.CallOptions]:
    """The struct, or None when every time limit is the client's."""
    if not options:
        return None
    _refuse_unknown(options, _CALL_KEYS)
    return _call_options(options)


def _call_options(options: Mapping[str, Any]) -> _structs.CallOptions:
    struct = _structs.new(_structs.CallOptions)
    struct.connect_timeout = _values.seconds("connect_timeout", options.get("connect_timeout"))
    struct.attempt_timeout = _values.seconds("timeout", options.get("timeout"))
    struct.deadline = _values.seconds("deadline", options.get("deadline"))
    listener = options.get("on_transfer")
    if listener is not None:
        if not callable(listener):
            raise TypeError("on_transfer must be callable, not %s" % type(listener).__name__)
        token = _callbacks.add_transfer_listener(listener)
        # The struct lives as long as the call.
        weakref.finalize(struct, _callbacks.remove_transfer_listener, token).atexit = False
        struct.transfer = _callbacks.transfer_callback
        struct.transfer_user_data = token
    return struct


def reference(struct: Optional[ctypes.Structure]) -> Any:
    """What is passed for an options struct that may be absent."""
    return None if struct is None else byref(struct)


def parameters(values: Mapping[str, str]) -> Any:
    """An array of the service's own parameters."""
    array = (_structs.Parameter * len(values))()
    for entry, (name, value) in zip(array, values.items()):
        entry.name = _values.text("a parameter's name", name)
        entry.value = _values.text(name, value)
    return array


def search_options(options: Mapping[str, Any]) -> Optional[_structs.SearchOptions]:
    """The struct, or None when everything is the service's default."""
    if not options:
        return None
    _refuse_unknown(options, _SEARCH_KEYS)
    struct = _structs.new(_structs.SearchOptions)
    get = options.get
    struct.limit = _values.integer("limit", get("limit"), 1, _INT64)
    struct.offset = _values.integer("offset", get("offset"), 0, _INT64)
    struct.minimum_score = _values.number("minimum_score", get("minimum_score"), 0, 100)
    struct.minimum_confidence = _values.number("minimum_confidence", get("minimum_confidence"), 0, 1)
    struct.category = _values.text("category", get("category"))
    region = get("region")
    if region is not None:
        x, y, width, height = region
        struct.region_x = _values.integer("the region's x", x, 0, _INT64)
        struct.region_y = _values.integer("the region's y", y, 0, _INT64)
        struct.region_width = _values.integer("the region's width", width, 1, _INT64)
        struct.region_height = _values.integer("the region's height", height, 1, _INT64)
    own = _own_parameters(options)
    if own:
        struct.parameters = parameters(own)
        struct.parameter_count = len(own)
    if not _CALL_KEYS.isdisjoint(options):
        struct.call = pointer(_call_options(options))
    return struct


def _own_parameters(options: Mapping[str, Any]) -> Dict[str, str]:
    own: Dict[str, str] = {}
    for name in ("sort", "order", "domain"):
        if options.get(name) is not None:
            own[name] = options[name]
    if options.get("backlink_limit") is not None:
        own["backlink_limit"] = str(_values.integer("backlink_limit", options["backlink_limit"], 0, _INT64))
    tags = options.get("tags")
    if tags is not None:
        own["tags"] = tags if isinstance(tags, str) else ",".join(tags)
    for name, value in (options.get("parameters") or {}).items():
        if name in own:
            raise invalid_argument("%s is given twice, by its name and in parameters" % name)
        own[name] = value
    return own


def batch_options(options: Mapping[str, Any], *, folder: bool) -> Tuple[_structs.BatchOptions, Optional[_structs.CallOptions]]:
    """The structs of a batch: how, and its time limits."""
    _refuse_unknown(options, _FOLDER_KEYS if folder else _BATCH_KEYS)
    struct = _structs.new(_structs.BatchOptions)
    get = options.get
    struct.category = _values.text("category", get("category"))
    struct.custom_content = _values.text("custom_content", get("custom_content"))
    struct.not_recursive = 0 if get("recursive", True) else 1
    struct.item_per_folder = 1 if get("item_per_folder") else 0
    struct.transaction_size = _values.integer("transaction_size", get("transaction_size"), 1, 1000)
    struct.threads = _values.integer("threads", get("threads"), 1, 256)
    struct.read_unchanged_files = 1 if get("read_unchanged_files") else 0
    return struct, None if _CALL_KEYS.isdisjoint(options) else _call_options(options)


def copy_options(target: Optional[str], send_thumbnails: bool, call_size: Optional[int]) -> _structs.CopyOptions:
    """The struct of a copy."""
    struct = _structs.new(_structs.CopyOptions)
    struct.target = _values.text("target", target)
    struct.send_thumbnails = 1 if send_thumbnails else 0
    struct.call_size = _values.integer("call_size", call_size, 1, 1000)
    return struct


class PreparedItems:
    """Items as an array of pointers, with everything that they point to."""

    __slots__ = ("array", "count", "kept", "byte_count")

    def __init__(self, items: Iterable[ImageItem]) -> None:
        self.kept: List[Any] = []
        self.byte_count = 0
        structs = [self._item(item) for item in items]
        self.count = len(structs)
        self.array = (POINTER(_structs.Item) * self.count)(*map(pointer, structs))

    def _item(self, item: ImageItem) -> _structs.Item:
        if not isinstance(item, ImageItem):
            raise TypeError("an item is an ImageItem, not %s" % type(item).__name__)
        images = [_image(image) for image in item.images]
        self.kept.append(images)
        self.byte_count += sum(image.byte_count for image in images)
        struct = _structs.new(_structs.Item)
        struct.item_id = _values.text("item_id", item.item_id)
        struct.category = _values.text("category", item.category)
        struct.custom_content = _values.text("custom_content", item.custom_content)
        struct.images = (POINTER(_structs.Image) * len(images))(*[pointer(each.struct) for each in images])
        struct.image_count = len(images)
        if item.parameters:
            struct.parameters = parameters(item.parameters)
            struct.parameter_count = len(item.parameters)
        return struct


def _image(image: Any) -> PreparedImage:
    if isinstance(image, tuple):
        name, source = image
        if not isinstance(name, str):
            raise TypeError("an image of an item is a path or (name, image)")
        return PreparedImage(source, name)
    if isinstance(image, (str, os.PathLike)):
        return PreparedImage(image)
    raise TypeError("an image of an item is a path or (name, image), not %s" % type(image).__name__)


Removals = Union[str, Removal, Tuple[str, Optional[str]], Sequence[Union[str, Removal, Tuple[str, Optional[str]]]]]


def removals(given: Iterable[Any]) -> Any:
    """An array of what to remove; an item's id, a Removal or (item id, image name) each."""
    wanted = [one if isinstance(one, Removal) else Removal(one) if isinstance(one, str) else Removal(*one) for one in given]
    array = (_structs.Removal * len(wanted))()
    for entry, removal in zip(array, wanted):
        if removal.item_id is None:
            raise TypeError("item_id must be str, not NoneType")
        entry.item_id = _values.text("item_id", removal.item_id)
        entry.image_name = _values.text("image_name", removal.image_name)
    return array


def origin(match: Match) -> MatchOrigin:
    """Where the match is inside the library."""
    found: Optional[MatchOrigin] = getattr(match, "_origin", None)
    if found is None:
        raise invalid_argument("the match was not found by a search of this process")
    return found
