"""Items, groups, comparisons, thumbnails, updates and prunes of a local index."""
import random
import struct
import zlib


def noise(path, seed, side=400):
    """A PNG of coloured blocks that no other one is like."""
    numbers = random.Random(seed)
    blocks = [[bytes(numbers.randrange(256) for _ in range(3)) for _ in range(side // 10)] for _ in range(side // 10)]
    rows = b"".join(b"\0" + b"".join(blocks[y // 10][x // 10] for x in range(side)) for y in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def test_what_is_stored_is_listed_grouped_compared_changed_and_forgotten(driver, run, tmp_path):
    assert "0 failures" in run(driver("collection"), tmp_path, noise(tmp_path / "one.png", 1), noise(tmp_path / "other.png", 2))
