"""Converts keyword arguments and objects to C structs, together with everything that they point to."""

from __future__ import annotations

import ctypes
import logging
import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from ctypes import byref, pointer
from typing import Any, TypeAlias, Union

from . import _abi, _callbacks, _values
from ._handles import MatchHandle
from ._images import PreparedImage
from ._values import INT32, INT64
from .errors import ImageSearchError, invalid_argument
from .models import ImageItem, Match, Removal

_LEVELS = tuple(_abi.LogLevel)
_CALL_KEYS = frozenset(("connect_timeout", "timeout", "total_timeout", "on_transfer"))


def client_options(options: Mapping[str, Any]) -> tuple[_abi.ClientOptions, int]:
    """The struct, and the token of the logger (0 if there is none), which the caller must remove in the end."""
    struct = _abi.new(_abi.ClientOptions)
    get = options.get
    struct.base_url = _values.text("base_url", get("base_url"))
    _time_limits(struct, options)
    struct.maximum_attempts = _values.integer("max_attempts", get("max_attempts"), 1, INT32)
    struct.maximum_concurrent = _values.integer("max_concurrent", get("max_concurrent"), 1, INT32)
    struct.requests_per_minute = _values.integer("requests_per_minute", get("requests_per_minute"), 1, INT32)
    struct.maximum_paid_calls = _values.integer("max_paid_calls", get("max_paid_calls"), 1, INT64)
    struct.proxy = _values.text("proxy", get("proxy"))
    struct.no_proxy = _values.listed("no_proxy", get("no_proxy"), ",")
    struct.certificate_authority_file = _values.optional_path("ca_file", get("ca_file"))
    certificate, key = get("client_cert"), None
    if isinstance(certificate, (tuple, list)):
        certificate, key = certificate
    struct.client_certificate_file = _values.optional_path("client_cert", certificate)
    struct.client_key_file = _values.optional_path("client_cert", key)
    struct.resolve = _values.listed("resolve", get("resolve"), " ")
    struct.user_agent = _values.text("user_agent", get("user_agent"))
    struct.maximum_connections = _values.integer("max_connections", get("max_connections"), 1, INT32)
    struct.maximum_response_bytes = _values.integer("max_response_bytes", get("max_response_bytes"), 1, INT64)
    for name in ("allow_private_addresses", "repeat_uncertain_paid_calls"):
        setattr(struct, name, _values.flag(name, get(name)))
    for name, field in (
        ("base_delay", "base_delay"),
        ("max_delay", "maximum_delay"),
        ("max_retry_after", "maximum_retry_after"),
    ):
        if name in options:
            setattr(struct, field, _values.seconds(name, options[name]))
    struct.record_folder = _values.optional_path("record_to", get("record_to"))
    struct.replay_folder = _values.optional_path("replay_from", get("replay_from"))
    logger = get("logger")
    if logger is None:
        logger = _callbacks.default_logger(get("log_level") is not None)
    if logger is None:
        return struct, 0
    if not isinstance(logger, logging.Logger):
        raise _values.wrong_type("logger", "a logging.Logger", logger)
    level = get("log_level")
    level = _values.integer("log_level", logger.getEffectiveLevel() if level is None else level, 0, INT32)
    # The library has four levels; one in between becomes the next higher one, and CRITICAL the highest.
    struct.log_level = next((own for own in _LEVELS if own >= level), _LEVELS[-1])
    struct.log = _callbacks.log_callback
    token = _callbacks.loggers.add(logger)
    struct.log_user_data = token
    return struct, token


def _time_limits(struct: Any, options: Mapping[str, Any]) -> None:
    for name, field in (
        ("connect_timeout", "connect_timeout"),
        ("timeout", "attempt_timeout"),
        ("total_timeout", "total_timeout"),
    ):
        if name in options:
            setattr(struct, field, _values.seconds(name, options[name]))


def call_options(options: Mapping[str, Any]) -> _abi.CallOptions | None:
    """The struct, or None if no option is set."""
    if _CALL_KEYS.isdisjoint(options):
        return None
    struct = _abi.new(_abi.CallOptions)
    _time_limits(struct, options)
    listener = options.get("on_transfer")
    if listener is not None:
        if not callable(listener):
            raise _values.wrong_type("on_transfer", "a function", listener)
        token = _callbacks.transfers.add(listener)
        # The struct lives as long as the call.
        weakref.finalize(struct, _callbacks.transfers.remove, token).atexit = False
        struct.progress = _callbacks.transfer_callback
        struct.progress_user_data = token
    return struct


