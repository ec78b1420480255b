"""Other processes: objects that can be pickled and errors of those that cannot, fork, spawn and pools."""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import header
import pytest
from conftest import KEY, MELON_URL
from scenes import scene

import imagesearch
from imagesearch import ImageItem, LocalIndex, TinEye


@pytest.fixture
def index(tmp_path: Path) -> Any:
    with LocalIndex(tmp_path / "index") as index:
        index.add_images([ImageItem("a", [("front", scene(1))], category="mugs"), ImageItem("b", [("front", scene(2))])])
        yield index


def clients(base_url: str, index: LocalIndex) -> list[Any]:
    one = TinEye(api_key=KEY, base_url=base_url)
    return [one, imagesearch.AsyncTinEye(api_key=KEY, base_url=base_url), index, imagesearch.Fallback([one])]


def test_clients_say_that_they_belong_to_their_process(base_url: str, index: LocalIndex) -> None:
    for client in clients(base_url, index):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match=r"cannot pickle.*Open one in each process"):
                pickle.dumps(client, protocol)
        with pytest.raises(TypeError, match="Open one in each process"):
            pickle.dumps({"inside": [client]})
        with pytest.raises(TypeError, match="Open one in each process"):
            pickle.dumps(client.search)
        assert copy.copy(client) is client and copy.deepcopy([client])[0] is client


def test_handles_do_not_travel_either(index: LocalIndex) -> None:
    page = index.search(scene(1))
    origin = page[0]._origin
    for handle in (index._handle, page._handle, origin, origin.page):
        with pytest.raises(TypeError, match="cannot pickle"):
            pickle.dumps(handle)
        assert copy.deepcopy(handle) is handle


def test_what_is_still_being_looked_for_does_not_travel_and_what_was_found_does(index: LocalIndex, tmp_path: Path) -> None:
    index.add_images([ImageItem(f"copy{number}", [("p", scene(number))]) for number in range(2)])

    async def begun() -> imagesearch.AsyncGroupIterator:
        async with imagesearch.AsyncLocalIndex(tmp_path / "index") as client:
            return client.groups()

    groups = index.groups()
    for iterator in (groups, asyncio.run(begun())):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match=r"cannot pickle.*Send the groups themselves"):
                pickle.dumps(iterator, protocol)
        assert copy.copy(iterator) is iterator and copy.deepcopy([iterator])[0] is iterator
    for pages in (index.search_pages(scene(1)), index.search_all(scene(1))):
        with pytest.raises((TypeError, AttributeError), match="pickle"):
            pickle.dumps(pages)
    found = [
        groups.all(), index.compare(scene(0), scene(1)), index.items(), index.categories(), index.prune(),
        index.encode_query(scene(1)),
    ]  # fmt: skip
    assert all(found[:4])
    for one in found:
        assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)


def test_pages_are_plain_data_in_another_process(tineye: TinEye, index: LocalIndex) -> None:
    for page in (tineye.search(MELON_URL, limit=5), index.search(scene(1)), index.search(scene(50))):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            other = pickle.loads(pickle.dumps(page, protocol))
            assert type(other) is imagesearch.SearchPage and list(other) == list(page) and other.matches == page.matches
            for name in ("service", "total", "offset", "next_offset", "has_more", "request_id", "warnings", "raw"):
                assert getattr(other, name) == getattr(page, name), name
            assert len(other) == len(page) and repr(other) == repr(page) and other.raw == page.raw
            assert other[:2] == page[:2] and other.to_dicts() == page.to_dicts()
        assert copy.copy(page) is page and copy.deepcopy(page) is page
    with pytest.raises(imagesearch.UsageError, match="search again"):
        index.overlay(scene(1), pickle.loads(pickle.dumps(index.search(scene(1))))[0])


def test_reports_quotas_items_and_errors_travel(tineye: TinEye, index: LocalIndex) -> None:
    report = index.add_images([ImageItem("c", [("x", b"no image"), ("y", scene(3))])])
    other = pickle.loads(pickle.dumps(report))
    assert [entry.outcome for entry in other] == [entry.outcome for entry in report]
    error, copied = report[0].error, other[0].error
    assert error is not None and copied is not None and type(copied) is type(error) and copied.__dict__ == error.__dict__
    quota = tineye.remaining_searches()
    assert pickle.loads(pickle.dumps(quota)) == quota and quota.bundles
    item = ImageItem("a", [("b", b"c")], parameters={"d": "e"})
    assert pickle.loads(pickle.dumps(item)) == item


