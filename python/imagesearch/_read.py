"""Results of the library on their way to Python. Each function that takes an owned handle frees it."""

from __future__ import annotations

import functools
from ctypes import addressof, byref, c_char_p, c_size_t, string_at
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from ._abi import AddEntry as _AddEntry
from ._abi import MatchFields, PageFields, QuotaFields, Relation, new
from ._handles import BorrowedPageHandle, MatchHandle, PageHandle, ResultsHandle
from ._library import exception, function, text
from .errors import ImageSearchError
from .models import (
    AddEntry,
    AddReport,
    AffineMap,
    Agreement,
    Backlink,
    Details,
    Match,
    Outcome,
    Quota,
    QuotaBundle,
    QuotaUnit,
)

_page_read = function("page_read")
_page_match = function("page_match")
_page_match_count = function("page_match_count")
_page_raw = function("page_raw")
_match_read = function("match_read")
_quota_read = function("quota_read")
_quota_free = function("quota_free")
_report_count = function("add_report_count")
_report_entry = function("add_report_entry")
_report_skipped = function("add_report_skipped_count")
_results_count = function("results_count")
_results_page = function("results_page")
_results_error = function("results_error")
_report_free = function("add_report_free")
_bytes_data = function("bytes_data")
_bytes_free = function("bytes_free")

#: A page that is freed by itself or with the results that it belongs to.
AnyPage: TypeAlias = PageHandle | BorrowedPageHandle

_NO_DETAILS = Details()
RELATIONS = {relation.value: str(relation.name).lower() for relation in Relation if relation}
#: What Backlink._make() does, without a function of Python.
_new_backlink = functools.partial(tuple.__new__, Backlink)


def quota(address: int) -> Quota:
    """A quota."""
    try:
        fields = new(QuotaFields)
        _quota_read(address, byref(fields))
        bundles = fields.bundles[: fields.bundle_count]
        return Quota(
            known(fields.remaining),
            QuotaUnit(fields.unit),
            number(fields.per_second),
            tuple([QuotaBundle(known(one.remaining), moment(text(one.start)), moment(text(one.end))) for one in bundles]),
        )
    finally:
        _quota_free(address)


def report(address: int) -> AddReport:
    """The report of an add call."""
    try:
        fields = new(_AddEntry)
        entries = tuple([_entry(address, index, fields) for index in range(_report_count(address))])
        return AddReport(entries, _report_skipped(address))
    finally:
        _report_free(address)


def _entry(address: int, index: int, fields: _AddEntry) -> AddEntry:
    _report_entry(address, index, byref(fields))
    return AddEntry(
        text(fields.item_id) or "",
        text(fields.image_name) or "",
        Outcome(fields.outcome),
        text(fields.warning),
        exception(fields.error) if fields.error else None,
    )


def content(address: int) -> bytes:
    """Bytes that the library made."""
    try:
        length = c_size_t()
        data = _bytes_data(address, byref(length))
        return string_at(data, length.value) if data else b""
    finally:
        _bytes_free(address)


def count(value: int) -> int:
    """A number is no handle and stays as it is."""
    return value


def removed(value: int) -> int | None:
    """How many images were removed, if the provider tells."""
    return known(value)


def page_facts(address: int) -> tuple[Any, ...]:
    """What a page says of itself, in the order of SearchPage's fields."""
    fields = new(PageFields)
    _page_read(address, byref(fields))
    return (
        text(fields.service) or "",
        known(fields.total),
        fields.offset,
        fields.next_offset,
        fields.has_more == 1,
        text(fields.request_id),
        tuple([one.decode() for one in fields.warnings[: fields.warning_count]]),
    )


def results(handle: ResultsHandle) -> list[BorrowedPageHandle | ImageSearchError]:
    """What came of each search of a list."""
    address = handle.address
    found: list[BorrowedPageHandle | ImageSearchError] = []
    for index in range(_results_count(address)):
        error = _results_error(address, index)
        found.append(exception(error) if error else BorrowedPageHandle(handle, _results_page(address, index)))
    return found


def page_length(handle: AnyPage) -> int:
    """How many matches there are on a page."""
    return int(_page_match_count(handle.address))


def page_raw(handle: AnyPage) -> bytes:
    """The body of a page."""
    length = c_size_t()
    address = _page_raw(handle.address, byref(length))
    return string_at(address, length.value) if address else b""


def matches(page: AnyPage) -> tuple[Match, ...]:
    """The matches of a page."""
    address = page.address
    fields = new(MatchFields)
    reference = byref(fields)
    found = []
    for index in range(_page_match_count(address)):
        handle = _page_match(address, index)
        _match_read(handle, reference)
        match = _match(fields)
        object.__setattr__(match, "_origin", MatchHandle(page, handle))
        found.append(match)
    return tuple(found)


def _match(fields: MatchFields) -> Match:
    transform = fields.transform[:]
    agreeing = fields.agreeing
    mirrored = fields.is_mirrored
    return Match(
        number(fields.score),
        number(fields.confidence),
        text(fields.image_url),
        text(fields.page_url),
        text(fields.domain),
        text(fields.format),
        known(fields.width),
        known(fields.height),
        known(fields.file_size),
        text(fields.item_id),
        text(fields.image_name),
        text(fields.category),
        text(fields.custom_content),
        text(fields.title),
        text(fields.price),
        text(fields.currency),
        text(fields.overlay_url),
        AffineMap(*transform) if transform[0] == transform[0] else None,
        None if mirrored < 0 else mirrored == 1,
        number(fields.query_overlap),
        number(fields.match_overlap),
        RELATIONS.get(fields.relation),
        Agreement(agreeing, fields.differing, fields.empty) if agreeing == agreeing else None,
        text(fields.sha256),
        taken(text(fields.exif_date)),
        tuple([one.decode() for one in fields.tags[: fields.tag_count]]) if fields.tag_count else (),
        _backlinks(fields.backlinks, fields.backlink_count) if fields.backlink_count else (),
        _details(fields.details, fields.detail_count) if fields.detail_count else _NO_DETAILS,
    )


def _texts(array: Any, count: int) -> list[Any]:
    """The fields of an array of structs that are nothing but texts and never grow, one after the other."""
    values = (c_char_p * count).from_address(addressof(array.contents))[:]
    return [value if value is None else value.decode() for value in values]


def _backlinks(array: Any, count: int) -> tuple[Backlink, ...]:
    # A page may have thousands, so there is no word more here than it takes.
    values = _texts(array, 3 * count)
    return tuple(map(_new_backlink, zip(values[0::3], values[1::3], map(day, values[2::3]))))


def _details(array: Any, count: int) -> Details:
    values = _texts(array, 2 * count)
    return Details(zip(values[0::2], values[1::2]))


@functools.lru_cache(4096)
def day(written: str | None) -> date | None:
    """A day, if it is written as one."""
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def moment(written: str | None) -> datetime | None:
    """A time as the providers write it, "2025-12-17 03:42:50 UTC" or ISO 8601; without a zone it is UTC."""
    found = taken((written or "").removesuffix(" UTC"))
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def taken(written: str | None) -> datetime | None:
    """A time as EXIF has it, without a zone."""
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None


def known(value: int) -> int | None:
    return None if value < 0 else value


def number(value: float) -> float | None:
    return value if value == value else None
