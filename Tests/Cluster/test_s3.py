"""Images and shards in an object store: moto's S3, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import collection
import pytest
from test_build import opened

import imagesearch.ray


@pytest.fixture
def bucket(cluster: Any) -> Iterator[str]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1").create_bucket(Bucket="photos")
        yield f"?endpoint_override={host}%3A{port}&scheme=http&region=us-east-1"
    finally:
        server.stop()


def test_a_collection_in_s3(bucket: str, tmp_path: Path) -> None:
    source, target = f"s3://test:test@photos/images{bucket}", f"s3://test:test@photos/collection{bucket}"
    storage = imagesearch.ray.Storage(source)
    for name, path in collection.write_images(tmp_path / "images", 40, 0, first=400_000).items():
        storage.upload(path, name)
    storage.write("broken.png", b"\x89PNG and no more")
    report = imagesearch.ray.build(source, target, shards=3, thumbnail_side=0)
    assert (report.added, report.bad_count) == (40, 1)
    imagesearch.ray.remove(target, ["drawn/400003.jpg"])
    names = [name for name, _size in imagesearch.ray.Storage(target).files()]
    assert "manifest.json" in names and not [
        name for name in names if name.endswith(("-wal", "-shm")) or name.startswith("building/")
    ]

    async def check() -> None:
        index = await opened(target, 2, tmp_path / "cache").open()
        try:
            assert await index.image_count() == 39
            for number, wanted in ((400_002, ["drawn/400002.jpg"]), (400_003, []), (400_039, ["drawn/400039.jpg"])):
                page = await index.search(collection.encoded(collection.drawing(number, 300, 225)))
                assert [match.item_id for match in page] == wanted
        finally:
            await index.close()

    asyncio.run(check())
    merged = imagesearch.ray.merge(target)
    assert [shard.images for shard in merged.manifest.shards] == [39]
    assert len(imagesearch.ray.clean(target, keep_generations=1)) == 3
