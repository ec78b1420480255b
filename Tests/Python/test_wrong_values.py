"""A value of a wrong type or out of range is an error that names its argument, in every call and before anything is done."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import KEY
from scenes import scene

import imagesearch
from imagesearch import ImageItem, InvalidArgumentError, LocalIndex, Match, OverlayStyle

Given = Callable[[Any], Any]
#: Untyped, since the arguments are wrong.
api: Any = imagesearch


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with LocalIndex(tmp_path_factory.mktemp("values") / "index") as index:
        index.add_images([ImageItem("a", [("image", scene(1))])])
        yield index


#: The call, and the expected message.
WRONG_TYPES: list[tuple[Given, str]] = [
    (lambda index: index.item(b"a"), "item_id must be str, not bytes: decode it"),
    (lambda index: index.item(3), "item_id must be str, not int"),
    (lambda index: index.contains(None), "item_id must be str, not NoneType"),
    (lambda index: index.contains("a", 3), "image_name must be str, not int"),
    (lambda index: index.count(3), "category must be str, not int"),
    (lambda index: index.thumbnail("a", None), "image_name must be str"),
    (lambda index: index.search_stored(["a"], "image"), "item_id must be str, not list"),
    (lambda index: index.items(after="1"), "after must be int, not str"),
    (lambda index: index.items(limit=2.5), "limit must be int, not float"),
    (lambda index: index.update("a", category=3), "category must be str, not int"),
    (lambda index: index.update("a", custom_content=b"x"), "custom_content must be str, not bytes"),
    (lambda index: index.prune(3), "the folder must be a path"),
    (lambda index: index.prune(apply="yes"), "apply must be bool, not str"),
    (lambda index: index.groups(keep=3), "keep must be str, not int"),
    (lambda index: index.groups(relations=[3]), "relations must be str, not int"),
    (lambda index: index.groups(relations=3), "relations must be str or several str, not int"),
    (lambda index: index.groups(added_since="2024-01-01"), "added_since must be a datetime, not str"),
    (lambda index: index.groups(added_since=datetime.date(2024, 1, 1)), "added_since must be a datetime, not date"),
    (lambda index: index.groups(within_items="no"), "within_items must be bool, not str"),
    (lambda index: index.groups(minimum_confidence="0.5"), "minimum_confidence must be a number, not str"),
    (lambda index: index.compare(api.Stored(3, "image"), scene(1)), "item_id must be str, not int"),
    (lambda index: index.compare_overlay(scene(1), scene(1), style=1.5), "style must be an OverlayStyle, not float"),
    (lambda index: index.overlay(scene(1), "match"), "match must be a Match, not str"),
    (lambda index: index.overlay(scene(1), index.search(scene(1))), "match must be a Match, not SearchPage"),
    (lambda index: index.add_folder(3), "the folder must be a path"),
    (lambda index: index.add_folder("x", threads="4"), "threads must be int, not str"),
    (lambda index: index.add_folder("x", recursive="no"), "recursive must be bool, not str"),
    (lambda index: index.add_folder("x", prune="no"), "prune must be bool, not str"),
    (lambda index: index.add_file(3), "the path must be a path"),
    (lambda index: index.add_file("x", 3), "item_id must be str, not int"),
    (lambda index: index.add_files("a.png"), "put a single one in a list"),
    (lambda index: index.add_files([3]), "a file must be a path"),
    (lambda index: index.add_images("a.png"), "an item is an ImageItem, not str"),
    (lambda index: index.add_images(api.ImageItem("a", ["x"])), "put a single one in a list"),
    (lambda index: index.add_images([("a", ["x"])]), "an item is an ImageItem, not tuple"),
    (lambda index: index.add_images(None), "items must be a sequence of ImageItem, not NoneType"),
    (lambda index: index.add_images([api.ImageItem(3, ["x"])]), "item_id must be str, not int"),
    (lambda index: index.add_images([api.ImageItem("a", [scene(1)])]), "give it a name"),
    (lambda index: index.add_images([api.ImageItem("a", [("x", 3)])]), "an image is a path"),
    (lambda index: index.add_images([api.ImageItem("a", [(3, "x")])]), "a path or .name, image."),
    (lambda index: index.add_images([api.ImageItem("a", ["x"], parameters=[3])]), "parameters must be a dict, not list"),
    (lambda index: api.ImageItem("a", "x.png"), "images is a sequence of images; put a single one in a list"),
    (lambda index: api.ImageItem("a", 3), "images must be a sequence of images, not int"),
    (lambda index: index.remove_images(3), "removals must be"),
    (lambda index: index.remove_images([3]), "a removal is an item's id"),
    (lambda index: index.remove_images([api.Removal(None)]), "item_id must be str, not NoneType"),
    (lambda index: index.remove_images([("a", "b", "c")]), "a removal is an item's id"),
    (lambda index: index.copy_to("other"), "target_client must be a client, not str"),
    (lambda index: index.copy_to(index, call_size="3"), "call_size must be int, not str"),
    (lambda index: index.rebuild(progress=True), "progress must be a function, or a bar"),
    (lambda index: index.search_many([scene(1)], concurrent=1.5), "concurrent must be int, not float"),
    (lambda index: index.search(scene(1), relations=3), "relations must be str or several str, not int"),
    (lambda index: index.search(scene(1), region=[1, 2, "3", 4]), "the region's width must be int, not str"),
    (lambda index: index.search(scene(1), tags=3), "tags must be str or several str, not int"),
    (lambda index: index.search(scene(1), timeout=datetime.timedelta(seconds=3)), r"timeout must be a number of seconds.*total_seconds\(\)"),
    (lambda index: index.search(scene(1), mirrored="yes"), "mirrored must be bool, not str"),
    (lambda index: api.LocalIndex(3), "the path must be a path"),
    (lambda index: api.LocalIndex("x", threads="2"), "threads must be int, not str"),
    (lambda index: api.LocalIndex("x", lock_timeout="2"), "lock_timeout must be a number"),
    (lambda index: api.LocalIndex("x", read_only="no"), "read_only must be bool, not str"),
    (lambda index: api.LocalIndex.rebuild_at(3), "the path must be a path"),
    (lambda index: api.TinEye(api_key=b"key"), "api_key must be str, not bytes: decode it"),
    (lambda index: api.TinEye(api_key=3), "api_key must be str, not int"),
    (lambda index: api.TinEye(api_key=KEY, resolve=3), "resolve must be str or several str, not int"),
    (lambda index: api.TinEye(api_key=KEY, log_level="INFO"), "log_level must be int, not str"),
    (lambda index: api.AlibabaCloud(instance=3, region="cn-shanghai"), "instance must be str, not int"),
    (lambda index: api.TMAPI(api_token="x", endpoint=3), "endpoint"),
    (lambda index: api.Fallback([3]), "a client, not int"),
    (lambda index: api.Fallback(3), "clients must be a sequence of clients, not int"),
    (lambda index: index.ensure_quota("3"), "count must be int, not str"),
    (lambda index: index.ensure_quota(3, unit=1.5), "unit must be a QuotaUnit, not float"),
    (lambda index: api.compact_query("x"), "query must be bytes, not str"),
    (lambda index: index.search_partial("x"), "query must be bytes, not str"),
    (lambda index: api.merge_partials(["x"]), "a partial search must be bytes, not str"),
    (lambda index: api.merge_partials(None), "partials must be a sequence of bytes, not NoneType"),
    (lambda index: index.add_files(None), "files must be a sequence of paths, not NoneType"),
    (lambda index: index.groups(keep=False), "keep must be str, not bool"),
]  # fmt: skip


@pytest.mark.parametrize(
    "call, words", WRONG_TYPES, ids=[words[:50] + str(place) for place, (_call, words) in enumerate(WRONG_TYPES)]
)
def test_a_wrong_type_is_named(index: Any, call: Given, words: str) -> None:
    with pytest.raises((TypeError, InvalidArgumentError) if "endpoint" in words else TypeError, match=words) as caught:
        call(index)
    assert len(str(caught.value)) < 300


OUT_OF_RANGE: list[tuple[Given, str]] = [
    (lambda index: index.search(scene(1), limit=0), "limit is 0, it must be at least 1"),
    (lambda index: index.search(scene(1), limit=2**70), "limit is .* it must be from 1 to"),
    (lambda index: index.search(scene(1), offset=-1), "offset is -1"),
    (lambda index: index.search(scene(1), minimum_score=101), "minimum_score"),
    (lambda index: index.search(scene(1), minimum_confidence=float("nan")), "minimum_confidence is not a number"),
    (lambda index: index.search(scene(1), timeout=0), "timeout is 0, it must be a number of seconds above 0"),
    (lambda index: index.search(scene(1), total_timeout=-1), "total_timeout is -1"),
    (lambda index: index.search(scene(1), timeout=float("inf")), "timeout is inf"),
    (lambda index: index.search(scene(1), total_timeout=1e12), "total_timeout"),
    (lambda index: index.search(scene(1), category="a\0b"), "category is no text that C can hold"),
    (lambda index: index.search(scene(1), category="\ud800"), "category is no text that C can hold"),
    (lambda index: index.search(scene(1), relations="same"), "relations is 'same', it must be one of identical, reencoded"),
    (lambda index: index.search(scene(1), effort="max"), "effort is 'max', it must be one of fast, normal, thorough"),
    (lambda index: index.search(""), "the path is empty"),
    (lambda index: index.search("a\0b"), "the path must not contain a zero character"),
    (lambda index: index.items(limit=0), "limit is 0"),
    (lambda index: index.items(limit=10_001), "limit"),
    (lambda index: index.items(after=-1), "after is -1"),
    (lambda index: index.groups(limit=0), "limit is 0"),
    (lambda index: index.groups(minimum_confidence=2), "minimum"),
    (lambda index: index.overlay(scene(1), Match()), "search again in this process"),
    (lambda index: index.compare_overlay(scene(1), scene(1), style="nice"), "style is 'nice', it must be one of aligned, side_by_side, blend"),
    (lambda index: index.compare_overlay(scene(1), scene(1), style=9), "style"),
    (lambda index: index.ensure_quota(3, unit="gold"), "unit is 'gold', it must be one of searches, images"),
    (lambda index: index.add_folder("x", transaction_size=0), "transaction_size is 0"),
    # Numbers that Python refuses to write, or that no float holds.
    (lambda index: index.items(limit=10**5000), "limit is a number of 16610 bits, it must be from 1 to"),
    (lambda index: index.items(after=-(10**5000)), "after is a number of 16610 bits, it must be at least 0"),
    (lambda index: index.search(scene(1), minimum_score=10**400), "minimum_score is too large a number"),
    (lambda index: index.groups(added_since=datetime.datetime.min), "added_since is 0001-01-01 00:00:00, a time"),
    (lambda index: index.groups(keep=""), "keep is '', it must be one of largest"),
    (lambda index: index.search("\ud800.png"), "the path is no path: it has half a surrogate pair"),
    (lambda index: index.prune("\ud800"), "the folder is no path: it has half a surrogate pair"),
]  # fmt: skip


@pytest.mark.parametrize(
    "call, words", OUT_OF_RANGE, ids=[words[:50] + str(place) for place, (_call, words) in enumerate(OUT_OF_RANGE)]
)
def test_a_value_out_of_range_is_named(index: Any, call: Given, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words) as caught:
        found = call(index)
        next(found)  # groups() checks when the first group is requested
    assert isinstance(caught.value, ValueError) and len(str(caught.value)) < 300


def test_a_call_that_is_refused_keeps_no_listener(index: Any, tmp_path: Any) -> None:
    from imagesearch import _callbacks

    closed = LocalIndex(tmp_path / "index")
    closed.close()
    before = len(_callbacks.batches._entries)
    with pytest.raises(imagesearch.ImageSearchError):
        closed.groups(progress=print)
    assert len(_callbacks.batches._entries) == before


def test_words_do_for_numbers_with_names(index: Any) -> None:
    for style in (OverlayStyle.BLEND, "blend", 2):
        assert index.compare_overlay(scene(1), scene(1), style=style).startswith(b"\x89PNG")
    match = index.search(scene(1))[0]
    assert index.overlay(scene(1), match, "side_by_side") == index.overlay(scene(1), match, OverlayStyle.SIDE_BY_SIDE)


def test_numbers_of_numpy_are_numbers(index: Any) -> None:
    import numpy

    page = index.search(scene(1), limit=numpy.int64(1), minimum_score=numpy.float32(1), total_timeout=numpy.float64(20))
    assert len(page) == 1


def test_what_is_left_over_or_missing(index: Any) -> None:
    with pytest.raises(TypeError, match=r"search\(\) takes 2 positional arguments"):
        index.search(scene(1), 3)
    with pytest.raises(TypeError, match="image"):
        index.search()