def reference(struct: ctypes.Structure | None) -> Any:
    """The argument for an optional struct."""
    return None if struct is None else byref(struct)


def parameters(values: Mapping[str, str]) -> Any:
    """An array of parameters of the service."""
    array = (_abi.Parameter * len(values))()
    for entry, (name, value) in zip(array, values.items()):
        entry.name = _values.text("a parameter's name", name)
        entry.value = _values.text(f"the parameter {name!r}"[:80], value)
    return array


def search_options(options: Mapping[str, Any]) -> _abi.SearchOptions | None:
    """The struct, or None if no option is set."""
    if not options:
        return None
    struct = _abi.new(_abi.SearchOptions)
    get = options.get
    struct.limit = _values.integer("limit", get("limit"), 1, INT64)
    struct.offset = _values.integer("offset", get("offset"), 0, INT64)
    struct.minimum_score = _values.number("minimum_score", get("minimum_score"))
    struct.minimum_confidence = _values.number("minimum_confidence", get("minimum_confidence"))
    struct.category = _values.text("category", get("category"))
    region = get("region")
    if region is not None:
        try:
            x, y, width, height = region
        except (TypeError, ValueError):
            raise TypeError("region must be four numbers: x, y, width, height") from None
        struct.region_x = _values.integer("the region's x", x, 0, INT64)
        struct.region_y = _values.integer("the region's y", y, 0, INT64)
        struct.region_width = _values.integer("the region's width", width, 1, INT64)
        struct.region_height = _values.integer("the region's height", height, 1, INT64)
    struct.relations = relations(get("relations"))
    struct.effort = _values.member("effort", _abi.Effort, get("effort"))
    struct.population_size = _values.integer("population_size", get("population_size"), 1, INT64)
    struct.mirrored = _values.choice("mirrored", get("mirrored"))
    own = _own_parameters(options)
    if own:
        struct.parameters = parameters(own)
        struct.parameter_count = len(own)
    call = call_options(options)
    if call is not None:
        struct.call = pointer(call)
    return struct


def relations(value: Any) -> int:
    """The bits of one or several relations, given by name; 0, the default, for None."""
    names = () if value is None else _values.several("relations", value)
    return sum({1 << _values.member("relations", _abi.Relation, name) for name in names})


def _own_parameters(options: Mapping[str, Any]) -> dict[str, str]:
    own: dict[str, str] = {}
    for name in ("sort", "order", "domain"):
        if options.get(name) is not None:
            own[name] = options[name]
    if options.get("backlink_limit") is not None:
        own["backlink_limit"] = str(_values.integer("backlink_limit", options["backlink_limit"], 0, INT64))
    tags = options.get("tags")
    if tags is not None:
        own["tags"] = tags if isinstance(tags, str) else ",".join(_values.several("tags", tags))
    for name, value in _mapping("parameters", options.get("parameters") or {}).items():
        if name in own:
            raise invalid_argument(f"{name} is given twice, by its name and in parameters")
        own[name] = value
    return own


def many_options(options: Mapping[str, Any]) -> _abi.ManyOptions:
    """The struct of the options of a list of searches."""
    struct = _abi.new(_abi.ManyOptions)
    struct.concurrent = _values.integer("concurrent", options.get("concurrent"), 1, INT64)
    struct.maximum_paid_calls = _values.integer("max_paid_calls", options.get("max_paid_calls"), 1, INT64)
    return struct


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _values.wrong_type(name, "a dict", value)
    return value


def batch_options(options: Mapping[str, Any]) -> _abi.BatchOptions:
    """The struct of the options of a batch."""
    struct = _abi.new(_abi.BatchOptions)
    get = options.get
    struct.prefix = _values.text("prefix", get("prefix"))
    struct.category = _values.text("category", get("category"))
    struct.custom_content = _values.text("custom_content", get("custom_content"))
    struct.recursive = _values.choice("recursive", get("recursive"))
    struct.item_per_folder = _values.flag("item_per_folder", get("item_per_folder"))
    struct.transaction_size = _values.integer("transaction_size", get("transaction_size"), 1, INT32)
    struct.threads = _values.integer("threads", get("threads"), 1, INT32)
    struct.prune = _values.flag("prune", get("prune"))
    struct.read_unchanged_files = _values.flag("read_unchanged_files", get("read_unchanged_files"))
    return struct


def copy_options(options: Mapping[str, Any]) -> _abi.CopyOptions:
    """The struct of the options of a copy."""
    struct = _abi.new(_abi.CopyOptions)
    struct.target = _values.text("target", options.get("target"))
    struct.send_thumbnails = _values.flag("send_thumbnails", options.get("send_thumbnails"))
    struct.call_size = _values.integer("call_size", options.get("call_size"), 1, INT32)
    return struct


