"""Several servers on one index, replaced directories, forking processes, missing indexes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
from conftest import ROOT, filled, start
from scenes import scene

import imagesearch

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "python")}


def found(client: httpx.Client, number: int) -> list[str]:
    response = client.post("/v1/shop/search", files={"image": scene(number)})
    assert response.status_code == 200, response.text
    return [match["item_id"] for match in response.json()["matches"]]


def test_a_second_server_reads(tmp_path: Path, images: Path) -> None:
    index = "shop=%s" % filled(tmp_path / "index", images)
    writer, reader = start(tmp_path, "--index", index, "--writable"), start(tmp_path, "--index", index, "--read-only")
    try:
        with writer.client() as writes, reader.client() as reads:
            assert writes.put("/v1/shop/items/new", files={"image": scene(50)}).json()["entries"][0]["outcome"] == "added"
            assert found(reads, 50) == ["new"] and reads.get("/rest/image_count/").json()["results"] == 11
            assert reads.put("/v1/shop/items/more", files={"image": scene(51)}).status_code == 403
            assert writes.delete("/v1/shop/items/new").status_code == 200
            assert found(reads, 50) == []
            # It is recreated in place, and then replaced by another directory.
            writer.process.terminate()
            writer.process.wait(30)
            assert len(imagesearch.LocalIndex.rebuild_at(tmp_path / "index")) == 10
            assert found(reads, 3) == ["scene/3"]
            with imagesearch.LocalIndex(tmp_path / "next") as made:
                made.add_images([imagesearch.ImageItem("other/%d" % n, [("image", scene(n))]) for n in (3, 60)])
            (tmp_path / "index").rename(tmp_path / "old")
            (tmp_path / "next").rename(tmp_path / "index")
            assert found(reads, 3) == ["other/3"] and found(reads, 60) == ["other/60"] and found(reads, 4) == []
            shutil.rmtree(tmp_path / "old")
            assert found(reads, 3) == ["other/3"] and reads.get("/readyz").status_code == 200
    finally:
        for server in (writer, reader):
            server.process.terminate()
            server.process.wait(30)


def refused(*arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "imagesearch.server", *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2 and "Traceback" not in ran.stderr, ran.stderr
    return ran.stderr


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, images: Path) -> None:
    filled(tmp_path / "index0", images)
    assert "imagesearch-server: " in refused("--index", str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
    assert "contradict" in refused("--index", str(tmp_path / "index0"), "--writable", "--read-only")
    assert "one name" in refused("--index", "a=x", "--index", "a=y")
    assert "metrics" in refused("--index", "metrics=%s" % (tmp_path / "index0"))


def test_nothing_is_open_before_the_application_starts(tmp_path: Path, images: Path) -> None:
    """An application created before a fork works in the children, as servers with workers need."""
    filled(tmp_path / "index", images)
    program = f"""
import asyncio, os, sys
from pathlib import Path
from imagesearch.server import Settings, create_app

app = create_app(Settings(indexes={{"shop": Path({str(tmp_path / "index")!r})}}))
assert not [name for name in os.listdir("/proc/self/fd") if {str(tmp_path)!r} in os.path.realpath("/proc/self/fd/" + name)]

async def ask():
    sent = []
    async def receive():
        return {{"type": "http.request", "body": b"", "more_body": False}}
    async def send(message):
        sent.append(message)
    async with app.router.lifespan_context(app):
        scope = {{"type": "http", "method": "GET", "path": "/rest/image_count/", "raw_path": b"/rest/image_count/", "query_string": b"",
                 "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
                 "http_version": "1.1", "root_path": ""}}
        await app(scope, receive, send)
    assert sent[0]["status"] == 200 and b'"results": 10' in sent[1]["body"], sent

children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(ask())
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    children.append(child)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""
    ran = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
