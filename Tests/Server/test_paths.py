"""No response contains a path of the server's disk, even if the index is damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Server, start
from scenes import scene

import imagesearch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of files that were added from the disk, with their paths."""
    files = tmp_path / "disk-of-the-server" / "photos"
    files.mkdir(parents=True)
    for number in range(4):
        (files / ("%d.png" % number)).write_bytes(scene(number))
    (files / "copy.png").write_bytes(scene(0, width=200, height=150))
    with imagesearch.LocalIndex(tmp_path / "disk-of-the-server" / "index") as index:
        index.add_images([imagesearch.ImageItem("item/" + file.name, [(file.name, file)]) for file in sorted(files.iterdir())])
    return tmp_path / "disk-of-the-server"


def everything(server: Server) -> list[Any]:
    """The responses to one call of each kind, and to wrong ones."""
    image = scene(0)
    with server.client() as client:
        found = client.post("/v1/shop/search", files={"image": image})
        responses = [found, client.get("/v1/"), client.get("/v1/shop/items"), client.get("/v1/shop/groups")]
        for match in found.json().get("matches", []):
            responses += [client.get(match["thumbnail"]), client.get(match["overlay"])]
            responses.append(client.get(match["thumbnail"].replace("thumbnail", "similar")))
        responses += [
            client.get("/v1/shop/items/item/0.png"),
            client.get("/v1/shop/items/none"),
            client.get("/v1/shop/images/AAAA/thumbnail"),
            client.post("/v1/shop/compare", files={"first": image, "second": b"x"}),
            client.post("/v1/shop/compare", files={"first": image, "second": scene(0, mirrored=True)}),
            client.put("/v1/shop/items/new", files={"image": image}),
            client.put("/v1/shop/items/bad", files={"image": b"x"}),
            client.patch("/v1/shop/items/new", json={"category": "x"}),
            client.delete("/v1/shop/items/new"),
            client.post("/rest/search/", files={"image_upload": image}),
            client.post("/rest/search/", files={"image_upload": b"x"}),
            client.get("/rest/image_count/"),
            client.get("/rest/nothing/"),
            client.post("/shop/rest/search/", files={"image": image}, params={"generate_overlay": "true"}),
            client.get("/shop/rest/search/", params={"filepath": "item/0.png", "generate_overlay": "1"}),
            client.post("/shop/rest/add/", files={"image": ("new.png", image)}),
            client.post("/shop/rest/add/", files={"image": ("bad.png", b"x")}),
            client.get("/shop/rest/delete/", params={"filepath": "new.png"}),
            client.get("/shop/rest/list/"),
            client.get("/shop/rest/compare/", params={"filepath1": "item/0.png", "filepath2": "item/1.png"}),
            client.get("/metrics"),
            client.get("/readyz"),
            client.get("/"),
            client.get("/static/nothing"),
        ]
    return responses


def test_no_response_names_a_path(tmp_path: Path, folder: Path) -> None:
    server = start(tmp_path, "--index", "shop=%s" % (folder / "index"), "--writable")
    try:
        healthy = everything(server)
        statuses = [response.status_code for response in healthy]
        assert statuses.count(200) > 20 and max(statuses) < 500, statuses
        # The files are removed, then the index is damaged, then it is removed.
        shutil.rmtree(folder / "photos")
        without_files = everything(server)
        (folder / "index" / "index.sqlite").write_bytes(b"no database any more" * 500)
        broken = everything(server)
        shutil.rmtree(folder / "index")
        gone = everything(server)
        for response in (*healthy, *without_files, *broken, *gone):
            told = response.content + json.dumps(dict(response.headers)).encode()
            assert b"disk-of-the-server" not in told and str(tmp_path).encode() not in told, (response.request.url, told[:500])
            assert b"Traceback" not in told and b".py" not in told, (response.request.url, told[:500])
        assert server.process.poll() is None
    finally:
        server.process.terminate()
        assert server.process.wait(30) in (0, -15)
