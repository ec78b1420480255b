"""Building, changing and merging collections in shards."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import collection
import pyarrow as pa
import pytest
from conftest import Built

import imagesearch
import imagesearch.ray
from imagesearch.ray.gather import ShardedIndex
from imagesearch.ray.group import ShardGroup
from imagesearch.ray.storage import Storage


def opened(target: Any, groups: int, cache: Path) -> ShardedIndex:
    """The collection with its groups in this process."""
    handles = [ShardGroup(str(target), number, groups, str(cache)) for number in range(groups)]
    return ShardedIndex(str(target), handles, poll_seconds=0.2)


def test_every_image_is_in_one_shard_although_a_task_was_killed(built: Built) -> None:
    assert built.killed is not None, "no task was killed"
    manifest = built.report.manifest
    assert (manifest.generation, len(manifest.shards)) == (1, collection.SHARDS)
    assert built.report.added == sum(shard.images for shard in manifest.shards) == len(built.files)
    found: list[str] = []
    for shard in manifest.shards:
        with imagesearch.LocalIndex(built.target / "shards" / shard.name, read_only=True) as index:
            found += [item.item_id for item in index.all_items()]
    assert sorted(found) == sorted(built.files)


def test_a_published_shard_is_a_closed_index(built: Built) -> None:
    for shard in built.report.manifest.shards:
        folder = built.target / "shards" / shard.name
        names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert names == {file.name for file in shard.files}
        assert all(name == "index.sqlite" or name.startswith("segments/") for name in names)


def test_bad_images_are_in_the_report_and_progress_is_told(built: Built) -> None:
    assert built.report.bad_count == 1 and built.report.bad[0].item_id == "broken.jpg"
    lines = (built.target / built.report.report).read_text().splitlines()
    assert [json.loads(line)["item_id"] for line in lines] == ["broken.jpg"]
    assert not (built.target / "building").exists() or not list((built.target / "building").iterdir())
    last = built.steps[-1]
    assert (last.images, last.shards, last.total_images, last.total_shards) == (
        len(built.files) + 1,
        collection.SHARDS,
        len(built.files) + 1,
        collection.SHARDS,
    )
    assert [step.images for step in built.steps] == sorted(step.images for step in built.steps)


def table(folder: Path, numbers: range, item: str = "{}") -> pa.Table:
    rows = []
    for number in numbers:
        path = folder / f"{number}.jpg"
        path.write_bytes(collection.encoded(collection.drawing(number)))
        rows.append(
            {
                "address": str(path),
                "item_id": item.format(number),
                "image_name": "p",
                "category": "even" if number % 2 == 0 else "odd",
            }
        )
    return pa.Table.from_pylist(rows)


#: A driver that kills itself at some moment of a build, so that nothing of it can clean up.
DRIVER = """
import os, signal, sys
import ray
ray.init(address=sys.argv[1], log_to_driver=False, _node_ip_address="127.0.0.1")
import imagesearch.ray
from imagesearch.ray import building, manifest, storage

