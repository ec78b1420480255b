"""Who may do what: keys are stored as digests, so that the file alone lets nobody in."""

from __future__ import annotations

import enum
import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .settings import SettingsError

#: Bytes of randomness in a key.
KEY_BYTES = 24
PREFIX = "isk_"


class Scope(enum.StrEnum):
    """What a key may do; each includes the ones before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True)
class Key:
    """A key as it is stored."""

    id: str
    name: str
    sha256: str
    scope: Scope
    created: str
    revoked: str | None = None


#: Stands for everybody where a server has no keys.
ANYONE = Key("anyone", "anyone", "", Scope.ADMIN, "")


class KeyFile:
    """The keys of a file. It is read again on reload(); a file that cannot be read leaves the keys as they were."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._keys: dict[str, Key] = {}
        self.reload()

    def reload(self) -> None:
        try:
            records = json.loads(self.path.read_text(encoding="utf-8"))["keys"]
            keys = {record["id"]: Key(**{**record, "scope": Scope(record["scope"])}) for record in records}
        except FileNotFoundError:
            raise SettingsError(f"there is no file of keys at {self.path}; `imagesearch-server key add` makes one") from None
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"{self.path} is no file of keys: {error}") from None
        with self._lock:
            self._keys = keys

    def list(self) -> list[Key]:
        with self._lock:
            return list(self._keys.values())

    def find(self, token: str) -> Key | None:
        """The key that a token belongs to. Takes as long whichever key it is, and when it is none."""
        digest = _digest(token)
        found = None
        for key in self.list():
            if hmac.compare_digest(key.sha256, digest) and key.revoked is None:
                found = key
        return found

    def by_id(self, identifier: str) -> Key | None:
        with self._lock:
            key = self._keys.get(identifier)
        return key if key is not None and key.revoked is None else None

    @classmethod
    def add(cls, path: Path, name: str, scope: Scope) -> tuple[Key, str]:
        """Makes a key and the file, if it is not there. The token is told this once and stored nowhere."""
        token = PREFIX + secrets.token_urlsafe(KEY_BYTES)
        key = Key(secrets.token_hex(4), name, _digest(token), scope, datetime.now(UTC).isoformat(timespec="seconds"))
        keys = cls(path).list() if path.exists() else []
        _write(path, [*keys, key])
        return key, token

    @classmethod
    def revoke(cls, path: Path, identifier: str) -> bool:
        """Ends a key; it stays in the file, so that the log still tells whose it was."""
        keys = cls(path).list()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        changed = [key if key.id != identifier or key.revoked else Key(**{**vars(key), "revoked": now}) for key in keys]
        if changed == keys:
            return False
        _write(path, changed)
        return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _write(path: Path, keys: list[Key]) -> None:
    records = [{**vars(key), "scope": key.scope.value} for key in keys]
    descriptor, name = tempfile.mkstemp(prefix=".keys-", dir=path.parent or Path("."))  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"keys": records}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def load_signatures(path: Path) -> dict[str, dict[str, str]]:
    """Private keys by public key: {"public": {"private": …, "key": id of the key that says what may be done}}.

    A signature can only be checked with the private key itself, so the file is refused unless nobody else may read it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SettingsError(f"{path} may be read by others (mode {mode:04o}); chmod 600 it")
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return {str(public): {"private": str(entry["private"]), "key": str(entry["key"])} for public, entry in content.items()}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} is no file of signature keys: {error}") from None
