"""Converts results of the library to Python. Each function that takes an owned handle frees it."""

from __future__ import annotations

import dataclasses
import functools
from ctypes import Structure, addressof, byref, c_char_p, c_double, c_int64, c_size_t, sizeof, string_at
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
_report_pruned = function("add_report_pruned_count")
_results_count = function("results_count")
_results_page = function("results_page")
_results_error = function("results_error")
_report_free = function("add_report_free")
_bytes_data = function("bytes_data")
_bytes_free = function("bytes_free")

#: A page that is freed separately, or with the results that it belongs to.
AnyPage: TypeAlias = PageHandle | BorrowedPageHandle

_NO_DETAILS = Details()
RELATIONS = {relation.value: str(relation.name).lower() for relation in Relation if relation}
#: Does what Backlink._make() does, without a Python function.
_new_backlink = functools.partial(tuple.__new__, Backlink)
_new_map = functools.partial(tuple.__new__, AffineMap)
_new_agreement = functools.partial(tuple.__new__, Agreement)


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
        return AddReport(entries, _report_skipped(address), _report_pruned(address))
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
    """The bytes of a buffer of the library."""
    try:
        length = c_size_t()
        data = _bytes_data(address, byref(length))
        return string_at(data, length.value) if data else b""
    finally:
        _bytes_free(address)


def count(value: int) -> int:
    """Returns a number, which is not a handle, unchanged."""
    return value


def removed(value: int) -> int | None:
    """How many images were removed, if the provider says."""
    return known(value)


def page_facts(address: int) -> tuple[Any, ...]:
    """The fields of a page, in the order of SearchPage's."""
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
        known(fields.look),
        fields.is_approximate == 1,
    )


def results(handle: ResultsHandle) -> list[BorrowedPageHandle | ImageSearchError]:
    """The result of each search of a list."""
    address = handle.address
    found: list[BorrowedPageHandle | ImageSearchError] = []
    for index in range(_results_count(address)):
        error = _results_error(address, index)
        found.append(exception(error) if error else BorrowedPageHandle(handle, _results_page(address, index)))
    return found


def page_length(handle: AnyPage) -> int:
    """Number of matches on a page."""
    return int(_page_match_count(handle.address))


def page_raw(handle: AnyPage) -> bytes:
    """The body of a page."""
    length = c_size_t()
    address = _page_raw(handle.address, byref(length))
    return string_at(address, length.value) if address else b""


def matches(page: AnyPage) -> tuple[Match, ...]:
    """The matches of a page."""
    address = page.address
    reader = MatchReader()
    found = []
    for index in range(_page_match_count(address)):
        handle = _page_match(address, index)
        found.append(reader.read(handle, page))
    return tuple(found)


def _neighbours(struct: type[Structure], kind: Any, first: str, last: str) -> tuple[int, Any]:
    """The offset of the fields from `first` to `last` in a struct, and the array type that they form: all are of one kind, and
    reading one slice is faster than looking up each."""
    start, end = getattr(struct, first), getattr(struct, last)
    names = [field[0] for field in struct._fields_]
    kinds = {field[1] for field in struct._fields_[names.index(first) : names.index(last) + 1]}
    count, rest = divmod(end.offset + end.size - start.offset, sizeof(kind))
    if rest or not kinds <= {kind, kind * 6}:
        raise TypeError(f"the fields of {struct.__name__} from {first} to {last} are not all {kind.__name__}")
    return start.offset, kind * count


_PLACES = _neighbours(MatchFields, c_char_p, "image_url", "domain")
_TEXTS = _neighbours(MatchFields, c_char_p, "format", "overlay_url")
_SIZES = _neighbours(MatchFields, c_int64, "width", "file_size")
_NUMBERS = _neighbours(MatchFields, c_double, "query_overlap", "transform")


