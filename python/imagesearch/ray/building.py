"""Builds shards as a Ray Data job: a table of addresses becomes shards, each written by one task, and finally one manifest."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import ray

from .. import ImageItem, ImageSearchError, LocalIndex
from .manifest import Manifest, Removed, Shard, ShardFile, load, publish
from .shards import publish_index
from .storage import Storage, public_address, read_address

#: Suffixes of the files of a folder that are treated as images.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")

_COLUMNS = ("address", "item_id", "image_name", "category", "custom_content")
#: Number of images that a task reads, describes and writes at a time.
_BATCH = 64
_READERS = 8
#: Maximum number of items that are looked up in earlier shards.
_MOST_REPLACED = 100_000


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """Progress of a build: images processed, shards written, and the total number of shards."""

    images: int
    shards: int
    total_images: int
    total_shards: int


@dataclass(frozen=True, slots=True)
class BadImage:
    """An image that could not be added."""

    address: str
    item_id: str
    error: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    Attributes:
        manifest: the collection after the build.
        shards: the new shards.
        added: number of images in them.
        bad: the first thousand images that could not be added; all are in the file `report`, one line of JSON each.
        bad_count: number of such images.
        report: the file's name in the target; None when there is none.
    """

    manifest: Manifest
    shards: tuple[Shard, ...]
    added: int
    bad: tuple[BadImage, ...]
    bad_count: int
    report: str | None


def build(
    source: Any,
    target: str | os.PathLike[str],
    *,
    shards: int = 1,
    replace_items: bool = True,
    thumbnail_side: int | None = None,
    threads: int = 1,
    progress: Callable[[BuildProgress], object] | None = None,
) -> BuildReport:
    """Adds images to a sharded collection as one batch. Starts Ray if it is not running.

    The same call after an interruption continues: shards that were written are not written again. A batch becomes visible only
        when all of it is published.

    Args:
        source: a folder of images (a path, or an address such as s3://bucket/folder), each file of which is an item with its
            path within the folder as its id; or a table (pyarrow, pandas, ray.data.Dataset) with the column `address` and
            optionally `item_id`, `image_name`, `category` and `custom_content`. An address is a path, one of an object store,
            or an http(s) URL.
        target: the folder of the collection, which all nodes can access.
        shards: number of shards of the batch; all images of an item are in the same one.
        replace_items: whether items that exist in the collection are replaced. Otherwise both are found.
        thumbnail_side: see LocalIndex.
        threads: number of cores of a shard's task.
        progress: called about once per second.
    """
    if not 1 <= shards <= 100_000:
        raise ValueError(f"shards is {shards}; it must be 1 to 100000")
    storage = Storage(target)
    if not ray.is_initialized():
        ray.init()
    batch, generation = _batch(source, storage, shards, threads, thumbnail_side)
    parts = json.loads(storage.read(f"{batch}/parts.json"))
    job = _Job(storage, batch, generation, thumbnail_side, threads)
    written: list[dict[str, Any]] = []
    wanted = [{"part": int(name), "images": count} for name, count in sorted(parts.items())]
    with _Watch(progress, sum(parts.values()), len(wanted)) as watch:
        for row in _rows(wanted, job, watch.counter, threads):
            written.append(json.loads(row["written"]))
            watch.shard(len(written))
    written.sort(key=lambda one: int(one["part"]))
    new = [_shard(one["shard"]) for one in written if one["shard"] is not None]
    bad = [BadImage(**one) for part in written for one in part["bad"]]
    report = None
    if bad:
        report = f"reports/{posixpath.basename(batch)}.jsonl"
        storage.write(report, b"".join(json.dumps(asdict(one)).encode() + b"\n" for one in bad))
    replaced = _replaced(storage, batch, written) if replace_items else ()

    def change(before: Manifest) -> Manifest:
        now = before.generation + 1
        coming = tuple([replace(shard, generation=now) for shard in new])
        removals = [Removed(item, None, before.generation) for item in replaced] if before.shards else []
        return Manifest(shards=(*before.shards, *coming), removals=(*before.removals, *removals))

    before = load(storage)
    # An earlier call may have been ended between publishing its batch and forgetting it.
    manifest = (
        before if new and {shard.name for shard in new} <= {shard.name for shard in before.shards} else publish(storage, change)
    )
    storage.remove(batch)
    added = sum(shard.images for shard in new)
    names = {shard.name for shard in new}
    came = tuple([shard for shard in manifest.shards if shard.name in names])
    return BuildReport(manifest, came, added, tuple(bad[:1000]), len(bad), report)


