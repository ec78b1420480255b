"""Batch operations of a local index – folders, lists, rebuilding, copying –, and overlays."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import header
import pytest
from doublekit.process import DoubleProcess
from scenes import scene

import imagesearch
from imagesearch import BatchProgress, Code, ImageItem, LocalIndex, OverlayStyle, aio


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LocalIndex]:
    with LocalIndex(tmp_path / "index") as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten scenes, five of them in a subfolder, and a file that is not an image."""
    top = tmp_path / "images"
    (top / "below").mkdir(parents=True)
    for seed in range(10):
        (top / ("below" if seed % 2 else ".") / ("%d.png" % seed)).write_bytes(scene(seed))
    (top / "bad.jpg").write_bytes(b"no image")
    return top


def outcomes(report: imagesearch.AddReport) -> list[str]:
    return [entry.outcome.name for entry in report]


def assert_steps(steps: list[BatchProgress], total: int) -> None:
    """A batch reports its progress at least every 50 ms, and once more at its end."""
    done = [step.done for step in steps]
    assert done == sorted(done) and done[-1] == total
    assert {step.total for step in steps} <= {0, total} and steps[-1].total == total


def test_a_folder_goes_in_and_again_changes_nothing(index: LocalIndex, folder: Path) -> None:
    steps: list[BatchProgress] = []
    threads = set()

    def listen(progress: BatchProgress) -> None:
        steps.append(progress)
        threads.add(threading.get_ident())

    report = index.add_folder(folder, progress=listen, transaction_size=4, threads=1, category="c", custom_content="t")
    assert [entry.item_id for entry in report][:2] == ["0.png", "2.png"] and report.entries[-1].item_id == "below/9.png"
    assert outcomes(report) == ["ADDED"] * 5 + ["FAILED"] + ["ADDED"] * 5
    assert [entry.error.code for entry in report.failures if entry.error] == [Code.NOT_AN_IMAGE]
    assert_steps(steps, 11)
    assert steps[-1].failed == 1 and steps[-1].seconds_left == 0 and steps[-1].per_second > 0
    assert threading.get_ident() not in threads
    match = index.search(scene(3))[0]
    assert (match.item_id, match.image_name, match.category, match.custom_content) == ("below/3.png", "3.png", "c", "t")
    same: Any = {"category": "c", "custom_content": "t"}
    assert set(outcomes(index.add_folder(str(folder), **same))) == {"UNCHANGED", "FAILED"}
    assert set(outcomes(index.add_folder(folder, read_unchanged_files=True, **same))) == {"UNCHANGED", "FAILED"}
    assert index.image_count() == 10


def test_folders_can_be_items(index: LocalIndex, folder: Path) -> None:
    report = index.add_folder(folder, item_per_folder=True, recursive=False)
    assert {entry.item_id for entry in report} == {"."} and len(report) == 6
    assert {entry.item_id for entry in index.add_folder(folder, item_per_folder=True)} == {".", "below"}


def test_a_list_goes_in(index: LocalIndex, folder: Path) -> None:
    steps: list[BatchProgress] = []
    files: list[Any] = [
        folder / "0.png",
        str(folder / "2.png"),
        ImageItem("own", [("p", scene(5))], category="x"),
        folder / "none.png",
    ]
    report = index.add_files(files, progress=steps.append, category="c", transaction_size=1)
    assert [entry.item_id for entry in report] == [
        str(folder / "0.png"),
        str(folder / "2.png"),
        "own",
        str(folder / "none.png"),
    ]
    assert outcomes(report) == ["ADDED", "ADDED", "ADDED", "FAILED"]
    assert_steps(steps, 4)
    assert index.search(scene(2))[0].category == "c" and index.search(scene(5))[0].category == "x"
    assert len(index.add_files([])) == 0


@pytest.mark.parametrize(
    "options", [{"threads": 0}, {"threads": 257}, {"transaction_size": 1001}, {"total_timeout": -1}, {"category": "a\0b"}]
)
def test_options_out_of_range(index: LocalIndex, folder: Path, options: Any) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        index.add_folder(folder, **options)
    assert caught.value.code is Code.INVALID_ARGUMENT


def test_arguments_of_a_wrong_type(index: LocalIndex, folder: Path) -> None:
    wrong: list[Any] = [
        lambda: index.add_folder(folder, progress=3),  # type: ignore[arg-type]
        lambda: index.add_folder(folder, limit=3),  # type: ignore[call-arg]
        lambda: index.add_files([folder], recursive=True),  # type: ignore[call-arg]
        lambda: index.add_files([3]),  # type: ignore[list-item]
        lambda: index.rebuild(threads=1),  # type: ignore[call-arg]
    ]
    for call in wrong:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(imagesearch.FileError) as caught:
        index.add_folder(folder / "none")
    assert caught.value.code is Code.FILE_NOT_READABLE


