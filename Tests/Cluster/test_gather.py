"""Shards are searched as one index: the same pages on a thousand queries."""

from __future__ import annotations

import asyncio
import collections
import struct
from pathlib import Path
from typing import Any

import collection
import pytest
from conftest import Built
from PIL import Image
from test_build import opened

import imagesearch
from imagesearch import Code, ImageSearchError
from imagesearch.ray.group import ShardGroup


def queries(built: Built) -> list[bytes]:
    """Copies of many kinds, the same bytes, strangers, and pages of templates, those that are stored and others."""
    names = sorted(built.files)
    found = []
    for number in range(760):
        with Image.open(built.files[names[(number * 7) % len(names)]]) as image:
            found.append(collection.altered(image.convert("RGB"), number))
    found += [built.files[name].read_bytes() for name in names[:60]]
    found += [collection.encoded(collection.drawing(900_000 + number, 240, 180)) for number in range(60)]
    for number in range(60):
        page = collection.template(number % 5, number if number < 20 else 500 + number, 280, 210)
        found.append(collection.encoded(page, 70))
    pages = [name for name in names if name.startswith("template/")]
    for number in range(60):
        with Image.open(built.files[pages[number]]) as image:
            found.append(collection.altered(image.convert("RGB"), number))
    return found


def facts(page: Any) -> list[tuple[Any, ...]]:
    return [(match.item_id, match.image_name, match.relation, match.confidence, match.score) for match in page]


def findings(partial: bytes) -> list[tuple[int, float]]:
    """The images that a partial search compared with the query or asked what they agree in, by their fingerprints, with the evidence for
    each."""
    place = 84

    def take(form: str) -> Any:
        nonlocal place
        values = struct.unpack_from("<" + form, partial, place)
        place += struct.calcsize("<" + form)
        return values[0] if len(values) == 1 else values

    identical, records, steps = take("III")
    queries = [take("I") for _ in range(steps)]
    for _ in range(identical + records):
        place += 3 * 8 + 32
        for _ in range(6):
            length = take("I")
            place += 0 if length == 0xFFFFFFFF else length
    found = []
    for _ in range(sum(queries)):
        for _ in range(take("I")):
            _record, flags, fingerprint, _inliers = take("IBQI")
            evidence = take("11d")[-1]
            if flags & 33:
                place += 25 * 8 if flags & 1 else 0
                place += 13 + 8 * int.from_bytes(partial[place : place + 13], "little").bit_count()
                found.append((fingerprint, evidence))
            length = take("I")
            place += length
    assert place == len(partial)
    return found


def test_pages_are_those_of_one_index(built: Built, single: Path, tmp_path: Path) -> None:
    all_queries = queries(built)
    assert len(all_queries) == 1000
    relations = ("identical", "reencoded", "altered", "partial", "shared")
    sizes: list[int] = []
    counted: collections.Counter[str] = collections.Counter()

    async def compare() -> list[Any]:
        index = await opened(built.target, collection.SHARDS, tmp_path / "cache").open()
        one = imagesearch.AsyncLocalIndex(single, read_only=True)
        turns = asyncio.Semaphore(4)
        for handle in index._handles:
            handle.search = measured(handle.search)  # type: ignore[method-assign]

        async def each(number: int, query: bytes) -> Any:
            # Every tenth looks again; it costs four times as much.
            effort = "normal" if number % 10 == 0 else "fast"
            async with turns:
                ours, theirs = await asyncio.gather(
                    index.search(query, effort=effort, relations=relations),
                    one.search(query, effort=effort, relations=relations),
                )
                assert ours.warnings == ()
                counted.update(str(match.relation) for match in theirs)
                if (facts(ours), ours.total, ours.look if ours.total else 0) == (facts(theirs), theirs.total, theirs.look):
                    return None
                return number, facts(theirs), facts(ours), await cut(index, one, query, effort)

        try:
            return list(await asyncio.gather(*(each(number, query) for number, query in enumerate(all_queries))))
        finally:
            await one.close()
            await index.close()

    def measured(search: Any) -> Any:
        async def and_measured(*arguments: Any) -> Any:
            reply = await search(*arguments)
            sizes.extend(len(partial) for partial in (reply.partials.values() if reply else ()))
            return reply

        return and_measured

    async def cut(index: Any, one: Any, query: bytes, effort: str) -> bool:
        """Whether one index looked at other images than the shards did, or less closely: it has places for so many, and each shard has as
        many."""
        encoded = await index._encode(query, effort, {})
        how = {"population_size": len(built.files)}
        replies = [await handle.search(index._now.manifest.generation, encoded, how, True) for handle in index._handles]
        shards = dict(finding for reply in replies for partial in reply.partials.values() for finding in findings(partial))
        whole = dict(findings(await one.search_partial(encoded, **how)))
        return whole != shards

    different = [one for one in asyncio.run(compare()) if one is not None]
    wrong = [one for one in different if not one[3]]
    sizes.sort()
    print(
        f"{len(different)} of 1000 pages differ, {len(different) - len(wrong)} of them because one index cut its candidates; "
        f"matches: {dict(counted)}; a shard's part: {sizes[len(sizes) // 2]} bytes (median), "
        f"{sizes[len(sizes) * 95 // 100]} (95 %), {sizes[-1]} (most)"
    )
    assert not wrong, f"{len(wrong)} of 1000 pages differ, the first: {wrong[0]}"
    assert len(different) <= 10, f"one index cut its candidates for {len(different)} pages of 1000"
    assert counted["shared"] > 100, "nothing depends on what images have in common"


