"""How each service is opened. A new service is one function here and a class of a few lines in client.py and aio.py."""

from __future__ import annotations

import ctypes
import functools
import os
from ctypes import byref, c_void_p
from typing import Any, Dict, Optional, Sequence, Union

from . import _structs, _values
from ._bound import function
from ._connection import Opener
from ._handles import receive
from .errors import invalid_argument


def tineye(keys: Dict[str, Optional[str]]) -> Opener:
    """TinEye with the header key, or with the pair of keys of the signature."""
    return _with_keys("tineye_open", _structs.new(_structs.TinEyeOptions), keys)


def alibaba_cloud(
    keys: Dict[str, Optional[str]],
    where: Dict[str, Optional[str]],
    version: Union[str, int],
    use_vpc: bool,
    prepare_images: bool,
) -> Opener:
    """An instance of Alibaba Cloud Image Search; without keys, with those of the environment. `keys` and `where` are by the names
    of the struct's fields."""
    struct = _structs.new(_structs.AlibabaCloudOptions)
    try:
        struct.api_version = _version(version)
        struct.use_vpc = 1 if use_vpc else 0
        struct.prepare_images = 1 if prepare_images else 0
        for name, value in where.items():
            setattr(struct, name, _values.text(name, value))
    except BaseException:
        keys.clear()  # tracebacks that show variables find none
        raise
    return _with_keys("alibaba_cloud_open", struct, keys)


def _version(version: Union[str, int]) -> int:
    """The generation of Alibaba Cloud's interface as a number; which there are, the library knows."""
    text = str(version).replace("-", "")
    if not (text.isascii() and text.isdecimal() and len(text) == 8):
        raise invalid_argument("api_version is %r; it is a date such as \"2020-12-14\"" % (version,))
    return int(text)


#: The searches of TMAPI by their paths below /1688/, with the numbers of the C interface.
TMAPI_ENDPOINTS = {"search/image": 0, "global/search/image": 1, "global/search/image/v2": 2}


def tmapi(keys: Dict[str, Optional[str]], endpoint: str, token_in_query: bool) -> Opener:
    """The 1688 catalogue through TMAPI."""
    struct = _structs.new(_structs.TMAPIOptions)
    number: Any = TMAPI_ENDPOINTS.get(endpoint)
    if number is None:
        keys.clear()  # tracebacks that show variables find none
        raise invalid_argument("endpoint is %r; it is one of %s" % (endpoint, ", ".join(TMAPI_ENDPOINTS)))
    struct.endpoint = number
    struct.token_in_query = 1 if token_in_query else 0
    return _with_keys("tmapi_open", struct, keys)


def _with_keys(open_function: str, struct: ctypes.Structure, keys: Dict[str, Optional[str]]) -> Opener:
    """Fills the struct of a service; `keys`, by the names of the struct's fields, is empty afterwards."""
    value = None
    try:
        for name, value in keys.items():
            setattr(struct, name, _values.text(name, value))
    finally:
        value = None
        keys.clear()  # tracebacks that show variables find none
    return functools.partial(receive, function(open_function), byref(struct))


def local_index(path: "Union[str, os.PathLike[str]]", options: Dict[str, Any]) -> Opener:
    """The index in a directory; `options` are by the names of LocalIndex()."""
    encoded = _values.path("the path", path)
    try:
        encoded.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid_argument("the path of an index must be UTF-8") from None
    struct = _structs.new(_structs.LocalIndexOptions)
    struct.read_only = 1 if options["read_only"] else 0
    struct.must_exist = 0 if options["create"] else 1
    struct.threads = _values.integer("threads", options["threads"], 1, 256)
    side = options["thumbnail_side"]
    # 0 is the default of every number in C, so no thumbnail is -1 there.
    struct.thumbnail_side = -1 if side == 0 else _values.integer("thumbnail_side", side, 1, 2048)
    struct.thumbnail_quality = _values.integer("thumbnail_quality", options["thumbnail_quality"], 1, 100)
    struct.lock_timeout = _values.seconds("lock_timeout", options["lock_timeout"])
    struct.maximum_image_bytes = _values.integer("max_image_bytes", options["max_image_bytes"], 1, 2**63 - 1)
    struct.maximum_pixels = _values.integer("max_pixels", options["max_pixels"], 1, 2**63 - 1)
    return functools.partial(receive, function("local_index_open_with"), encoded, byref(struct))


def fallback(addresses: Sequence[int]) -> Opener:
    """Several clients in order; it has no options of its own."""
    array = (c_void_p * len(addresses))(*addresses)
    return lambda _options: receive(function("fallback_open"), array, len(addresses))