class PreparedImages:
    """An array of images, with everything that they point to. `refused` has those that cannot be converted, by index in the
    list: one bad image does not stop the rest."""

    __slots__ = ("array", "byte_count", "count", "kept", "refused")

    def __init__(self, prepare: Callable[[Any], PreparedImage], images: Iterable[Any]) -> None:
        if isinstance(images, (str, bytes, bytearray, memoryview, os.PathLike)):
            raise TypeError("images is a sequence of images; put a single one in a list")
        self.kept: list[PreparedImage] = []
        self.refused: dict[int, ImageSearchError] = {}
        for place, image in enumerate(_values.sequence("images", "a sequence of images", images)):
            try:
                self.kept.append(prepare(image))
            except ImageSearchError as error:
                self.refused[place] = error
            except TypeError as error:
                raise TypeError(f"images[{place}]: {error}") from None
        self.count = len(self.kept)
        self.byte_count = sum(image.byte_count for image in self.kept)
        self.array = (_abi.Image * self.count)(*[image.struct for image in self.kept])


class PreparedItems:
    """An array of items, with everything that they point to."""

    __slots__ = ("_prepare", "array", "byte_count", "count", "kept")

    def __init__(self, prepare: Callable[[Any, str | None], PreparedImage], items: Iterable[ImageItem]) -> None:
        self.kept: list[Any] = []
        self._prepare = prepare
        self.byte_count = 0
        if isinstance(items, ImageItem):
            raise TypeError("items is a sequence of ImageItem; put a single one in a list")
        structs = [self._item(item) for item in _values.sequence("items", "a sequence of ImageItem", items)]
        self.count = len(structs)
        self.array = (_abi.Item * self.count)(*structs)

    def _item(self, item: ImageItem) -> _abi.Item:
        if not isinstance(item, ImageItem):
            raise TypeError(f"an item is an ImageItem, not {type(item).__name__}")
        images = [self._image(image) for image in item.images]
        self.kept.append(images)
        self.byte_count += sum(image.byte_count for image in images)
        struct = _abi.new(_abi.Item)
        struct.item_id = _values.text("item_id", item.item_id)
        struct.category = _values.text("category", item.category)
        struct.custom_content = _values.text("custom_content", item.custom_content)
        struct.images = (_abi.Image * len(images))(*[each.struct for each in images])
        struct.image_count = len(images)
        if item.parameters:
            struct.parameters = parameters(_mapping("parameters", item.parameters))
            struct.parameter_count = len(item.parameters)
        return struct

    def _image(self, image: Any) -> PreparedImage:
        if isinstance(image, tuple):
            name, source = image if len(image) == 2 else (None, None)
            if not isinstance(name, str):
                raise TypeError("an image of an item is a path or (name, image)")
            return self._prepare(source, name)
        if isinstance(image, (str, os.PathLike)):
            return self._prepare(image, None)
        raise TypeError(f"an image of an item is a path or (name, image), not {type(image).__name__}: give it a name")


#: Argument of remove_images(): an item's id, which removes all its images, a Removal, or several of these and of (item id,
#: image name).
Removals: TypeAlias = Union[str, Removal, Iterable[Union[str, Removal, tuple[str, str | None]]]]


def removals(given: Removals) -> Any:
    """An array of what to remove."""
    each = [given] if isinstance(given, (str, Removal)) else _values.sequence("removals", "an item's id, or several", given)
    wanted = [one if isinstance(one, Removal) else _removal(one) for one in each]
    array = (_abi.Removal * len(wanted))()
    for entry, removal in zip(array, wanted):
        if removal.item_id is None:
            raise _values.wrong_type("item_id", "str", None)
        entry.item_id = _values.text("item_id", removal.item_id)
        entry.image_name = _values.text("image_name", removal.image_name)
    return array


def _removal(given: Any) -> Removal:
    if isinstance(given, str):
        return Removal(given)
    if not isinstance(given, tuple) or len(given) != 2:
        raise TypeError(f"a removal is an item's id, a Removal or (item id, image name), not {given!r:.80}")
    return Removal(*given)


def origin(match: Match) -> MatchHandle:
    """The library's handle of a match."""
    if not isinstance(match, Match):
        raise _values.wrong_type("match", "a Match", match)
    found: MatchHandle | None = getattr(match, "_origin", None)
    if found is None:
        raise invalid_argument("the match is a copy without its page, as pickle makes it: search again in this process")
    return found
