"""The TMAPI double. There is no official client; the vendor's own Python example, `requests.get(url, params=…)`, is
used here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Tuple

import pytest
import requests
from doublekit.process import DoubleProcess

SEED_URL = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"
ENDPOINTS = ["/search/image", "/global/search/image", "/global/search/image/v2"]


def get(double: DoubleProcess, endpoint: str = "/search/image", **query: Any) -> Tuple[int, Dict[str, Any]]:
    """The vendor's Python example, with the credential in the query."""
    answer = requests.get(double.url + "/1688" + endpoint, params={"apiToken": "test-token", **query}, timeout=20)
    return answer.status_code, answer.json()


def convert(double: DoubleProcess, url: Any, **more: Any) -> Tuple[int, Dict[str, Any]]:
    answer = requests.post(double.url + "/1688/tools/image/convert_url", json={"url": url, **more},
                           headers={"apikey": "test-token"}, timeout=20)  # fmt: skip
    return answer.status_code, answer.json()


def test_the_seed_example(tmapi: DoubleProcess) -> None:
    status, body = get(tmapi, img_url=SEED_URL, page=1, page_size=20, sort="default")
    assert (status, body["code"], body["msg"]) == (200, 200, "success")
    data = body["data"]
    assert (data["page"], data["page_size"], data["total_count"], data["has_next_page"]) == (1, 20, 680, True)
    assert (data["keyword"], data["cat_id"], data["filters"], data["sort"]) == ("", None, {}, "default")
    first = data["items"][0]
    assert first["item_id"] == 983093623752 and first["price"] == "27.00" and first["is_ad"] is True
    assert first["shop_info"]["score_info"]["composite_score"] == "4.5" and first["rating_star"] is None
    assert tmapi.paid() == 1


def test_credentials(tmapi: DoubleProcess) -> None:
    url = tmapi.url + "/1688/search/image"
    query = {"img_url": SEED_URL}
    assert requests.get(url, params=query, headers={"apikey": "test-token"}, timeout=20).status_code == 200
    nothing = requests.get(url, params=query, timeout=20)
    assert (nothing.status_code, nothing.json()) == (401, {"code": 4011, "message": "no API key found in request"})
    both = requests.get(url, params={**query, "apiToken": "test-token"}, headers={"apikey": "test-token"}, timeout=20)
    assert both.status_code == 401
    assert requests.get(url, params=query, headers={"apikey": "wrong"}, timeout=20).status_code == 401
    tmapi.set(auth="header")
    assert get(tmapi, img_url=SEED_URL)[0] == 401
    tmapi.set(auth="query")
    assert get(tmapi, img_url=SEED_URL)[0] == 200
    assert tmapi.paid() == 2


def test_wrong_path_is_the_gateways(tmapi: DoubleProcess) -> None:
    assert get(tmapi, "/image/upload") == (404, {"message": "no Route matched with those values"})


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_conversion_for_each_endpoint(tmapi: DoubleProcess, endpoint: str) -> None:
    shirt = "https://images.example/shirt.jpg"
    assert get(tmapi, endpoint, img_url=shirt)[1]["code"] == 422, "not Ali-hosted"
    _, body = convert(tmapi, shirt, search_api_endpoint=endpoint)
    path = body["data"]["image_url"]
    assert path.startswith("/search/imgextra")
    seen: List[int] = []
    page = 1
    while True:
        data = get(tmapi, endpoint, img_url=path, page=page, page_size=20)[1]["data"]
        seen += [item["item_id"] for item in data["items"]]
        if page * 20 >= data["total_count"]:
            break
        page += 1
    assert len(set(seen)) == len(seen) == 45 and page == 3
    assert get(tmapi, endpoint, img_url=path, page=9)[1]["data"]["items"] == []
    other = ENDPOINTS[(ENDPOINTS.index(endpoint) + 1) % 3]
    assert get(tmapi, other, img_url=path)[1]["code"] == 422
    tmapi.set(clock_skew=90000)
    assert get(tmapi, endpoint, img_url=path)[1]["code"] == 417
    assert tmapi.call("GET", "paid")["by_kind"]["convert_url"] == 1


