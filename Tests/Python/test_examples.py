"""The examples work as documented, in C also under valgrind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import header
import pytest
from conftest import KEY
from doublekit.process import DoubleProcess
from scenes import scene

import imagesearch

LIBRARY = Path(imagesearch.library_path).parent


def compiled(name: str, folder: Path) -> Path:
    """A C example as a program."""
    subprocess.run(
        ["cc", "-std=c99", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", str(header.HEADER.parent),
         str(header.ROOT / "examples" / "c" / f"{name}.c"), "-o", str(folder / name), "-L", str(LIBRARY), "-limagesearch"],
        check=True,
    )  # fmt: skip
    return folder / name


@pytest.fixture(scope="module")
def c_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("find_image", tmp_path_factory.mktemp("c"))


@pytest.fixture(params=["python", "c"])
def collection(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    if request.param == "python":
        return [sys.executable, str(header.ROOT / "examples" / "python" / "collection.py"), str(tmp_path / "collected")]
    return [str(compiled("collection", tmp_path)), str(tmp_path / "collected")]


@pytest.fixture(params=["python", "c"])
def command(request: pytest.FixtureRequest, c_example: Path) -> list[str]:
    if request.param == "python":
        return [sys.executable, str(header.ROOT / "examples" / "python" / "find_image.py")]
    return [str(c_example)]


def run(command: list[str], *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables: dict[str, str] = {"PATH": os.environ["PATH"], "PYTHONPATH": str(header.ROOT / "python"), **environment}
    variables["LD_LIBRARY_PATH"] = str(LIBRARY)
    return subprocess.run([*command, *arguments], env=variables, capture_output=True, text=True, timeout=120)


def test_a_local_index(command: list[str], tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    files = []
    for seed in range(3):
        files.append(str(tmp_path / ("scene%d.png" % seed)))
        Path(files[-1]).write_bytes(scene(seed))
    bad = str(tmp_path / "bad.png")
    Path(bad).write_bytes(b"no image")
    added = run(command, index, "add", *files, bad)
    rows = [line.split("\t") for line in added.stdout.splitlines()]
    assert [row[:3] for row in rows[:3]] == [["scene%d" % n, "scene%d.png" % n, "added"] for n in range(3)], added.stderr
    assert rows[3][2] == "failed" and rows[3][3]

    copy = str(tmp_path / "copy.png")
    Path(copy).write_bytes(scene(1, width=200, height=150))
    found = run(command, index, "search", copy)
    assert found.returncode == 0, found.stderr
    (first,) = (line.split("\t") for line in found.stdout.splitlines())
    assert first[0] == copy and first[1] == "scene1/scene1.png"
    assert 0 < float(first[2]) <= 100 and 0 < float(first[3]) <= 1 and float(first[4]) > 0


def test_a_stranger_is_not_found(command: list[str], tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    files = []
    for seed in range(3):
        files.append(str(tmp_path / ("scene%d.png" % seed)))
        Path(files[-1]).write_bytes(scene(seed))
    run(command, index, "add", *files)
    stranger = str(tmp_path / "stranger.png")
    Path(stranger).write_bytes(scene(99))
    row = run(command, index, "search", stranger).stdout.split("\t")
    assert row[:4] == [stranger, "-", "-", "-"] and float(row[4]) > 0


def test_tineye(command: list[str], tmp_path: Path, base_url: str, double: DoubleProcess, image: Path) -> None:
    variables = {"TINEYE_API_KEY": KEY, "TINEYE_API_URL": base_url}
    index = str(tmp_path / "index")
    assert run(command, index, "remaining", **variables).stdout == "10719\n"
    found = run(command, index, "search", str(image), **variables)
    local, tineye = (line.split("\t") for line in found.stdout.splitlines())
    assert local[1] == "-"
    assert tineye[1].startswith("https://") and float(tineye[2]) == 100 and tineye[3] == "-"
    refused = run(command, index, "remaining", TINEYE_API_KEY="wrong", TINEYE_API_URL=base_url)
    assert refused.returncode == 1 and "valid API key" in refused.stderr and "wrong" not in refused.stderr


def test_bad_use(command: list[str], tmp_path: Path) -> None:
    assert run(command).returncode != 0
    missing = run(command, str(tmp_path / "index"), "search", str(tmp_path / "missing.png"))
    assert missing.returncode == 1 and "missing.png" in missing.stderr


def test_the_c_example_under_valgrind(c_example: Path, tmp_path: Path, base_url: str, double: DoubleProcess) -> None:
    valgrind = shutil.which("valgrind")
    assert valgrind, "valgrind is not installed (scripts/setup.sh)"
    image = tmp_path / "scene.png"
    image.write_bytes(scene(3, width=160, height=120))
    suppressions = header.ROOT / "Tests" / "ABI" / "swift.supp"
    command = [
        valgrind, "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite",
        "--suppressions=%s" % suppressions, str(c_example),
    ]  # fmt: skip
    variables = {"TINEYE_API_KEY": KEY, "TINEYE_API_URL": base_url}
    for arguments in (["add", str(image)], ["search", str(image)], ["remaining"]):
        result = run(command, str(tmp_path / "index"), *arguments, **variables)
        assert result.returncode == 0, result.stdout + result.stderr


def test_every_call_about_what_is_stored(collection: list[str], tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        (shop / name).write_bytes(scene(seed))
    (shop / "notes.txt").write_text("no image")

    def told(*arguments: object) -> list[list[str]]:
        done = run(collection, *map(str, arguments))
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    assert told("add", shop, "shop/") == [
        ["shop/a.png", "a.png", "added"],
        ["shop/b.png", "b.png", "added"],
        ["shop/c.png", "c.png", "added"],
        ["1 skipped, 0 forgotten"],
    ]
    assert [(row[0], row[2]) for row in told("list")] == [(f"shop/{name}.png", "PNG") for name in "abc"]
    assert told("groups") == [["1", "best", "shop/a.png", "identical"], ["1", "copy", "shop/b.png", "identical"]]
    overlay, thumbnail = tmp_path / "overlay.png", tmp_path / "thumbnail.webp"
    assert told("compare", shop / "a.png", shop / "b.png", overlay)[0] == ["identical"]
    assert overlay.read_bytes().startswith(b"\x89PNG")
    assert told("compare", shop / "a.png", shop / "c.png")[0] == ["strangers"]
    first, second = told("show", "shop/a.png", thumbnail)
    assert (first[0], first[2], second) == ("a.png", str(shop / "a.png"), ["copy", "shop/b.png", "identical"])
    assert thumbnail.read_bytes().startswith(b"RIFF")
    assert told("same", shop / "b.png") == [["shop/a.png", "a.png"], ["shop/b.png", "b.png"]]
    assert told("label", "shop/a.png", "mugs") == [["1"]] and told("categories") == [["mugs", "1"], ["all", "3"]]
    (shop / "c.png").unlink()
    assert told("prune") == [["gone", "shop/c.png", str(shop / "c.png")]]
    assert told("add", shop, "shop/")[-1] == ["1 skipped, 1 forgotten"] and told("prune", "apply") == []
    for wrong in (["show", "none"], ["label", "none", "x"]):
        refused = run(collection, *wrong)
        assert refused.returncode == 1 and "there is no item none" in refused.stderr
