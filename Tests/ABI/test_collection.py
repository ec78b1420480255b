"""Items, groups, comparisons, thumbnails, updates and prunes of a local index."""

import random
import re
import struct
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Calls of the collection that block, by their names without the prefix. Each has a `_start` of its own, or ends at once.
CALLS = [
    "groups_open", "compare", "compare_overlay", "items_open", "item", "contains", "count", "categories", "same_bytes",
    "thumbnail", "prune", "update", "search_stored",
]  # fmt: skip
NAMES = [f"imagesearch_local_index_{name}" for name in CALLS] + ["imagesearch_groups_next", "imagesearch_items_next"]


def test_the_list_of_calls_is_that_of_the_header():
    """What stands between the header's headings about the collection, in whatever order."""
    header = (ROOT / "include/imagesearch.h").read_text()
    declared = set(re.findall(r"\b(imagesearch_(?:local_index|groups|items)_\w+)\(", header))
    blocking = {name for name in declared if name + "_start" in declared or name.endswith(("groups_open", "items_open"))}
    # What adds, searches, copies and rebuilds is an index's own, not the collection's.
    others = re.compile(r"_(add_\w+|copy|rebuild\w*|\w*encode\w*|\w*partial\w*)$")
    assert {name for name in blocking if not others.search(name)} == set(NAMES)


@pytest.mark.parametrize(
    "place", ["examples/c/collection.c", "Tests/ABI/storm.c", "Tests/ABI/collection.c", "docs/collection.md"]
)
def test_every_call_of_the_collection_is_shown_and_tried(place):
    text = (ROOT / place).read_text()
    # The driver looks at what is given, which a call in the background gives as well.
    form = r"(_start)?\(" if place == "Tests/ABI/collection.c" else r"\("
    assert [name for name in NAMES if not re.search(rf"\b{name}{form}", text)] == []


def test_every_call_of_the_collection_is_fuzzed_in_both_forms():
    """In the target of call sequences, whatever the order."""
    text = (ROOT / "Fuzz/c-calls.swift").read_text()
    forms = [*NAMES, *(name + "_start" for name in NAMES if not name.endswith("_open"))]
    assert [name for name in forms if not re.search(rf"\b{name}\(", text)] == []


@pytest.mark.parametrize(
    "place", ["examples/python/collection.py", "docs/collection.md", "examples/swift/Sources/Collection/Collection.swift"]
)
def test_every_call_of_the_collection_is_shown_in_python_and_swift(place):
    text = (ROOT / place).read_text()
    swift = {
        "all_items": "allItems",
        "same_bytes": "images(sameAs:",
        "compare_overlay": "overlay(",
        "search_stored": "search(stored:",
    }
    for name in (
        "groups",
        "compare",
        "compare_overlay",
        "all_items",
        "item",
        "contains",
        "count",
        "categories",
        "same_bytes",
        "thumbnail",
        "prune",
        "update",
        "search_stored",
    ):
        ways = [rf"\.{name}\("] if place.endswith(".py") else [rf"\b{re.escape(swift.get(name, name + '('))}"]
        if place.endswith(".md"):
            ways.append(rf"\.{name}\(")
        assert all(re.search(way, text) for way in ways), (name, ways)


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
