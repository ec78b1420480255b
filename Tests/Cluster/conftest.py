"""A cluster of three nodes in this machine, and a collection in four shards that is built on it once for all tests.

Run by scripts/test-cluster.sh, which makes the environment and the namespace."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

try:
    import ray
except ImportError:
    ray = None


if ray is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if ray is None:
        terminalreporter.write_line(
            "Tests/Cluster: SKIPPED, ray is not installed here; run scripts/test-cluster.sh, which installs it"
        )


os.environ.setdefault("RAY_TMPDIR", tempfile.mkdtemp(prefix="isc.", dir="/tmp"))
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_AUTH_MODE", "disabled")
for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_EC2_METADATA_DISABLED", "true")):
    os.environ.setdefault(name, value)

LOOPBACK = {"node_ip_address": "127.0.0.1", "object_store_memory": 150 << 20}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """A head, which has the front, and two nodes for shards and tasks."""
    from ray import serve
    from ray.cluster_utils import Cluster

    made = Cluster(
        initialize_head=True,
        head_node_args={**LOOPBACK, "num_cpus": 0, "resources": {"front": 1}, "include_dashboard": False},
    )
    for _ in range(2):
        made.add_node(**LOOPBACK, num_cpus=2)
    ray.init(address=made.address, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield made
    serve.shutdown()
    ray.shutdown()
    made.shutdown()


@dataclass
class Built:
    """A collection in shards, and what is in it."""

    target: Path
    files: dict[str, Path]
    report: Any
    steps: list[Any]
    killed: int | None


@pytest.fixture(scope="session")
def built(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """2 000 drawn and 200 real images and 80 pages of templates in four shards (or as collection.py says), with one task killed on the way."""
    import collection

    import imagesearch.ray

    folder = tmp_path_factory.mktemp("collection")
    files = collection.write_images(folder / "images", collection.DRAWN, collection.REAL, templates=collection.TEMPLATES)
    (folder / "images" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    steps: list[Any] = []
    killed: list[int | None] = []

    def watch(progress: Any) -> None:
        steps.append(progress)
        if not any(killed) and 0 < progress.images < collection.DRAWN:
            killed.append(collection.kill_one("ray::Map(_Job.write)"))

    report = imagesearch.ray.build(
        folder / "images", folder / "target", shards=collection.SHARDS, thumbnail_side=200, progress=watch
    )
    return Built(folder / "target", files, report, steps, next(filter(None, killed), None))


@pytest.fixture(scope="session")
def single(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one index with the same images."""
    import imagesearch

    where = tmp_path_factory.mktemp("single") / "index"
    names = sorted(built.files)
    first = [*names[:: len(names) // 150], *names[-20:]]
    with imagesearch.LocalIndex(where, thumbnail_side=200) as index:
        report = index.add_images(
            [imagesearch.ImageItem(name, [(name.rpartition("/")[2], built.files[name])]) for name in dict.fromkeys(first)]
        )
        assert report.failed_count == 0
        added = report.succeeded_count
        # The rest would cost as much again: what the tasks stored is taken over. Where both are there, it must be the very same.
        outcomes = []
        for shard in built.report.manifest.shards:
            with imagesearch.LocalIndex(built.target / "shards" / shard.name, read_only=True) as part:
                outcomes += [entry.outcome for entry in part.copy_to(index, call_size=1000).entries]
        assert outcomes.count(imagesearch.Outcome.UNCHANGED) == added
        assert outcomes.count(imagesearch.Outcome.ADDED) == len(names) - added
    return where
