"""Keys: their scopes, storage, comparison, expiry and reloading, and that they are never revealed."""

from __future__ import annotations

import base64
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ROOT, Server, filled, start
from scenes import scene

from imagesearch.server import KeyFile, Scope, SettingsError
from imagesearch.server import keys as keys_module
from imagesearch.server.keys import load_signatures

#: Calls of each protocol that need a scope.
CALLS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "read": [
        ("GET", "/rest/image_count/", {}),
        ("GET", "/rest/remaining_searches/", {}),
        ("POST", "/rest/search/", {"files": {"image_upload": scene(1)}}),
        ("GET", "/shop/rest/count/", {}),
        ("GET", "/shop/rest/ping/", {}),
        ("GET", "/shop/rest/list/", {}),
        ("POST", "/shop/rest/search/", {"files": {"image": scene(1)}}),
        ("POST", "/shop/rest/compare/", {"params": {"filepath1": "scene/1", "filepath2": "scene/1"}}),
        ("GET", "/v1/", {}),
        ("GET", "/v1/shop/items", {}),
        ("GET", "/v1/shop/items/scene/1", {}),
        ("GET", "/v1/shop/groups", {}),
        ("GET", "/metrics", {}),
        ("GET", "/openapi.json", {}),
        ("GET", "/v1/shop/images/c2NlbmUvMQBpbWFnZQ/similar", {}),
    ],
    "write": [
        ("POST", "/shop/rest/add/", {"files": {"image": ("k.png", scene(70))}}),
        ("PATCH", "/v1/shop/items/k.png", {"json": {"category": "k"}}),
        ("POST", "/shop/rest/delete/", {"params": {"filepath": "k.png"}}),
        ("PUT", "/v1/shop/items/k", {"files": {"image": scene(70)}}),
        ("DELETE", "/v1/shop/items/k", {}),
    ],
}


def test_scopes(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        for scope, calls in CALLS.items():
            for method, path, arguments in calls:
                for key in Scope:
                    response = client.request(method, path, headers={"x-api-key": server.keys[key]}, **arguments)
                    if key == "read" and scope == "write":
                        assert response.status_code == 403 and "read" in response.text, (path, response.text)
                    elif key != "admin" or scope == "read":
                        assert response.status_code == 200, (path, key, response.text)
                for headers in ({}, {"x-api-key": "isk_wrong"}, {"authorization": "Bearer x"}, {"authorization": "Basic eA=="}):
                    response = client.request(method, path, headers=headers, **arguments)
                    assert response.status_code == 401, (path, headers, response.text)
        for path in ("/healthz", "/readyz", "/"):
            assert client.get(path).status_code == 200


def test_a_key_travels_in_three_ways(server: Server) -> None:
    key = server.keys["read"]
    basic = base64.b64encode(b"anyone:" + key.encode()).decode()
    for path in ("/rest/image_count/", "/shop/rest/count/", "/v1/"):
        for headers in ({"X-API-KEY": key}, {"authorization": "bearer " + key}, {"authorization": "Basic " + basic}):
            assert httpx.get(server.url + path, headers=headers, trust_env=False).status_code == 200
        # Never in the URL, which is written to logs on the way.
        assert httpx.get(server.url + path, params={"api_key": key, "key": key}, trust_env=False).status_code == 401
        for odd in ("Basic", "Basic ====", "Basic " + base64.b64encode(b"\xff\xfe").decode(), "Digest x", "Bearer", "é"):
            headers_of = {"authorization": odd.encode()}
            assert httpx.get(server.url + path, headers=headers_of, trust_env=False).status_code == 401, odd  # type: ignore[arg-type]


def test_who_may_not_ask_is_told_before_the_upload(server: Server) -> None:
    """The refusal does not wait for a body that never arrives."""
    for path in ("/rest/search/", "/shop/rest/add/", "/v1/shop/search"):
        request = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(request % path.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 401 ")


def test_without_a_key_no_index_is_known(server: Server) -> None:
    for path in ("/none/rest/count/", "/shop/rest/count/", "/v1/none/items", "/v1/shop/items"):
        assert httpx.get(server.url + path, trust_env=False).status_code == 401
        known = httpx.get(server.url + path, headers={"x-api-key": server.keys["read"]}, trust_env=False)
        assert known.status_code == (404 if "none" in path else 200)


def test_every_key_is_compared_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.json"
    tokens = [KeyFile.add(path, str(number), Scope.READ)[1] for number in range(5)]
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    class Spy:
        compare_digest = staticmethod(compare)

    monkeypatch.setattr(keys_module, "hmac", Spy)
    keys = KeyFile(path)
    for token in (*tokens, "wrong", "", "é", "\udcff"):
        compared.clear()
        assert (keys.find(token) is not None) == (token in tokens)
        assert len(compared) == 5 and {len(text) for pair in compared for text in pair} == {64}


def test_the_file_tells_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = [KeyFile.add(path, "name", scope) for scope in Scope]
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    for key, token in made:
        assert token not in text and token[4:] not in text and key.sha256 in text
        assert len(base64.urlsafe_b64decode(token[4:] + "==")) * 8 >= 128
    assert len({token for _, token in made}) == 3
    path.chmod(0o640)
    assert KeyFile.revoke(path, made[0][0].id) and not KeyFile.revoke(path, made[0][0].id) and not KeyFile.revoke(path, "none")
    assert path.stat().st_mode & 0o777 == 0o640
    keys = KeyFile(path)
    assert [keys.find(token) is not None for _, token in made] == [False, True, True]
    assert keys.by_id(made[0][0].id) is None and len(keys.list()) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_keys_that_are_made_at_once_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        tokens = [one.result()[1] for one in [pool.submit(KeyFile.add, path, "x", Scope.READ) for _ in range(24)]]
    keys = KeyFile(path)
    assert all(keys.find(token) for token in tokens) and len(keys.list()) == 24


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"keys": 1}', '{"keys": [1]}', '{"keys": [{"id": "a"}]}', "[" * 100_000, "\xff",
     '{"keys": [{"id": "a", "name": "", "sha256": 5, "scope": "read", "created": ""}]}',
     '{"keys": [{"id": "a", "name": "", "sha256": "00", "scope": "read", "created": ""}]}',
     '{"keys": [{"id": "a", "name": "", "sha256": "%s", "scope": "root", "created": ""}]}' % ("0" * 64)],
)  # fmt: skip
def test_files_that_are_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"keys\.json"):
        KeyFile(path)
    path.chmod(0o600)
    if content not in ("{}",):
        with pytest.raises(SettingsError, match=r"keys\.json"):
            load_signatures(path)


