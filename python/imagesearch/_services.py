"""How each service is opened. A new service is one function here and a class of a few lines in client.py and aio.py."""

from __future__ import annotations

import functools
import os
from ctypes import byref
from typing import Optional, Union

from . import _structs, _values
from ._bound import function
from ._connection import Opener
from ._handles import receive
from .errors import invalid_argument


def tineye(api_key: Optional[str], public_key: Optional[str], private_key: Optional[str]) -> Opener:
    """TinEye with the header key, or with the pair of keys of the signature."""
    struct = _structs.new(_structs.TinEyeOptions)
    struct.api_key = _values.text("api_key", api_key)
    struct.public_key = _values.text("public_key", public_key)
    struct.private_key = _values.text("private_key", private_key)
    return functools.partial(receive, function("tineye_open"), byref(struct))


def local_index(path: "Union[str, os.PathLike[str]]") -> Opener:
    """The index in a directory."""
    encoded = _values.path("the path", path)
    try:
        encoded.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid_argument("the path of an index must be UTF-8") from None
    return functools.partial(receive, function("local_index_open"), encoded)
