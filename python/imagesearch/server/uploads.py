"""Reading requests: parameters of the query and of the form as one, files as bytes, everything within limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 5000
MOST_FILES = 1000
#: Characters of a parameter's value.
MOST_TEXT = 16_384


class BadRequest(Exception):
    """The request is wrong; `text` says what is and what it may be."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


@dataclass
class Parameters:
    """What a request says, whichever way it says it."""

    values: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The last value of a parameter; None when it is not there or empty."""
        found = None
        for key, value in self.values:
            if key == name:
                found = value
        return found or None

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        try:
            value = int(text) if len(text) < 20 else most + 1
        except ValueError:
            raise BadRequest(f"{name} is {text[:40]!r}; it must be a whole number") from None
        if not least <= value <= most:
            raise BadRequest(f"{name} is {text[:40]}; it must be {least} to {most}")
        return value

    def number(self, name: str, default: float, least: float, most: float) -> float:
        text = self.text(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            raise BadRequest(f"{name} is {text[:40]!r}; it must be a number") from None
        if not least <= value <= most:
            raise BadRequest(f"{name} is {text[:40]}; it must be {least} to {most}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name)
        if text is None:
            return default
        lowered = text.lower()
        if lowered in ("true", "1", "yes", "on"):
            return True
        if lowered in ("false", "0", "no", "off"):
            return False
        raise BadRequest(f"{name} is {text[:40]!r}; it must be true or false")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name) or default
        if text not in allowed:
            raise BadRequest(f"{name} is {text[:40]!r}; it must be {' or '.join(allowed)}")
        return text

    def numbered(self, single: str, many: str) -> Iterator[tuple[str, str]]:
        """Values of `single`, and of `many[0]`, `many[1]` …, each with its place (`""` for the single one), in their order."""
        one = self.text(single)
        if one is not None:
            yield "", one
        for key, value in self.values:
            if key.startswith(many + "[") and key.endswith("]") and value:
                yield key[len(many) + 1 : -1], value


async def read(request: Request, most_part: int) -> Parameters:
    """Reads query and form.

    Raises:
        BadRequest: the form is broken or too large.
    """
    found = Parameters(values=list(request.query_params.multi_items()))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method not in ("POST", "PUT", "PATCH") or not kind:
        return _checked(found)
    if kind == "application/json":
        found.values += _json_values(await request.body())
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        try:
            async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT * 4) as form:
                for name, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        content = await value.read(most_part + 1)
                        if len(content) > most_part:
                            raise BadRequest(f"{name} has more than {most_part} bytes", 413)
                        found.files[name] = (value.filename or "", content)
                    else:
                        found.values.append((name, value))
        except HTTPException as error:
            text = error.detail if error.status_code == 413 else f"the form cannot be read: {error.detail}"
            raise BadRequest(text, error.status_code) from None
    return _checked(found)


def _json_values(body: bytes) -> list[tuple[str, str]]:
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the body is no JSON") from None
    if not isinstance(content, dict):
        raise BadRequest("the body must be a JSON object")
    values: list[tuple[str, str]] = []
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                values.append((name, "true" if one else "false"))
            elif isinstance(one, int | float | str):
                values.append((name, str(one)))
            elif one is not None:
                raise BadRequest(f"{name[:40]} must be a text, a number, true, false, or a list of these")
    return values


def _checked(found: Parameters) -> Parameters:
    if len(found.values) > MOST_FIELDS:
        raise BadRequest(f"the request has {len(found.values)} parameters; {MOST_FIELDS} are allowed")
    for name, value in found.values:
        if len(value) > MOST_TEXT or len(name) > 256:
            raise BadRequest(f"{name[:40]} has {len(value)} characters; {MOST_TEXT} are allowed")
        if "\0" in value:
            raise BadRequest(f"{name[:40]} holds a zero character")
    return found
