"""The manifest of a sharded collection: one small file, which is replaced atomically, so that readers see a collection before
or after a change."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from .storage import Storage

MANIFEST = "manifest.json"
_FORM = 1
#: Generations, sizes and numbers of images are less; JSON has no larger whole numbers.
_MOST = 1 << 53
#: Names become those of folders and files on every node. Without a dot, a shard is not named like a file beside its copy.
_SHARD_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_FILE_NAME = re.compile("index[.]sqlite|segments/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ShardFile:
    """A file of a shard, by its name within it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A closed local index, which is immutable.

    Attributes:
        name: the folder of the shard below `shards`.
        images: number of its images.
        generation: the generation of the manifest that added it.
        files: index.sqlite and its segments.
    """

    name: str
    images: int
    generation: int
    files: tuple[ShardFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Removed:
    """An item, or one of its images, that was removed from the shards of this generation and earlier ones."""

    item_id: str
    image_name: str | None
    generation: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A collection at one generation.

    Attributes:
        generation: incremented by every change; 0 is an empty collection.
        shards: in the order in which they were added.
        removals: what was removed but is still in shards.
    """

    generation: int = 0
    shards: tuple[Shard, ...] = ()
    removals: tuple[Removed, ...] = ()

    def removals_of(self, shard: Shard) -> tuple[Removed, ...]:
        """What was removed but may be in a shard."""
        return tuple([removed for removed in self.removals if removed.generation >= shard.generation])

    def to_json(self) -> bytes:
        return json.dumps({"form": _FORM, **asdict(self)}, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Parses the output of to_json(); ValueError for anything else: the file may come from anyone."""
        try:
            given = json.loads(content)
            if given["form"] != _FORM:
                raise ValueError(f"the manifest has the form {_quoted(given['form'])}, this version reads the form {_FORM}")
            shards = [Shard(**{**one, "files": tuple([ShardFile(**file) for file in one["files"]])}) for one in given["shards"]]
            removals = [Removed(**one) for one in given["removals"]]
            manifest = cls(given["generation"], tuple(shards), tuple(removals))
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"the manifest cannot be read: {_quoted(error)}") from None
        except ValueError as error:
            # json's own message may quote the file.
            raise ValueError(f"the manifest cannot be read: {_quoted(error)}") from None
        manifest._check()
        return manifest

    def _check(self) -> None:
        """ValueError for values that no build has written."""
        _check_number("generation", self.generation)
        names = [shard.name for shard in self.shards]
        for shard in self.shards:
            _check_text("shard", shard.name, _SHARD_NAME)
            _check_number("number of images", shard.images)
            _check_number("generation", shard.generation)
            for file in shard.files:
                _check_text("file", file.name, _FILE_NAME)
                _check_number("size", file.size)
                _check_text("digest", file.sha256, _SHA256)
            if len({file.name for file in shard.files}) < len(shard.files):
                raise ValueError(f"the manifest names a file of the shard {shard.name} twice")
        if len(set(names)) < len(names):
            raise ValueError("the manifest names a shard twice")
        for removed in self.removals:
            _check_text("item", removed.item_id)
            if removed.image_name is not None:
                _check_text("image", removed.image_name)
            _check_number("generation", removed.generation)


def _quoted(value: object) -> str:
    """A value of the file for a message."""
    return repr(value)[:200]


def _check_number(what: str, value: object) -> None:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError(f"the manifest has the {what} {_quoted(value) if type(value) is not int else 'of a wrong size'}")


def _check_text(what: str, value: object, form: re.Pattern[str] | None = None) -> None:
    if not isinstance(value, str) or not value or "\0" in value or (form is not None and not form.fullmatch(value)):
        raise ValueError(f"the manifest has the {what} {_quoted(value)}")


def load(storage: Storage, generation: int | None = None) -> Manifest:
    """The newest manifest, or that of a generation; an empty one if nothing was published yet."""
    try:
        newest = Manifest.from_json(storage.read(MANIFEST))
    except FileNotFoundError:
        newest = Manifest()
    if generation is None or newest.generation == generation:
        return newest
    return Manifest.from_json(storage.read(_earlier(generation)))


def publish(storage: Storage, change: Callable[[Manifest], Manifest]) -> Manifest:
    """Replaces the manifest by a changed one. Only one program at a time may do so: in a folder a lock makes others wait, in an
    object store nothing does."""
    with _alone(storage):
        before = load(storage)
        after = replace(change(before), generation=before.generation + 1)
        if before.generation:
            storage.write(_earlier(before.generation), before.to_json())
        storage.write(MANIFEST, after.to_json())
        return after


def _earlier(generation: int) -> str:
    return f"manifests/{generation:08}.json"


@contextlib.contextmanager
def _alone(storage: Storage) -> Iterator[None]:
    folder = storage.local_folder
    if folder is None:
        yield
        return
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "manifest.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def describe(manifest: Manifest) -> dict[str, Any]:
    """A summary of a collection for people."""
    return {
        "generation": manifest.generation,
        "shards": len(manifest.shards),
        "images": sum(shard.images for shard in manifest.shards),
        "bytes": sum(shard.size for shard in manifest.shards),
        "removals": len(manifest.removals),
    }
