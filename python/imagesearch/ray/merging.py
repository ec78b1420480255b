"""Merges small shards into larger ones, as a job, without the images that were removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import ray

from .. import LocalIndex
from .building import _shard
from .manifest import Manifest, Removed, Shard, load, publish
from .shards import local_copy, publish_index
from .storage import Storage


@dataclass(frozen=True, slots=True)
class MergeReport:
    """The result of a merge: the collection after it, and the shards that were removed and added."""

    manifest: Manifest
    gone: tuple[Shard, ...]
    come: tuple[Shard, ...]


def merge(target: str | os.PathLike[str], *, images: int = 1_000_000) -> MergeReport:
    """Merges neighbouring shards that have at most `images` images together, and rewrites those in which something was removed.
    Features are copied as they are: no image is read. The files of the earlier shards stay until clean() removes them, because
    searches may still use them.

    Args:
        target: the folder of the collection.
        images: maximum number of images of a shard.
    """
    storage = Storage(target)
    if not ray.is_initialized():
        ray.init()
    before = load(storage)
    groups = _groups(before, images)
    task = ray.remote(num_cpus=1, max_retries=3)(_merge)
    results = ray.get(
        [task.remote(storage, group, [before.removals_of(one) for one in group], before.generation) for group in groups]
    )
    come = [None if one is None else _shard(one) for one in results]
    gone = {shard.name for group in groups for shard in group}

    def change(now: Manifest) -> Manifest:
        if not gone <= {shard.name for shard in now.shards}:
            raise RuntimeError("another program has changed the shards meanwhile; nothing was merged")
        places = {group[0].name: shard for group, shard in zip(groups, come)}
        shards: list[Shard] = []
        for shard in now.shards:
            merged = places.get(shard.name, None if shard.name in gone else shard)
            if merged is not None:
                shards.append(merged)
        left = [one for one in now.removals if any(one.generation >= shard.generation for shard in shards)]
        return replace(now, shards=tuple(shards), removals=tuple(left))

    manifest = publish(storage, change) if groups else before
    names = {shard.name for shard in manifest.shards}
    return MergeReport(
        manifest,
        tuple([shard for shard in before.shards if shard.name in gone]),
        tuple([shard for shard in come if shard is not None and shard.name in names]),
    )


def clean(target: str | os.PathLike[str], *, keep_generations: int = 2) -> tuple[str, ...]:
    """Removes the files of shards that the newest manifests do not name. No build may run meanwhile, and no search with an
    older manifest.

    Returns:
        The names of the removed shards.
    """
    storage = Storage(target)
    newest = load(storage)
    kept: set[str] = set()
    for generation in range(max(1, newest.generation - keep_generations + 1), newest.generation + 1):
        kept.update(shard.name for shard in load(storage, generation).shards)
    there = {name.split("/")[0] for name, _size in storage.files("shards")}
    gone = tuple(sorted(there - kept))
    for name in gone:
        storage.remove(f"shards/{name}")
    return gone


def _groups(manifest: Manifest, images: int) -> list[list[Shard]]:
    """Neighbouring shards to merge, and shards to rewrite because something was removed in them."""
    groups: list[list[Shard]] = []
    for shard in manifest.shards:
        if groups and sum(one.images for one in groups[-1]) + shard.images <= images:
            groups[-1].append(shard)
        else:
            groups.append([shard])
    return [group for group in groups if len(group) > 1 or manifest.removals_of(group[0])]


def _merge(
    storage: Storage, shards: Sequence[Shard], removals: Sequence[tuple[Removed, ...]], generation: int
) -> dict[str, Any] | None:
    folder = Path(tempfile.mkdtemp(prefix="imagesearch-merge-"))
    try:
        with LocalIndex(folder / "index") as merged:
            for shard, removed in zip(shards, removals):
                copy, descriptor = local_copy(storage, shard, removed, folder / "parts")
                with LocalIndex(copy, read_only=True) as part:
                    failed = part.copy_to(merged, call_size=1000).failures
                    if failed:
                        raise RuntimeError(f"{len(failed)} images of shard {shard.name} cannot be copied: {failed[0].error}")
                os.close(descriptor)
                shutil.rmtree(copy)
            if merged.image_count() == 0:
                return None
        name = f"merged-{generation:06}-{os.urandom(4).hex()}"
        # The merged shard lacks what was removed up to this generation; later removals apply to it as to the others.
        return asdict(publish_index(folder / "index", storage, name, generation))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
