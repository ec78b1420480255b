"""No leaks of clients, pages, matches, errors and operations, in success and in failure."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import TinEye, _callbacks, aio


def resident() -> int:
    """Resident private memory of this process in bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return (int(pages[1]) - int(pages[2])) * 4096


def growth(work: Callable[[], Any], warm_up: int, rounds: int) -> int:
    """Growth of the process in bytes over a number of rounds, after a warm-up that fills caches and arenas."""
    for _ in range(warm_up):
        work()
    gc.collect()
    before = resident()
    for _ in range(rounds):
        work()
    gc.collect()
    return resident() - before


def test_searches(tineye: TinEye, image: Path) -> None:
    content = image.read_bytes()

    def work() -> None:
        for page in (tineye.search(content, limit=50), tineye.search(image, limit=50)):
            assert sum(len(match.backlinks) for match in page.matches) > 50 and page.raw

    # Such a page has a body of 40 kB and as much text, so leaking one per round would be 16 MB.
    assert growth(work, 100, 200) < 4 << 20


def test_pages_that_nobody_looks_at(tineye: TinEye) -> None:
    assert growth(lambda: tineye.search(MELON_URL, limit=50), 100, 300) < 4 << 20


def test_errors(tineye: TinEye, double: DoubleProcess) -> None:
    double.script({"error": "no_searches_left", "count": 0})

    def work() -> None:
        for call in (lambda: tineye.search(MELON_URL), lambda: tineye.search(b"x"), tineye.remaining_searches):
            with pytest.raises(imagesearch.ImageSearchError):
                call()

    assert growth(work, 100, 500) < 3 << 20


def test_clients(base_url: str, double: DoubleProcess) -> None:
    def work() -> None:
        with TinEye(api_key=KEY, base_url=base_url) as client:
            client.image_count()
        TinEye(api_key=KEY, base_url=base_url)  # never closed, freed all the same

    # A client has a thread and a connection: 200 leaked ones would be far above this.
    assert growth(work, 30, 100) < 6 << 20
    threads = len(list(Path("/proc/self/task").iterdir()))
    assert threads < 40, "%d threads are left" % threads


def test_asyncio_with_cancellation(base_url: str, double: DoubleProcess) -> None:
    double.set(max_concurrent=1000)

    async def main() -> int:
        async with aio.AsyncTinEye(api_key=KEY, base_url=base_url, requests_per_minute=1_000_000, max_concurrent=20) as client:

            async def work() -> None:
                tasks = [asyncio.ensure_future(client.search(MELON_URL, limit=10)) for _ in range(10)]
                await asyncio.sleep(0.002)
                for task in tasks[::3]:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

            for _ in range(20):
                await work()
            gc.collect()
            before = resident()
            for _ in range(60):
                await work()
            gc.collect()
            return resident() - before

    assert asyncio.run(main()) < 4 << 20
    assert not _callbacks.batches
