"""The local index from Python: adding, finding altered copies, replacing, removing, counting."""

from __future__ import annotations

import asyncio
import gc
import io
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import header
import pytest
from scenes import scene

import imagesearch
from imagesearch import Capability, Code, ImageItem, LocalIndex, Outcome, Removal, aio


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LocalIndex]:
    with LocalIndex(tmp_path / "index") as client:
        yield client


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Six scenes, 0.png to 5.png."""
    paths = [tmp_path / ("%d.png" % seed) for seed in range(6)]
    for seed, path in enumerate(paths):
        path.write_bytes(scene(seed))
    return paths


def fill(index: LocalIndex, files: list[Path]) -> None:
    items = [ImageItem("item-%s" % path.stem, [path], category="even" if int(path.stem) % 2 == 0 else "odd") for path in files]
    report = index.add_images(items)
    assert report.failed_count == 0 and report.succeeded_count == len(files), report


def test_what_it_can_do(index: LocalIndex) -> None:
    assert index.service == "LocalIndex"
    for capability in (Capability.SEARCH_BY_UPLOAD, Capability.ADD_IMAGES, Capability.REMOVE_IMAGES, Capability.COUNT_IMAGES):
        assert capability in index.capabilities
    assert index.quota().is_unlimited
    with pytest.raises(imagesearch.UnsupportedError, match="how many searches are left"):
        index.remaining_searches()


def test_adding_reports_every_image_in_order(index: LocalIndex, files: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(files[0].read_bytes()[:200])
    report = index.add_images(
        [
            ImageItem("mug-1", [files[0], ("back", files[1].read_bytes()), ("side", str(files[2]))]),
            ImageItem("mug-2", [broken, tmp_path / "missing.png", ("text", b"no image")], category="mugs"),
            ImageItem("mug-3", [("stream", io.BytesIO(scene(9)))], custom_content="blue | 'quoted' é"),
        ]
    )
    assert [(entry.item_id, entry.image_name) for entry in report] == [
        ("mug-1", "0.png"), ("mug-1", "back"), ("mug-1", "side"), ("mug-2", "broken.png"), ("mug-2", "missing.png"),
        ("mug-2", "text"), ("mug-3", "stream"),
    ]  # fmt: skip
    assert [entry.outcome for entry in report] == [Outcome.ADDED] * 3 + [Outcome.FAILED] * 3 + [Outcome.ADDED]
    assert (len(report), report.succeeded_count, report.failed_count) == (7, 4, 3)
    errors = [entry.error for entry in report.failures]
    assert [error.code for error in errors if error] == [Code.CORRUPT_IMAGE, Code.FILE_NOT_READABLE, Code.NOT_AN_IMAGE]
    assert all(entry.error is None for entry in report if entry.outcome is Outcome.ADDED)
    assert index.image_count() == 4
    match = index.search(scene(9))[0]
    assert match.custom_content == "blue | 'quoted' é" and match.category is None


@pytest.mark.parametrize(
    "copy",
    [{}, {"width": 240, "height": 180}, {"width": 640, "height": 480}, {"brightness": 0.8}, {"mirrored": True}],
    ids=["same", "smaller", "larger", "darker", "mirrored"],
)
def test_altered_copies_are_found(index: LocalIndex, files: list[Path], copy: Any) -> None:
    fill(index, files)
    for seed in range(len(files)):
        page = index.search(scene(seed, **copy))
        best = page[0]
        assert best.item_id == "item-%d" % seed and best.image_name == "%d.png" % seed
        assert best.score is not None and 0 < best.score <= 100
        assert best.confidence is not None and 0 < best.confidence <= 1
        assert (best.width, best.height, best.format) == (320, 240, "PNG")
        assert page.service == "LocalIndex" and page.total is not None and page.total >= 1
        assert [match.score for match in page] == sorted((match.score for match in page), key=lambda s: -(s or 0))
        if copy.get("mirrored"):
            assert best.is_mirrored is True


def test_strangers_are_not_found(index: LocalIndex, files: list[Path]) -> None:
    fill(index, files)
    page = index.search(scene(1000))
    assert len(page) == 0 and page.total == 0 and not page.has_more


def test_every_form_of_a_query(index: LocalIndex, files: list[Path]) -> None:
    fill(index, files)
    content = files[3].read_bytes()
    with open(files[3], "rb") as file:
        for query in (files[3], str(files[3]), content, bytearray(content), io.BytesIO(content), file):
            assert index.search(query)[0].item_id == "item-3"


def test_filters_and_pages(index: LocalIndex) -> None:
    names = ["%02d" % number for number in range(25)]
    index.add_images([ImageItem("same-%s" % name, [("p", scene(7))], category="c%d" % (int(name) % 2)) for name in names])
    assert index.search(scene(7)).total == 25
    assert [len(page) for page in index.search_pages(scene(7), limit=10)] == [10, 10, 5]
    assert len({match.item_id for match in index.search_all(scene(7), limit=4)}) == 25
    assert {match.category for match in index.search_all(scene(7), category="c1")} == {"c1"}
    assert index.search(scene(7), category="none").total == 0
    assert index.search(scene(7), offset=24).offset == 24
    assert len(index.search(scene(7), offset=24)) == 1
    assert index.search(scene(7), minimum_score=100, minimum_confidence=0.01).total in range(26)


def test_adding_again_replaces(index: LocalIndex, files: list[Path]) -> None:
    index.add_images([ImageItem("a", [("front", files[0])], custom_content="first")])
    report = index.add_images([ImageItem("a", [("front", files[1])], custom_content="second")])
    assert [entry.outcome for entry in report] == [Outcome.REPLACED]
    assert index.image_count() == 1
    assert len(index.search(files[0])) == 0
    assert index.search(files[1])[0].custom_content == "second"


def test_removing(index: LocalIndex, files: list[Path]) -> None:
    index.add_images(
        [ImageItem("a", [("front", files[0]), ("back", files[1])]), ImageItem("b", [files[2]]), ImageItem("c", [files[3]])]
    )
    assert index.remove_images([("a", "front")]) == 1
    assert index.remove_images([Removal("a", "front"), "none"]) == 0
    assert len(index.search(files[0])) == 0 and len(index.search(files[1])) >= 1
    assert index.remove_images("a") == 1
    assert index.remove_images(Removal("b")) == 1
    assert index.image_count() == 1


def test_it_is_there_the_next_time(tmp_path: Path, files: list[Path]) -> None:
    with LocalIndex(tmp_path / "kept") as first:
        fill(first, files)
    with LocalIndex(str(tmp_path / "kept")) as second:
        assert second.image_count() == 6
        assert second.search(files[4])[0].item_id == "item-4"


def test_what_one_process_acknowledged_another_sees(tmp_path: Path, files: list[Path]) -> None:
    program = (
        "import imagesearch, sys\n"
        "index = imagesearch.LocalIndex(sys.argv[1])\n"
        "report = index.add_images([imagesearch.ImageItem('x', [sys.argv[2]])])\n"
        "print(report.entries[0].outcome.name, flush=True)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "shared"), str(files[0])], capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(header.ROOT / "python")},
    )  # fmt: skip
    assert result.stdout == "ADDED\n", result.stderr
    with LocalIndex(tmp_path / "shared") as index:
        assert index.search(files[0])[0].item_id == "x"


@pytest.mark.parametrize("place", ["/proc/none/index", "/dev/null"])
def test_places_where_no_index_can_be(place: str) -> None:
    with pytest.raises(imagesearch.LocalIndexError) as caught:
        LocalIndex(place)
    assert caught.value.code is Code.INDEX_UNAVAILABLE


def test_a_directory_name_that_is_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(imagesearch.UsageError):
        LocalIndex(str(tmp_path) + "/caf\udce9")


@pytest.mark.parametrize(
    "item",
    [
        ImageItem("", [("a", b"x")]), ImageItem("x" * 4097, [("a", b"x")]), ImageItem("a", []),
        ImageItem("a", [("a", b"x")], custom_content="x" * 4097), ImageItem("a\0b", [("a", b"x")]),
    ],
    ids=["no id", "long id", "no image", "long text", "zero"],
)  # fmt: skip
def test_items_that_cannot_be(index: LocalIndex, item: ImageItem) -> None:
    try:
        report = index.add_images([item])
    except imagesearch.UsageError as error:
        assert error.code is Code.INVALID_ARGUMENT
    else:
        errors = [entry.error for entry in report]
        assert errors and all(error is not None and error.code is Code.INVALID_ARGUMENT for error in errors)
    assert index.image_count() == 0


def test_items_of_a_wrong_type(index: LocalIndex) -> None:
    item: Any = ImageItem
    wrong: list[Any] = [
        "a.png",
        ("a", [b"x"]),
        item("a", [b"x"]),
        item("a", [(b"n", b"x")]),
        item(3, [("a", b"x")]),
    ]
    for one in wrong:
        with pytest.raises(TypeError):
            index.add_images([one])
    with pytest.raises(TypeError):
        ImageItem("a", "a.png")


def test_many_threads(index: LocalIndex, files: list[Path]) -> None:
    fill(index, files)

    def work(number: int) -> bool:
        if number % 5 == 0:
            return index.add_images([ImageItem("new-%d" % number, [("p", scene(100 + number))])]).failed_count == 0
        return index.search(files[number % 6])[0].item_id == "item-%d" % (number % 6)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(60)))
    assert index.image_count() == 6 + 12


def test_asyncio(tmp_path: Path, files: list[Path]) -> None:
    async def main() -> None:
        async with aio.AsyncLocalIndex(tmp_path / "async") as index:
            report = await index.add_images([ImageItem("a", [files[0]]), ImageItem("b", [files[1]])])
            assert report.succeeded_count == 2
            pages = await asyncio.gather(*(index.search(files[number % 2]) for number in range(10)))
            assert [page[0].item_id for page in pages] == ["a", "b"] * 5
            assert await index.image_count() == 2
            assert await index.remove_images(["a"]) == 1
            assert (await index.quota()).is_unlimited

    asyncio.run(main())


def test_a_match_can_be_copied_and_pickled(index: LocalIndex, files: list[Path]) -> None:
    import copy
    import dataclasses

    fill(index, files)
    match = index.search(files[2])[0]
    assert pickle.loads(pickle.dumps(match)) == match == copy.deepcopy(match)
    fields = dataclasses.asdict(match)
    assert fields["item_id"] == "item-2" and "_origin" not in fields
    with pytest.raises(dataclasses.FrozenInstanceError):
        match.score = 1.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        index.search(files[2]).total = 1


def test_matches_stay_good_when_everything_else_is_gone(tmp_path: Path, files: list[Path]) -> None:
    index = LocalIndex(tmp_path / "gone")
    fill(index, files)
    match = index.search(files[5])[0]
    index.close()
    del index
    gc.collect()
    assert match.item_id == "item-5" and match.image_name == "5.png"
