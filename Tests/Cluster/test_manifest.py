"""What is read from a collection's folder may come from anyone, and what is written there tells no keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagesearch.ray.building import _bad, _complete
from imagesearch.ray.manifest import Manifest, Removed, Shard, ShardFile
from imagesearch.ray.storage import Storage, public_address

SHA = "0" * 64


def written(**values: Any) -> bytes:
    return json.dumps({"form": 1, "generation": 1, "shards": [], "removals": [], **values}).encode()


def shard(**values: Any) -> dict[str, Any]:
    return {"name": "a", "images": 1, "generation": 1, "files": [], **values}


def file(**values: Any) -> dict[str, Any]:
    return {"name": "index.sqlite", "size": 1, "sha256": SHA, **values}


def removed(**values: Any) -> dict[str, Any]:
    return {"item_id": "i", "image_name": None, "generation": 1, **values}


#: Values that are no generation.
WRONG: list[Any] = ["1", -1, 1.5, True, None, 1 << 60, []]
HOSTILE: list[bytes] = [
    b"[" * 100_000,
    b"\xff",
    b"null",
    b'{"form": 1, "generation": Infinity, "shards": [], "removals": []}',
    *(written(generation=value) for value in WRONG),
    written(form="x" * 5000),
    written(shards={"a": 1}),
    written(shards=[shard(), shard()]),
    written(shards=[shard(**{"x" * 5000: 1})]),
    *(
        written(shards=[shard(name=value)])
        for value in (".", "..", "a/b", "/a", "a.use", "a.lock", "", "a\0", "\x1b[31m", "x" * 5000, 3, None)
    ),
    *(written(shards=[shard(images=value)]) for value in (-1, "1", 1.0, False, 1 << 60)),
    *(written(shards=[shard(generation=value)]) for value in (-1, "1", True)),
    written(shards=[shard(files=[file(), file()])]),
    *(
        written(shards=[shard(files=[file(name=value)])])
        for value in (".", "segments/", "segments/..", "segments/../x", "other", "/etc/passwd", "segments/a/b", 3)
    ),
    *(written(shards=[shard(files=[file(size=value)])]) for value in (-1, "1", None)),
    *(written(shards=[shard(files=[file(sha256=value)])]) for value in (3, "", SHA[1:], SHA.replace("0", "g"))),
    *(written(removals=[removed(**{name: 3.5})]) for name in ("item_id", "image_name", "generation")),
    written(removals=[removed(item_id="")]),
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the manifest ") as caught:
        Manifest.from_json(content)
    text = str(caught.value)
    assert type(caught.value) is ValueError and len(text) < 300 and text.isprintable()


def test_what_a_build_writes_is_read() -> None:
    files = (ShardFile("index.sqlite", 4096, SHA), ShardFile("segments/00000001-1.segment", 10, SHA))
    shards = (Shard("0123abcd-00001-89abcdef", 3, 1, files), Shard("merged-000001-89abcdef", 3, 2, files))
    manifest = Manifest(3, shards, (Removed("é", None, 1), Removed("a", "b", 2)))
    assert Manifest.from_json(manifest.to_json()) == manifest


ADDRESSES = [
    ("s3://AKID:SECRET@bucket/a.jpg?region=x", "s3://…@bucket/a.jpg"),
    ("s3://AKID:SEC/RET+@bucket/a.jpg", "s3://…@bucket/a.jpg"),
    ("https://user:SECRET@host:8080/a.jpg?id=5", "https://…@host:8080/a.jpg?id=5"),
    ("abfs://account:SECRET@container/a.jpg?sas_token=SECRET", "abfs://…@container/a.jpg"),
    ("s3://bucket/photo@2x.jpg", "s3://bucket/photo@2x.jpg"),
    ("http://[::1]:80/photo@2x.jpg", "http://[::1]:80/photo@2x.jpg"),
    ("/photos/me@home/a.jpg", "/photos/me@home/a.jpg"),
]


@pytest.mark.parametrize("address, shown", ADDRESSES)
def test_reports_messages_and_ids_have_no_keys(address: str, shown: str) -> None:
    import pyarrow

    assert public_address(address) == shown
    assert _complete(pyarrow.table({"address": [address]}))["item_id"].to_pylist() == [shown]
    bad = _bad({"address": address, "item_id": "i"}, f"FileNotFoundError: {address}")
    assert bad["address"] == shown and "SEC" not in json.dumps(bad)


@pytest.mark.parametrize(
    "address", ["s3://AKID:SEC/RET@bucket/x", "s3://AKID:SEC RET@bucket", "s3x://AKID:SECRET@b", "s3://AKID:SECRET@/x"]
)
def test_an_address_that_cannot_be_opened_tells_no_keys(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no address that pyarrow knows") as caught:
        Storage(address).exists("manifest.json")
    assert "SEC" not in str(caught.value) and caught.value.__suppress_context__
