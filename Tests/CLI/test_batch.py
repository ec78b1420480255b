"""A batch: confirmed, rate-limited, capped, killed, resumed; nothing is paid for twice."""

from __future__ import annotations

import collections
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Command
from doublekit.process import DoubleProcess
from scenes import _png


def images(folder: Path, count: int) -> list[Path]:
    """Distinct images, small enough for thousands of them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        rows = [bytearray(bytes((number & 255, number >> 8, y)) * 12) for y in range(12)]
        paths.append(folder / f"{number:05}.png")
        paths[-1].write_bytes(_png(12, 12, rows))
    return paths


def charged_twice(double: DoubleProcess) -> list[str]:
    """Digests of images that were charged more than once."""
    uploads = collections.Counter(
        file["sha256"]
        for request in double.log()
        if request["kind"] == "search_upload" and request["status"] == 200
        for file in request["form"]["files"]
    )
    return [digest for digest, count in uploads.items() if count > 1]


def test_nobody_is_asked_and_nothing_is_paid(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    images(folder, 3)
    result = command.run("search", folder, "--in", "tineye", code=2)
    assert "--yes" in result.err and "3 paid searches" in result.err
    assert tineye.paid() == 0


def test_the_cap_holds_over_all_runs(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    images(folder, 7)
    arguments = ["search", folder, "--in", "tineye", "--yes", "--jsonl"]
    first = command.run(*arguments, "--max-paid", "4", code=3)
    assert tineye.paid() == 4 and "--max-paid" in first.err
    again = command.run(*arguments, "--max-paid", "4", code=4)
    assert tineye.paid() == 4 and "nothing was sent" in again.err.lower()
    rest = command.run(*arguments, "--max-paid", "7")
    assert tineye.paid() == 7 and rest.code in (0, 1) and len(rest.lines) == 7
    # All results are known now; nothing more is paid for, and the output is the same.
    known = command.run(*arguments)
    assert tineye.paid() == 7

    def strip(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in line.items() if k not in ("from_journal", "paid_calls")} for line in lines]

    assert strip(known.lines) == strip(rest.lines)
    command.run(*arguments, "--again")
    assert tineye.paid() == 14


def test_the_default_cap_is_a_hundred(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    images(tmp_path / "photos", 105)
    command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", code=3)
    assert tineye.paid() == 100


def test_what_is_left_is_asked_before_anything_is_sent(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    images(tmp_path / "photos", 9)
    bundle = {"remaining_searches": 5, "start_date": "2025-12-17 03:42:50 UTC", "expire_date": "2099-12-17 03:42:50 UTC"}
    tineye.set(bundles=[bundle])
    result = command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", code=4)
    assert "5 searches left" in result.err and "--max-paid 5" in result.err and tineye.paid() == 0
    command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", "--max-paid", "5", code=3)
    assert tineye.paid() == 5


def test_the_same_bytes_under_two_names_are_paid_for_once(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    paths = images(tmp_path / "photos", 3)
    for path in paths:
        path.with_suffix(".copy.png").write_bytes(path.read_bytes())
    result = command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", "--jsonl")
    assert len(result.lines) == 6 and tineye.paid() == 3


def test_a_lost_answer_is_not_asked_for_again_without_being_told(
    command: Command, tineye: DoubleProcess, tmp_path: Path
) -> None:
    images(tmp_path / "photos", 3)
    tineye.script({"act": "reset", "process": True, "kind": "search_upload", "count": 1})
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes", "--jsonl"]
    first = command.run(*arguments, code=3)
    assert "may have been charged" in first.err and tineye.paid() == 3
    command.run(*arguments, code=3)
    assert tineye.paid() == 3
    command.run(*arguments, "--repeat-uncertain")
    assert tineye.paid() == 4


def test_an_error_that_cost_nothing_is_tried_again(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    images(tmp_path / "photos", 3)
    tineye.set(keys={"another": "public"})
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes", "--jsonl"]
    assert command.run(*arguments, code=4).out == ""
    tineye.set(keys={"test-key": "public"})
    assert len(command.run(*arguments).lines) == 3 and tineye.paid() == 3


@pytest.fixture
def own_tineye(command: Command) -> Iterator[DoubleProcess]:
    """A separate double for one test: the searches of a killed command continue in it, and would be counted in the next test."""
    with DoubleProcess("tineye") as double:
        command.use_tineye(double.url)
        yield double


def test_a_journal_says_what_is_sent_before_it_is_sent(command: Command, own_tineye: DoubleProcess, tmp_path: Path) -> None:
    tineye = own_tineye
    images(tmp_path / "photos", 2)
    tineye.set(search_seconds=30.0)
    process = command.popen("search", tmp_path / "photos", "--in", "tineye", "--yes")
    end = time.monotonic() + 20
    while not any(r["kind"] == "search_upload" for r in tineye.log()) and time.monotonic() < end:
        if command.journals and '"begin"' in command.journals[0].read_text():
            break
        time.sleep(0.01)
    process.kill()
    process.communicate()
    (journal,) = command.journals
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [next(iter(line)) for line in lines] == ["journal", "begin"]
    assert journal.stat().st_mode & 0o777 == 0o600
    assert "test-key" not in journal.read_text()
    tineye.set(search_seconds=0.0)
    result = command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", "--jsonl", code=3)
    assert [line.get("error", {}).get("may_have_been_charged", False) for line in result.lines] == [True, False]


def test_a_journal_is_not_shared_and_not_mistaken(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    images(tmp_path / "photos", 2)
    journal = tmp_path / "batch.jsonl"
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes", "--journal", journal]
    command.run(*arguments)
    result = command.run(*arguments, "--limit", "3", code=2)
    assert "belongs to another search" in result.err
    text = journal.read_text().splitlines()
    journal.write_text("\n".join([text[0], '{"end": "tineye"', *text[1:]]) + "\n")
    result = command.run(*arguments, code=2)
    assert "line 2" in result.err and "damaged" in result.err
    # A partial line that was being written when the machine stopped is not damage.
    journal.write_text("\n".join(text) + '\n{"begin": "tin')
    command.run(*arguments)
    assert tineye.paid() == 2


def test_a_local_batch_goes_on_and_begins_anew_when_it_was_complete(command: Command, scenes: Path) -> None:
    command.run("index", "add", scenes, code=0)

    def asked() -> int:
        result = command.run("search", scenes, "--jsonl", code=0)
        assert len(result.lines) == 9
        # Two of them have the same bytes.
        return sum(not line.get("from_journal") for line in result.lines)

    assert asked() == 8 and asked() == 8
    (journal,) = command.journals
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join(lines[:5]) + "\n")
    assert asked() == 4 and asked() == 8


def test_a_list_with_names_that_hold_anything(command: Command, scenes: Path, tmp_path: Path) -> None:
    command.run("index", "add", scenes, code=0)
    names = [b"new\nline.png", b"caf\xe9.png", b"-dash.png"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes((scenes / "scene-3.png").read_bytes())
    listed = b"\0".join(os.fsencode(tmp_path) + b"/" + name for name in names) + b"\0"
    result = command.run("search", "-", "--jsonl", stdin=listed, code=0)
    assert all(line["matches"][0]["relation"] == "identical" for line in result.lines) and len(result.lines) == 3


def test_tmapi_counts_conversions(command: Command, tmapi: DoubleProcess) -> None:
    url = "https://example.org/photo-{}.jpg"
    listed = "\n".join(url.format(number) for number in range(5)).encode()
    result = command.run("search", "-", "--in", "tmapi", "--yes", "--max-paid", "6", "--jsonl", stdin=listed)
    assert result.code == 3 and tmapi.paid() <= 6, result
    assert sum(line.get("paid_calls", 0) for line in result.lines) == tmapi.paid()


@pytest.mark.parametrize("count", [10_000])
def test_ten_thousand_images_killed_and_resumed(
    command: Command, own_tineye: DoubleProcess, tmp_path: Path, count: int
) -> None:
    """Killed three times in the middle; then all results are complete, and nothing was paid for twice."""
    tineye = own_tineye
    folder = tmp_path / "photos"
    images(folder, count)
    tineye.set(
        bundles=[
            {"remaining_searches": 50_000, "start_date": "2025-12-17 03:42:50 UTC", "expire_date": "2099-12-17 03:42:50 UTC"}
        ],
        max_concurrent=16,
    )
    command.environment["IMAGESEARCH_TINEYE_CONCURRENT"] = "4"
    arguments = [
        "search",
        folder,
        "--in",
        "tineye",
        "--yes",
        "--jsonl",
        "--limit",
        "1",
        "--max-paid",
        str(count + 100),
        "--quiet",
    ]
    for kill in range(3):
        process = command.popen(*arguments)
        assert process.stdout and process.stderr
        end = time.monotonic() + 200
        while tineye.paid() < (kill + 1) * count // 5:
            assert process.poll() is None and time.monotonic() < end, "the batch ended too early, or does not go on"
            time.sleep(0.05)
            # The output must be read, or the pipe would be full.
            os.set_blocking(process.stdout.fileno(), False)
            while process.stdout.read(1 << 20):
                pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()
    result = command.run(*arguments, timeout=240)
    lines = result.lines
    assert len(lines) == count
    uncertain = [line for line in lines if line.get("error", {}).get("may_have_been_charged")]
    assert len(uncertain) <= 3 * 4 and not [line for line in lines if "error" in line and line not in uncertain]
    assert charged_twice(tineye) == []
    assert count - len(uncertain) <= tineye.paid() <= count
