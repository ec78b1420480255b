"""The page of a report in Chromium: its display and its controls, and that it makes no requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sample
from page import Page, darkness

OpenPage = Callable[[str], Page]


def test_search_shows_sections_in_order_and_an_error_hides_nothing(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(4))
    browser = page.browser
    assert page.status() == "10 matches"
    headings = browser.run("[...document.querySelectorAll('.heading strong')].map((one) => one.textContent)")
    assert headings == ["Local index", "TinEye", "1688 (TMAPI)", "Alibaba Cloud"]
    assert "InvalidAccessKeyId" in browser.text(".heading .bad")
    assert browser.text(".detail h2") == page.titles()[0]
    assert browser.text(".detail .badges").startswith("identical")
    # An offer with its price and the minimum quantity.
    browser.click(f"#row-{2 + 4 + 3 + 1}")
    offer = browser.text(".detail .body section")
    assert "12.80 CNY" in offer and "2 pieces" in offer
    # Web pages are links without a referrer; other text is not a link.
    browser.click("#row-6")
    links = browser.run("[...document.querySelectorAll('.detail .links a')].map((a) => [a.href, a.rel, a.target])")
    assert len(links) == 18
    assert all(
        href.startswith("https://") and rel == "noopener noreferrer" and target == "_blank" for href, rel, target in links
    )
    page.check_quiet()


def test_filters_and_sorting(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(24))
    browser = page.browser
    before = page.titles()
    page.set("#order", "name")
    after = page.titles()
    assert after != before
    assert after[:8] == sorted(after[:8]), "each service's matches are sorted for themselves"
    page.set("#order", "")
    browser.type("#filter", "tineye-is-no-name")
    assert page.status() == "0 of 30 matches"
    assert not browser.run("document.querySelector('.detail .empty').hidden")
    page.set("#filter", "catalogue")
    assert 0 < len(page.titles()) < 24 and all("catalogue" in one for one in page.titles())
    page.set("#filter", "")
    browser.click(".chips input[value=altered]")
    assert page.status() == "12 of 30 matches"
    browser.click(".chips input[value=altered]")
    page.set("#least", 90)
    count = int(page.status().split(" ")[0])
    assert 0 < count < 24
    page.set("#least", 0)
    page.set("#section", 1)
    assert page.titles() == ["stockphotos.example", "press.example", "blog.example"]
    page.check_quiet()


def test_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(300))
    browser = page.browser
    focused = "document.activeElement.id || document.activeElement.className"
    walked = []
    for _ in range(14):
        browser.press("Tab")
        walked.append(browser.run(focused))
    assert [one for one in walked if one in ("filter", "least", "section", "order", "rows", "slider")] == [
        "filter", "least", "section", "order", "rows", "slider",
    ]  # fmt: skip
    browser.run("document.querySelector('.rows').focus()")
    first = page.chosen()
    browser.press("ArrowDown", "ArrowDown")
    assert page.chosen() != first
    assert browser.text(".detail h2") == page.chosen()
    browser.press("End")
    assert page.chosen() == "创意杯子"
    # The selection is announced to screen readers, and visible.
    assert browser.run("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) !== null")
    box = browser.run("document.querySelector('.row[aria-selected=true]').getBoundingClientRect().toJSON()")
    assert box["top"] > 0 and box["bottom"] <= 861
    browser.press("Home")
    assert page.chosen() == first
    browser.press("PageDown")
    assert page.chosen() != first
    browser.press("Enter")
    assert "detail" in browser.run("document.activeElement.className")
    browser.run("document.querySelector('#slider').focus()")
    value = int(browser.run("document.querySelector('#slider').value"))
    browser.press("ArrowRight", "ArrowRight")
    assert int(browser.run("document.querySelector('#slider').value")) == value + 2
    browser.press("Escape")
    assert browser.run(focused) == "rows"
    browser.press("/")
    assert browser.run(focused) == "filter"
    page.check_quiet()


@pytest.mark.parametrize("row", [3, 5])
def test_images_lie_on_each_other_as_the_transform_says(open_page: OpenPage, row: int) -> None:
    """A smaller copy and a mirrored one: their difference from the query is black except for edges, which differ between sizes."""
    page = open_page(sample.search_report(8))
    browser = page.browser
    browser.click(f"#row-{row}")
    if row == 3:
        assert browser.run("Browser && true") and "mirrored or turned" in browser.text(".badges")
    browser.click("[data-mode=difference]")
    browser.wait("[...document.querySelectorAll('.frame img')].every((one) => one.complete)")
    assert darkness(page) < 12
    # Shifted by a twentieth of the width they differ, so the measure is sensitive enough.
    browser.run("document.querySelector('.over img').style.marginLeft = '30px'")
    assert darkness(page) > 25
    page.check_quiet()


def test_slider_by_pointer_and_its_other_ways(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(4))
    browser = page.browser
    cut = "parseFloat(document.querySelector('.over').style.clipPath.split(' ')[1])"
    width = browser.run("document.querySelector('.frame').clientWidth")
    browser.drag(".frame", (0, 20), (-width // 4, 20))
    assert abs(int(browser.run("document.querySelector('#slider').value")) - 25) <= 1
    assert abs(browser.run(cut) - 0.75 * width) < 0.02 * width
    handle = browser.run(
        "document.querySelector('.handle').getBoundingClientRect().left - document.querySelector('.frame').getBoundingClientRect().left"
    )
    assert abs(handle - 0.25 * width) < 0.02 * width
    browser.click("[data-mode=fade]")
    page.set("#slider", 20)
    assert browser.run("document.querySelector('.over').style.opacity") == "0.8"
    assert browser.run("document.querySelector('#slider').getAttribute('aria-valuetext')") == "80 % query"
    browser.click("[data-mode=beside]")
    assert browser.run("[...document.querySelectorAll('.frame figcaption')].map((one) => one.textContent).sort()") == [
        "Match",
        "Query",
    ]
    page.check_quiet()


def test_groups(open_page: OpenPage) -> None:
    page = open_page(sample.duplicates_report())
    browser = page.browser
    assert page.status() == "12 groups"
    assert browser.text(".row .badge") == "keep"
    assert "suggested to keep" in browser.text(".badges")
    browser.click("#row-2")
    assert browser.text(".ends") == "Kept imageCopy"
    browser.wait("document.querySelectorAll('.frame img').length === 2")
    page.set("#order", "members")
    sizes = browser.run("[...document.querySelectorAll('.heading span')].map((one) => parseInt(one.textContent))")
    assert sizes[:3] == [4, 4, 4]
    page.set("#filter", "IMG_32")
    assert page.status() == "0 of 12 groups"
    page.set("#filter", "IMG_30")
    assert page.status() == "1 of 12 groups"
    assert page.titles() == ["IMG_30.jpg", "IMG_31.jpg"], "a group is shown whole"
    page.check_quiet()


def test_comparison(open_page: OpenPage) -> None:
    page = open_page(sample.comparison_report())
    browser = page.browser
    assert browser.run("document.querySelector('.side').hidden")
    assert browser.text(".detail h2") == "One image in two versions"
    assert "301 agree in place and look" in browser.text(".explanation")
    assert browser.run("document.querySelectorAll('.frame img').length") == 2
    page.check_quiet()


def test_hostile_names(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(24, hostile=True))
    browser = page.browser
    for row in range(1, 1 + len(sample.HOSTILE)):
        browser.click(f"#row-{row}")
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.set("#section", 1)
    browser.click("#row-1")
    page.set("#section", "")
    assert browser.run("document.title") == "Search for mug on a table.jpg"
    assert browser.run("[...document.scripts].filter((one) => one.type !== 'application/json').length") == 1
    assert browser.run("document.querySelectorAll('a[href^=javascript]').length") == 0
    # A name with direction marks is escaped; a name in another script is unchanged.
    titles = page.titles()
    assert "photo⟨U+202E⟩gnp.exe" in titles and "名前 写真 😀 العربية" in titles
    assert any(one.startswith("⟨U+0000⟩⟨U+0007⟩⟨U+001B⟩") for one in titles)
    # No name breaks the layout.
    assert browser.run("document.documentElement.scrollWidth") <= 1280
    assert browser.run("[...document.querySelectorAll('.row')].every((row) => row.scrollHeight <= 88)")
    # The file has the same JSON for programs.
    text = page.path.read_text(encoding="utf-8")
    assert len(re.findall("</script", text)) == 3
    page.check_quiet()


def test_manifest_tells_how_it_was_made(open_page: OpenPage) -> None:
    page = open_page(sample.search_report(3))
    browser = page.browser
    browser.click(".top > a")
    evidence = browser.text("#evidence")
    for text in (
        "imagesearch 1.0.0",
        "2026-11-26 04:40:13 UTC",
        "c0ffee-7",
        "The rate is close to its limit.",
        "InvalidAccessKeyId",
        "libcurl 7.88.1",
        "limit",
    ):
        assert text in evidence
    manifest = browser.run("JSON.parse(document.getElementById('manifest').textContent)")
    assert manifest["images"][0]["sha256"] in evidence
    assert manifest["searches"][1]["requestIDs"] == ["c0ffee-7"]
    saved = browser.run(
        "fetch === null ? '' : decodeURIComponent(document.querySelector('.save').href.split(',').slice(1).join(','))"
    )
    assert saved == browser.text("#manifest")
    page.check_quiet()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), (390, 844)])
def test_labels_roles_and_contrast(open_page: OpenPage, scheme: str, size: tuple[int, int]) -> None:
    for content in (sample.search_report(24, hostile=True), sample.duplicates_report(), sample.comparison_report()):
        page = open_page(content)
        page.browser.scheme(scheme)
        page.browser.resize(*size)
        assert page.browser.judge() == []
        if page.browser.run("document.querySelector('.side:not([hidden])') !== null"):
            page.browser.click("#row-2")
            assert page.browser.judge() == []
        assert page.browser.run("document.documentElement.scrollWidth") <= size[0]
        page.check_quiet()


def test_print_has_the_chosen_match_the_list_and_the_manifest(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(sample.search_report(24))
    browser = page.browser
    browser.run("dispatchEvent(new Event('beforeprint'))")
    printed = browser.text("#print")
    assert printed.count("SHA-256") == 24 and "12.80 CNY" in printed and "crawled 2012-05-12" in printed
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.text("#print") == ""
    content = browser.print_pdf()
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    assert content.startswith(b"%PDF") and 3 <= pages <= 8
    page.check_quiet()


def test_ten_thousand_matches(open_page: OpenPage) -> None:
    content = sample.search_report(10_000)
    page = open_page(content)
    browser = page.browser
    assert page.status() == "10,006 matches"
    # From the start of the navigation to the first row, on a busy machine.
    first = browser.run("performance.getEntriesByType('mark').find((one) => one.name === 'shown').startTime")
    assert first < 5000
    assert browser.run("document.querySelectorAll('.row').length") < 60
    # Scrolls through the whole list: rows are visible at each position.
    for share in (0.1, 0.35, 0.5, 0.77, 1):
        browser.run(
            "const rows = document.querySelector('.rows'); rows.scrollTop = rows.scrollHeight * arguments[0]; return null",
            share,
        )
        seen = "const box = document.querySelector('.rows').getBoundingClientRect(); const one = document.elementFromPoint(box.left + 200, box.top + box.height / 2); return Boolean(one && one.closest('.row, .heading'))"
        browser.wait(lambda seen=seen: browser.run(seen), 2)  # type: ignore[misc]
        assert browser.run("document.querySelectorAll('.row').length") < 60
    # A filter over all of them reacts while typing.
    took = browser.run(
        "const begun = performance.now(); const field = document.querySelector('#filter'); field.value = '-09999'; field.dispatchEvent(new Event('input', {bubbles: true})); return performance.now() - begun"
    )
    assert took < 1000 and page.status() == "1 of 10,006 matches"
    # Beyond the first 200 there are only small images, and the page says why.
    assert "first 200" in browser.text(".note")
    page.set("#filter", "")
    page.set("#order", "name")
    assert page.status() == "10,006 matches"
    page.check_quiet()