def test_what_one_shard_has(built: Built, tmp_path: Path) -> None:
    names = sorted(built.files)

    async def check() -> None:
        index = await opened(built.target, 3, tmp_path / "cache").open()
        try:
            found: list[str] = []
            after = 0
            while page := await index.items(after, 500):
                assert len(page) <= 500
                found += [item.item_id for item in page]
                after = page[-1].position
            assert sorted(found) == names
            name = names[100]
            image_name = name.rpartition("/")[2]
            item = await index.item(name)
            assert item is not None and item.images[0].image_name == image_name
            assert await index.item("none") is None
            assert await index.contains(name) and not await index.contains("none")
            assert (await index.thumbnail(name, image_name))[:4] == b"RIFF"
            with pytest.raises(ImageSearchError) as caught:
                await index.thumbnail(name, "none")
            assert caught.value.code is Code.NOT_FOUND
            stored = await index.search_stored(name, image_name)
            assert all(match.item_id != name for match in stored)
            query = built.files[name].read_bytes()
            match = (await index.search(query))[0]
            assert (await index.overlay(query, match))[:4] == b"\x89PNG"
            comparison = await index.compare(query, imagesearch.Stored(name, image_name))
            assert comparison.relation in ("reencoded", "altered")
            flat = collection.encoded(Image.new("RGB", (80, 60), (10, 200, 30)))
            with pytest.raises(ImageSearchError) as caught:
                await index.search(flat)
            assert caught.value.code is Code.IMAGE_TOO_SIMPLE
            for call in (index.add_images([]), index.remove_images([]), index.update("a")):
                with pytest.raises(ImageSearchError) as caught:
                    await call
                assert caught.value.code is Code.UNSUPPORTED
        finally:
            await index.close()

    asyncio.run(check())


def test_pages_follow_each_other(cluster: Any, tmp_path: Path) -> None:
    """Thirty copies of one image, spread over the shards."""
    import pyarrow as pa

    import imagesearch.ray

    picture = collection.drawing(777_777, 320, 240)
    rows = []
    for number in range(30):
        path = tmp_path / f"{number:02}.jpg"
        path.write_bytes(collection.encoded(picture.resize((320 - 4 * number, 240 - 3 * number)), 90 - number))
        rows.append({"address": str(path), "item_id": f"copy-{number:02}"})
    target = tmp_path / "target"
    imagesearch.ray.build(pa.Table.from_pylist(rows), target, shards=4)

    async def check() -> None:
        index = await opened(target, 4, tmp_path / "cache").open()
        try:
            query = collection.encoded(picture)
            whole = await index.search(query, limit=100)
            assert whole.total == len(whole) >= 24 and len({match.item_id for match in whole}) == whole.total
            pieces = []
            for offset in range(0, whole.total, 7):
                page = await index.search(query, limit=7, offset=offset)
                assert page.has_more == (offset + 7 < whole.total) and page.total == whole.total
                pieces += facts(page)
            assert pieces == facts(whole)
            assert {match.relation for match in await index.search(query, relations=("partial",))} <= {"partial"}
            with pytest.raises(ImageSearchError):
                await index.search(query, limit=0)
            with pytest.raises(ImageSearchError):
                await index.search(b"no image")
        finally:
            await index.close()

    asyncio.run(check())


