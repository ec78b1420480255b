"""search: one image, several services, every output format."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command import Command
from doublekit.process import DoubleProcess


@pytest.fixture
def indexed(command: Command, scenes: Path) -> Path:
    command.run("index", "add", scenes, code=0)
    return scenes


def test_found_and_not_found(command: Command, indexed: Path, tmp_path: Path) -> None:
    from scenes import scene

    result = command.run("search", indexed / "scene-0.png", code=0)
    lines = result.out.splitlines()
    assert lines[0] == "local: 3 matches"
    assert lines[1].split() == ["RELATION", "SCORE", "SURE", "SIZE", "ITEM"]
    assert lines[2].split()[:4] == ["identical", "100", "100%", "320×240"]
    assert {line.split()[0].rstrip(",") for line in lines[2:]} <= {"identical", "reencoded", "altered"}
    (tmp_path / "other.png").write_bytes(scene(77))
    result = command.run("search", tmp_path / "other.png", code=1)
    assert result.out == "local: nothing found\n" and result.err == ""


def test_relation_confidence_limit_and_region(command: Command, indexed: Path) -> None:
    def matches(*options: object) -> list[dict[str, Any]]:
        answers = command.run("search", indexed / "scene-0.png", "--json", *options).json["queries"][0]["answers"]
        found: list[dict[str, Any]] = answers[0]["matches"]
        return found

    assert [m["relation"] for m in matches("--relation", "identical")] == ["identical", "identical"]
    assert len(matches("--limit", "1")) == 1
    assert all(m["confidence"] >= 0.9 for m in matches("--min-confidence", "0.9"))
    assert matches("--region", "40,30,200,180")[0]["relation"] == "partial"
    assert "must be x,y,width,height" in command.run("search", indexed / "scene-0.png", "--region", "1,2", code=2).err


def test_csv_jsonl_and_json_say_the_same(command: Command, indexed: Path) -> None:
    query = indexed / "scene-1.png"
    document = command.run("search", query, "--json", code=0).json
    (line,) = command.run("search", query, "--jsonl", code=0).lines
    rows = list(csv.DictReader(io.StringIO(command.run("search", query, "--csv", code=0).out)))
    matches = document["queries"][0]["answers"][0]["matches"]
    assert line["matches"] == matches and line["service"] == "local"
    assert [row["item_id"] for row in rows] == [match["item_id"] for match in matches]
    assert [float(row["score"]) for row in rows] == [match["score"] for match in matches]
    assert rows[-1]["relation"] == matches[-1]["relation"]


def test_only_named_services_are_asked_in_their_order(
    command: Command, indexed: Path, tineye: DoubleProcess, tmapi: DoubleProcess
) -> None:
    command.run("search", indexed / "scene-0.png", code=0)
    assert tineye.paid() == 0 and tineye.log() == []
    result = command.run("search", indexed / "scene-0.png", "--in", "tineye,local", code=0)
    headings = [line.split(":")[0] for line in result.out.splitlines() if line and not line.startswith(" ")]
    assert headings == ["tineye", "local"]
    assert tineye.paid() == 1 and tmapi.paid() == 0


def test_an_error_of_one_service_does_not_hide_the_others(command: Command, indexed: Path, tineye: DoubleProcess) -> None:
    command.environment["TINEYE_API_KEY"] = "zz-no-such-key-zz"
    result = command.run("search", indexed / "scene-0.png", "--in", "local,tineye", code=3)
    assert "local: 3 matches" in result.out
    assert result.err.startswith("imagesearch: tineye: ") and len(result.err.splitlines()) == 1
    assert "no-such-key" not in result.err
    assert command.run("search", indexed / "scene-0.png", "--in", "tineye", code=4).out == ""
    del command.environment["TINEYE_API_KEY"]
    result = command.run("search", indexed / "scene-0.png", "--in", "local,tineye", code=3)
    assert "TINEYE_API_KEY" in result.err and "local: 3 matches" in result.out


def test_tineye_says_where_it_was_found(command: Command, tineye: DoubleProcess, tmp_path: Path) -> None:
    (tmp_path / "melon.png").write_bytes(tineye.call("GET", "images/melon.png"))
    result = command.run("search", tmp_path / "melon.png", "--in", "tineye", "--limit", "3", "--json", code=0)
    answer = result.json["queries"][0]["answers"][0]
    assert answer["total"] == 247 and len(answer["matches"]) == 3 and answer["paid_calls"] == 1
    assert answer["matches"][0]["backlinks"][0]["page_url"]
    table = command.run("search", tmp_path / "melon.png", "--in", "tineye", "--limit", "3", code=0).out
    assert table.startswith("tineye: 3 of 247 matches\n") and "http" in table


def test_tmapi_has_prices_and_takes_no_files(command: Command, indexed: Path, tmapi: DoubleProcess) -> None:
    url = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"
    matches = command.run("search", url, "--in", "tmapi", "--json", code=0).json["queries"][0]["answers"][0]["matches"]
    assert matches[0]["price"]["currency"] == "CNY" and matches[0]["title"]
    assert "PRICE" in command.run("search", url, "--in", "tmapi", code=0).out
    paid = tmapi.paid()
    result = command.run("search", indexed / "scene-0.png", "--in", "tmapi", code=2)
    assert "URL" in result.err and tmapi.paid() == paid


def test_a_service_that_is_down_and_one_that_answers_badly(command: Command, indexed: Path, tineye: DoubleProcess) -> None:
    tineye.script({"status": 500, "body": "<html>oops</html>", "count": 0})
    result = command.run("search", indexed / "scene-0.png", "--in", "tineye", code=6)
    assert len(result.err.splitlines()) == 1
    command.environment["IMAGESEARCH_TINEYE_URL"] = "http://127.0.0.1:9/rest/"
    result = command.run("search", indexed / "scene-0.png", "--in", "tineye", code=6)
    assert "charged" not in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["search", "scene-9.png"], 2, "did you mean scene-0.png?"),
        (["search", "scene-0.png", "--in", "tinneye"], 2, "did you mean tineye?"),
        (["search", "scene-0.png", "--relation", "identicl"], 2, "did you mean identical?"),
        (["search", "scene-0.png", "--effort", "quick"], 2, "fast, normal or thorough"),
        (["serch", "scene-0.png"], 64, "did you mean search?"),
        (["index", "ad"], 64, "did you mean add?"),
        (["scene-0.png"], 64, "imagesearch search scene-0.png"),
        (["search", "scene-0.png", "--limt", "3"], 64, "--limit"),
        (["search"], 64, "Name an image"),
        (["search", "scene-0.png", "--json", "--csv"], 64, "exclude each other"),
        (["duplicates", "copis"], 2, "did you mean copies?"),
        (["duplicates", ".", "--keep", "lagest"], 2, "did you mean largest?"),
        (["duplicates", ".", "--action", "hardlnk"], 2, "did you mean hardlink?"),
        (["duplicates", "scene-0.png"], 2, "imagesearch compare"),
        (["compare", "scene-0.png", "scene-1.pgn"], 2, "did you mean scene-1.png?"),
        (["overlay", "scene-0.png", "scene-1.png", "--to", "x.png", "--style", "blnd"], 2, "did you mean blend?"),
        (["completions", "bsh"], 2, "did you mean bash?"),
        (["search", "scene-0.png", "--report", "nowhere/out.html"], 2, "cannot be written"),
    ],
)  # fmt: skip
def test_what_is_misspelt_is_one_line_that_helps(
    command: Command, indexed: Path, arguments: list[str], code: int, words: str
) -> None:
    command.cwd = indexed
    result = command.run(*arguments, code=code)
    assert words in result.err and result.out == ""
    if code != 64:
        assert len(result.err.splitlines()) == 1


def test_a_list_of_several_bad_files_is_told_of_one_by_one(command: Command, indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no image")
    listed = "\n".join([str(indexed / "scene-0.png"), str(tmp_path / "gone.png"), str(tmp_path / "text.png")])
    result = command.run("search", "-", "--jsonl", stdin=listed.encode(), code=3)
    assert [("matches" in line, line.get("error", {}).get("code")) for line in result.lines] == [
        (True, None), (False, "fileNotReadable"), (False, "notAnImage"),
    ]  # fmt: skip


def test_a_report_of_each_command(command: Command, indexed: Path, tmp_path: Path) -> None:
    """Tests/Report tests its content; this tests that it is written completely, with the requested results and without keys."""
    command.environment["TINEYE_API_KEY"] = "zz-no-such-key-zz"
    first, second = indexed / "scene-0.png", indexed / "copies" / "small-0.png"
    for arguments in (["search", first, "--limit", "2"], ["duplicates", indexed], ["compare", first, second]):
        path = tmp_path / f"{arguments[0]}.html"
        command.run(*arguments, "--report", path, code=0)
        page = path.read_text()
        assert page.rstrip().endswith("</html>") and "scene-0.png" in page and "no-such-key" not in page
    assert sorted(p.name for p in tmp_path.glob("*.html*")) == ["compare.html", "duplicates.html", "search.html"]


def test_an_image_on_standard_input(command: Command, indexed: Path) -> None:
    result = command.run("search", "-", stdin=(indexed / "scene-2.png").read_bytes(), code=0)
    assert "identical" in result.out


def test_output_that_cannot_be_written(command: Command, indexed: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [command.executable, "search", indexed / "scene-0.png"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=command.environment,
        )
    assert process.returncode == 7 and b"No space left" in process.stderr
