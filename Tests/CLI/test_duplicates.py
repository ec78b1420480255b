"""duplicates, its actions, and undo."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from command import Command
from scenes import scene


def state(folder: Path) -> dict[str, tuple[int, int, int, int, bytes]]:
    """Mode, owner, times and content of every file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s = path.lstat()
            found[str(path.relative_to(folder))] = (s.st_mode, s.st_uid, s.st_mtime_ns, s.st_nlink, path.read_bytes())
    return found


def test_groups_with_the_largest_kept(command: Command, photos: Path) -> None:
    groups = command.run("duplicates", photos, "--json", code=0).json["groups"]
    assert len(groups) == 1
    members = groups[0]["members"]
    assert (members[0]["width"], members[0]["relation"]) == (640, "identical")
    assert {Path(m["source_path"]).name for m in members} == {"a.png", "b.png", "small.png"} and len(members) == 4
    table = command.run("duplicates", photos, code=0)
    assert table.out.splitlines()[0].startswith("4 copies") and "keep" in table.out
    assert "1 group of 4 images" in table.err
    assert not (command.home / ".local/share/imagesearch/index").exists()
    assert len(command.run("duplicates", photos, "--relation", "identical", "--jsonl", code=0).lines[0]["members"]) == 3
    assert command.run("duplicates", photos / "sub", code=1).out == ""


def test_files_that_are_gone_and_new_ones_are_noticed(command: Command, photos: Path) -> None:
    command.run("duplicates", photos, code=0)
    (photos / "b.png").unlink()
    (photos / "sub" / "a.png").unlink()
    (photos / "small.png").unlink()
    command.run("duplicates", photos, code=1)
    shutil.copy(photos / "other.png", photos / "again.png")
    members = command.run("duplicates", photos, "--jsonl", code=0).lines[0]["members"]
    assert {Path(m["source_path"]).name for m in members} == {"other.png", "again.png"}


def test_an_action_is_a_dry_run_unless_it_is_applied(command: Command, photos: Path, tmp_path: Path) -> None:
    before = state(photos)
    result = command.run("duplicates", photos, "--relation", "identical", "--action", "hardlink", code=0)
    assert result.out.count("would link") == 2 and "--apply" in result.err
    result = command.run("duplicates", photos, "--action", "move-to", tmp_path / "moved", code=0)
    assert result.out.count("would move") == 3
    assert state(photos) == before and not (tmp_path / "moved").exists()
    assert "needs an action" in command.run("duplicates", photos, "--apply", code=2).err
    assert "identical" in command.run("duplicates", photos, "--relation", "altered", "--action", "hardlink", code=2).err


def test_hardlinks_and_back(command: Command, photos: Path) -> None:
    os.chmod(photos / "b.png", 0o640)
    os.utime(photos / "b.png", ns=(1_500_000_000_123_456_789, 1_400_000_000_987_654_321))
    before = state(photos)
    result = command.run("duplicates", photos, "--action", "hardlink", "--apply", "--json", code=0).json
    journal = result["journal"]
    assert [action["outcome"] for action in result["actions"]] == ["done", "done"]
    assert len({(photos / name).stat().st_ino for name in ("a.png", "b.png", "sub/a.png")}) == 1
    assert Path(journal).stat().st_mode & 0o777 == 0o600
    # The second time, there is nothing to do.
    assert "actions" not in command.run("duplicates", photos, "--action", "hardlink", "--apply", "--json", code=0).json
    assert command.run("undo", journal, code=0).out.count("restored") == 2
    assert state(photos) == before
    assert "nothing to take back" in command.run("undo", journal, code=1).err
    assert not [name for name in os.listdir(photos) if name.startswith(".imagesearch")]


