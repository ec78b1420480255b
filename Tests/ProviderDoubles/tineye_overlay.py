"""The overlay image: the match on the left half, the query on the right half."""

from __future__ import annotations

from doublekit.images import Colour, pattern_row, png

WIDTH, HEIGHT = 160, 120


def overlay_png(query_hash: str, match_hash: str) -> bytes:
    """A PNG of 320 x 120 pixels. Each half is derived from its hash, so halves of different images differ."""

    def row(y: int) -> bytes:
        return half(match_hash, y) + half(query_hash, y)

    return png(2 * WIDTH, HEIGHT, row)


def half(name: str, y: int) -> bytes:
    number = int.from_bytes(name.encode("utf-8")[:4], "big")
    colour: Colour = (128 + number % 128, 128 + number // 128 % 128, 128 + number // 16384 % 128)
    return pattern_row(WIDTH, y, colour, number % 251)
