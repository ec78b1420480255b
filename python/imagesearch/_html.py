"""Pages, matches and groups as HTML tables, for notebooks. Nothing is fetched to show them: images on the web are links, and
those of a local index are its stored thumbnails, as data: URLs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .collection import Group, Member
    from .errors import ImageSearchError
    from .models import Match
    from .page import SearchPage

#: Maximum number of rows, so that a notebook stays usable.
_ROWS = 100
#: Maximum size of the thumbnails in a table in bytes, before base64.
_THUMBNAIL_BYTES = 512 << 10
_TYPES = {b"RIFF": "webp", b"\x89PNG": "png", b"\xff\xd8\xff\xe0": "jpeg"}


#: Characters that cannot be seen or turn the direction of text, by which one name passes for another.
_UNSEEN = r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"


def escape(text: str) -> str:
    """Text for an element or an attribute, with its invisible characters spelled out. The module html is imported only here: its
    table of entities is large, and most programs show nothing."""
    import html
    import re

    return html.escape(re.sub(_UNSEEN, lambda found: f"⟨U+{ord(found[0]):04X}⟩", text))


class _Thumbnails:
    """The thumbnails of a table, up to the limit."""

    def __init__(self) -> None:
        self._room = _THUMBNAIL_BYTES

    def cell(self, source: Any, item_id: str | None, image_name: str | None) -> str:
        """An image for a cell; empty if the client is gone or has none."""
        from base64 import b64encode

        client = source() if source is not None else None
        if client is None or item_id is None or image_name is None or self._room <= 0:
            return ""
        content: bytes | None = client._stored_thumbnail(item_id, image_name)
        kind = _TYPES.get((content or b"")[:4])
        if content is None or kind is None or len(content) > self._room:
            return ""
        self._room -= len(content)
        data = b64encode(content).decode("ascii")
        return f'<img src="data:image/{kind};base64,{data}" alt="" style="max-width:96px;max-height:96px">'


def matches(found: Sequence[Match], caption: str = "") -> str:
    """A row for each match."""
    thumbnails = _Thumbnails()
    rows = [_match(str(number), match, thumbnails) for number, match in enumerate(found[:_ROWS], 1)]
    return _table(("", "", "score", "confidence", "relation", "size", "found at"), rows, caption, len(found) - _ROWS)


def results(outcomes: Sequence[SearchPage | ImageSearchError]) -> str:
    """A row for each image that was searched for, with its best match."""
    thumbnails = _Thumbnails()
    rows = []
    for place, one in enumerate(outcomes[:_ROWS]):
        if isinstance(one, Exception):
            rows.append(_row((str(place), "", "", "", "", "", escape(str(one)))))
        elif one:
            rows.append(_match(str(place), one[0], thumbnails))
        else:
            rows.append(_row((str(place), "", "", "", "", "", "no match")))
    return _table(("", "", "score", "confidence", "relation", "size", "best match"), rows, "", len(outcomes) - _ROWS)


def groups(shown: Iterable[Group]) -> str:
    """A row for each member of each group, then for the images beside it."""
    thumbnails = _Thumbnails()
    rows: list[str] = []
    more = 0
    for number, group in enumerate(shown, 1):
        for role, member in group._roles():
            if len(rows) < _ROWS:
                rows.append(_member(str(number), role, member, thumbnails, group._client()))
            else:
                more += 1
    return _table(("", "", "", "image", "relation", "confidence", "size"), rows, "", more)


def _table(names: Sequence[str], rows: Sequence[str], caption: str, more: int) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    rest = f"<p>… and {more} more</p>" if more > 0 else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{rest}"


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _member(number: str, role: str, member: Member, thumbnails: _Thumbnails, source: Any) -> str:
    image = member.image
    name = escape(image.item_id) + ("" if image.image_name == image.item_id else f" · {escape(image.image_name)}")
    shown = thumbnails.cell(source, image.item_id, image.image_name)
    return _row((number, role, shown, name, member.relation or "", _share(member.confidence), _size(image)))


def _match(number: str, match: Match, thumbnails: _Thumbnails) -> str:
    score = "" if match.score is None else f"{match.score:.1f}"
    shown = thumbnails.cell(match._client(), match.item_id, match.image_name)
    return _row((number, shown, score, _share(match.confidence), escape(match.relation or ""), _size(match), _place(match)))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _size(image: Any) -> str:
    return "" if image.width is None or image.height is None else f"{image.width} × {image.height}"


def _place(match: Match) -> str:
    words = []
    if match.item_id is not None:
        words.append(escape(match.item_id))
        if match.image_name not in (None, match.item_id):
            words.append(escape(str(match.image_name)))
    if match.title:
        words.append(escape(match.title))
    for name, url in (("page", match.page_url), ("image", match.image_url)):
        if url:
            words.append(_link(url, match.domain or name if name == "page" else name))
    for link in match.backlinks[:3]:
        if link.page_url and link.page_url != match.page_url:
            words.append(_link(link.page_url, match.domain or "page"))
    if match.price is not None:
        words.append(escape(f"{match.price} {match.currency or ''}".strip()))
    return " · ".join(words)


def _link(url: str, words: str) -> str:
    # Whatever a provider sends, only a web address becomes a link.
    if not url.lower().startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" rel="noreferrer noopener">{escape(words)}</a>'
