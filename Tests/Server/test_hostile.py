"""Hostile bodies, forms, names and lines: each is refused in the format of its protocol, nothing is stored, and the server continues."""

from __future__ import annotations

import json
import random
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ROOT, Server

SEARCHES = (("/rest/search/", "image_upload"), ("/shop/rest/search/", "image"), ("/v1/shop/search", "image"))
SUITES = ROOT / "Tests/ImageCodecsTests/Suites/make_suites.py"


def wrong_in_its_words(response: httpx.Response) -> str:
    """The message of a refusal; asserts that it has the format of its protocol."""
    path, body = response.request.url.path, response.json()
    if path.startswith("/rest/"):
        assert 400 <= response.status_code < 500 and body["code"] == response.status_code and body["results"] == [], (
            response.text
        )
        return str(body["messages"][0])
    if path.split("/")[2] == "rest":
        assert body["status"] == "fail" and body["result"] == [] and response.status_code < 500, response.text
        return str(body["error"][0])
    assert 400 <= response.status_code < 500, response.text
    return str(body["error"])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The codecs' corpus, the seeds of their fuzzing, and images that declare more data than they have."""
    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run([sys.executable, str(SUITES), str(folder)], check=True, capture_output=True)
    lines = [line.split("\t") for line in (folder / "manifest.txt").read_text().splitlines()]
    files = {name: (folder / name).read_bytes() for name, expected, _ in lines if expected != "pixels"}
    whole = {name: (folder / name).read_bytes() for name, expected, _ in lines if expected == "pixels"}
    chance = random.Random(7)
    for name in sorted(whole)[::6]:
        content = bytearray(whole[name])
        files[name + " cut"] = bytes(content[: len(content) // 2])
        for _ in range(20):
            content[chance.randrange(len(content))] = chance.randrange(256)
        files[name + " damaged"] = bytes(content)
    for seed in sorted((ROOT / "Fuzz/Corpus").rglob("*")):
        if seed.is_file():
            files["seed " + seed.name] = seed.read_bytes()
    files |= {"bomb.png": bomb(60_000, 60_000), "wide.png": bomb(1 << 31, 1), "nothing": b"", "zeros": bytes(5000)}
    files |= {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "html": b"<html><script>alert(1)</script>",
        "zip": b"PK\3\4" + bytes(99),
    }
    assert len(files) > 60
    return files


def bomb(width: int, height: int) -> bytes:
    """A few bytes that declare billions of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


@pytest.fixture
def writer(server: Server) -> Iterator[httpx.Client]:
    """A client with write access; its requests must not change the number of images."""
    with server.client("write") as client:
        before = client.get("/shop/rest/count/").json()
        names = client.get("/shop/rest/list/", params={"limit": 1000}).json()
        assert before["status"] == names["status"] == "ok", (before, names)
        yield client
        assert client.get("/shop/rest/count/").json() == before
        assert client.get("/shop/rest/list/", params={"limit": 1000}).json() == names
        assert server.process.poll() is None


def test_the_codecs_corpus(writer: httpx.Client, corpus: dict[str, bytes]) -> None:
    refused = 0
    for number, (name, content) in enumerate(corpus.items()):
        path, field = SEARCHES[number % 3]
        response = writer.post(path, files={field: (name, content)})
        body = response.json()
        if response.status_code == 200 and body.get("status") != "fail":
            # A damaged file that can still be decoded, and matches no image.
            assert not (body.get("matches") or body.get("result") or body.get("results", {}).get("matches")), name
        else:
            refused += 1
            text = wrong_in_its_words(response)
            assert text and "/tmp" not in text and "Traceback" not in text, (name, text)
        added = writer.post("/shop/rest/add/", files={"image": ("hostile/" + name, content)})
        if added.json()["status"] == "ok":
            assert writer.get("/shop/rest/delete/", params={"filepath": "hostile/" + name}).json()["status"] == "ok"
        else:
            wrong_in_its_words(added)
        if number % 4:
            continue
        put = writer.put("/v1/shop/items/hostile", files={"image": ("x", content)})
        if put.status_code == 200:
            assert writer.delete("/v1/shop/items/hostile").status_code == 200
        else:
            wrong_in_its_words(put)
        compared = writer.post("/shop/rest/compare/", files={"image1": content}, params={"filepath2": "scene/1"}).json()
        assert compared["status"] == "fail" or compared["result"] == []
    assert refused > len(corpus) // 2


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/../../b",
        "..",
        ".",
        "./a",
        "..\\..\\windows\\system.ini",
        "a/..",
        "a\0b",
        "a\nb",
        "\x1b[2J",
        "x" * 513,
        "a\u2028b",
    ],
)
def test_path_tricks_in_names(writer: httpx.Client, images: Path, name: str) -> None:
    image = (images / "10.png").read_bytes()
    assert wrong_in_its_words(writer.post("/shop/rest/add/", params={"filepath": name}, files={"image": image}))
    assert wrong_in_its_words(writer.post("/shop/rest/add/", data={"filepaths[0]": name}, files={"images[0]": image}))
    if "\0" not in name:
        quoted = "".join("%%%02x" % byte for byte in name.encode())
        response = writer.put("/v1/shop/items/" + quoted, files={"image": ("x.png", image)})
        assert wrong_in_its_words(response)
    if name.isprintable():
        assert wrong_in_its_words(writer.put("/v1/shop/items/new", files={"image": (name, image)}))
        assert wrong_in_its_words(writer.post("/shop/rest/add/", files={"image": (name, image)}))


def test_names_that_are_only_odd_are_taken(writer: httpx.Client, images: Path) -> None:
    image = (images / "10.png").read_bytes()
    for name in (
        "/absolute/a.jpg",
        "a..b",
        "...",
        ".hidden",
        "é 漢字 🙂",
        "http://h/a.jpg?x=1&y=2",
        "%2e%2e",
        "'; drop table images",
        "x" * 512,
    ):
        assert writer.post("/shop/rest/add/", params={"filepath": name}, files={"image": image}).json()["status"] == "ok", name
        assert writer.get("/v1/shop/items/" + "".join("%%%02x" % byte for byte in name.encode())).json()["item_id"] == name
        assert writer.get("/shop/rest/delete/", params={"filepath": name}).json()["status"] == "ok", name


def test_tricks_in_addresses(writer: httpx.Client) -> None:
    for path in (
        "/..%2f..%2fetc/rest/count/",
        "/%2e%2e/rest/count/",
        "/shop%00/rest/count/",
        "/v1/..%2fshop/items",
        "/v1/shop/images/..%2f..%2f/thumbnail",
        "/v1/shop/images/%ff/thumbnail",
        "/v1/shop/items/%ff%fe",
        "/static/..%2f..%2fkeys.py",
        "/static/%2e%2e/app.py",
        "/rest/overlay/..%2f/AAAA",
        "/v1/shop/overlays/%00/%00",
    ):
        response = writer.get(path)
        assert 400 <= response.status_code < 500, (path, response.text)
        assert "import" not in response.text


def test_a_slash_in_an_id_is_part_of_it(writer: httpx.Client) -> None:
    assert writer.get("/v1/shop/items/scene/1").json()["item_id"] == "scene/1"
    assert writer.delete("/v1/shop/items/scene/1/x").status_code == 404
    assert writer.delete("/v1/shop/items/scene").status_code == 404


def multipart(*parts: bytes, boundary: bytes = b"b") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def field(name: str, value: bytes = b"", extra: str = "") -> bytes:
    return b'Content-Disposition: form-data; name="%s"%s\r\n\r\n%s' % (name.encode(), extra.encode(), value)


FORMS: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--b\r\n"),
    "empty boundary": ("multipart/form-data; boundary=", b"--b\r\n"),
    "another boundary": ("multipart/form-data; boundary=c", multipart(field("image", b"x"))),
    "long boundary": ("multipart/form-data; boundary=" + "x" * 5000, b"--x"),
    "no end": ("multipart/form-data; boundary=b", b"--b\r\n" + field("image", b"x" * 100, '; filename="a"')),
    "no headers": ("multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n--b--\r\n"),
    "no name": ("multipart/form-data; boundary=b", multipart(b"Content-Disposition: form-data\r\n\r\nx")),
    "header without end": ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: " + b"x" * 200_000),
    "many headers": ("multipart/form-data; boundary=b", multipart(b"A: b\r\n" * 20_000 + b"\r\nx")),
    "odd charset": ("multipart/form-data; boundary=b; charset=undefined", multipart(field("image", b"\xff"))),
    "no codec": ("multipart/form-data; boundary=b; charset=rot13", multipart(field("limit", b"3"))),
    "many fields": ("multipart/form-data; boundary=b", multipart(*[field("a")] * 5001)),
    "many files": ("multipart/form-data; boundary=b", multipart(*[field("a", b"", '; filename="x"')] * 1001)),
    "large field": ("multipart/form-data; boundary=b", multipart(field("limit", b"1" * 100_000))),
    "large name": ("multipart/form-data; boundary=b", multipart(field("n" * 300, b"1"))),
    "the image twice": (
        "multipart/form-data; boundary=b",
        multipart(*[field(name, b"x", '; filename="x"') for name in ("image", "image", "image_upload", "image_upload")]),
    ),
    "bytes that are no text": ("multipart/form-data; boundary=b", multipart(field("limit", b"\xff\xfe\0"))),
    "many pairs": ("application/x-www-form-urlencoded", b"a=1&" * 100_000),
    "ampersands": ("application/x-www-form-urlencoded", b"&" * 1_000_000),
    "large value": ("application/x-www-form-urlencoded", b"limit=" + b"1" * 100_000),
    "deep JSON": ("application/json", b"[" * 500_000),
    "deep object": ("application/json", b'{"a":' * 100_000),
    "JSON that is no object": ("application/json", b"[]"),
    "large number": ("application/json", b'{"limit": 1' + b"0" * 4000 + b"}"),
    "infinite": ("application/json", b'{"minimum_score": Infinity, "min_score": NaN}'),
    "half a character": ("application/json", b'{"image_url": "\\ud800", "url": "\\ud800"}'),
    "no UTF-8": ("application/json", b'{"url": "\xff"}'),
    "nested": ("application/json", b'{"limit": {"a": 1}}'),
    "another kind": ("application/xml", b"<a/>"),
    "plain": ("text/plain", b"image=x"),
    "kind that is none": ("image", b"x"),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(writer: httpx.Client, name: str) -> None:
    kind, body = FORMS[name]
    for path in ("/rest/search/", "/shop/rest/search/", "/shop/rest/add/", "/v1/shop/search", "/v1/shop/compare"):
        assert wrong_in_its_words(writer.post(path, content=body, headers={"content-type": kind}))
    assert wrong_in_its_words(writer.put("/v1/shop/items/new", content=body, headers={"content-type": kind}))


def test_sizes(writer: httpx.Client) -> None:
    form = {"content-type": "multipart/form-data; boundary=b"}
    large = multipart(field("image", bytes(33 << 20), '; filename="x"'))

    def chunks() -> Iterator[bytes]:
        for begin in range(0, len(large), 1 << 20):
            yield large[begin : begin + (1 << 20)]

    for path in ("/rest/search/", "/shop/rest/add/", "/v1/shop/search"):
        for content in (large, chunks()):
            response = writer.post(path, content=content, headers=form)
            assert response.status_code == 413 and wrong_in_its_words(response)
        pairs = writer.post(path, content=b"a" * (2 << 20), headers={"content-type": "application/x-www-form-urlencoded"})
        assert pairs.status_code == 413 and wrong_in_its_words(pairs)
        query = writer.get("/rest/search/?" + "a=1&" * 6000)
        assert query.status_code == 400 and wrong_in_its_words(query)


def test_pixels(open_server: Any, images: Path) -> None:
    server = open_server("--max-pixels", "50000")
    with server.client() as client:
        assert client.post("/v1/index/search", files={"image": (images / "copy.png").read_bytes()}).status_code == 200
        for path, field in (("/rest/search/", "image_upload"), ("/index/rest/search/", "image"), ("/v1/index/search", "image")):
            response = client.post(path, files={field: (images / "0.png").read_bytes()})
            assert "50" in wrong_in_its_words(response), response.text


def exchange(server: Server, message: bytes) -> bytes:
    """The whole response to bytes that need not be HTTP."""
    with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1])), timeout=30) as connection:
        try:
            connection.sendall(message)
        except OSError:
            pass  # it may have been refused before it was sent completely
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            head, found, body = received.partition(b"\r\n\r\n")
            if found and b"content-length: %d" % len(body) in head.lower():
                break
        return received


LINES: dict[str, tuple[bytes, int]] = {
    "nothing that is HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a line without end": (b"GET /shop/rest/delete/?" + b"a" * 400_000, 431),
    "headers without end": (b"GET /rest/image_count/ HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 80_000, 431),
    "two hosts": (b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400),
    "no host": (b"GET /v1/ HTTP/1.1\r\n\r\n", 400),
    "two lengths": (
        b"POST /v1/shop/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        400,
    ),
    "a length and an encoding": (
        b"POST /rest/search/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/",
        400,
    ),
    "a length that is none": (b"POST /v1/shop/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", 400),
    "a header in a header": (b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n", 400),
    "a space in a name": (b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", LINES)
def test_lines(server: Server, name: str) -> None:
    message, status = LINES[name]
    response = exchange(server, message)
    assert response.startswith(b"HTTP/1.1 %d " % status), response[:300]
    assert response.count(b"HTTP/1.1 ") == 1
    body: Any = json.loads(response.partition(b"\r\n\r\n")[2])
    path = message.split(b" ")[1] if b" " in message else b""
    if path.startswith(b"/rest/"):
        assert body["code"] == status and body["messages"]
    elif path.startswith(b"/shop/rest/"):
        assert body["status"] == "fail" and body["error"]
    else:
        assert body["error"]


def test_a_body_that_breaks_off_stores_nothing(writer: httpx.Client, server: Server, images: Path) -> None:
    body = multipart(field("image", (images / "10.png").read_bytes(), '; filename="broken.png"'))
    key = server.keys["write"].encode()
    head = (
        b"POST /shop/rest/add/ HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: %s\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        % key
    )
    port = int(server.url.rsplit(":", 1)[1])
    for end in (
        b"Content-Length: %d\r\n\r\n" % len(body) + body[:-3],
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body[:-3],
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head + end)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65536)
    chunked = exchange(server, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert chunked == b"" or chunked.startswith(b"HTTP/1.1 400 "), chunked
