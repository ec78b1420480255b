"""Queries that were uploaded, kept for a while so that overlays of their matches can be drawn."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from .. import SearchPage


@dataclass(frozen=True)
class Query:
    """An image that was searched with, and the page that came of it, which knows how each match lies on it."""

    index: str
    content: bytes
    page: SearchPage


class Queries:
    """The newest queries by hash, up to a number of bytes and seconds."""

    def __init__(self, seconds: float, most_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most_bytes
        self._now = now
        self._kept: OrderedDict[tuple[str, str], tuple[float, Query]] = OrderedDict()
        self.bytes = 0

    @staticmethod
    def hash(content: bytes) -> str:
        """40 hexadecimal digits, as TinEye's are."""
        return hashlib.sha256(content).hexdigest()[:40]

    def keep(self, index: str, content: bytes, page: SearchPage) -> str:
        name = self.hash(content)
        self._drop((index, name))
        if len(content) <= self._most:
            self._kept[index, name] = (self._now(), Query(index, content, page))
            self.bytes += len(content)
        while self._kept and (self.bytes > self._most or self._is_old(next(iter(self._kept.values()))[0])):
            self._drop(next(iter(self._kept)))
        return name

    def find(self, index: str, name: str) -> Query | None:
        kept = self._kept.get((index, name))
        if kept is None or self._is_old(kept[0]):
            self._drop((index, name))
            return None
        return kept[1]

    def _is_old(self, then: float) -> bool:
        return self._now() - then > self._seconds

    def _drop(self, key: tuple[str, str]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.bytes -= len(kept[1].content)