PROGRAM = """
import multiprocessing, pickle, signal, sys
import imagesearch
sys.path.insert(0, sys.argv[3])
from scenes import scene

def use(client):
    return len(client.search(scene(1)))

def page(folder):
    with imagesearch.LocalIndex(folder, read_only=True) as own:
        return own.search(scene(1))

def failure(folder):
    with imagesearch.LocalIndex(folder, read_only=True) as own:
        own.search(b"no image")

if __name__ == "__main__":
    signal.alarm(100)
    method, folder = sys.argv[1:3]
    context = multiprocessing.get_context(method)
    index = imagesearch.LocalIndex(folder)
    index.add_images([imagesearch.ImageItem("a", [("p", scene(1))])])
    if method == "fork":
        context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        for call, argument in ((use, index), (index.search, scene(1))):
            try:
                print(pool.apply(call, (argument,)))
            except TypeError as error:
                print("TypeError" if "in each process" in str(error) else error)
        found = pool.apply(page, (folder,))
        print(found[0].item_id, found.service)
        try:
            pool.apply(failure, (folder,))
        except imagesearch.ImageError as error:
            print(error.code.name)
    print(len(index.search(scene(1))))
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_pool(tmp_path: Path, method: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, str(program), method, str(tmp_path / "index"), str(header.ROOT / "Tests" / "Python")],
        env={"PYTHONPATH": str(header.ROOT / "python")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["TypeError", "TypeError", "a LocalIndex", "NOT_AN_IMAGE", "1"], done.stderr


FORKED = """
import asyncio, gc, multiprocessing, os, signal, sys
import imagesearch
sys.path.insert(0, sys.argv[2])
from scenes import scene

def attempt(call):
    try:
        return type(call()).__name__
    except imagesearch.ImageSearchError as error:
        return type(error).__name__ + (" forked" if "fork" in str(error) else "")

def child(results):
    signal.alarm(60)
    async def awaited():
        return await slow.search(scene(1))
    index, slow, page, groups, pages, query = inherited
    calls = [
        lambda: next(groups), lambda: next(pages), lambda: next(index.groups()), lambda: index.items(),
        lambda: index.compare(scene(1), scene(2)), lambda: index.compare_overlay(scene(1), scene(1)),
        lambda: index.encode_query(scene(1)), lambda: index.search_encoded(query), lambda: index.search_many([scene(1)]),
        lambda: index.search_stored("a", "p"), lambda: index.thumbnail("a", "p"), lambda: index.categories(),
        lambda: index.update("a", category="c"), lambda: index.prune(), lambda: index.rebuild(), lambda: index.copy_to(index),
        lambda: index.search(scene(1)), lambda: index.image_count(), lambda: index.add_files([b"x.png"]),
        lambda: list(index.search_all(scene(1))), lambda: asyncio.run(awaited()), lambda: imagesearch.LocalIndex(sys.argv[1]),
        lambda: imagesearch.TinEye(api_key="k"), lambda: page.matches, lambda: page.raw, lambda: index.close(),
    ]
    results.put([attempt(call) for call in calls])
    inherited.clear()
    gc.collect()

if __name__ == "__main__":
    signal.alarm(100)
    index = imagesearch.LocalIndex(sys.argv[1])
    index.add_images([imagesearch.ImageItem("a", [("p", scene(1))])])
    index.add_images([imagesearch.ImageItem("b", [("p", scene(1))])])
    groups, pages = index.groups(), index.search_pages(scene(1), limit=1)
    next(groups), next(pages)
    page, query = index.search(scene(1)), index.encode_query(scene(1))
    inherited = [index, imagesearch.AsyncLocalIndex(sys.argv[1]), page, groups, pages, query]
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(target=child, args=(results,))
    process.start()
    process.join(70)
    print(*results.get(), sep=",")
    print(process.exitcode, len(index.search(scene(1))))
"""


def test_a_forked_child_gets_errors_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED, str(tmp_path / "index"), str(header.ROOT / "Tests" / "Python")],
        env={"PYTHONPATH": str(header.ROOT / "python")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    answers, rest = done.stdout.splitlines()
    assert answers.split(",") == ["ClosedError forked"] * 23 + ["tuple", "bytes", "NoneType"], done.stderr
    assert rest == "0 2"


def test_the_start_methods_are_those_that_are_tested() -> None:
    assert set(multiprocessing.get_all_start_methods()) == {"fork", "spawn", "forkserver"}
