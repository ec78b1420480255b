"""Reads requests: the parameters of query and form together, files as bytes, all within limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from .problems import Kind, Problem

MOST_FIELDS = 5000
MOST_FILES = 1000
#: Maximum length of a parameter's value and of its name, in characters.
MOST_TEXT, MOST_NAME = 16_384, 256
MULTIPART = "multipart/form-data"
#: Maximum size in bytes of a body that is not a multipart form: it contains parameters only, and costs more per byte.
MOST_PLAIN_BODY = 512 << 10
#: Maximum length of an image's or item's name in characters; the core's limit (docs/collection.md).
MOST_STORED_NAME = 512

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})([eE][+-]?[0-9]{1,3})?")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")
_STEP = re.compile(r"(^|[/\\])\.{1,2}([/\\]|$)")


class Upload(NamedTuple):
    """A file of a form: the name of its field, its own name, its bytes."""

    field: str
    filename: str
    content: bytes


@dataclass
class Parameters:
    """The parameters of a request, from query or form."""

    values: list[tuple[str, str]] = field(default_factory=list)
    files: list[Upload] = field(default_factory=list)

    def file(self, name: str) -> Upload | None:
        """The file of a field.

        Raises:
            Problem: there is more than one.
        """
        found = [upload for upload in self.files if upload.field == name]
        if len(found) > 1:
            raise Problem(400, f"{name} is there {len(found)} times")
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """The last value of a parameter; None if it is missing or empty."""
        found = None
        for key, value in self.values:
            if key == name:
                found = value
        return found or None

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not _WHOLE.fullmatch(text):
            raise Problem(400, f"{name} is {text[:40]!r}; it must be a whole number of {least} to {most}")
        if not least <= int(text) <= most:
            raise Problem(400, f"{name} is {text[:40]}; it must be {least} to {most}")
        return int(text)

    def number(self, name: str, default: float, least: float, most: float) -> float:
        text = self.text(name)
        if text is None:
            return default
        if not _NUMBER.fullmatch(text):
            raise Problem(400, f"{name} is {text[:40]!r}; it must be a number of {least:g} to {most:g}")
        if not least <= float(text) <= most:
            raise Problem(400, f"{name} is {text[:40]}; it must be {least:g} to {most:g}")
        return float(text)

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name)
        if text is None:
            return default
        lowered = text.lower()
        if lowered in ("true", "1", "yes", "on"):
            return True
        if lowered in ("false", "0", "no", "off"):
            return False
        raise Problem(400, f"{name} is {text[:40]!r}; it must be true or false")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name) or default
        if text not in allowed:
            raise Problem(400, f"{name} is {text[:40]!r}; it must be {' or '.join(allowed)}")
        return text

    def numbered(self, single: str, many: str) -> Iterator[tuple[str, str]]:
        """Values of `single`, and of `many[0]`, `many[1]` …, each with its key (`""` for the single one), in order."""
        one = self.text(single)
        if one is not None:
            yield "", one
        for key, value in self.values:
            if key.startswith(many + "[") and key.endswith("]") and value:
                yield key[len(many) + 1 : -1], value


def checked_name(what: str, name: str) -> str:
    """Checks the name of an image or item: any text without control characters and without parts that lead to other folders.

    Names are only stored, never followed; but sooner or later some program would follow a stored `../`.
    """
    if len(name) > MOST_STORED_NAME:
        raise Problem(400, f"{what} has {len(name)} characters; {MOST_STORED_NAME} are allowed")
    if _NO_NAME.search(name):
        raise Problem(400, f"{what} holds a control character or is no UTF-8")
    if _STEP.search(name):
        raise Problem(400, f"{what} must not have . or .. as a part of a path")
    return name


def name_of_url(url: str) -> str:
    """The default name of an image of a URL: the last part of the path, without the query."""
    try:
        path = urlsplit(url).path
    except ValueError:
        raise Problem(400, "the URL cannot be read") from None
    return unquote(path).rpartition("/")[2] or "image"


async def read(request: Request) -> Parameters:
    """Reads query and form. guard.py limits the size of a body.

    Raises:
        Problem: the form is invalid, or has too many parts.
    """
    found = Parameters(values=list(request.query_params.multi_items()))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in ("POST", "PUT", "PATCH") and kind:
        if kind == "application/json":
            found.values += _json_values(await request.body())
        elif kind in (MULTIPART, "application/x-www-form-urlencoded"):
            await _read_form(request, found)
        else:
            raise Problem(415, f"{kind[:60]} is not taken; send multipart/form-data with the image as a file")
    return _checked(found)


async def _read_form(request: Request, found: Parameters) -> None:
    try:
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT * 4) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    found.files.append(Upload(name, value.filename or "", await value.read()))
                else:
                    found.values.append((name, value))
    except HTTPException as error:
        raise Problem(400, f"the form cannot be read: {error.detail}", Kind.HTTP) from None
    except (MultiPartException, ValueError, LookupError) as error:
        # An invalid boundary or charset, or a part's header that cannot be decoded.
        raise Problem(400, f"the form cannot be read: {type(error).__name__}", Kind.HTTP) from None


def _json_values(body: bytes) -> list[tuple[str, str]]:
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON") from None
    if not isinstance(content, dict):
        raise Problem(400, "the body must be a JSON object")
    values: list[tuple[str, str]] = []
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                values.append((name, "true" if one else "false"))
            elif isinstance(one, int | float | str):
                values.append((name, str(one)))
            elif one is not None:
                raise Problem(400, f"{name[:40]} must be a text, a number, true, false, or a list of these")
            else:
                values.append((name, ""))
    return values


def _checked(found: Parameters) -> Parameters:
    if len(found.values) > MOST_FIELDS:
        raise Problem(400, f"the request has {len(found.values)} parameters; {MOST_FIELDS} are allowed")
    names = [(name, "the name of a parameter", MOST_NAME) for name, _ in found.values]
    names += [(upload.field, "the name of a file's field", MOST_NAME) for upload in found.files]
    names += [(upload.filename, "the name of a file", MOST_TEXT) for upload in found.files]
    for text, what, most in [*names, *((value, name[:40], MOST_TEXT) for name, value in found.values)]:
        if len(text) > most:
            raise Problem(400, f"{what} has {len(text)} characters; {most} are allowed")
        if _NO_TEXT.search(text):
            raise Problem(400, f"{_NO_TEXT.sub('', what)} holds a zero character or is no Unicode")
    return found
