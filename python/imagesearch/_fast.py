"""Making many records at half the price. A frozen dataclass sets each field of its own through object.__setattr__; a page of
TinEye has more than a thousand records, and that would be a third of the time that reading it takes.

Here a record is an object of a plain class of the same layout, which becomes the record when it is filled."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, TypeVar

Record = TypeVar("Record")

#: Without slots for dataclasses (Python 3.9) there is no such layout.
_HAVE_SLOTS = sys.version_info >= (3, 10)


def _fields(kind: Type[Any]) -> Tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _plain(kind: Type[Any], methods: Dict[str, Any]) -> Any:
    return type(kind.__name__, kind.__bases__, {"__slots__": _fields(kind), **methods})


def _compiled(lines: List[str], **scope: Any) -> Any:
    """The function `make` of these lines; dataclasses make theirs in the same way."""
    exec("\n".join(lines), scope)
    return scope["make"]


def maker(kind: Type[Record], more: Tuple[str, ...] = ()) -> Callable[..., Record]:
    """What makes records of a kind from values that are right already: all fields by position, then the slots `more`."""
    names = _fields(kind) + more
    if not _HAVE_SLOTS:
        return _unhurried(kind, len(names) - len(more), more)
    lines = ["def make(self, %s):" % ", ".join(names)]
    lines += [" self.%s = %s" % (name, name) for name in names]
    lines += [" self.__class__ = kind"]
    plain: Callable[..., Record] = _plain(kind, {"__init__": _compiled(lines, kind=kind)})
    return plain


def _unhurried(kind: Type[Record], count: int, more: Tuple[str, ...]) -> Callable[..., Record]:
    def make(*values: Any) -> Record:
        record = kind(*values[:count])
        for name, value in zip(more, values[count:]):
            object.__setattr__(record, name, value)
        return record

    return make


def texts_maker(kind: Type[Record]) -> Callable[[List[Optional[bytes]]], Tuple[Record, ...]]:
    """What makes many records whose fields are all texts, from UTF-8 in one list: the fields of the first, of the second ..."""
    names = _fields(kind)
    lines = ["def make(values):", " made = []", " each = iter(values)"]
    lines += [" for %s in zip(%s):" % (", ".join(names), ", ".join(["each"] * len(names)))]
    decoded = ["%s if %s is None else %s.decode()" % (name, name, name) for name in names]
    if _HAVE_SLOTS:
        lines += ["  record = plain()"]
        lines += ["  record.%s = %s" % pair for pair in zip(names, decoded)]
        lines += ["  record.__class__ = kind"]
    else:
        lines += ["  record = kind(%s)" % ", ".join(decoded)]
    lines += ["  made.append(record)", " return tuple(made)"]
    function: Callable[[List[Optional[bytes]]], Tuple[Record, ...]] = _compiled(lines, kind=kind, plain=_plain(kind, {}))
    return function
