"""Images for the tests of the local index: scenes of coloured shapes, drawn at any size, as PNG."""

from __future__ import annotations

import random
import struct
import zlib

Shape = tuple[str, float, float, float, float, tuple[int, int, int]]


def _shapes(seed: int) -> list[Shape]:
    chance = random.Random(seed)
    shapes: list[Shape] = []
    for _ in range(40):
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        size = chance.uniform(0.03, 0.25), chance.uniform(0.03, 0.25)
        shapes.append((chance.choice(("box", "disc")), chance.random(), chance.random(), size[0], size[1], colour))
    return shapes


def scene(seed: int, width: int = 320, height: int = 240, brightness: float = 1.0, mirrored: bool = False) -> bytes:
    """The scene number `seed`. The same scene at another size or brightness, or mirrored, is an altered copy."""
    rows = [bytearray(bytes((int(200 * y / height), 120, int(220 * (1 - y / height)))) * width) for y in range(height)]
    for kind, left, top, across, down, colour in _shapes(seed):
        pixel = bytes(colour)
        for y in range(max(0, int((top - down) * height)), min(height, int((top + down) * height))):
            reach = across
            if kind == "disc":
                part = ((y + 0.5) / height - top) / down
                reach = across * max(0.0, 1 - part * part) ** 0.5
            begin, end = max(0, int((left - reach) * width)), min(width, int((left + reach) * width))
            if begin < end:
                rows[y][begin * 3 : end * 3] = pixel * (end - begin)
    if mirrored:
        rows = [bytearray(b"".join(bytes(row[x : x + 3]) for x in range(len(row) - 3, -1, -3))) for row in rows]
    if brightness != 1.0:
        table = bytes(min(255, int(value * brightness)) for value in range(256))
        rows = [row.translate(table) for row in rows]
    return _png(width, height, rows)


def _png(width: int, height: int, rows: list[bytearray]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
