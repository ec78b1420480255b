"""Generates images of the kinds in the public suites (PngSuite, bmpsuite, libtiff's, Pillow's own), and their expected
content: make_suites.py FOLDER

Each line of FOLDER/manifest.txt is: file, expected result, tolerance. Expected is `pixels` (FOLDER/file.rgb has width and height as
two 32-bit numbers, little-endian, and R, G, B), `unsupported`, `corrupt` (also truncated), or `foreign`. Pixels are those that
Pillow reads, composited on white; where Pillow does not read a kind, or not as specified, they are computed
here from the source data.
"""

import io
import random
import struct
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image, ImageOps, features

Pixel = tuple[int, ...]
folder = Path(sys.argv[1])
manifest: list[str] = []
r = random.Random(20260)


def put(name: str, data: bytes, expected: str, tolerance: int = 0) -> None:
    (folder / name).write_bytes(data)
    manifest.append(f"{name}\t{expected}\t{tolerance}")


def shows(name: str, data: bytes, width: int, height: int, pixels: Iterable[Pixel], tolerance: int = 0) -> None:
    """A file with known pixels: gray, RGB or RGBA of 8 bits."""
    rgb = bytearray()
    for pixel in pixels:
        if len(pixel) == 1:
            pixel = pixel * 3
        if len(pixel) == 2:
            pixel = (pixel[0],) * 3 + (pixel[1],)
        alpha = pixel[3] if len(pixel) == 4 else 255
        rgb += bytes((value * alpha + 255 * (255 - alpha) + 127) // 255 for value in pixel[:3])
    assert len(rgb) == 3 * width * height, name
    (folder / f"{name}.rgb").write_bytes(struct.pack("<II", width, height) + rgb)
    put(name, data, "pixels", tolerance)


def as_pillow(name: str, data: bytes, tolerance: int = 0) -> None:
    image = Image.open(io.BytesIO(data))
    image.load()
    rgba = image.convert("RGBA")
    flat = rgba.tobytes()
    pixels = (tuple(flat[i : i + 4]) for i in range(0, len(flat), 4))
    shows(name, data, image.width, image.height, pixels, tolerance)


def picture(width: int, height: int, channels: int, top: int = 255) -> list[list[Pixel]]:
    """No symmetry, every value, darker than the threshold of white."""
    return [
        [
            tuple((x * (31 + 7 * c) + y * (17 + 11 * c) + (x * y) % 7 * 3 + c * 40) % (top + 1) for c in range(channels))
            for x in range(width)
        ]
        for y in range(height)
    ]


def bits(values: Iterable[int], depth: int) -> bytes:
    """Values packed, most significant bit first, padded to a whole byte."""
    number = count = 0
    for value in values:
        number = number << depth | value
        count += depth
    number <<= -count % 8
    return number.to_bytes((count + 7) // 8, "big")


def widened(value: int, depth: int) -> int:
    top = (1 << depth) - 1
    return (value * 255 + top // 2) // top


# ---- PNG ----------------------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def filtered(rows: list[bytes], size: int, kinds: Callable[[int], int]) -> bytes:
    out = bytearray()
    above = bytes(len(rows[0])) if rows else b""
    for y, row in enumerate(rows):
        kind = kinds(y)
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - size] if i >= size else 0
            b = above[i]
            c = above[i - size] if i >= size else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            out.append((value - [0, a, b, (a + b) // 2, near][kind]) & 255)
        above = row
    return bytes(out)


def png(
    rows: list[list[Pixel]], depth: int, kind: int, interlaced: bool = False, chunks: bytes = b"", level: int = 6,
    kinds: Callable[[int], int] = lambda y: y % 5, parts: int = 1, tail: bytes = b"",
) -> bytes:
    width, height = len(rows[0]), len(rows)
    size = max(1, CHANNELS[kind] * depth // 8)
    raw = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        packed = []
        for row in rows[y0::dy]:
            values = [value for pixel in row[x0::dx] for value in pixel]
            if values:
                packed.append(struct.pack(f">{len(values)}H", *values) if depth == 16 else bits(values, depth))
        raw += filtered(packed, size, kinds) if packed else b""
    data = zlib.compress(raw, level)
    step = max(1, -(-len(data) // parts))
    idat = b"".join(chunk(b"IDAT", data[i : i + step]) for i in range(0, len(data), step))
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return SIGNATURE + chunk(b"IHDR", head) + chunks + idat + tail + chunk(b"IEND", b"")


def png_suite() -> None:
    colours = [((i * 37) % 256, (255 - i) % 256, (i * 91) % 200) for i in range(256)]
    for kind, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
        for depth in depths:
            rows = picture(32, 32, CHANNELS[kind], (1 << depth) - 1)
            table = b"".join(bytes(colour) for colour in colours[: 1 << depth])
            palette = chunk(b"PLTE", table) if kind == 3 else b""

            def shown(pixel: Pixel, kind: int = kind, depth: int = depth) -> Pixel:
                return colours[pixel[0]] if kind == 3 else tuple(widened(value, depth) for value in pixel)

            flat = [shown(pixel) for row in rows for pixel in row]
            for interlaced in (False, True):
                name = f"png-bas{'i' if interlaced else 'n'}{kind}-{depth:02}.png"
                shows(name, png(rows, depth, kind, interlaced, palette), 32, 32, flat, 1)
            # One colour that is transparent, or a palette with alpha that is shorter than the palette.
            if kind in (0, 2):
                key = rows[3][5]
                data = png(rows, depth, kind, False, chunk(b"tRNS", struct.pack(f">{len(key)}H", *key)))
                clear = [shown(p) + (0,) if p == key else shown(p) + (255,) for row in rows for p in row]
                clear = [p if len(p) != 2 else (p[0], p[0], p[0], p[1]) for p in clear]
                shows(f"png-tb{kind}-{depth:02}.png", data, 32, 32, clear, 1)
            if kind == 3:
                alpha = bytes((i * 85) % 256 for i in range((1 << depth) - 1))
                data = png(rows, depth, kind, True, palette + chunk(b"tRNS", alpha))
                clear = [colours[p[0]] + ((alpha + b"\xff")[p[0]],) for row in rows for p in row]
                shows(f"png-tp3-{depth:02}.png", data, 32, 32, clear, 1)
    rgb = picture(32, 32, 3)
    flat = [pixel for row in rgb for pixel in row]
    for kind in range(5):
        shows(f"png-f{kind:02}.png", png(rgb, 8, 2, kinds=lambda y, k=kind: k), 32, 32, flat)  # type: ignore[misc]
    for level in (0, 3, 6, 9):
        shows(f"png-z{level:02}.png", png(rgb, 8, 2, level=level), 32, 32, flat)
    for parts in (2, 4, 100_000):
        shows(f"png-oi{parts}.png", png(rgb, 8, 2, parts=parts), 32, 32, flat)
    for side in [1, 2, 3, 4, 5, 6, 7, 8, 9, 32, 33, 34, 35, 36, 37, 38, 39, 40]:
        for interlaced in (False, True):
            rows = picture(side, side, 1, 15)
            table = chunk(b"PLTE", b"".join(bytes(colour) for colour in colours[:16]))
            name = f"png-s{side:02}{'i' if interlaced else 'n'}.png"
            shows(name, png(rows, 4, 3, interlaced, table), side, side, [colours[p[0]] for row in rows for p in row])
    odd = {
        "gama": chunk(b"gAMA", struct.pack(">I", 35_000)),
        "chrm": chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
        "sbit": chunk(b"sBIT", bytes([5, 5, 5])),
        "bkgd": chunk(b"bKGD", struct.pack(">HHH", 1, 2, 3)),
        "phys": chunk(b"pHYs", struct.pack(">IIB", 1, 4, 0)),
        "time": chunk(b"tIME", struct.pack(">HBBBBB", 2000, 1, 1, 12, 34, 56)),
        "text": chunk(b"tEXt", b"Title\0PngSuite") + chunk(b"zTXt", b"Copyright\0\0" + zlib.compress(b"x" * 999)),
        "itxt": chunk(b"iTXt", b"Title\0\0\0en\0\0" + "Ümläut".encode()),
        "splt": chunk(b"sPLT", b"p\0\x08" + bytes(6 * 9)),
        "ppal": chunk(b"PLTE", bytes(range(216))) + chunk(b"hIST", bytes(2 * 72)),
        "own": chunk(b"abCd", b"nobody knows"),
        "badtext": chunk(b"tEXt", b"no zero byte and much too long a key" * 9),
        "badgama": chunk(b"gAMA", b"\0"),
        "iccp": chunk(b"iCCP", b"none\0\0" + zlib.compress(b"no profile")),
    }
    for name, extra in odd.items():
        shows(f"png-c-{name}.png", png(rgb, 8, 2, chunks=extra), 32, 32, flat)
    shows("png-c-behind.png", png(rgb, 8, 2, tail=odd["text"] + odd["time"]), 32, 32, flat)
    good = png(rgb, 8, 2)

    def head(width: int, height: int, depth: int, kind: int, *rest: int) -> bytes:
        fields = struct.pack(">IIBBBBB", width, height, depth, kind, *(rest or (0, 0, 0)))
        return SIGNATURE + chunk(b"IHDR", fields) + good[33:]

    bad = {
        "s1": b"\x09" + good[1:], "s2": good.replace(b"\r\n", b"\n", 1), "s4": good[:4] + b"\n" + good[5:],
        "s7": good[:6] + b"\x0a" + good[7:], "cr": good.replace(b"\r\n", b"\r\r\n", 1), "hd": good[:29] + b"....",
        "c1": head(32, 32, 8, 1), "c9": head(32, 32, 8, 9), "d0": head(32, 32, 0, 2), "d3": head(32, 32, 3, 2),
        "d99": head(32, 32, 99, 2), "dt": good[:33] + chunk(b"IEND", b""), "zero": head(0, 32, 8, 2),
        "pl": png(picture(8, 8, 1, 3), 2, 3), "il": head(32, 32, 8, 2, 0, 0, 7), "half": good[: len(good) // 2],
        "cp": head(32, 32, 8, 2, 1, 0, 0), "large": head(32, 64, 8, 2), "ct": good[:33] + b"\0\0\0\1" + b"abCD" + good[41:],
    }
    bad["cs"] = good[:50] + bytes([good[50] ^ 1]) + good[51:]
    bad["hd"] = good[:29] + b"abcd" + good[33:]
    del bad["ct"]
    for name, data in bad.items():
        put(f"png-x-{name}.png", data, "corrupt")


# ---- BMP ----------------------------------------------------------------------------------------------------------------------


def bmp(
    width: int, height: int, depth: int, data: bytes, size: int = 40, palette: Iterable[Pixel] = (), method: int = 0,
    masks: Iterable[int] = (), offset: int | None = None, colours: int | None = None, gap: bytes = b"", planes: int = 1,
    file_size: int | None = None,
) -> bytes:
    masks, palette = list(masks), list(palette)
    if size == 12:
        head = struct.pack("<IHHHH", 12, width, height, planes, depth)
    else:
        used = len(palette) if colours is None else colours
        fields = struct.pack("<iiHHIIiiII", width, height, planes, depth, method, len(data), 2835, 2835, used, 0)
        own = b"".join(struct.pack("<I", mask) for mask in masks)
        head = struct.pack("<I", size) + (fields + (own if size > 40 else b""))[: size - 4].ljust(size - 4, b"\0")
        if size == 40:
            head += own
    table = b"".join(bytes([c[2], c[1], c[0]]) + (b"" if size == 12 else b"\0") for c in palette)
    start = 14 + len(head) + len(table) + len(gap)
    whole = start + len(data) if file_size is None else file_size
    return b"BM" + struct.pack("<IHHI", whole, 0, 0, start if offset is None else offset) + head + table + gap + data


def padded(rows: Iterable[bytes]) -> bytes:
    return b"".join(row + bytes(-len(row) % 4) for row in rows)


def bmp_suite() -> None:
    width, height = 127, 64
    colours = [((i * 53) % 256, (i * 29 + 90) % 256, (200 - i) % 256) for i in range(256)]
    for depth in (1, 2, 4, 8):
        table = colours[: 1 << depth]
        rows = picture(width, height, 1, len(table) - 1)
        flat = [table[p[0]] for row in rows for p in row]
        data = padded(bits((p[0] for p in row), depth) for row in reversed(rows))
        down = padded(bits((p[0] for p in row), depth) for row in rows)
        for size in (12, 16, 40, 52, 56, 64, 108, 124):
            shows(f"bmp-pal{depth}-{size}.bmp", bmp(width, height, depth, data, size, table), width, height, flat)
        shows(f"bmp-pal{depth}-down.bmp", bmp(width, -height, depth, down, 40, table), width, height, flat)
        shows(f"bmp-pal{depth}-0.bmp", bmp(width, height, depth, data, 40, table, colours=0), width, height, flat)
        for offset in (0, 54):
            name = f"bmp-pal{depth}-offset{offset}.bmp"
            shows(name, bmp(width, height, depth, data, 40, table, offset=offset), width, height, flat)
        shows(f"bmp-pal{depth}-offs.bmp", bmp(width, height, depth, data, 40, table, gap=bytes(100)), width, height, flat)
        over = bmp(width, height, depth, data, 40, table + [(1, 2, 3)] * 44)
        shows(f"bmp-pal{depth}-oversized.bmp", over, width, height, flat)
        wrong = bmp(width, height, depth, data, 40, table, file_size=7)
        shows(f"bmp-pal{depth}-filesize.bmp", wrong, width, height, flat)
        if depth == 8:
            shows("bmp-pal8-unpadded.bmp", bmp(width, height, depth, data, 40, table)[:-1], width, height, flat)
    few = picture(width, height, 1, 9)
    data = padded(bytes(p[0] for p in row) for row in reversed(few))
    flat = [colours[p[0]] for row in few for p in row]
    shows("bmp-pal8-ten.bmp", bmp(width, height, 8, data, 40, colours[:10]), width, height, flat)

    rgb = picture(width, height, 3)
    flat = [pixel for row in rgb for pixel in row]
    data = padded(b"".join(bytes(reversed(p)) for p in row) for row in reversed(rgb))
    for size in (12, 40, 64, 108, 124):
        shows(f"bmp-rgb24-{size}.bmp", bmp(width, height, 24, data, size), width, height, flat)
    shows("bmp-rgb24-pal.bmp", bmp(width, height, 24, data, 40, colours), width, height, flat)
    shows("bmp-rgb24-bf.bmp", bmp(width, height, 24, data, 40, method=3, masks=[0xFF0000, 0xFF00, 0xFF]), width, height, flat)
    shows("bmp-rgb24-planes.bmp", bmp(width, height, 24, data, planes=0), width, height, flat)
    data = padded(b"".join(bytes(reversed(p)) + b"\x55" for p in row) for row in reversed(rgb))
    shows("bmp-rgb32.bmp", bmp(width, height, 32, data), width, height, flat)
    layouts = {
        "rgb32-bf": (32, [0xFF0000, 0xFF00, 0xFF]), "rgb32-xbgr": (32, [0xFF, 0xFF00, 0xFF0000]),
        "rgb32-xrgb": (32, [0xFF000000, 0xFF0000, 0xFF00]), "rgb32-7187": (32, [0x7F << 25, 0x3FFFF << 7, 0x7F]),
        "rgb32-111110": (32, [0x7FF << 21, 0x7FF << 10, 0x3FF]), "rgb16-565": (16, [0xF800, 0x7E0, 0x1F]),
        "rgb16-555": (16, [0x7C00, 0x3E0, 0x1F]), "rgb16-231": (16, [0b110, 0b111000, 1]),
        "rgb16-3103": (16, [0b111 << 13, 0x3FF << 3, 0b111]), "rgba16-4444": (16, [0xF00, 0xF0, 0xF, 0xF000]),
        "rgba16-5551": (16, [0x7C00, 0x3E0, 0x1F, 0x8000]), "rgba16-1924": (16, [1, 0x3FE, 0xC00, 0xF000]),
        "rgba32-1": (32, [0xFF0000, 0xFF00, 0xFF, 0xFF000000]), "rgba32-2": (32, [0xFF00, 0xFF0000, 0xFF000000, 0xFF]),
        "rgba32-1010102": (32, [0x3FF << 20, 0x3FF << 10, 0x3FF, 3 << 30]),
        "rgba32-81284": (32, [0xFF << 24, 0xFFF << 12, 0xF0, 0xFF00000F & 0xF]),
    }
    for name, (depth, masks) in layouts.items():
        sizes = [108, 124] + ([40, 52] if len(masks) == 3 else [56])
        values = []
        shown = []
        for row in picture(width, height, 4):
            for pixel in row:
                value = 0
                seen = []
                for mask, sample in zip(masks, pixel, strict=False):
                    low = (mask & -mask).bit_length() - 1
                    top = mask >> low
                    part = (sample * top + 127) // 255
                    value |= part << low
                    seen.append((part * 255 + top // 2) // top)
                values.append(value)
                shown.append(tuple(seen))
        letter = "H" if depth == 16 else "I"
        lines = [values[i : i + width] for i in range(0, len(values), width)]
        data = padded(struct.pack(f"<{width}{letter}", *line) for line in reversed(lines))
        for size in sizes:
            shows(f"bmp-{name}-{size}.bmp", bmp(width, height, depth, data, size, method=3, masks=masks), width, height, shown, 1)
    masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000]
    rgba = picture(width, height, 4)
    data = padded(b"".join(bytes([p[2], p[1], p[0], p[3]]) for p in row) for row in reversed(rgba))
    shown = [p for row in rgba for p in row]
    shows("bmp-rgba32-abf.bmp", bmp(width, height, 32, data, method=6, masks=masks), width, height, shown, 1)

    def runs8(rows: list[list[Pixel]]) -> bytes:
        out = bytearray()
        for row in reversed(rows):
            x = 0
            while x < len(row):
                run = 1
                while x + run < len(row) and run < 255 and row[x + run] == row[x]:
                    run += 1
                literal = [p[0] for p in row[x : x + 9]]
                if run == 1 and len(literal) >= 3:
                    out += bytes([0, len(literal)]) + bytes(literal) + bytes(len(literal) % 2)
                    x += len(literal)
                else:
                    out += bytes([run, row[x][0]])
                    x += run
            out += b"\0\0"
        return bytes(out[:-2]) + b"\0\1"

    flats = [[(p[0] // 40,) for p in row] for row in picture(width, height, 1)]
    table = colours[:16]
    shown = [table[p[0]] for row in flats for p in row]
    shows("bmp-rle8.bmp", bmp(width, height, 8, runs8(flats), 40, table, method=1), width, height, shown)
    four = bytearray()
    for row in reversed(flats):
        for x in range(0, width, 14):
            part = [p[0] for p in row[x : x + 14]]
            if len(part) >= 3:
                packed = bits(part, 4)
                four += bytes([0, len(part)]) + packed + bytes(len(packed) % 2)
            else:
                for value in part:
                    four += bytes([1, value << 4])
        four += b"\0\0"
    shows("bmp-rle4.bmp", bmp(width, height, 4, bytes(four) + b"\0\1", 40, table, method=2), width, height, shown)
    # Ended early by its own codes, and with skipped pixels, which have the first colour.
    cut = bmp(4, 3, 8, b"\x02\x03\0\0\0\2\1\1\x02\x05\0\1", 40, table, method=1)
    left = [0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0]
    left[1:3] = [5, 5]
    shows("bmp-rle8-cut.bmp", cut, 4, 3, [table[i] for i in left])
    run24 = b"".join(b"".join(bytes([1, p[2], p[1], p[0]]) for p in row) + b"\0\0" for row in reversed(rgb))
    shows("bmp-rle24.bmp", bmp(width, height, 24, run24 + b"\0\1", 64, method=4), width, height, flat_of(rgb))
    for name, data in {
        "huffman": bmp(width, height, 1, bytes(99), 64, colours[:2], method=3), "jpeg": bmp(9, 9, 0, bytes(99), 124, method=4),
        "png": bmp(9, 9, 0, bytes(99), 124, method=5), "rgba64": bmp(9, 9, 64, bytes(999)),
        "rle8-of-4": bmp(9, 9, 4, bytes(99), 40, table, method=1), "cmyk": bmp(9, 9, 32, bytes(999), 40, method=11),
    }.items():
        put(f"bmp-{name}.bmp", data, "unsupported")
    data = padded(b"".join(bytes(reversed(p)) for p in row) for row in reversed(rgb))
    for name, file in {
        "bitcount": bmp(9, 9, 9, bytes(999)), "compression": bmp(9, 9, 24, bytes(999), method=0x4343),
        "width": bmp(-9, 9, 24, bytes(999)), "short": bmp(width, height, 24, data[: len(data) // 2]),
        "offset": bmp(9, 9, 24, bytes(999), offset=77_777), "rle": bmp(width, height, 8, runs8(flats)[:90], 40, table, method=1),
    }.items():
        put(f"bmp-x-{name}.bmp", file, "corrupt")
    put("bmp-x-huge.bmp", bmp(300_000, 300_000, 24, bytes(99)), "large")


def flat_of(rows: list[list[Pixel]]) -> list[Pixel]:
    return [pixel for row in rows for pixel in row]


# ---- TIFF ---------------------------------------------------------------------------------------------------------------------

SIZES = {1: "B", 3: "H", 4: "I", 16: "Q"}


def tiff(
    rows: list[list[Pixel]], depth: int, photometric: int, big: bool = False, planar: bool = False, strip: int = 9,
    tile: tuple[int, int] | None = None, tags: Iterable[tuple[int, int, list[int]]] = (), large: bool = False,
    leave: Iterable[int] = (), pieces: list[bytes] | None = None, compression: int = 1,
) -> bytes:
    width, height, samples = len(rows[0]), len(rows), len(rows[0][0])
    e = ">" if big else "<"

    def packed(lines: list[list[Pixel]], wanted: list[int]) -> bytes:
        out = b""
        for line in lines:
            values = [pixel[c] for pixel in line for c in wanted]
            out += struct.pack(f"{e}{len(values)}H", *values) if depth == 16 else bits(values, depth)
        return out

    if pieces is None:
        pieces = []
        for wanted in [[c] for c in range(samples)] if planar else [list(range(samples))]:
            if tile:
                w, h = tile
                for y in range(0, height, h):
                    for x in range(0, width, w):
                        area = [[rows[min(j, height - 1)][min(i, width - 1)] for i in range(x, x + w)] for j in range(y, y + h)]
                        pieces.append(packed(area, wanted))
            else:
                pieces += [packed(rows[y : y + strip], wanted) for y in range(0, height, strip)]
    offset = 16 if large else 8
    places = []
    body = b""
    for piece in pieces:
        places.append(offset + len(body))
        body += piece + bytes(len(piece) % 2)
    word = 16 if large else 4
    entries = [
        (256, 4, [width]), (257, 4, [height]), (258, 3, [depth] * samples), (259, 3, [compression]), (262, 3, [photometric]),
        (277, 3, [samples]), (284, 3, [2 if planar else 1]),
    ]
    lengths = [len(piece) for piece in pieces]
    if tile:
        entries += [(322, 4, [tile[0]]), (323, 4, [tile[1]]), (324, word, places), (325, 4, lengths)]
    else:
        entries += [(273, word, places), (278, 4, [strip]), (279, 4, lengths)]
    entries = sorted([entry for entry in entries if entry[0] not in leave] + list(tags))
    start = offset + len(body)
    inline, count, size, number = (8, "Q", 20, "Q") if large else (4, "H", 12, "I")
    heap_start = start + struct.calcsize("<" + count) + size * len(entries) + inline
    directory, heap = struct.pack(e + count, len(entries)), b""
    for tag, kind, values in entries:
        value = struct.pack(f"{e}{len(values)}{SIZES[kind]}", *values)
        if len(value) > inline:
            where = struct.pack(e + number, heap_start + len(heap))
            heap += value + bytes(len(value) % 2)
            value = where
        directory += struct.pack(f"{e}HH{number}", tag, kind, len(values)) + value.ljust(inline, b"\0")
    mark = (b"MM" if big else b"II") + (struct.pack(e + "HHHQ", 43, 8, 0, start) if large else struct.pack(e + "HI", 42, start))
    return mark + body + directory + bytes(inline) + heap


def tiff_suite() -> None:
    width, height = 37, 29
    for depth in range(1, 17):
        top = (1 << depth) - 1
        for photometric, samples in ((0, 1), (1, 1), (2, 3), (5, 4)):
            rows = picture(width, height, samples, top)

            def shown(pixel: Pixel, photometric: int = photometric, depth: int = depth) -> Pixel:
                wide = [widened(value, depth) for value in pixel]
                if photometric == 0:
                    return (255 - wide[0],)
                if photometric == 5:
                    return tuple((255 - ink) * (255 - wide[3]) // 255 for ink in wide[:3])
                return tuple(wide)

            flat = [shown(pixel) for row in rows for pixel in row]
            extra = [(332, 3, [1])] if photometric == 5 else []
            name = f"tiff-{photometric}-{depth:02}"
            for big in (False, True):
                shows(f"{name}-{'b' if big else 'l'}.tif", tiff(rows, depth, photometric, big, tags=extra), width, height, flat, 1)
            tiles = tiff(rows, depth, photometric, tile=(16, 32), tags=extra)
            shows(f"{name}-tiles.tif", tiles, width, height, flat, 1)
            if samples > 1:
                planes = tiff(rows, depth, photometric, planar=True, tags=extra)
                shows(f"{name}-planes.tif", planes, width, height, flat, 1)
                both = tiff(rows, depth, photometric, True, planar=True, tile=(32, 16), tags=extra)
                shows(f"{name}-planes-tiles.tif", both, width, height, flat, 1)
        if depth <= 8:
            colours = [[(i * k + 70) % 256 for i in range(top + 1)] for k in (53, 29, 91)]
            rows = picture(width, height, 1, top)
            flat = [tuple(part[p[0]] for part in colours) for row in rows for p in row]
            table = [(320, 3, [v * 257 for part in colours for v in part])]
            shows(f"tiff-3-{depth:02}.tif", tiff(rows, depth, 3, tags=table), width, height, flat)
            narrow = [(320, 3, [v for part in colours for v in part])]
            if depth > 1:
                shows(f"tiff-3-{depth:02}-narrow.tif", tiff(rows, depth, 3, True, tags=narrow), width, height, flat)
    rgba = picture(width, height, 4)
    flat4 = flat_of(rgba)
    rgb = [p[:3] for p in flat4]
    shows("tiff-rgba-straight.tif", tiff(rgba, 8, 2, tags=[(338, 3, [2])]), width, height, flat4, 1)
    # Without a declared meaning (libtiff does not distinguish this from "unspecified"), the fourth sample is ignored.
    shows("tiff-rgba-unsaid.tif", tiff(rgba, 8, 2), width, height, rgb)
    shows("tiff-rgbx.tif", tiff(rgba, 8, 2, tags=[(338, 3, [0])]), width, height, rgb)
    lit = [[tuple(v * p[3] // 255 for v in p[:3]) + (p[3],) for p in row] for row in rgba]
    blend = [tuple(v + 255 - p[3] for v in p[:3]) for row in lit for p in row]
    shows("tiff-rgba-multiplied.tif", tiff(lit, 8, 2, planar=True, tags=[(338, 3, [1])]), width, height, blend, 1)
    two = picture(width, height, 2)
    shows("tiff-la.tif", tiff(two, 8, 1, tags=[(338, 3, [2])]), width, height, flat_of(two), 1)
    five = [[p + (9,) for p in row] for row in rgba]
    shows("tiff-rgb-extra.tif", tiff(five, 8, 2, tags=[(338, 3, [0, 0])]), width, height, rgb)
    three = picture(width, height, 3)
    for large in (False, True):
        shows(f"tiff-big{int(large)}.tif", tiff(three, 8, 2, large, large=large), width, height, flat_of(three))
    shows("tiff-one-strip.tif", tiff(three, 8, 2, strip=2**32 - 1), width, height, flat_of(three))
    shows("tiff-no-photometric.tif", tiff(three, 8, 2, leave=[262]), width, height, flat_of(three))
    shows("tiff-fill-order.tif", tiff(
        picture(width, height, 1, 1), 1, 1, tags=[(266, 3, [2])],
        pieces=[bytes(int(f"{b:08b}"[::-1], 2) for b in bits((p[0] for p in row), 1)) for row in picture(width, height, 1, 1)],
        strip=1), width, height, [(p[0] * 255,) for row in picture(width, height, 1, 1) for p in row])
    zipped = [zlib.compress(b"".join(bytes(p) for row in three[y : y + 9] for p in row)) for y in range(0, height, 9)]
    for method in (8, 32946):
        shows(f"tiff-deflate-{method}.tif", tiff(three, 8, 2, pieces=zipped, compression=method), width, height, flat_of(three))
    image = Image.frombytes("RGB", (width, height), b"".join(bytes(p) for p in flat_of(three)))
    smooth = Image.radial_gradient("L").resize((96, 80)).convert("RGB")
    for method in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"):
        for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "LA", "I;16"):
            if mode == "I;16":
                data = struct.pack(f"<{width * height}H", *(v * 257 for v in image.convert("L").tobytes()))
                picture16 = Image.frombytes("I;16", (width, height), data)
                out = io.BytesIO()
                picture16.save(out, "TIFF", compression=method)
                expected = [(v,) for v in image.convert("L").tobytes()]
                shows(f"tiff-pillow-{method}-I16.tif", out.getvalue(), width, height, expected, 1)
                continue
            out = io.BytesIO()
            image.convert(mode).save(out, "TIFF", compression=method)
            as_pillow(f"tiff-pillow-{method}-{mode}.tif", out.getvalue(), 1)
    for method in ("group3", "group4", "tiff_ccitt"):
        out = io.BytesIO()
        image.convert("1").save(out, "TIFF", compression=method)
        as_pillow(f"tiff-pillow-{method}.tif", out.getvalue())
    for mode in ("L", "RGB", "CMYK", "YCbCr"):
        out = io.BytesIO()
        smooth.convert(mode).save(out, "TIFF", compression="jpeg")
        as_pillow(f"tiff-pillow-jpeg-{mode}.tif", out.getvalue(), 3)
    out = io.BytesIO()
    image.convert("LAB").save(out, "TIFF")
    as_lab = Image.open(out)
    assert as_lab.mode == "LAB"
    put("tiff-pillow-lab.tif", out.getvalue(), "taken")
    out = io.BytesIO()
    image.save(out, "TIFF", big_tiff=True, save_all=True, append_images=[image])
    as_pillow("tiff-pillow-big.tif", out.getvalue())
    ycc = [[(128, 128, 128), (64, 100, 200), (200, 90, 60), (16, 128, 128)] * 4] * 8
    for across, down in ((1, 1), (2, 1), (2, 2), (4, 2)):
        blocks = b""
        for _ in range(8 // down):
            for x in range(0, 16, across):
                block = [ycc[0][x + i][0] for _ in range(down) for i in range(across)]
                blocks += bytes(block) + bytes(ycc[0][x][1:])
        data = tiff(ycc, 8, 6, strip=8, pieces=[blocks], tags=[(530, 3, [across, down])])
        put(f"tiff-ycbcr-{across}{down}.tif", data, "taken")
    for name, data in {
        "float32": tiff([[(1, 2)] * 4] * 4, 16, 1, leave=[258, 277], tags=[(258, 3, [32]), (277, 3, [1]), (339, 3, [3])]),
        "float16": tiff(picture(4, 4, 1), 16, 1, tags=[(339, 3, [3])]),
        "signed": tiff(picture(4, 4, 1), 16, 1, tags=[(339, 3, [2])]),
        "32": tiff([[(1, 2)] * 4] * 4, 16, 1, leave=[258, 277], tags=[(258, 3, [32]), (277, 3, [1])]),
        "logluv": tiff(picture(4, 4, 3), 16, 32845), "logl": tiff(picture(4, 4, 1), 16, 32844),
        "cfa": tiff(picture(4, 4, 1), 8, 32803), "mask": tiff(picture(4, 4, 1, 1), 1, 4),
        "inks": tiff(picture(4, 4, 5), 8, 5, tags=[(332, 3, [2])]), "cmy": tiff(picture(4, 4, 3), 8, 5),
        "compression": tiff(picture(4, 4, 3), 8, 2, compression=777), "depths": tiff(
            picture(4, 4, 3), 8, 2, leave=[258], tags=[(258, 3, [5, 6, 5])]),
        "palette16": tiff(picture(4, 4, 1), 16, 3, tags=[(320, 3, [7] * 3 * 65536)]),
    }.items():
        put(f"tiff-{name}.tif", data, "unsupported")
    good = tiff(three, 8, 2)
    for name, data in {
        "cut": good[: len(good) // 2], "no-size": tiff(three, 8, 2, leave=[257]), "offset": good[:4] + b"\xff\xff\xff\x7f" + good[8:],
        "places": tiff(three, 8, 2, leave=[273], tags=[(273, 4, [1 << 30] * 4)]),
        "deflate": tiff(three, 8, 2, pieces=[bytes(40)] * 4, compression=8), "no-palette": tiff(picture(4, 4, 1, 15), 4, 3),
        "tile0": tiff(three, 8, 2, tile=(16, 16), leave=[322], tags=[(322, 4, [0])]),
    }.items():
        put(f"tiff-x-{name}.tif", data, "corrupt")


# ---- GIF, WEBP, JPEG, written by Pillow ----------------------------------------------------------------------------------------


def gif_suite() -> None:
    image = Image.frombytes("RGB", (61, 43), b"".join(bytes(p) for p in flat_of(picture(61, 43, 3))))
    for colours in (2, 3, 4, 8, 16, 32, 64, 128, 256):
        reduced = image.quantize(colours)
        for interlace in (0, 1):
            out = io.BytesIO()
            reduced.save(out, "GIF", interlace=interlace)
            as_pillow(f"gif-{colours}-{interlace}.gif", out.getvalue())
    reduced = image.quantize(32)
    out = io.BytesIO()
    reduced.save(out, "GIF", transparency=5)
    as_pillow("gif-transparent.gif", out.getvalue())
    out = io.BytesIO()
    reduced.save(out, "GIF", save_all=True, append_images=[reduced.rotate(90), reduced.rotate(180)], duration=10, loop=0, comment=b"x" * 600)
    as_pillow("gif-animated.gif", out.getvalue())
    whole = out.getvalue()
    as_pillow("gif-no-trailer.gif", whole[:-1])
    as_pillow("gif-rubbish-behind.gif", whole + b"rubbish" * 9)
    out = io.BytesIO()
    reduced.save(out, "GIF")
    plain = out.getvalue()
    as_pillow("gif-87a.gif", b"GIF87a" + plain[6:])
    for name, data in {"cut": plain[: len(plain) // 2], "no-frame": plain[: 13 + 3 * 32] + b";", "kind": plain[: 13 + 3 * 32] + b"\x99"}.items():
        put(f"gif-x-{name}.gif", data, "corrupt")


def webp_suite() -> None:
    smooth = Image.radial_gradient("L").resize((120, 90)).convert("RGB")
    clear = smooth.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 90)))
    for name, image in {"rgb": smooth, "rgba": clear}.items():
        for lossless in (False, True):
            out = io.BytesIO()
            image.save(out, "WEBP", lossless=lossless, exact=True, quality=80)
            as_pillow(f"webp-{name}-{int(lossless)}.webp", out.getvalue(), 1)
    out = io.BytesIO()
    smooth.save(out, "WEBP", save_all=True, append_images=[smooth.rotate(90)], lossless=True)
    as_pillow("webp-animated.webp", out.getvalue(), 1)
    out = io.BytesIO()
    smooth.save(out, "WEBP", lossless=True)
    data = out.getvalue()
    put("webp-x-cut.webp", data[: len(data) // 2], "corrupt")
    put("webp-x-kind.webp", data[:12] + b"NONE" + data[16:], "corrupt")


def jpeg_suite() -> None:
    smooth = Image.radial_gradient("L").resize((121, 95)).convert("RGB")
    red, green, blue = smooth.split()
    smooth = Image.merge("RGB", (red, green.rotate(180), blue.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    for mode in ("L", "RGB", "CMYK"):
        for progressive in (False, True):
            for subsampling in (0, 1, 2) if mode == "RGB" else (0,):
                out = io.BytesIO()
                smooth.convert(mode).save(
                    out, "JPEG", quality=90, progressive=progressive, subsampling=subsampling, restart_marker_rows=2)
                as_pillow(f"jpeg-{mode}-{int(progressive)}-{subsampling}.jpg", out.getvalue(), 2)
    for side in (1, 2, 7, 8, 9, 16, 17):
        out = io.BytesIO()
        smooth.crop((0, 0, side, side)).save(out, "JPEG", quality=95)
        as_pillow(f"jpeg-side{side}.jpg", out.getvalue(), 2)
    out = io.BytesIO()
    smooth.save(out, "JPEG", keep_rgb=True)
    as_pillow("jpeg-rgb.jpg", out.getvalue(), 1)
    data = out.getvalue()
    sof = data.index(b"\xff\xc0")
    for name, kind, depth in (("lossless", 0xC3, 8), ("twelve", 0xC1, 12), ("hierarchical", 0xC5, 8)):
        put(f"jpeg-{name}.jpg", data[: sof + 1] + bytes([kind]) + data[sof + 2 : sof + 4] + bytes([depth]) + data[sof + 5 :], "unsupported")
    put("jpeg-dnl.jpg", data[: sof + 5] + b"\0\0" + data[sof + 7 :], "unsupported")
    put("jpeg-x-cut.jpg", data[: len(data) // 2], "corrupt")
    put("jpeg-x-no-scan.jpg", data[:sof] + b"\xff\xd9", "corrupt")


def pillow_suite() -> None:
    """Every format that Pillow writes is accepted, or unsupported with its name; none is reported as damaged."""
    Image.init()
    taken = {"BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP", "MPO"}
    # Without a signature, or not images.
    unknown = {"PALM", "SPIDER", "IM"} - {"IM"} | {"PDF", "BUFR", "GRIB", "HDF5", "WMF", "XV", "MPEG"}
    modes = {"XBM": "1", "MSP": "1", "PALM": "P", "PCX": "L", "SGI": "RGB", "ICNS": "RGBA", "GBR": "L"}
    image = Image.frombytes("RGB", (64, 64), b"".join(bytes(p) for p in flat_of(picture(64, 64, 3))))
    for name in sorted(Image.SAVE):
        if name in unknown or (name == "AVIF" and not features.check("avif")) or (name == "JPEG2000" and not features.check("jpg_2000")):
            continue
        out = io.BytesIO()
        try:
            image.convert(modes.get(name, "RGB")).save(out, name)
        except (OSError, ValueError, KeyError, AttributeError):
            continue
        data = out.getvalue()
        if name in ("AVIF", "HEIF"):
            continue
        if name in taken:
            as_pillow(f"pillow-{name}.img", data, 2)
        else:
            put(f"pillow-{name}.img", data, "foreign")
    for mode, name in (("1", "pbm"), ("L", "pgm"), ("RGB", "ppm")):
        out = io.BytesIO()
        image.convert(mode).save(out, "PPM")
        put(f"pillow-{name}.img", out.getvalue(), "foreign")


def heif_suite() -> None:
    """HEIC and AVIF, which need a library; rotated by their properties."""
    small = Image.radial_gradient("L").resize((120, 88))
    smooth = Image.merge("RGB", (small, small.rotate(180), small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    clear = smooth.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 88)))

    def heif(name: str, data: bytes, image: Image.Image, tolerance: int) -> None:
        flat = image.convert("RGBA").tobytes()
        shows(name, data, image.width, image.height, (tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)), tolerance)
        manifest[-1] = f"{name}\theif\t{tolerance}"

    if features.check("avif"):
        out = io.BytesIO()
        smooth.save(out, "AVIF", quality=100, subsampling="4:4:4")
        heif("heif-plain.avif", out.getvalue(), smooth, 6)
        place = out.getvalue().index(b"ispe") + 8
        put("heif-large.avif", out.getvalue()[:place] + struct.pack(">II", 8000, 7000) + out.getvalue()[place + 8 :], "large")
        out = io.BytesIO()
        clear.save(out, "AVIF", quality=100, subsampling="4:4:4")
        heif("heif-alpha.avif", out.getvalue(), clear, 8)
        for orientation in range(2, 9):
            exif = Image.Exif()
            exif[274] = orientation
            exif[306] = "2024:05:31 23:59:58"
            out = io.BytesIO()
            smooth.save(out, "AVIF", quality=100, subsampling="4:4:4", exif=exif)
            turned = smooth.copy()
            turned.getexif()[274] = orientation
            heif(f"heif-turned{orientation}.avif", out.getvalue(), ImageOps.exif_transpose(turned), 6)
    try:
        import pillow_heif  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return
    pillow_heif.register_heif_opener()
    for name, image in {"plain": smooth, "alpha": clear}.items():
        out = io.BytesIO()
        image.save(out, "HEIF", quality=100, chroma=444)
        heif(f"heif-{name}.heic", out.getvalue(), image, 8)


folder.mkdir(parents=True, exist_ok=True)
heif_suite()
png_suite()
bmp_suite()
tiff_suite()
gif_suite()
webp_suite()
jpeg_suite()
pillow_suite()
(folder / "manifest.txt").write_text("\n".join(manifest) + "\n")
print(len(manifest))
