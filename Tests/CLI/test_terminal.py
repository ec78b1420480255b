"""The interactive output: tables that fit, colours, progress, the confirmation before costs, Ctrl-C."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from command import Command
from doublekit.process import DoubleProcess
from scenes import scene
from test_batch import images


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def columns(line: str) -> int:
    """The width on a terminal, by Python's own tables."""
    width = 0
    for character in line:
        if unicodedata.combining(character) or character in "\u200d\ufe0f":
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


@pytest.fixture
def wide_names(command: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "写真"
    folder.mkdir()
    for name in (
        "東京タワー.png",
        "plain.png",
        "e\u0301te\u0301.png",
        "🎉🎉.png",
        "한국어 이름.png",
        "long " + "name " * 30 + ".png",
    ):
        (folder / name).write_bytes(scene(4))
    command.run("index", "add", folder, code=0)
    return folder


@pytest.mark.parametrize("width", [50, 60, 80, 132])
def test_a_table_fits_and_is_aligned_with_names_of_any_width(command: Command, wide_names: Path, width: int) -> None:
    terminal = command.at_terminal("search", wide_names / "plain.png", columns=width)
    text = plain(terminal.wait()).replace("\r", "")
    assert terminal.code == 0
    lines = text.splitlines()
    assert all(columns(line) <= width for line in lines), text
    start = lines[1].index("ITEM")
    # The names begin in the same column, whatever is before and in them.
    assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines[2:])
    for more in (["index", "list"], ["duplicates", wide_names, "--quiet"], ["services"]):
        shown = plain(command.at_terminal(*more, columns=width).wait()).replace("\r", "")
        # Text that the user must type is never cut, however narrow the terminal is.
        lines = [line for line in shown.splitlines() if ": " not in line]
        assert len(lines) > 3 and all(columns(line) <= width for line in lines), shown


def test_colours_are_for_terminals_and_for_those_who_want_them(command: Command, scenes: Path) -> None:
    command.run("index", "add", scenes, code=0)
    assert "\x1b[" in command.at_terminal("search", scenes / "scene-0.png").wait()
    assert "\x1b" not in command.run("search", scenes / "scene-0.png", code=0).out
    command.environment["NO_COLOR"] = "1"
    assert "\x1b[3" not in command.at_terminal("search", scenes / "scene-0.png").wait()
    del command.environment["NO_COLOR"]


def test_progress_is_one_line_at_a_terminal_and_lines_elsewhere(
    command: Command, tmp_path: Path, tineye: DoubleProcess
) -> None:
    folder = tmp_path / "photos"
    images(folder, 30)
    tineye.set(search_seconds=0.1)
    text = command.at_terminal("search", folder, "--in", "tineye", "--yes", "--csv").wait()
    shown = re.findall(r"\r\x1b\[K([^\r\n]*searched[^\r\n]*)", text)
    assert len(shown) > 3 and re.search(r"\d+ of 30 searched, [\d.]+/s, \d+ s left", " ".join(shown))
    assert "30 images searched" in text
    command.environment["IMAGESEARCH_PROGRESS_SECONDS"] = "0.2"
    result = command.run("search", folder, "--in", "tineye", "--yes", "--csv", "--again")
    assert len(re.findall(r"^\d+ of 30 searched", result.err, re.M)) >= 3 and "\r" not in result.err
    quiet = command.run("search", folder, "--in", "tineye", "--yes", "--csv", "--again", "--quiet")
    assert quiet.err == ""


def test_a_person_is_asked_before_it_costs(
    command: Command, tmp_path: Path, tineye: DoubleProcess, tmapi: DoubleProcess
) -> None:
    folder = tmp_path / "photos"
    images(folder, 3)
    terminal = command.at_terminal("search", folder, "--in", "tineye")
    terminal.read_until(r"Go on\? \[y/N\]")
    assert "3 images at TinEye" in terminal.text and "10,719 searches left" in terminal.text
    terminal.type("n\n")
    terminal.wait()
    assert terminal.code == 1 and tineye.paid() == 0
    terminal = command.at_terminal("search", folder, "--in", "tineye")
    terminal.read_until(r"Go on\?")
    terminal.type("y\n")
    terminal.wait()
    assert tineye.paid() == 3
    # The list is read from standard input, but the question still goes to the terminal.
    listed = b"https://cbu01.alicdn.com/img/a.jpg\nhttps://cbu01.alicdn.com/img/b.jpg\n"
    terminal = command.at_terminal("search", "-", "--in", "tmapi", stdin=listed)
    terminal.read_until(r"Go on\?")
    assert "does not tell how many are left" in terminal.text
    terminal.type("y\n")
    terminal.wait()
    assert tmapi.paid() == 2


@pytest.mark.parametrize("moment", ["searching", "asking", "indexing"])
def test_ctrl_c_ends_at_once_and_says_how_to_go_on(
    command: Command, tmp_path: Path, tineye: DoubleProcess, scenes: Path, moment: str
) -> None:
    folder = tmp_path / "photos"
    if moment == "indexing":
        folder.mkdir()
        for number in range(150):
            (folder / f"{number}.png").write_bytes(scene(number % 5, 640, 480) + bytes([number]))
        terminal = command.at_terminal("index", "add", folder)
        terminal.read_until("indexed")
    else:
        images(folder, 20)
        tineye.set(search_seconds=0.5)
        arguments = ["search", folder, "--in", "tineye", *(["--yes"] if moment == "searching" else [])]
        terminal = command.at_terminal(*arguments)
        terminal.read_until("searched" if moment == "searching" else r"Go on\?")
    seconds = terminal.interrupt()
    assert terminal.code == 130
    # 100 ms on a dedicated machine; this one is shared.
    assert seconds < 0.1 or min(seconds, retry(command, terminal, moment, folder)) < 0.5
    assert "interrupted" in terminal.text
    if moment == "searching":
        assert "goes on from there" in terminal.text
        paid = tineye.paid()
        tineye.set(search_seconds=0.0)
        result = command.run("search", folder, "--in", "tineye", "--yes", "--jsonl", timeout=60)
        assert len(result.lines) == 20 and tineye.paid() <= 20 and paid >= 1
    if moment == "asking":
        assert tineye.paid() == 0
    if moment == "indexing":
        assert command.run("index", "add", folder, code=0).out.count("added")


def retry(command: Command, terminal: object, moment: str, folder: Path) -> float:
    """The time of a second attempt, because other load may have delayed the first."""
    if moment == "indexing":
        return 1.0
    second = command.at_terminal("search", folder, "--in", "tineye", "--yes", "--journal", folder / "second.jsonl")
    second.read_until("searched|paid")
    return second.interrupt()


def test_a_reader_that_goes_away_ends_it_quietly(command: Command, scenes: Path) -> None:
    command.run("index", "add", scenes, code=0)
    process = command.popen("index", "list", "--jsonl")
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.wait(30) in (-13, 141, 0) and process.stderr.read() == b""
    process.stderr.close()


def test_it_starts_at_once(command: Command) -> None:
    """A generous bound; scripts/bench-cli.sh compares with curl."""
    best = 10.0
    for _ in range(10):
        begun = time.monotonic()
        command.run("--version", code=0)
        best = min(best, time.monotonic() - begun)
    assert best < 0.25
