"""Matches as a table of HTML, for notebooks. Nothing is fetched to show it: the images of web pages are links."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .collection import Member
    from .models import Match

#: Rows that are shown; a notebook stays usable.
_ROWS = 100


def table(matches: Sequence[Match], caption: str = "") -> str:
    """A row for each match."""
    head = "".join(f"<th>{name}</th>" for name in ("", "score", "confidence", "size", "found at"))
    rows = "".join(_row(number, match) for number, match in enumerate(matches[:_ROWS], 1))
    more = f"<p>… and {len(matches) - _ROWS} more</p>" if len(matches) > _ROWS else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def members(own: Sequence[Member], related: Sequence[Member]) -> str:
    """A row for each member of a group, then for each image beside it."""
    head = "".join(f"<th>{name}</th>" for name in ("", "image", "relation", "confidence", "size"))
    rows = "".join(_member("best" if number == 0 else "copy", one) for number, one in enumerate(own))
    rows += "".join(_member("related", one) for one in related)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _member(role: str, member: Member) -> str:
    image = member.image
    confidence = "" if member.confidence is None else f"{member.confidence:.2f}"
    size = "" if image.width is None or image.height is None else f"{image.width} × {image.height}"
    name = f"{escape(image.item_id)} · {escape(image.image_name)}"
    cells = (role, name, member.relation or "", confidence, size)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _row(number: int, match: Match) -> str:
    score = "" if match.score is None else f"{match.score:.1f}"
    confidence = "" if match.confidence is None else f"{match.confidence:.2f}"
    size = "" if match.width is None or match.height is None else f"{match.width} × {match.height}"
    cells = (str(number), score, confidence, size, _place(match))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


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
    # Whatever a provider sends: nothing but a web address becomes a link.
    if not url.lower().startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" rel="noreferrer noopener">{escape(words)}</a>'
