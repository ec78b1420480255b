"""Images on their way to C: a path, a URL, bytes or a binary file, copied only where there is no other way."""

from __future__ import annotations

import ctypes
import os
import re
import stat
from typing import Any, List, Optional, Tuple

from . import _structs, _values

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_NO_BYTES = ctypes.create_string_buffer(1)


class PreparedImage:
    """The C struct of an image with all that it points to. It can be used for several calls.

    Texts with a scheme are URLs, and so are those that begin with one of `address_prefixes`.
    """

    __slots__ = ("struct", "kept")

    def __init__(self, source: Any, name: Optional[str] = None, address_prefixes: Tuple[str, ...] = ()) -> None:
        self.struct = _structs.new(_structs.Image)
        self.kept: List[Any] = [source]
        if isinstance(source, str):
            # Whatever has a scheme is meant as a URL; the library says which schemes it takes.
            if _SCHEME.match(source) or source.startswith(address_prefixes):
                self.struct.url = _values.text("the URL", source)
            else:
                self._use_path(_values.path("the path", source))
        elif isinstance(source, os.PathLike):
            self._use_path(_values.path("the path", source))
        elif not self._use_buffer(source):
            if not callable(getattr(source, "read", None)):
                raise TypeError("an image is a path, a URL, bytes or a binary file, not %s" % type(source).__name__)
            self._use_file(source)
        if name is not None:
            self.struct.name = _values.text("the image's name", name)

    @property
    def byte_count(self) -> int:
        """How many bytes are in memory."""
        return int(self.struct.byte_count)

    def _use_path(self, path: bytes) -> None:
        try:
            path.decode("utf-8")
        except UnicodeDecodeError:
            # The library takes paths as UTF-8, and this one is none: it reads the file through our descriptor.
            file = open(path, "rb")
            self.kept.append(file)
            self._use_descriptor(file.fileno(), os.path.basename(path))
            return
        self.struct.path = path

    def _use_buffer(self, source: Any) -> bool:
        try:
            view = memoryview(source)
        except TypeError:
            return False
        if not isinstance(source, bytes) and (view.readonly or not view.c_contiguous):
            # ctypes finds the address of writable memory only.
            source = bytes(view)
        if isinstance(source, bytes):
            address = ctypes.cast(ctypes.c_char_p(source), ctypes.c_void_p).value
            self.kept.append(source)
        else:
            exported = (ctypes.c_char * view.nbytes).from_buffer(source)
            address = ctypes.addressof(exported)
            self.kept.append(exported)
        self.struct.bytes = address or ctypes.addressof(_NO_BYTES)
        self.struct.byte_count = view.nbytes
        return True

    def _use_file(self, file: Any) -> None:
        """A regular file that was not read from is opened once more by the library; of anything else the rest is read."""
        descriptor = _unread_file(file)
        if descriptor is not None:
            name = getattr(file, "name", None)
            self._use_descriptor(descriptor, os.path.basename(os.fsencode(name)) if isinstance(name, (str, bytes)) else b"")
            return
        content = file.read()
        if not isinstance(content, (bytes, bytearray)):
            raise TypeError("the file must be opened in binary mode")
        self._use_buffer(bytes(content))
        name = getattr(file, "name", None)
        if isinstance(name, str) and name:
            self._use_name(os.path.basename(os.fsencode(name)))

    def _use_descriptor(self, descriptor: int, name: bytes) -> None:
        self.struct.path = b"/proc/self/fd/%d" % descriptor
        self._use_name(name or b"image")

    def _use_name(self, name: bytes) -> None:
        if b"\0" not in name:
            self.struct.name = name.decode("utf-8", "replace").encode("utf-8")


def _unread_file(file: Any) -> Optional[int]:
    """The descriptor of a regular file that is at its start and can be opened again by its descriptor, or None."""
    try:
        descriptor = file.fileno()
        if "b" not in getattr(file, "mode", "b") or file.tell() != 0:
            return None
        if file.writable():
            file.flush()
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or not os.access("/proc/self/fd/%d" % descriptor, os.R_OK):
            return None
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return int(descriptor)
