"""Help, exit codes, man pages, completions, the documents."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import Command
from conftest import ROOT

COMMANDS = [
    "search", "index", "index add", "index list", "index info", "index remove", "index rebuild", "index copy", "duplicates", "undo",
    "compare", "overlay", "quota", "services", "config", "config show", "completions",
]  # fmt: skip
DOCUMENT = (ROOT / "docs" / "command.md").read_text()
MAN = ROOT / "build" / "man" / "man1"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_has_examples_and_fits(command: Command, name: str) -> None:
    result = command.run(*name.split(), "--help", code=0)
    assert result.err == "" and f"imagesearch {name}".strip() in result.out
    lines = result.out.splitlines()
    assert len(lines) <= 50 and max(map(len, lines)) <= 80, len(lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(command: Command, name: str) -> None:
    text = command.run(*name.split(), "--help", code=0).out
    assert f"imagesearch {name}" in DOCUMENT
    for option in set(re.findall(r"--[a-z][a-z-]+", text.split("OPTIONS:")[-1])) - {"--help", "--version"}:
        assert option in DOCUMENT, option


def test_exit_codes_are_documented() -> None:
    source = (ROOT / "CLI/Sources/imagesearch/Output/Exit.swift").read_text()
    codes = re.findall(r"^  case \w+ = (\d+)$", source, re.M)
    assert len(codes) == 8
    for code in [*codes, "64", "130"]:
        assert re.search(rf"^\| {code} \|", DOCUMENT, re.M), code


def test_the_version(command: Command) -> None:
    header = (ROOT / "include/imagesearch.h").read_text()
    (version,) = re.findall(r'IMAGESEARCH_VERSION "(.*)"', header)
    assert command.run("--version", code=0).out.strip() == version


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_man_pages_are_clean(name: str) -> None:
    page = MAN / ("-".join(["imagesearch", *name.split()]) + ".1")
    if not shutil.which("mandoc"):
        pytest.fail("mandoc is not installed: scripts/setup.sh mandoc")
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "style", page], capture_output=True, text=True)
    assert lint.returncode == 0 and lint.stdout == "", lint.stdout
    assert ".Sh EXAMPLES" in page.read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_good_shell(command: Command, shell: str, tmp_path: Path) -> None:
    script = command.run("completions", shell, code=0).out
    for word in ("duplicates", "--max-paid", "index"):
        assert word in script or word.lstrip("-") in script
    path = tmp_path / "completion"
    path.write_text(script)
    if not shutil.which(shell):
        pytest.fail(f"{shell} is not installed: scripts/setup.sh {shell}")
    subprocess.run([shell, "-n", path], check=True)


def test_bash_completes(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "completion"
    path.write_text(command.run("completions", "bash", code=0).out)
    program = f"source {path}; complete -p imagesearch; COMP_WORDS=(imagesearch dup); COMP_CWORD=1; COMP_LINE='imagesearch dup'; COMP_POINT=15; COMP_TYPE=9; $(complete -p imagesearch | sed 's/.*-F \\([^ ]*\\).*/\\1/') imagesearch dup imagesearch; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, env=command.environment)
    assert done.stdout.splitlines()[-1].strip() == "duplicates", done


def test_it_works_without_proc(command: Command, scenes: Path) -> None:
    """As in a chroot or a container without /proc, where Swift's list of arguments is empty and its thread pool ends the process."""
    hide = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "$@"']
    if subprocess.run([*hide, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no file systems of one's own here")

    def run(*arguments: object) -> str:
        words = [*hide, str(command.executable), *(str(argument) for argument in arguments)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=command.environment)
        assert done.returncode == 0, (arguments, done)
        return done.stdout

    for _ in range(20):
        assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version"))
    assert "9 added" in run("index", "add", scenes)
    assert "identical" in run("search", scenes / "scene-0.png")
    assert "copies" in run("duplicates", scenes)


@pytest.mark.parametrize("most", [4, 5, 6, 8, 12, 16, 24])
def test_descriptors_that_run_out_are_an_error(command: Command, scenes: Path, most: int) -> None:
    """It works, or a line says what is missing, and it never ends by a signal."""
    command.run("index", "add", scenes, code=0)
    for arguments in (
        ["--version"],
        ["services"],
        ["search", scenes / "scene-0.png"],
        ["duplicates", scenes],
        ["index", "add", scenes],
    ):
        limited = ["sh", "-c", f'ulimit -n {most} && exec "$0" "$@"', command.executable, *arguments]
        done = subprocess.run(limited, capture_output=True, text=True, check=False, env=command.environment, timeout=120)
        assert 0 <= done.returncode <= 7, (arguments, done)
        assert done.returncode == 0 or done.stderr.startswith("imagesearch: "), (arguments, done)
    command.run("index", "add", scenes, code=0)