def test_moves_never_write_over_anything_and_go_back(command: Command, photos: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    moved.mkdir()
    (moved / "a.png").write_text("something of somebody's")
    before = state(photos)
    result = command.run("duplicates", photos, "--action", "move-to", moved, "--apply", "--json", code=0).json
    assert len(result["actions"]) == 3
    assert (moved / "a.png").read_text() == "something of somebody's"
    kept = list(state(photos))
    assert len(kept) == 2 and "other.png" in kept
    assert command.run("undo", result["journal"], code=0).out.count("restored") == 3
    assert state(photos) == before and [p.name for p in moved.iterdir()] == ["a.png"]


def test_what_changed_since_is_left_alone(command: Command, photos: Path, tmp_path: Path) -> None:
    """Changes between the search for groups and the action, and between the action and undo."""
    index = tmp_path / "index"
    command.run("index", "add", photos, "--index", index, code=0)
    (photos / "b.png").write_bytes(scene(0, 640, 480) + b"more")
    before = (photos / "b.png").read_bytes()
    result = command.run("duplicates", "--index", index, "--action", "hardlink", "--apply", "--json", code=3)
    outcomes = {Path(a["path"]).relative_to(photos).as_posix(): a["outcome"] for a in result.json["actions"]}
    assert outcomes == {"b.png": "skipped", "sub/a.png": "done"}
    assert (photos / "b.png").read_bytes() == before and "has changed since" in result.err
    # Written to after it was linked: undo would not restore the original content.
    with open(photos / "sub" / "a.png", "ab") as file:
        file.write(b"edited")
    undone = command.run("undo", result.json["journal"], code=3)
    assert "has changed since" in undone.err and (photos / "sub" / "a.png").read_bytes().endswith(b"edited")


def test_a_kept_file_that_changed_keeps_its_copies(command: Command, photos: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    command.run("index", "add", photos, "--index", index, code=0)
    best = command.run("duplicates", "--index", index, "--jsonl", code=0).lines[0]["members"][0]["source_path"]
    Path(best).write_bytes(scene(9))
    result = command.run("duplicates", "--index", index, "--action", "move-to", tmp_path / "moved", "--apply", "--json", code=3)
    assert {a["outcome"] for a in result.json["actions"]} == {"skipped"}
    assert len(list(photos.rglob("*.png"))) == 5


def test_undo_does_not_write_over_what_took_the_place(command: Command, photos: Path, tmp_path: Path) -> None:
    result = command.run("duplicates", photos, "--action", "move-to", tmp_path / "moved", "--apply", "--json", code=0).json
    taken = Path(result["actions"][0]["path"])
    taken.write_text("new")
    undone = command.run("undo", result["journal"], code=3)
    assert taken.read_text() == "new" and undone.out.count("restored") == 2
    taken.unlink()
    assert command.run("undo", result["journal"], code=0).out.count("restored") == 1


def test_links_and_files_elsewhere_are_not_touched(command: Command, photos: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.png").write_bytes(scene(0, 640, 480))
    (photos / "link.png").symlink_to(elsewhere / "mine.png")
    (photos / "alias.png").symlink_to("a.png")
    result = command.run("duplicates", photos, "--action", "move-to", tmp_path / "moved", "--apply", "--json")
    assert result.code in (0, 3)
    assert (elsewhere / "mine.png").read_bytes() == scene(0, 640, 480)
    assert (
        len([p for p in photos.rglob("*.png") if p.is_file() and not p.is_symlink() and p.read_bytes() == scene(0, 640, 480)])
        <= 1
    )
    moved = [Path(a["path"]) for a in result.json["actions"] if a["outcome"] == "done"]
    assert all(photos in path.parents for path in moved)
    # One of the four still exists under its own name, or the one elsewhere is the one that is kept.
    everything = [*photos.rglob("*.png"), *elsewhere.rglob("*.png"), *(tmp_path / "moved").rglob("*.png")]
    assert sum(p.is_file() and not p.is_symlink() and p.read_bytes() == scene(0, 640, 480) for p in everything) == 4


def test_hostile_names_go_through_an_action_and_back(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    names = [b"new\nline.png", b"caf\xe9.png", b"\x1b]0;title\x07.png", "漢字 🎉.png".encode(), b"back\\xE9slash.png"]
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(scene(3))
    before = state(folder)
    for action in (["hardlink"], ["move-to", tmp_path / "moved"]):
        result = command.run(
            "duplicates", folder, "--relation", "identical", "--action", *action, "--apply", "--json", code=0
        ).json
        assert [a["outcome"] for a in result["actions"]] == ["done"] * 4
        assert state(folder) != before
        command.run("undo", result["journal"], code=0)
        assert state(folder) == before


def test_a_run_that_ended_between_the_line_and_the_deed(command: Command, photos: Path, tmp_path: Path) -> None:
    """The journal is written first; undo detects that nothing was done."""
    result = command.run("duplicates", photos, "--action", "hardlink", "--apply", "--json", code=0).json
    journal = Path(result["journal"])
    command.run("undo", journal, code=0)
    before = state(photos)
    lines = journal.read_text().splitlines()
    fresh = tmp_path / "fresh.jsonl"
    fresh.write_text("\n".join(line for line in lines if "undone" not in line) + "\n" + '{"number": 3, "act')
    assert command.run("undo", fresh, "--json", code=1).json["files"][0]["outcome"] == "unchanged"
    assert state(photos) == before
    # What is undone is noted in a line of its own, not behind the part of one.
    assert "nothing to take back" in command.run("undo", fresh, code=1).err


def test_an_undo_of_something_else(command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("{}\n")
    assert "is no journal" in command.run("undo", tmp_path / "notes.txt", code=2).err
    (tmp_path / "other.jsonl").write_text(json.dumps({"journal": "search", "version": 1}) + "\n")
    assert "is no journal" in command.run("undo", tmp_path / "other.jsonl", code=2).err


def test_a_journal_is_never_written_over(command: Command, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text("mine")
    before = state(photos)
    result = command.run("duplicates", photos, "--action", "hardlink", "--apply", "--journal", tmp_path / "mine.jsonl", code=7)
    assert "there already" in result.err and state(photos) == before
    assert (tmp_path / "mine.jsonl").read_text() == "mine"


def test_compare_and_overlay(command: Command, photos: Path, tmp_path: Path) -> None:
    result = command.run("compare", photos / "a.png", photos / "small.png", "--explain", code=0)
    assert result.out.startswith(("reencoded", "altered")) and "features were compared" in result.out
    assert command.run("compare", photos / "a.png", photos / "other.png", code=1).out.startswith("nothing in common")
    found = command.run("compare", photos / "a.png", photos / "b.png", "--json", code=0).json
    assert (found["relation"], found["confidence"]) == ("identical", 1.0)
    command.run("compare", photos / "a.png", photos / "small.png", "--overlay", tmp_path / "both.png", code=0)
    assert (tmp_path / "both.png").read_bytes().startswith(b"\x89PNG")
    command.run("overlay", photos / "a.png", photos / "small.png", "--to", tmp_path / "blend.png", "--style", "blend", code=0)
    assert (tmp_path / "blend.png").read_bytes().startswith(b"\x89PNG")
    before = (photos / "a.png").read_bytes()
    assert (
        "is the image itself"
        in command.run("overlay", photos / "a.png", photos / "small.png", "--to", photos / "a.png", code=2).err
    )
    assert (photos / "a.png").read_bytes() == before
    command.run("overlay", photos / "a.png", photos / "other.png", "--to", tmp_path / "none.png", code=1)
    assert not (tmp_path / "none.png").exists()
