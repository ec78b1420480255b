"""Single values on their way to C, where nothing checks them: ctypes would cut a number and end a text at its first zero."""

from __future__ import annotations

import math
import operator
import os
from typing import Any, Iterable, Optional, Union

from .errors import invalid_argument


def text(name: str, value: Any) -> Optional[bytes]:
    """UTF-8 of a text; None stays None. The value itself is in no message, since it may be a key."""
    if value is None:
        return None
    if not isinstance(value, str):
        kind = type(value).__name__
        value = None  # tracebacks that show variables find no key, here and below
        raise TypeError("%s must be str, not %s" % (name, kind))
    try:
        encoded = value.encode("utf-8")
    except UnicodeEncodeError:
        encoded = b""  # not raised from here: this exception has the text
    if (value and not encoded) or b"\0" in encoded:
        value = encoded = b""
        raise invalid_argument("%s is no text that C can hold: a zero character, or half a surrogate pair" % name)
    return encoded


def path(name: str, value: "Union[str, os.PathLike[str], os.PathLike[bytes]]") -> bytes:
    """The path as the system has it."""
    encoded = os.fsencode(value)
    if not encoded:
        raise invalid_argument("%s is empty" % name)
    if b"\0" in encoded:
        raise invalid_argument("%s must not contain a zero character" % name)
    return encoded


def optional_path(name: str, value: "Union[None, str, os.PathLike[str]]") -> Optional[bytes]:
    """See path()."""
    return None if value is None else path(name, value)


def listed(name: str, value: Union[None, str, Iterable[str]], separator: str) -> Optional[bytes]:
    """Several texts as one; a text is taken as it is."""
    if value is None or isinstance(value, str):
        return text(name, value)
    return text(name, separator.join(value))


def integer(name: str, value: Any, least: int, most: int) -> int:
    """A whole number in a range; None is 0, which is the library's word for the default."""
    if value is None:
        return 0
    number = operator.index(value)
    if not least <= number <= most:
        raise invalid_argument("%s is %d, allowed is %d to %d" % (name, number, least, most))
    return number


def seconds(name: str, value: Any) -> float:
    """A time above 0; None is 0, which is the library's word for the default."""
    if value is None:
        return 0.0
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise invalid_argument("%s is %g, it must be a number of seconds above 0" % (name, number))
    return number


def number(name: str, value: Any, least: float, most: float) -> float:
    """A number in a range; None is 0, which is the library's word for the default."""
    if value is None:
        return 0.0
    result = float(value)
    if not least <= result <= most:
        raise invalid_argument("%s is %g, allowed is %g to %g" % (name, result, least, most))
    return result