def test_three_shapes(tmapi: DoubleProcess) -> None:
    one, two, three = (get(tmapi, endpoint, img_url=SEED_URL)[1]["data"] for endpoint in ENDPOINTS)
    assert "has_next_page" not in two and "keyword" not in two and "cat_id" not in two
    assert three["has_next_page"] is True
    assert set(one["items"][5]["price_info"]) == {"sale_price", "origin_price"}
    assert set(two["items"][5]["price_info"]) == {"drop_ship_price", "wholesale_price", "origin_price"}
    assert set(three["items"][5]["price_info"]) == {"price", "sale_price", "origin_price"}
    assert isinstance(one["items"][5]["sale_info"]["sale_quantity"], str)
    assert isinstance(two["items"][5]["sale_info"]["sale_quantity"], int)
    assert set(three["items"][5]["sale_info"]) == {"sale_quantity_90days"}
    assert "moq" not in two["items"][5] and "member_id" not in three["items"][5]["shop_info"]
    assert all("title_origin" in item for item in two["items"] + three["items"])


def test_filters_and_order(tmapi: DoubleProcess) -> None:
    data = get(tmapi, img_url=SEED_URL, price_start="10", price_end="20.50", is_factory="true", sort="price_up")[1]["data"]
    prices = [float(item["price"]) for item in data["items"]]
    assert prices == sorted(prices) and prices[0] >= 10 and prices[-1] <= 20.5 and 0 < data["total_count"] < 680
    assert data["filters"] == {"is_factory": "true", "price_start": "10", "price_end": "20.50"}
    sales = [item["sale_info"]["sale_quantity_int"] for item in get(tmapi, img_url=SEED_URL, sort="sales")[1]["data"]["items"]]
    assert sales == sorted(sales, reverse=True)


@pytest.mark.parametrize(
    "endpoint, query",
    [
        ("/search/image", {}),
        ("/search/image", {"page": 0}),
        ("/search/image", {"page_size": 21}),
        ("/search/image", {"sort": "best"}),
        ("/search/image", {"language": "en"}),
        ("/search/image", {"is_factory": "True"}),
        ("/search/image", {"price_start": "cheap"}),
        ("/global/search/image", {"price_start": "1"}),
        ("/global/search/image", {"language": "de"}),
        ("/global/search/image/v2", {"language": "th"}),
        ("/search/image", {"img_url": "meloncat.jpg"}),
        ("/search/image", {"img_url": "/search/imgextra/never.jpg"}),
    ],
)
@pytest.mark.parametrize("errors_as", ["status", "body"])
def test_parameter_errors(tmapi: DoubleProcess, endpoint: str, query: Dict[str, Any], errors_as: str) -> None:
    tmapi.set(errors_as=errors_as)
    if query:
        query = {"img_url": SEED_URL, **query}
    status, body = get(tmapi, endpoint, **query)
    assert (status, body) == (422 if errors_as == "status" else 200, {"code": 422, "msg": "Parameter error"})
    assert tmapi.paid() == 0


def test_conversion_refusals(tmapi: DoubleProcess) -> None:
    assert convert(tmapi, "ftp://x/y")[1]["code"] == 422
    assert convert(tmapi, "data:image/png;base64,AAAA")[1]["code"] == 422
    assert convert(tmapi, 3)[1]["code"] == 422
    assert convert(tmapi, "http://no.invalid/x.jpg")[1]["code"] == 417
    assert convert(tmapi, "http://x.example/x.jpg", search_api_endpoint="/1688/search/image")[1]["code"] == 422
    assert convert(tmapi, "http://x.example/x.jpg")[1]["code"] == 200


@pytest.mark.parametrize("code", [417, 422, 439, 499, 500, 503])
def test_every_error_in_both_forms(tmapi: DoubleProcess, code: int) -> None:
    tmapi.script({"error": str(code)}, {"error": "body_%d" % code})
    first, second = get(tmapi, img_url=SEED_URL), get(tmapi, img_url=SEED_URL)
    assert (first[0], first[1]["code"]) == (code, code)
    assert (second[0], second[1]["code"]) == (200, code)
    assert get(tmapi, img_url=SEED_URL)[1]["code"] == 200


def test_balance_and_concurrency(tmapi: DoubleProcess) -> None:
    tmapi.set(balance=3, max_concurrent=2, search_seconds=0.3)
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(body["code"] for _, body in pool.map(lambda _: get(tmapi, img_url=SEED_URL), range(4)))
    assert codes == [200, 200, 503, 503]
    assert [get(tmapi, img_url=SEED_URL)[1]["code"] for _ in range(2)] == [200, 439]
    assert tmapi.paid() == 3


def test_unknown_image_is_an_empty_result(tmapi: DoubleProcess) -> None:
    data = get(tmapi, img_url="https://cbu01.alicdn.com/unknown.jpg")[1]["data"]
    assert (data["total_count"], data["items"], data["has_next_page"]) == (0, [], False)
