"""Images are encoded while they are sent, so adding many large ones needs no more memory than adding a small one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from doublekit.process import DoubleProcess

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
