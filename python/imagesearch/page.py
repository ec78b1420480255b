"""A page of matches, read from the library when it is looked at."""

from __future__ import annotations

import json
from ctypes import byref, c_char_p, c_double, c_size_t, string_at
from typing import Any, Iterator, Optional, Tuple

from ._bound import function, text
from ._fast import maker
from ._handles import PageHandle
from .models import AffineMap, Backlink, Match, MatchOrigin

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
_score = function("match_score")
_confidence = function("match_confidence")
_image_url = function("match_image_url")
_page_url = function("match_page_url")
_domain = function("match_domain")
_format = function("match_format")
_width = function("match_width")
_height = function("match_height")
_file_size = function("match_file_size")
_item_id = function("match_item_id")
_picture_name = function("match_picture_name")
_category = function("match_category")
_custom_content = function("match_custom_content")
_title = function("match_title")
_price = function("match_price")
_currency = function("match_currency")
_overlay_url = function("match_overlay_url")
_transform = function("match_transform")
_is_mirrored = function("match_is_mirrored")
_query_overlap = function("match_query_overlap")
_match_overlap = function("match_match_overlap")
_tag_count = function("match_tag_count")
_tag = function("match_tag")
_backlinks = function("match_backlinks")

_Six = c_double * 6
_match = maker(Match, ("_origin",))
_backlink = maker(Backlink)
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
    return tuple(
        [_read_match(handle, _page_match(address, index), six, count) for index in range(_page_match_count(address))]
    )


def _read_match(page: PageHandle, match: int, six: Any, count: c_size_t) -> Match:
    """Every field with one call of the library; the few lines that repeat themselves save a third of the time."""
    score = _score(match)
    confidence = _confidence(match)
    image_url = _image_url(match)
    page_url = _page_url(match)
    domain = _domain(match)
    image_format = _format(match)
    width = _width(match)
    height = _height(match)
    file_size = _file_size(match)
    mirrored = _is_mirrored(match)
    query_overlap = _query_overlap(match)
    match_overlap = _match_overlap(match)
    overlay_url = _overlay_url(match)
    tag_count = _tag_count(match)
    return _match(
        score if score == score else None,
        confidence if confidence == confidence else None,
        image_url.decode() if image_url is not None else None,
        page_url.decode() if page_url is not None else None,
        domain.decode() if domain is not None else None,
        image_format.decode() if image_format is not None else None,
        width if width >= 0 else None,
        height if height >= 0 else None,
        file_size if file_size >= 0 else None,
        text(_item_id(match)),
        text(_picture_name(match)),
        text(_category(match)),
        text(_custom_content(match)),
        text(_title(match)),
        text(_price(match)),
        text(_currency(match)),
        overlay_url.decode() if overlay_url is not None else None,
        _affine_map(*six[:]) if _transform(match, six) == 1 else None,
        mirrored == 1 if mirrored >= 0 else None,
        query_overlap if query_overlap == query_overlap else None,
        match_overlap if match_overlap == match_overlap else None,
        tuple([text(_tag(match, index)) or "" for index in range(tag_count)]) if tag_count else (),
        _read_backlinks(match, count),
        MatchOrigin(page, match),
    )


def _read_backlinks(match: int, count: c_size_t) -> Tuple[Backlink, ...]:
    address = _backlinks(match, byref(count))
    if not address:
        return ()
    # The struct is three pointers to text and never grows, so the array can be taken over in one go.
    values = [None if each is None else each.decode() for each in (c_char_p * (3 * count.value)).from_address(address)[:]]
    return tuple(map(_backlink, values[0::3], values[1::3], values[2::3]))
