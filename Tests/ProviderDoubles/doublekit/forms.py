"""Forms in request bodies: application/x-www-form-urlencoded and multipart/form-data, parsed strictly.

A real server accepts more than this parser does; the double does not, so that a client's mistakes are detected.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import parse_qsl, unquote_plus


@dataclass
class FilePart:
    name: str
    filename: str
    content_type: Optional[str]
    content: bytes

    def summary(self) -> Dict[str, Any]:
        return {
            "name": self.name,
            "filename": self.filename,
            "content_type": self.content_type,
            "length": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


@dataclass
class Form:
    kind: str = "none"
    fields: List[Tuple[str, str]] = field(default_factory=list)
    wire_fields: List[Tuple[str, str]] = field(default_factory=list)
    files: List[FilePart] = field(default_factory=list)
    order: List[str] = field(default_factory=list)
    problem: Optional[str] = None

    def get(self, name: str) -> Optional[str]:
        for key, value in self.fields:
            if key == name:
                return value
        return None

    def file(self, name: str) -> Optional[FilePart]:
        for part in self.files:
            if part.name == name:
                return part
        return None

    def summary(self) -> Dict[str, Any]:
        return {
            "kind": self.kind,
            "fields": self.fields,
            "files": [part.summary() for part in self.files],
            "order": self.order,
            "problem": self.problem,
        }


def parse_form(content_type: Optional[str], body: bytes) -> Form:
    media = (content_type or "").split(";")[0].strip().lower()
    if media == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    if media == "multipart/form-data":
        return _multipart(content_type or "", body)
    return Form()


def _urlencoded(body: bytes) -> Form:
    form = Form(kind="urlencoded")
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        form.problem = "the form body has bytes outside ASCII; they must be percent-encoded"
        return form
    form.fields = parse_qsl(text, keep_blank_values=True, errors="replace")
    for piece in text.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            form.wire_fields.append((unquote_plus(name), value))
    form.order = [name for name, _ in form.fields]
    return form


def boundary_of(content_type: str) -> Optional[str]:
    """The boundary parameter, unquoted; 1 to 70 characters (RFC 2046, section 5.1.1)."""
    found = re.search(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', content_type, re.IGNORECASE)
    if not found:
        return None
    return found.group(1) or found.group(2)


def _multipart(content_type: str, body: bytes) -> Form:
    form = Form(kind="multipart")
    boundary = boundary_of(content_type)
    if boundary is None:
        form.problem = "no boundary in the Content-Type"
        return form
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    if not body.startswith(delimiter + b"\r\n"):
        form.problem = "the body does not start with the boundary"
        return form
    position = len(delimiter) + 2
    while True:
        end = body.find(b"\r\n" + delimiter, position - 2)
        if end < 0:
            form.problem = "the closing boundary is missing"
            return form
        part = body[position:end]
        problem = _part(form, part)
        if problem:
            form.problem = problem
            return form
        after = end + 2 + len(delimiter)
        if body[after : after + 2] == b"--":
            rest = body[after + 2 :]
            if rest not in (b"", b"\r\n"):
                form.problem = "there are bytes after the closing boundary"
            return form
        if body[after : after + 2] != b"\r\n":
            form.problem = "a boundary is not followed by a line end"
            return form
        position = after + 2


def _part(form: Form, part: bytes) -> Optional[str]:
    head, separator, content = part.partition(b"\r\n\r\n")
    if not separator:
        return "a part has no empty line after its headers"
    headers: Dict[str, str] = {}
    for line in head.split(b"\r\n"):
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if not colon:
            return "a part's header line has no colon"
        headers[key.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    if disposition.split(";")[0].strip().lower() != "form-data":
        return "a part's Content-Disposition is not form-data"
    name = _parameter(disposition, "name")
    if name is None:
        return "a part has no name"
    form.order.append(name)
    filename = _parameter(disposition, "filename")
    if filename is None:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return "the field %s is not UTF-8" % name
        form.fields.append((name, text))
        form.wire_fields.append((name, text))
    else:
        form.files.append(FilePart(name, filename, headers.get("content-type"), content))
    return None


def _parameter(disposition: str, name: str) -> Optional[str]:
    """A quoted parameter, with both ways of escaping a quote: backslash (RFC 822, older curl) and %22 (WHATWG)."""
    found = re.search(r';\s*%s="((?:[^"\\]|\\.)*)"' % name, disposition, re.IGNORECASE)
    if not found:
        return None
    value = re.sub(r"\\(.)", r"\1", found.group(1))
    return value.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
