"""Unmodified clients against the server in place of TinEye: C over the shared object, ours for Python, pytineye, Node's requests."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx
import pytest
import pytineye
from conftest import ROOT, Server, filled
from scenes import scene
from starlette.datastructures import Headers
from starlette.testclient import TestClient

import imagesearch
from imagesearch import _library
from imagesearch.server import Settings, create_app
from imagesearch.server.parameters import Parameters, Upload
from imagesearch.server.signature import UNSIGNED, _hmac, _messages


@pytest.fixture(scope="module")
def c_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("c") / "client"
    library = Path(_library.LIBRARY.path).resolve()
    flags: list[str | Path] = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "include", "-o", program]
    subprocess.run(["cc", *flags, ROOT / "Tests/Server/client.c", library, "-Wl,-rpath,%s" % library.parent], check=True)
    return program


def test_a_c_program(server: Server, images: Path, c_client: Path) -> None:
    def run(key: str, file: Path) -> list[list[str]]:
        ran = subprocess.run([c_client, server.url + "/rest/", key, file], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return [line.split("\t") for line in ran.stdout.splitlines()]

    search, overlay, count = run(server.keys["read"], images / "copy.png")
    assert search[:2] == ["search", "1"] and float(search[2]) > 80 and search[3] == server.url + "/v1/shop/items/scene%2F0"
    assert overlay == ["overlay", "PNG", "1"] and count == ["count", "10"]
    assert [line[1] for line in run("wrong", images / "copy.png")] == ["unauthorized", "unauthorized"]
    (images / "text.png").write_text("no image")
    assert run(server.keys["read"], images / "text.png")[0][1] == "notAnImage"


def test_overlays_open_without_a_key_and_not_by_guessing(server: Server, images: Path) -> None:
    api = pytineye.TinEyeAPIRequest(server.url + "/rest/", server.keys["read"])
    match = api.search_data((images / "copy.png").read_bytes()).matches[0]
    address = server.url + "/rest/" + match.overlay
    drawn = httpx.get(address, trust_env=False)
    assert drawn.status_code == 200 and drawn.headers["content-type"] == "image/png"
    query = match.overlay.split("/")[1]
    assert len(query) == 40 and all(f"m{place}=" in address for place in (11, 12, 13, 21, 22, 23))
    for other in (address.replace(query, "0" * 40), address.split("?")[0][:-4] + "AAAA"):
        refused = httpx.get(other, trust_env=False)
        assert refused.status_code == 404 and refused.json()["code"] == 404, refused.text


def test_every_field_of_tineyes(server: Server, images: Path) -> None:
    with server.client() as client:
        body = client.post("/rest/search/", files={"image_upload": (images / "copy.png").read_bytes()}).json()
    stats, match = body["stats"], body["results"]["matches"][0]
    assert (
        float(stats["timestamp"]) > 1e9 and float(stats["query_time"]) >= 0 and body["code"] == 200 and body["messages"] == []
    )
    assert isinstance(stats["timestamp"], str) and isinstance(stats["query_time"], str)
    assert [stats[name] for name in ("total_results", "total_filtered_results", "total_backlinks")] == [1, 1, 1]
    assert [stats[name] for name in ("total_collection", "total_stock")] == [0, 0]
    assert (match["width"], match["height"], match["size"], match["format"]) == (320, 240, 320 * 240, "PNG")
    assert match["domain"] == match["top_level_domain"] == "127.0.0.1" and match["tags"] == ["even"]
    assert match["filesize"] == (images / "0.png").stat().st_size and 0 <= match["score"] <= 100
    (link,) = match["backlinks"]
    with server.client() as client:
        assert client.get(match["image_url"]).headers["content-type"] == "image/webp" and link["url"] == match["image_url"]
        assert client.get(link["backlink"]).json()["item_id"] == "scene/0"


def test_the_spelling_of_nodes_client(server: Server, images: Path) -> None:
    """A doubled slash, the header in capitals, parameters in the query and the file in the form."""
    response = httpx.post(
        server.url + "/rest//search/?limit=10&offset=0&sort=score&order=desc",
        headers={"X-API-KEY": server.keys["read"]},
        files={"image_upload": ("image.jpg", (images / "copy.png").read_bytes(), "image/jpeg")},
        trust_env=False,
    )
    assert response.status_code == 200 and len(response.json()["results"]["matches"]) == 1


def test_what_is_too_much_is_understood(open_server: Callable[..., Server], images: Path) -> None:
    server = open_server("--rate", "1", "--parallel", "1", "--queue", "0")
    base = server.url + "/rest/"
    assert pytineye.TinEyeAPIRequest(base, "x").image_count() == 10
    # It waits for the requested time before it retries, except for a search by upload.
    with pytest.raises(pytineye.exceptions.TinEyeAPIError, match="Too many requests") as refused:
        pytineye.TinEyeAPIRequest(base, "x").search_data(b"x")
    assert refused.value.code == 429
    with imagesearch.TinEye(api_key="x", base_url=base, max_attempts=1) as tineye:
        with pytest.raises(imagesearch.RateLimitError) as limited:
            tineye.image_count()
        assert limited.value.retry_after and limited.value.retry_after >= 1


def test_a_full_queue_is_busy(open_server: Callable[..., Server], images: Path) -> None:
    server = open_server("--parallel", "1", "--queue", "0")
    image, statuses, texts = scene(1, width=2000, height=1500), [], []

    def ask(path: str, field: str) -> None:
        response = httpx.post(server.url + path, files={field: image}, trust_env=False, timeout=60)
        statuses.append(response.status_code)
        if response.status_code == 503:
            texts.append(response.text)
            assert int(response.headers["retry-after"]) >= 1

    asked = [("/rest/search/", "image_upload"), ("/index/rest/search/", "image"), ("/v1/index/search", "image")]
    threads = [threading.Thread(target=ask, args=one) for one in asked * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200, 503} and len(statuses) == 15
    assert any("service is busy due to high load" in text for text in texts)
    assert any('"fail"' in text for text in texts) and any(text.startswith('{"error"') for text in texts)


@pytest.mark.parametrize(
    "vector",
    [
        one
        for one in json.loads((ROOT / "Tests/Vectors/tineye.json").read_text())["vectors"]
        if one["verified"] and one["algorithm"] == "hmac-sha256" and one["method"] in ("GET", "POST")
    ],
    ids=lambda vector: vector["id"],
)
def test_signatures_that_the_vendor_published(vector: Any) -> None:
    base, _, folder = vector["api_url"].rstrip("/").partition("tineye.com")
    path = "%s/%s/" % (folder, vector["action"])
    request: Any = SimpleNamespace(
        method=vector["method"],
        headers=Headers({"content-type": vector.get("content_type", "")}),
        scope={"raw_path": path.encode()},
    )
    service: Any = SimpleNamespace(base=lambda request: base + "tineye.com")
    values = [(name, str(value)) for name, value in vector["params"].items()] + [("api_key", "x"), ("nonce", "y")]
    files = [Upload("image_upload", vector["file_name"], b"")] if vector.get("file_name") else []
    arguments = (vector["private_key"], str(vector["date"]), vector["nonce"])
    messages = _messages(service, request, Parameters(values, files), *arguments)
    assert vector["expected_signature"] in {_hmac(vector["private_key"], text) for text in messages}
    assert "api_key" in UNSIGNED


class Files(http.server.BaseHTTPRequestHandler):
    """Images, and files that only claim to be one."""

    content: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.content.get(self.path.partition("?")[0])
        self.send_response(200 if body is not None else 404)
        self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def web(images: Path) -> Iterator[str]:
    Files.content.update({"/copy.png": (images / "copy.png").read_bytes(), "/new/11.png": scene(11), "/text.png": b"no image"})
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:%d" % served.server_port
    served.shutdown()


def in_process(settings: Settings) -> TestClient:
    return TestClient(create_app(settings), base_url="http://localhost", client=("127.0.0.1", 1))


def test_images_by_their_address(tmp_path: Path, images: Path, web: str) -> None:
    path = filled(tmp_path / "index", images)
    with in_process(Settings(indexes={"shop": path}, writable=True, fetch_urls=True, allow_private_addresses=True)) as client:
        found = client.get("/rest/search/", params={"image_url": web + "/copy.png?token=1"}).json()
        (match,) = found["results"]["matches"]
        assert match["item_id"] == "scene/0"
        assert client.get("/rest/" + match["overlay"]).headers["content-type"] == "image/png"
        found = client.get("/shop/rest/search/", params={"url": web + "/copy.png"}).json()
        assert [one["filepath"] for one in found["result"]] == ["scene/0"]
        assert client.post("/v1/shop/search", data={"url": web + "/copy.png"}).json()["total"] == 1
        compared = client.get("/shop/rest/compare/", params={"url1": web + "/copy.png", "filepath2": "scene/0"}).json()
        assert len(compared["result"]) == 1
        added = client.get("/shop/rest/add/", params={"urls[0]": web + "/new/11.png", "urls[1]": web + "/none.png"}).json()
        assert added["status"] == "warn" and added["error"] == [web + "/none.png: Failed to download file."]
        assert client.get("/shop/rest/list/", params={"offset": 10}).json()["result"] == ["11.png"]
        missing = client.get("/shop/rest/search/", params={"url": web + "/none.png"}).json()
        assert missing["status"] == "fail" and missing["error"] == [web + "/none.png: Failed to download file."]
        pair = client.get("/shop/rest/compare/", params={"filepath1": "scene/0", "url2": web + "/none.png"}).json()
        assert pair["status"] == "fail" and pair["error"] == missing["error"]
        refused = client.get("/rest/search/", params={"image_url": web + "/none.png"})
        assert refused.status_code == 400 and refused.json()["messages"] == ["Couldn't download image file"]
        assert client.get("/rest/search/", params={"image_url": web + "/text.png"}).status_code == 400
        assert client.get("/rest/search/", params={"image_url": "file:///etc/passwd"}).json()["messages"] == [
            "Invalid or missing URL"
        ]
        for broken in ("http://[", "http://", "ftp://h/a.jpg", "http://a b/", "http://user:secret7@127.0.0.1/x"):
            for address, field in (("/rest/search/", "image_url"), ("/shop/rest/search/", "url"), ("/shop/rest/add/", "url")):
                response = client.get(address, params={field: broken})
                assert response.status_code == 400 or response.json()["status"] == "fail", (broken, response.text)
                assert "secret7" not in response.text


def test_addresses_of_this_machine_are_refused(tmp_path: Path, images: Path, web: str) -> None:
    with in_process(Settings(indexes={"shop": filled(tmp_path / "index", images)}, fetch_urls=True)) as client:
        for url in (
            web + "/copy.png",
            "http://localhost/",
            "http://[::1]/",
            "http://169.254.169.254/",
            "http://0/",
            "http://2130706433/",
        ):
            refused = client.get("/rest/search/", params={"image_url": url})
            assert refused.status_code == 400, refused.text
            assert refused.json()["messages"][0] in ("Couldn't download image file", "Invalid or missing URL")
            assert client.post("/v1/shop/search", data={"url": url}).status_code == 400
