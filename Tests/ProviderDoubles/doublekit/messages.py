"""Requests as received and their responses."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import parse_qsl, unquote_plus

from .forms import Form, parse_form

Pairs = List[Tuple[str, str]]


@dataclass
class Request:
    """One complete request. `target` is the text of the request line, not decoded."""

    method: str
    target: str
    headers: Pairs
    body: bytes
    scheme: str
    connection: int
    path: str = ""
    query_text: str = ""
    notes: Dict[str, Any] = field(default_factory=dict)
    _form: Optional[Form] = None

    def __post_init__(self) -> None:
        path, _, query = self.target.partition("?")
        self.path = path
        self.query_text = query

    def header(self, name: str) -> Optional[str]:
        """The first header of that name (any case), or None."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return None

    def header_values(self, name: str) -> List[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def query(self) -> Pairs:
        """The query's names and values, percent-decoded, in order; duplicates stay."""
        return parse_qsl(self.query_text, keep_blank_values=True)

    @property
    def wire_query(self) -> Pairs:
        """As `query`, with values exactly as they were sent."""
        pairs = []
        for piece in self.query_text.split("&"):
            if piece:
                name, _, value = piece.partition("=")
                pairs.append((unquote_plus(name), value))
        return pairs

    @property
    def form(self) -> Form:
        """The body parsed as a form; `problem` has the error."""
        if self._form is None:
            self._form = parse_form(self.header("Content-Type"), self.body)
        return self._form

    def body_sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Response:
    status: int
    body: bytes = b""
    headers: Pairs = field(default_factory=list)
    verdict: str = "ok"
    #: Takes over the connection after the header was sent (a proxy's tunnel); the connection ends with it.
    then: Optional[Callable[[Any], None]] = None

    @staticmethod
    def json(status: int, value: Any, verdict: str = "ok", pretty: bool = False) -> "Response":
        text = json.dumps(value, ensure_ascii=False, indent=4 if pretty else None)
        return Response(status, text.encode("utf-8", "replace"), [("Content-Type", "application/json")], verdict)

    @staticmethod
    def text(status: int, text: str, content_type: str = "text/plain; charset=utf-8", verdict: str = "ok") -> "Response":
        return Response(status, text.encode("utf-8"), [("Content-Type", content_type)], verdict)
