"""Every call with an image accepts every kind of image: a table of kind × call, on the local index, whose result shows which
image was received."""

from __future__ import annotations

import array
import asyncio
import base64
import io
import mmap
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image as Pillow
from scenes import scene

from imagesearch import AsyncLocalIndex, ImageItem, LocalIndex, Stored

#: Kinds that are passed as pixels and not as the bytes of the file.
PIXELS = {"image of Pillow", "array of numpy", "gray array", "array with alpha", "view of an array"}


def temporary(path: Path, kind: Any) -> Any:
    file = kind()
    file.write(path.read_bytes())
    file.seek(0)
    return file


def memory(path: Path) -> Any:
    file = os.fdopen(os.memfd_create("image"), "w+b")
    file.write(path.read_bytes())
    file.seek(0)
    return file


def deleted(path: Path) -> Any:
    other = path.with_name("deleted.png")
    other.write_bytes(path.read_bytes())
    file = open(other, "rb")
    other.unlink()
    return file


def pipe(path: Path) -> Any:
    read, write = os.pipe()
    # The whole image fits into a pipe only after its size was increased.
    import fcntl

    fcntl.fcntl(write, 1031, 1 << 20)  # F_SETPIPE_SZ
    with os.fdopen(write, "wb") as file:
        file.write(path.read_bytes())
    return os.fdopen(read, "rb")


def mapped(path: Path) -> Any:
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def in_zip(path: Path) -> Any:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("image.png", path.read_bytes())
    return zipfile.ZipFile(packed).open("image.png")


def pixels(path: Path, mode: str = "RGB") -> Any:
    return numpy.asarray(Pillow.open(path).convert(mode))


KINDS: dict[str, Callable[[Path], Any]] = {
    "str": str,
    "Path": lambda path: path,
    "a path of its own kind": lambda path: pathlib.PurePosixPath(path),
    "path that is not UTF-8": lambda path: Path(os.fsdecode(os.fsencode(path.parent) + b"/caf\xe9.png")),
    "entry of a folder": lambda path: next(one for one in os.scandir(path.parent) if one.name == path.name),
    "data: URL": lambda path: "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode(),
    "bytes": lambda path: path.read_bytes(),
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "array": lambda path: array.array("B", path.read_bytes()),
    "mmap": mapped,
    "file": lambda path: open(path, "rb"),
    "unbuffered file": lambda path: open(path, "rb", buffering=0),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "TemporaryFile": lambda path: temporary(path, tempfile.TemporaryFile),
    "NamedTemporaryFile": lambda path: temporary(path, tempfile.NamedTemporaryFile),
    "SpooledTemporaryFile in memory": lambda path: temporary(path, lambda: tempfile.SpooledTemporaryFile(max_size=1 << 24)),
    "SpooledTemporaryFile on disk": lambda path: temporary(path, lambda: tempfile.SpooledTemporaryFile(max_size=16)),
    "memfd": memory,
    "deleted file": deleted,
    "pipe": pipe,
    "member of a zip": in_zip,
    "image of Pillow": lambda path: Pillow.open(path),
    "array of numpy": pixels,
    "gray array": lambda path: pixels(path, "L"),
    "array with alpha": lambda path: pixels(path, "RGBA"),
    "view of an array": lambda path: pixels(path)[::1, :, ::1],
    "array of a file": lambda path: numpy.frombuffer(path.read_bytes(), numpy.uint8),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "image.png").write_bytes(scene(1))
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png")).write_bytes(scene(1))
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[LocalIndex]:
    with LocalIndex(folder / "index") as index:
        index.add_images([ImageItem(str(number), [("image", scene(number))]) for number in range(3)])
        yield index


def awaited(folder: Path, image: Any) -> Any:
    async def main() -> Any:
        async with AsyncLocalIndex(folder / "index") as index:
            return (await index.search(image))[0].item_id

    return asyncio.run(main())


