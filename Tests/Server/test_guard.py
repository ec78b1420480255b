"""The protections of a server: hosts, origins, sizes, rates, queues, keys, signatures, the log."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from conftest import ROOT, Server, filled, start

from imagesearch.server import KeyFile, Scope, Settings, SettingsError
from imagesearch.server.gate import Gate, Rate
from imagesearch.server.guard import is_loopback
from imagesearch.server.problems import Problem
from imagesearch.server.queries import Queries


def test_without_keys_only_this_machine(open_server: Callable[..., Server], images: Path) -> None:
    server = open_server()
    with server.client() as client:
        assert client.get("/v1/").status_code == 200
        assert client.get("/v1/", headers={"host": "rebound.example"}).status_code == 421
        assert client.get("/v1/", headers={"origin": "https://evil.example"}).status_code == 403
        assert client.get("/v1/", headers={"origin": server.url}).status_code == 200
        # A page can also send requests without an Origin: by an image, a form, a link.
        for site in ("cross-site", "same-site"):
            headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
            assert client.get("/index/rest/delete/", params={"filepath": "scene/1"}, headers=headers).status_code == 403
            assert client.get("/", headers={**headers, "sec-fetch-mode": "navigate"}).status_code == 200
        assert client.get("/v1/", headers={"sec-fetch-site": "same-origin"}).status_code == 200
        refused = client.put("/v1/index/items/a", files={"image": (images / "10.png").read_bytes()})
        assert refused.status_code == 403 and "--writable" in refused.json()["error"]


def test_a_password_that_a_browser_kept_is_not_another_sites(server: Server) -> None:
    with httpx.Client(base_url=server.url, auth=("user", server.keys["write"]), trust_env=False) as client:
        assert client.get("/shop/rest/count/").status_code == 200
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://["},
            {"sec-fetch-site": "cross-site"},
        ):
            refused = client.get("/shop/rest/delete/", params={"filepath": "scene/1"}, headers=headers)
            assert refused.status_code == 403 and refused.json()["status"] == "fail"
        assert client.get("/v1/shop/items/scene/1").status_code == 200


def test_hosts_that_are_none(server: Server) -> None:
    with server.client() as client:
        for host in ("[", "a b", ":::", "", "localhost:99999999", "h@h", "a/b", "[::1"):
            assert client.get("/v1/", headers={"host": host}).status_code == 400, host


def test_hosts_of_this_machine() -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1", "127.9.9.9:1", "[::1]:80", "a.localhost"):
        assert is_loopback(host), host
    for host in ("", "example.org", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org", "0.0.0.0", "[::]"):
        assert not is_loopback(host), host


def test_sizes(open_server: Callable[..., Server]) -> None:
    server = open_server("--max-body", "10000")
    with server.client() as client:
        assert client.post("/v1/index/search", files={"image": b"x" * 20_000}).status_code == 413

        def chunks() -> Iterator[bytes]:
            for _ in range(100):
                yield b"x" * 1000

        endless = client.post("/v1/index/search", content=chunks(), headers={"content-type": "multipart/form-data; boundary=y"})
        assert endless.status_code in (400, 413)
        assert client.get("/healthz").status_code == 200


def test_the_signature_of_2017(tmp_path: Path, images: Path) -> None:
    keys, signatures = tmp_path / "keys.json", tmp_path / "signatures.json"
    key, _ = KeyFile.add(keys, "old client", Scope.READ)
    signatures.write_text(json.dumps({"public": {"private": "secret-of-2017", "key": key.id}}))
    signatures.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        from imagesearch.server.keys import load_signatures

        load_signatures(signatures)
    signatures.chmod(0o600)
    server = start(
        tmp_path, "--index", str(filled(tmp_path / "index", images)), "--keys", str(keys), "--signatures", str(signatures)
    )
    try:

        def signed(private: str, date: int) -> httpx.Response:
            nonce = "0123456789ab"
            text = private + "GET" + str(date) + nonce + server.url + "/rest/image_count/"
            signature = hmac.new(private.encode(), text.encode(), hashlib.sha256).hexdigest()
            query = {"api_key": "public", "api_sig": signature, "nonce": nonce, "date": str(date)}
            return httpx.get(server.url + "/rest/image_count/", params=query, trust_env=False)

        assert signed("secret-of-2017", int(time.time())).json()["results"] == 10
        assert signed("another", int(time.time())).status_code == 401
        assert "skewed" in signed("secret-of-2017", int(time.time()) - 3600).json()["messages"][0]
        import imagesearch

        with imagesearch.TinEye(public_key="public", private_key="secret-of-2017", base_url=server.url + "/rest/") as tineye:
            assert tineye.image_count() == 10
            assert len(tineye.search(images / "copy.png")) == 1
    finally:
        server.process.terminate()
        server.process.wait(20)


def test_the_log_has_a_line_a_request(server: Server, images: Path) -> None:
    with server.client() as client:
        response = client.post("/v1/shop/search?secret=not-for-the-log", files={"image": (images / "copy.png").read_bytes()})
    # A log line is written after the response was sent.
    end = time.monotonic() + 10
    while not (
        found := [
            line
            for line in server.log.read_text().splitlines()
            if response.headers["x-request-id"] in line and line.endswith("}")
        ]
    ):
        assert time.monotonic() < end
        time.sleep(0.02)
    line = json.loads(found[0])
    assert line["call"] == "search" and line["status"] == 200 and line["path"] == "/v1/shop/search" and line["seconds"] > 0
    assert "not-for-the-log" not in server.log.read_text()


#: What acts on a terminal or in a log: ESC, BEL, DEL, a C1 control, ends of lines, a mark of direction.
ACTING = "\x1b]0;t\x07\x7f\x9b31m\r\n\u2028\u202e\u2066"


def is_acting(text: str) -> bool:
    return any(character in text for character in ACTING if not character.isprintable())


def test_no_text_of_a_request_acts_in_the_log_or_in_a_message(server: Server, images: Path) -> None:
    """Neither does any make a line or a message as long as itself."""
    long = "x" * 50_000
    private = "f" * 40
    before = len(server.log.read_text())
    with server.client("write") as client:
        answers = [
            client.get("/v1/" + quote(ACTING) + "/items"),
            client.get("/v1/" + long + "/items"),
            client.get("/" + long + "/rest/overlay/"),
            client.request("X" * 5000, "/v1/"),
            client.get("/shop/rest/search/", params={"filepath": ACTING}),
            client.get("/shop/rest/search/", params={"filepath": "y" * 16_000}),
            client.get("/shop/rest/delete/", params={"filepath": ACTING.replace("\n", "")}),
            client.get("/shop/rest/delete/", params={"filepath": "y" * 16_000}),
            client.get("/shop/rest/search/", params={"url": "ftp://" + ACTING}),
            client.get("/rest/search/", params={"sort": ACTING}),
            client.post("/v1/shop/search", content=b"{}", headers={b"content-type": b"a\x9b31m/" + long.encode()}),
            client.post("/v1/shop/search", json={ACTING: {}}),
            client.post("/v1/shop/search", json={ACTING: "z" * 20_000}),
            # The URL of an overlay shows it to everyone: it is in no line, however it was written.
            client.post(f"/v1/shop/overlays/{private}/a"),
            client.get(f"/v1/shop/overlays/{private}/a/b/"),
            client.get(f"/shop/rest/overlay/{private}"),
        ]
    for answer in answers:
        assert answer.status_code >= 400 or answer.json()["status"] in ("fail", "warn"), answer.text
        for text in _texts(answer.json()):
            assert not is_acting(text) and len(text) <= 1001, text
    for line in _lines_of(server, answers, before):
        assert not is_acting(line) and len(line) < 1000 and private not in line
        assert json.loads(line)["status"] >= 200


def _texts(content: object) -> list[str]:
    if isinstance(content, dict):
        return [text for part in content.values() for text in _texts(part)]
    if isinstance(content, list):
        return [text for part in content for text in _texts(part)]
    return [content] if isinstance(content, str) else []


def _lines_of(server: Server, answers: list[httpx.Response], before: int) -> list[str]:
    end = time.monotonic() + 10
    while True:
        text = server.log.read_text()[before:]
        if all(answer.headers["x-request-id"] in text for answer in answers) and text.endswith("}\n"):
            return text.split("\n")[:-1]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_metrics(server: Server, images: Path) -> None:
    with server.client() as client:
        client.post("/v1/shop/search", files={"image": (images / "copy.png").read_bytes()})
        text = client.get("/metrics").text
    assert 'imagesearch_searches_total{index="shop",outcome="found",relation="reencoded"}' in text
    assert 'imagesearch_images{index="shop"} 10.0' in text
    assert "imagesearch_stage_seconds_bucket" in text and "imagesearch_refused_total" in text


def test_the_gate_queues_and_refuses() -> None:
    async def main() -> None:
        gate = Gate(2, 3)
        release = asyncio.Event()

        async def work() -> str:
            try:
                async with gate.turn():
                    await release.wait()
                    return "done"
            except Problem as busy:
                assert busy.status == 503 and (busy.retry_after or 0) >= 1
                return "busy"

        tasks = [asyncio.create_task(work()) for _ in range(7)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (gate.running, gate.waiting) == (2, 3)
        tasks[2].cancel()  # a request that gives up leaves the queue
        await asyncio.sleep(0)
        assert gate.waiting == 2
        release.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results.count("done") == 4 and results.count("busy") == 2
        assert (gate.running, gate.waiting) == (0, 0)

    asyncio.run(main())


def test_the_rate_of_a_caller() -> None:
    clock = [0.0]
    rate = Rate(60, now=lambda: clock[0], most=2)
    for _ in range(6):
        rate.take("a")
    with pytest.raises(Problem):
        rate.take("a")
    rate.take("b")
    clock[0] += 1.01
    rate.take("a")
    rate.take("c")
    rate.take("d")  # "a" and "b" are the least recently used


def match(name: str) -> Any:
    return SimpleNamespace(item_id=name, image_name="image")


def test_queries_are_kept_within_bytes_and_seconds() -> None:
    clock = [0.0]
    queries = Queries(600, 20_000, now=lambda: clock[0])
    first = queries.keep("i", b"a" * 1000, [match("x")])
    second = queries.keep("i", b"b" * 9000, [match("x")])
    assert queries.find("i", first) is None and queries.find("i", second) is not None and queries.bytes < 20_000
    assert queries.find("j", second) is None
    assert queries.keep("i", b"c" * 20_000, [match("x")]) and queries.find("i", second) is not None
    clock[0] += 601
    queries.expire()
    assert queries.bytes == 0 and queries.find("i", second) is None


def test_queries_know_the_matches_of_all_pages() -> None:
    queries = Queries(600, 1 << 20)
    name = queries.keep("i", b"a", [match("x")])
    assert queries.keep("i", b"a", [match("y")]) == name
    kept = queries.find("i", name)
    assert kept is not None and [item for item, _ in kept.matches] == ["x", "y"]
    assert queries.keep("i", b"b", []) and queries.bytes == kept.size  # without a match there is nothing to draw
    for number in range(10_000):
        queries.keep("i", b"a", [match(str(number))])
        assert queries.bytes <= 1 << 20


def test_the_name_of_a_query_cannot_be_guessed() -> None:
    assert Queries(1, 1).name(b"a") != Queries(1, 1).name(b"a") and len(Queries(1, 1).name("http://a")) == 40


def test_settings_say_what_is_wrong(tmp_path: Path) -> None:
    for arguments, words in (
        ({"indexes": {}}, "no index"),
        ({"indexes": {"rest": tmp_path}}, "no name"),
        ({"indexes": {"a b": tmp_path}}, "no name"),
        ({"indexes": {"a": tmp_path}, "max_body": 1}, "max_body"),
        ({"indexes": {"a": tmp_path}, "request_seconds": float("nan")}, "request_seconds"),
        ({"indexes": {"a": tmp_path}, "signatures": tmp_path}, "keys"),
        ({"indexes": {"a": tmp_path}, "public_url": "javascript:alert(1)"}, "public URL"),
    ):
        with pytest.raises(SettingsError, match=words):
            Settings(**arguments)
    wrong = subprocess.run(
        [sys.executable, "-m", "imagesearch.server", "--index", str(tmp_path), "--host", "0.0.0.0"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 2 and "--keys is needed" in wrong.stderr and "Traceback" not in wrong.stderr