def remove(target: str | os.PathLike[str], items: Iterable[str | tuple[str, str | None]]) -> Manifest:
    """Removes items, or (item id, image name) pairs, from a collection: they are listed in the manifest, and searches no longer
    find them. Merging the shards frees their space."""
    wanted = [(one, None) if isinstance(one, str) else (str(one[0]), one[1]) for one in items]

    def change(before: Manifest) -> Manifest:
        known = set(before.removals)
        more = [Removed(item, name, before.generation) for item, name in wanted]
        return replace(before, removals=(*before.removals, *(one for one in more if one not in known)))

    return publish(Storage(target), change)


def _rows(wanted: Sequence[dict[str, int]], job: _Job, counter: Any, threads: int) -> Iterator[dict[str, Any]]:
    """The results of a build's tasks as they finish. Ray restarts a task whose node or process is lost."""
    if not wanted:
        return iter(())
    rows = ray.data.from_items(list(wanted), override_num_blocks=len(wanted))
    written = rows.map(job.write, fn_args=(counter,), num_cpus=threads)
    return iter(written.iter_rows())


def _shard(given: dict[str, Any]) -> Shard:
    return Shard(**{**given, "files": tuple([ShardFile(**file) for file in given["files"]])})


def _replaced(storage: Storage, batch: str, written: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Items of the batch that may be in earlier shards."""
    if not load(storage).shards:
        return ()
    items: list[str] = []
    for one in written:
        table = _read_part(storage, batch, int(one["part"]), ["item_id"])
        items += pc.unique(table["item_id"]).to_pylist()
        if len(items) > _MOST_REPLACED:
            raise ValueError(
                f"the batch has more than {_MOST_REPLACED} items, which is too many to replace earlier ones; "
                "give replace_items=False when all are new"
            )
    return tuple(items)


# -- the table of addresses, spread over the parts of the batch


def _batch(source: Any, storage: Storage, shards: int, threads: int, thumbnail_side: int | None) -> tuple[str, int]:
    """The folder of the batch, with a list of the addresses of each part, and the generation that it becomes; those of an interrupted
    call, if there is one."""
    dataset, mark = _dataset(source)
    newest = load(storage).generation
    batch = ""
    # First that of a call which was ended when it had published its batch.
    for before in (newest - 1, newest):
        settings = json.dumps([mark, shards, thumbnail_side, before])
        batch = f"building/{hashlib.sha256(settings.encode()).hexdigest()[:24]}"
        if before >= 0 and storage.exists(f"{batch}/parts.json"):
            return batch, before + 1
    storage.remove(batch)
    counts: dict[int, int] = {}
    spread = dataset.map_batches(_Spread(storage, batch, shards), batch_format="pyarrow", batch_size=50_000)
    for row in spread.iter_rows():
        counts[int(row["part"])] = counts.get(int(row["part"]), 0) + int(row["images"])
    storage.write(f"{batch}/parts.json", json.dumps(counts).encode())
    return batch, newest + 1


def _dataset(source: Any) -> tuple[ray.data.Dataset, str]:
    """The table of the source, and text that identifies it."""
    if isinstance(source, ray.data.Dataset):
        return source, f"dataset of {source.count()} rows {source.schema()}"
    if isinstance(source, (str, os.PathLike)):
        table = _folder(Storage(source))
    else:
        table = source if isinstance(source, pa.Table) else pa.Table.from_pandas(source, preserve_index=False)
    if "address" not in table.column_names:
        raise ValueError(f"the table has the columns {', '.join(table.column_names)}, and no 'address'")
    mark = hashlib.sha256()
    for piece in table.select([name for name in _COLUMNS if name in table.column_names]).to_batches(10_000):
        mark.update(json.dumps(piece.to_pylist(), sort_keys=True).encode())
    blocks = max(1, min(64, table.num_rows // 50_000))
    return ray.data.from_arrow(table).repartition(blocks) if blocks > 1 else ray.data.from_arrow(table), mark.hexdigest()


def _folder(storage: Storage) -> pa.Table:
    names = sorted(name for name, _size in storage.files() if name.lower().endswith(SUFFIXES))
    return pa.table(
        {
            "address": [storage.under(name) for name in names],
            "item_id": names,
            "image_name": [posixpath.basename(name) for name in names],
        }
    )


class _Spread:
    """Writes rows of the table to the lists of their parts."""

    def __init__(self, storage: Storage, batch: str, shards: int) -> None:
        self.storage, self.batch, self.shards = storage, batch, shards

    def __call__(self, table: pa.Table) -> pa.Table:
        table = _complete(table)
        parts = pa.array([_part(item, self.shards) for item in table["item_id"].to_pylist()], pa.int64())
        counts: dict[int, int] = {}
        for part in pc.unique(parts).to_pylist():
            own = table.filter(pc.equal(parts, part))
            buffer = pa.BufferOutputStream()
            pq.write_table(own, buffer)
            content = buffer.getvalue().to_pybytes()
            # Named by its content, so that a task that is repeated writes the same file.
            self.storage.write(f"{self.batch}/lists/{part}/{hashlib.sha256(content).hexdigest()[:24]}.parquet", content)
            counts[part] = own.num_rows
        return pa.table(
            {"part": list(counts), "images": list(counts.values())}, pa.schema([("part", pa.int64()), ("images", pa.int64())])
        )


def _complete(table: pa.Table) -> pa.Table:
    """All columns, as text."""
    columns: dict[str, pa.Array] = {"address": table["address"].cast(pa.string())}
    given = set(table.column_names)
    if "item_id" in given:
        columns["item_id"] = table["item_id"].cast(pa.string())
    else:
        # Without keys: an id is shown to everyone who searches.
        columns["item_id"] = pa.array([public_address(one) for one in columns["address"].to_pylist()], pa.string())
    if "image_name" in given:
        columns["image_name"] = table["image_name"].cast(pa.string())
    else:
        columns["image_name"] = pa.array([posixpath.basename(one) for one in columns["address"].to_pylist()], pa.string())
    for name in ("category", "custom_content"):
        columns[name] = table[name].cast(pa.string()) if name in given else pa.nulls(table.num_rows, pa.string())
    return pa.table(columns)


def _part(item: str, shards: int) -> int:
    return int.from_bytes(hashlib.sha256(item.encode("utf-8", "surrogateescape")).digest()[:8], "big") % shards


def _read_part(storage: Storage, batch: str, part: int, columns: list[str] | None = None) -> pa.Table:
    folder = f"{batch}/lists/{part}"
    tables = []
    for name, _size in sorted(storage.files(folder)):
        tables.append(pq.read_table(pa.BufferReader(storage.read(f"{folder}/{name}")), columns=columns))
    return pa.concat_tables(tables)


# -- the tasks


@dataclass(frozen=True)
class _Job:
    """The parameters of a build's tasks."""

    storage: Storage
    batch: str
    generation: int
    thumbnail_side: int | None
    threads: int

    def write(self, row: dict[str, Any], counter: Any) -> dict[str, Any]:
        """Writes the shard of one part, unless an earlier task has."""
        part = int(row["part"])
        done = f"{self.batch}/done/{part}.json"
        try:
            content = self.storage.read(done).decode()
            _tell(counter, int(row["images"]))
        except FileNotFoundError:
            content = json.dumps(self._write(part, counter))
            self.storage.write(done, content.encode())
        return {"written": content}

    def _write(self, part: int, counter: Any) -> dict[str, Any]:
        folder = Path(tempfile.mkdtemp(prefix="imagesearch-shard-"))
        try:
            index_folder = folder / "index"
            rows = _read_part(self.storage, self.batch, part).sort_by([("item_id", "ascending"), ("image_name", "ascending")])
            bad: list[dict[str, str]] = []
            with LocalIndex(index_folder, threads=self.threads, thumbnail_side=self.thumbnail_side) as index:
                with ThreadPoolExecutor(_READERS) as readers:
                    for first in range(0, rows.num_rows, _BATCH):
                        batch = rows.slice(first, _BATCH).to_pylist()
                        bad += _add(index, batch, list(readers.map(_contents, [one["address"] for one in batch])))
                        _tell(counter, len(batch))
                images = index.image_count()
            if images == 0:
                return {"part": part, "shard": None, "bad": bad}
            # A repetition uses another folder: no name is ever written twice.
            name = f"{posixpath.basename(self.batch)[:8]}-{part:05}-{os.urandom(4).hex()}"
            shard = publish_index(index_folder, self.storage, name, self.generation)
            return {"part": part, "shard": asdict(shard), "bad": bad}
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _contents(address: str) -> bytes | str | Exception:
    if address.startswith(("http://", "https://")):
        # The core fetches it, but not from private addresses.
        return address
    try:
        return read_address(address)
    except (OSError, ValueError) as error:
        return error


def _add(
    index: LocalIndex, rows: Sequence[dict[str, Any]], contents: Sequence[bytes | str | Exception]
) -> list[dict[str, str]]:
    """Adds images to the index of a shard.

    Returns:
        The images that could not be added.
    """
    bad = []
    items = []
    kept = []
    for row, content in zip(rows, contents):
        if isinstance(content, Exception):
            bad.append(_bad(row, f"{type(content).__name__}: {content}"))
            continue
        try:
            items.append(
                ImageItem(
                    row["item_id"],
                    [(row["image_name"], content)],
                    category=row["category"],
                    custom_content=row["custom_content"],
                )
            )
            kept.append(row)
        except (ImageSearchError, ValueError, TypeError) as error:
            bad.append(_bad(row, str(error)))
    if items:
        for row, entry in zip(kept, index.add_images(items).entries):
            if entry.error is not None:
                bad.append(_bad(row, str(entry.error)))
    return bad


def _bad(row: dict[str, Any], error: str) -> dict[str, str]:
    shown = public_address(row["address"])
    return {"address": shown, "item_id": row["item_id"], "error": error.replace(row["address"], shown)[:300]}


# -- progress


class _Counter:
    """Counts images of all tasks, as an actor."""

    def __init__(self) -> None:
        self.images = 0

    def add(self, images: int) -> None:
        self.images += images

    def read(self) -> int:
        return self.images


def _tell(counter: Any, images: int) -> None:
    if counter is not None:
        counter.add.remote(images)


class _Watch:
    """Calls a listener about once per second while a build runs."""

    def __init__(self, listener: Callable[[BuildProgress], object] | None, images: int, shards: int) -> None:
        self._listener, self._images, self._shards = listener, images, shards
        self._written = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.counter: Any = None

    def __enter__(self) -> _Watch:
        if self._listener is not None:
            self.counter = ray.remote(num_cpus=0)(_Counter).remote()
            self._thread = threading.Thread(target=self._run, name="imagesearch-build-progress", daemon=True)
            self._thread.start()
        return self

    def shard(self, written: int) -> None:
        self._written = written

    def __exit__(self, kind: object, *_rest: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(5)
            if kind is None:
                self._report(self._images)
            ray.kill(self.counter)

    def _run(self) -> None:
        while not self._ended.wait(1):
            try:
                images = ray.get(self.counter.read.remote(), timeout=5)
            except ray.exceptions.RayError:
                continue
            # A task that is repeated counts again.
            self._report(min(images, self._images))

    def _report(self, images: int) -> None:
        if self._listener is not None:
            self._listener(BuildProgress(images, self._written, self._images, self._shards))
