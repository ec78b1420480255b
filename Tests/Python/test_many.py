"""A page or an error for each image of a list."""

from __future__ import annotations

import asyncio
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess
from scenes import scene

import imagesearch
from imagesearch import (
    AsyncLocalIndex,
    AsyncTinEye,
    BatchProgress,
    Code,
    ImageItem,
    ImageSearchError,
    LocalIndex,
    SearchPage,
    SearchResults,
    TinEye,
)


def codes(results: SearchResults) -> list[Any]:
    """The code of each error, or the number of matches of each page."""
    return [one.code if isinstance(one, ImageSearchError) else len(one) for one in results]


@pytest.fixture
def index(tmp_path: Path) -> Any:
    with LocalIndex(tmp_path / "index") as index:
        index.add_images([ImageItem(str(number), [("image", scene(number))]) for number in range(4)])
        yield index


def test_a_result_or_an_error_for_each_in_the_order_of_the_list(index: LocalIndex, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    images: list[Any] = [
        scene(2),
        tmp_path / "bad.png",
        "www.example.com/x.png",
        scene(9),
        tmp_path / "missing.png",
        scene(0),
        "",
    ]
    results = index.search_many(images, concurrent=2)
    assert [type(one) is SearchPage for one in results] == [True, False, False, True, False, True, False]
    assert codes(results)[::3] == [1, 0, Code.INVALID_ARGUMENT] and codes(results)[5] == 1
    assert codes(results)[2] is Code.FILE_NOT_READABLE and codes(results)[4] is Code.FILE_NOT_READABLE
    assert isinstance(results[1], imagesearch.ImageError)
    assert results[0][0].item_id == "2" and results[5][0].item_id == "0"
    assert list(results.failures) == [1, 2, 4, 6] and [page is None for page in results.pages][:3] == [False, True, True]
    assert repr(results) == "<SearchResults: 7 searches, 4 failed>"
    same = pickle.loads(pickle.dumps(results))
    assert codes(same) == codes(results) and same[0].matches == results[0].matches


def test_results_outlive_client_and_list(index: LocalIndex) -> None:
    page = index.search_many([scene(1), scene(2)])[1]
    index.close()
    assert page[0].item_id == "2" and page[0]._origin.page is page._handle


def test_nothing_and_what_is_no_list(index: LocalIndex) -> None:
    assert list(index.search_many([])) == [] and len(index.search_many(iter([scene(1)]))) == 1
    for wrong, words in (
        ("a.png", "put a single one in a list"),
        (b"abc", "put a single one in a list"),
        (Path("a.png"), "put a single one in a list"),
        (3, "images must be a sequence of images, not int"),
        ([scene(1), 3], r"images\[1\]: an image is a path"),
    ):
        with pytest.raises(TypeError, match=words):
            index.search_many(wrong)  # type: ignore[arg-type]
    for options, words in (
        ({"concurrent": 0}, "concurrent"),
        ({"concurrent": 257}, "concurrent"),
        ({"max_paid_calls": 0}, "max_paid_calls"),
    ):
        with pytest.raises(imagesearch.InvalidArgumentError, match=words):
            index.search_many([scene(1)], **options)  # type: ignore[arg-type]


def test_options_are_those_of_every_search(tineye: TinEye, double: DoubleProcess) -> None:
    results = tineye.search_many([MELON_URL] * 3, limit=2, offset=1, sort="size")
    assert codes(results) == [2, 2, 2] and {page.offset for page in results.pages if page} == {1}


def test_a_cap_on_paid_calls(tineye: TinEye, double: DoubleProcess) -> None:
    results = tineye.search_many([MELON_URL] * 6, limit=1, concurrent=1, max_paid_calls=2)
    assert codes(results) == [1, 1] + [Code.SPENDING_CAP_REACHED] * 4
    assert all(isinstance(error, imagesearch.QuotaExhaustedError) for error in results.failures.values())
    assert not any(error.may_have_been_charged for error in results.failures.values())


def test_a_wrong_key_ends_the_list(base_url: str, double: DoubleProcess) -> None:
    with TinEye(api_key="wrong", base_url=base_url, requests_per_minute=100_000) as client:
        results = client.search_many([MELON_URL] * 5, concurrent=1)
    assert codes(results) == [Code.UNAUTHORIZED] * 5
    assert [error.attempts for error in results.failures.values()] == [1, 0, 0, 0, 0]


def test_progress_and_the_end_by_it(base_url: str, double: DoubleProcess) -> None:
    double.set(search_seconds=0.05, max_concurrent=100)
    steps: list[BatchProgress] = []

    def stop(step: BatchProgress) -> bool:
        return step.done < 2

    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000) as client:
        results = client.search_many([MELON_URL] * 4, limit=1, progress=steps.append)
        assert codes(results) == [1] * 4 and steps[-1].done == steps[-1].total == 4
        ended = client.search_many([MELON_URL] * 50, limit=1, concurrent=1, progress=stop)
    assert 2 <= codes(ended).count(1) < 50, "what was paid for is kept"
    assert codes(ended)[-1] is Code.CANCELLED


def test_a_list_that_is_late_gives_what_it_has(base_url: str, double: DoubleProcess) -> None:
    double.set(search_seconds=0.2)
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000) as client:
        start = time.monotonic()
        results = client.search_many([MELON_URL] * 100, limit=1, concurrent=1, total_timeout=0.7)
    assert time.monotonic() - start < 5 and codes(results)[0] == 1
    assert codes(results)[-1] is Code.DEADLINE_EXCEEDED


def test_awaited(base_url: str, double: DoubleProcess, tmp_path: Path) -> None:
    double.set(search_seconds=0.05, max_concurrent=100)

    async def main() -> None:
        steps: list[BatchProgress] = []
        async with AsyncTinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000, max_concurrent=8) as client:
            results = await client.search_many([MELON_URL] * 4, limit=1, progress=steps.append)
            assert codes(results) == [1] * 4
            await asyncio.sleep(0)
            assert steps and steps[-1].total == 4
            task = asyncio.ensure_future(client.search_many([MELON_URL] * 1000, concurrent=1))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with AsyncLocalIndex(tmp_path / "other") as other:
            assert codes(await other.search_many([scene(1), tmp_path / "missing.png"])) == [0, Code.FILE_NOT_READABLE]

    asyncio.run(main())
