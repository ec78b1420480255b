"""Actions on files in difficult cases: other owners, times, two file systems, missing descriptors and folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command
from scenes import scene
from test_duplicates import state

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away and mounts file systems")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


class Stranger:
    """Another user, who runs the command in a folder that everyone may enter."""

    def __init__(self, command: Command, folder: Path) -> None:
        self.command = Command(command.executable, folder)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        words = [os.fspath(self.command.executable), *(str(argument) for argument in arguments)]
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return subprocess.run([*user, *words], capture_output=True, text=True, env=self.command.environment, check=False)


@pytest.fixture
def stranger(command: Command) -> Iterator[Stranger]:
    if os.geteuid() != 0:
        pytest.skip("only root is somebody else as well")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    found = Stranger(command, folder)
    try:
        if found.run("--version").returncode != 0:
            pytest.skip("the command is in a folder that others may not enter")
        yield found
    finally:
        shutil.rmtree(folder)


@needs_root
def test_undo_gives_back_owner_mode_and_times(command: Command, photos: Path) -> None:
    """Restored for every linked file, whoever owns it; the owner is set before the mode, since changing it would clear bits of the mode."""
    looks = {"a.png": (0, 0, 0o644), "b.png": (12345, 54321, 0o640), "sub/a.png": (65534, 0, 0o4711)}
    # Not read before the action, because reading changes the access time.
    index = command.home / "index"
    command.run("index", "add", photos, "--index", index, code=0)
    for number, (name, (owner, group, mode)) in enumerate(looks.items()):
        os.chown(photos / name, owner, group)
        os.chmod(photos / name, mode)
        accessed = 1_600_000_000_123_456_789 + number
        os.utime(photos / name, ns=(accessed, (photos / name).stat().st_mtime_ns))

    def look(name: str) -> tuple[int, ...]:
        found = (photos / name).lstat()
        return found.st_uid, found.st_gid, found.st_mode & 0o7777, found.st_atime_ns, found.st_mtime_ns, found.st_nlink

    before = {name: look(name) for name in looks}
    result = command.run("duplicates", "--index", index, "--action", "hardlink", "--apply", "--json", code=0).json
    linked = [str(Path(action["path"]).relative_to(photos)) for action in result["actions"] if action["outcome"] == "done"]
    assert len(linked) == 2 and all(look(name)[:3] != before[name][:3] for name in linked)
    command.run("undo", result["journal"], code=0)
    assert {name: look(name) for name in linked} == {name: before[name] for name in linked}
    assert look("b.png")[:3] == (12345, 54321, 0o640) and look("sub/a.png")[2] == 0o4711


def test_undo_without_the_right_to_give_away_says_so(command: Command, stranger: Stranger) -> None:
    """A file of another owner stays linked, with the reason."""
    command, photos = stranger.command, stranger.command.home / "photos"
    photos.mkdir()
    for name in ("a.png", "b.png"):
        (photos / name).write_bytes(scene(0, 640, 480))
        os.chown(photos / name, 12345, 54321)
    photos.chmod(0o777)
    journal = command.home / "journal.jsonl"
    command.run("duplicates", photos, "--action", "hardlink", "--apply", "--journal", journal, code=0)
    journal.chmod(0o666)
    before = state(photos)
    done = stranger.run("undo", journal)
    assert done.returncode == 3 and "its owner cannot be given back" in done.stderr, done
    assert state(photos) == before
    assert command.run("undo", journal, code=0).out.count("restored") == 1


def test_moving_to_another_file_system_is_refused_before_anything_is_done(
    command: Command,
    photos: Path,
    elsewhere: Path,
) -> None:
    before = state(photos)
    arguments = ["duplicates", photos, "--action", "move-to", elsewhere / "moved", "--json"]
    for more in ([], ["--apply"]):
        result = command.run(*arguments, *more, code=3)
        assert {action["outcome"] for action in result.json["actions"]} == {"skipped"}
        assert all("is on another file system" in action["reason"] for action in result.json["actions"])
        lines = [line for line in result.err.splitlines() if "other file system" in line]
        assert len(lines) == 3 and all("name a folder on the same one" in line for line in lines)
    assert state(photos) == before and list(elsewhere.iterdir()) == []
    # Nothing was done, so there is nothing to undo.
    assert command.run("undo", result.json["journal"], code=1).out == ""


def test_links_across_file_systems_are_refused(command: Command, photos: Path, elsewhere: Path) -> None:
    (elsewhere / "far.png").write_bytes((photos / "a.png").read_bytes())
    before = state(photos), state(elsewhere)
    index = command.home / "index"
    command.run("index", "add", photos, elsewhere, "--index", index, code=0)
    for more in ([], ["--apply"]):
        result = command.run("duplicates", "--index", index, "--action", "hardlink", "--json", *more, code=3)
        refused = [action for action in result.json["actions"] if action["outcome"] == "skipped"]
        kept = Path(refused[0]["kept"])
        assert all("is on another file system than" in action["reason"] for action in refused)
        assert all((elsewhere in Path(a["path"]).parents) != (elsewhere in kept.parents) for a in refused)
        if not more:
            assert (state(photos), state(elsewhere)) == before
    command.run("undo", result.json["journal"])
    assert (state(photos), state(elsewhere)) == before


def test_a_full_disk_loses_nothing_and_is_told_of(command: Command, elsewhere: Path, tmp_path: Path) -> None:
    """An index, a report and an overlay on a full disk: no partial file, and the exit code of system errors."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.png").write_bytes(scene(number))
    command.run("index", "add", folder, code=0)
    with open(elsewhere / "filler", "wb") as filler, pytest.raises(OSError):
        while True:
            filler.write(bytes(1 << 16))
            filler.flush()
    for arguments in (
        ["search", folder / "0.png", "--report", elsewhere / "report.html"],
        ["compare", folder / "0.png", folder / "1.png", "--report", elsewhere / "report.html"],
        ["overlay", folder / "0.png", folder / "0.png", "--to", elsewhere / "both.png"],
        ["index", "add", folder, "--index", elsewhere / "index"],
    ):
        result = command.run(*arguments, code=7)
        assert "o space" in result.err and len(result.err.splitlines()) == 1, result
        assert [path.name for path in elsewhere.iterdir() if path.is_file()] == ["filler"]


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_what_is_written_never_goes_into_a_file_that_took_the_place_of_an_output(
    command: Command, tmp_path: Path, closed: tuple[int, ...]
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(scene(number))
    redirections = " ".join(f"{number}>&-" for number in closed)
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirections}', command.executable, "index", "add", folder],
        capture_output=True,
        text=True,
        env=command.environment,
    )
    assert done.returncode == (7 if 1 in closed else 0), done
    assert ("standard output: Bad file descriptor" in done.stderr) == (closed == (1,))
    index = command.home / ".local/share/imagesearch/index"
    assert all(b": 3 added" not in path.read_bytes() for path in index.rglob("*") if path.is_file())
    assert len(command.run("index", "list", "--jsonl", code=0).lines) == 3


