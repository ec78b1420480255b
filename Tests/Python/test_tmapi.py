"""The 1688 catalogue through TMAPI: three searches, conversion, pages, both places of the token, errors."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import TMAPI, Capability, Code, Match, aio

ALI_URL = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"
FOREIGN_URL = "https://images.example/shirt.jpg"
TOKEN = "test-token"
ENDPOINTS = {"search/image": "search", "global/search/image": "global_v1", "global/search/image/v2": "global_v2"}
Open = Callable[..., TMAPI]


@pytest.fixture
def connect(tmapi: DoubleProcess) -> Open:
    return lambda **more: TMAPI(**{"api_token": TOKEN, "base_url": tmapi.url, **more})


@pytest.mark.parametrize("endpoint", list(ENDPOINTS))
def test_search(connect: Open, tmapi: DoubleProcess, endpoint: str) -> None:
    with connect(endpoint=endpoint) as client:
        page = client.search(ALI_URL, limit=12)
        assert page.service == client.service == "TMAPI" and client.capabilities == Capability.SEARCH_BY_URL
        assert (len(page), page.total, page.has_more, page.next_offset) == (12, 680, True, 12)
        for match, sent in zip(page, page.json()["data"]["items"]):
            assert (match.item_id, match.title, match.page_url) == (str(sent["item_id"]), sent["title"], sent["product_url"])
            assert match.price == sent["price"] and match.currency == "CNY"
            assert (match.image_url or "").startswith("https://cbu01.alicdn.com/") and match.score is None
            assert match.details["shop_info.company_name"] == sent["shop_info"]["company_name"]
            assert match.details["delivery_info.area_from"] == ",".join(sent["delivery_info"]["area_from"])
            assert list(match.details) == sorted(match.details) and "brand " not in match.details
    assert tmapi.last()["kind"] == ENDPOINTS[endpoint] and tmapi.last()["verdict"] == "ok"
    assert tmapi.last()["notes"]["auth"] == "header" and tmapi.paid() == 1


def test_a_match_with_details_is_like_any_other(connect: Open) -> None:
    with connect() as client:
        first, again = client.search(ALI_URL, limit=2)[0], client.search(ALI_URL, limit=2)[0]
    assert first == again and hash(first) == hash(again) and first != dataclasses.replace(first, details={})
    for other in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        assert other == first and other.details == first.details
    assert json.loads(json.dumps(dataclasses.asdict(first)))["details"] == first.details
    assert first.details["moq"] == "1" and "\n" not in repr(first)
    details: Any = first.details
    for change, arguments in (
        (details.update, [{"a": "b"}]), (details.clear, []), (details.pop, ["moq"]), (details.popitem, []),
        (details.setdefault, ["a", "b"]), (operator.setitem, [details, "a", "b"]), (operator.delitem, [details, "moq"]),
        (operator.ior, [details, {"a": "b"}]),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            change(*arguments)
    assert Match().details == {} and dataclasses.replace(Match(), details={"a": "b"}).details == {"a": "b"}


@pytest.mark.parametrize("endpoint", list(ENDPOINTS))
def test_a_foreign_image_is_converted_once(connect: Open, tmapi: DoubleProcess, endpoint: str) -> None:
    with connect(endpoint=endpoint) as client:
        found = [match.item_id for match in client.search_all(FOREIGN_URL, limit=20)]
    assert len(found) == len(set(found)) == 45
    assert [entry["kind"] for entry in tmapi.log()] == ["convert_url"] + [ENDPOINTS[endpoint]] * 3


def test_converted_paths_and_addresses_without_a_scheme(connect: Open, tmapi: DoubleProcess) -> None:
    with connect() as client:
        assert client.search(FOREIGN_URL, limit=3).total == 45
        path = tmapi.call("GET", "conversions")[0]["path"]
        assert path.startswith("/search/")
        assert client.search(path, limit=3).total == 45
        assert ["img_url", path] in tmapi.last()["query"]
        assert client.search("//cbu01.alicdn.com/one.jpg").total == 1
    assert [entry["kind"] for entry in tmapi.log()] == ["convert_url", "search", "search", "search"]


def test_there_is_no_upload(connect: Open, tmapi: DoubleProcess) -> None:
    with connect() as client:
        for image in ("image.png", b"bytes", "search/x.jpg"):
            with pytest.raises(imagesearch.UsageError) as caught:
                client.search(image)
            assert caught.value.code is Code.UNSUPPORTED
        for call in (client.remaining_searches, client.image_count, lambda: client.remove_images("a")):
            with pytest.raises(imagesearch.UsageError) as caught:
                call()
            assert caught.value.code is Code.UNSUPPORTED
    assert tmapi.log() == []


def test_all_pages_and_an_offset(connect: Open, tmapi: DoubleProcess) -> None:
    tmapi.call("POST", "items", {"url": "https://cbu01.alicdn.com/many.jpg", "count": 55})
    with connect(max_concurrent=2) as client:
        everything = [match.item_id for match in client.search_all("https://cbu01.alicdn.com/many.jpg")]
        assert len(everything) == 55 and tmapi.paid() == 3
        some = client.search("https://cbu01.alicdn.com/many.jpg", offset=10, limit=40)
        assert [match.item_id for match in some] == everything[10:50]
        assert [page.offset for page in client.search_pages("https://cbu01.alicdn.com/many.jpg", limit=20)] == [0, 20, 40]
        assert len(client.search("https://cbu01.alicdn.com/unknown.jpg")) == 0


def test_parameters(connect: Open, tmapi: DoubleProcess) -> None:
    given: dict[str, str] = {
        "endpoint": "global/search/image/v2", "language": "ru", "sort": "price_up", "price_start": "9.90", "price_end": "50",
        "is_factory": "true", "free_shipping": "false",
    }  # fmt: skip
    with connect() as client:
        page = client.search(ALI_URL, limit=5, parameters=given)
        assert len(page) == 5 and all(9.9 <= float(match.price or 0) <= 50 for match in page)
        sent = dict(tmapi.last()["query"])
        assert {**given, "endpoint": ""}.items() <= {**sent, "endpoint": ""}.items()
        paid = tmapi.paid()
        for bad in ({"colour": "red"}, {"page": "2"}, {"is_factory": "yes"}, {"language": "ru"}, {"sort": "beauty"}):
            with pytest.raises(imagesearch.UsageError) as caught:
                client.search(ALI_URL, parameters=bad)
            assert caught.value.code is Code.INVALID_ARGUMENT
        for unsupported in ({"category": "4"}, {"minimum_score": 5}, {"region": (0, 0, 5, 5)}):
            with pytest.raises(imagesearch.UsageError) as caught:
                client.search(ALI_URL, **unsupported)
            assert caught.value.code is Code.UNSUPPORTED
        # `sort` is a keyword of every service that supports it.
        assert ["sort", "sales"] in (client.search(ALI_URL, sort="sales") and tmapi.last()["query"])
    assert tmapi.paid() == paid + 1


@pytest.mark.parametrize("in_query", [False, True])
def test_both_places_of_the_token(connect: Open, tmapi: DoubleProcess, in_query: bool) -> None:
    tmapi.set(auth="query" if in_query else "header")
    with connect(token_in_query=in_query) as client:
        assert client.search(FOREIGN_URL, limit=3).total == 45
        assert TOKEN not in repr(client) + repr(client.__dict__)
    assert {entry["notes"]["auth"] for entry in tmapi.log()} == {"query" if in_query else "header"}
    with connect(token_in_query=not in_query) as client:
        with pytest.raises(imagesearch.AccountError) as caught:
            client.search(ALI_URL)
        assert caught.value.code is Code.UNAUTHORIZED and caught.value.provider_code == "4011"


@pytest.mark.parametrize("form", ["", "body_"])
@pytest.mark.parametrize(
    "error, code, kind",
    [
        ("417", Code.PROVIDER_ERROR, imagesearch.ProviderError), ("422", Code.INVALID_REQUEST, imagesearch.ProviderError),
        ("439", Code.NO_SEARCHES_LEFT, imagesearch.AccountError), ("499", Code.PROVIDER_TIMEOUT, imagesearch.OverloadedError),
        ("500", Code.PROVIDER_ERROR, imagesearch.ProviderError), ("503", Code.TOO_MANY_REQUESTS, imagesearch.OverloadedError),
    ],
)  # fmt: skip
def test_errors(connect: Open, tmapi: DoubleProcess, form: str, error: str, code: Code, kind: type) -> None:
    tmapi.script({"error": form + error, "count": 0})
    with connect(max_attempts=1) as client, pytest.raises(kind) as caught:
        client.search(ALI_URL)
    failure = caught.value
    assert isinstance(failure, imagesearch.ImageSearchError)
    assert failure.code is code and failure.provider_code == error and failure.provider_message
    assert failure.http_status == (int(error) if not form else 200)
    assert len(tmapi.log()) == 1 and tmapi.paid() == 0


@pytest.mark.parametrize(
    "error, code",
    [
        ("401", Code.UNAUTHORIZED), ("body_4011", Code.UNAUTHORIZED), ("404", Code.WRONG_ENDPOINT), ("no_data", Code.MALFORMED_RESPONSE),
        ("broken_json", Code.MALFORMED_RESPONSE), ("html_200", Code.MALFORMED_RESPONSE),
    ],
)  # fmt: skip
def test_answers_that_are_none(connect: Open, tmapi: DoubleProcess, error: str, code: Code) -> None:
    tmapi.script({"error": error, "count": 0})
    with connect(max_attempts=1) as client, pytest.raises(imagesearch.ImageSearchError) as caught:
        client.search(ALI_URL)
    assert caught.value.code is code


def test_when_the_money_is_gone_what_was_paid_for_is_kept(connect: Open, tmapi: DoubleProcess) -> None:
    tmapi.set(balance=1)
    with connect() as client:
        page = client.search(ALI_URL, limit=40)
        assert len(page) == 20 and page.next_offset == 20 and page.has_more and "page 2" in page.warnings[0]
        with pytest.raises(imagesearch.AccountError) as caught:
            client.search(ALI_URL)
        assert caught.value.code is Code.NO_SEARCHES_LEFT


@pytest.mark.parametrize("kind", [TMAPI, aio.AsyncTMAPI])
@pytest.mark.parametrize(
    "options", [{"endpoint": "search"}, {"endpoint": ""}, {"api_token": ""}, {"api_token": "a b"}, {"base_url": "ftp://x/"}]
)
def test_bad_options(kind: Any, options: Any) -> None:
    with pytest.raises(imagesearch.ImageSearchError) as caught:
        kind(**{"api_token": TOKEN, **options})
    assert caught.value.code in (Code.INVALID_ARGUMENT, Code.INVALID_URL)
    assert TOKEN not in str(caught.value)
    with pytest.raises(imagesearch.UsageError, match="TMAPI_API_TOKEN"):
        kind()


def test_asyncio(tmapi: DoubleProcess) -> None:
    async def main() -> None:
        async with aio.AsyncTMAPI(api_token=TOKEN, base_url=tmapi.url, endpoint="global/search/image") as client:
            found = [match.item_id async for match in client.search_all(FOREIGN_URL, limit=15)]
            assert len(set(found)) == 45
            path = tmapi.call("GET", "conversions")[0]["path"]
            assert (await client.search(path)).total == 45
            tmapi.script({"error": "439"})
            with pytest.raises(imagesearch.AccountError):
                await client.search(ALI_URL)

    asyncio.run(main())
    assert [entry["kind"] for entry in tmapi.log()] == ["convert_url"] + ["global_v1"] * 5
