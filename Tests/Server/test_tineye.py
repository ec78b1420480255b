"""TinEye's protocol: our own client, unmodified pytineye, and plain requests."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import pytineye
from conftest import Server

import imagesearch


def test_our_own_client(server: Server, images: Path) -> None:
    with imagesearch.TinEye(api_key=server.keys["read"], base_url=server.url + "/rest/", requests_per_minute=100_000) as tineye:
        page = tineye.search(images / "copy.png")
        assert [match.domain for match in page] == ["127.0.0.1"]
        assert (page[0].score or 0) > 80 and page[0].backlinks[0].page_url == server.url + "/v1/shop/items/scene%2F0"
        assert tineye.overlay(None, page[0])[:4] == b"\x89PNG"
        assert not tineye.search(images / "11.png")
        assert tineye.image_count() >= 10
        assert tineye.remaining_searches().remaining == 1_000_000_000


def test_pytineye(server: Server, images: Path) -> None:
    api = pytineye.TinEyeAPIRequest(server.url + "/rest/", server.keys["read"])
    found = api.search_data((images / "copy.png").read_bytes())
    assert len(found.matches) == 1 and found.stats["total_results"] == 1
    assert found.matches[0].width == 320 and found.matches[0].backlinks[0].crawl_date == datetime.datetime.min
    assert api.image_count() >= 10
    assert api.remaining_searches()["total_remaining_searches"] > 0
    with pytest.raises(pytineye.exceptions.TinEyeAPIError, match="identify image"):
        api.search_data(b"no image at all")
    with pytest.raises(pytineye.exceptions.TinEyeAPIError, match="valid API key"):
        pytineye.TinEyeAPIRequest(server.url + "/rest/", "wrong").image_count()


def test_refusals_are_worded_as_tineye_words_them(server: Server, images: Path) -> None:
    with server.client() as client:
        for response, status, words in (
            (client.get("/rest/search/"), 400, "Please supply an image or a URL for searching"),
            (
                client.get("/rest/search/", params={"image_url": "https://example.org/a.jpg"}),
                400,
                "Couldn't download image file",
            ),
            (client.post("/rest/search/", files={"image_upload": b""}), 400, "Couldn't identify image file"),
            (client.post("/rest/search/", files={"image_upload": b"x"}, data={"limit": "ten"}), 400, "limit is 'ten'"),
            (client.post("/rest/search/", files={"image_upload": b"x"}, data={"sort": "colour"}), 400, "sort is 'colour'"),
            (client.get("/rest/overlay/" + "0" * 40 + "/AAAA"), 404, "no such image"),
        ):
            body = response.json()
            assert response.status_code == status == body["code"] and body["messages"][0].startswith(words), response.text
            assert body["results"] == [] and "timestamp" in body["stats"]
        assert client.get("/rest/search/", headers={"x-api-key": ""}).status_code == 401
        removed = client.get("/rest/image_count/", headers={"x-api-key": "x"}, params={"api_key": "a", "api_sig": "b"})
        assert removed.status_code == 401


def test_order_and_pages(server: Server, images: Path) -> None:
    with server.client() as client:

        def search(**options: str) -> dict[str, object]:
            response = client.post("/rest/search/", files={"image_upload": (images / "copy.png").read_bytes()}, data=options)
            assert response.status_code == 200, response.text
            return dict(response.json())

        assert len(search(sort="size", order="asc")["results"]["matches"]) == 1  # type: ignore[index]
        assert search(offset="1")["results"]["matches"] == []  # type: ignore[index]
        assert search(limit="0")["results"]["matches"] == []  # type: ignore[index]
        assert search(domain="elsewhere.example")["stats"]["total_filtered_results"] == 0  # type: ignore[index]
        assert len(search(tags="even,other")["results"]["matches"]) == 1  # type: ignore[index]
        assert search(tags="odd")["results"]["matches"] == []  # type: ignore[index]
