"""Pages and reports as sequences, plain data, tables and HTML; progress bars for batches."""

from __future__ import annotations

import datetime
import io
import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas
import polars
import pytest
import rich.console
import rich.progress
import tqdm
from conftest import MELON_URL
from doublekit.process import DoubleProcess
from scenes import scene

import imagesearch
from imagesearch import AddReport, Backlink, BatchProgress, ImageItem, LocalIndex, Match, SearchPage, TinEye


@pytest.fixture
def index(tmp_path: Path) -> Any:
    with LocalIndex(tmp_path / "index") as index:
        yield index


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(scene(number))
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    return folder


def test_a_page_is_a_sequence(tineye: TinEye) -> None:
    page = tineye.search(MELON_URL, limit=10)
    assert isinstance(page, Sequence) and isinstance(page[0], Match)
    assert page[2:5] == page.matches[2:5] and page[-1] == page.matches[-1] and page[::-1] == page.matches[::-1]
    assert page.index(page[3]) == 3 and page[3] in page and page.count(page[3]) == 1
    assert list(reversed(page)) == list(page.matches)[::-1]
    with pytest.raises(IndexError):
        page[10]
    first, *_ = page
    assert first == page[0]
    with pytest.raises(AttributeError):
        page.__setattr__("total", 3)


def test_a_match_shows_itself_on_one_line(tineye: TinEye, index: LocalIndex) -> None:
    index.add_images([ImageItem("mug\n1", [("front", scene(1))], custom_content="x" * 1000)])
    for match in (tineye.search(MELON_URL, limit=1)[0], index.search(scene(1))[0], Match()):
        assert "\n" not in repr(match) and len(repr(match)) < 200
    assert "'mug\\n1' 'front'" in repr(index.search(scene(1))[0]) and "confidence 1.00" in repr(index.search(scene(1))[0])


def test_days_are_days_and_times_have_a_zone(tineye: TinEye) -> None:
    link = tineye.search(MELON_URL, limit=1)[0].backlinks[0]
    assert type(link.crawl_date) is datetime.date and isinstance(link, Backlink)
    bundle = tineye.remaining_searches().bundles[0]
    assert bundle.start is not None and bundle.start.utcoffset() == datetime.timedelta(0)


def test_what_no_provider_writes_is_no_time() -> None:
    from imagesearch._read import day, moment

    assert moment("2025-12-17T03:42:50Z") == moment("2025-12-17 03:42:50 UTC") == moment("2025-12-17 03:42:50")
    assert moment("2025-12-17T05:42:50+02:00") == moment("2025-12-17 03:42:50 UTC")
    assert [moment(text) for text in (None, "", "soon", "2025-13-01")] == [None] * 4
    assert [day(text) for text in (None, "", "soon", "2025-13-01")] == [None] * 4
    assert day("2025-12-17 00:00") == datetime.date(2025, 12, 17)


def test_pages_become_tables(tineye: TinEye, double: DoubleProcess) -> None:
    page = tineye.search(MELON_URL, limit=10)
    rows = page.to_dicts()
    assert len(rows) == 10 and list(rows[0]) == list(Match.__dataclass_fields__)
    assert json.loads(json.dumps(rows, default=str))[0]["backlinks"][0]["page_url"] == page[0].backlinks[0].page_url
    assert rows[0] == page[0].to_dict() and rows[0]["transform"]["m11"] == page[0].transform.m11  # type: ignore[union-attr]
    for table in (page.to_pandas(), page.to_polars()):
        assert table.shape == (10, len(Match.__dataclass_fields__))
        assert list(table["image_url"]) == [match.image_url for match in page]
    empty = tineye.search(double.call("GET", "images/unknown.png"))
    assert empty.to_dicts() == [] and empty.to_pandas().shape == (0, len(Match.__dataclass_fields__))
    assert isinstance(empty.to_polars(), polars.DataFrame) and "score" in empty.to_polars().columns


def test_reports_become_tables(index: LocalIndex, folder: Path) -> None:
    report = index.add_folder(folder)
    assert isinstance(report, Sequence) and report[1:3] == report.entries[1:3] and report[-1].outcome.name == "FAILED"
    rows = report.to_dicts()
    assert [row["outcome"] for row in rows].count("ADDED") == 5
    assert "CORRUPT_IMAGE" in rows[-1]["error"] or "NOT_AN_IMAGE" in rows[-1]["error"]
    assert isinstance(report.to_pandas(), pandas.DataFrame)
    assert report.to_pandas().shape == report.to_polars().shape == (6, 5)
    assert AddReport().to_pandas().shape == AddReport().to_polars().shape == (0, 5)


def test_notebooks_show_tables_that_fetch_nothing(tineye: TinEye, index: LocalIndex) -> None:
    page = tineye.search(MELON_URL, limit=3)
    html = page._repr_html_()
    assert html.count("<tr>") == 4 and "TinEye: 3 matches" in html and "<img" not in html
    assert page[0]._repr_html_().count("<tr>") == 2 and 'rel="noreferrer noopener"' in html
    index.add_images([ImageItem("<script>alert(1)</script>", [('"><img src=x>', scene(1))])])
    local = index.search(scene(1))._repr_html_()
    assert "<script>" not in local and "<img src=x" not in local and "&lt;script&gt;" in local
    assert local.count("<img ") == local.count('<img src="data:image/webp;base64,') == 1
    shown = Match(page_url="javascript:alert(1)", image_url='https://x.example/"onload=1', domain="<b>")._repr_html_()
    assert "<a href" in shown and 'href="javascript' not in shown and '"onload' not in shown and "<b>" not in shown
    unseen = Match(item_id="invoice\u202egpj.exe", title="a\x1b[2J\u200bb\x9b")._repr_html_()
    assert "invoice⟨U+202E⟩gpj.exe" in unseen and "a⟨U+001B⟩[2J⟨U+200B⟩b⟨U+009B⟩" in unseen


