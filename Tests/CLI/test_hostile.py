"""What comes from outside acts on no terminal, forges no line and no cell, blocks nothing and ends nothing: arguments, names of files,
journals, settings. Names that only look alike are two."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import resource
import signal
from functools import partial
from pathlib import Path

import pytest
from command import Command
from doublekit.process import DoubleProcess
from scenes import scene
from test_batch import charged_twice, images
from test_settings import configure

#: What acts on a terminal or ends a line: ESC, BEL, DEL, a C1 control, line ends, marks of direction.
ACTING = "\x1b]0;t\x07\x7f\x9b31m\r\n\u2028\u2029\u202e\u2066\u061c"
HARMFUL = [character for character in ACTING if not character.isprintable() and character != "\n"]


def assert_harmless(text: str) -> None:
    assert not [character for character in HARMFUL if character in text], text


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "x.jpg", "--limit", ACTING],
        ["search", "x.jpg", "--limit=" + ACTING],
        ["search", "x.jpg", "--" + ACTING],
        ["search", "x.jpg", "--limit", "\u0301\nimagesearch: forged"],
        ["search", ACTING],
        ["search", "x.jpg", "--in", ACTING],
        ["search", "x.jpg", "--effort", ACTING],
        ["search", "x.jpg", "--region", ACTING],
        [ACTING],
        ["index", ACTING],
        ["index", "remove", ACTING],
        ["duplicates", "--keep", ACTING],
        ["duplicates", "--action", ACTING],
        ["completions", ACTING],
        ["undo", ACTING],
        ["compare", ACTING, ACTING],
        ["config", "show", "--" + ACTING],
    ],
    ids=lambda arguments: " ".join(word.replace(ACTING, "X") for word in arguments)[:40],
)
def test_no_argument_acts_on_the_terminal_or_forges_a_line(command: Command, arguments: list[str]) -> None:
    result = command.run(*arguments)
    assert result.code in (1, 2, 5, 64) and result.out == ""
    assert_harmless(result.err)
    assert not [line for line in result.err.splitlines() if line.startswith(("31m", "imagesearch: forged"))], result.err
    long = "y" * 100_000
    result = command.run(*(word.replace(ACTING, long).replace("\u0301\nimagesearch: forged", long) for word in arguments))
    assert result.code in (1, 2, 5, 64) and len(result.err) < 5000


def test_no_name_acts_on_the_terminal_or_forges_a_cell(command: Command, tmp_path: Path) -> None:
    names = [
        "a\x1b[31m\x9b1m\x7f\u202e\u2066\u2028b.png",
        "line\nimagesearch: forged.png",
        # A quotation mark with a combining accent is one character to Swift, and ends a cell to everyone else.
        'c"\u0301,forged,"\u0301d.png',
        "=\u0301cmd().png",
    ]
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(scene(4))
    command.run("index", "add", folder, code=0)
    calls: list[list[object]] = [
        ["index", "list"],
        ["search", folder / names[0]],
        ["search", folder],
        ["duplicates"],
        ["duplicates", "--action", "move-to", tmp_path / "elsewhere"],
    ]
    for call in calls:
        for form in ([], ["--json"], ["--jsonl"], ["--csv"]):
            result = command.run(*call, *form, code=0)
            assert_harmless(result.out + result.err)
            # In CSV, a line feed is a part of its cell.
            shown = result.err if form == ["--csv"] else result.out + result.err
            assert not [line for line in shown.split("\n") if line.startswith("imagesearch: forged")]
            if form == ["--csv"]:
                rows = list(csv.reader(io.StringIO(result.out)))
                assert len({len(row) for row in rows}) == 1, rows
                assert all(row[0][:1] != "=" for row in rows)
    found = command.run("index", "list", "--json", code=0).json["images"]
    assert sorted(image["item_id"] for image in found) == sorted(str(folder / name) for name in names)
    report = tmp_path / "report.html"
    command.run("duplicates", "--report", report, code=0)
    assert_harmless(report.read_bytes().decode())


def test_names_that_only_look_alike_are_two_files(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    one, two = folder / "caf\u00e9.png", folder / "cafe\u0301.png"
    for path in (one, two):
        path.write_bytes(scene(4))
    found = command.run("duplicates", folder, "--json", code=0).json["groups"]
    assert sorted(member["item_id"] for member in found[0]["members"]) == sorted(map(str, (one, two)))
    command.run("index", "add", folder, code=0)
    assert [line["item_id"] for line in command.run("index", "list", one, "--jsonl", code=0).lines] == [str(one)]
    assert "1 removed" in command.run("index", "remove", one, code=0).out
    assert [line["item_id"] for line in command.run("index", "list", "--jsonl", code=0).lines] == [str(two)]


def test_a_batch_takes_what_looks_alike_for_two(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    """Two files whose names only look alike, of one size and one time, are not taken for one file that was read before."""
    folder = tmp_path / "photos"
    made = images(folder, 2)
    for path in made:
        content = path.read_bytes()
        path.write_bytes(content + bytes(200 - len(content)))
    for path, name in zip(made, ("caf\u00e9.png", "cafe\u0301.png")):
        path.rename(folder / name)
        os.utime(folder / name, (1e9, 1e9))
    command.run("search", folder, "--in", "tineye", "--yes", "--jsonl")
    uploads = {file["sha256"] for request in tineye.log() for file in request.get("form", {}).get("files", [])}
    assert tineye.paid() == 2 and len(uploads) == 2


def test_a_pipe_in_the_place_of_a_file_blocks_nothing(command: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    folder = tmp_path / "photos"
    images(folder, 1)
    command.run("index", "add", folder)
    assert "is no file" in command.run("undo", pipe, code=2, timeout=20).err
    listed = command.run("search", "-", "--jsonl", stdin=f"{pipe}\n{folder}/00000.png\n".encode(), timeout=20)
    assert listed.code == 3 and "no file" in listed.err
    configure(command, {"services": {"tineye": {"key-file": str(pipe)}}})
    assert "is no file" in command.run("quota", "--in", "tineye", code=4, timeout=20).err
    command.environment["IMAGESEARCH_CONFIG"] = str(pipe)
    assert "is no file" in command.run("services", code=2, timeout=20).err


MOST = 2**63 - 1


@pytest.mark.parametrize("value", [0, -1, -5, MOST, -MOST - 1, MOST + 1, "x", "1e3"])
def test_a_setting_that_is_no_number_of_anything_ends_nothing(command: Command, tmp_path: Path, value: object) -> None:
    folder = tmp_path / "photos"
    images(folder, 2)
    command.run("index", "add", folder)
    for name in ("CONCURRENT", "REQUESTS_PER_MINUTE", "REQUESTS_PER_SECOND"):
        variable = f"IMAGESEARCH_LOCAL_{name}"
        command.environment[variable] = str(value)
        assert (
            f"{variable} is {value}; it must be a whole number from 1" in command.run("search", folder, code=2, timeout=20).err
        )
        del command.environment[variable]
    if isinstance(value, int) and abs(value) <= MOST:
        for number in ("requests-per-minute", "requests-per-second", "concurrent"):
            configure(command, {"services": {"tineye": {number: value}}})
            assert f"{number} is {value}; it must be a whole number from 1" in command.run("services", code=2, timeout=20).err
        if value != 0:
            configure(command, {"max-paid": value})
            assert f"max-paid is {value}; it must be a whole number from 0" in command.run("services", code=2, timeout=20).err
            assert command.run("search", folder, "--max-paid", value, code=64, timeout=20).err


@pytest.mark.parametrize("limit", [1, 20, 21, MOST])
def test_any_limit_can_be_counted(command: Command, tmapi: DoubleProcess, limit: int) -> None:
    address = "http://example.com/a.jpg"
    result = command.run("search", address, address + "?2", "--in", "tmapi", "--limit", limit, "--max-paid", 0)
    assert result.code == 4 and "nothing was sent" in result.err.lower(), result


HEAD = {"journal": "search", "version": 1, "options": "--in tineye", "begun": ACTING}


@pytest.mark.parametrize(
    "lines",
    [
        [{"end": "tineye", "key": "k", "answer": {"service": "tineye", "paid_calls": MOST}}] * 2,
        [{"end": "tineye", "key": "k", "answer": {"service": "tineye", "paid_calls": -MOST}}],
        [{"end": "tineye", "key": "k", "answer": {"service": "tineye", "began": 1e300}}],
        [{"end": "tineye", "key": "k", "answer": {"service": "tineye", "seconds": -1}}],
        [{"begin": "tineye", "key": "k", "most": MOST}] * 2,
        [{"begin": "tineye", "key": "k", "most": -1}],
    ],
)
def test_a_journal_from_anyone_ends_nothing(
    command: Command, tineye: DoubleProcess, tmp_path: Path, lines: list[object]
) -> None:
    images(tmp_path / "photos", 1)
    journal = tmp_path / "journal"
    journal.write_text("".join(json.dumps(line) + "\n" for line in [HEAD, *lines]))
    result = command.run("search", tmp_path / "photos", "--in", "tineye", "--yes", "--journal", journal, code=2)
    assert "is damaged; nothing is sent" in result.err and tineye.paid() == 0


def test_what_a_journal_says_acts_on_no_terminal(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    made = images(tmp_path / "photos", 1)[0]
    journal = tmp_path / "journal"
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes", "--journal", journal]
    command.run(*arguments)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    error = {"code": "timedOut", "message": ACTING + "z" * 100_000, "may_have_been_charged": True}
    answer = {
        "service": "tineye",
        "error": error,
        "warnings": [ACTING + "z" * 100_000],
        "paid_calls": 1,
        "began": 1,
        "seconds": 1,
    }
    lines = [{**lines[0], "begun": ACTING}, lines[1], {**lines[2], "answer": answer}]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for form in ([], ["--csv"], ["--json"], ["--jsonl"]):
        result = command.run(*arguments, *form)
        assert_harmless(result.out + result.err)
        assert len(result.err) < 5000 and str(made) in result.err
    assert tineye.paid() == 1


def test_a_line_that_was_not_written_whole_is_removed(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    """As where the disk is full: a part of a line with another one behind it would be a damaged journal, whose batch could only be
    begun, and paid, again."""
    images(tmp_path / "photos", 6)
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes", "--jsonl"]

    def limited(limit: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    failed = 0
    for limit in (700, 1100, 1500, 1900, 2300, 2700):
        process = command.popen(*arguments, preexec_fn=partial(limited, limit))
        err = process.communicate(timeout=60)[1].decode()
        assert process.returncode >= 0, err
        failed += "cannot be written" in err
        assert "damaged" not in err
        journal = command.journals[0].read_text()
        assert journal.endswith("\n") and all(json.loads(line) for line in journal.splitlines())
    assert failed >= 3
    command.run(*arguments)
    assert charged_twice(tineye) == [] and tineye.paid() <= 6


def test_a_journal_in_use_is_not_put_aside(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    images(tmp_path / "photos", 1)
    arguments = ["search", tmp_path / "photos", "--in", "tineye", "--yes"]
    command.run(*arguments)
    (journal,) = command.journals
    with journal.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "another run has the journal" in command.run(*arguments, "--again", code=2).err
    assert tineye.paid() == 1
    # Two within a second: each earlier one is kept.
    for _ in range(3):
        command.run(*arguments, "--again")
    assert tineye.paid() == 4 and len(list(journal.parent.iterdir())) == 4


@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:hunter2/x@proxy.example:3128",
        "user:hunter2/x@proxy.example:3128",
        "http://user:hun?ter2#x@proxy.example:3128",
        "http://hunter2@proxy.example",
        "hunter2@",
        "http://user:hunter2@\u0301proxy.example",
    ],
)
def test_a_password_of_any_characters_is_not_shown(command: Command, proxy: str) -> None:
    url = "https://api.example/rest/?api_key=hunter2"
    configure(command, {"proxy": proxy, "services": {"tineye": {"url": url}}})
    for form in ([], ["--json"], ["--csv"], ["--jsonl"]):
        shown = command.run("config", "show", *form, code=0)
        assert "hunter2" not in shown.out + shown.err and "ter2" not in shown.out and "api.example" in shown.out


def test_a_report_names_no_password(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    address = "http://user:hunter2@example.com/a.jpg?id=5"
    command.run("search", address, "--in", "tineye", "--report", report)
    assert "hunter2" not in report.read_text() and "example.com/a.jpg?id=5" in report.read_text()
