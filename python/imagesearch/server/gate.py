"""How much at once, and how often: a turn for each search, a rate for each key."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Busy(Exception):
    """No turn can be had. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many requests at once")
        self.retry_after = retry_after


class Gate:
    """Turns: `parallel` at once, `queue` more wait in the order of asking, one beyond that is refused at once."""

    def __init__(self, parallel: int, queue: int) -> None:
        self._turns = asyncio.Semaphore(parallel)
        self._parallel = parallel
        self._most_waiting = queue
        self.waiting = 0
        self.running = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self._turns.locked() and self.waiting >= self._most_waiting:
            raise Busy(1 + self.waiting // self._parallel // 10)
        self.waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._turns.release()


class Rate:
    """A bucket of tokens for each caller: bursts of a tenth of a minute's requests, then the rate. Callers beyond `most` push out
    the ones that were away longest."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._per_second = per_minute / 60
        self._burst = max(1.0, per_minute / 10)
        self._now = now
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        now = self._now()
        tokens, then = self._buckets.pop(caller, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._per_second)
        if tokens < 1:
            self._buckets[caller] = (tokens, now)
            raise Busy(max(1, round((1 - tokens) / self._per_second)))
        self._buckets[caller] = (tokens - 1, now)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
