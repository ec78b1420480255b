"""Pillow images, numpy arrays and files without a path, in every service that accepts images."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import header
import numpy
import pytest
from doublekit.process import DoubleProcess
from PIL import Image as Pillow
from scenes import scene

from imagesearch import ImageItem, LocalIndex, Outcome, TinEye
from imagesearch._images import PreparedImage

SEED = 5


def pillow() -> Pillow.Image:
    return Pillow.open(io.BytesIO(scene(SEED)))


def array(mode: str) -> Any:
    return numpy.asarray(pillow().convert(mode))


def with_memfd(content: bytes) -> Any:
    file = os.fdopen(os.memfd_create("image"), "w+b")
    file.write(content)
    file.seek(0)
    return file


def deleted(content: bytes) -> Any:
    file = tempfile.NamedTemporaryFile(delete=False)
    file.write(content)
    file.seek(0)
    os.unlink(file.name)
    return file


def temporary(kind: Callable[..., Any], **options: Any) -> Callable[[bytes], Any]:
    def make(content: bytes) -> Any:
        file = kind(**options)
        file.write(content)
        file.seek(0)
        return file

    return make


def pipe(content: bytes) -> Any:
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.close()
    return process.stdout


FILES: dict[str, Callable[[bytes], Any]] = {
    "memfd": with_memfd,
    "deleted": deleted,
    "TemporaryFile": temporary(tempfile.TemporaryFile),
    "NamedTemporaryFile": temporary(tempfile.NamedTemporaryFile),
    "SpooledTemporaryFile": temporary(tempfile.SpooledTemporaryFile, max_size=1 << 24),
    "SpooledTemporaryFile on disk": temporary(tempfile.SpooledTemporaryFile, max_size=1),
    "pipe": pipe,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "data: URL": lambda content: "data:image/png;base64," + base64.b64encode(content).decode(),
    "array of a file": lambda content: numpy.frombuffer(content, numpy.uint8),
}

PIXELS: dict[str, Callable[[], Any]] = {
    "Pillow": pillow,
    "Pillow, palette": lambda: pillow().convert("P"),
    "Pillow, gray": lambda: pillow().convert("L"),
    "Pillow, CMYK": lambda: pillow().convert("CMYK"),
    "numpy, gray": lambda: array("L"),
    "numpy, gray of three dimensions": lambda: array("L")[..., None],
    "numpy, RGB": lambda: array("RGB"),
    "numpy, RGBA": lambda: array("RGBA"),
    "numpy, from BGR": lambda: numpy.ascontiguousarray(array("RGB")[..., ::-1])[..., ::-1],
    "numpy, part": lambda: numpy.pad(array("RGB"), ((3, 3), (5, 5), (0, 0)))[3:-3, 5:-5],
}


@pytest.fixture
def index(tmp_path: Path) -> Any:
    with LocalIndex(tmp_path / "index") as index:
        index.add_images([ImageItem("item", [("image", scene(SEED))]), ImageItem("other", [("image", scene(SEED + 1))])])
        yield index


@pytest.mark.parametrize("form", list(FILES))
def test_files_without_a_path_in_the_local_index(index: LocalIndex, form: str) -> None:
    assert index.search(FILES[form](scene(SEED)))[0].item_id == "item"
    report = index.add_images([ImageItem("new", [("x", FILES[form](scene(9)))])])
    assert [entry.outcome for entry in report] == [Outcome.ADDED]
    assert index.search(scene(9))[0].item_id == "new"
    # The stored data of such a file can be drawn without it.
    assert index.overlay(scene(9), index.search(scene(9))[0]).startswith(b"\x89PNG")


@pytest.mark.parametrize("form", list(FILES))
def test_files_without_a_path_at_tineye(tineye: TinEye, double: DoubleProcess, image: Path, form: str) -> None:
    content = image.read_bytes()
    assert tineye.search(FILES[form](content), limit=1).total == 247
    (part,) = double.last()["form"]["files"]
    assert part["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("form", ["memfd", "deleted", "TemporaryFile", "SpooledTemporaryFile", "SpooledTemporaryFile on disk"])
def test_the_position_of_a_file_is_left_where_it_was(index: LocalIndex, form: str) -> None:
    file = FILES[form](b"header" + scene(SEED))
    file.seek(6)
    for _ in range(2):
        assert index.search(file)[0].item_id == "item"
        assert file.tell() == 6


@pytest.mark.parametrize("form", list(PIXELS))
def test_pixels_in_the_local_index(index: LocalIndex, form: str) -> None:
    found = index.search(PIXELS[form]())
    assert found[0].item_id == "item" and (found[0].confidence or 0) > 0.9
    report = index.add_images([ImageItem("pixels", [("x", PIXELS[form]())])])
    assert [entry.outcome for entry in report] == [Outcome.ADDED]


@pytest.mark.parametrize("form", ["Pillow", "numpy, RGB", "numpy, RGBA", "numpy, gray"])
def test_pixels_are_sent_as_a_png_of_the_same_pixels(tineye: TinEye, form: str) -> None:
    given = PIXELS[form]()
    prepared = PreparedImage(given)
    sent = Pillow.open(io.BytesIO(prepared.kept[-1]))
    assert sent.format == "PNG" and numpy.array_equal(numpy.asarray(sent), numpy.asarray(given))
    assert tineye.search(given, limit=1).service == "TinEye"


def test_an_image_that_exif_turns_is_sent_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    pillow().convert("RGB").save(file, "JPEG", exif=exif)
    opened = Pillow.open(file)
    sent = Pillow.open(io.BytesIO(PreparedImage(opened).kept[-1]))
    assert sent.size == (opened.height, opened.width) and not sent.getexif().get(0x0112)


class Tensor:
    """Channels first, as in torch."""

    def numpy(self) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    "given, words",
    [
        (numpy.zeros((8, 8, 3), "float32"), r'float32.*\(array \* 255\)\.round\(\)'),
        (numpy.zeros((3, 8, 9), "uint8"), r"transpose\(1, 2, 0\)"),
        (numpy.zeros((3, 8, 9), "float64"), r"transpose\(1, 2, 0\).*255"),
        (numpy.zeros((2, 8, 8, 3), "uint8"), r"array\[0\]"),
        (numpy.zeros((8, 8), "bool"), r'astype\("uint8"\) \* 255'),
        (numpy.zeros((8, 8), "uint16"), ">> 8"),
        (numpy.zeros((8, 8), "int64"), "astype"),
        (numpy.zeros((8, 8, 2), "uint8"), r"\(height, width, 3\)"),
        (numpy.zeros((0, 8, 3), "uint8"), r"\(0, 8, 3\)"),
        (Tensor(), r"permute\(1, 2, 0\)"),
    ],
)  # fmt: skip
def test_other_arrays_say_how_to_convert(index: LocalIndex, given: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        index.search(given)
    with pytest.raises(TypeError, match=words):
        index.add_images([ImageItem("a", [("b", given)])])


@pytest.mark.parametrize("given", ["data:image/png;base64", "data:image/png;base64,§§", "data:;base64,AAA"])
def test_a_data_url_that_is_none_is_not_repeated(index: LocalIndex, given: str) -> None:
    with pytest.raises(ValueError, match="data: URL") as caught:
        index.search(given)
    assert "AAA" not in str(caught.value)


def test_nothing_of_pillow_or_numpy_is_needed_for_other_images(tmp_path: Path) -> None:
    program = (
        "import imagesearch, sys\n"
        "sys.modules['numpy'] = sys.modules['PIL'] = None\n"
        "with imagesearch.LocalIndex(sys.argv[1]) as index:\n"
        "    print(len(index.search(open(sys.argv[2], 'rb').read())))\n"
    )
    (tmp_path / "a.png").write_bytes(scene(1))
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "index"), str(tmp_path / "a.png")],
        env={"PYTHONPATH": str(header.ROOT / "python")}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "0\n", done.stderr
