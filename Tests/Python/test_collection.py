"""The collection in a local index: items, groups of copies, comparisons, pruning."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import io
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from scenes import scene

import imagesearch
from imagesearch import AsyncLocalIndex, ImageItem, LocalIndex, Stored


def jpeg(content: bytes, scale: float = 1) -> bytes:
    image = Pillow.open(io.BytesIO(content)).convert("RGB")
    file = io.BytesIO()
    image.resize((round(image.width * scale), round(image.height * scale))).save(file, "JPEG", quality=80)
    return file.getvalue()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LocalIndex]:
    with LocalIndex(tmp_path / "index") as index:
        index.add_images(
            [
                ImageItem("a", [("front", scene(1)), ("back", scene(2))], category="mugs", custom_content="text"),
                ImageItem("b", [("same", scene(1))]),
                ImageItem("c", [("smaller", jpeg(scene(1), 0.8))]),
                ImageItem("d", [("other", scene(3))]),
            ]
        )
        yield index


def test_items_in_the_order_of_adding(index: LocalIndex) -> None:
    items = index.items()
    assert [item.item_id for item in items] == ["a", "b", "c", "d"]
    assert sorted(image.image_name for image in items[0].images) == ["back", "front"]
    assert [item.item_id for item in index.items(after=items[1].position, limit=1)] == ["c"]
    assert list(index.all_items()) == items and list(index.all_items(after=items[-1].position)) == []
    image = next(image for image in items[0].images if image.image_name == "front")
    assert (image.category, image.custom_content, image.format) == ("mugs", "text", "PNG")
    assert image.sha256 == hashlib.sha256(scene(1)).hexdigest() and image.file_size == len(scene(1))
    now = datetime.datetime.now(datetime.UTC)
    assert image.added_at is not None and abs(now - image.added_at) < datetime.timedelta(hours=1)
    assert image.to_dict()["item_id"] == "a" and pickle.loads(pickle.dumps(items)) == items


def test_one_item(index: LocalIndex) -> None:
    assert index.item("a") == index.items()[0] and index.item("none") is None
    assert index.contains("a") and index.contains("a", "front")
    assert not index.contains("a", "side") and not index.contains("none")
    assert (index.count(), index.count("mugs"), index.count("none")) == (5, 2, 0)
    assert sorted(image.item_id for image in index.same_bytes(scene(1))) == ["a", "b"]
    thumbnail = index.thumbnail("a", "front")
    assert Pillow.open(io.BytesIO(thumbnail)).size[0] > 10
    with pytest.raises(imagesearch.NotFoundError):
        index.thumbnail("a", "side")
    with pytest.raises(TypeError, match="item_id must be str"):
        index.item(None)  # type: ignore[arg-type]


def test_a_search_with_a_stored_image(index: LocalIndex) -> None:
    found = {match.item_id for match in index.search_stored("a", "front")}
    assert {"b", "c"} <= found and "d" not in found


def test_groups(index: LocalIndex) -> None:
    steps: list[Any] = []
    groups = list(index.groups(progress=steps.append))
    (group,) = groups
    assert {member.image.item_id for member in group} == {"a", "b", "c"} and len(group) == len(group.members) == 3
    assert group[0].relation == "identical" and all((member.confidence or 0) > 0.5 for member in group)
    assert group.to_dicts()[0]["item_id"] == group[0].image.item_id and "<table>" in group._repr_html_()
    assert pickle.loads(pickle.dumps(group)) == group
    assert next(iter(index.groups(relations="identical"))).members != ()
    for wrong in ({"keep": "nicest"}, {"relations": "alike"}):
        with pytest.raises(imagesearch.InvalidArgumentError, match="must be one of"):
            index.groups(**wrong)  # type: ignore[arg-type]


def test_comparing(index: LocalIndex) -> None:
    same = index.compare(scene(1), Stored("a", "front"))
    assert same.relation == "identical" and same.explanation.same_bytes and str(same.explanation)
    smaller = index.compare(Stored("a", "front"), jpeg(scene(1), 0.8))
    assert smaller.relation in ("reencoded", "altered") and (smaller.confidence or 0) > 0.9
    assert smaller.explanation.inliers > 0 and smaller.transform is not None
    strangers = index.compare(scene(1), scene(3))
    assert strangers.relation is None


def test_updating(index: LocalIndex) -> None:
    assert index.update("a", category="cups") == 2
    assert index.count("cups") == 2
    assert index.update("a", "front", custom_content=None, category=imagesearch.KEEP) == 1
    item = index.item("a")
    assert item is not None
    front = next(image for image in item.images if image.image_name == "front")
    assert (front.category, front.custom_content) == ("cups", None)
    with pytest.raises(imagesearch.NotFoundError):
        index.update("none", category="x")


def test_pruning(index: LocalIndex, tmp_path: Path) -> None:
    for name in ("stays.png", "goes.png"):
        (tmp_path / name).write_bytes(scene(7 if name == "goes.png" else 8))
        index.add_file(tmp_path / name, name)
    (tmp_path / "goes.png").unlink()
    dry = index.prune()
    assert [image.item_id for image in dry] == ["goes.png"] and not dry.is_applied and index.contains("goes.png")
    done = index.prune(apply=True)
    assert [image.item_id for image in done.gone] == ["goes.png"] and done.is_applied and not index.contains("goes.png")
    assert index.contains("stays.png") and len(index.prune()) == 0


def test_awaited(index: LocalIndex, tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncLocalIndex(tmp_path / "index") as other:
            assert [item.item_id async for item in other.all_items()] == ["a", "b", "c", "d"]
            assert await other.contains("a") and await other.count() == 5
            groups = [group async for group in other.groups(progress=lambda step: None)]
            assert len(groups) == 1 and len(groups[0]) == 3
            assert (await other.compare(scene(1), Stored("b", "same"))).relation == "identical"

    asyncio.run(main())


def test_everything_is_shown_in_one_line(index: LocalIndex, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "x.png").write_bytes(scene(1))
    (tmp_path / "images" / "notes.txt").write_text("no image")
    report = index.add_folder(tmp_path / "images")
    groups = index.groups().all()
    item = index.item("a")
    assert item is not None
    assert repr(report) == "<AddReport: 1 added, 1 skipped>" and repr(imagesearch.AddReport()) == "<AddReport: nothing>"
    assert repr(groups) == "<Groups: 1 groups, 4 images>" and repr(groups[0]).startswith("<Group of 4: ")
    assert repr(item) in ("<Item 'a': 'front', 'back'>", "<Item 'a': 'back', 'front'>")
    assert repr(index.prune()) == "<PruneReport: 0 of 1 gone, 0 unknown>"
    assert repr(index.compare(scene(1), scene(3))) == "<Comparison: strangers, confidence 0.00, score 0.0>"
    shown = [report, groups, groups[0], groups[0][0], groups[0][0].image, item, index.compare(scene(1), scene(2)), index]
    assert all("\n" not in repr(one) and len(repr(one)) < 200 for one in shown), shown


def test_pruning_with_a_folder(index: LocalIndex, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.png").write_bytes(scene(10 + number))
    first = index.add_folder(folder, prefix="shop/", prune=True)
    assert [entry.item_id for entry in first] == ["shop/1.png", "shop/2.png"] and first.pruned_count == 0
    (folder / "1.png").unlink()
    assert index.add_folder(folder, prefix="shop/").pruned_count == 0 and index.contains("shop/1.png")
    second = index.add_folder(os.fsencode(folder), prefix="shop/", prune=True)
    assert second.pruned_count == 1 and not index.contains("shop/1.png") and index.contains("shop/2.png")
    assert index.contains("a"), "what came from elsewhere stays"
    (folder / "2.png").unlink()
    assert [image.item_id for image in index.prune(folder, apply=True)] == ["shop/2.png"]


def test_categories(index: LocalIndex) -> None:
    assert index.categories() == {"mugs": 2}
    index.update("b", category="cups")
    assert list(index.categories().items()) == [("cups", 1), ("mugs", 2)]
    index.update("a", category=None)
    assert index.categories() == {"cups": 1}


def test_an_overlay_of_two_images(index: LocalIndex) -> None:
    overlay = index.compare_overlay(scene(1), Stored("c", "smaller"), style="side_by_side")
    assert Pillow.open(io.BytesIO(overlay)).format == "PNG"
    with pytest.raises(imagesearch.NotFoundError, match="nothing in common"):
        index.compare_overlay(scene(1), scene(3))


def dated(seed: int, when: str) -> bytes:
    """A scene as from a camera, with the EXIF date."""
    image = Pillow.open(io.BytesIO(scene(seed))).convert("RGB")
    exif = Pillow.Exif()
    exif.get_ifd(0x8769)[0x9003] = when
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def test_when_an_image_was_taken(index: LocalIndex) -> None:
    """In items, matches and members of groups; with `keep="oldest"` the oldest is kept."""
    late, early = dated(20, "2021:07:04 12:30:00"), dated(20, "2019:01:02 03:04:05")
    index.add_images([ImageItem("late", [("x.jpg", late)]), ImageItem("early", [("x.jpg", early)])])
    item = index.item("late")
    assert item is not None and item.images[0].exif_date == datetime.datetime(2021, 7, 4, 12, 30)
    assert {match.item_id: match.exif_date for match in index.search(early)} == {
        "early": datetime.datetime(2019, 1, 2, 3, 4, 5),
        "late": datetime.datetime(2021, 7, 4, 12, 30),
    }
    (group,) = [group for group in index.groups(keep="oldest") if "early" in {member.image.item_id for member in group}]
    taken = [(member.image.item_id, member.image.exif_date.year) for member in group if member.image.exif_date]
    assert taken == [("early", 2019), ("late", 2021)]
    a = index.item("a")
    assert a is not None and a.images[0].exif_date is None


def test_only_groups_with_something_new(index: LocalIndex) -> None:
    """New images against all: `added_since` returns the same as all groups for these images."""
    items = index.items()
    moment = max(image.added_at for item in items for image in item.images if image.added_at)
    moment += datetime.timedelta(milliseconds=1)
    assert list(index.groups(added_since=moment)) == []
    index.add_images([ImageItem("e", [("again", jpeg(scene(3), 0.9))]), ImageItem("f", [("alone", scene(9))])])
    (new,) = index.groups(added_since=moment)
    assert {member.image.item_id for member in new} == {"d", "e"}
    assert [group for group in index.groups() if {member.image.item_id for member in group} == {"d", "e"}] == [new]


def test_groups_move_bars(index: LocalIndex) -> None:
    """As in batches; the groups are the same."""
    import rich.console
    import rich.progress
    import tqdm

    expected = index.groups().all()
    with tqdm.tqdm(unit="image", file=io.StringIO()) as bar:
        assert index.groups(progress=bar).all() == expected
    assert bar.total is not None and bar.n == bar.total > 0
    with rich.progress.Progress(console=rich.console.Console(file=io.StringIO())) as display:
        assert index.groups(progress=display).all() == expected
    (task,) = display.tasks
    assert task.completed == task.total == bar.total