def added(index: LocalIndex, image: Any, call: str) -> str:
    item = ImageItem("new", [("image", image)])
    report = index.add_images([item]) if call == "images" else index.add_files([item])
    assert not report.failures, report.failures
    try:
        # The item itself is left out of its matches, and its original is found.
        return str(index.search_stored("new", "image")[0].item_id)
    finally:
        index.remove_images("new")


def overlaid(index: LocalIndex, image: Any) -> str:
    match = index.search(scene(1))[0]
    assert index.overlay(image, match).startswith(b"\x89PNG")
    return str(match.item_id)


#: Each call, as a function that returns which stored image the given one is.
CALLS: dict[str, Callable[[LocalIndex, Path, Any], Any]] = {
    "search": lambda index, folder, image: index.search(image)[0].item_id,
    "search_all": lambda index, folder, image: next(index.search_all(image)).item_id,
    "search_pages": lambda index, folder, image: next(index.search_pages(image))[0].item_id,
    "search_many": lambda index, folder, image: index.search_many([image])[0][0].item_id,
    "search, awaited": lambda index, folder, image: awaited(folder, image),
    "add_images": lambda index, folder, image: added(index, image, "images"),
    "add_files": lambda index, folder, image: added(index, image, "files"),
    "overlay": lambda index, folder, image: overlaid(index, image),
    "compare, first": lambda index, folder, image: index.compare(image, Stored("1", "image")).relation and "1",
    "compare, second": lambda index, folder, image: index.compare(Stored("1", "image"), image).relation and "1",
    "compare_overlay": lambda index, folder, image: (
        index.compare_overlay(image, Stored("1", "image"))[:4] == b"\x89PNG" and "1"
    ),
    "encode_query": lambda index, folder, image: index.search_encoded(index.encode_query(image))[0].item_id,
}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("call", list(CALLS))
def test_taken(index: LocalIndex, folder: Path, call: str, kind: str) -> None:
    image = KINDS[kind](folder / "image.png")
    assert CALLS[call](index, folder, image) == "1"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in PIXELS])
def test_the_bytes_are_those_of_the_file(index: LocalIndex, folder: Path, kind: str) -> None:
    image = KINDS[kind](folder / "image.png")
    assert [one.item_id for one in index.same_bytes(image)] == ["1"]


@pytest.mark.parametrize("kind", sorted(PIXELS))
def test_pixels_are_no_copy_of_the_bytes(index: LocalIndex, folder: Path, kind: str) -> None:
    image = KINDS[kind](folder / "image.png")
    assert index.search(image)[0].relation != "identical" or index.same_bytes(image)


def test_files_stay_where_they_are(index: LocalIndex, folder: Path) -> None:
    for kind in ("file", "BytesIO", "TemporaryFile", "SpooledTemporaryFile in memory", "SpooledTemporaryFile on disk", "memfd"):
        file = KINDS[kind](folder / "image.png")
        for _ in range(2):
            assert index.search(file)[0].item_id == "1" and file.tell() == 0, kind


@pytest.mark.parametrize("call", [call for call in CALLS if call != "search, awaited"])
@pytest.mark.parametrize(
    "wrong, words",
    [
        (None, "an image is a path"),
        (3.5, "an image is a path"),
        (["image.png"], "an image is a path"),
        (io.StringIO("x"), r'open\(path, "rb"\)'),
        (b"\x89PNG\r\n\x1a\n....".decode("latin-1"), "holds the bytes of a file"),
        (numpy.zeros((4, 4, 3)), "is no image: give uint8"),
    ],
    ids=["None", "number", "list", "text file", "bytes as text", "floats"],
)
def test_what_is_none_says_so_in_every_call(index: LocalIndex, folder: Path, call: str, wrong: Any, words: str) -> None:
    if call == "overlay" and wrong is None:
        return  # TinEye does not need it; here the library reports that
    with pytest.raises(TypeError, match=words):
        CALLS[call](index, folder, wrong)
