"""MatchEngine's protocol, by a double of its Python client that follows docs/sources/matchengine.md."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any

import httpx
from conftest import Server


class MatchEngineClient:
    """Parameters go into the query, files into a multipart body, as the official client does."""

    def __init__(self, server: Server, index: str = "shop", scope: str = "write") -> None:
        self.http = httpx.Client(
            base_url="%s/%s/rest/" % (server.url, index), auth=("user", server.keys[scope]), timeout=30, trust_env=False
        )

    def call(self, method: str, files: Any = None, status: int = 200, **parameters: Any) -> dict[str, Any]:
        query = {name: value for name, value in parameters.items() if value is not None}
        response = (
            self.http.post(method + "/", params=query, files=files) if files else self.http.get(method + "/", params=query)
        )
        assert response.status_code == status, response.text
        return dict(response.json())


def files(images: Path, *names: str) -> dict[str, Any]:
    return {"images[%d]" % number: (name, (images / name).read_bytes()) for number, name in enumerate(names)}


def test_the_life_of_an_image(server: Server, images: Path) -> None:
    engine = MatchEngineClient(server)
    before = engine.call("count")["result"][0]
    added = engine.call(
        "add", files(images, "10.png", "11.png"), **{"filepaths[0]": "new/ten.png", "filepaths[1]": "new/é 11.png"}
    )
    assert added == {"status": "ok", "error": [], "method": "add", "result": []}
    assert engine.call("count")["result"] == [before + 2]
    listed = engine.call("list", offset=before, limit=10)
    assert listed["result"] == ["new/ten.png", "new/é 11.png"] and listed["error"] == []
    found = engine.call(
        "search", {"image": ("q.png", (images / "10.png").read_bytes())}, check_horizontal_flip="true", generate_overlay="True"
    )
    assert [match["filepath"] for match in found["result"]] == ["new/ten.png"]
    assert found["result"][0]["score"] == 100 and found["result"][0]["target_overlap_percent"] == 100
    assert found["query_image"] == {"filepath": "q.png"} and found["stats"]["total_results"] == 1
    overlay = engine.http.get(found["result"][0]["overlay"])
    assert overlay.headers["content-type"] == "image/png"
    assert [match["filepath"] for match in engine.call("search", filepath="new/ten.png")["result"]] == ["new/ten.png"]
    gone = engine.call("delete", **{"filepaths[0]": "new/ten.png", "filepaths[1]": "none.png", "filepaths[2]": "new/é 11.png"})
    assert gone["status"] == "warn" and gone["error"] == ["none.png: Failed to remove from index."]
    assert engine.call("count")["result"] == [before]


def test_a_failure_is_http_200(server: Server, images: Path) -> None:
    engine = MatchEngineClient(server)
    unread = engine.call("search", {"image": ("a.png", b"no image")})
    assert unread["status"] == "fail" and unread["error"] and unread["result"] == []
    partial = engine.call(
        "add", {"images[0]": ("a.png", b"no image"), "images[1]": ("b.png", (images / "11.png").read_bytes())}
    )
    assert partial["status"] == "warn" and len(partial["error"]) == 1 and partial["error"][0].startswith("a.png: ")
    assert engine.call("delete", filepath="b.png")["status"] == "ok"
    assert engine.call("search")["status"] == "fail"
    assert engine.call("search", filepath="none")["status"] == "fail"
    assert engine.call("count", callback="alert")["status"] == "fail"
    assert engine.call("count", format="xml")["status"] == "fail"
    assert engine.call("ping")["status"] == "ok"


def test_unknown_is_ok_and_empty(server: Server, images: Path) -> None:
    found = MatchEngineClient(server).call("search", {"image": ("q.png", (images / "11.png").read_bytes())})
    assert found["status"] == "ok" and found["result"] == [] and found["error"] == []


def test_mirrored_copies(server: Server, images: Path) -> None:
    from scenes import scene

    engine = MatchEngineClient(server)
    mirrored = {"image": ("m.png", scene(3, mirrored=True))}
    assert [match["filepath"] for match in engine.call("search", mirrored)["result"]] == ["scene/3"]
    assert engine.call("search", mirrored, check_horizontal_flip="False")["result"] == []
    pair = {"image1": ("a.png", scene(3)), "image2": ("b.png", scene(3, mirrored=True))}
    assert engine.call("compare", pair, check_horizontal_flip="0")["result"] == []
    assert len(engine.call("compare", pair, check_horizontal_flip="1")["result"]) == 1
    assert engine.call("compare", pair, check_horizontal_flip="1", min_score="100")["result"] == []
    same = engine.call("compare", {"image1": ("a.png", scene(3))}, filepath2="scene/3", min_score="100")
    assert [match["score"] for match in same["result"]] == [100]


def test_keys(server: Server, images: Path) -> None:
    reader = MatchEngineClient(server, scope="read")
    assert reader.call("count")["status"] == "ok"
    assert reader.call("add", files(images, "10.png"), status=403)["status"] == "fail"
    nobody = httpx.get(server.url + "/shop/rest/count/", trust_env=False)
    assert nobody.status_code == 401 and nobody.headers["www-authenticate"].startswith("Basic")
    assert MatchEngineClient(server, index="none").http.get("count/").status_code == 404


def test_a_thousand_paths_in_one_line(server: Server) -> None:
    # httpx itself makes no address of that length.
    query = "&".join("filepaths%%5B%d%%5D=folder/%d/%s.jpg" % (number, number, "x" * 180) for number in range(1000))
    assert len(query) > 200_000
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rsplit(":", 1)[1]), timeout=60)
    connection.request("GET", "/shop/rest/delete/?" + query, headers={"x-api-key": server.keys["write"]})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 200 and answer["status"] == "warn" and len(answer["error"]) == 1000