def test_a_shard_that_does_not_respond_is_named(built: Built, tmp_path: Path) -> None:
    names = sorted(built.files)
    shards = [shard.name for shard in built.report.manifest.shards]

    async def check() -> None:
        index = opened(built.target, 4, tmp_path / "cache")
        await index.open()
        slow = index._handles[2]
        sound = slow.search

        async def never(*_arguments: Any) -> Any:
            await asyncio.sleep(3600)

        try:
            whole = {name: facts(await index.search(built.files[name].read_bytes(), effort="fast")) for name in names[:12]}
            slow.search = never  # type: ignore[method-assign, assignment]
            index._shard_seconds = 1.0
            lost = 0
            for name in names[:12]:
                page = await index.search(built.files[name].read_bytes(), effort="fast")
                assert len(page.warnings) == 1 and shards[2] in page.warnings[0] and "no response in 1 s" in page.warnings[0]
                assert set(facts(page)) <= set(whole[name])
                lost += len(page) < len(whole[name])
            assert lost > 0

            async def fails(*_arguments: Any) -> Any:
                raise RuntimeError("lost")

            for handle in index._handles:
                handle.search = fails  # type: ignore[method-assign, assignment]
            with pytest.raises(ImageSearchError) as caught:
                await index.search(built.files[names[0]].read_bytes(), effort="fast")
            assert caught.value.code is Code.INDEX_UNAVAILABLE
        finally:
            slow.search = sound  # type: ignore[method-assign]
            await index.close()

    asyncio.run(check())


def test_no_search_sees_half_of_a_new_manifest(cluster: Any, tmp_path: Path) -> None:
    import pyarrow as pa

    import imagesearch.ray

    picture = collection.drawing(888_888, 320, 240)
    query = collection.encoded(picture, 70)
    target = tmp_path / "target"

    def batch(number: int) -> pa.Table:
        rows = []
        for part in range(6):
            path = tmp_path / f"{number}-{part}.jpg"
            path.write_bytes(collection.encoded(picture.resize((300 - 3 * part, 225)), 80))
            rows.append({"address": str(path), "item_id": f"{number}-{part}"})
        return pa.Table.from_pylist(rows)

    imagesearch.ray.build(batch(0), target, shards=3)

    async def check() -> None:
        index = await opened(target, 3, tmp_path / "cache").open()
        seen: list[set[str]] = []
        try:

            async def ask() -> None:
                while True:
                    page = await index.search(query, effort="fast")
                    assert page.warnings == ()
                    seen.append({str(match.item_id).partition("-")[0] for match in page})
                    assert page.total == 6 * len(seen[-1]) == len(page)

            asking = [asyncio.create_task(ask()) for _ in range(2)]
            for number in (1, 2):
                await asyncio.to_thread(imagesearch.ray.build, batch(number), target, shards=3)
                deadline = asyncio.get_running_loop().time() + 30
                while not seen or str(number) not in seen[-1]:
                    assert asyncio.get_running_loop().time() < deadline and not any(task.done() for task in asking)
                    await asyncio.sleep(0.05)
            for task in asking:
                task.cancel()
            for result in await asyncio.gather(*asking, return_exceptions=True):
                assert isinstance(result, asyncio.CancelledError), result
            assert [one for one in seen if len(one) == 1] and [one for one in seen if len(one) == 3]
        finally:
            await index.close()

    asyncio.run(check())


def test_a_new_replica_is_waited_for_and_takes_nobody_back(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica that was started anew has nothing open: what it is asked for is today's collection, not the one before."""
    import pyarrow as pa

    import imagesearch.ray

    target = tmp_path / "target"
    path = tmp_path / "image.jpg"
    path.write_bytes(collection.encoded(collection.drawing(999_999)))
    imagesearch.ray.build(pa.table({"address": [str(path)] * 3, "item_id": ["a", "b", "c"]}), target, shards=2)

    async def check() -> None:
        index = await opened(target, 2, tmp_path / "cache").open()
        try:
            assert [match.item_id for match in await index.search(path.read_bytes())] == ["a", "b", "c"]
            await asyncio.to_thread(imagesearch.ray.remove, target, ["b"])
            for _ in range(600):
                found = [match.item_id for match in await index.search(path.read_bytes())]
                if found == ["a", "c"]:
                    break
                assert found == ["a", "b", "c"]
                await asyncio.sleep(0.05)
            for anew in range(2):
                # While the change is young a search may be made with the manifest before; later it never is.
                monkeypatch.setattr("imagesearch.ray.gather._GRACE", 0.0)
                index._handles = [ShardGroup(str(target), number, 2, str(tmp_path / f"cache-{anew}")) for number in range(2)]
                assert [match.item_id for match in await index.search(path.read_bytes())] == ["a", "c"]
        finally:
            await index.close()

    asyncio.run(check())
