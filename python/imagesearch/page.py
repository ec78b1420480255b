"""A page of matches, read from the library on access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from . import _html, _read
from ._handles import PageHandle, ResultsHandle
from ._tables import Table, plain
from .errors import ImageSearchError
from .models import Match

_FACTS = ("service", "total", "offset", "next_offset", "has_more", "request_id", "warnings", "look", "is_approximate")


class SearchPage(Sequence[Match], Table):
    """One page of matches, best first: a sequence of Match. No match is an empty page, never an error.

    A page stays valid after its client is closed. Pickled, it is plain data.

    Attributes:
        service: the service that responded.
        total: total number of matches; None when the service does not say.
        offset: position of the first match of this page, from 0.
        next_offset: offset of the next page, which also counts matches that a minimum score left out.
        has_more: whether another page may follow.
        request_id: the provider's identifier of the request.
        warnings: the provider's warnings.
        look: local index: the pass that found the matches; 0 is the first, later ones are made when it finds nothing.
        is_approximate: local index: whether the query came without its pixels and only they could have settled a match exactly;
            see LocalIndex.encode_query().
    """

    __slots__ = ("_handle", "_matches", "_raw", *_FACTS)

    service: str
    total: int | None
    offset: int
    next_offset: int
    has_more: bool
    request_id: str | None
    warnings: tuple[str, ...]
    look: int | None
    is_approximate: bool
    _handle: _read.AnyPage | None
    _matches: tuple[Match, ...] | None
    _raw: bytes | None

    def __init__(self, handle: _read.AnyPage) -> None:
        _fill(self, handle, None, None, _read.page_facts(handle.address))

    def __setattr__(self, name: str, _value: Any) -> None:
        raise AttributeError(f"a SearchPage cannot be changed ({name})")

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches of this page."""
        matches = self._matches
        if matches is None:
            matches = _read.matches(self._handle) if self._handle else ()
            object.__setattr__(self, "_matches", matches)
        return matches

    @property
    def raw(self) -> bytes:
        """The body of the response as received, not redacted; empty for the local index, which has none."""
        if self._raw is not None:
            return self._raw
        return _read.page_raw(self._handle) if self._handle else b""

    def json(self) -> Any:
        """The body of the response parsed as JSON, with every field that the provider sent.

        Raises:
            ValueError: the body is not JSON, for instance that of the local index, which has none; to_dicts() returns the
                matches of every service.
        """
        import json

        return json.loads(self.raw)

    def __len__(self) -> int:
        return _read.page_length(self._handle) if self._handle else len(self.matches)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Match, ...]: ...
    def __getitem__(self, index: int | slice) -> Match | tuple[Match, ...]:
        return self.matches[index]

    def __repr__(self) -> str:
        total = "unknown" if self.total is None else self.total
        return f"<SearchPage of {self.service}: {len(self)} matches from {self.offset} of {total}>"

    def _repr_html_(self) -> str:
        return _html.matches(self.matches, f"{self.service}: {len(self)} matches from {self.offset}")

    def _columns(self) -> tuple[str, ...]:
        return tuple(Match.__dataclass_fields__)

    def __copy__(self) -> SearchPage:
        return self

    def __deepcopy__(self, _memo: Any) -> SearchPage:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (self.matches, self.raw, tuple(getattr(self, name) for name in _FACTS)))


def _fill(
    page: SearchPage, handle: _read.AnyPage | None, matches: tuple[Match, ...] | None, raw: bytes | None, facts: tuple[Any, ...]
) -> None:
    put = object.__setattr__
    put(page, "_handle", handle)
    put(page, "_matches", matches)
    put(page, "_raw", raw)
    for name, value in zip(_FACTS, facts):
        put(page, name, value)


def _restored(matches: tuple[Match, ...], raw: bytes, facts: tuple[Any, ...]) -> SearchPage:
    """Restores a pickled page."""
    page = SearchPage.__new__(SearchPage)
    _fill(page, None, matches, raw, facts)
    return page


def read(address: int, client: Any = None) -> SearchPage:
    """A page from its owned handle, which is freed with its last match; `client` is a weak reference to a client with
    thumbnails."""
    return SearchPage(PageHandle(address, client))


@dataclass(frozen=True, slots=True)
class SearchResults(Sequence["SearchPage | ImageSearchError"], Table):
    """The results of search_many(): a page or an error for each image, in the order of the list.

    As a table it has a row for each match, with the index of its image in the list (`query`), and one for each search that
    failed (`error`).
    """

    outcomes: tuple[SearchPage | ImageSearchError, ...] = ()

    def __len__(self) -> int:
        return len(self.outcomes)

    def __getitem__(self, index: Any) -> Any:
        return self.outcomes[index]

    def __iter__(self) -> Iterator[SearchPage | ImageSearchError]:
        return iter(self.outcomes)

    @property
    def pages(self) -> tuple[SearchPage | None, ...]:
        """The pages, None where a search failed."""
        return tuple(one if isinstance(one, SearchPage) else None for one in self.outcomes)

    @property
    def failures(self) -> dict[int, ImageSearchError]:
        """The errors of the searches that failed, by index of their image in the list."""
        return {place: one for place, one in enumerate(self.outcomes) if isinstance(one, ImageSearchError)}

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each match and each search that failed."""
        rows = []
        for place, one in enumerate(self.outcomes):
            if isinstance(one, ImageSearchError):
                rows.append({**dict.fromkeys(self._columns()), "query": place, "error": str(one)})
            else:
                rows += [{"query": place, "error": None, **plain(match)} for match in one]
        return rows

    def _columns(self) -> tuple[str, ...]:
        return ("query", "error", *Match.__dataclass_fields__)

    def _repr_html_(self) -> str:
        return _html.results(self.outcomes)

    def __repr__(self) -> str:
        return f"<SearchResults: {len(self)} searches, {len(self.failures)} failed>"


def results(handle: ResultsHandle, refused: Mapping[int, ImageSearchError]) -> SearchResults:
    """The results of a list of searches, including those that were refused before."""
    made = iter(_read.results(handle))
    outcomes: list[SearchPage | ImageSearchError] = []
    for one in made:
        while len(outcomes) in refused:
            outcomes.append(refused[len(outcomes)])
        outcomes.append(one if isinstance(one, ImageSearchError) else SearchPage(one))
    while len(outcomes) in refused:
        outcomes.append(refused[len(outcomes)])
    return SearchResults(tuple(outcomes))
