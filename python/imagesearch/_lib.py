"""Finds and loads libimagesearch.so.1 and checks that it is one that this package understands."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Tuple

#: The number in the soname; see IMAGESEARCH_ABI_VERSION in include/imagesearch.h.
ABI_VERSION = 1
#: Names the library to load and nothing else is tried.
ENVIRONMENT_VARIABLE = "IMAGESEARCH_LIBRARY"
FILE_NAME = "libimagesearch.so.%d" % ABI_VERSION


class LibraryNotLoadedError(ImportError):
    """The shared object is missing, cannot be loaded or is of another ABI; the message lists every path tried."""


class Library(NamedTuple):
    """The loaded object, twice: calls through `blocking` let other Python threads run meanwhile, calls through `quick` do
    not, which makes them cheaper by half. Whatever may block or wait for a lock goes through `blocking`."""

    path: str
    blocking: ctypes.CDLL
    quick: ctypes.PyDLL


def load() -> Library:
    """Loads the library.

    The order: the file that IMAGESEARCH_LIBRARY names and no other; beside this package (the wheel); the build folder when
    the package is used from a checkout; what the system's loader finds.

    Raises:
        LibraryNotLoadedError: none could be loaded.
    """
    tried: List[str] = []
    for origin, path in _candidates():
        if os.sep in path and not os.path.exists(path):
            tried.append("%s (%s): no such file" % (path, origin))
            continue
        try:
            library = Library(path, ctypes.CDLL(path), ctypes.PyDLL(path))
        except OSError as error:
            tried.append("%s (%s): %s" % (path, origin, error))
            continue
        problem = _problem(library)
        if problem is None:
            return library
        tried.append("%s (%s): %s" % (path, origin, problem))
    raise LibraryNotLoadedError(
        "%s could not be loaded. Tried:\n  %s\n"
        "Build it with `make lib`, install a wheel that has it, or name it in %s."
        % (FILE_NAME, "\n  ".join(tried), ENVIRONMENT_VARIABLE)
    )


def _candidates() -> Iterator[Tuple[str, str]]:
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        # A choice that somebody made is never silently replaced by another file.
        yield ENVIRONMENT_VARIABLE, os.path.abspath(named)
        return
    package = Path(__file__).resolve().parent
    yield "beside the package", str(package / FILE_NAME)
    checkout = package.parent.parent
    if (checkout / "include" / "imagesearch.h").exists():
        yield "build folder", str(checkout / "build" / "lib" / FILE_NAME)
    yield "system", FILE_NAME


def _problem(library: Library) -> Optional[str]:
    try:
        abi_version = library.quick.imagesearch_abi_version
    except AttributeError:
        return "not libimagesearch: it has no imagesearch_abi_version"
    abi_version.restype = ctypes.c_int32
    abi_version.argtypes = ()
    found = abi_version()
    if found != ABI_VERSION:
        return "its ABI number is %d, this package needs %d" % (found, ABI_VERSION)
    return None