def test_an_exception_of_a_listener_ends_nothing(index: LocalIndex, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: seen.append(arguments.exc_type))
    report = index.add_folder(folder, progress=lambda progress: 1 // 0, transaction_size=6)
    assert report.succeeded_count == 10 and set(seen) == {ZeroDivisionError}


def test_other_threads_and_close(index: LocalIndex, folder: Path) -> None:
    first = threading.Event()
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(index.add_folder(folder, progress=lambda _: first.set(), transaction_size=1, threads=1))
        except imagesearch.ImageSearchError as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert first.wait(30)
    index.close()
    thread.join(30)
    assert not thread.is_alive() and len(found) == 1
    assert isinstance(found[0], imagesearch.ClosedError) or found[0].succeeded_count == 10


def test_cancelling_keeps_what_was_written(tmp_path: Path, folder: Path) -> None:
    async def main() -> None:
        loop_thread = threading.get_ident()
        async with aio.AsyncLocalIndex(tmp_path / "index") as index:
            steps: list[BatchProgress] = []

            def listen(progress: BatchProgress) -> None:
                assert threading.get_ident() == loop_thread
                steps.append(progress)
                if progress.done:
                    task.cancel()

            task = asyncio.ensure_future(index.add_folder(folder, progress=listen, transaction_size=1, threads=1))
            with pytest.raises(asyncio.CancelledError):
                await task
            count = await index.image_count()
            assert steps and 1 <= count <= 10
            report = await index.add_folder(folder)
            assert outcomes(report).count("UNCHANGED") == count
            assert await index.image_count() == 10
            assert set(outcomes(await index.add_files([folder / "0.png"]))) == {"ADDED"}
            assert set(outcomes(await index.rebuild(progress=steps.append))) == {"UNCHANGED"}

    asyncio.run(main())


def test_a_deadline_ends_a_batch(index: LocalIndex, folder: Path) -> None:
    with pytest.raises(imagesearch.TransportError) as caught:
        index.add_folder(folder, total_timeout=0.001)
    assert caught.value.code is Code.DEADLINE_EXCEEDED


def test_a_program_may_end_in_the_middle_of_a_batch(tmp_path: Path, folder: Path) -> None:
    program = (
        "import imagesearch, sys, threading\n"
        "index = imagesearch.LocalIndex(sys.argv[1])\n"
        "first = threading.Event()\n"
        "def work():\n"
        "  try: index.add_folder(sys.argv[2], progress=lambda _: first.set(), transaction_size=1, threads=1)\n"
        # Not printed: CPython aborts when a daemon thread writes to stderr during shutdown.
        "  except imagesearch.ImageSearchError: pass\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "assert first.wait(30)\n"
    )
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "index"), str(folder)], capture_output=True, text=True, timeout=60,
            env={"PYTHONPATH": str(header.ROOT / "python")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_rebuilding_mends_features(index: LocalIndex, folder: Path, tmp_path: Path) -> None:
    assert index.add_folder(folder).succeeded_count == 10
    with sqlite3.connect(tmp_path / "index" / "index.sqlite") as database:
        database.execute("UPDATE features SET data = zeroblob(length(data)) WHERE image = 2")
        database.execute("UPDATE state SET generation = generation + 1")
    with pytest.raises(imagesearch.LocalIndexError) as caught:
        index.search(scene(0))
    assert caught.value.code is Code.INDEX_CORRUPT
    steps: list[BatchProgress] = []
    assert sorted(outcomes(index.rebuild(progress=steps.append))) == ["REPLACED"] + ["UNCHANGED"] * 9
    assert steps[-1].done == steps[-1].total == 10
    assert index.search(scene(0))[0].item_id == "0.png"


def test_rebuilding_an_index_of_another_version(index: LocalIndex, folder: Path, tmp_path: Path) -> None:
    assert index.add_folder(folder).succeeded_count == 10
    index.close()
    path = tmp_path / "index"
    with sqlite3.connect(path / "index.sqlite") as database:
        database.execute("UPDATE state SET matcher = 1, generation = generation + 1")
    with pytest.raises(imagesearch.LocalIndexError) as caught:
        LocalIndex(path)
    assert caught.value.code is Code.INDEX_VERSION_MISMATCH
    steps: list[BatchProgress] = []
    assert len(LocalIndex.rebuild_at(path, progress=steps.append)) == 10 and steps
    with LocalIndex(path) as mended:
        assert mended.search(scene(1))[0].item_id == "below/1.png"
    assert set(outcomes(asyncio.run(aio.AsyncLocalIndex.rebuild_at(path)))) == {"UNCHANGED"}
    with pytest.raises(imagesearch.LocalIndexError):
        LocalIndex.rebuild_at(tmp_path / "none")


def test_copying_into_another_index(index: LocalIndex, folder: Path, tmp_path: Path) -> None:
    assert index.add_folder(folder, category="c", custom_content="t").succeeded_count == 10
    index.add_images([ImageItem("bytes", [("p", scene(50))])])
    steps: list[BatchProgress] = []
    with LocalIndex(tmp_path / "copy") as other:
        report = index.copy_to(other, progress=steps.append, call_size=3)
        # Stored data is copied unchanged, even without a file.
        assert outcomes(report) == ["ADDED"] * 11
        assert other.search(scene(50))[0].item_id == "bytes"
        assert_steps(steps, 11)
        match = other.search(scene(3))[0]
        assert (match.item_id, match.category, match.custom_content) == ("below/3.png", "c", "t")
        assert len(index.copy_to(other)) == 0
        assert len(index.copy_to(other, target="another")) == 11
        with pytest.raises(imagesearch.UsageError):
            index.copy_to(other, target="")
    with pytest.raises(imagesearch.ClosedError):
        index.copy_to(other)


def test_copying_into_the_cloud(index: LocalIndex, folder: Path, alibaba: DoubleProcess) -> None:
    assert index.add_folder(folder, category="3", custom_content="t").succeeded_count == 10
    with imagesearch.AlibabaCloud(
        access_key_id="testid", access_key_secret="testsecret", instance="goodssearch", region="cn-shanghai",
        endpoint=str(alibaba.url),
    ) as cloud:  # fmt: skip
        report = index.copy_to(cloud, call_size=4)
        assert outcomes(report) == ["ADDED"] * 10, report
        assert cloud.image_count() == 10
        assert len(index.copy_to(cloud)) == 0
        assert index.copy_to(cloud, target="again", total_timeout=60).succeeded_count == 10


def test_a_service_that_takes_no_images(index: LocalIndex, tineye: imagesearch.TinEye) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        index.copy_to(tineye)
    assert caught.value.code is Code.UNSUPPORTED


def size(png: bytes) -> Any:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_overlays(index: LocalIndex, folder: Path) -> None:
    index.add_folder(folder)
    query = scene(4, width=160, height=120, mirrored=True)
    match = index.search(query)[0]
    assert match.item_id == "4.png"
    drawn = {style: index.overlay(query, match, style) for style in OverlayStyle}
    assert size(drawn[OverlayStyle.ALIGNED]) == size(drawn[OverlayStyle.BLEND]) == (320, 240)
    assert size(drawn[OverlayStyle.SIDE_BY_SIDE]) == (648, 240)
    assert len(set(drawn.values())) == 3
    assert index.overlay(query, match) == drawn[OverlayStyle.ALIGNED]
    with pytest.raises(imagesearch.UsageError) as caught:
        index.overlay(None, match)
    assert caught.value.code is Code.INVALID_ARGUMENT
    index.remove_images("4.png")
    with pytest.raises(imagesearch.ProviderError) as gone:
        index.overlay(query, match)
    assert gone.value.code is Code.NOT_FOUND


def test_overlays_awaited(tmp_path: Path, folder: Path) -> None:
    async def main() -> None:
        async with aio.AsyncLocalIndex(tmp_path / "index") as index:
            await index.add_files([folder / "6.png"])
            match = (await index.search(folder / "6.png"))[0]
            assert size(await index.overlay(folder / "6.png", match, OverlayStyle.BLEND)) == (320, 240)

    asyncio.run(main())


def test_a_listener_that_says_false_ends_the_batch(index: LocalIndex, folder: Path) -> None:
    with pytest.raises(imagesearch.CancelledError):
        index.add_folder(folder, transaction_size=1, threads=1, progress=lambda step: False)
    ended: list[BaseException] = []

    def work() -> None:
        try:
            index.add_folder(folder, transaction_size=1, threads=1, progress=lambda step: False)
        except imagesearch.CancelledError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert len(ended) == 1 and index.image_count() < 10
    # Only False stops: not None of a function without a result, and not 0 of a counter.
    assert index.add_folder(folder, progress=lambda step: 0).succeeded_count == 10


def test_one_file(index: LocalIndex, folder: Path) -> None:
    path = folder / "2.png"
    report = index.add_file(path, category="c", custom_content="t")
    assert [(entry.item_id, entry.image_name, entry.outcome.name) for entry in report] == [(str(path), "2.png", "ADDED")]
    assert index.add_file(path, "mug").entries[0].item_id == "mug"
    assert {match.item_id for match in index.search(path)} == {str(path), "mug"}
    with pytest.raises(TypeError, match="did you mean 'category'"):
        index.add_file(path, categori="c")  # type: ignore[call-arg]


def test_relations_and_effort(index: LocalIndex, folder: Path) -> None:
    index.add_folder(folder)
    found = index.search(folder / "2.png", effort="thorough", mirrored=False, relations=["identical", "reencoded"])
    assert found[0].item_id == "2.png" and found[0].relation in ("identical", None)
    for wrong in ({"effort": "lazy"}, {"relations": "similar"}, {"effort": "default"}):
        with pytest.raises(imagesearch.InvalidArgumentError, match="must be one of"):
            index.search(folder / "2.png", **wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="effort must be str, not int"):
        index.search(folder / "2.png", effort=3)  # type: ignore[arg-type]


def test_names_that_are_not_utf8(index: LocalIndex, folder: Path) -> None:
    odd = os.fsencode(folder) + b"/caf\xe9.png"
    os.rename(folder / "2.png", odd)
    gone = os.fsencode(folder) + b"/gone\xff.png"
    report = index.add_files([odd, os.fsdecode(gone), folder / "4.png", Path(os.fsdecode(odd))])
    assert [entry.outcome.name for entry in report] == ["ADDED", "FAILED", "ADDED", "UNCHANGED"]
    assert [entry.image_name for entry in report][:2] == ["caf\\xE9.png", "gone\\xFF.png"]
    assert report[0].item_id == str(folder) + "/caf\\xE9.png" == report[3].item_id
    assert isinstance(report[1].error, imagesearch.FileError)
    assert index.search(odd.decode("utf-8", "surrogateescape"))[0].item_id == report[0].item_id
    stored = index.item(report[0].item_id)
    assert stored is not None and os.fsencode(str(stored.images[0].source_path)) == odd
    whole = index.add_folder(os.fsencode(folder), prefix="shop/")
    assert "shop/caf\\xE9.png" in [entry.item_id for entry in whole] and whole.failed_count == 1
    assert whole.skipped_count == 0


def test_two_folders_with_equal_names(index: LocalIndex, tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(scene(number))
        (tmp_path / name / "notes.txt").write_text("no image")
    first, second = (index.add_folder(tmp_path / name) for name in ("a", "b"))
    assert (first.skipped_count, first.replaced) == (1, ()) and [entry.item_id for entry in second.replaced] == ["x.png"]
    apart = index.add_folder(tmp_path / "a", prefix="a/")
    assert [(entry.item_id, entry.outcome.name) for entry in apart] == [("a/x.png", "ADDED")]
    with pytest.raises(TypeError, match="prefix must be str, not bytes"):
        index.add_folder(tmp_path / "a", prefix=b"a/")  # type: ignore[arg-type]


def test_no_name_of_a_file_reaches_a_warning_as_it_is(index: LocalIndex, tmp_path: Path) -> None:
    for place in ("a\n\x1b[31mforged\u202e", "b" * 200):
        below = tmp_path / place / ("c" * 200)
        below.mkdir(parents=True)
        (below / "x.png").write_bytes(scene(len(place)))
        warning = index.add_folder(below)[0].warning
    assert warning is not None and "took the place" in warning and "\\n\\u{1b}[31mforged\\u{202e}" in warning, ascii(warning)
    assert len(warning) < 400 and warning.isprintable(), ascii(warning)


def test_the_text_of_a_path_is_reversible() -> None:
    from imagesearch._values import path_text

    for path in (b"plain.png", "café/ß.png".encode(), b"caf\xe9", b"\\xE9", b"\\x5C\\xe9", b"\\", b"a\\b", b"\xff\xfe\\xAB"):
        text = path_text(path).encode("utf-8")
        back = re.sub(rb"\\x([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), text)
        assert back == path


def test_a_folder_is_added_and_what_is_gone_forgotten(index: LocalIndex, folder: Path, tmp_path: Path) -> None:
    assert index.add_folder(folder, prune=True).pruned_count == 0
    (folder / "0.png").unlink()
    (folder / "2.png").rename(folder / "two.png")
    report = index.add_folder(folder, prune=True)
    assert report.pruned_count == 2 and report.skipped_count == 0
    assert {item.item_id for item in index.items()} == {
        "4.png", "6.png", "8.png", "two.png", *("below/%d.png" % seed for seed in range(1, 10, 2))
    }  # fmt: skip
    with pytest.raises(TypeError, match="prune"):
        index.add_folder(folder, prune="yes")  # type: ignore[arg-type]


def test_names_of_files_and_folders_are_bytes(index: LocalIndex, tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"stra\xdfe")
    os.mkdir(folder)
    path = os.path.join(folder, b"caf\xe9.png")
    with open(path, "wb") as file:
        file.write(scene(3))
    (entry,) = index.add_file(path)
    assert entry.item_id == str(tmp_path) + r"/stra\xDFe/caf\xE9.png" and entry.image_name == r"caf\xE9.png"
    (entry,) = index.add_folder(folder, prefix="s/")
    assert entry.item_id == r"s/caf\xE9.png"
    os.unlink(path)
    assert len(index.prune(folder).gone) == 2
