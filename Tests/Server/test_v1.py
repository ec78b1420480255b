"""The JSON interface, and OpenAPI against the routes."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Server


def test_search_items_and_images(server: Server, images: Path) -> None:
    with server.client("write") as client:
        assert client.get("/v1/").json()["indexes"][0]["name"] == "shop"
        page = client.post("/v1/shop/search", files={"image": (images / "copy.png").read_bytes()}).json()
        assert page["total"] == 1
        match = page["matches"][0]
        assert match["item_id"] == "scene/0" and match["relation"] in ("reencoded", "altered") and len(match["transform"]) == 6
        assert client.get(match["thumbnail"]).headers["content-type"] == "image/webp"
        assert client.get(match["overlay"]).content[:4] == b"\x89PNG"
        item = client.get("/v1/shop/items/scene%2F0").json()
        assert item["images"][0]["width"] == 320 and item["images"][0]["key"] == match["key"]
        assert "source_path" not in json.dumps(item) and str(images) not in json.dumps(item)
        assert client.get("/v1/shop/items/none").status_code == 404
        added = client.put(
            "/v1/shop/items/a%2Fb", files={"image": ("x.png", (images / "10.png").read_bytes())}, data={"category": "new"}
        )
        assert added.json()["entries"][0]["outcome"] == "added", added.text
        assert client.patch("/v1/shop/items/a%2Fb", json={"category": "newer"}).json() == {"images": 1}
        assert client.get("/v1/shop/items/a%2Fb").json()["images"][0]["category"] == "newer"
        assert client.delete("/v1/shop/items/a%2Fb").json() == {"removed": 1}
        assert client.delete("/v1/shop/items/a%2Fb").status_code == 404


def test_pages_of_items(server: Server) -> None:
    with server.client() as client:
        names, after = [], 0
        while after is not None:
            page = client.get("/v1/shop/items", params={"after": after, "limit": 3}).json()
            names += [item["item_id"] for item in page["items"]]
            after = page["next"]
        assert names[:10] == ["scene/%d" % number for number in range(10)]


def test_compare_and_groups(server: Server, images: Path) -> None:
    with server.client("write") as client:
        both = {"first": (images / "copy.png").read_bytes(), "second": (images / "0.png").read_bytes()}
        found = client.post("/v1/shop/compare", files=both).json()
        assert found["relation"] in ("reencoded", "altered") and "features" in json.dumps(found["explanation"])
        client.put("/v1/shop/items/twin", files={"image": ("x.png", (images / "copy.png").read_bytes())})
        lines = client.get("/v1/shop/groups").text.splitlines()
        groups = [[member["image"]["item_id"] for member in json.loads(line)["members"]] for line in lines]
        assert groups == [["scene/0", "twin"]]
        similar = client.get("/v1/shop/images/%s/similar" % json.loads(lines[0])["members"][0]["key"]).json()
        assert [match["item_id"] for match in similar["matches"]] == ["twin"]
        client.delete("/v1/shop/items/twin")


def test_wrong_requests_say_what_is_wrong(server: Server, images: Path) -> None:
    with server.client("write") as client:
        for response, status, words in (
            (client.post("/v1/shop/search"), 400, "there is no image"),
            (client.post("/v1/shop/search", files={"image": b"x"}), 400, ""),
            (
                client.post("/v1/shop/search", files={"image": b"x"}, data={"limit": "0"}),
                400,
                "limit is 0; it must be 1 to 1000",
            ),
            (client.post("/v1/shop/search", files={"image": b"x"}, data={"relations": "same"}), 400, "relations has 'same'"),
            (client.post("/v1/shop/search", data={"url": "https://example.org/a.png"}), 400, "this server fetches no images"),
            (client.post("/v1/none/search", files={"image": b"x"}), 404, "there is no index none"),
            (client.get("/v1/shop/images/AAAA/thumbnail"), 404, "no such image"),
            (client.get("/v1/shop/images/%2e%2e%2f/thumbnail"), 404, ""),
            (
                client.post("/v1/shop/search", content=b"{", headers={"content-type": "application/json"}),
                400,
                "the body is no JSON",
            ),
            (
                client.post("/v1/shop/search", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}),
                400,
                "",
            ),
            (client.patch("/v1/shop/items/scene%2F0", json={"color": "red"}), 400, "there is no category"),
            (client.get("/v1/shop/groups", params={"keep": "best"}), 400, "keep is 'best'"),
            (client.get("/nothing"), 404, "there is nothing"),
        ):
            assert response.status_code == status, (response.request.url, response.text)
            assert response.json()["error"].startswith(words), response.text
