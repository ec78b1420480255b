"""The pipeline around a call: quota, fallback to other services, recording and replaying, fetching images
that the provider cannot, retrying, and progress."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Code, Fallback, QuotaUnit, TinEye, TransferProgress, _callbacks, aio


def bundle(remaining: int) -> dict[str, Any]:
    return {
        "remaining_searches": remaining,
        "start_date": "2025-12-17 03:42:50 UTC",
        "expire_date": "2027-12-17 03:42:50 UTC",
    }


@pytest.fixture
def second() -> Iterator[DoubleProcess]:
    with DoubleProcess("tineye") as double:
        yield double


def client(double: DoubleProcess, **options: Any) -> TinEye:
    return TinEye(api_key=KEY, base_url=double.url + "/rest/", requests_per_minute=100_000, **options)


# -- Quota


def test_enough_is_left(tineye: TinEye, double: DoubleProcess) -> None:
    quota = tineye.ensure_quota(10_719)
    assert quota.remaining == 10_719
    assert tineye.ensure_quota(0, QuotaUnit.SEARCHES).remaining == 10_719
    assert double.paid() == 0


def test_too_little_is_left(tineye: TinEye, double: DoubleProcess) -> None:
    with pytest.raises(imagesearch.AccountError) as caught:
        tineye.ensure_quota(10_720)
    assert caught.value.code is Code.NO_SEARCHES_LEFT
    assert "10720" in str(caught.value) and "10719" in str(caught.value)
    assert double.paid() == 0


def test_a_quota_of_another_kind(tineye: TinEye) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        tineye.ensure_quota(1, QuotaUnit.IMAGES)
    assert caught.value.code is Code.UNSUPPORTED


@pytest.mark.parametrize("count", [-1, 2**63])
def test_a_batch_that_makes_no_sense(tineye: TinEye, count: int) -> None:
    with pytest.raises(imagesearch.UsageError):
        tineye.ensure_quota(count)


def test_awaited_quota(double: DoubleProcess, base_url: str) -> None:
    async def main() -> None:
        async with aio.AsyncTinEye(api_key=KEY, base_url=base_url) as client:
            assert (await client.ensure_quota(1)).remaining == 10_719
            with pytest.raises(imagesearch.AccountError):
                await client.ensure_quota(20_000)

    asyncio.run(main())


# -- Several services


def test_the_next_service_when_the_first_has_none_left(double: DoubleProcess, second: DoubleProcess) -> None:
    double.set(bundles=[bundle(0)])
    with Fallback([client(double), client(second)]) as both:
        assert both.service == "TinEye or TinEye"
        for _ in range(3):
            assert both.search(MELON_URL, limit=1).total == 247
        assert both.remaining_searches().remaining == 10_716
    assert (double.paid(), second.paid()) == (0, 3)
    searches = [entry for entry in double.log() if entry["kind"] == "search_url"]
    assert len(searches) == 1, "the first is asked once and then left alone"


def test_another_error_is_the_callers(double: DoubleProcess, second: DoubleProcess) -> None:
    with Fallback([client(double, max_attempts=1), client(second)]) as both:
        double.script({"kind": "search_url", "status": 500, "body": "broken"})
        with pytest.raises(imagesearch.ImageSearchError):
            both.search(MELON_URL)
    assert second.paid() == 0


def test_closing_closes_all(double: DoubleProcess, second: DoubleProcess) -> None:
    clients = [client(double), client(second)]
    Fallback(clients).close()
    assert all(one.closed for one in clients)
    with pytest.raises(imagesearch.ClosedError):
        Fallback(clients)


def test_no_service_at_all() -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        Fallback([])
    assert caught.value.code is Code.INVALID_ARGUMENT


def test_awaited_fallback(double: DoubleProcess, second: DoubleProcess) -> None:
    async def main() -> None:
        double.set(bundles=[bundle(0)])
        names = [aio.AsyncTinEye(api_key=KEY, base_url=one.url + "/rest/") for one in (double, second)]
        async with aio.AsyncFallback(names) as both:
            assert (await both.search(MELON_URL, limit=2)).total == 247

    asyncio.run(main())
    assert (double.paid(), second.paid()) == (0, 1)


# -- Record and replay


def test_what_was_recorded_is_replayed_without_a_provider(double: DoubleProcess, tmp_path: Path) -> None:
    folder = tmp_path / "exchanges"
    with client(double, record_to=folder) as recorder:
        recorded = recorder.search(MELON_URL, limit=3)
        left = recorder.remaining_searches()
    asked = len(double.log())
    files = sorted(folder.iterdir())
    assert files and all(KEY not in file.read_text() for file in files)
    assert all(json.loads(file.read_text()) for file in files)
    with TinEye(api_key="another", base_url=double.url + "/rest/", replay_from=folder) as replayer:
        page = replayer.search(MELON_URL, limit=3)
        assert [match.image_url for match in page] == [match.image_url for match in recorded]
        assert replayer.remaining_searches() == left
        with pytest.raises(imagesearch.ImageSearchError) as caught:
            replayer.search("https://images.example/another.jpg")
        assert caught.value.code is Code.NOT_FOUND
    assert len(double.log()) == asked, "the provider was asked while replaying"


def test_both_recording_and_replaying(tmp_path: Path) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        TinEye(api_key=KEY, record_to=tmp_path, replay_from=tmp_path)
    assert caught.value.code is Code.INVALID_ARGUMENT


# -- Images that the provider cannot fetch


def test_fetched_here_and_uploaded_when_asked(double: DoubleProcess, second: DoubleProcess) -> None:
    url = second.url + "/_double/images/melon.png"
    double.call("POST", "matches", {"url": url, "flag": "unreachable"})
    with client(double) as plain, pytest.raises(imagesearch.ImageSearchError) as caught:
        plain.search(url)
    assert caught.value.code is Code.URL_NOT_FETCHED
    with client(double, upload_unfetched_images=True, allow_private_addresses=True) as helpful:
        assert helpful.search(url, limit=1).total == 247
    assert [entry["kind"] for entry in double.log()] == ["search_url", "search_url", "search_upload"]


# -- Retrying


def test_a_lost_answer_is_not_bought_twice_unless_asked(double: DoubleProcess) -> None:
    lost = {"kind": "search_url", "process": True, "act": "close"}
    double.script(lost)
    with client(double) as careful, pytest.raises(imagesearch.TransportError) as caught:
        careful.search(MELON_URL)
    assert caught.value.may_have_been_charged and double.paid() == 1
    double.script(lost)
    with client(double, repeat_uncertain_paid_calls=True, base_delay=0.001) as rich:
        assert rich.search(MELON_URL, limit=1).total == 247
    assert double.paid() == 3


def test_a_wait_that_is_too_long_is_an_error_at_once(double: DoubleProcess) -> None:
    double.script({"kind": "search_url", "status": 429, "headers": [["Retry-After", "30"]], "body": "{}", "count": 0})
    with client(double, max_retry_after=5) as hasty, pytest.raises(imagesearch.ImageSearchError) as caught:
        hasty.search(MELON_URL)
    assert caught.value.retry_after == 30 and caught.value.attempts == 1


@pytest.mark.parametrize("option", ["base_delay", "max_delay", "max_retry_after"])
@pytest.mark.parametrize("value", [-1, float("nan"), 1e9])
def test_waits_out_of_range(option: str, value: float) -> None:
    with pytest.raises(imagesearch.UsageError):
        TinEye(api_key=KEY, **{option: value})  # type: ignore[arg-type]


# -- Progress


def test_an_upload_tells_how_far_it_is(tineye: TinEye, image: Path) -> None:
    seen: list[TransferProgress] = []
    page = tineye.search(image, limit=5, on_transfer=seen.append)
    last = seen[-1]
    assert (last.service, last.operation, last.attempt) == ("TinEye", "search", 1)
    assert last.sent_bytes == last.bytes_to_send > image.stat().st_size
    assert last.received_bytes == len(page.raw) and last.bytes_to_receive in (None, last.received_bytes)
    assert all(
        one.sent_bytes <= two.sent_bytes and one.received_bytes <= two.received_bytes for one, two in itertools.pairwise(seen)
    )
    gc.collect()
    assert not _callbacks.transfers, "the listener of a call that has ended is kept"


def test_a_repetition_begins_again(double: DoubleProcess) -> None:
    seen: list[TransferProgress] = []
    double.script({"kind": "remaining_searches", "status": 503, "body": "busy"})
    with client(double, base_delay=0.001) as patient:
        patient.remaining_searches(on_transfer=seen.append)
    assert sorted({step.attempt for step in seen}) == [1, 2]


def test_a_listener_that_fails_harms_nobody(tineye: TinEye, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_value))

    def broken(_progress: TransferProgress) -> None:
        raise ValueError("the listener is broken")

    assert tineye.search(MELON_URL, limit=1, on_transfer=broken).total == 247
    assert [str(error) for error in reported] == ["the listener is broken"] * len(reported) != []


def test_only_something_callable_listens(tineye: TinEye) -> None:
    with pytest.raises(TypeError):
        tineye.image_count(on_transfer="loud")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        TinEye(api_key=KEY, on_transfer=print)  # type: ignore[call-arg]


def test_awaited_progress_comes_in_the_loop(base_url: str, double: DoubleProcess) -> None:
    threads = set()

    async def main() -> None:
        async with aio.AsyncTinEye(api_key=KEY, base_url=base_url) as client:
            await client.search(MELON_URL, limit=1, on_transfer=lambda _: threads.add(threading.get_ident()))
            await asyncio.sleep(0.05)

    asyncio.run(main())
    assert threads == {threading.get_ident()}
