"""Converts images to C: a path, a URL, the bytes of a file, a file, or pixels; copied only if necessary."""

from __future__ import annotations

import ctypes
import io
import os
import re
import stat
import struct
import zlib
from typing import Any

from . import _abi, _values
from .errors import file_error, invalid_argument

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: What looks like a URL without its scheme: a host with a dot, then a path.
_ADDRESS = re.compile(r"(?:www\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?::\d+)?/")
#: How the bytes of an image begin in a str: unchanged, as repr() or as base64.
_CONTENT = (
    "\x89PNG",
    "ÿØÿ",
    "\ufffdPNG",
    "\udc89PNG",
    "\udcff\udcd8",
    "GIF87a",
    "GIF89a",
    "b'",
    'b"',
    "iVBORw0KGgo",
    "/9j/4",
    "R0lGOD",
)
_NO_BYTES = ctypes.create_string_buffer(1)
_FORMS = "a path, an http(s) URL, bytes, a binary file, an image of Pillow or an array of numpy"


class PreparedImage:
    """The C struct of an image with all that it points to. It can be used for several calls.

    Texts with a scheme are URLs, and so are those that begin with one of `address_prefixes`.
    """

    __slots__ = ("kept", "struct")

    def __init__(self, source: Any, name: str | None = None, address_prefixes: tuple[str, ...] = ()) -> None:
        self.struct = _abi.new(_abi.Image)
        self.kept: list[Any] = [source]
        if isinstance(source, str):
            self._use_text(source, address_prefixes)
        elif isinstance(source, os.PathLike):
            self.struct.path = _values.path("the path", source)
        elif hasattr(source, "__array_interface__") and hasattr(source, "dtype"):
            self._use_bytes(_encoded_array(source))
        elif not self._use_buffer(source):
            self._use_object(source)
        if name is not None:
            self.struct.name = _values.text("the image's name", name)

    @property
    def byte_count(self) -> int:
        """Number of bytes in memory."""
        return int(self.struct.byte_count)

    def _use_text(self, text: str, address_prefixes: tuple[str, ...]) -> None:
        # Whatever has a scheme is meant as a URL; the library says which schemes it takes.
        if _SCHEME.match(text) or text.startswith(address_prefixes):
            self.struct.url = _values.text("the URL", text)
        elif text[:5].lower() == "data:":
            self._use_bytes(_data_url(text))
        else:
            if _is_content(text):
                raise TypeError(
                    "the image is a str that holds the bytes of a file and is no path: give them as bytes; open files with "
                    'open(path, "rb"), decode base64 with base64.b64decode()'
                )
            if _ADDRESS.match(text) and not os.path.exists(text):
                raise file_error(f"there is no file {text[:200]!r}; if it is an address, write it with https:// in front")
            self.struct.path = _values.path("the path", text)

    def _use_bytes(self, content: bytes) -> None:
        """Uses bytes without copying them."""
        self.kept.append(content)
        address = ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value
        self.struct.bytes = address or ctypes.addressof(_NO_BYTES)
        self.struct.byte_count = len(content)

    def _use_buffer(self, source: Any) -> bool:
        if isinstance(source, bytes):
            self._use_bytes(source)
            return True
        try:
            view = memoryview(source)
        except TypeError:
            return False
        if view.readonly or not view.c_contiguous:
            # ctypes can only take the address of writable memory.
            self._use_bytes(bytes(view))
            return True
        exported = (ctypes.c_char * view.nbytes).from_buffer(source)
        self.kept.append(exported)
        self.struct.bytes = ctypes.addressof(exported) if view.nbytes else ctypes.addressof(_NO_BYTES)
        self.struct.byte_count = view.nbytes
        return True

    def _use_object(self, source: Any) -> None:
        if isinstance(source, io.TextIOBase):
            raise TypeError('the file is open in text mode: open it with open(path, "rb")')
        if callable(getattr(source, "read", None)):
            self._use_file(source)
        elif callable(getattr(source, "save", None)) and hasattr(source, "mode") and hasattr(source, "size"):
            self._use_bytes(_encoded_by_pillow(source))
        elif callable(getattr(source, "numpy", None)):
            raise TypeError(
                f"an image is no {type(source).__name__}: make it an array of uint8 of the shape (height, width, 3), for instance "
                "tensor.mul(255).round().byte().permute(1, 2, 0).cpu().numpy()"
            )
        else:
            raise TypeError(f"an image is {_FORMS}, not {type(source).__name__}")

    def _use_file(self, file: Any) -> None:
        """The library reads a file that is at its start and has a path. The rest of any other is read here, and its position,
        if it has one, is restored."""
        path = _path_of(file)
        if path is not None:
            self.struct.path = path
            return
        position = _position(file)
        content = file.read()
        if position is not None:
            file.seek(position)
        if isinstance(content, str):
            raise TypeError('the file is open in text mode: open it with open(path, "rb")')
        self._use_bytes(bytes(content))
        name = getattr(file, "name", None)
        if isinstance(name, (str, bytes)) and name:
            self._use_name(os.path.basename(os.fsencode(name)))

    def _use_name(self, name: bytes) -> None:
        if name and b"\0" not in name:
            self.struct.name = name.decode("utf-8", "replace").encode("utf-8")


