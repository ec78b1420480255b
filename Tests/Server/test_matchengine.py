"""MatchEngine's protocol, by a double of its Python client that follows docs/sources/matchengine.md."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any

import httpx
from conftest import Server
from scenes import scene


class MatchEngineClient:
    """Parameters in the query and files in a multipart body, as the official client sends them."""

    def __init__(self, server: Server, index: str = "shop", scope: str = "write") -> None:
        self.http = httpx.Client(
            base_url="%s/%s/rest/" % (server.url, index), auth=("user", server.keys[scope]), timeout=30, trust_env=False
        )

    def call(self, method: str, files: Any = None, /, **parameters: Any) -> dict[str, Any]:
        status = parameters.pop("status", 200)
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
    twice = {"image1": ("a.png", scene(3)), "image2": ("b.png", scene(3))}
    assert [match["score"] for match in engine.call("compare", twice, min_score="100")["result"]] == [100]
    # By default, a mirrored copy is a match.
    assert len(engine.call("compare", pair)["result"]) == 1
    for no in ("false", "False", "0"):
        assert engine.call("search", mirrored, check_horizontal_flip=no)["result"] == []
    for yes in ("true", "True", "1"):
        assert len(engine.call("search", mirrored, check_horizontal_flip=yes)["result"]) == 1


def test_the_spelling_of_nodes_client(server: Server, images: Path) -> None:
    """URLs without their trailing slash, since the client does not follow redirects, and DELETE."""
    with httpx.Client(auth=("user", server.keys["write"]), trust_env=False, timeout=30) as node:
        base = server.url + "/shop/rest/"
        added = node.post(base + "add", data={"filepath": "node.png"}, files={"image": ("x", (images / "10.png").read_bytes())})
        assert added.status_code == 200 and added.json()["status"] == "ok", added.text
        assert node.post(base + "search", params={"limit": 1}, data={"filepath": "node.png"}).json()["status"] == "ok"
        assert node.get(base + "count").json()["status"] == node.get(base + "/ping").json()["status"] == "ok"
        assert node.delete(base + "delete", params={"filepath": "node.png"}).json() == {
            "status": "ok",
            "error": [],
            "method": "delete",
            "result": [],
        }


def test_keys(server: Server, images: Path) -> None:
    reader = MatchEngineClient(server, scope="read")
    assert reader.call("count")["status"] == "ok"
    assert reader.call("add", files(images, "10.png"), status=403)["status"] == "fail"
    nobody = httpx.get(server.url + "/shop/rest/count/", trust_env=False)
    assert nobody.status_code == 401 and nobody.headers["www-authenticate"].startswith("Basic")
    assert MatchEngineClient(server, index="none").http.get("count/").status_code == 404


def test_a_thousand_paths_in_one_line(server: Server) -> None:
    # httpx itself rejects a URL of that length.
    query = "&".join("filepaths%%5B%d%%5D=folder/%d/%s.jpg" % (number, number, "x" * 180) for number in range(1000))
    assert len(query) > 200_000
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rsplit(":", 1)[1]), timeout=60)
    connection.request("GET", "/shop/rest/delete/?" + query, headers={"x-api-key": server.keys["write"]})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 200 and answer["status"] == "warn" and len(answer["error"]) == 1000


def test_the_shapes_of_the_table(server: Server, images: Path) -> None:
    engine = MatchEngineClient(server)
    image = (images / "copy.png").read_bytes()
    assert engine.call("ping") == {"status": "ok", "error": [], "method": "ping", "result": []}
    found = engine.call("search", {"image": ("q.png", image)}, generate_overlay="1", enhanced_score="true", timeout="30")
    assert set(found) == {"status", "error", "method", "result", "query_image", "stats"}
    (match,) = found["result"]
    names = {"score", "filepath", "match_percent", "query_overlap_percent", "target_overlap_percent"}
    assert set(match) == {*names, "overlay"} and all(
        isinstance(match[name], (int, float)) and 0 <= match[name] <= 100 for name in names - {"filepath"}
    )
    assert set(found["stats"]) >= {"total_results", "total_filtered_results"} and found["method"] == "search"
    (plain,) = engine.call("search", {"image": ("q.png", image)})["result"]
    assert set(plain) == names
    (compared,) = engine.call("compare", {"image1": ("q.png", image)}, filepath2="scene/0")["result"]
    assert set(compared) == names - {"filepath"}
    assert engine.call("compare", {"image1": ("q.png", image)}, filepath2="scene/0", min_score="100")["result"] == []
    assert engine.call("compare", filepath1="scene/1", filepath2="scene/2")["result"] == []
    assert engine.call("compare", filepath1="scene/1", filepath2="scene/1")["result"][0]["score"] == 100
    for wrong in ({}, {"filepath1": "scene/1"}, {"filepath1": "scene/1", "filepath2": "none"}):
        assert engine.call("compare", **wrong)["status"] == "fail"


def test_pages_of_results(server: Server, images: Path) -> None:
    engine = MatchEngineClient(server)
    for number, size in enumerate(((300, 225), (280, 210), (260, 195))):
        name = "pages/%d.png" % number
        assert engine.call("add", {"image": (name, scene(5, width=size[0], height=size[1]))}, filepath=name)["status"] == "ok"
    names = {"scene/5", "pages/0.png", "pages/1.png", "pages/2.png"}
    for query in ({"filepath": "pages/0.png"}, {}):
        files_of = None if query else {"image": ("q.png", (images / "5.png").read_bytes())}
        whole = engine.call("search", files_of, **query)
        assert {match["filepath"] for match in whole["result"]} == names and whole["stats"]["total_results"] == 4
        scores = [match["score"] for match in whole["result"]]
        # Best first means by evidence; the score, how little a copy was changed, breaks ties alone.
        assert scores[0] == 100 and min(scores) > 95
        for limit in (1, 2, 3):
            paged = []
            for offset in range(0, 5, limit):
                page = engine.call("search", files_of, offset=offset, limit=limit, **query)
                assert len(page["result"]) <= limit and page["stats"]["total_results"] == 4
                paged += [match["filepath"] for match in page["result"]]
            assert paged == [match["filepath"] for match in whole["result"]], (query, limit)
        assert engine.call("search", files_of, limit=0, **query)["result"] == []
        assert {match["score"] for match in engine.call("search", files_of, min_score=100, **query)["result"]} == {100}
    drawn = engine.call("search", filepath="pages/1.png", generate_overlay="true")["result"]
    assert len(drawn) == 4
    for match in drawn:
        if match["filepath"] != "pages/1.png":
            assert engine.http.get(match["overlay"]).headers["content-type"] == "image/png"
    # The list shows an image right after the add, in the order of adding; an image added again moves to the end or stays.
    assert engine.call("list", limit=100)["result"][-3:] == ["pages/%d.png" % number for number in range(3)]
    assert engine.call("list", limit=2)["result"] == ["scene/0", "scene/1"] and engine.call("list", offset=9999)["result"] == []
    assert engine.call("delete", **{"filepaths[%d]" % n: "pages/%d.png" % n for n in range(3)})["status"] == "ok"


def test_the_same_path_overwrites(server: Server, images: Path) -> None:
    engine = MatchEngineClient(server)
    before = engine.call("count")["result"]
    with server.client("write") as client:
        two = [("image", ("a.png", (images / "10.png").read_bytes())), ("image", ("b.png", (images / "11.png").read_bytes()))]
        assert len(client.put("/v1/shop/items/over.png", files=two).json()["entries"]) == 2
    query = {"image": ("q.png", (images / "10.png").read_bytes())}
    assert [match["filepath"] for match in engine.call("search", query)["result"]] == ["over.png"]
    for name in ("11.png", "10.png"):
        assert engine.call("add", {"image": ("x", (images / name).read_bytes())}, filepath="over.png")["status"] == "ok"
        assert engine.call("count")["result"] == [before[0] + 1]
    assert [match["score"] for match in engine.call("search", query)["result"]] == [100]
    # A file of the same path that is not an image keeps the stored one.
    assert engine.call("add", {"image": ("x", b"none")}, filepath="over.png")["status"] == "fail"
    assert [match["score"] for match in engine.call("search", query)["result"]] == [100]
    assert engine.call("delete", filepath="over.png")["status"] == "ok" and engine.call("count")["result"] == before


def test_parameters_in_the_query_and_in_the_form(server: Server, images: Path) -> None:
    """The Python client sends them in the query; curl and Node send everything in the form."""
    engine = MatchEngineClient(server)
    form = engine.http.post(
        "add/",
        data={"filepaths[0]": "form/1", "filepaths[1]": "form/2", "format": "json"},
        files={"images[0]": ("1", (images / "10.png").read_bytes()), "images[1]": ("2", (images / "11.png").read_bytes())},
    )
    assert form.json()["status"] == "ok", form.text
    found = engine.http.post("search/", data={"limit": "1"}, files={"image": ("q", (images / "10.png").read_bytes())})
    assert [match["filepath"] for match in found.json()["result"]] == ["form/1"]
    for spelled in ("true", "True", "1", "false", "False", "0"):
        flipped = engine.http.post("search/", data={"check_horizontal_flip": spelled, "filepath": "form/1"})
        assert flipped.json()["status"] == "ok"
    assert engine.http.post("search/", data={"check_horizontal_flip": "maybe", "filepath": "form/1"}).json()["status"] == "fail"
    gone = engine.http.post("delete/", data={"filepaths[0]": "form/1", "filepaths[1]": "nobody", "filepaths[2]": "form/2"})
    assert gone.json()["status"] == "warn" and gone.json()["error"] == ["nobody: Failed to remove from index."]
    # Clients until 2017 sent the path as the name of the file.
    for name in ("folder/own name.png", "/absolute/é.png", "plain.png"):
        named = engine.http.post("add/", files={"images[0]": (name, (images / "10.png").read_bytes())})
        assert named.json()["status"] == "ok"
        assert engine.call("list", limit=1000)["result"][-1] == name
        assert engine.call("delete", filepath=name)["status"] == "ok"
