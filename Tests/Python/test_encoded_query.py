"""Encoded queries: features computed once, searches in other indexes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenes import scene

import imagesearch
from imagesearch import ImageItem, LocalIndex, aio


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LocalIndex]:
    with LocalIndex(tmp_path / "index") as client:
        client.add_images([ImageItem(f"item-{seed}", [("front", scene(seed))]) for seed in range(6)])
        yield client


def test_it_finds_what_its_image_finds(index: LocalIndex, tmp_path: Path) -> None:
    with LocalIndex(tmp_path / "empty") as other:
        for image in (scene(2), scene(3, 900, 675), scene(4, mirrored=True), scene(5, brightness=0.6), scene(99)):
            page = index.search(image)
            encoded = index.search_encoded(other.encode_query(image))
            assert encoded.matches == page.matches
            assert (encoded.total, encoded.is_approximate) == (page.total, False)
            assert encoded.look == page.look or page.total == 0
    assert index.search(scene(2)).look == 0


def test_a_compact_one_is_small(index: LocalIndex) -> None:
    image = scene(3, 900, 675)
    exact = index.encode_query(image, effort="fast")
    compact = index.encode_query(image, compact=True, effort="fast")
    assert compact == imagesearch.compact_query(exact) == imagesearch.compact_query(compact)
    assert len(compact) < 96 << 10 < len(exact)
    page = index.search_encoded(compact)
    assert page.is_approximate
    assert [match.item_id for match in page] == ["item-3"]


def test_options_are_those_of_a_search(index: LocalIndex) -> None:
    image = scene(1, 640, 480)
    query = index.encode_query(image)
    assert index.search_encoded(query, limit=1, offset=1).matches == ()
    crowded = index.search_encoded(query, population_size=10**9)
    alone = index.search_encoded(query)
    assert (
        crowded == index.search(image, population_size=10**9)
        or crowded.matches == index.search(image, population_size=10**9).matches
    )
    assert (alone[0].confidence or 0) >= (crowded[0].confidence or 0)
    assert index.search_encoded(index.encode_query(scene(1, mirrored=True)), mirrored=False).total == 0


def test_the_order_can_be_made_again_from_its_fields(index: LocalIndex) -> None:
    for number, quality in enumerate((1.0, 0.9, 0.8, 0.7)):
        index.add_images([ImageItem(f"copy-{9 - number}", [("front", scene(2, 400, 300, quality))])])
    matches = index.search(scene(2)).matches
    assert matches[0].relation == "identical" and matches[0].evidence is None
    rest = [(-(match.evidence or 0), -(match.score or 0), match.item_id) for match in matches[1:]]
    assert len(rest) == 4 and rest == sorted(rest)


def test_hostile_bytes_are_errors(index: LocalIndex) -> None:
    sound = index.encode_query(scene(1), effort="fast")
    chance = random.Random(7)
    for _ in range(200):
        broken = bytearray(sound)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        with pytest.raises((imagesearch.InvalidArgumentError, imagesearch.IndexVersionError)):
            index.search_encoded(bytes(broken))
    for wrong in (b"", b"imgquery", sound[:-1], sound + b"\0", scene(1), b"\xff" * (1 << 20)):
        with pytest.raises(imagesearch.InvalidArgumentError):
            index.search_encoded(wrong)
        with pytest.raises(imagesearch.InvalidArgumentError):
            imagesearch.compact_query(wrong)
    with pytest.raises(TypeError):
        index.search_encoded("text")  # type: ignore[arg-type]


def test_several_indexes_are_searched_as_one(index: LocalIndex, tmp_path: Path) -> None:
    """The result of one index with all images, and not that of the last of several."""
    relations = ("identical", "reencoded", "altered", "partial", "shared")
    copies = [ImageItem(f"copy-{number}", [("front", scene(2, 300 + 20 * number, 225))]) for number in range(4)]
    index.add_images(copies)
    halves = [LocalIndex(tmp_path / name) for name in ("first", "second")]
    try:
        for number, half in enumerate(halves):
            half.add_images([ImageItem(f"item-{seed}", [("front", scene(seed))]) for seed in range(number, 6, 2)])
            half.add_images(copies[number::2])
        for image in (scene(2), scene(2, 500, 400, brightness=0.8), scene(3, mirrored=True), scene(99)):
            for effort in ("fast", "normal"):
                query = index.encode_query(image, effort=effort)
                partials = [half.search_partial(query, population_size=10) for half in halves]
                page = imagesearch.merge_partials(partials, relations=relations)
                whole = index.search(image, effort=effort, relations=relations)
                assert (page.matches, page.total, page.look) == (whole.matches, whole.total, whole.look)
                assert not page.is_approximate
                assert imagesearch.merge_partials(partials[::-1], relations=relations).matches == page.matches
                second = imagesearch.merge_partials(partials, limit=2, offset=1, relations=relations)
                assert second.matches == whole.matches[1:3] and second.total == whole.total
        assert len(imagesearch.merge_partials(partials[:1], relations=("altered",))) == 0
        assert imagesearch.merge_partials([]).total == 0
        # Small without similar images.
        assert [len(half.search_partial(index.encode_query(scene(99), effort="fast"))) < 300 for half in halves] == [True, True]
        query = index.encode_query(scene(2, 500, 400), effort="fast")
        compact = [half.search_partial(imagesearch.compact_query(query), population_size=10) for half in halves]
        assert imagesearch.merge_partials(compact).is_approximate
        with pytest.raises(imagesearch.InvalidArgumentError, match="populationSize"):
            imagesearch.merge_partials([halves[0].search_partial(query), halves[1].search_partial(query, population_size=77)])
        with pytest.raises(imagesearch.InvalidArgumentError, match="not of one query"):
            imagesearch.merge_partials([compact[0], partials[1]])
    finally:
        for half in halves:
            half.close()


def test_hostile_partials_are_errors(index: LocalIndex) -> None:
    sound = index.search_partial(index.encode_query(scene(1, 500, 400), effort="fast"))
    assert 1000 < len(sound) < 20_000
    chance = random.Random(7)
    for _ in range(200):
        broken = bytearray(sound)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        with pytest.raises((imagesearch.InvalidArgumentError, imagesearch.IndexVersionError)):
            imagesearch.merge_partials([broken])
    for wrong in (b"", b"imgparts", sound[:-1], sound + b"\0", scene(1), b"\xff" * (1 << 20)):
        with pytest.raises(imagesearch.InvalidArgumentError):
            imagesearch.merge_partials([sound, wrong])
        with pytest.raises(imagesearch.InvalidArgumentError):
            index.search_partial(wrong)
    with pytest.raises(imagesearch.InvalidArgumentError):
        imagesearch.merge_partials([sound], limit=1001)


def test_it_is_awaited_too(index: LocalIndex, tmp_path: Path) -> None:
    async def search() -> tuple[imagesearch.Match, ...]:
        async with aio.AsyncLocalIndex(tmp_path / "index", read_only=True) as client:
            query = await client.encode_query(scene(3, 500, 400))
            merged = imagesearch.merge_partials([await client.search_partial(query)])
            assert merged.matches == (await client.search_encoded(query)).matches
            return merged.matches

    assert asyncio.run(search()) == index.search(scene(3, 500, 400)).matches
