"""Images: detection of the format, and a few small generated images."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Callable, Optional, Tuple


@dataclass(frozen=True)
class ImageInfo:
    """The content of the header. Sides in pixels. `orientation` is the EXIF value of a JPEG, 1 when absent."""

    format: str
    width: int
    height: int
    animated: bool = False
    orientation: int = 1


def sniff(data: bytes) -> Optional[ImageInfo]:
    """The image's header, or None when the bytes are not an image or the header is truncated."""
    try:
        for reader in (_png, _jpeg, _gif, _bmp, _tiff, _webp, _ppm):
            info = reader(data)
            if info is not None:
                return info if info.width > 0 and info.height > 0 else None
    except (struct.error, IndexError, ValueError):
        pass
    return None


def _png(data: bytes) -> Optional[ImageInfo]:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    position, animated = 8, False
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"acTL":
            animated = struct.unpack_from(">I", data, position + 8)[0] > 1
        if kind in (b"IDAT", b"IEND"):
            break
        position += 12 + length
    return ImageInfo("PNG", width, height, animated)


def _jpeg(data: bytes) -> Optional[ImageInfo]:
    if data[:3] != b"\xff\xd8\xff":
        return None
    position, orientation = 2, 1
    while True:
        while data[position] == 0xFF and data[position + 1] == 0xFF:
            position += 1
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker in (0x01, *range(0xD0, 0xD9)):
            position += 2
            continue
        if marker in (0xD9, 0xDA):
            return None  # the image begins without a frame header
        (length,) = struct.unpack_from(">H", data, position + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return ImageInfo("JPEG", width, height, orientation=orientation)
        if marker == 0xE1 and data[position + 4 : position + 10] == b"Exif\0\0":
            orientation = _exif_orientation(data[position + 10 : position + 2 + length])
        position += 2 + length


def _exif_orientation(block: bytes) -> int:
    try:
        order = "<" if block[:2] == b"II" else ">"
        (offset,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, offset)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", block, offset + 2 + 12 * index)
            if tag == 0x0112:
                return int(value)
    except struct.error:
        pass
    return 1


def _gif(data: bytes) -> Optional[ImageInfo]:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    frames = 0
    while position < len(data):
        block = data[position]
        if block == 0x2C and position + 10 <= len(data):
            frames += 1
            local = data[position + 9]
            position += 10 + (3 << ((local & 7) + 1) if local & 0x80 else 0) + 1
        elif block == 0x21:
            position += 2
        else:
            break
        while position < len(data) and data[position]:
            position += data[position] + 1
        position += 1
    return ImageInfo("GIF", width, height, frames > 1)


def _bmp(data: bytes) -> Optional[ImageInfo]:
    if data[:2] != b"BM":
        return None
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return ImageInfo("BMP", width, abs(height))


def _tiff(data: bytes) -> Optional[ImageInfo]:
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    order = "<" if data[:2] == b"II" else ">"
    (offset,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, offset)
    sides = {}
    for index in range(count):
        at = offset + 2 + 12 * index
        tag, kind = struct.unpack_from(order + "HH", data, at)
        if tag in (256, 257):
            (sides[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, at + 8)
    return ImageInfo("TIFF", sides[256], sides[257]) if len(sides) == 2 else None


def _webp(data: bytes) -> Optional[ImageInfo]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return ImageInfo("WEBP", width, height, bool(data[20] & 0x02)) if len(data) >= 30 else None
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return ImageInfo("WEBP", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return ImageInfo("WEBP", width & 0x3FFF, height & 0x3FFF)
    return None


def _ppm(data: bytes) -> Optional[ImageInfo]:
    if data[:2] not in (b"P3", b"P6") or not data[2:3].isspace():
        return None
    words = b"\n".join(line.split(b"#")[0] for line in data[:512].split(b"\n")).split()
    return ImageInfo("PPM", int(words[1]), int(words[2]))


Colour = Tuple[int, int, int]


def png(width: int, height: int, row: Callable[[int], bytes]) -> bytes:
    """An 8-bit RGB PNG; `row(y)` gives the 3*width bytes of a row."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    raw = b"".join(b"\0" + row(y) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b"")


def pattern_row(width: int, y: int, colour: Colour, seed: int) -> bytes:
    """Blocks in shades of a colour: an image with structure, the same on every machine."""
    row = bytearray()
    for x in range(width):
        shade = ((x // 7) * 31 + (y // 5) * 57 + seed * 97 + (x * y) // 64) % 256
        row += bytes((part * shade) // 255 for part in colour)
    return bytes(row)


def pattern_png(width: int, height: int, colour: Colour = (255, 255, 255), seed: int = 0) -> bytes:
    return png(width, height, lambda y: pattern_row(width, y, colour, seed))


def flat_png(width: int, height: int, colour: Colour = (120, 120, 120)) -> bytes:
    return png(width, height, lambda y: bytes(colour) * width)


def bmp(width: int, height: int) -> bytes:
    stride = (3 * width + 3) // 4 * 4
    rows = b"".join(pattern_row(width, y, (255, 200, 120), 5).ljust(stride, b"\0") for y in range(height))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 2835, 2835, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54) + header + rows


def gif(width: int, height: int, frames: int) -> bytes:
    """A GIF of `frames` plain frames. A clear code is written before the code width would grow."""
    out = struct.pack("<6sHHBBB", b"GIF89a", width, height, 0xF0, 0, 0) + b"\x20\x40\x80\xe0\xc0\x90"
    for frame in range(frames):
        bits, count = 0, 0
        data = bytearray()

        def put(code: int) -> None:
            nonlocal bits, count
            bits |= code << count
            count += 3
            while count >= 8:
                data.append(bits & 0xFF)
                bits >>= 8
                count -= 8

        for index in range(width * height):
            if index % 2 == 0:
                put(4)  # clear
            put((index // 3 + index // width + frame) % 2)
        put(5)  # end
        data.append(bits & 0xFF)
        out += b"\x21\xf9\x04\x00\x0a\x00\x00\x00" + struct.pack("<BHHHHB", 0x2C, 0, 0, width, height, 0) + b"\x02"
        for start in range(0, len(data), 255):
            piece = bytes(data[start : start + 255])
            out += bytes([len(piece)]) + piece
        out += b"\0"
    return out + b"\x3b"
