"""The functions of the table in _capi.py, bound to the loaded library, with errors turned into exceptions in one place."""

from __future__ import annotations

from ctypes import c_void_p
from typing import Any, Callable, Dict, Optional

from . import _lib
from ._capi import C_TYPES, FUNCTIONS, Function
from .errors import Code, ImageSearchError, class_for

ErrorCheck = Callable[[int, Any, Any], int]


def _check_status(position: int) -> ErrorCheck:
    """An errcheck that raises for every status but 0; the error handle is the argument at `position`."""

    def check(status: int, _function: Any, arguments: Any) -> int:
        if status:
            given = arguments[position]
            raise _failure(status, None if given is None else given._obj.value)
        return status

    return check


def _check_wait(status: int, _function: Any, _arguments: Any) -> int:
    """imagesearch_operation_wait(): that the operation still runs is an answer."""
    if status not in (0, Code.TIMED_OUT):
        raise _failure(status, None)
    return status


def _errcheck(line: Function) -> Optional[ErrorCheck]:
    if line.name == "imagesearch_operation_wait":
        return _check_wait
    if line.result == "imagesearch_status" and "imagesearch_error **" in line.arguments:
        return _check_status(line.arguments.index("imagesearch_error **"))
    return None


def bind(library: _lib.Library) -> Dict[str, Callable[..., Any]]:
    """Every function of the table by its name.

    Raises:
        LibraryNotLoadedError: the library lacks a function, so it is older than this package.
    """
    bound: Dict[str, Callable[..., Any]] = {}
    for line in FUNCTIONS:
        try:
            # Subscripted, every look-up makes an object of its own, with argument types that nobody else can change.
            function = (library.quick if line.quick else library.blocking)[line.name]
        except AttributeError:
            raise _lib.LibraryNotLoadedError(
                "%s has no function %s: it is older than this package" % (library.path, line.name)
            ) from None
        function.restype = C_TYPES[line.result]
        function.argtypes = tuple(C_TYPES[argument] for argument in line.arguments)
        check = _errcheck(line)
        if check is not None:
            function.errcheck = check  # type: ignore[assignment]
        bound[line.name] = function
    return bound


def unchecked(name: str) -> Callable[..., Any]:
    """The function imagesearch_<name> without a conversion of its arguments, which is a quarter of the price of a short call. It is
    for what is called dozens of times a match; handles are passed as what as_argument() made of them, once for all calls."""
    line = next(line for line in FUNCTIONS if line.name == "imagesearch_" + name)
    assert line.quick and _errcheck(line) is None
    function = LIBRARY.quick[line.name]
    function.restype = C_TYPES[line.result]
    return function


#: A handle for the functions of unchecked().
as_argument: Callable[[int], Any] = c_void_p.from_param

LIBRARY = _lib.load()
_BOUND = bind(LIBRARY)


def function(name: str) -> Callable[..., Any]:
    """The bound function imagesearch_<name>."""
    return _BOUND["imagesearch_" + name]


_error_free = function("error_free")
_status_name = function("status_name")


def text(value: Optional[bytes]) -> Optional[str]:
    """Text of the library, which is UTF-8 always."""
    return None if value is None else value.decode()


def _failure(status: int, handle: Optional[int]) -> ImageSearchError:
    """The exception for an owned error handle, which is freed."""
    if handle is None:
        return class_for(status)(status, "the library gave no reason but %s" % text(_status_name(status)))
    try:
        return exception(handle)
    finally:
        _error_free(handle)


def exception(handle: int) -> ImageSearchError:
    """The exception for a borrowed error handle."""
    status = function("error_status")(handle)
    retry_after = function("error_retry_after")(handle)
    return class_for(status)(
        status,
        text(function("error_message")(handle)) or "",
        service=text(function("error_service")(handle)) or "",
        http_status=function("error_http_status")(handle) or None,
        provider_code=text(function("error_provider_code")(handle)),
        provider_message=text(function("error_provider_message")(handle)),
        request_id=text(function("error_request_id")(handle)),
        retry_after=retry_after if retry_after == retry_after else None,
        attempts=function("error_attempts")(handle),
        may_have_been_charged=function("error_may_have_been_charged")(handle) == 1,
    )
