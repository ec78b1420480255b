"""Errors of calls. Every error of a call is an ImageSearchError; some are also builtin exceptions, and can be caught as those.

    ImageSearchError
    ├── UsageError                  the call itself is wrong
    │   ├── InvalidArgumentError        also ValueError
    │   ├── UnsupportedError            the service cannot do this
    │   └── ClosedError                 the client was closed, or the process forked after it was opened
    ├── CancelledError              the call was cancelled
    ├── FileError                   also OSError: a file cannot be opened, read or written
    ├── OutOfMemoryError            also MemoryError: the system is out of memory, threads or descriptors
    ├── ImageError                  the image cannot be used
    │   └── UnsupportedFormatError      an image of a format that the service does not take
    ├── ImageURLError               the URL is invalid, is refused or cannot be fetched
    ├── AccountError                the account: instance, permission, capacity
    │   ├── AuthenticationError         the key, the signature, the clock
    │   ├── QuotaExhaustedError         no searches are left, or a cap is reached
    │   └── CapacityReachedError        the index or instance is full
    ├── OverloadedError             the provider is overloaded
    │   └── RateLimitError              the provider asks for fewer requests
    ├── TransportError              the network: redirects, sizes
    │   ├── ConnectionFailedError       also ConnectionError: connection, name lookup, TLS, proxy
    │   └── TimedOutError               also TimeoutError
    ├── ProviderError               the provider responded with an error, or with something that is not a response
    │   └── NotFoundError               something that the call names does not exist
    └── LocalIndexError             the local index on disk
        ├── IndexCorruptError           it is damaged
        ├── IndexVersionError           another version of the library made it
        └── DiskFullError               also OSError: no space is left

The class is the kind of error, and `code` is the exact cause. A code of a newer library has the class of its group.
"""

from __future__ import annotations

import errno
from typing import Any

from ._abi import Code as Code


