"""Queries that were uploaded, kept for a while so that overlays of their matches can be drawn."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .. import Match

#: Assumed size in bytes of a stored match besides the image: its texts in the library and in Python.
MATCH_BYTES = 4096


@dataclass
class Query:
    """A query image, and the matches that were shown, each with its map from the query."""

    image: bytes | str
    used: float
    matches: dict[tuple[str, str], Match] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.image) + MATCH_BYTES * (1 + len(self.matches))


class Queries:
    """The newest queries by name, up to a number of bytes, and none for longer than a number of seconds.

    A name is a digest with a secret of this process: only the client that searched knows it, and it cannot be derived from the
        image alone. Therefore a URL that contains it shows an overlay without a key.
    """

    def __init__(self, seconds: float, most_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most_bytes
        self._now = now
        self._secret = secrets.token_bytes(32)
        self._kept: OrderedDict[tuple[str, str], Query] = OrderedDict()
        self.bytes = 0

    def name(self, image: bytes | str) -> str:
        """40 hexadecimal digits, like TinEye's."""
        content = image.encode() if isinstance(image, str) else image
        return hashlib.blake2b(content, key=self._secret, digest_size=20).hexdigest()

    def keep(self, index: str, image: bytes | str, matches: Iterable[Match]) -> str:
        """Stores a query with these matches and those of its earlier pages; one without matches is not needed for overlays."""
        name = self.name(image)
        shown = {(match.item_id or "", match.image_name or ""): match for match in matches}
        if shown:
            earlier = self.find(index, name)
            self._drop((index, name))
            query = Query(image, self._now(), {**(earlier.matches if earlier else {}), **shown})
            if query.size > self._most:
                query.matches = shown
            if query.size <= self._most:
                self._kept[index, name] = query
                self.bytes += query.size
        self.expire()
        return name

    def find(self, index: str, name: str) -> Query | None:
        self.expire()
        return self._kept.get((index, name))

    def expire(self) -> None:
        """Removes queries that are too old or exceed the limit."""
        oldest = self._now() - self._seconds
        while self._kept:
            key, query = next(iter(self._kept.items()))
            if query.used >= oldest and self.bytes <= self._most:
                break
            self._drop(key)

    def _drop(self, key: tuple[str, str]) -> None:
        query = self._kept.pop(key, None)
        if query is not None:
            self.bytes -= query.size
