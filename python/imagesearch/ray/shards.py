"""Shards on a node's disk: built there and published, or copied there and opened."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from .. import LocalIndex, Removal
from .manifest import Removed, Shard, ShardFile
from .storage import Storage

_DATABASE = "index.sqlite"
_SEGMENTS = "segments"


def publish_index(folder: Path, storage: Storage, name: str, generation: int) -> Shard:
    """Copies a closed index to the storage, where it is invisible until a manifest names it."""
    close_log(folder)
    images = _image_count(folder)
    files = []
    for path in [folder / _DATABASE, *sorted((folder / _SEGMENTS).glob("*"))]:
        inside = str(path.relative_to(folder))
        storage.upload(path, f"shards/{name}/{inside}")
        files.append(ShardFile(inside, path.stat().st_size, _sha256(path)))
    return Shard(name, images, generation, tuple(files))


def close_log(folder: Path) -> None:
    """Makes the database a single file: without a log beside it, and without files that reading would create."""
    if any((folder / (_DATABASE + suffix)).exists() for suffix in ("-wal", "-shm")):
        # The last connection that closes writes the log back.
        with contextlib.closing(sqlite3.connect(folder / _DATABASE)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    left = [suffix for suffix in ("-wal", "-shm") if (folder / (_DATABASE + suffix)).exists()]
    if left:
        raise RuntimeError(f"{folder / _DATABASE} is open in another program: {' and '.join(left)} are beside it")


def local_copy(storage: Storage, shard: Shard, removals: Sequence[Removed], cache: Path) -> tuple[Path, int]:
    """The folder of a shard on this machine, copied there at first use. Removals are applied to the copy, which is searched
    like an index that never had the removed images.

    Returns:
        The folder, and a descriptor that keeps other processes from removing it until it is closed.
    """
    key = shard.name
    if removals:
        key += "-" + hashlib.sha256(json.dumps([astuple(one) for one in removals]).encode()).hexdigest()[:16]
    folder = cache / key
    cache.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(cache / (key + ".use"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _make_copy(storage, shard, removals, cache, key)
    except BaseException:
        os.close(descriptor)
        raise
    return folder, descriptor


def _make_copy(storage: Storage, shard: Shard, removals: Sequence[Removed], cache: Path, key: str) -> None:
    folder = cache / key
    with locked(cache / (key + ".lock")):
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(prefix=key + ".", dir=cache))
            try:
                _fetch(storage, shard, unfinished)
                if removals:
                    _apply(removals, unfinished)
                os.rename(unfinished, folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)


def drop_copies(cache: Path, kept: set[Path]) -> None:
    """Removes copies that no process on this machine uses."""
    for folder in cache.iterdir():
        if folder.is_dir() and folder not in kept and (lock := cache / (folder.name + ".use")).exists():
            with lock.open() as file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(storage: Storage, shard: Shard, folder: Path) -> None:
    for file in shard.files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.download(f"shards/{shard.name}/{file.name}", path)
        if path.stat().st_size != file.size or _sha256(path) != file.sha256:
            raise RuntimeError(f"{file.name} of shard {shard.name} is not the file that was published")


def _apply(removals: Sequence[Removed], folder: Path) -> None:
    with LocalIndex(folder) as index:
        for first in range(0, len(removals), 1000):
            index.remove_images([Removal(one.item_id, one.image_name) for one in removals[first : first + 1000]])
    close_log(folder)


def _image_count(folder: Path) -> int:
    with LocalIndex(folder, read_only=True) as index:
        return index.image_count()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
