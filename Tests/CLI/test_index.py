"""index add, list, info, remove, rebuild, copy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from command import Command
from doublekit.process import DoubleProcess
from scenes import scene


def test_an_index_is_made_listed_and_emptied(command: Command, scenes: Path) -> None:
    assert "9 added" in command.run("index", "add", scenes, code=0).out
    assert (command.home / ".local/share/imagesearch/index").is_dir()
    assert "9 unchanged" in command.run("index", "add", scenes, code=0).out
    listed = command.run("index", "list", "--jsonl", code=0).lines
    assert sorted(image["item_id"] for image in listed) == sorted(str(p) for p in scenes.rglob("*.png"))
    assert command.run("index", "info", "--json", code=0).json["images"] == 9
    assert "3 removed" in command.run("index", "remove", scenes / "copies", code=0).out
    assert command.run("index", "list", scenes / "copies").code == 1
    command.run("index", "remove", scenes / "scene-1.png", code=0)
    assert command.run("index", "info", "--json").json["images"] == 5
    result = command.run("index", "remove", scenes / "scene-1.png", code=1)
    assert "is not in the index" in result.err


def test_the_index_is_named_by_option_variable_and_configuration(command: Command, scenes: Path, tmp_path: Path) -> None:
    image = scenes / "scene-0.png"
    command.run("index", "add", image, "--index", tmp_path / "one", code=0)
    command.environment["IMAGESEARCH_INDEX"] = str(tmp_path / "two")
    command.run("index", "add", image, code=0)
    del command.environment["IMAGESEARCH_INDEX"]
    (tmp_path / ".config/imagesearch").mkdir(parents=True)
    (tmp_path / ".config/imagesearch/config.json").write_text('{"index": "~/three"}')
    command.run("index", "add", image, code=0)
    for name in ("one", "two", "three"):
        assert command.run("index", "info", "--index", tmp_path / name, "--json", code=0).json["images"] == 1


def test_prune_forgets_what_is_gone(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(scene(number))
    command.run("index", "add", folder, code=0)
    (folder / "1.png").unlink()
    assert "forgotten" not in command.run("index", "add", folder, code=0).out
    assert "1 forgotten" in command.run("index", "add", folder, "--prune", code=0).out
    assert len(command.run("index", "list", "--jsonl").lines) == 2


def test_what_cannot_be_added_is_named_and_the_rest_is_added(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "good.png").write_bytes(scene(1))
    (folder / "bad.png").write_bytes(b"no image at all")
    (folder / "notes.txt").write_text("text")
    result = command.run("index", "add", folder, code=3)
    assert "1 added, 1 failed, 1 skipped" in result.out
    assert f"{folder}/bad.png" in result.err and "notes.txt" not in result.err
    entries = command.run("index", "add", folder, "--json", code=3).json
    assert (entries["unchanged"], entries["failed"]) == (1, 1)


def test_two_folders_with_the_same_names_do_not_replace_each_other(command: Command, tmp_path: Path) -> None:
    for number, name in enumerate("ab"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "photo.png").write_bytes(scene(number))
    command.run("index", "add", tmp_path / "a", code=0)
    assert "1 added" in command.run("index", "add", tmp_path / "b", code=0).out


def test_rebuild_and_copy_into_another_index(command: Command, scenes: Path, tmp_path: Path) -> None:
    command.run("index", "add", scenes, code=0)
    assert "9 unchanged" in command.run("index", "rebuild", code=0).out
    other = tmp_path / "other.index"
    assert "9 copied" in command.run("index", "copy", "--to", other, code=0).out
    assert command.run("index", "info", "--index", other, "--json").json["images"] == 9
    assert "copied before" in command.run("index", "copy", "--to", other, code=0).err


def test_names_that_are_not_utf8_and_names_that_would_fool_a_terminal(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    names = [b"caf\xe9.png", b"new\nline.png", b"\x1b[31mred.png", "right\u202eto left.png".encode(), b'comma, "quote".png']
    for number, name in enumerate(names):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_bytes(scene(number))
    command.run("index", "add", folder, code=0)
    table = command.run("index", "list", code=0).out
    assert "\x1b" not in table and "\u202e" not in table and len(table.splitlines()) == 6
    assert "caf\\xE9.png" in table and "new\\nline.png" in table
    # The name on the command line, byte for byte.
    for name in names:
        path = os.fsencode(folder) + b"/" + name
        found = command.run("search", path, "--json", code=0).json["queries"][0]["answers"][0]["matches"]
        assert found[0]["relation"] == "identical"
    rows = command.run("index", "list", "--jsonl").lines
    assert {row["source_path"].rsplit("/", 1)[1] for row in rows} >= {"caf\\xE9.png", "new\nline.png"}
    removed = command.run("index", "remove", os.fsencode(folder) + b"/caf\xe9.png", code=0)
    assert "1 removed" in removed.out


def test_a_folder_whose_name_is_not_utf8(command: Command, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    for name in (b"a.png", b"b.png"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(scene(6))
    assert "2 added" in command.run("index", "add", folder, "--prune", code=0).out
    assert len(command.run("search", folder, "--jsonl", code=0).lines) == 2
    os.unlink(folder + b"/b.png")
    assert "1 forgotten" in command.run("index", "add", folder, "--prune", code=0).out
    command.run("duplicates", folder, code=1)


def test_a_locked_index_is_searched_and_a_damaged_one_is_one_line(command: Command, scenes: Path, tmp_path: Path) -> None:
    command.run("index", "add", scenes, code=0)
    (tmp_path / "file").write_text("")
    for arguments, word in [
        (("search", scenes / "scene-0.png", "--index", tmp_path / "nowhere"), "index add"),
        (("index", "info", "--index", tmp_path / "file"), "is a file"),
    ]:
        result = command.run(*arguments, code=5)
        assert len(result.err.splitlines()) == 1 and word in result.err
    database = next((command.home / ".local/share/imagesearch/index").glob("*.sqlite*"))
    database.write_bytes(b"this is no database" * 1000)
    result = command.run("search", scenes / "scene-0.png", code=5)
    assert len(result.err.splitlines()) == 1


def test_a_copy_to_alibaba_asks_first(command: Command, scenes: Path, alibaba_process: DoubleProcess) -> None:
    alibaba_process.reset()
    instance = next(iter(alibaba_process.call("GET", "settings")["instances"]))
    keys = alibaba_process.call("GET", "settings")["keys"]
    identifier, secret = next((k, v) for k, v in keys.items() if isinstance(v, str))
    command.environment.update(
        ALIBABA_CLOUD_ACCESS_KEY_ID=identifier,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret,
        IMAGESEARCH_ALIBABA_URL=alibaba_process.url,
        IMAGESEARCH_ALIBABA_INSTANCE=instance,
        IMAGESEARCH_ALIBABA_API_VERSION="2019-03-25",
    )
    command.run("index", "add", scenes / "copies", code=0)
    result = command.run("index", "copy", "--to", "alibaba", code=2)
    assert "--yes" in result.err and alibaba_process.log() == []
    assert "3 copied" in command.run("index", "copy", "--to", "alibaba", "--yes", code=0).out
    assert "did you mean alibaba" in command.run("index", "copy", "--to", "alibab", "--yes", code=2).err


def test_a_writer_that_holds_the_lock_is_waited_for(command: Command, scenes: Path, tmp_path: Path) -> None:
    """Two commands that add at the same time both succeed."""
    processes = [command.popen("index", "add", scenes, stdin=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert command.run("index", "info", "--json").json["images"] == 9
    for process in processes:
        process.communicate()


def test_an_index_that_cannot_be_used_is_one_line_that_says_what_to_do(command: Command, scenes: Path, tmp_path: Path) -> None:
    index = tmp_path / "broken"
    command.run("index", "add", scenes, "--index", index, code=0)
    (tmp_path / "empty").mkdir()

    def said(*arguments: object) -> str:
        result = command.run(*arguments, code=5)
        assert result.out == "" and len(result.err.splitlines()) == 1, result
        return result.err

    for place in ("empty", "nowhere"):
        for arguments in (["search", scenes / "scene-0.png"], ["index", "list"], ["duplicates"], ["index", "info"]):
            assert "imagesearch index add FOLDER" in said(*arguments, "--index", tmp_path / place)
    assert "it is a file" in said("index", "list", "--index", scenes / "scene-0.png")
    (index / "index.sqlite").write_bytes(b"not a database, and long enough to be looked at" * 100)
    assert "run: imagesearch index rebuild" in said("search", scenes / "scene-0.png", "--index", index)
    # The advice does not lead back to the same command.
    assert "add the images again" in said("index", "rebuild", "--index", index)
