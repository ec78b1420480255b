"""A server as a separate process, on a free port of 127.0.0.1, with an index of generated scenes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
for folder in ("python", "Tests/Python", "Tests/ProviderDoubles"):
    sys.path.insert(0, str(ROOT / folder))

from scenes import scene  # noqa: E402

import imagesearch  # noqa: E402
from imagesearch.server import KeyFile, Scope  # noqa: E402


class Server:
    """A running server."""

    def __init__(self, url: str, process: subprocess.Popen[str], keys: dict[str, str], log: Path) -> None:
        self.url = url
        self.process = process
        self.keys = keys
        self.log = log

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def client(self, scope: str = "read", **options: object) -> httpx.Client:
        headers = {"x-api-key": self.keys[scope]} if self.keys else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, **options)  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, *arguments: str, keys: dict[str, str] | None = None, prefix: tuple[str, ...] = ()) -> Server:
    port = free_port()
    log = folder / ("server-%d.log" % port)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "NO_PROXY": "*"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "imagesearch.server", "--port", str(port), *arguments],
            env=environment,
            stdout=output,
            stderr=output,
            text=True,
        )
    url = "http://127.0.0.1:%d" % port
    for _ in range(300):
        try:
            if httpx.get(url + "/readyz", trust_env=False).status_code == 200:
                return Server(url, process, keys or {}, log)
        except httpx.TransportError:
            pass
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the server does not answer: " + log.read_text())


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve scenes, and a smaller copy of the first."""
    folder = tmp_path_factory.mktemp("images")
    for number in range(12):
        (folder / ("%d.png" % number)).write_bytes(scene(number))
    (folder / "copy.png").write_bytes(scene(0, width=200, height=150))
    return folder


def filled(path: Path, images: Path) -> Path:
    with imagesearch.LocalIndex(path) as index:
        report = index.add_images(
            [
                imagesearch.ImageItem(
                    "scene/%d" % number,
                    [("image", images / ("%d.png" % number))],
                    category="even" if number % 2 == 0 else "odd",
                )
                for number in range(10)
            ]
        )
        assert report.failed_count == 0
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, images: Path) -> Iterator[Server]:
    """With keys, writable."""
    folder = tmp_path_factory.mktemp("server")
    keys = {scope.value: KeyFile.add(folder / "keys.json", scope.value, scope)[1] for scope in Scope}
    running = start(
        folder,
        "--index",
        "shop=%s" % filled(folder / "index", images),
        "--keys",
        str(folder / "keys.json"),
        "--writable",
        # All tests of a session use its keys, on a fast machine more than a hundred times per second.
        "--rate",
        "1000000",
        keys=keys,
    )
    yield running
    running.process.terminate()
    assert running.process.wait(20) in (0, -15, 143)
    text = running.log.read_text()
    assert not re.search("|".join(map(re.escape, keys.values())), text), "a key is in the log"


@pytest.fixture
def open_server(tmp_path: Path, images: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers without keys."""
    running: list[Server] = []

    def run(*arguments: str, prefix: tuple[str, ...] = ()) -> Server:
        index = filled(tmp_path / ("index%d" % len(running)), images)
        running.append(start(tmp_path, "--index", str(index), *arguments, prefix=prefix))
        return running[-1]

    yield run
    for one in running:
        one.process.terminate()
        one.process.wait(20)
