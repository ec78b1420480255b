"""Why a call failed: one exception class a group of codes, all below ImageSearchError."""

from __future__ import annotations

import enum
from typing import Any, Dict, Optional, Tuple, Type


class Code(enum.IntEnum):
    """What happened, with the numbers of the C interface. Numbers are only added: one that this version of the package does
    not know is a member named UNKNOWN_<number>."""

    # caller
    INVALID_ARGUMENT = 1
    UNSUPPORTED = 2
    CLOSED = 3
    CANCELLED = 4
    FILE_NOT_READABLE = 5
    INTERNAL_FAILURE = 6
    # image
    NOT_AN_IMAGE = 20
    UNSUPPORTED_FORMAT = 21
    ANIMATED_IMAGE = 22
    CORRUPT_IMAGE = 23
    IMAGE_TOO_LARGE = 24
    IMAGE_TOO_SMALL = 25
    IMAGE_TOO_SIMPLE = 26
    EMPTY_IMAGE = 27
    # address
    INVALID_URL = 40
    URL_NOT_FETCHED = 41
    ADDRESS_REFUSED = 42
    # account
    UNAUTHORIZED = 60
    AUTHENTICATION_METHOD_REMOVED = 61
    SIGNATURE_REJECTED = 62
    CLOCK_SKEW = 63
    NO_SEARCHES_LEFT = 64
    QUOTA_EXCEEDED = 65
    PERMISSION_DENIED = 66
    CAPACITY_REACHED = 67
    SPENDING_CAP_REACHED = 68
    INSTANCE_UNAVAILABLE = 69
    # load
    TOO_MANY_REQUESTS = 80
    SERVICE_BUSY = 81
    PROVIDER_TIMEOUT = 82
    # transport
    CONNECTION_FAILED = 100
    HOST_NOT_FOUND = 101
    TLS_FAILED = 102
    CONNECTION_LOST = 103
    TIMED_OUT = 104
    DEADLINE_EXCEEDED = 105
    RESPONSE_TOO_LARGE = 106
    REDIRECT_REFUSED = 107
    PROXY_FAILED = 108
    # answer
    MALFORMED_RESPONSE = 120
    PROVIDER_ERROR = 121
    INVALID_REQUEST = 122
    NOT_FOUND = 123
    WRONG_ENDPOINT = 124
    # index
    INDEX_UNAVAILABLE = 140
    INDEX_CORRUPT = 141
    INDEX_VERSION_MISMATCH = 142
    DISK_FULL = 143

    @classmethod
    def _missing_(cls, value: object) -> "Optional[Code]":
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = "UNKNOWN_%d" % value
        unknown._value_ = value
        return unknown


class ImageSearchError(Exception):
    """A call failed. The class tells the group, `code` the kind.

    Attributes:
        code: the kind of failure.
        message: one sentence for a person, without secrets.
        service: the service that failed, or "".
        http_status: the HTTP status of the answer; None when there was none.
        provider_code: the provider's own code, or None.
        provider_message: the provider's own words, or None.
        request_id: the provider's identifier of the request, or None.
        retry_after: seconds that the provider asked to wait, or None.
        attempts: how many times a request was sent; 0 when nothing left this machine.
        may_have_been_charged: True when a paid search may have been counted although no answer arrived.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        service: str = "",
        http_status: Optional[int] = None,
        provider_code: Optional[str] = None,
        provider_message: Optional[str] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
        attempts: int = 0,
        may_have_been_charged: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = Code(code)
        self.message = message
        self.service = service
        self.http_status = http_status
        self.provider_code = provider_code
        self.provider_message = provider_message
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts = attempts
        self.may_have_been_charged = may_have_been_charged

    def __str__(self) -> str:
        facts = [self.code.name]
        if self.http_status is not None:
            facts.append("HTTP %d" % self.http_status)
        if self.request_id:
            facts.append("request %s" % self.request_id)
        start = self.service + ": " if self.service else ""
        return "%s%s (%s)" % (start, self.message, ", ".join(facts))

    def __reduce__(self) -> Tuple[Any, ...]:
        # Exceptions are pickled by their positional arguments otherwise, and process pools would lose all but the message.
        state: Dict[str, Any] = dict(self.__dict__)
        code, message = int(state.pop("code")), state.pop("message")
        return (_rebuild, (type(self), code, message, state))


def _rebuild(kind: "Type[ImageSearchError]", code: int, message: str, state: Dict[str, Any]) -> ImageSearchError:
    error = kind(code, message)
    error.__dict__.update(state)
    return error


class UsageError(ImageSearchError):
    """The call itself is wrong: an argument, a file, something that the service cannot do. Codes 1-19."""


class ClosedError(UsageError):
    """The client was closed, or the process forked after it was opened."""


class CancelledError(UsageError):
    """The call was cancelled, for instance because the client was closed meanwhile."""


class ImageError(ImageSearchError):
    """The image cannot be used. Codes 20-39."""


class AddressError(ImageSearchError):
    """The URL is none, is refused or cannot be fetched. Codes 40-59."""


class AccountError(ImageSearchError):
    """The key, the signature, the quota or a permission. Codes 60-79."""


class LoadError(ImageSearchError):
    """The provider is overloaded or asks for fewer requests. Codes 80-99."""


class TransportError(ImageSearchError):
    """Connection, TLS, proxy or time. Codes 100-119."""


class AnswerError(ImageSearchError):
    """The provider answered with an error, or with something that is no answer. Codes 120-139."""


class LocalIndexError(ImageSearchError):
    """The local index on disk. Codes 140-159."""


_BY_CODE: Dict[int, Type[ImageSearchError]] = {Code.CLOSED: ClosedError, Code.CANCELLED: CancelledError}
#: The codes of a group start at a multiple of 20.
_BY_GROUP: Tuple[Type[ImageSearchError], ...] = (
    UsageError,
    ImageError,
    AddressError,
    AccountError,
    LoadError,
    TransportError,
    AnswerError,
    LocalIndexError,
)


def class_for(code: int) -> Type[ImageSearchError]:
    """The class of a code; ImageSearchError itself for a group that this version does not know."""
    group = code // 20
    known = _BY_GROUP[group] if 0 <= group < len(_BY_GROUP) else ImageSearchError
    return _BY_CODE.get(code, known)


def invalid_argument(message: str) -> UsageError:
    """The error of an argument that is refused before the library sees it."""
    return UsageError(Code.INVALID_ARGUMENT, message)
