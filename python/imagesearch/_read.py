"""Results of the library on their way to Python. Each function that takes an owned handle frees it."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_double, c_size_t, string_at
from datetime import UTC, date, datetime
from typing import Any

from ._handles import MatchHandle, PageHandle
from ._library import exception, function, text
from .models import (
    AddEntry,
    AddReport,
    AffineMap,
    Backlink,
    Details,
    Match,
    Outcome,
    Quota,
    QuotaBundle,
    QuotaUnit,
)

_NO_DETAILS = Details()
_TEXTS = tuple(
    function("match_" + name)
    for name in (
        "item_id",
        "image_name",
        "category",
        "custom_content",
        "title",
        "price",
        "currency",
        "overlay_url",
    )
)


def quota(address: int) -> Quota:
    """A quota."""
    try:
        bundles = tuple(
            [
                QuotaBundle(
                    _known(function("quota_bundle_remaining")(address, index)),
                    moment(text(function("quota_bundle_start")(address, index))),
                    moment(text(function("quota_bundle_end")(address, index))),
                )
                for index in range(function("quota_bundle_count")(address))
            ]
        )
        return Quota(
            _known(function("quota_remaining")(address)),
            QuotaUnit(function("quota_unit")(address)),
            _number(function("quota_per_second")(address)),
            bundles,
        )
    finally:
        function("quota_free")(address)


def report(address: int) -> AddReport:
    """The report of an add call."""
    try:
        return AddReport(tuple([_entry(address, index) for index in range(function("add_report_count")(address))]))
    finally:
        function("add_report_free")(address)


def _entry(address: int, index: int) -> AddEntry:
    error = function("add_report_error")(address, index)
    return AddEntry(
        text(function("add_report_item_id")(address, index)) or "",
        text(function("add_report_image_name")(address, index)) or "",
        Outcome(function("add_report_outcome")(address, index)),
        text(function("add_report_warning")(address, index)),
        exception(error) if error else None,
    )


def content(address: int) -> bytes:
    """Bytes that the library made."""
    try:
        length = c_size_t()
        data = function("bytes_data")(address, byref(length))
        return string_at(data, length.value) if data else b""
    finally:
        function("bytes_free")(address)


def count(value: int) -> int:
    """A number is no handle and stays as it is."""
    return value


def removed(value: int) -> int | None:
    """How many images were removed, if the provider tells."""
    return _known(value)


def page_facts(address: int) -> tuple[Any, ...]:
    """What a page says of itself, in the order of SearchPage's fields."""
    warnings = [
        text(function("page_warning")(address, index)) or "" for index in range(function("page_warning_count")(address))
    ]
    return (
        text(function("page_service")(address)) or "",
        _known(function("page_total")(address)),
        function("page_offset")(address),
        function("page_next_offset")(address),
        function("page_has_more")(address) == 1,
        text(function("page_request_id")(address)),
        tuple(warnings),
    )


def page_length(handle: PageHandle) -> int:
    """How many matches there are on a page."""
    return int(function("page_match_count")(handle.address))


def page_raw(handle: PageHandle) -> bytes:
    """The body of a page."""
    length = c_size_t()
    address = function("page_raw")(handle.address, byref(length))
    return string_at(address, length.value) if address else b""


def matches(page: PageHandle) -> tuple[Match, ...]:
    """The matches of a page."""
    match = function("page_match")
    return tuple([_match(page, match(page.address, index)) for index in range(page_length(page))])


def _match(page: PageHandle, address: int) -> Match:
    six = (c_double * 6)()
    count = c_size_t()
    links = function("match_backlinks")(address, byref(count))
    tags = function("match_tag_count")(address)
    mirrored = function("match_is_mirrored")(address)
    values: tuple[Any, ...] = (
        _number(function("match_score")(address)),
        _number(function("match_confidence")(address)),
        text(function("match_image_url")(address)),
        text(function("match_page_url")(address)),
        text(function("match_domain")(address)),
        text(function("match_format")(address)),
        _known(function("match_width")(address)),
        _known(function("match_height")(address)),
        _known(function("match_file_size")(address)),
        *[text(read(address)) for read in _TEXTS],
        AffineMap(*six) if function("match_transform")(address, six) == 1 else None,
        None if mirrored < 0 else mirrored == 1,
        _number(function("match_query_overlap")(address)),
        _number(function("match_match_overlap")(address)),
        tuple([text(function("match_tag")(address, index)) or "" for index in range(tags)]),
        _backlinks(links, count.value) if links else (),
        _details(address),
    )
    match = Match(*values)
    object.__setattr__(match, "_origin", MatchHandle(page, address))
    return match


def _backlinks(address: int, count: int) -> tuple[Backlink, ...]:
    # The struct is three pointers to text and never grows, so the array can be taken over in one go.
    values = iter((c_char_p * (3 * count)).from_address(address)[:])
    return tuple([Backlink(text(image), text(page), day(crawled)) for image, page, crawled in zip(values, values, values)])


def _details(address: int) -> Details:
    count = function("match_detail_count")(address)
    if not count:
        return _NO_DETAILS
    name, value = function("match_detail_name"), function("match_detail_value")
    return Details({name(address, index).decode(): text(value(address, index)) or "" for index in range(count)})


def day(written: bytes | None) -> date | None:
    """A day, if it is written as one."""
    try:
        return date.fromisoformat(written[:10].decode()) if written else None
    except ValueError:
        return None


def moment(written: str | None) -> datetime | None:
    """A time as the providers write it, "2025-12-17 03:42:50 UTC" or ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat((written or "").removesuffix(" UTC"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _known(value: int) -> int | None:
    return None if value < 0 else value


def _number(value: float) -> float | None:
    return value if value == value else None
