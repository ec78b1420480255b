"""Errors of a request or of the server, which each dialect reports in its own form."""

from __future__ import annotations

import re
from enum import StrEnum

from .. import Code, ImageSearchError

#: Maximum number of characters of a text of the request in a message, and of a message.
MOST_QUOTED, MOST_MESSAGE = 300, 1000
# What acts on a terminal or in a log, or is invisible: control characters, ends of lines, marks of direction, tags, halves of pairs.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def quoted(text: str, most: int = MOST_QUOTED) -> str:
    """A text of the request for a message: cut, and with escapes for what acts on a terminal."""
    shown = text if len(text) <= most else text[:most] + "…"
    return _HARMFUL.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", shown)


class Kind(StrEnum):
    """Problems that a dialect reports in a special way; also the reasons in the metric of refused requests."""

    OTHER = ""
    KEY = "key"
    RATE = "rate"
    QUEUE = "queue"
    HOST = "host"
    SIZE = "size"
    TIME = "time"
    HTTP = "http"


class Problem(Exception):
    """A request that fails.

    Attributes:
        status: the HTTP status.
        text: one human-readable sentence, without paths of the server's disk.
        kind: see Kind.
        retry_after: seconds after which the request may be repeated.
        code: the library's code, if the library found the problem.
    """

    def __init__(
        self,
        status: int,
        text: str,
        kind: Kind = Kind.OTHER,
        *,
        retry_after: int | None = None,
        code: Code | None = None,
    ) -> None:
        self.text = quoted(text, MOST_MESSAGE)
        super().__init__(self.text)
        self.status = status
        self.kind = kind
        self.retry_after = retry_after
        self.code = code

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


#: The HTTP status of the library's errors, if it is not 500.
_STATUS = {
    Code.INVALID_ARGUMENT: 400,
    Code.UNSUPPORTED: 400,
    Code.NOT_AN_IMAGE: 400,
    Code.UNSUPPORTED_FORMAT: 400,
    Code.ANIMATED_IMAGE: 400,
    Code.CORRUPT_IMAGE: 400,
    Code.IMAGE_TOO_LARGE: 413,
    Code.IMAGE_TOO_SMALL: 400,
    Code.IMAGE_TOO_SIMPLE: 400,
    Code.EMPTY_IMAGE: 400,
    Code.INVALID_URL: 400,
    Code.URL_NOT_FETCHED: 400,
    Code.ADDRESS_REFUSED: 400,
    Code.NOT_FOUND: 404,
    Code.CAPACITY_REACHED: 507,
    Code.DEADLINE_EXCEEDED: 503,
    Code.CLOSED: 503,
    Code.CANCELLED: 503,
    Code.OUT_OF_MEMORY: 503,
    Code.INDEX_UNAVAILABLE: 503,
    Code.DISK_FULL: 507,
    # The network is used only to fetch the image of a URL.
    Code.TIMED_OUT: 400,
    Code.CONNECTION_FAILED: 400,
    Code.CONNECTION_LOST: 400,
    Code.HOST_NOT_FOUND: 400,
    Code.TLS_FAILED: 400,
    Code.REDIRECT_REFUSED: 400,
    Code.PROXY_FAILED: 400,
    Code.RESPONSE_TOO_LARGE: 413,
    Code.MALFORMED_RESPONSE: 400,
}

#: Errors of the network and of fetched images.
DOWNLOAD = frozenset(
    {
        Code.URL_NOT_FETCHED,
        Code.ADDRESS_REFUSED,
        Code.TIMED_OUT,
        Code.CONNECTION_FAILED,
        Code.CONNECTION_LOST,
        Code.HOST_NOT_FOUND,
        Code.TLS_FAILED,
        Code.REDIRECT_REFUSED,
        Code.PROXY_FAILED,
        Code.RESPONSE_TOO_LARGE,
    }
)

#: Messages for the server's own errors: the library's messages may contain its directories.
_OWN = {503: "the index cannot be asked right now", 507: "there is no space for more"}


def problem_of(error: ImageSearchError) -> Problem:
    """The problem for an error of the library."""
    status = _STATUS.get(error.code, 500)
    text = error.message if status < 500 else _OWN.get(status, "the server failed")
    return Problem(status, text, retry_after=5 if status == 503 else None, code=error.code)
