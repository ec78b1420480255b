"""The complete output of every case, compared with the file of its name in `golden`. scripts/renew-golden.sh rewrites them.

Folders, ports and versions are replaced by words, and for the local index also numbers with a fraction, sizes of files and digests,
which the engine and zlib may change.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import Command
from doublekit.process import DoubleProcess
from scenes import scene

GOLDEN = Path(__file__).resolve().parent / "golden"
OFFER = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"


@dataclass(frozen=True)
class Case:
    name: str
    arguments: list[str]
    code: int = 0
    #: Columns of a terminal; None for a pipe.
    columns: int | None = None
    #: Whether the numbers are the engine's.
    is_local: bool = True


LOCAL = [
    Case("search", ["search", "photos/a.png"]),
    Case("search-80-columns", ["search", "photos/a.png"], columns=80),
    Case("search-50-columns", ["search", "photos/a.png"], columns=50),
    Case("search-batch", ["search", "photos", "--limit", "1"]),
    Case("search-nothing", ["search", "stranger.png"], 1),
    Case("search-json", ["search", "photos/a.png", "--json"]),
    Case("search-jsonl", ["search", "photos/a.png", "stranger.png", "--jsonl"]),
    Case("search-csv", ["search", "photos/a.png", "--csv"]),
    Case("duplicates", ["duplicates", "photos"]),
    Case("duplicates-80-columns", ["duplicates", "photos"], columns=80),
    Case("duplicates-50-columns", ["duplicates", "photos"], columns=50),
    Case("duplicates-json", ["duplicates", "photos", "--json"]),
    Case("duplicates-jsonl", ["duplicates", "photos", "--jsonl"]),
    Case("duplicates-csv", ["duplicates", "photos", "--csv"]),
    Case("duplicates-dry-run", ["duplicates", "photos", "--action", "hardlink"]),
    Case("duplicates-none", ["duplicates", "single"], 1),
    Case("compare", ["compare", "photos/a.png", "photos/small.png"]),
    Case("compare-explain", ["compare", "photos/a.png", "photos/mirrored.png", "--explain"]),
    Case("compare-json", ["compare", "photos/a.png", "photos/same.png", "--json", "--explain"]),
    Case("compare-csv", ["compare", "photos/a.png", "photos/small.png", "--csv"]),
    Case("compare-nothing", ["compare", "photos/a.png", "stranger.png"], 1),
    Case("index-list", ["index", "list"]),
    Case("index-list-50-columns", ["index", "list"], columns=50),
    Case("index-list-json", ["index", "list", "photos/a.png", "--json"]),
    Case("index-list-csv", ["index", "list", "--csv"]),
    Case("index-info", ["index", "info"]),
    Case("index-info-json", ["index", "info", "--json"]),
    Case("index-add", ["index", "add", "photos", "bad"], 3),
    Case("index-add-json", ["index", "add", "single", "bad", "--json"], 3),
    Case("services", ["services"]),
    Case("services-json", ["services", "--json"]),
    Case("config", ["config"]),
    Case("error-no-such-file", ["search", "photos/aa.png"], 2),
    Case("error-no-image", ["search", "bad/text.png"], 2),
    Case("error-no-index", ["search", "photos/a.png", "--index", "nowhere"], 5),
    Case("error-no-key", ["search", "photos/a.png", "--in", "tineye"], 4),
    Case("error-one-of-two", ["search", "photos/a.png", "--in", "local,tineye"], 3),
    Case("error-no-key-at-all", ["quota"], 4),
    Case("error-unknown-service", ["search", "photos/a.png", "--in", "gogle"], 2),
    Case("error-misspelt-command", ["serach", "photos/a.png"], 64),
    Case("error-misspelt-option", ["search", "photos/a.png", "--limti", "3"], 64),
    Case("error-no-instance", ["index", "copy", "--to", "alibaba"], 2),
]

WEB = [
    Case("tineye", ["search", "melon.png", "--in", "tineye", "--limit", "3"], is_local=False),
    Case("tineye-80-columns", ["search", "melon.png", "--in", "tineye", "--limit", "3"], columns=80, is_local=False),
    Case("tineye-50-columns", ["search", "melon.png", "--in", "tineye", "--limit", "3"], columns=50, is_local=False),
    Case("tineye-json", ["search", "melon.png", "--in", "tineye", "--limit", "2", "--json"], is_local=False),
    Case("tineye-jsonl", ["search", "melon.png", "--in", "tineye", "--limit", "2", "--jsonl"], is_local=False),
    Case("tineye-csv", ["search", "melon.png", "--in", "tineye", "--limit", "3", "--csv"], is_local=False),
    Case("tmapi", ["search", OFFER, "--in", "tmapi", "--limit", "3"], is_local=False),
    Case("tmapi-80-columns", ["search", OFFER, "--in", "tmapi", "--limit", "3"], columns=80, is_local=False),
    Case("tmapi-50-columns", ["search", OFFER, "--in", "tmapi", "--limit", "3"], columns=50, is_local=False),
    Case("tmapi-json", ["search", OFFER, "--in", "tmapi", "--limit", "1", "--json"], is_local=False),
    Case("tmapi-csv", ["search", OFFER, "--in", "tmapi", "--limit", "3", "--csv"], is_local=False),
    Case("quota", ["quota"], is_local=False),
    Case("quota-json", ["quota", "--json"], is_local=False),
    Case("quota-csv", ["quota", "--csv"], is_local=False),
    Case("batch-nobody-to-say-yes", ["search", "photos", "--in", "tineye"], 2, is_local=False),
    Case("error-tmapi-takes-no-files", ["search", "melon.png", "--in", "tmapi"], 2, is_local=False),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, executable: Path) -> Path:
    """A home with an index of its photos; no case changes it."""
    home = tmp_path_factory.mktemp("golden")
    for name in ("photos", "single", "bad"):
        (home / name).mkdir()
    photos = home / "photos"
    for name, content in {
        "a.png": scene(0, 640, 480),
        "same.png": scene(0, 640, 480),
        "small.png": scene(0),
        "mirrored.png": scene(0, 640, 480, mirrored=True),
        "東京タワー 🎉.png": scene(3),
        "\u0130stanbul\nnew line.png": scene(3),
        "other.png": scene(5),
    }.items():
        (photos / name).write_bytes(content)
        os.utime(photos / name, (1_500_000_000, 1_500_000_000))
    (home / "single" / "one.png").write_bytes(scene(8))
    (home / "stranger.png").write_bytes(scene(77))
    (home / "bad" / "text.png").write_text("no image")
    command = Command(executable, home)
    command.run("index", "add", "photos", code=0)
    return home


def normal(text: str, home: Path, is_local: bool) -> str:
    text = text.replace("\r\n", "\n").replace("\r\x1b[K", "").replace(str(home.resolve()), "HOME").replace(str(home), "HOME")
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://DOUBLE", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?", "TIME", text)
    text = re.sub(r'("version": ?|imagesearch )"?\d+\.\d+\.\d+"?', r"\1VERSION", text)
    text = re.sub(r"(/[\w-]+/)[0-9a-f]{16}\b", r"\1DIGEST", text)
    if is_local:
        text = re.sub(r"\b[0-9a-f]{64}\b", "SHA256", text)
        text = re.sub(r"-?\b\d+(\.\d+)?e-?\d+\b|-?\b\d+\.\d+\b", "N.N", text)
        text = re.sub(r"\b(\d+|N\.N) (B|kB|MB)\b", "N kB", text)
        text = re.sub(r"\b\d+( ?%)", r"N\1", text)
        text = re.sub(r'("(?:file_size|bytes|[\w]*bytes|features|inliers|code_distance)": ?)\d+', r"\1N", text)
        text = re.sub(r"(,\d+,\d+,)\d+(,PNG,SHA256)", r"\1N\2", text)
        text = re.sub(r"\b\d+ (and \d+ features|and N features|features|agree in|of \d+ bits)", r"N \1", text)
    # Columns are as wide as their content.
    return re.sub(r"(?<=\S)  +(?=\S)", "  ", text) if is_local else text


def shown(case: Case, command: Command, home: Path) -> str:
    command.home = command.cwd = home
    # Sequentially, so that it is deterministic which of two equal images is searched for and which is answered from the journal.
    command.environment.update(HOME=str(home), IMAGESEARCH_LOCAL_CONCURRENT="1")
    if case.columns:
        command.environment["NO_COLOR"] = "1"
        terminal = command.at_terminal(*case.arguments, columns=case.columns)
        seen, code = terminal.wait(), terminal.code
        # Overwritten progress is not visible.
        seen = re.sub(r"\r\x1b\[K[^\r\n]*(?=\r\x1b\[K)", "", seen)
        parts = [f"--- at a terminal of {case.columns} columns", seen]
    else:
        result = command.run(*case.arguments)
        code, parts = result.code, [result.out]
        if result.err:
            parts += ["--- standard error", result.err]
    assert code == case.code, parts
    words = " ".join(f"'{word}'" if re.search(r"[^\w./:,=-]", word) else word for word in case.arguments)
    text = "\n".join([f"$ imagesearch {words}", *(part.rstrip("\r\n") for part in parts if part), f"--- ends with {code}", ""])
    return normal(text, home, case.is_local)


def check(case: Case, text: str) -> None:
    path = GOLDEN / f"{case.name}.txt"
    if os.environ.get("IMAGESEARCH_RENEW"):
        path.write_text(text)
        return
    expected = path.read_text()
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(), "golden", "now", lineterm=""))
    assert text == expected, f"\n{difference}\nif that is meant: scripts/renew-golden.sh"


@pytest.mark.parametrize("case", LOCAL, ids=lambda case: case.name)
def test_of_the_local_index(command: Command, home: Path, case: Case) -> None:
    check(case, shown(case, command, home))


@pytest.mark.parametrize("case", WEB, ids=lambda case: case.name)
def test_of_the_web(command: Command, home: Path, tineye: DoubleProcess, tmapi: DoubleProcess, case: Case) -> None:
    (home / "melon.png").write_bytes(tineye.call("GET", "images/melon.png"))
    check(case, shown(case, command, home))


@pytest.mark.parametrize("width", [50, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """For tables only: a terminal wraps notes and errors. Rows with masked numbers are narrower; test_terminal.py has the full ones."""
    from test_terminal import columns

    files = list(GOLDEN.glob(f"*-{width}-columns.txt"))
    assert files
    for path in files:
        for line in path.read_text().splitlines():
            if not line.startswith(("$ ", "---", "imagesearch: ")):
                assert columns(line) <= width, (path.name, line)


def test_every_golden_file_has_its_case() -> None:
    names = [case.name for case in LOCAL + WEB]
    assert len(names) == len(set(names))
    assert {path.stem for path in GOLDEN.iterdir()} == set(names)


def test_masks_leave_what_a_program_reads() -> None:
    """A mask that matched too much would accept anything."""

    def read(name: str) -> str:
        return (GOLDEN / f"{name}.txt").read_text()

    assert '"relation": "identical"' in read("search-json") and '"item_id": "HOME/photos/a.png"' in read("search-json")
    assert "keep" in read("duplicates") and "640×480" in read("duplicates") and "10,719" in read("quota")
