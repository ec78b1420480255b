"""The blocks of docs/scale.md that need a cluster, run one after the other as a reader would."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import collection
import httpx
import pytest

sys.path.insert(0, str(collection.ROOT / "Tests" / "Docs"))

from blocks import blocks


def test_the_blocks_about_clusters(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ray import serve

    for folder, first in (("images", 500_000), ("more", 500_100)):
        (tmp_path / folder).mkdir()
        for number in range(4):
            image = collection.encoded(collection.drawing(first + number))
            (tmp_path / folder / f"{number if folder == 'images' else first + number}.png").write_bytes(image)
    monkeypatch.chdir(tmp_path)
    found = [block for block in blocks("python") if block.path == "docs/scale.md" and "imagesearch.ray" in block.code]
    assert len(found) == 2
    try:
        for block in found:
            exec(compile(block.code, block.name, "exec"), {})
        image = (tmp_path / "images" / "1.png").read_bytes()
        end = time.monotonic() + 30
        while True:
            response = httpx.post(
                "http://127.0.0.1:8000/v1/photos/search", files={"image": ("q", image)}, trust_env=False, timeout=30
            )
            if response.status_code == 200 or time.monotonic() > end:
                break
            time.sleep(0.3)
        assert [match["item_id"] for match in response.json()["matches"]] == ["1.png"]
        assert httpx.get("http://127.0.0.1:8000/v1/", trust_env=False).json()["indexes"]
    finally:
        serve.shutdown()
