"""A page of matches, read from the library when it is looked at."""

from __future__ import annotations

import json
from ctypes import byref, c_char_p, c_double, c_size_t, string_at
from struct import Struct
from typing import Any, Iterator, Optional, Tuple

from ._bound import as_argument, function, text, unchecked
from ._fast import maker, texts_maker
from ._handles import PageHandle
from .models import AffineMap, Backlink, Details, Match, MatchOrigin

_page_service = function("page_service")
_page_match_count = function("page_match_count")
_page_match = function("page_match")
_page_total = function("page_total")
_page_offset = function("page_offset")
_page_next_offset = function("page_next_offset")
_page_has_more = function("page_has_more")
_page_request_id = function("page_request_id")
_page_warning_count = function("page_warning_count")
_page_warning = function("page_warning")
_page_raw = function("page_raw")
_score = unchecked("match_score")
_confidence = unchecked("match_confidence")
_image_url = unchecked("match_image_url")
_page_url = unchecked("match_page_url")
_domain = unchecked("match_domain")
_format = unchecked("match_format")
_width = unchecked("match_width")
_height = unchecked("match_height")
_file_size = unchecked("match_file_size")
_item_id = unchecked("match_item_id")
_image_name = unchecked("match_image_name")
_category = unchecked("match_category")
_custom_content = unchecked("match_custom_content")
_title = unchecked("match_title")
_price = unchecked("match_price")
_currency = unchecked("match_currency")
_overlay_url = unchecked("match_overlay_url")
_transform = unchecked("match_transform")
_is_mirrored = unchecked("match_is_mirrored")
_query_overlap = unchecked("match_query_overlap")
_match_overlap = unchecked("match_match_overlap")
_tag_count = unchecked("match_tag_count")
_tag = function("match_tag")
_detail_value = function("match_detail_value")
_detail_name = function("match_detail_name")
_detail_count = unchecked("match_detail_count")
_backlinks = unchecked("match_backlinks")

_Six = c_double * 6
#: Much quicker than the items of the array.
_six_numbers = Struct("6d").unpack
_NO_DETAILS = Details()
_match = maker(Match, ("_origin",))
_make_backlinks = texts_maker(Backlink)
_affine_map = maker(AffineMap)


class SearchPage:
    """One page of matches, best first. No match is an empty page, never an error.

    Iterating, len() and indexing go over `matches`. A page stays good after its client was closed.
    """

    __slots__ = ("_handle", "_matches", "service", "total", "offset", "next_offset", "has_more", "request_id", "warnings")

    #: The service that answered.
    service: str
    #: How many matches there are in all; None when the service does not tell.
    total: Optional[int]
    #: The position of the first match of this page, from 0.
    offset: int
    #: The offset of the page that follows, which counts what a minimum score left out too.
    next_offset: int
    #: Whether another page may follow.
    has_more: bool
    #: The provider's identifier of the request.
    request_id: Optional[str]
    #: The provider's warnings.
    warnings: Tuple[str, ...]
    _handle: PageHandle
    _matches: Optional[Tuple[Match, ...]]

    def __init__(self, handle: PageHandle) -> None:
        address = handle.address
        put = object.__setattr__
        put(self, "_handle", handle)
        put(self, "_matches", None)
        put(self, "service", text(_page_service(address)) or "")
        total = _page_total(address)
        put(self, "total", None if total < 0 else total)
        put(self, "offset", _page_offset(address))
        put(self, "next_offset", _page_next_offset(address))
        put(self, "has_more", _page_has_more(address) == 1)
        put(self, "request_id", text(_page_request_id(address)))
        warnings = (text(_page_warning(address, index)) for index in range(_page_warning_count(address)))
        put(self, "warnings", tuple(warning or "" for warning in warnings))

    def __setattr__(self, name: str, _value: Any) -> None:
        raise AttributeError("a SearchPage cannot be changed (%s)" % name)

    @property
    def matches(self) -> Tuple[Match, ...]:
        """The matches of this page."""
        matches = self._matches
        if matches is None:
            matches = _read_matches(self._handle)
            object.__setattr__(self, "_matches", matches)
        return matches

    @property
    def raw(self) -> bytes:
        """The body of the answer as it came; empty for the local index."""
        length = c_size_t()
        address = _page_raw(self._handle.address, byref(length))
        return string_at(address, length.value) if address else b""

    def json(self) -> Any:
        """The body of the answer as Python values, with every field that the provider sent.

        Raises:
            ValueError: the body is no JSON, for instance that of the local index, which has none.
        """
        return json.loads(self.raw)

    def __len__(self) -> int:
        return int(_page_match_count(self._handle.address))

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    def __getitem__(self, index: int) -> Match:
        return self.matches[index]

    def __repr__(self) -> str:
        return "<SearchPage of %s: %d matches from %d of %s>" % (
            self.service,
            len(self),
            self.offset,
            "unknown" if self.total is None else self.total,
        )


def _read_matches(handle: PageHandle) -> Tuple[Match, ...]:
    address = handle.address
    six = _Six()
    count = c_size_t()
    count_argument = byref(count)
    return tuple(
        [
            _read_match(handle, _page_match(address, index), six, count, count_argument)
            for index in range(_page_match_count(address))
        ]
    )


def _read_match(page: PageHandle, address: int, six: Any, count: c_size_t, count_argument: Any) -> Match:
    """Every field with one call of the library; the few words that repeat themselves save a third of the time."""
    match = as_argument(address)
    return _match(
        None if (score := _score(match)) != score else score,
        None if (confidence := _confidence(match)) != confidence else confidence,
        None if (value := _image_url(match)) is None else value.decode(),
        None if (value := _page_url(match)) is None else value.decode(),
        None if (value := _domain(match)) is None else value.decode(),
        None if (value := _format(match)) is None else value.decode(),
        None if (number := _width(match)) < 0 else number,
        None if (number := _height(match)) < 0 else number,
        None if (number := _file_size(match)) < 0 else number,
        None if (value := _item_id(match)) is None else value.decode(),
        None if (value := _image_name(match)) is None else value.decode(),
        None if (value := _category(match)) is None else value.decode(),
        None if (value := _custom_content(match)) is None else value.decode(),
        None if (value := _title(match)) is None else value.decode(),
        None if (value := _price(match)) is None else value.decode(),
        None if (value := _currency(match)) is None else value.decode(),
        None if (value := _overlay_url(match)) is None else value.decode(),
        _affine_map(*_six_numbers(six)) if _transform(match, six) == 1 else None,
        None if (number := _is_mirrored(match)) < 0 else number == 1,
        None if (overlap := _query_overlap(match)) != overlap else overlap,
        None if (overlap := _match_overlap(match)) != overlap else overlap,
        tuple([text(_tag(address, index)) or "" for index in range(number)]) if (number := _tag_count(match)) else (),
        _read_backlinks(found, count.value) if (found := _backlinks(match, count_argument)) else (),
        _read_details(address, number) if (number := _detail_count(match)) else _NO_DETAILS,
        MatchOrigin(page, address),
    )


def _read_backlinks(address: int, count: int) -> Tuple[Backlink, ...]:
    # The struct is three pointers to text and never grows, so the array can be taken over in one go.
    return _make_backlinks((c_char_p * (3 * count)).from_address(address)[:])


def _read_details(match: int, count: int) -> Details:
    return Details({_detail_name(match, index).decode(): text(_detail_value(match, index)) or "" for index in range(count)})
