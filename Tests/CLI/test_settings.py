"""The configuration file, keys, and their display."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from command import Command
from doublekit.process import DoubleProcess

SECRET = "test-key"


def configure(command: Command, settings: object, mode: int = 0o600) -> Path:
    path = command.home / ".config/imagesearch/config.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(settings if isinstance(settings, str) else json.dumps(settings))
    path.chmod(mode)
    return path


@pytest.fixture
def image(tineye: DoubleProcess, tmp_path: Path, command: Command) -> Path:
    path = tmp_path / "melon.png"
    path.write_bytes(tineye.call("GET", "images/melon.png"))
    del command.environment["TINEYE_API_KEY"]
    return path


def test_a_key_from_each_place(command: Command, image: Path, tineye: DoubleProcess, tmp_path: Path) -> None:
    arguments = ("search", image, "--in", "tineye", "--limit", "1")
    assert "there is no key for tineye" in command.run(*arguments, code=4).err
    key = tmp_path / "tineye.key"
    key.write_text(SECRET + "\n")
    key.chmod(0o600)
    configure(command, {"services": {"tineye": {"key-file": str(key)}}})
    command.run(*arguments, code=0)
    key.chmod(0o644)
    assert "chmod 600" in command.run(*arguments, code=4).err
    configure(command, {"services": {"tineye": {"key-command": f"cat {key}"}}})
    command.run(*arguments, code=0)
    configure(command, {"services": {"tineye": {"key": SECRET}}})
    command.run(*arguments, code=0)
    configure(command, {"services": {"tineye": {"key": SECRET}}}, mode=0o644)
    assert "chmod 600" in command.run(*arguments, code=2).err
    configure(command, {})
    command.run(*arguments, "--key-command", f"test $IMAGESEARCH_SERVICE = tineye && cat {key}", code=0)
    assert "failed with status 3" in command.run(*arguments, "--key-command", "exit 3", code=4).err
    assert "is empty" in command.run(*arguments, "--key-command", "true", code=4).err
    command.environment["TINEYE_API_KEY"] = SECRET
    command.run(*arguments, code=0)
    assert tineye.paid() == 5


def test_a_key_is_never_shown(command: Command, image: Path, tmp_path: Path) -> None:
    settings = {
        "proxy": "http://user:hunter2@proxy.example:3128",
        "services": {"tineye": {"key": "abcdef-secret", "key-command": "echo abcdef-secret"}},
    }
    configure(command, settings)
    for arguments in (["config", "show"], ["config", "show", "--json"], ["services"], ["services", "--json"], ["config"]):
        result = command.run(*arguments, code=0)
        assert "secret" not in result.out + result.err and "hunter2" not in result.out + result.err
        assert "tineye" in result.out
    command.environment["TINEYE_API_KEY"] = "qwertyuiop-secret"
    result = command.run("config", "show", code=0)
    assert "qwerty" not in result.out and "TINEYE_API_KEY" in result.out
    help_text = command.run("search", "--help", code=0).out
    assert "--key " not in help_text and "--api-key" not in help_text


def test_no_key_is_seen_by_ps(command: Command, image: Path, tineye: DoubleProcess, tmp_path: Path) -> None:
    tineye.set(search_seconds=3.0)
    command.environment["TINEYE_API_KEY"] = SECRET
    process = command.popen("search", image, "--in", "tineye")
    seen = subprocess.run(["ps", "-o", "args=", "-p", str(process.pid)], capture_output=True, text=True).stdout
    process.kill()
    process.communicate()
    assert "imagesearch" in seen and SECRET not in seen


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{", "line 1, column 2"),
        ("[]", "no object"),
        ({"indx": "/x"}, "did you mean index?"),
        ({"services": {"tinye": {}}}, "did you mean services.tineye?"),
        ({"services": {"tineye": {"key-fil": "x"}}}, "did you mean services.tineye.key-file?"),
        ({"max-paid": "many"}, "max-paid has a value of the wrong kind"),
        ({"services": {"tmapi": {"endpoint": "no/such"}}}, None),
    ],
)
def test_a_configuration_that_is_wrong_is_one_line(command: Command, settings: object, words: str | None) -> None:
    path = configure(command, settings)
    result = command.run("config", "show")
    if words is None:
        assert result.code == 0
        return
    assert result.code == 2 and words in result.err and str(path) in result.err and len(result.err.splitlines()) == 1


def test_a_configuration_that_is_named_must_be_there(command: Command, tmp_path: Path) -> None:
    command.environment["IMAGESEARCH_CONFIG"] = str(tmp_path / "none.json")
    assert "cannot be read" in command.run("services", code=2).err


def test_quota(command: Command, tineye: DoubleProcess) -> None:
    result = command.run("quota", code=0)
    assert "10,719" in result.out and "searches" in result.out
    assert command.run("quota", "--json", code=0).json["services"][0]["remaining"] == 10719
    assert tineye.paid() == 0
    del command.environment["TINEYE_API_KEY"]
    assert "services" in command.run("quota", code=4).err
    assert command.run("quota", "--in", "tineye", code=4).out == ""


def test_services_say_what_is_missing(command: Command, scenes: Path) -> None:
    rows = {row["service"]: row for row in command.run("services", "--json", code=0).json["services"]}
    assert list(rows) == ["local", "tineye", "alibaba", "tmapi"]
    assert not any(row["ready"] for row in rows.values())
    assert "TINEYE_API_KEY" in rows["tineye"]["key"] and "index add" in rows["local"]["key"]
    command.run("index", "add", scenes, code=0)
    command.environment.update(TINEYE_API_KEY="x", ALIBABA_CLOUD_ACCESS_KEY_ID="i", ALIBABA_CLOUD_ACCESS_KEY_SECRET="s")
    rows = {row["service"]: row for row in command.run("services", "--json", code=0).json["services"]}
    assert rows["local"]["ready"] and rows["tineye"]["ready"] and not rows["alibaba"]["ready"]
    assert "INSTANCE" in rows["alibaba"]["key"]


def test_state_goes_where_xdg_says(command: Command, scenes: Path, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        command.environment[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
    command.run("index", "add", scenes, code=0)
    command.run("duplicates", scenes, code=0)
    command.run("search", scenes, code=0)
    assert (tmp_path / "data/imagesearch/index").is_dir() and (tmp_path / "cache/imagesearch/duplicates").is_dir()
    assert list((tmp_path / "state/imagesearch/searches").iterdir()) and not (tmp_path / ".local").exists()
    assert os.stat(tmp_path / "state/imagesearch").st_mode & 0o077 == 0
