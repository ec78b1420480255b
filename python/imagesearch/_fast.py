"""Making many records at half the price. A frozen dataclass sets each field of its own through object.__setattr__; a page of
TinEye has more than a thousand records, and that would be a third of the time that reading it takes."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, Callable, Dict, Tuple, Type, TypeVar

Record = TypeVar("Record")


def maker(kind: Type[Record], more: Tuple[str, ...] = ()) -> Callable[..., Record]:
    """What makes records of a kind from values that are right already: all fields by position, then the slots `more`.

    It is a plain class of the same layout, whose objects become the record when they are filled.
    """
    fields = tuple(field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]
    if sys.version_info < (3, 10):
        return _unhurried(kind, len(fields), more)
    lines = ["def __init__(self, %s):" % ", ".join(fields + more)]
    lines += [" self.%s = %s" % (name, name) for name in fields + more]
    lines += [" self.__class__ = kind"]
    scope: Dict[str, Any] = {"kind": kind}
    exec("\n".join(lines), scope)  # as dataclasses make theirs
    plain: Any = type(kind.__name__, kind.__bases__, {"__slots__": fields, "__init__": scope["__init__"]})
    result: Callable[..., Record] = plain
    return result


def _unhurried(kind: Type[Record], count: int, more: Tuple[str, ...]) -> Callable[..., Record]:
    """Without slots for dataclasses (Python 3.9) there is no such layout."""

    def make(*values: Any) -> Record:
        record = kind(*values[:count])
        for name, value in zip(more, values[count:]):
            object.__setattr__(record, name, value)
        return record

    return make