def test_without_a_home_the_system_s_list_of_users_says_where_it_is(command: Command) -> None:
    import pwd

    del command.environment["HOME"]
    home = pwd.getpwuid(os.getuid()).pw_dir
    assert command.run("services", "--json", code=0).json["services"]
    result = command.run("config", "show", "--json", code=0)
    assert f"{home.rstrip('/')}/.local/share/imagesearch/index" in result.out


def test_a_home_that_cannot_be_written_to(command: Command, photos: Path, tmp_path: Path) -> None:
    """One line that says what to do; commands that need no folder work."""
    command.environment["HOME"] = "/dev/null/home"
    for arguments, words in (
        (["index", "add", photos], "--index"),
        (["duplicates", photos], "XDG_CACHE_HOME"),
        (["search", photos, "--index", tmp_path / "index"], "--journal"),
    ):
        if arguments[0] == "search":
            command.run("index", "add", photos, "--index", tmp_path / "index", code=0)
        result = command.run(*arguments)
        assert result.code in (5, 7) and words in result.err and len(result.err.splitlines()) == 1, result
    command.environment["TMPDIR"] = str(tmp_path)
    there = set(tmp_path.iterdir())
    assert "reencoded" in command.run("compare", photos / "a.png", photos / "small.png", code=0).out
    command.run("overlay", photos / "a.png", photos / "small.png", "--to", tmp_path / "both.png", code=0)
    assert set(tmp_path.iterdir()) - there == {tmp_path / "both.png"}
    command.environment["TMPDIR"] = "/dev/null"
    assert "cannot be made" in command.run("compare", photos / "a.png", photos / "small.png", code=5).err


