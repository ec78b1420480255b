"""TinEye through the whole stack: Python, C, Swift, a real socket, and a double that checks its requests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, MELON_URL, PUBLIC_KEY
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Capability, Code, TinEye


def test_search_by_url(tineye: TinEye, double: DoubleProcess) -> None:
    page = tineye.search(MELON_URL)
    assert page.service == "TinEye" == tineye.service
    assert (len(page), page.total, page.offset, page.has_more) == (100, 247, 0, True)
    assert double.last()["kind"] == "search_url" and double.last()["verdict"] == "ok"
    assert double.last()["notes"] == {"auth": "header"}
    assert double.paid() == 1


def test_every_field_of_a_match_is_what_the_answer_says(tineye: TinEye) -> None:
    page = tineye.search(MELON_URL, limit=100)
    body = page.json()
    assert len(body["results"]["matches"]) == len(page.matches) == 100
    for match, sent in zip(page, body["results"]["matches"]):
        assert match.score == sent["score"]
        assert match.image_url == sent["image_url"]
        assert match.domain == sent["domain"]
        assert match.format == sent["format"]
        assert (match.width, match.height) == (sent.get("width"), sent.get("height"))
        assert match.file_size == sent["filesize"]
        assert match.tags == tuple(sent.get("tags") or ())
        assert match.overlay_url is not None and match.overlay_url.endswith(sent["overlay"])
        links = [
            (link.image_url or None, link.page_url or None, str(link.crawl_date or "") or None) for link in match.backlinks
        ]
        assert links == [
            (link["url"] or None, link["backlink"] or None, link["crawl_date"] or None) for link in sent["backlinks"]
        ]
        query = dict(pair.split("=") for pair in sent["overlay"].split("?")[1].split("&"))
        assert match.transform == imagesearch.AffineMap(
            *(float(query[name]) for name in ("m11", "m12", "m13", "m21", "m22", "m23"))
        )
        assert (match.confidence, match.item_id, match.image_name, match.price) == (None, None, None, None)
    assert any(match.width is None for match in page), "the double leaves some widths out"


def test_the_signature_of_2017(base_url: str, double: DoubleProcess, image: Path) -> None:
    double.set(auth="signature")
    with TinEye(public_key=PUBLIC_KEY, private_key=KEY, base_url=base_url, requests_per_minute=1000) as client:
        assert len(client.search(MELON_URL, limit=5)) == 5
        assert len(client.search(image, limit=5)) == 5
        assert client.image_count() == 48560880094
    assert [entry["verdict"] for entry in double.log()] == ["ok"] * 3
    assert all(entry["notes"]["auth"].startswith("signature") for entry in double.log())


def test_a_wrong_private_key(base_url: str, double: DoubleProcess) -> None:
    double.set(auth="signature")
    with TinEye(public_key=PUBLIC_KEY, private_key="wrong", base_url=base_url) as client:
        with pytest.raises(imagesearch.AccountError) as caught:
            client.remaining_searches()
    assert caught.value.code is Code.SIGNATURE_REJECTED


@pytest.mark.parametrize(
    "keys",
    [{}, {"public_key": PUBLIC_KEY}, {"private_key": KEY}, {"api_key": ""}, {"api_key": KEY, "private_key": KEY}],
)
def test_keys_that_make_no_sense(keys: dict[str, str]) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        TinEye(**keys)  # type: ignore[arg-type]
    assert caught.value.code is Code.INVALID_ARGUMENT


def test_parameters_reach_the_provider(tineye: TinEye, double: DoubleProcess) -> None:
    tineye.search(
        MELON_URL, limit=7, offset=3, sort="size", order="asc", backlink_limit=2, tags=["stock", "collection"],
        domain="site3.example", parameters={"pretty": "true"},
    )  # fmt: skip
    sent = {tuple(pair) for pair in double.last()["query"]}
    assert sent == {
        ("image_url", MELON_URL), ("limit", "7"), ("offset", "3"), ("sort", "size"), ("order", "asc"),
        ("backlink_limit", "2"), ("tags", "stock,collection"), ("domain", "site3.example"), ("pretty", "true"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "options, code",
    [
        ({"limit": 0}, Code.INVALID_ARGUMENT),
        ({"limit": -1}, Code.INVALID_ARGUMENT),
        ({"limit": 2**63}, Code.INVALID_ARGUMENT),
        ({"offset": -1}, Code.INVALID_ARGUMENT),
        ({"sort": "beauty"}, Code.INVALID_ARGUMENT),
        ({"sort": "score\0"}, Code.INVALID_ARGUMENT),
        ({"sort": "\ud800"}, Code.INVALID_ARGUMENT),
        ({"parameters": {"nonce": "x"}}, Code.INVALID_ARGUMENT),
        ({"sort": "size", "parameters": {"sort": "score"}}, Code.INVALID_ARGUMENT),
        ({"timeout": 0}, Code.INVALID_ARGUMENT),
        ({"total_timeout": -1}, Code.INVALID_ARGUMENT),
        ({"total_timeout": float("nan")}, Code.INVALID_ARGUMENT),
        ({"minimum_score": 101}, Code.INVALID_ARGUMENT),
        ({"minimum_score": float("nan")}, Code.INVALID_ARGUMENT),
        ({"region": (0, 0, 0, 0)}, Code.INVALID_ARGUMENT),
        ({"category": "mugs"}, Code.UNSUPPORTED),
        ({"region": (0, 0, 10, 10)}, Code.UNSUPPORTED),
    ],
)
def test_bad_options_cost_nothing(tineye: TinEye, double: DoubleProcess, options: Any, code: Code) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        tineye.search(MELON_URL, **options)
    assert caught.value.code is code
    assert double.log() == []


@pytest.mark.parametrize("options", [{"limits": 3}, {"limit": "3"}, {"sort": 3}, {"logger": None}, {"parameters": {"sort": 1}}])
def test_options_of_a_wrong_type(tineye: TinEye, options: Any) -> None:
    with pytest.raises(TypeError):
        tineye.search(MELON_URL, **options)


def test_pages(tineye: TinEye, double: DoubleProcess) -> None:
    pages = tineye.search_pages(MELON_URL, limit=100)
    assert double.log() == [], "nothing is asked for before it is needed"
    first = next(pages)
    assert double.paid() == 1
    rest = list(pages)
    assert [page.offset for page in [first, *rest]] == [0, 100, 200]
    assert [len(page) for page in rest] == [100, 47]
    assert double.paid() == 3


def test_all_matches_from_an_offset(tineye: TinEye, double: DoubleProcess) -> None:
    found = [match.image_url for match in tineye.search_all(MELON_URL, limit=50, offset=20)]
    assert len(found) == len(set(found)) == 227
    assert double.paid() == 5


def test_all_matches_above_a_score(tineye: TinEye) -> None:
    wanted = [match.image_url for match in tineye.search_all(MELON_URL, limit=247) if (match.score or 0) >= 60]
    assert 100 < len(wanted) < 247
    # The filter is applied to received pages, so a page can have fewer matches than it covers.
    found = [match.image_url for match in tineye.search_all(MELON_URL, limit=50, minimum_score=60, sort="size")]
    assert len(found) == len(wanted) and set(found) == set(wanted)


def test_no_match_is_an_empty_page(tineye: TinEye, double: DoubleProcess) -> None:
    page = tineye.search(double.call("GET", "images/unknown.png"))
    assert (len(page), page.matches, page.total, page.has_more) == (0, (), 0, False)
    assert not page and list(page) == []


def test_remaining_searches(tineye: TinEye) -> None:
    quota = tineye.remaining_searches()
    assert quota.remaining == 10719 and quota.unit is imagesearch.QuotaUnit.SEARCHES and not quota.is_unlimited
    assert [bundle.remaining for bundle in quota.bundles] == [719, 10000]
    assert quota.bundles[0].start == datetime(2025, 12, 17, 3, 42, 50, tzinfo=UTC)
    assert str(quota.bundles[0].end) == "2027-12-17 03:42:50+00:00"


def test_image_count_is_64_bits(tineye: TinEye, double: DoubleProcess) -> None:
    assert tineye.image_count() == 48560880094
    double.set(image_count=2**62)
    assert tineye.image_count() == 2**62


def test_overlay(tineye: TinEye, double: DoubleProcess) -> None:
    page = tineye.search(MELON_URL, limit=3)
    image = tineye.overlay(None, page[1])
    assert image.startswith(b"\x89PNG")
    assert double.last()["kind"] == "overlay" and double.last()["verdict"] == "ok"
    assert "x-api-key" not in {name.lower() for name, _ in double.last()["headers"]}, "the image is public, the key stays"


def test_an_overlay_of_a_match_of_another_process(tineye: TinEye) -> None:
    with pytest.raises(imagesearch.UsageError):
        tineye.overlay(None, imagesearch.Match(overlay_url="https://tineye.com/x"))


def test_what_tineye_cannot_do(tineye: TinEye) -> None:
    assert tineye.capabilities == (
        Capability.SEARCH_BY_URL
        | Capability.SEARCH_BY_UPLOAD
        | Capability.TELL_REMAINING_SEARCHES
        | Capability.TELL_QUOTA
        | Capability.COUNT_IMAGES
    )
    for call in (lambda: tineye.add_images([imagesearch.ImageItem("a", [("b", b"c")])]), lambda: tineye.remove_images("a")):
        with pytest.raises(imagesearch.UsageError) as caught:
            call()
        assert caught.value.code is Code.UNSUPPORTED


def test_warnings(tineye: TinEye, double: DoubleProcess) -> None:
    assert tineye.search(MELON_URL, limit=1).warnings == ()
    double.set(warn_over_per_minute=1)
    assert "more than 1 searches" in tineye.search(MELON_URL, limit=1).warnings[0]


def test_raw_is_the_body_as_it_came(tineye: TinEye, double: DoubleProcess) -> None:
    body = b'{"stats": {"x": 1e400}, "code": 200, "messages": [], "results": {"matches": []}, "new": "\xc3\xa9"}'
    import base64

    double.script({"status": 200, "body_base64": base64.b64encode(body).decode()})
    page = tineye.search(MELON_URL)
    assert page.raw == body
    assert page.json()["new"] == "é"


def test_a_page_outlives_its_client(base_url: str, image: Path) -> None:
    with TinEye(api_key=KEY, base_url=base_url) as client:
        page = client.search(image, limit=3)
    del client
    assert len(page.matches) == 3 and hashlib.sha256(page.raw).digest()
    match = page.matches[2]
    del page
    assert match.domain is not None and len(match.backlinks) > 0


def test_paid_calls_can_be_capped(base_url: str, double: DoubleProcess) -> None:
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=1000, max_paid_calls=2) as client:
        for _ in range(2):
            client.search(MELON_URL, limit=1)
        with pytest.raises(imagesearch.AccountError) as caught:
            client.search(MELON_URL, limit=1)
        assert caught.value.code is Code.SPENDING_CAP_REACHED
        assert caught.value.attempts == 0
        client.remaining_searches()
    assert double.paid() == 2


def test_closed(base_url: str, double: DoubleProcess) -> None:
    client = TinEye(api_key=KEY, base_url=base_url)
    client.close()
    client.close()
    assert client.closed and repr(client) == "<TinEye client, closed>"
    calls: list[Any] = [lambda: client.search(MELON_URL), client.remaining_searches, client.image_count]
    for call in calls:
        with pytest.raises(imagesearch.ClosedError):
            call()
    with pytest.raises(imagesearch.ClosedError):
        client.capabilities  # noqa: B018
    assert double.log() == []


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "ftp://x/"}, {"base_url": "x"}, {"timeout": 0}, {"timeout": -1.0}, {"total_timeout": float("inf")},
        {"max_attempts": 0}, {"max_attempts": 11}, {"max_concurrent": 1001}, {"requests_per_minute": 0},
        {"max_paid_calls": 0}, {"base_url": "http://x/\0"}, {"connect_timeout": 1e9},
    ],
)  # fmt: skip
def test_bad_client_options(options: Any) -> None:
    with pytest.raises(imagesearch.ImageSearchError) as caught:
        TinEye(api_key=KEY, **options)
    assert caught.value.code in (Code.INVALID_ARGUMENT, Code.INVALID_URL)
    with pytest.raises(TypeError):
        TinEye(api_key=KEY, base_uri="http://x/")  # type: ignore[call-arg]
