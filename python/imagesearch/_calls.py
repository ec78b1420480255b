"""The calls of a client as functions that block, for client.py and for the threads of aio.py."""

from __future__ import annotations

from ctypes import byref, c_int64, c_void_p
from typing import Any, Mapping, Optional

from . import _arguments, _results
from ._arguments import PreparedItems, call_options, reference
from ._bound import function
from ._connection import Connection
from ._handles import receive
from ._pictures import PreparedPicture
from .models import AddReport, Match, OverlayStyle, Quota, Removal
from .page import SearchPage

_search = function("search")
_remaining_searches = function("remaining_searches")
_image_count = function("image_count")
_add_images = function("add_images")
_remove_images = function("remove_images")
_overlay = function("overlay")


def search(client: Connection, picture: PreparedPicture, options: Any) -> SearchPage:
    """`options` is the struct of a search or None."""
    return _results.page(receive(_search, client.address(), byref(picture.struct), reference(options)))


def remaining_searches(client: Connection, options: Mapping[str, Any]) -> Quota:
    """See Client.remaining_searches()."""
    return _results.quota(receive(_remaining_searches, client.address(), reference(call_options(options))))


def image_count(client: Connection, options: Mapping[str, Any]) -> int:
    """See Client.image_count()."""
    count = c_int64()
    _image_count(client.address(), reference(call_options(options)), byref(c_void_p()), byref(count))
    return count.value


def add_images(client: Connection, items: PreparedItems, options: Any) -> AddReport:
    """`options` is the struct of a call or None."""
    return _results.report(receive(_add_images, client.address(), items.array, items.count, reference(options)))


def remove_images(client: Connection, removals: Any, options: Mapping[str, Any]) -> Optional[int]:
    """See Client.remove_images()."""
    array = _arguments.removals([removals] if isinstance(removals, (str, Removal)) else removals)
    removed = c_int64()
    limits = reference(call_options(options))
    _remove_images(client.address(), array, len(array), limits, byref(c_void_p()), byref(removed))
    return None if removed.value < 0 else removed.value


def overlay(client: Connection, query: Any, match: Match, style: OverlayStyle, options: Mapping[str, Any]) -> bytes:
    """See Client.overlay()."""
    picture = None if query is None else PreparedPicture(query)
    image = None if picture is None else byref(picture.struct)
    origin = _arguments.origin(match)
    limits = reference(call_options(options))
    return _results.content(receive(_overlay, client.address(), image, origin.address, style.value, limits))
