"""The server on the cluster: the same responses as of one index, while nodes go and come."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import collection
import httpx
import pytest
from conftest import LOOPBACK, Built

import imagesearch
import imagesearch.ray

NAME = "photos"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def url(cluster: Any, built: Built) -> str:
    from ray import serve

    port = free_port()
    serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": port})
    application = imagesearch.ray.application(
        built.target,
        index=NAME,
        groups=collection.SHARDS,
        shard_seconds=3,
        poll_seconds=1,
        shard_options={"ray_actor_options": {"num_cpus": 0.2}},
        ingress_options={"ray_actor_options": {"num_cpus": 0, "resources": {"front": 0.1}}},
    )
    serve.run(application, name="imagesearch")
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client


def search(client: httpx.Client, image: bytes) -> httpx.Response:
    return client.post(f"/v1/{NAME}/search", files={"image": ("query.jpg", image)}, params={"effort": "fast"})


def ids(response: httpx.Response) -> list[tuple[str, str]]:
    return [(match["item_id"], match["relation"]) for match in response.json()["matches"]]


def test_it_is_the_same_server(client: httpx.Client, built: Built, single: Any, url: str) -> None:
    names = sorted(built.files)[:: len(built.files) // 25]
    with imagesearch.LocalIndex(single, read_only=True) as index:
        for name in names:
            image = built.files[name].read_bytes()
            expected = [(match.item_id, match.relation) for match in index.search(image, effort="fast", limit=20)]
            response = search(client, image)
            assert response.status_code == 200 and ids(response) == expected and response.json()["warnings"] == []
            assert "x-imagesearch-warnings" not in response.headers
    # A client of TinEye's protocol, which is our own.
    with imagesearch.TinEye(api_key="any", base_url=url + "/rest/") as tineye:
        page = tineye.search(built.files[names[3]])
        assert page.total == 1 and page[0].width == 200
        assert tineye.image_count() == len(built.files)
    assert client.get("/readyz").text == "ready\n"
    assert client.get(f"/v1/{NAME}/items/{names[0]}".replace("/items/drawn/", "/items/drawn%2F")).status_code in (200, 404)
    assert search(client, b"no image").status_code == 415 or search(client, b"no image").status_code == 400


class Load:
    """Searches all the time; every response is checked."""

    def __init__(self, url: str, expected: dict[bytes, list[tuple[str, str]]]) -> None:
        self.expected = expected
        self.wrong: list[Any] = []
        #: When each response came, and whether a shard was missing in it.
        self.responses: list[tuple[float, bool]] = []
        self._url = url
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(2)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        images = list(self.expected)
        with httpx.Client(base_url=self._url, timeout=60, trust_env=False) as client:
            turn = number
            while not self._ended.is_set():
                image = images[turn % len(images)]
                turn += 1
                try:
                    response = search(client, image)
                except httpx.HTTPError as error:
                    self.wrong.append(error)
                    continue
                now = time.monotonic()
                if response.status_code == 503:
                    # No shard at all responds: said, not hidden.
                    self.responses.append((now, True))
                    continue
                if response.status_code != 200:
                    self.wrong.append((response.status_code, response.text[:300]))
                    continue
                found, warnings = ids(response), response.json()["warnings"]
                if warnings:
                    if "x-imagesearch-warnings" not in response.headers or not set(found) <= set(self.expected[image]):
                        self.wrong.append((found, warnings))
                elif found != self.expected[image]:
                    self.wrong.append((found, self.expected[image]))
                self.responses.append((now, bool(warnings)))

    def wait_for_whole(self, since: float, seconds: float) -> float:
        """Seconds until twenty responses in a row miss nothing."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            later = [one for one in self.responses if one[0] > since]
            if len(later) >= 20 and not any(missing for _when, missing in later[-20:]):
                return later[-20][0] - since
            time.sleep(0.2)
        raise AssertionError(f"shards are missing after {seconds} s: {len(later)} responses")


@pytest.fixture
def expected(client: httpx.Client, built: Built) -> dict[bytes, list[tuple[str, str]]]:
    found = {}
    # What is left of a page of a template without some shards may be judged otherwise, and the response says that they are missing.
    names = sorted(name for name in built.files if not name.startswith("template/"))
    for name in names[5 :: len(names) // 14]:
        image = built.files[name].read_bytes()
        response = search(client, image)
        assert response.status_code == 200 and not response.json()["warnings"]
        found[image] = ids(response)
    return found


def test_a_killed_replica_is_not_noticed_or_said(url: str, expected: dict[bytes, list[tuple[str, str]]]) -> None:
    with Load(url, expected) as load:
        load.wait_for_whole(time.monotonic(), 60)
        killed = time.monotonic()
        assert collection.kill_one("ray::ServeReplica:imagesearch:shards-") is not None
        healed = load.wait_for_whole(killed + 1, 90)
    assert not load.wrong, load.wrong[:3]
    print(
        f"killed replica: whole again after {healed + 1:.0f} s, {sum(missing for _when, missing in load.responses)} responses warned"
    )


def test_a_removed_node_is_said_and_comes_back_elsewhere(
    cluster: Any, url: str, expected: dict[bytes, list[tuple[str, str]]]
) -> None:
    with Load(url, expected) as load:
        load.wait_for_whole(time.monotonic(), 60)
        removed = time.monotonic()
        cluster.remove_node(next(node for node in cluster.worker_nodes), allow_graceful=False)
        cluster.add_node(**LOOPBACK, num_cpus=2)
        healed = load.wait_for_whole(removed + 15, 120)
    assert not load.wrong, load.wrong[:3]
    assert len(load.responses) > 20
    print(
        f"removed node: whole again after {healed + 15:.0f} s, {sum(missing for _when, missing in load.responses)} responses warned"
    )


def test_a_new_batch_is_served(cluster: Any, client: httpx.Client, built: Built, tmp_path: Any) -> None:
    files = collection.write_images(tmp_path / "more", 8, 0, first=300_000)
    image = next(iter(files.values())).read_bytes()
    assert ids(search(client, image)) == []
    imagesearch.ray.build(tmp_path / "more", built.target, shards=2)
    end = time.monotonic() + 60
    while not (found := ids(search(client, image))):
        assert time.monotonic() < end
        time.sleep(0.3)
    assert found == [("drawn/300000.jpg", "identical")]
