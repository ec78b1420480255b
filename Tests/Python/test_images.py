"""Every kind of image reaches the provider as the same bytes."""

from __future__ import annotations

import array
import gc
import hashlib
import io
import mmap
import os
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Code, TinEye
from imagesearch._images import PreparedImage


class Pipe(io.RawIOBase):
    """A stream that can only be read."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken = self._rest[: min(len(buffer), 100)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


class Fake:
    """An object with read() is a file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self) -> bytes:
        return self.content


def mapped(path: Path, access: int) -> mmap.mmap:
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), 0, access=access)


FORMS: dict[str, Callable[[Path], Any]] = {
    "str": str,
    "Path": lambda path: path,
    "bytes path": lambda path: os.scandir(os.fsencode(path.parent)).__next__(),
    "bytes": lambda path: path.read_bytes(),
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "part of a memoryview": lambda path: memoryview(b"xx" + path.read_bytes() + b"yy")[2:-2],
    "writable memoryview": lambda path: memoryview(bytearray(b"xx" + path.read_bytes()))[2:],
    "strided memoryview": lambda path: memoryview(bytes(b for byte in path.read_bytes() for b in (byte, 0)))[::2],
    "array": lambda path: array.array("B", path.read_bytes()),
    "mmap": lambda path: mapped(path, mmap.ACCESS_READ),
    "writable mmap": lambda path: mapped(path, mmap.ACCESS_WRITE),
    "file": lambda path: open(path, "rb"),
    "unbuffered file": lambda path: open(path, "rb", buffering=0),
    "file for update": lambda path: open(path, "r+b"),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "stream": lambda path: io.BufferedReader(Pipe(path.read_bytes())),
    "anything with read": lambda path: Fake(path.read_bytes()),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_forms(tineye: TinEye, double: DoubleProcess, image: Path, form: str) -> None:
    page = tineye.search(FORMS[form](image), limit=2)
    assert page.total == 247
    (part,) = double.last()["form"]["files"]
    assert part["sha256"] == hashlib.sha256(image.read_bytes()).hexdigest()
    if form in ("str", "Path", "bytes path"):
        assert part["filename"] == "Pretty Image.png"


def test_a_file_is_sent_from_its_position_and_left_where_it_was(tineye: TinEye, image: Path, double: DoubleProcess) -> None:
    with open(image, "rb") as file:
        tineye.search(file, limit=1)
        assert file.tell() == 0, "streamed from disk by the library, not read here"
    framed = image.parent / "framed"
    framed.write_bytes(b"header" + image.read_bytes())
    with open(framed, "rb") as file:
        file.seek(6)
        for _ in range(2):
            assert tineye.search(file, limit=1).total == 247
            assert file.tell() == 6


def test_what_was_written_and_not_yet_flushed_is_sent(tineye: TinEye, image: Path) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(image.read_bytes())
        file.seek(0)
        assert tineye.search(file, limit=1).total == 247


def test_a_file_that_was_deleted_and_is_still_open(tineye: TinEye, image: Path) -> None:
    with open(image, "rb") as file:
        image.unlink()
        assert tineye.search(file, limit=1).total == 247


def test_a_path_that_is_not_utf8(tineye: TinEye, image: Path) -> None:
    path = os.fsencode(image.parent) + b"/caf\xe9.png"
    os.rename(image, path)
    prepared = PreparedImage(Path(os.fsdecode(path)))
    assert prepared.byte_count == 0 and prepared.struct.path == path, "it is read while it is sent, as any other"
    assert tineye.search(os.fsdecode(path), limit=1).total == 247
    with open(path, "rb") as file:
        assert tineye.search(file, limit=1).total == 247
    os.unlink(path)
    with pytest.raises(imagesearch.FileError, match=r"caf\\xE9\.png"):
        tineye.search(Path(os.fsdecode(path)))


def test_a_real_file_is_not_read_into_memory(image: Path) -> None:
    with open(image, "rb") as file:
        prepared = PreparedImage(file)
        assert prepared.byte_count == 0 and prepared.struct.path == os.fsencode(image)
    content = image.read_bytes()
    assert PreparedImage(content).struct.bytes == PreparedImage(content).struct.bytes, "bytes are used where they are"


def test_what_an_image_points_to_lives_as_long_as_it(image: Path) -> None:
    class Content(bytearray):
        pass

    content = Content(image.read_bytes())
    alive = weakref.ref(content)
    prepared = PreparedImage(content)
    del content
    gc.collect()
    assert alive() is not None
    del prepared
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("empty", [b"", bytearray(), io.BytesIO()])
def test_empty(tineye: TinEye, double: DoubleProcess, empty: Any) -> None:
    with pytest.raises(imagesearch.ImageError) as caught:
        tineye.search(empty)
    assert caught.value.code is Code.EMPTY_IMAGE
    assert double.log() == []


def test_not_an_image_and_animated_cost_nothing(tineye: TinEye, double: DoubleProcess) -> None:
    with pytest.raises(imagesearch.ImageError) as caught:
        tineye.search(b"<html>not an image</html>")
    assert caught.value.code is Code.NOT_AN_IMAGE
    with pytest.raises(imagesearch.ImageError) as caught:
        tineye.search(double.call("GET", "images/animated.gif"))
    assert caught.value.code is Code.ANIMATED_IMAGE
    assert double.log() == [] and double.paid() == 0


@pytest.mark.parametrize("missing", ["/nowhere/x.png", Path("/nowhere/x.png"), "/"])
def test_missing_files(tineye: TinEye, double: DoubleProcess, missing: Any) -> None:
    with pytest.raises(imagesearch.FileError) as caught:
        tineye.search(missing)
    assert caught.value.code is Code.FILE_NOT_READABLE
    assert double.log() == []


@pytest.mark.parametrize("path", ["", "a\0b", b"".decode()])
def test_paths_that_are_none(tineye: TinEye, path: str) -> None:
    with pytest.raises(imagesearch.UsageError):
        tineye.search(path)


@pytest.mark.parametrize("url", ["ftp://x/y.png", "http://", "HTTP://bad host/"])
def test_urls_that_are_none(tineye: TinEye, double: DoubleProcess, url: str) -> None:
    with pytest.raises(imagesearch.ImageURLError) as caught:
        tineye.search(url)
    assert caught.value.code is Code.INVALID_URL
    assert double.log() == []


@pytest.mark.parametrize("wrong", [None, 3, object(), ["a.png"], {"url": "x"}])
def test_other_types(tineye: TinEye, wrong: Any) -> None:
    with pytest.raises(TypeError):
        tineye.search(wrong)


def test_text_files_are_refused(tineye: TinEye, image: Path) -> None:
    for wrong in (io.StringIO("x"), open(image, encoding="latin-1")):
        with pytest.raises(TypeError):
            tineye.search(wrong)  # type: ignore[arg-type]