def test_private_keys_are_read_from_a_file_of_mode_600_alone(tmp_path: Path) -> None:
    path = tmp_path / "signatures.json"
    path.write_text('{"public": {"private": "very-secret", "key": "1"}}')
    for mode in (0o644, 0o640, 0o660, 0o604, 0o700, 0o400):
        path.chmod(mode)
        with pytest.raises(SettingsError, match="chmod 600") as refused:
            load_signatures(path)
        assert "very-secret" not in str(refused.value)
    path.chmod(0o600)
    assert load_signatures(path) == {"public": {"private": "very-secret", "key": "1"}}
    path.write_text('{"public": "very-secret"}')
    with pytest.raises(SettingsError) as refused:
        load_signatures(path)
    assert "very-secret" not in str(refused.value)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "imagesearch.server", "key", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_a_key_is_made_listed_ended_and_read_again(tmp_path: Path, images: Path) -> None:
    path = tmp_path / "keys.json"
    assert "no file of keys" in command("list", "--file", str(path)).stderr
    made = command("add", "--file", str(path), "--name", "reader", "--scope", "read")
    token = made.stdout.strip()
    assert made.returncode == 0 and token.startswith("isk_")
    listed = command("list", "--file", str(path))
    assert token not in listed.stdout and listed.stdout.split("\t")[1] == "read" and "reader" in listed.stdout
    identifier = listed.stdout.split("\t")[0]
    signatures = tmp_path / "signatures.json"
    signatures.write_text(json.dumps({"public": {"private": "private-of-2017", "key": identifier}}))
    signatures.chmod(0o600)
    index = "shop=%s" % filled(tmp_path / "index", images)
    server = start(tmp_path, "--index", index, "--keys", str(path), "--signatures", str(signatures), keys={"read": token})
    try:

        def status(key: str) -> int:
            return httpx.get(server.url + "/v1/", headers={"x-api-key": key}, trust_env=False).status_code

        assert status(token) == 200 and status(token[:-1]) == status(token + "x") == status(token.upper()) == 401
        second = command("add", "--file", str(path), "--name", "second").stdout.strip()
        assert status(second) == 401
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: status(second) == 200)
        # A client with the admin scope does the same without a signal.
        third = KeyFile.add(path, "third", Scope.ADMIN)[1]
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: status(third) == 200)
        fourth = KeyFile.add(path, "fourth", Scope.READ)[1]
        for key, told in ((token, 403), (third, 200)):
            response = httpx.post(server.url + "/v1/reload", headers={"x-api-key": key}, trust_env=False)
            assert response.status_code == told and status(fourth) == (200 if told == 200 else 401), response.text
        # An unreadable file changes nothing.
        good = path.read_text()
        for spoilt in ("no JSON", None):
            if spoilt is None:
                path.write_text(good)
                signatures.chmod(0o644)
                assert command("revoke", "--file", str(path), identifier).returncode == 0
            else:
                path.write_text(spoilt)
            before = server.log.read_text().count("keys stay as they were")
            server.process.send_signal(signal.SIGHUP)
            assert until(lambda: server.log.read_text().count("keys stay as they were") > before)  # noqa: B023
            assert status(token) == status(second) == 200
        signatures.chmod(0o600)
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: status(token) == 401) and status(second) == 200
        assert command("revoke", "--file", str(path), "none").returncode == 2
    finally:
        server.process.terminate()
        server.process.wait(20)
    text = server.log.read_text()
    assert token not in text and second not in text and "private-of-2017" not in text and identifier in text


def test_what_a_key_is_called_acts_on_no_terminal(tmp_path: Path) -> None:
    KeyFile.add(tmp_path / "keys.json", "a\tb\nid\tadmin\x1b[2J\x9b1m\u202e", Scope.READ)
    command = [sys.executable, "-m", "imagesearch.server", "key", "list", "--file", str(tmp_path / "keys.json")]
    listed = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "python")})
    assert listed.returncode == 0 and listed.stdout.count("\n") == 1 and listed.stdout.count("\t") == 4
    assert "a\\u{9}b\\u{a}id" in listed.stdout and not {"\x1b", "\x9b", "\u202e"} & set(listed.stdout)