def _is_content(text: str) -> bool:
    return (text.startswith(_CONTENT) and (len(text) > 255 or "\0" in text or not os.path.exists(text))) or len(text) > 65535


def _data_url(text: str) -> bytes:
    """The bytes in a data: URL, which no message quotes."""
    import binascii
    from urllib.parse import unquote_to_bytes

    head, comma, rest = text.partition(",")
    if not comma:
        raise invalid_argument("the data: URL has no comma, after which the image begins")
    content = unquote_to_bytes(rest)
    if not head.lower().endswith(";base64"):
        return content
    try:
        return binascii.a2b_base64(content, strict_mode=True)
    except binascii.Error:
        raise invalid_argument("the data: URL is no base64 after its comma") from None


def _position(file: Any) -> int | None:
    try:
        return int(file.tell()) if file.seekable() else None
    except (AttributeError, OSError, TypeError, ValueError):
        return None


def _path_of(file: Any) -> bytes | None:
    """The path of a file that is at its start, if the path still leads to it; None if it has none: pipes, temporary files,
    memfd, deleted files."""
    name = getattr(file, "name", None)
    if not isinstance(name, (str, bytes)) or _position(file) != 0:
        return None
    try:
        path = os.path.abspath(os.fsencode(name))
        if file.writable():
            file.flush()
        own, named = os.fstat(file.fileno()), os.stat(path)
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return path if stat.S_ISREG(own.st_mode) and os.path.samestat(own, named) else None


def _encoded_by_pillow(image: Any) -> bytes:
    """A PNG by Pillow, which is installed if there is an image of it."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image) or image
    if upright.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        upright = upright.convert("RGBA" if "A" in upright.mode or "a" in upright.mode else "RGB")
    file = io.BytesIO()
    upright.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _encoded_array(array: Any) -> bytes:
    """A PNG of an array of numpy; a one-dimensional array of bytes is a file already, as from cv2.imencode()."""
    kind, shape = str(array.dtype), tuple(array.shape)
    if kind == "uint8" and len(shape) == 1:
        return bytes(array.tobytes())
    color_type = {(2, 1): 0, (3, 1): 0, (3, 3): 2, (3, 4): 6}.get((len(shape), shape[2] if len(shape) == 3 else 1))
    if kind != "uint8" or color_type is None or 0 in shape:
        raise TypeError(_how_to_convert(kind, shape))
    height, width = shape[:2]
    rows, length = array.tobytes(), width * (shape[2] if len(shape) == 3 else 1)
    # Every row begins with the number of its filter, 0 for none.
    lines = b"".join([b"\0" + rows[start : start + length] for start in range(0, height * length, length)])
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _how_to_convert(kind: str, shape: tuple[int, ...]) -> str:
    wanted = "uint8 of the shape (height, width), (height, width, 3) or (height, width, 4)"
    hints = []
    if len(shape) == 3 and shape[0] in (1, 3, 4) and shape[2] not in (1, 3, 4):
        hints.append("array.transpose(1, 2, 0) moves the channels to the end")
    elif len(shape) == 4:
        hints.append("array[0] is the first image of several")
    if kind.startswith("float"):
        hints.append('(array * 255).round().astype("uint8") makes bytes of 0 to 1')
    elif kind == "bool":
        hints.append('array.astype("uint8") * 255 makes bytes of it')
    elif kind == "uint16":
        hints.append('(array >> 8).astype("uint8") makes bytes of 16 bits')
    elif kind != "uint8":
        hints.append('array.astype("uint8") makes bytes of 0 to 255')
    how = "; ".join(hints)
    return f"an array of {kind} of the shape {shape} is no image: give {wanted}, colours in the order R, G, B" + (
        f": {how}" if how else ""
    )
