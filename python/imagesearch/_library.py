"""Finds and loads libimagesearch.so.1, checks that it fits this package, and binds its functions."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from . import _platform
from ._abi import ABI_VERSION, FUNCTIONS, Code, ErrorFields, Function, new
from .errors import ImageSearchError, class_for

#: Path of the library to load; if set, nothing else is tried.
ENVIRONMENT_VARIABLE = "IMAGESEARCH_LIBRARY"
FILE_NAME = f"libimagesearch.so.{ABI_VERSION}"
_PACKAGE = os.path.dirname(os.path.realpath(__file__))


class LibraryNotLoadedError(ImportError):
    """The shared object is missing, cannot be loaded or has another ABI; the message lists every path tried."""


class Library(NamedTuple):
    """The loaded object."""

    path: str
    handle: ctypes.CDLL


def load() -> Library:
    """Loads the library.

    In this order: the file that IMAGESEARCH_LIBRARY names, if set, and no other; beside this package (the wheel); the build
        folder if the package is used from a checkout; what the system's loader finds.

    Raises:
        LibraryNotLoadedError: none could be loaded.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    refused = None if named else _platform.refusal()
    if refused:
        raise LibraryNotLoadedError(refused)
    _platform.warn_of_namesake(_PACKAGE)
    tried: list[str] = []
    advice = f"Build it with `make lib`, install a wheel that has it, or name it in {ENVIRONMENT_VARIABLE}."
    for origin, path in _candidates():
        if os.sep in path and not os.path.exists(path):
            tried.append(f"{path} ({origin}): no such file")
            continue
        try:
            library = Library(path, ctypes.CDLL(path))
        except OSError as error:
            tried.append(f"{path} ({origin}): {error}")
            if os.sep in path:
                advice = _platform.missing_packages(str(error)) or advice
            continue
        problem = _problem(library)
        if problem is None:
            return library
        tried.append(f"{path} ({origin}): {problem}")
    raise LibraryNotLoadedError("%s could not be loaded. Tried:\n  %s\n%s" % (FILE_NAME, "\n  ".join(tried), advice))


def _candidates() -> Iterator[tuple[str, str]]:
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        # An explicit choice is never silently replaced by another file.
        yield ENVIRONMENT_VARIABLE, os.path.abspath(named)
        return
    yield "beside the package", os.path.join(_PACKAGE, FILE_NAME)
    checkout = os.path.dirname(os.path.dirname(_PACKAGE))
    if os.path.exists(os.path.join(checkout, "include", "imagesearch.h")):
        yield "build folder", os.path.join(checkout, "build", "lib", FILE_NAME)
    yield "system", FILE_NAME


def _problem(library: Library) -> str | None:
    try:
        abi_version = library.handle["imagesearch_abi_version"]
    except AttributeError:
        return "not libimagesearch: it has no imagesearch_abi_version"
    abi_version.restype = ctypes.c_int32
    abi_version.argtypes = ()
    found = abi_version()
    if found != ABI_VERSION:
        return f"its ABI number is {found}, this package needs {ABI_VERSION}"
    return None


def _bind(library: Library, line: Function) -> Callable[..., Any]:
    """A function of the table with its types. One that cannot block is called with the GIL held (PYFUNCTYPE), which halves its
    cost, and a thread that reads a page is not interrupted after every field."""
    prototype = ctypes.CFUNCTYPE if line.leaves else ctypes.PYFUNCTYPE
    try:
        function: Any = prototype(line.result, *line.arguments)(("imagesearch_" + line.name, library.handle))
    except AttributeError:
        raise LibraryNotLoadedError(
            f"{library.path} has no function imagesearch_{line.name}: it is older than this package"
        ) from None
    if line.error >= 0:
        function.errcheck = _checker(line.error)
    elif line.name in ("operation_wait", "queue_next"):
        function.errcheck = _check_wait
    return function  # type: ignore[no-any-return]


def _checker(position: int) -> Callable[[int, Any, Any], int]:
    """An errcheck that raises for every status except 0; the error handle is the argument at `position`."""

    def check(status: int, _function: Any, arguments: Any) -> int:
        if status:
            given = arguments[position]
            raise _failure(status, None if given is None else given._obj.value)
        return status

    return check


def _check_wait(status: int, _function: Any, _arguments: Any) -> int:
    """An errcheck for which a timeout is not an error."""
    if status not in (0, Code.TIMED_OUT):
        raise _failure(status, None)
    return status


LIBRARY = load()
_LINES = {line.name: line for line in FUNCTIONS}
#: The functions that this package calls, the only ones that a library must have.
BOUND: dict[str, Callable[..., Any]] = {}


def function(name: str) -> Callable[..., Any]:
    """The bound function imagesearch_<name>."""
    bound = BOUND.get(name)
    if bound is None:
        bound = BOUND[name] = _bind(LIBRARY, _LINES[name])
    return bound


_error_free = function("error_free")
_error_read = function("error_read")
_status_name = function("status_name")


def text(value: bytes | None) -> str | None:
    """Text of the library, which is always UTF-8."""
    return None if value is None else value.decode()


def _failure(status: int, handle: int | None) -> ImageSearchError:
    """The exception for an owned error handle, which is freed."""
    if handle is None:
        return class_for(status)(status, f"the library gave no reason but {text(_status_name(status))}")
    try:
        return exception(handle)
    finally:
        _error_free(handle)


def exception(handle: int) -> ImageSearchError:
    """The exception for a borrowed error handle."""
    fields = new(ErrorFields)
    _error_read(handle, ctypes.byref(fields))
    return class_for(fields.status)(
        fields.status,
        text(fields.message) or "",
        service=text(fields.service) or "",
        http_status=fields.http_status or None,
        provider_code=text(fields.provider_code),
        provider_message=text(fields.provider_message),
        request_id=text(fields.request_id),
        retry_after=fields.retry_after if fields.retry_after == fields.retry_after else None,
        attempts=fields.attempts,
        may_have_been_charged=fields.may_have_been_charged == 1,
    )
