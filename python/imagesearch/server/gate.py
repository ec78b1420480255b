"""Limits on concurrency and rate: a turn for each search, a rate for each key."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from .problems import Kind, Problem


class Gate:
    """Limits concurrency: `parallel` requests run, `queue` more wait in first-come order, and others are refused at once."""

    def __init__(self, parallel: int, queue: int) -> None:
        self._turns = asyncio.Semaphore(parallel)
        self._parallel = parallel
        self._most_waiting = queue
        self.waiting = 0
        self.running = 0

    def check(self) -> None:
        """Raises what turn() would raise now; called before the body of a request is read, which is the expensive part of a
        refusal."""
        if self._turns.locked() and self.waiting >= self._most_waiting:
            raise Problem(503, "too many requests at once", Kind.QUEUE, retry_after=1 + self.waiting // self._parallel // 10)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        self.check()
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
    """A token bucket for each caller: bursts of a tenth of a minute's requests, then the rate. Beyond `most` callers, the least
    recent ones are forgotten."""

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
        left = tokens - 1 if tokens >= 1 else tokens
        self._buckets[caller] = (left, now)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if tokens < 1:
            wait = max(1, math.ceil((1 - tokens) / self._per_second))
            raise Problem(429, "too many requests; this key may send fewer a minute", Kind.RATE, retry_after=wait)
