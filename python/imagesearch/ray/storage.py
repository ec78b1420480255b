"""A folder that all nodes can access: a path, or any address that pyarrow.fs knows, such as s3://bucket/folder."""

from __future__ import annotations

import os
import posixpath
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyarrow import fs

_CHUNK = 8 << 20


class Storage:
    """A folder by address. Only the address is pickled; pyarrow finds the credentials."""

    def __init__(self, address: str | os.PathLike[str]) -> None:
        text = os.fspath(address)
        self.address = text if "://" in text else str(Path(text).absolute())
        self._opened: tuple[fs.FileSystem, str] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Storage, (self.address,))

    @property
    def _place(self) -> tuple[fs.FileSystem, str]:
        if self._opened is None:
            try:
                system, base = fs.FileSystem.from_uri(self.address)
            except ValueError as error:
                # Without pyarrow's words, which quote the address with its keys.
                what, kind = public_address(self.address), type(error).__name__
                advice = "; characters of a key such as / and + must be percent-encoded" if "://" in self.address else ""
                raise ValueError(f"{what[:300]} is no address that pyarrow knows ({kind}){advice}") from None
            self._opened = system, base.rstrip("/")
        return self._opened

    @property
    def local_folder(self) -> str | None:
        """The folder as a path, if it is one."""
        return self._place[1] if self._is_local else None

    @property
    def _is_local(self) -> bool:
        return isinstance(self._place[0], fs.LocalFileSystem)

    def _path(self, name: str) -> str:
        return posixpath.join(self._place[1], name)

    def _make_parent(self, path: str) -> None:
        if self._is_local:
            os.makedirs(posixpath.dirname(path), exist_ok=True)

    def exists(self, name: str) -> bool:
        return bool(self._place[0].get_file_info(self._path(name)).type == fs.FileType.File)

    def read(self, name: str) -> bytes:
        """The bytes of a file; FileNotFoundError if it does not exist."""
        with self._place[0].open_input_stream(self._path(name)) as stream:
            return bytes(stream.read())

    def write(self, name: str, content: bytes) -> None:
        """Writes a file atomically: readers see the earlier or the new one."""
        path = self._path(name)
        if not self._is_local:
            # An object becomes visible when the upload ends.
            with self._place[0].open_output_stream(path) as stream:
                stream.write(content)
            return
        self._make_parent(path)
        unfinished = f"{path}.{secrets.token_hex(8)}.new"
        try:
            with open(unfinished, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        finally:
            if os.path.exists(unfinished):
                os.unlink(unfinished)

    def upload(self, file: Path, name: str) -> None:
        """Copies a file of this machine into the folder."""
        path = self._path(name)
        self._make_parent(path)
        with file.open("rb") as source, self._place[0].open_output_stream(path) as target:
            while piece := source.read(_CHUNK):
                target.write(piece)

    def download(self, name: str, file: Path) -> None:
        """Copies a file of the folder to this machine."""
        with self._place[0].open_input_stream(self._path(name)) as source, file.open("wb") as target:
            while piece := source.read(_CHUNK):
                target.write(piece)

    def files(self, name: str = "") -> Iterator[tuple[str, int]]:
        """The files below a folder with their sizes, by their names within it; none if it does not exist."""
        system, _base = self._place
        top = self._path(name).rstrip("/")
        for info in system.get_file_info(fs.FileSelector(top, allow_not_found=True, recursive=True)):
            if info.type == fs.FileType.File:
                yield info.path[len(top) :].lstrip("/"), info.size

    def remove(self, name: str) -> None:
        """Removes a folder with its contents, if it exists."""
        system, _base = self._place
        path = self._path(name)
        if system.get_file_info(path).type == fs.FileType.Directory:
            system.delete_dir(path)

    def under(self, name: str) -> str:
        """The address of a name in the folder."""
        base, separator, query = self.address.partition("?")
        return posixpath.join(base, name) + separator + query


def public_address(address: str) -> str:
    """An address without the keys or the password before its host, and without an object store's parameters, for reports, messages
    and item ids."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    if scheme.lower() not in ("http", "https"):
        rest = rest.partition("?")[0]
    authority = rest.partition("/")[0]
    if "@" in authority:
        place = authority.rpartition("@")[2] + rest[len(authority) :]
    elif "@" in rest and re.search(r":(?!\d*$)", re.sub(r"^\[.*\]", "", authority)):
        # A key with a slash that was not encoded: what follows a host's colon is a number.
        place = rest.rpartition("@")[2]
    else:
        return f"{scheme}://{rest}"
    return f"{scheme}://…@{place}"


def read_address(address: str) -> bytes:
    """The bytes behind an address of any kind."""
    folder, name = posixpath.split(address.partition("?")[0])
    query = address.partition("?")[2]
    storage = _SOURCES.get((folder, query))
    if storage is None:
        if len(_SOURCES) > 64:
            _SOURCES.clear()
        storage = _SOURCES[folder, query] = Storage(f"{folder}?{query}" if query else folder or ".")
    return storage.read(name)


#: File systems that were opened in this process; opening one costs a connection.
_SOURCES: dict[tuple[str, str], Storage] = {}
