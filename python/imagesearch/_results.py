"""Answers of the library on their way to Python. Each function takes an owned handle and frees it."""

from __future__ import annotations

from ctypes import byref, c_size_t, string_at
from typing import Optional

from ._bound import exception, function, text
from ._handles import PageHandle
from .models import AddEntry, AddReport, Outcome, Quota, QuotaBundle, QuotaUnit
from .page import SearchPage

_quota_free = function("quota_free")
_quota_remaining = function("quota_remaining")
_quota_unit = function("quota_unit")
_quota_per_second = function("quota_per_second")
_quota_bundle_count = function("quota_bundle_count")
_quota_bundle_remaining = function("quota_bundle_remaining")
_quota_bundle_start = function("quota_bundle_start")
_quota_bundle_end = function("quota_bundle_end")
_report_free = function("add_report_free")
_report_count = function("add_report_count")
_report_item_id = function("add_report_item_id")
_report_image_name = function("add_report_image_name")
_report_outcome = function("add_report_outcome")
_report_warning = function("add_report_warning")
_report_error = function("add_report_error")
_bytes_free = function("bytes_free")
_bytes_data = function("bytes_data")


def page(address: int) -> SearchPage:
    """A page; it frees itself with its last match."""
    return SearchPage(PageHandle(address))


def quota(address: int) -> Quota:
    """A quota."""
    try:
        per_second = _quota_per_second(address)
        bundles = tuple(
            [
                QuotaBundle(
                    _known(_quota_bundle_remaining(address, index)),
                    text(_quota_bundle_start(address, index)),
                    text(_quota_bundle_end(address, index)),
                )
                for index in range(_quota_bundle_count(address))
            ]
        )
        return Quota(
            _known(_quota_remaining(address)),
            QuotaUnit(_quota_unit(address)),
            per_second if per_second == per_second else None,
            bundles,
        )
    finally:
        _quota_free(address)


def report(address: int) -> AddReport:
    """The report of an add call."""
    try:
        return AddReport(tuple([_entry(address, index) for index in range(_report_count(address))]))
    finally:
        _report_free(address)


def _entry(address: int, index: int) -> AddEntry:
    error = _report_error(address, index)
    return AddEntry(
        text(_report_item_id(address, index)) or "",
        text(_report_image_name(address, index)) or "",
        Outcome(_report_outcome(address, index)),
        text(_report_warning(address, index)),
        exception(error) if error else None,
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


def removed(value: int) -> Optional[int]:
    """How many images were removed, if the provider tells."""
    return _known(value)


def _known(value: int) -> Optional[int]:
    return None if value < 0 else value
