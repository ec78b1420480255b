"""Converts and checks single values for C: ctypes would truncate a number, and end a text at its first zero.

The library decides which values a service accepts; checked here is only what the C interface cannot represent or would take for
a default."""

from __future__ import annotations

import enum
import math
import operator
import os
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ._abi import Choice
from .errors import invalid_argument

INT32 = 2**31 - 1
INT64 = 2**63 - 1


def wrong_type(name: str, wanted: str, value: Any) -> TypeError:
    """The error for an argument of a wrong type. The message does not contain the value, which may be a key."""
    return TypeError(f"{name} must be {wanted}, not {type(value).__name__}")


def text(name: str, value: Any) -> bytes | None:
    """UTF-8 of a text; None stays None."""
    if value is None:
        return None
    if not isinstance(value, str):
        error = wrong_type(name, "str", value)
        if isinstance(value, (bytes, bytearray)):
            error = TypeError(f"{name} must be str, not {type(value).__name__}: decode it, for instance with .decode()")
        value = None  # tracebacks with variables must not show a key, here and below
        raise error
    try:
        encoded = value.encode("utf-8")
    except UnicodeEncodeError:
        encoded = b""  # not raised here: this exception contains the text
    if (value and not encoded) or b"\0" in encoded:
        value = encoded = b""
        raise invalid_argument(f"{name} is no text that C can hold: a zero character, or half a surrogate pair")
    return encoded


def path(name: str, value: Any) -> bytes:
    """The path in the file system's bytes."""
    try:
        encoded = os.fsencode(value)
    except TypeError:
        raise wrong_type(name, "a path: str, bytes or os.PathLike", value) from None
    except UnicodeEncodeError:
        raise invalid_argument(f"{name} is no path: it has half a surrogate pair") from None
    if not encoded:
        raise invalid_argument(f"{name} is empty")
    if b"\0" in encoded:
        raise invalid_argument(f"{name} must not contain a zero character")
    return encoded


def optional_path(name: str, value: Any) -> bytes | None:
    """See path()."""
    return None if value is None else path(name, value)


def several(name: str, value: Any) -> list[Any]:
    """One text or several."""
    if isinstance(value, str):
        return [value]
    try:
        return list(value)
    except TypeError:
        raise wrong_type(name, "str or several str", value) from None


def listed(name: str, value: str | Iterable[str] | None, separator: str) -> bytes | None:
    """Several texts joined to one; a single text is used as it is."""
    if value is None or isinstance(value, str):
        return text(name, value)
    try:
        return text(name, separator.join(several(name, value)))
    except TypeError:
        raise wrong_type(name, "str or several str", value) from None


def sequence(name: str, wanted: str, value: Any) -> list[Any]:
    """The elements of something that can be iterated over."""
    try:
        return list(value)
    except TypeError:
        raise wrong_type(name, wanted, value) from None


def integer(name: str, value: Any, least: int, most: int) -> int:
    """A whole number from `least`; 0, the default, for None."""
    if value is None:
        return 0
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong_type(name, "int", value) from None
    if not least <= number <= most:
        # Python refuses to write a number of thousands of digits.
        shown = str(number) if number.bit_length() <= 128 else f"a number of {number.bit_length()} bits"
        raise invalid_argument(
            f"{name} is {shown}, it must be from {least} to {most}"
            if number > most
            else f"{name} is {shown}, it must be at least {least}"
        )
    return number


def number(name: str, value: Any) -> float:
    """A number; 0, the default, for None."""
    if value is None:
        return 0.0
    if isinstance(value, (str, bytes)):
        raise wrong_type(name, "a number", value)
    if isinstance(value, timedelta):
        raise TypeError(f"{name} must be a number of seconds, not timedelta: give its .total_seconds()")
    try:
        result = float(value)
    except OverflowError:
        raise invalid_argument(f"{name} is too large a number") from None
    except (TypeError, ValueError):
        raise wrong_type(name, "a number", value) from None
    if math.isnan(result):
        raise invalid_argument(f"{name} is not a number")
    return result


def seconds(name: str, value: Any) -> float:
    """A time above 0. None is refused because it could mean "no limit"; an omitted argument does not get here."""
    if value is None:
        raise TypeError(
            f"{name} is None, which is no time: every call has a limit. Leave it out to take the default, or give seconds, "
            "for instance 86400 for a day"
        )
    result = number(name, value)
    if not (math.isfinite(result) and result > 0):
        raise invalid_argument(f"{name} is {result:g}, it must be a number of seconds above 0")
    return result


def flag(name: str, value: Any) -> bool:
    """A bool; a text such as "no" is refused."""
    if value is None:
        return False
    if isinstance(value, (str, bytes)) or not hasattr(value, "__bool__"):
        raise wrong_type(name, "bool", value)
    return bool(value)


def path_text(path: bytes) -> str:
    """The text of a path in a local index, which is reversible: a byte that is not valid UTF-8 becomes \\xNN, and a backslash
    that would look like such an escape becomes \\x5C."""
    escaped = re.sub(r"\\(?=x[0-9A-F]{2})", r"\\x5C", path.decode("utf-8", "surrogateescape"))
    return re.sub("[\udc80-\udcff]", lambda found: f"\\x{ord(found[0]) - 0xDC00:02X}", escaped)


def utf8_path(name: str, value: Any) -> bytes:
    """A path that must be UTF-8."""
    encoded = path(name, value)
    if not is_utf8(encoded):
        raise invalid_argument(f"{name} must be UTF-8")
    return encoded


def is_utf8(path: bytes) -> bool:
    """Whether a path is text."""
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def choice(name: str, value: Any) -> int:
    """A flag that is on by default."""
    return Choice.DEFAULT if value is None else Choice.YES if flag(name, value) else Choice.NO


def member(name: str, kind: type[enum.IntEnum], value: Any) -> int:
    """A member of an enum by name; 0, the default, for None."""
    if value is None:
        return 0
    if not isinstance(value, str):
        raise wrong_type(name, "str", value)
    names = {each.lower(): one.value for each, one in kind.__members__.items() if each not in ("DEFAULT", "UNKNOWN")}
    if value not in names:
        raise invalid_argument(f"{name} is {value[:80]!r}, it must be one of {', '.join(names)}")
    return names[value]


def numbered(name: str, kind: type[enum.IntEnum], value: Any) -> int:
    """A member of a public enum, or its name or number; the library knows which numbers exist."""
    if isinstance(value, str):
        return member(name, kind, value)
    try:
        return integer(name, value, 0, INT32)
    except TypeError:
        raise wrong_type(name, f"an {kind.__name__}" if kind.__name__[0] in "AEIO" else f"a {kind.__name__}", value) from None