class ImageSearchError(Exception):
    """A call failed. The class is the kind of error, and `code` is the exact cause.

    Attributes:
        code: what happened.
        message: one human-readable sentence, without secrets.
        service: the service that failed, or "".
        http_status: the HTTP status of the response; None when there was none.
        provider_code: the provider's own code, or None.
        provider_message: the provider's own message, or None.
        request_id: the provider's identifier of the request, or None.
        retry_after: number of seconds that the provider asked to wait, or None.
        attempts: number of times a request was sent; 0 when nothing left this machine.
        may_have_been_charged: True when a paid call may have been charged although it failed.
    """

    code: Code
    message: str
    service: str
    http_status: int | None
    provider_code: str | None
    provider_message: str | None
    request_id: str | None
    retry_after: float | None
    attempts: int
    may_have_been_charged: bool

    def __init__(
        self,
        code: int,
        message: str,
        *,
        service: str = "",
        http_status: int | None = None,
        provider_code: str | None = None,
        provider_message: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
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
        if isinstance(self, OSError):
            OSError.__setattr__(self, "errno", _ERRNO.get(self.code))

    def __str__(self) -> str:
        facts = [self.code.name]
        if self.http_status is not None:
            facts.append(f"HTTP {self.http_status}")
        if self.request_id:
            facts.append(f"request {self.request_id}")
        start = self.service + ": " if self.service else ""
        return f"{start}{self.message} ({', '.join(facts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # By default exceptions are pickled by their positional arguments, and process pools would lose everything except the
        # message.
        state = dict(self.__dict__)
        code, message = int(state.pop("code")), state.pop("message")
        return (_rebuild, (type(self), code, message, state))


def _rebuild(kind: type[ImageSearchError], code: int, message: str, state: dict[str, Any]) -> ImageSearchError:
    error = kind(code, message)
    error.__dict__.update(state)
    return error


class UsageError(ImageSearchError):
    """The call itself is wrong."""


class InvalidArgumentError(UsageError, ValueError):
    """An argument is out of range or contradicts another; the message names it."""


class UnsupportedError(UsageError):
    """The service cannot do this; see Client.capabilities."""


class ClosedError(UsageError):
    """The client was closed, or the process forked after it was opened."""


class CancelledError(ImageSearchError):
    """The call was cancelled, for instance because the client was closed meanwhile."""


class FileError(ImageSearchError, OSError):
    """A file that the caller named cannot be opened, read or written."""


class OutOfMemoryError(ImageSearchError, MemoryError):
    """The system is out of memory, threads or descriptors."""


class ImageError(ImageSearchError):
    """The image cannot be used."""


class UnsupportedFormatError(ImageError):
    """An image, but of a format that the service does not take."""


class ImageURLError(ImageSearchError):
    """The URL of an image is invalid, is refused or cannot be fetched."""


class AccountError(ImageSearchError):
    """The account: the key, the quota, a permission, the instance."""


class AuthenticationError(AccountError):
    """The key is missing or wrong, the signature was rejected, or the clock is wrong."""


class QuotaExhaustedError(AccountError):
    """No searches are left, a quota that renews itself is used up (see retry_after), or the caller's own cap is reached."""


class CapacityReachedError(AccountError):
    """The index or instance is full."""


class OverloadedError(ImageSearchError):
    """The provider is overloaded, or reported a timeout of its own."""


class RateLimitError(OverloadedError):
    """The provider asks for fewer requests."""


class TransportError(ImageSearchError):
    """The network between here and the provider."""


class ConnectionFailedError(TransportError, ConnectionError):
    """There is no connection or no such host, TLS or the proxy failed, or the connection was lost."""


class TimedOutError(TransportError, TimeoutError):
    """An attempt took longer than `timeout` or `connect_timeout`, or the call longer than `total_timeout`."""


class ProviderError(ImageSearchError):
    """The provider responded with an error, or with something that is not a response."""


class NotFoundError(ProviderError):
    """Something that the call names does not exist."""


class LocalIndexError(ImageSearchError):
    """The local index on disk: missing, locked, read-only, damaged."""


class IndexCorruptError(LocalIndexError):
    """The local index is damaged."""


class IndexVersionError(LocalIndexError):
    """The local index was made by another version of the library; LocalIndex.rebuild_at() recreates it."""


class DiskFullError(LocalIndexError, OSError):
    """No space is left on the disk; nothing of the call was stored."""


#: Codes with a class of their own.
_BY_CODE: dict[int, type[ImageSearchError]] = {
    Code.INVALID_ARGUMENT: InvalidArgumentError,
    Code.UNSUPPORTED: UnsupportedError,
    Code.CLOSED: ClosedError,
    Code.CANCELLED: CancelledError,
    Code.FILE_NOT_READABLE: FileError,
    Code.INTERNAL_FAILURE: ImageSearchError,
    7: OutOfMemoryError,
    Code.UNSUPPORTED_FORMAT: UnsupportedFormatError,
    Code.UNAUTHORIZED: AuthenticationError,
    Code.AUTHENTICATION_METHOD_REMOVED: AuthenticationError,
    Code.SIGNATURE_REJECTED: AuthenticationError,
    Code.CLOCK_SKEW: AuthenticationError,
    Code.NO_SEARCHES_LEFT: QuotaExhaustedError,
    Code.QUOTA_EXCEEDED: QuotaExhaustedError,
    Code.SPENDING_CAP_REACHED: QuotaExhaustedError,
    Code.CAPACITY_REACHED: CapacityReachedError,
    Code.TOO_MANY_REQUESTS: RateLimitError,
    Code.CONNECTION_FAILED: ConnectionFailedError,
    Code.HOST_NOT_FOUND: ConnectionFailedError,
    Code.TLS_FAILED: ConnectionFailedError,
    Code.CONNECTION_LOST: ConnectionFailedError,
    Code.PROXY_FAILED: ConnectionFailedError,
    Code.TIMED_OUT: TimedOutError,
    Code.DEADLINE_EXCEEDED: TimedOutError,
    Code.NOT_FOUND: NotFoundError,
    Code.INDEX_CORRUPT: IndexCorruptError,
    Code.INDEX_VERSION_MISMATCH: IndexVersionError,
    Code.DISK_FULL: DiskFullError,
}
#: The codes of a group start at a multiple of 20.
_BY_GROUP: tuple[type[ImageSearchError], ...] = (
    UsageError,
    ImageError,
    ImageURLError,
    AccountError,
    OverloadedError,
    TransportError,
    ProviderError,
    LocalIndexError,
)
_ERRNO: dict[int, int] = {
    Code.DISK_FULL: errno.ENOSPC,
    Code.TIMED_OUT: errno.ETIMEDOUT,
    Code.DEADLINE_EXCEEDED: errno.ETIMEDOUT,
}


def class_for(code: int) -> type[ImageSearchError]:
    """The class of a code; ImageSearchError itself for a group that this version does not know."""
    group = code // 20
    known = _BY_GROUP[group] if 0 <= group < len(_BY_GROUP) else ImageSearchError
    return _BY_CODE.get(code, known)


def invalid_argument(message: str) -> InvalidArgumentError:
    """The error of an argument that is refused before the library sees it."""
    return InvalidArgumentError(Code.INVALID_ARGUMENT, message)


def file_error(message: str) -> FileError:
    """The error of a file that is refused before the library sees it."""
    return FileError(Code.FILE_NOT_READABLE, message)
