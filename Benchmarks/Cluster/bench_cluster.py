"""Duration of a search over 1, 2, 4 and 8 shards, compared with one index with the same images; cost of a shard.

    bench_cluster.py [--images 500] [--queries 60] [--shards 1,2,4,8]

`--images` is the number in each shard. All nodes run on this machine and share its cores, so the result is the cost of
distributing a search, not its benefit."""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Cluster"))

import collection  # noqa: E402
import httpx  # noqa: E402
import ray  # noqa: E402
from PIL import Image  # noqa: E402
from ray import serve  # noqa: E402

import imagesearch  # noqa: E402
import imagesearch.ray  # noqa: E402
from imagesearch.ray.manifest import MANIFEST, Manifest  # noqa: E402


def milliseconds(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{1000 * statistics.median(ordered):.0f} | {1000 * ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]:.0f}"


def timed(action: Callable[[bytes], Any], queries: list[bytes], count: int) -> list[float]:
    times = []
    for number in range(count + 5):
        began = time.perf_counter()
        action(queries[number % len(queries)])
        if number >= 5:
            times.append(time.perf_counter() - began)
    return times


def search_single(index: imagesearch.LocalIndex, query: bytes) -> None:
    index.search(query, effort="fast")


def search_cluster(client: httpx.Client, query: bytes) -> None:
    response = client.post("/v1/index/search", files={"image": ("q.jpg", query)}, params={"effort": "fast"})
    assert response.status_code == 200 and not response.json()["warnings"], response.text


def resident() -> dict[int, int]:
    """Bytes of each replica that has shards."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if b"ServeReplica:imagesearch:shards-" in (entry / "cmdline").read_bytes():
                pages = int((entry / "statm").read_text().split()[1])
                found[int(entry.name)] = pages * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError):
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--shards", default="1,2,4,8")
    given = parser.parse_args()
    counts = [int(one) for one in given.shards.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="bench-cluster-"))
    print(f"{given.images} images a shard, {given.queries} searches for altered copies, effort fast", flush=True)
    ray.init(
        num_cpus=8, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False, object_store_memory=200 << 20
    )
    files = collection.write_images(folder / "images", given.images * max(counts), 0)
    began = time.perf_counter()
    report = imagesearch.ray.build(folder / "images", folder / "all", shards=max(counts))
    seconds = time.perf_counter() - began
    size = sum(shard.size for shard in report.shards)
    print(f"build: {report.added / seconds:.0f} images a second, {size / report.added / 1024:.1f} KB an image")
    copies = []
    names = sorted(files)
    for number in range(given.queries):
        with Image.open(files[names[number * 7 % given.images]]) as image:
            copies.append(collection.altered(image.convert("RGB").resize((800, 600)), number))
    print(
        "\n| shards | images | p50 ms | p95 ms | one index: p50 ms | p95 ms | memory of a replica, MB |\n|---|---|---|---|---|---|---|"
    )
    for count in counts:
        shards = report.shards[:count]
        target = folder / f"first-{count}"
        (target / "shards").mkdir(parents=True)
        for shard in shards:
            os.symlink(folder / "all" / "shards" / shard.name, target / "shards" / shard.name)
        imagesearch.ray.Storage(target).write(MANIFEST, replace(Manifest(1), shards=shards).to_json())
        with imagesearch.LocalIndex(folder / f"single-{count}") as single:
            for shard in shards:
                with imagesearch.LocalIndex(folder / "all" / "shards" / shard.name, read_only=True) as part:
                    part.copy_to(single, call_size=1000)
            images = single.image_count()
            alone = timed(functools.partial(search_single, single), copies, given.queries)
        options = {"ray_actor_options": {"num_cpus": 0.1}}
        serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": 18_000})
        serve.run(
            imagesearch.ray.application(target, groups=count, shard_options=options, ingress_options=options),
            name="imagesearch",
        )
        with httpx.Client(base_url="http://127.0.0.1:18000", timeout=60, trust_env=False) as client:
            spread = timed(functools.partial(search_cluster, client), copies, given.queries)
        memory = statistics.median(resident().values()) / 1e6
        print(f"| {count} | {images} | {milliseconds(spread)} | {milliseconds(alone)} | {memory:.0f} |", flush=True)
        serve.delete("imagesearch")
    serve.shutdown()
    asyncio.run(stages(report.shards[0], folder, copies))


async def stages(shard: Any, folder: Path, copies: list[bytes]) -> None:
    """The cost of one shard, called directly."""
    storage = imagesearch.ray.Storage(folder / "all")
    began = time.perf_counter()
    from imagesearch.ray.shards import local_copy

    copy, _descriptor = local_copy(storage, shard, (), folder / "cache")
    async with imagesearch.AsyncLocalIndex(copy, read_only=True) as index:
        await index.image_count()
        opened = time.perf_counter() - began
        exact = [await index.encode_query(query, effort="fast") for query in copies[:30]]
        compact = [imagesearch.compact_query(query) for query in exact]
        times: dict[str, list[float]] = {"encode_query": [], "search, compact": [], "search, exact": []}
        for query, small, whole in zip(copies, compact, exact):
            for name, action in (
                ("encode_query", index.encode_query(query, effort="fast")),
                ("search, compact", index.search_encoded(small)),
                ("search, exact", index.search_encoded(whole)),
            ):
                began = time.perf_counter()
                await action
                times[name].append(time.perf_counter() - began)
    print(f"\none shard of {shard.images} images: copied and opened in {1000 * opened:.0f} ms")
    print("| what | p50 ms | p95 ms |\n|---|---|---|")
    for name, found in times.items():
        print(f"| {name} | {milliseconds(found)} |")
    print(
        f"\nencoded query: {statistics.median(len(one) for one in compact) / 1024:.0f} KB compact, "
        f"{statistics.median(len(one) for one in exact) / 1024:.0f} KB exact"
    )


main()
