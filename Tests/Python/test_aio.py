"""The asyncio clients: the same results, cancellation that ends the call, no leaks."""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Code, _callbacks, aio


def client(base_url: str, **options: Any) -> aio.AsyncTinEye:
    settings: Any = {"requests_per_minute": 100_000, "max_concurrent": 50, **options}
    return aio.AsyncTinEye(api_key=KEY, base_url=base_url, **settings)


def test_every_call(base_url: str, image: Path, double: DoubleProcess) -> None:
    async def main() -> None:
        async with client(base_url) as tineye:
            page = await tineye.search(image, limit=3)
            assert page.total == 247 and len(page.matches) == 3
            assert (await tineye.remaining_searches()).remaining == 10718
            assert await tineye.image_count() == 48560880094
            assert (await tineye.overlay(None, page[0])).startswith(b"\x89PNG")
            offsets = [page.offset async for page in tineye.search_pages(MELON_URL, limit=100)]
            assert offsets == [0, 100, 200]
            found = [match.image_url async for match in tineye.search_all(MELON_URL, limit=100)]
            assert len(set(found)) == 247
            for call in (
                lambda: tineye.remove_images("a"),
                lambda: tineye.add_images([imagesearch.ImageItem("a", [("b", b"c")])]),
            ):
                with pytest.raises(imagesearch.UsageError) as caught:
                    await call()
                assert caught.value.code is Code.UNSUPPORTED
        assert tineye.closed
        with pytest.raises(imagesearch.ClosedError):
            await tineye.search(image)

    asyncio.run(main())


def test_errors(base_url: str, double: DoubleProcess) -> None:
    async def main() -> None:
        double.script({"error": "no_searches_left", "count": 0})
        async with client(base_url) as tineye:
            with pytest.raises(imagesearch.AccountError) as caught:
                await tineye.search(MELON_URL)
            assert caught.value.code is Code.NO_SEARCHES_LEFT
            with pytest.raises(imagesearch.ImageURLError):
                await tineye.search("ftp://x/y.png")

    asyncio.run(main())


def test_many_at_once(base_url: str, double: DoubleProcess) -> None:
    double.set(max_concurrent=1000, search_seconds=0.2)

    async def main() -> float:
        async with client(base_url) as tineye:
            start = time.monotonic()
            pages = await asyncio.gather(*(tineye.search(MELON_URL, limit=1) for _ in range(50)))
            assert all(page.total == 247 for page in pages)
            return time.monotonic() - start

    assert asyncio.run(main()) < 5, "one after another they take 10 seconds"


@pytest.mark.parametrize("times", [1, 3])
def test_cancel(base_url: str, double: DoubleProcess, times: int) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})

    async def main() -> None:
        async with client(base_url) as tineye:
            task = asyncio.ensure_future(tineye.search(MELON_URL))
            await asyncio.sleep(0.3)
            start = time.monotonic()
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - start < 0.5
            double.call("DELETE", "script")
            assert (await tineye.search(MELON_URL, limit=1)).total == 247, "the client goes on"

    asyncio.run(main())
    assert not _callbacks.batches


def test_wait_for(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})

    async def main() -> None:
        async with client(base_url) as tineye:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(tineye.search(MELON_URL), 0.2)

    asyncio.run(main())


def test_close_ends_searches(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})

    async def main() -> None:
        tineye = client(base_url)
        task = asyncio.ensure_future(tineye.search(MELON_URL))
        await asyncio.sleep(0.2)
        await tineye.close()
        with pytest.raises(imagesearch.ImageSearchError) as caught:
            await task
        assert caught.value.code in (Code.CANCELLED, Code.CLOSED)

    asyncio.run(main())


def test_cancel_and_close_at_random_moments(base_url: str, double: DoubleProcess) -> None:
    double.set(max_concurrent=1000, search_seconds=0.02)

    async def main() -> int:
        ended = 0
        for turn in range(30):
            tineye = client(base_url)
            tasks = [asyncio.ensure_future(tineye.search(MELON_URL, limit=1)) for _ in range(8)]
            await asyncio.sleep(turn * 0.002)
            for task in tasks[::2]:
                task.cancel()
            if turn % 2:
                await tineye.close()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            allowed = (imagesearch.SearchPage, imagesearch.ImageSearchError, asyncio.CancelledError)
            assert all(isinstance(result, allowed) for result in results), results
            ended += len(results)
        return ended

    assert asyncio.run(main()) == 240
    gc.collect()
    assert not _callbacks.batches


def test_a_loop_that_is_closed_during_a_search(base_url: str, double: DoubleProcess) -> None:
    double.set(search_seconds=0.3)
    tineye = client(base_url)
    loop = asyncio.new_event_loop()
    task = loop.create_task(tineye.search(MELON_URL))
    loop.run_until_complete(asyncio.sleep(0.1))
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # that it never ends is the point
    loop.close()
    time.sleep(0.6)
    assert not _callbacks.batches
    del task
    gc.collect()
    tineye._close()


def test_bytes_are_kept_until_the_end(base_url: str, double: DoubleProcess, image: Path) -> None:
    content = image.read_bytes()

    async def main() -> None:
        async with client(base_url) as tineye:
            calls = [tineye.search(bytes(bytearray(content)), limit=1) for _ in range(20)]
            gathered: Awaitable[Any] = asyncio.gather(*calls)
            pages = await gathered
            assert [page.total for page in pages] == [247] * 20

    double.set(max_concurrent=1000)
    asyncio.run(main())


def test_a_listener_ends_its_call(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})

    async def main() -> float:
        async with client(base_url) as tineye:
            start = time.monotonic()
            with pytest.raises(imagesearch.CancelledError):
                await tineye.search(MELON_URL, on_transfer=lambda step: False)
            ended = await tineye.search_many([MELON_URL] * 3, progress=lambda step: False)
            assert len(ended.failures) == 3
            return time.monotonic() - start

    assert asyncio.run(main()) < 5


def test_the_same_methods_as_the_blocking_client() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    for name in ("AlibabaCloud", "LocalIndex", "TMAPI", "TinEye"):
        awaited, blocking = getattr(aio, "Async" + name), getattr(imagesearch, name)
        assert public(awaited) == public(blocking)
        assert inspect.signature(awaited) == inspect.signature(blocking)
