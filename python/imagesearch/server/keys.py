"""Keys and their permissions. Keys are stored as digests, so that the file alone does not grant access."""

from __future__ import annotations

import contextlib
import enum
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .settings import SettingsError

#: Bytes of randomness in a key.
KEY_BYTES = 24
PREFIX = "isk_"


class Scope(enum.StrEnum):
    """The permission of a key; each includes the ones before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True)
class Key:
    """A stored key."""

    id: str
    name: str
    sha256: str
    scope: Scope
    created: str
    revoked: str | None = None


#: The key of every caller if a server has no keys.
ANYONE = Key("anyone", "anyone", "", Scope.ADMIN, "")


class KeyFile:
    """The keys of a file, which reload() reads again; if that fails, the keys stay as they were."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Replaced and never modified: a signal may cause a reload at any time.
        self._keys: dict[str, Key] = {}
        self.reload()

    def reload(self) -> None:
        """Reads the file again.

        Raises:
            SettingsError: it does not exist, cannot be read or is not a key file.
        """
        try:
            keys = [_key(record) for record in json.loads(self.path.read_text(encoding="utf-8"))["keys"]]
        except FileNotFoundError:
            raise SettingsError(f"there is no file of keys at {self.path}; `imagesearch-server key add` makes one") from None
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SettingsError(f"{self.path} is no file of keys ({type(error).__name__})") from None
        self._keys = {key.id: key for key in keys}

    def list(self) -> list[Key]:
        return list(self._keys.values())

    def find(self, token: str) -> Key | None:
        """The key of a token, found in constant time, whether or not there is one."""
        digest = _digest(token)
        found = None
        for key in self.list():
            if hmac.compare_digest(key.sha256, digest) and key.revoked is None:
                found = key
        return found

    def by_id(self, identifier: str) -> Key | None:
        key = self._keys.get(identifier)
        return key if key is not None and key.revoked is None else None

    @classmethod
    def add(cls, path: Path, name: str, scope: Scope) -> tuple[Key, str]:
        """Creates a key, and the file if it does not exist. The token is returned only here and is not stored."""
        token = PREFIX + secrets.token_urlsafe(KEY_BYTES)
        key = Key(secrets.token_hex(4), name, _digest(token), scope, _now())
        with _locked(path):
            _write(path, [*(cls(path).list() if path.exists() else []), key])
        return key, token

    @classmethod
    def revoke(cls, path: Path, identifier: str) -> bool:
        """Revokes a key, which stays in the file, so that the log still identifies it."""
        with _locked(path):
            keys = cls(path).list()
            changed = [replace(key, revoked=_now()) if key.id == identifier and not key.revoked else key for key in keys]
            if changed != keys:
                _write(path, changed)
            return changed != keys


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _key(record: dict[str, Any]) -> Key:
    texts = {name: record[name] for name in ("id", "name", "sha256", "created")}
    if not all(isinstance(text, str) for text in texts.values()) or not re.fullmatch("[0-9a-f]{64}", texts["sha256"]):
        raise ValueError("a key that is none")
    revoked = record.get("revoked")
    return Key(scope=Scope(record["scope"]), revoked=None if revoked is None else str(revoked), **texts)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Serializes changes by a lock on the folder, because the file itself is replaced."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise SettingsError(f"{path.parent} cannot be opened: {error.strerror}") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(path: Path, keys: list[Key]) -> None:
    """Replaces the file atomically, keeping owner and mode; a new one is accessible to its owner only."""
    records = [{**vars(key), "scope": key.scope.value} for key in keys]
    try:
        descriptor, name = tempfile.mkstemp(prefix=".keys-", dir=path.parent)  # mode 0600
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"keys": records}, file, indent=1)
            file.flush()
            if path.exists():
                before = path.stat()
                if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(file.fileno(), before.st_uid, before.st_gid)
                os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        os.unlink(name)
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from None


def load_signatures(path: Path) -> dict[str, dict[str, str]]:
    """Private keys by public key: {"public": {"private": …, "key": id of the key with its permission}}.

    A signature can only be checked with the private key itself, so the file is refused unless its mode is 0600.
    """
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content: Any = json.load(file) if mode == 0o600 else None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no JSON ({type(error).__name__})") from None
    if mode != 0o600:
        raise SettingsError(f"{path} has mode {mode:04o} and must have 0600: chmod 600 it")
    try:
        return {str(public): {"private": str(entry["private"]), "key": str(entry["key"])} for public, entry in content.items()}
    except (KeyError, TypeError, AttributeError):
        # Without the error's own message, which may contain a part of the file.
        raise SettingsError(f'{path} must be of the form {{"PUBLIC": {{"private": "…", "key": "ID"}}}}') from None