def die(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[4]
if moment == "the addresses are spread":
    write = storage.Storage.write
    storage.Storage.write = lambda self, name, content: die() if name.endswith("parts.json") else write(self, name, content)
elif moment == "a shard is written":
    building._Watch.shard = die
elif moment == "all shards are written":
    building.publish = die
elif moment == "the manifest is published":
    remove = storage.Storage.remove
    storage.Storage.remove = lambda self, name: die() if self.exists("manifest.json") else remove(self, name)
imagesearch.ray.build(sys.argv[2], sys.argv[3], shards=3, thumbnail_side=0)
"""


def contents(target: Path) -> dict[str, list[str]]:
    """The images of each shard that the manifest names."""
    found = {}
    for shard in imagesearch.ray.load(Storage(target)).shards:
        with imagesearch.LocalIndex(target / "shards" / shard.name, read_only=True) as index:
            items = sorted(item.item_id for item in index.all_items())
            assert len(items) == shard.images
            found[shard.name.split("-")[1]] = items
    return found


@pytest.fixture(scope="module")
def uninterrupted(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """A folder of images, and what a build that nobody kills makes of it."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    (folder / "images").mkdir()
    for number in range(45):
        (folder / "images" / f"{number}.jpg").write_bytes(collection.encoded(collection.drawing(5100 + number)))
    imagesearch.ray.build(folder / "images", folder / "target", shards=3, thumbnail_side=0)
    return folder / "images", contents(folder / "target")


@pytest.mark.parametrize(
    "moment", ["the addresses are spread", "a shard is written", "all shards are written", "the manifest is published"]
)
def test_a_killed_driver_is_gone_on_from(
    cluster: Any, uninterrupted: tuple[Path, dict[str, list[str]]], tmp_path: Path, moment: str
) -> None:
    folder, expected = uninterrupted
    target = tmp_path / "target"
    storage = Storage(target)
    run = [sys.executable, "-c", DRIVER, cluster.address, str(folder), str(target), moment]
    driver = subprocess.run(run, capture_output=True, text=True, timeout=120)
    assert driver.returncode == -signal.SIGKILL, driver.stderr[-2000:]
    # Ray ends the tasks of a driver that is gone.
    end = time.monotonic() + 60
    while collection.running("ray::Map(_Job.write)"):
        assert time.monotonic() < end
        time.sleep(0.1)
    written = {json.loads(path.read_text())["shard"]["name"] for path in (target / "building").glob("*/done/*.json")}
    published = moment == "the manifest is published"
    assert bool(written) == (moment != "the addresses are spread")
    assert imagesearch.ray.load(storage).generation == int(published), "nothing is seen of a batch that has not ended"

    report = imagesearch.ray.build(folder, target, shards=3, thumbnail_side=0)
    assert report.added == 45 and report.manifest == imagesearch.ray.load(storage)
    assert report.manifest.generation == 1 and len(report.manifest.shards) == 3 and report.manifest.removals == ()
    # What was written is taken over, and the collection is that of a build that nobody killed.
    assert written <= {shard.name for shard in report.shards}
    assert not (target / "building").exists() or not list((target / "building").iterdir())
    assert contents(target) == expected
    imagesearch.ray.clean(target)
    assert {path.name for path in (target / "shards").iterdir()} == {shard.name for shard in report.manifest.shards}


def test_batches_removals_and_merging(cluster: Any, tmp_path: Path) -> None:
    target = tmp_path / "target"
    imagesearch.ray.build(table(tmp_path, range(6000, 6020)), target, shards=2, thumbnail_side=0)
    # The second batch brings more, and another image for an item that is there.
    imagesearch.ray.build(
        pa.concat_tables([table(tmp_path, range(6020, 6030)), table(tmp_path, range(6500, 6501), "6003")]),
        target,
        shards=1,
        thumbnail_side=0,
    )
    imagesearch.ray.remove(target, ["6005", ("6006", "p"), ("6007", "no such name")])

    def image(number: int) -> bytes:
        return collection.encoded(collection.drawing(number, 300, 225), 70)

    async def check(expected_images: int) -> None:
        index = await opened(target, 2, tmp_path / "cache").open()
        try:
            assert await index.image_count() == expected_images
            for number, wanted in (
                (6000, ["6000"]),
                (6029, ["6029"]),
                (6003, []),
                (6500, ["6003"]),
                (6005, []),
                (6006, []),
                (6007, ["6007"]),
            ):
                page = await index.search(image(number))
                assert ([match.item_id for match in page], page.total) == (wanted, len(wanted)), number
            assert [match.item_id for match in await index.search(image(6000), category="odd")] == []
            assert [match.item_id for match in await index.search(image(6001), category="odd")] == ["6001"]
        finally:
            await index.close()

    asyncio.run(check(28))
    before = {shard.name for shard in imagesearch.ray.load(Storage(target)).shards}
    report = imagesearch.ray.merge(target, images=20)
    assert len(report.manifest.shards) == 2 and report.manifest.removals == ()
    assert {shard.name for shard in report.gone} == before
    asyncio.run(check(28))
    assert set(imagesearch.ray.clean(target, keep_generations=1)) == before
    asyncio.run(check(28))


def test_addresses_on_the_web_are_the_cores(cluster: Any, tmp_path: Path) -> None:
    rows = pa.concat_tables(
        [
            table(tmp_path, range(7000, 7001)),
            pa.table(
                {**{name: ["x"] for name in ("item_id", "image_name", "category")}, "address": ["http://127.0.0.1:9/a.jpg"]}
            ).select(["address", "item_id", "image_name", "category"]),
        ]
    )
    report = imagesearch.ray.build(rows, f"file://{tmp_path}/target", shards=1, thumbnail_side=0)
    assert (report.added, report.bad_count, report.bad[0].address) == (1, 1, "http://127.0.0.1:9/a.jpg")
    assert "private" in report.bad[0].error or "loopback" in report.bad[0].error
    assert (tmp_path / "target" / "manifest.json").exists()
