"""How each service is opened. A new service is one function here and a class of a few lines in client.py and aio.py."""

from __future__ import annotations

import ctypes
import functools
import os
from ctypes import byref
from typing import Dict, Optional, Union

from . import _structs, _values
from ._bound import function
from ._connection import Opener
from ._handles import receive
from .errors import invalid_argument


def tineye(keys: Dict[str, Optional[str]]) -> Opener:
    """TinEye with the header key, or with the pair of keys of the signature."""
    return _with_keys("tineye_open", _structs.new(_structs.TinEyeOptions), keys)


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


def local_index(path: "Union[str, os.PathLike[str]]") -> Opener:
    """The index in a directory."""
    encoded = _values.path("the path", path)
    try:
        encoded.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid_argument("the path of an index must be UTF-8") from None
    return functools.partial(receive, function("local_index_open"), encoded)
