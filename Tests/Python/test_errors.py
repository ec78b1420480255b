"""Every error row of the TinEye API has its own code and the provider's message; errors as Python objects."""

from __future__ import annotations

import pickle
import socket
import time
from typing import Any

import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import AccountError, Code, ImageError, ImageURLError, OverloadedError, ProviderError, TinEye, TransportError

ROWS: tuple[tuple[str, Code, type[imagesearch.ImageSearchError], int], ...] = (
    ("bad_url", Code.INVALID_URL, ImageURLError, 400),
    ("cannot_download", Code.URL_NOT_FETCHED, ImageURLError, 400),
    ("old_cannot_download", Code.URL_NOT_FETCHED, ImageURLError, 400),
    ("old_cannot_identify", Code.NOT_AN_IMAGE, ImageError, 500),
    ("too_simple", Code.IMAGE_TOO_SIMPLE, ImageError, 400),
    ("old_too_simple", Code.IMAGE_TOO_SIMPLE, ImageError, 500),
    ("animated", Code.CORRUPT_IMAGE, ImageError, 400),
    ("invalid_key", Code.UNAUTHORIZED, AccountError, 401),
    ("old_authentication", Code.AUTHENTICATION_METHOD_REMOVED, AccountError, 401),
    ("forbidden", Code.UNAUTHORIZED, AccountError, 403),
    ("no_searches_left", Code.NO_SEARCHES_LEFT, AccountError, 402),
    ("too_many_requests", Code.TOO_MANY_REQUESTS, OverloadedError, 429),
    ("too_many_concurrent", Code.TOO_MANY_REQUESTS, OverloadedError, 429),
    ("busy", Code.SERVICE_BUSY, OverloadedError, 503),
    ("unavailable", Code.SERVICE_BUSY, OverloadedError, 503),
    ("quota_30", Code.QUOTA_EXCEEDED, AccountError, 400),
    ("clock_skew", Code.CLOCK_SKEW, AccountError, 400),
    ("bad_signature", Code.SIGNATURE_REJECTED, AccountError, 401),
    ("ok_no_searches_left", Code.NO_SEARCHES_LEFT, AccountError, 200),
    ("ok_invalid_key", Code.UNAUTHORIZED, AccountError, 200),
    ("html_200", Code.MALFORMED_RESPONSE, ProviderError, 200),
    ("broken_json", Code.MALFORMED_RESPONSE, ProviderError, 200),
    ("empty_200", Code.MALFORMED_RESPONSE, ProviderError, 200),
)


@pytest.mark.parametrize("row, code, kind, status", ROWS, ids=[row[0] for row in ROWS])
def test_rows(
    base_url: str, double: DoubleProcess, row: str, code: Code, kind: type[imagesearch.ImageSearchError], status: int
) -> None:
    double.script({"error": row, "count": 0})
    with (
        TinEye(api_key=KEY, base_url=base_url, requests_per_minute=1000, max_attempts=1) as client,
        pytest.raises(kind) as caught,
    ):
        client.search(MELON_URL)
    error = caught.value
    assert error.code is code
    assert error.http_status == status
    assert error.service == "TinEye"
    assert error.attempts == 1
    words = double.call("GET", "errors")[row]["body"]
    if isinstance(words, dict):
        text = words["messages"][-1]
        assert error.provider_message is not None and text in error.provider_message
        assert text in str(error) and code.name in str(error)
    assert len(double.log()) == 1 and double.paid() == 0


def test_retry_after_is_kept(base_url: str, double: DoubleProcess) -> None:
    double.script({"error": "too_many_requests", "headers": {"Retry-After": "77"}})
    with TinEye(api_key=KEY, base_url=base_url, max_attempts=1) as client, pytest.raises(OverloadedError) as caught:
        client.search(MELON_URL)
    assert caught.value.retry_after == pytest.approx(77, abs=1)


def test_a_lost_answer_may_have_been_charged_and_is_not_repeated(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "reset", "process": True, "count": 0})
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=1000) as client, pytest.raises(TransportError) as caught:
        client.search(MELON_URL)
    assert caught.value.may_have_been_charged is True
    assert caught.value.code is Code.CONNECTION_LOST
    assert double.paid() == 1


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TinEye(api_key=KEY, base_url="http://127.0.0.1:%d/rest/" % port, max_attempts=1) as client:
        with pytest.raises(TransportError) as caught:
            client.search(MELON_URL)
    assert caught.value.code is Code.CONNECTION_FAILED
    assert not caught.value.may_have_been_charged and caught.value.http_status is None


# The attempt that the deadline ends may end a millisecond before it, and is then reported as the attempt's timeout.
@pytest.mark.parametrize(
    "option, codes", [("timeout", {Code.TIMED_OUT}), ("total_timeout", {Code.DEADLINE_EXCEEDED, Code.TIMED_OUT})]
)
@pytest.mark.parametrize("place", ["client", "call"])
def test_times(base_url: str, double: DoubleProcess, option: Any, codes: set[Code], place: str) -> None:
    double.script({"act": "silence", "delay": 5, "count": 0})
    client_options: Any = {option: 0.3} if place == "client" else {}
    call_options: Any = {option: 0.3} if place == "call" else {}
    start = time.monotonic()
    with TinEye(api_key=KEY, base_url=base_url, max_attempts=1, **client_options) as client:
        with pytest.raises(TransportError) as caught:
            client.remaining_searches(**call_options)
    assert caught.value.code in codes
    assert 0.25 < time.monotonic() - start < 2


def test_errors_survive_a_process_pool() -> None:
    error = AccountError(64, "no more", service="TinEye", http_status=402, retry_after=1.5, attempts=2)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is AccountError and copy.__dict__ == error.__dict__ and str(copy) == str(error)


def test_codes_that_this_version_does_not_know() -> None:
    from imagesearch.errors import class_for

    assert class_for(11) is imagesearch.UsageError
    assert class_for(79) is AccountError
    assert class_for(999) is imagesearch.ImageSearchError
    assert class_for(-5) is imagesearch.ImageSearchError
    error = imagesearch.ImageSearchError(999, "new")
    assert error.code == 999 and error.code.name == "UNKNOWN_999" and "UNKNOWN_999" in str(error)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_the_class_of_its_group(code: Code) -> None:
    from imagesearch.errors import class_for

    alone = {
        Code.CANCELLED: imagesearch.CancelledError,
        Code.FILE_NOT_READABLE: imagesearch.FileError,
        Code.INTERNAL_FAILURE: imagesearch.ImageSearchError,
        7: imagesearch.OutOfMemoryError,
    }
    if code in alone:
        assert class_for(code) is alone[code]
        return
    groups = (
        imagesearch.UsageError, ImageError, ImageURLError, AccountError, OverloadedError, TransportError, ProviderError,
        imagesearch.LocalIndexError,
    )  # fmt: skip
    assert [issubclass(class_for(code), group) for group in groups].index(True) == code // 20
