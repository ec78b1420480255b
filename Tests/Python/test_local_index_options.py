"""Options of opening a local index, and of the stored data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scenes import scene

import imagesearch
from imagesearch import Code, ImageItem, LocalIndex


def test_an_index_that_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(imagesearch.LocalIndexError) as caught:
        LocalIndex(tmp_path / "none", create=False)
    assert caught.value.code is Code.INDEX_UNAVAILABLE
    assert not (tmp_path / "none").exists()


def test_read_only(tmp_path: Path) -> None:
    with LocalIndex(tmp_path / "index") as index:
        assert index.add_images([ImageItem("a", [("a", scene(1))])]).failed_count == 0
    with LocalIndex(tmp_path / "index", read_only=True) as index:
        assert index.search(scene(1))[0].item_id == "a"
        with pytest.raises(imagesearch.ImageSearchError):
            index.add_images([ImageItem("b", [("b", scene(2))])])
        with pytest.raises(imagesearch.ImageSearchError):
            index.remove_images("a")
        assert index.image_count() == 1


def test_thumbnails_are_what_takes_space(tmp_path: Path) -> None:
    sizes = []
    for side in (0, 512):
        with LocalIndex(tmp_path / str(side), thumbnail_side=side) as index:
            index.add_images([ImageItem(str(seed), [("a", scene(seed))]) for seed in range(6)])
        sizes.append((tmp_path / str(side) / "index.sqlite").stat().st_size)
    assert sizes[1] - sizes[0] > 6 * 2000


def test_limits_of_files_and_pixels(tmp_path: Path) -> None:
    for limit in ({"max_image_bytes": 100}, {"max_pixels": 1000}):
        with LocalIndex(tmp_path / "index", **limit) as index:  # type: ignore[arg-type]
            report = index.add_images([ImageItem("a", [("a", scene(1))])])
            assert [entry.error and entry.error.code for entry in report] == [Code.IMAGE_TOO_LARGE]


@pytest.mark.parametrize(
    "option",
    [
        {"threads": 0}, {"threads": 257}, {"lock_timeout": -1}, {"thumbnail_side": 2049}, {"thumbnail_side": -1},
        {"thumbnail_quality": 0}, {"thumbnail_quality": 101}, {"max_image_bytes": 0}, {"max_pixels": -5},
    ],
)  # fmt: skip
def test_options_out_of_range(tmp_path: Path, option: dict[str, Any]) -> None:
    with pytest.raises(imagesearch.UsageError) as caught:
        LocalIndex(tmp_path / "index", **option)
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert not (tmp_path / "index").exists()