#: A Match before it is frozen: the constructor of a frozen dataclass sets every field by name and takes four times as long.
_WritableMatch = dataclasses.make_dataclass(
    "_WritableMatch", list(Match.__dataclass_fields__), bases=Match.__bases__, slots=True, repr=False, eq=False
)


class MatchReader:
    """Reads matches through the same struct, one after the other."""

    __slots__ = ("_fields", "_numbers", "_places", "_reference", "_sizes", "_texts")

    def __init__(self) -> None:
        fields = self._fields = new(MatchFields)
        self._reference = byref(fields)
        self._places, self._texts, self._sizes, self._numbers = [
            kind.from_buffer(fields, offset) for offset, kind in (_PLACES, _TEXTS, _SIZES, _NUMBERS)
        ]

    def read(self, handle: int, page: AnyPage) -> Match:
        """The match of a handle."""
        _match_read(handle, self._reference)
        fields = self._fields
        score, confidence, evidence, mirrored = fields.score, fields.confidence, fields.evidence, fields.is_mirrored
        image_url, page_url, domain = [one if one is None else one.decode() for one in self._places[:]]
        image_format, sha256, exif_date, item_id, image_name, category, content, title, price, currency, overlay = [
            one if one is None else one.decode() for one in self._texts[:]
        ]
        width, height, size = [None if one < 0 else one for one in self._sizes[:]]
        # NaN differs from itself.
        query_overlap, match_overlap, agreeing, differing, empty, *transform = [
            one if one == one else None for one in self._numbers[:]
        ]
        tags, links, details = fields.tag_count, fields.backlink_count, fields.detail_count
        match: Any = _WritableMatch(
            score if score == score else None,
            confidence if confidence == confidence else None,
            image_url,
            page_url,
            domain,
            image_format,
            width,
            height,
            size,
            item_id,
            image_name,
            category,
            content,
            title,
            price,
            currency,
            overlay,
            None if transform[0] is None else _new_map(transform),
            None if mirrored < 0 else mirrored == 1,
            query_overlap,
            match_overlap,
            RELATIONS.get(fields.relation),
            None if agreeing is None else _new_agreement((agreeing, differing, empty)),
            sha256,
            exif_date and taken(exif_date),
            tuple([one.decode() for one in fields.tags[:tags]]) if tags else (),
            _backlinks(fields.backlinks, links) if links else (),
            _details(fields.details, details) if details else _NO_DETAILS,
            evidence if evidence == evidence else None,
        )
        match._origin = MatchHandle(page, handle)
        match.__class__ = Match
        return match  # type: ignore[no-any-return]


@functools.lru_cache(1024)
def _array_of_texts(count: int) -> Any:
    """The array type, which takes longer to create than to use."""
    return c_char_p * count


def _texts(array: Any, count: int) -> list[Any]:
    """The fields of an array of structs that contain only texts and never grow, one after the other."""
    values = _array_of_texts(count).from_address(addressof(array.contents))[:]
    return [value if value is None else value.decode() for value in values]


def _backlinks(array: Any, count: int) -> tuple[Backlink, ...]:
    # A page may have thousands, so this loop is kept minimal.
    values = _texts(array, 3 * count)
    return tuple(map(_new_backlink, zip(values[0::3], values[1::3], map(day, values[2::3]))))


def _details(array: Any, count: int) -> Details:
    values = _texts(array, 2 * count)
    return Details(zip(values[0::2], values[1::2]))


@functools.lru_cache(4096)
def day(written: str | None) -> date | None:
    """A date, if the text is one."""
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def moment(written: str | None) -> datetime | None:
    """A time in the providers' form, "2025-12-17 03:42:50 UTC" or ISO 8601; without a zone it is UTC."""
    found = taken((written or "").removesuffix(" UTC"))
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def taken(written: str | None) -> datetime | None:
    """A time in EXIF's form, without a time zone."""
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None


def known(value: int) -> int | None:
    return None if value < 0 else value


def number(value: float) -> float | None:
    return value if value == value else None
