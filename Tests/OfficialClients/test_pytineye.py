"""pytineye, TinEye's own client, against the TinEye double, whose responses it must accept."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from doublekit.process import DoubleProcess
from pytineye import TinEyeAPIError, TinEyeAPIRequest


@pytest.fixture
def api(tineye: DoubleProcess) -> TinEyeAPIRequest:
    return TinEyeAPIRequest(api_url=tineye.url + "/rest/", api_key="test-key")


def image(double: DoubleProcess, name: str) -> bytes:
    content: bytes = double.call("GET", "images/" + name)
    return content


def test_search_by_url(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    answer = api.search_url("https://tineye.com/images/meloncat.jpg")
    assert answer.stats["total_results"] == 247
    assert len(answer.matches) == 100
    scores = [match.score for match in answer.matches]
    assert scores == sorted(scores, reverse=True) and scores[0] == 100
    assert len(answer.matches[0].backlinks) == 100, "100 backlinks a match is the default limit"
    assert isinstance(answer.stats["timestamp"], str)
    assert tineye.last()["verdict"] == "ok"
    assert tineye.last()["notes"] == {"auth": "header"}
    assert tineye.paid() == 1


def test_search_by_upload(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    data = image(tineye, "melon.png")
    answer = api.search_data(data, offset=240, limit=100)
    assert len(answer.matches) == 7, "247 matches, the last page is short"
    entry = tineye.last()
    assert entry["kind"] == "search_upload"
    (part,) = entry["form"]["files"]
    assert part["filename"] == "image.jpg"
    assert part["sha256"] == hashlib.sha256(data).hexdigest()


def test_pages_do_not_overlap(api: TinEyeAPIRequest) -> None:
    url = "https://tineye.com/images/meloncat.jpg"
    overlays = []
    for offset in range(0, 300, 50):
        overlays += [match.overlay for match in api.search_url(url, offset=offset, limit=50).matches]
    assert len(overlays) == len(set(overlays)) == 247


def test_filters_sort_and_backlink_limit(api: TinEyeAPIRequest) -> None:
    url = "https://tineye.com/images/meloncat.jpg"
    stock = api.search_url(url, tags="stock", limit=300)
    assert 0 < len(stock.matches) < 247
    assert all("stock" in match.tags for match in stock.matches)
    assert stock.stats["total_filtered_results"] == len(stock.matches)
    assert stock.stats["total_results"] == 247
    one = api.search_url(url, domain="site3.example", limit=300, backlink_limit=1)
    assert {match.domain for match in one.matches} == {"site3.example"}
    assert all(len(match.backlinks) == 1 for match in one.matches)
    sizes = [match.size for match in api.search_url(url, sort="size", order="asc").matches]
    assert sizes == sorted(sizes)


def test_unknown_image_is_an_empty_result(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    answer = api.search_data(image(tineye, "unknown.png"))
    assert answer.matches == [] and answer.stats["total_results"] == 0
    assert tineye.paid() == 1


def test_remaining_searches_and_count(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    remaining = api.remaining_searches()
    assert remaining["total_remaining_searches"] == 10719
    assert [bundle["remaining_searches"] for bundle in remaining["bundles"]] == [719, 10000]
    assert isinstance(remaining["bundles"][0]["expire_date"], datetime.datetime)
    api.search_url("https://tineye.com/images/meloncat.jpg")
    assert api.remaining_searches()["bundles"][0]["remaining_searches"] == 718, "the first to expire is used first"
    assert api.image_count() == 48560880094


def test_quota_ends(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    expires = "2099-01-01 00:00:00 UTC"
    tineye.set(bundles=[{"remaining_searches": 1, "start_date": "2026-01-01 00:00:00 UTC", "expire_date": expires}])
    api.search_url("https://tineye.com/images/meloncat.jpg")
    with pytest.raises(TinEyeAPIError) as caught:
        api.search_url("https://tineye.com/images/meloncat.jpg")
    assert caught.value.code == 402
    assert caught.value.message[0].startswith("You have no more searches available.")
    assert tineye.paid() == 1


@pytest.mark.parametrize(
    "name, code, text",
    [
        ("flat.png", 400, "too simple"),
        ("tiny.png", 400, "too simple"),
        ("animated.gif", 400, "Error reading image data"),
    ],
)
def test_refused_images(api: TinEyeAPIRequest, tineye: DoubleProcess, name: str, code: int, text: str) -> None:
    with pytest.raises(TinEyeAPIError) as caught:
        api.search_data(image(tineye, name))
    assert caught.value.code == code and text in caught.value.message[0]
    assert tineye.paid() == 0, "a refused image is not charged"


def test_not_an_image(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    with pytest.raises(TinEyeAPIError) as caught:
        api.search_data(b"<html>not an image</html>")
    assert "Couldn't identify" in caught.value.message[0]
    tineye.set(shape="2017")
    with pytest.raises(TinEyeAPIError) as caught:
        api.search_data(b"<html>not an image</html>")
    assert caught.value.code == 500
    assert caught.value.message == ["API_ERROR", "cannot identify image file"]


def test_bad_urls(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    for url, text in (("ftp://x/y.jpg", "Invalid or missing URL"), ("http://no.invalid/x.jpg", "download")):
        with pytest.raises(TinEyeAPIError) as caught:
            api.search_url(url)
        assert caught.value.code == 400 and text in caught.value.message[0]


def test_loopback_url_is_fetched(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    assert len(api.search_url(tineye.url + "/_double/images/boat.bmp").matches) == 3
    with pytest.raises(TinEyeAPIError):
        api.search_url(tineye.url + "/_double/images/none.png")


@pytest.mark.parametrize("key", ["", "wrong"])
def test_wrong_key(tineye: DoubleProcess, key: str) -> None:
    api = TinEyeAPIRequest(api_url=tineye.url + "/rest/", api_key=key)
    with pytest.raises(TinEyeAPIError) as caught:
        api.image_count()
    assert caught.value.code == 401 and caught.value.message == ["Please provide a valid API key."]


def test_removed_authentication(api: TinEyeAPIRequest) -> None:
    with pytest.raises(TinEyeAPIError) as caught:
        api.image_count(api_key="LCkn,2K7osVwkX95K4Oy")
    assert caught.value.code == 401 and "has been removed" in caught.value.message[0]


def test_sandbox_searches_are_free(tineye: DoubleProcess) -> None:
    api = TinEyeAPIRequest(api_url=tineye.url + "/rest/", api_key="6mm60lsCNIB,FwOWjJqA80QZHh9BMwc-ber4u=t^")
    assert api.search_url("https://tineye.com/images/meloncat.jpg").matches
    assert tineye.paid() == 0
    assert api.remaining_searches()["total_remaining_searches"] == 5000


def test_scripted_errors(api: TinEyeAPIRequest, tineye: DoubleProcess) -> None:
    tineye.script({"error": "too_many_requests", "kind": "search_url"}, {"error": "busy", "kind": "search_url"})
    codes = []
    for _ in range(2):
        with pytest.raises(TinEyeAPIError) as caught:
            api.search_url("https://tineye.com/images/meloncat.jpg")
        codes.append(caught.value.code)
    assert codes == [429, 503]
    assert api.search_url("https://tineye.com/images/meloncat.jpg").matches
    tineye.script({"error": "ok_bad_url"})
    with pytest.raises(TinEyeAPIError):
        api.search_url("https://tineye.com/images/meloncat.jpg")
    assert tineye.paid() == 1


def test_over_tls(tineye: DoubleProcess) -> None:
    import urllib3

    api = TinEyeAPIRequest(api_url=tineye.tls_url + "/rest/", api_key="test-key")
    api.http_pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=tineye.ca_file)
    assert api.image_count() == 48560880094
    assert tineye.last()["scheme"] == "https"