def test_a_report_never_takes_the_place_of_something_else(command: Command, photos: Path, tmp_path: Path) -> None:
    before = state(photos)
    for arguments in (
        ["search", photos / "a.png", "--index", tmp_path / "index"],
        ["compare", photos / "a.png", photos / "b.png"],
        ["duplicates", photos],
    ):
        result = command.run(*arguments, "--report", photos / "other.png", code=2)
        assert "is no report" in result.err and len(result.err.splitlines()) == 1
    assert state(photos) == before
    page = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html"))
    for _ in range(2):
        command.run("compare", photos / "a.png", photos / "b.png", "--report", page, code=0)
    assert page.read_bytes().rstrip().endswith(b"</html>")


def test_what_may_not_be_read_is_named_once(stranger: Stranger) -> None:
    home = stranger.command.home
    os.chown(home, 65534, 65534)
    photos = home / "photos"
    photos.mkdir()
    for number in range(3):
        (photos / f"{number}.png").write_bytes(scene(number))
    (photos / "1.png").chmod(0)
    done = stranger.run("index", "add", photos)
    assert done.returncode == 3 and "2 added, 1 failed" in done.stdout, done
    assert done.stderr == f"imagesearch: {photos}/1.png cannot be read: Permission denied\n"
    (home / "locked").mkdir(mode=0o700)
    done = stranger.run("duplicates", home / "locked")
    assert done.returncode == 2 and done.stderr == f"imagesearch: {home}/locked cannot be read: Permission denied\n"


def test_names_and_files_that_are_odd(command: Command, photos: Path, tmp_path: Path) -> None:
    """Pipes, devices, circular and dangling links, names that look like options, empty names: each is reported, none blocks."""
    command.cwd = photos
    os.mkfifo(photos / "pipe.png")
    (photos / "loop.png").symlink_to("loop.png")
    (photos / "nowhere.png").symlink_to("/none/such.png")
    (photos / "zero.png").symlink_to("/dev/zero")
    (photos / "self").symlink_to(".")
    (photos / "-hat.png").write_bytes(scene(5))
    index = tmp_path / "index"
    result = command.run("index", "add", ".", "--index", index, code=3, timeout=60)
    assert "6 added, 2 failed" in result.out and len(result.err.splitlines()) == 2
    for arguments, words in (
        (["search", "pipe.png"], "is not a file"),
        (["search", "zero.png"], "is not a file"),
        (["search", "loop.png"], "Too many levels"),
        (["search", "nowhere.png"], "is a link that leads nowhere"),
        (["compare", "a.png", "nowhere.png"], "is a link that leads nowhere"),
        (["search", ""], "an empty name"),
        (["index", "add", ""], "an empty name"),
        (["duplicates", ""], "an empty name"),
        (["search", "a.png", "--index", ""], "--index is empty"),
    ):
        more = [] if "--index" in arguments or arguments[0] in ("compare", "duplicates") else ["--index", index]
        result = command.run(*arguments, *more, code=2, timeout=30)
        assert words in result.err and len(result.err.splitlines()) == 1 and result.out == "", (arguments, result)
    result = command.run("search", "-hat.png", "--index", index, code=64)
    assert "write ./-hat.png" in result.err and result.out == ""
    for name in (["./-hat.png"], ["--", "-hat.png"]):
        assert "identical" in command.run("search", "--index", index, *name, code=0).out