def tell(done: int, total: int) -> BatchProgress:
    return BatchProgress(done, total, 0, 1.0, None)


def test_bars_of_tqdm(index: LocalIndex, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tqdm.tqdm(unit="image") as bar:
        index.add_folder(folder, progress=bar, transaction_size=1)
    assert (bar.n, bar.total) == (6, 6)
    index.add_files([folder / "1.png"], progress=tqdm.tqdm)
    assert "6/6" in capsys.readouterr().err


def test_bars_of_rich(index: LocalIndex, folder: Path) -> None:
    console = rich.console.Console(file=io.StringIO(), force_terminal=True)
    with rich.progress.Progress(console=console) as display:
        index.add_folder(folder, progress=display, transaction_size=1)
        index.rebuild(progress=display)
    assert [(task.completed, task.total) for task in display.tasks] == [(6, 6), (5, 5)]


@pytest.mark.parametrize("wrong", [3, "bar", object()])
def test_what_is_no_bar(index: LocalIndex, folder: Path, wrong: Any) -> None:
    with pytest.raises(TypeError, match="a bar of tqdm or rich"):
        index.add_folder(folder, progress=wrong)


def test_a_page_without_matches_is_shown(index: LocalIndex) -> None:
    page = index.search(scene(1))
    assert isinstance(page, SearchPage) and page._repr_html_().count("<tr>") == 1 and not page
    assert imagesearch.Match()._repr_html_().count("<tr>") == 2


def test_thumbnails_in_notebooks(tmp_path: Path, tineye: TinEye) -> None:
    with LocalIndex(tmp_path / "other") as other:
        other.add_images([ImageItem(str(number), [("image", scene(1))]) for number in range(60)])
        page = other.search(scene(1), limit=60)
        html = page._repr_html_()
        assert html.count('<img src="data:image/webp;base64,') > 10 and "https:" not in html
        assert len(html) < 1 << 20, "a notebook stays usable"
        assert 'src="data:image/' in page[0]._repr_html_()
        (group,) = other.groups()
        assert 'src="data:image/' in group._repr_html_() and 'src="data:image/' in other.search_many([scene(1)])._repr_html_()
        copy = pickle.loads(pickle.dumps(group))
        assert copy == group and "<img" not in copy._repr_html_()
    assert "<img" not in page._repr_html_() and page._repr_html_().count("<tr>") == 61, "the client is closed"
    big = LocalIndex(tmp_path / "big", thumbnail_side=2048, thumbnail_quality=100)
    big.add_images([ImageItem(str(number), [("image", scene(number, width=1500, height=1100))]) for number in range(3)])
    noisy = big.search_many([scene(number, width=1500, height=1100) for number in range(3)])._repr_html_()
    assert len(noisy) < 1 << 20


def test_groups_become_tables(index: LocalIndex) -> None:
    for number in (1, 2):
        index.add_images([ImageItem(f"{number}{letter}", [("image", scene(number))]) for letter in "abc"])
    groups = index.groups().all()
    assert [len(group) for group in groups] == [3, 3] and groups[0] == groups.groups[0]
    rows = groups.to_dicts()
    assert [(row["group"], row["role"]) for row in rows] == [
        (1, "best"),
        (1, "copy"),
        (1, "copy"),
        (2, "best"),
        (2, "copy"),
        (2, "copy"),
    ]
    assert {row["item_id"][0] for row in rows if row["group"] == 1} != {row["item_id"][0] for row in rows if row["group"] == 2}
    frame = groups.to_pandas()
    assert frame.shape == groups.to_polars().shape == (6, len(rows[0])) and list(frame.columns) == list(rows[0])
    assert frame[frame.role == "copy"].file_size.sum() == sum(len(scene(number)) for number in (1, 2)) * 2
    assert groups[0].to_polars().shape == (3, len(rows[0]) - 1)
    html = groups._repr_html_()
    assert html.count("<tr>") == 7 and html.count("<img ") == 6
    assert imagesearch.Groups().to_pandas().shape == imagesearch.Groups().to_polars().shape == (0, len(rows[0]))


def test_lists_of_searches_become_tables(index: LocalIndex, tmp_path: Path) -> None:
    index.add_images([ImageItem("a", [("x", scene(1)), ("y", scene(1))])])
    found = index.search_many([scene(1), tmp_path / "missing.png", scene(2)])
    rows = found.to_dicts()
    assert [(row["query"], row["image_name"], bool(row["error"])) for row in rows] == [
        (0, "x", False),
        (0, "y", False),
        (1, None, True),
    ]
    assert found.to_pandas().shape == found.to_polars().shape == (3, len(Match.__dataclass_fields__) + 2)
    html = found._repr_html_()
    assert html.count("<tr>") == 4 and "missing.png" in html and "no match" in html
