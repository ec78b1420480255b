"""Searching several indexes with one query: a query as bytes, and what each index returns for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ctypes import POINTER, byref, c_char_p, c_uint8, c_void_p, cast
from typing import Any, Unpack

from . import _abi, _arguments, _read, _values, page
from ._arguments import reference
from ._call import Call, Kind, Result
from ._library import function
from ._services import Connection
from .models import ImageSource
from .options import SearchOptions

_ENCODE_QUERY = Kind("local_index_encode_query", "bytes")
_SEARCH_ENCODED = Kind("local_index_search_encoded", "page")
_SEARCH_PARTIAL = Kind("local_index_search_partial", "bytes")
_compact_query = function("local_index_compact_query")
_merge_partials = function("local_index_merge_partials")


def encode_query(
    client: Connection, image: ImageSource, *, compact: bool = False, **options: Unpack[SearchOptions]
) -> Call[bytes]:
    """A query encoded as bytes, to search many indexes with it: the digest of the image's bytes, and the features of each pass
    that `effort` allows. Of the options, region, effort and the time limits are used. It is valid for indexes of the same
    version of this library. An image that is too simple or too small is not an error here: a search may find the same bytes.

    Args:
        image: see search().
        compact: omit the pixels: about 55 KB for the first pass of a photograph. The matches are practically the same; their
            relation to the query may be less exact, and SearchPage.is_approximate says where that may be so.
    """
    prepared = client._image(image)
    form = _abi.QueryForm.COMPACT if _values.flag("compact", compact) else _abi.QueryForm.EXACT
    stop, given = client._stoppable(options, prepared.byte_count)
    arguments = (byref(prepared.struct), reference(_arguments.search_options(given)), form)
    return Call(_ENCODE_QUERY, _read.content, arguments, prepared, stop)


def compact_query(query: bytes | bytearray | memoryview) -> bytes:
    """An encoded query without its pixels, as encode_query(…, compact=True) returns it; no feature is computed again.

    Args:
        query: the result of LocalIndex.encode_query().
    """
    content = _query_bytes(query)
    result = c_void_p()
    _compact_query(_bytes_pointer(content), len(content), byref(c_void_p()), byref(result))
    return _read.content(result.value or 0)


def _query_bytes(query: Any, name: str = "query") -> bytes:
    if not isinstance(query, (bytes, bytearray, memoryview)):
        raise _values.wrong_type(name, "bytes", query)
    return bytes(query)


def _bytes_pointer(content: bytes) -> Any:
    return cast(c_char_p(content), POINTER(c_uint8))


def search_encoded(
    client: Connection, query: bytes | bytearray | memoryview, **options: Unpack[SearchOptions]
) -> Call[page.SearchPage]:
    """Searches with an encoded query, as a search with its image would. Region and effort are ignored; they are in its bytes.

    Args:
        query: the result of encode_query(). It need not be trusted: invalid bytes are an InvalidArgumentError.

    Raises:
        IndexVersionError: it is of another version of the library.
    """
    return _search(_SEARCH_ENCODED, client._page, client, query, options)


def search_partial(client: Connection, query: bytes | bytearray | memoryview, **options: Unpack[SearchOptions]) -> Call[bytes]:
    """Searches one of several indexes that are searched together: returns the images that it compared with the query, as bytes, for
    merge_partials(). A copy can be told from an image that merely shares a template only when the comparisons of all indexes are
    known. Every pass of the query is made, because one index does not know whether the first one finds something elsewhere: search
    with a query of effort="fast" first. Of the options, category, mirrored, limit, offset, population_size – the number of images in
    all indexes – and the time limits are used.

    Args:
        query: the result of encode_query(). It may come from anyone: bytes that are not a query raise InvalidArgumentError.

    Returns:
        About 100 bytes where no image resembles the query, and about 6 KB for each one that does.

    Raises:
        IndexVersionError: it is of another version of the library.
    """
    return _search(_SEARCH_PARTIAL, _read.content, client, query, options)


def _search(kind: Kind, read: Callable[[Any], Result], client: Connection, query: Any, options: Any) -> Call[Result]:
    content = _query_bytes(query)
    stop, given = client._stoppable(options, len(content))
    arguments = (_bytes_pointer(content), len(content), reference(_arguments.search_options(given)))
    return Call(kind, read, arguments, content, stop)


def merge_partials(
    partials: Iterable[bytes | bytearray | memoryview],
    *,
    limit: int | None = None,
    offset: int | None = None,
    minimum_score: float | None = None,
    minimum_confidence: float | None = None,
    relations: Iterable[str] | None = None,
) -> page.SearchPage:
    """The page of a search in several indexes: the page that one index with all the images would return, provided that it compares
    every candidate.

    Args:
        partials: the results of LocalIndex.search_partial() of each index for one query, in any order. They may come from anyone:
            InvalidArgumentError for bytes that are not a partial search, and for those of different queries or population sizes.
        limit: the most matches of the page, 100 by default; the page must not end behind that of the partial searches.
        offset: the number of matches to skip.
        minimum_score: omit matches with a lower score, 0-100.
        minimum_confidence: omit matches with a lower confidence, 0-1.
        relations: the relations to include; the four kinds of copies by default.

    Raises:
        IndexVersionError: one is of another version of the library.
        ImageError: only the bytes of the image could be found, and no index has them.
    """
    contents = [
        _query_bytes(partial, "a partial search") for partial in _values.sequence("partials", "a sequence of bytes", partials)
    ]
    array = (_abi.Partial * len(contents))()
    for entry, content in zip(array, contents):
        entry.data = cast(c_char_p(content), c_void_p)
        entry.length = len(content)
    given = {"limit": limit, "offset": offset, "minimum_score": minimum_score, "minimum_confidence": minimum_confidence}
    options = _arguments.search_options({**given, "relations": relations})
    result = c_void_p()
    _merge_partials(array, len(contents), reference(options), byref(c_void_p()), byref(result))
    return page.read(result.value or 0)
