"""Images are encoded while they are sent, so adding many large ones needs no more memory than adding a small one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from doublekit.process import DoubleProcess
from scenes import scene

PROGRAM = """
import os, sys
from imagesearch import AlibabaCloud, ImageItem

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

base, version, path = sys.argv[1:]
with AlibabaCloud(
    access_key_id="testid", access_key_secret="testsecret", instance="goodssearch", endpoint=base, region="cn-shanghai",
    api_version=version, total_timeout=300, max_concurrent=8,
) as client:
    def add(count):
        report = client.add_images([ImageItem(str(item), [path], category="4") for item in range(count)])
        assert report.succeeded_count == count, report
    # What is made once, tables and connections, is there before.
    size = os.path.getsize(path)
    os.truncate(path, 200_000)
    add(4)
    with open(path, "ab") as file:
        while file.tell() < size:
            file.write(os.urandom(min(size - file.tell(), 65536)))
    open("/proc/self/clear_refs", "w").write("5")
    before = peak()
    add(20)
    print(peak() - before)
"""


@pytest.mark.parametrize("version", ["2018-01-20", "2019-03-25", "2020-12-14"])
def test_twenty_images_of_four_megabytes(tmp_path: Path, version: str) -> None:
    with DoubleProcess("alibaba", {"check_images": False}) as double:
        path = tmp_path / "large.bmp"
        side = 1150
        header = b"BM" + bytes(8) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little") + side.to_bytes(4, "little") * 2
        header += (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(24)
        path.write_bytes(header + os.urandom(4_000_000 - len(header)))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, double.url, version, str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "python")}, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        # Kibibytes; two images in memory, or their base64 text, would exceed it.
        assert int(done.stdout) <= 4096
        assert len([entry for entry in double.log() if entry["kind"] in ("item_add", "v2_add", "AddImage")]) == 24


PARTIAL = """
import resource, struct, sys
from imagesearch import ImageItem, LocalIndex, OutOfMemoryError, merge_partials

table = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    table.append(byte)

def checksum(content):
    found = 0xFFFFFFFF
    for byte in content:
        found = found >> 8 ^ table[(found ^ byte) & 255]
    return found ^ 0xFFFFFFFF

with LocalIndex(sys.argv[1] + "/index") as index:
    index.add_images([ImageItem("a", [("image", sys.argv[2])])])
    sound = index.search_partial(index.encode_query(sys.argv[2], effort="fast", compact=True))
merge_partials([sound])
# Each entry is an image that was not compared, with a map of one square: 130 bytes that become two kilobytes.
squares = bytes([1]) + bytes(12) + struct.pack("<ff", 1, 1)
entry = struct.pack("<IBQI11d", 2**32 - 1, 32, 1, 3, 0.1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1) + squares + struct.pack("<I", 0)
count = 20_000
content = bytes(32) + struct.pack("<qIqIIIII", 100, 0, 0, 0, 0, 1, 1, count) + count * entry
hostile = bytearray(sound[:32]) + content
struct.pack_into("<Q", hostile, 16, len(hostile))
struct.pack_into("<I", hostile, 12, checksum(hostile[16:]))
hostile = bytes(hostile)
print(len(merge_partials([hostile])))
with open("/proc/self/statm") as statm:
    size = int(statm.read().split()[0]) * resource.getpagesize()
# What the first call has given back may be used again.
many = [hostile] * 8
resource.setrlimit(resource.RLIMIT_AS, (size + (64 << 20), -1))
try:
    merge_partials(many)
except OutOfMemoryError:
    print("no memory")
"""


def test_bytes_that_become_many_times_as_many_end_no_process(tmp_path: Path) -> None:
    (tmp_path / "scene.png").write_bytes(scene(1))
    done = subprocess.run(
        [sys.executable, "-c", PARTIAL, str(tmp_path), str(tmp_path / "scene.png")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "python")}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout == "0\nno memory\n", (done.returncode, done.stdout, done.stderr)
