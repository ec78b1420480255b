"""Owners of the library's handles. An owner frees its handle when the last reference to it is gone, so a running call keeps its
client alive even if another thread closes it."""

from __future__ import annotations

import atexit
import os
import time
import weakref
from collections.abc import Callable
from ctypes import byref, c_void_p
from typing import Any, NoReturn

from . import _callbacks
from ._abi import Code
from ._library import function
from .errors import ClosedError

_client_close = function("client_close")
_client_free = function("client_free")
_page_free = function("page_free")
_pages_free = function("pages_free")
_items_free = function("items_free")
_groups_free = function("groups_free")
_operation_wait = function("operation_wait")
_operation_cancel = function("operation_cancel")
_operation_free = function("operation_free")
_results_free = function("results_free")
_queue_free = function("queue_free")


def receive(call: Callable[..., Any], *arguments: Any) -> int:
    """Calls a function whose last two parameters are the error and a handle; returns the handle."""
    result = c_void_p()
    call(*arguments, byref(c_void_p()), byref(result))
    return result.value or 0


class Bound:
    """An object that belongs to this process: a copy is the same object, and it cannot be pickled."""

    __slots__ = ()
    #: What to do instead of pickling it.
    _instead = "it is an address in the memory of this process"

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: Any) -> Any:
        return self

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object: {self._instead}")

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(2)


class ClientHandle(Bound):
    """A client of the library."""

    __slots__ = ("__weakref__", "_address", "_finalizer", "closed", "running", "token")

    def __init__(self, address: int, token: int) -> None:
        self._address = address
        self.token = token
        self.closed = False
        #: The current uses of the address, and for each whether the library may call back meanwhile.
        self.running: dict[Use, bool] = {}
        self._finalizer = weakref.finalize(self, _free_client, address, token)
        # At exit other threads may still be in a call: closing is safe then, freeing only when none is.
        self._finalizer.atexit = False
        _clients.add(self)

    def use(self, calls_back: bool = False) -> Use:
        """A context manager for a use of the address."""
        return Use(self, calls_back)

    def close(self) -> None:
        """Ends running calls and overwrites the keys that it keeps. The handle stays valid for threads that are in a call."""
        self.closed = True
        if self._finalizer.alive:
            _client_close(self._address)

    def free(self) -> None:
        """Closes the client, and frees it unless it is in use. By then the log has been delivered."""
        self.close()
        if not self.running:
            self._finalizer()


class Use:
    """A use of a client's address. It keeps the address valid: a client that is in use is not freed, not even at exit."""

    __slots__ = ("_calls_back", "_handle")

    def __init__(self, handle: ClientHandle, calls_back: bool) -> None:
        self._handle = handle
        self._calls_back = calls_back

    def __enter__(self) -> int:
        handle = self._handle
        handle.running[self] = self._calls_back
        # Checked after the entry was added; _close_all() sets the flag before it reads the entries.
        if handle.closed or _ending:
            del handle.running[self]
            raise ClosedError(Code.CLOSED, "the interpreter is exiting" if _ending else "the client is closed")
        return handle._address

    def __exit__(self, *_error: object) -> None:
        del self._handle.running[self]


def _free_client(address: int, token: int) -> None:
    _client_free(address)
    _callbacks.loggers.remove(token)


class PageHandle(Bound):
    """A page of the library, which the matches that were read from it keep alive. `client` is a weak reference to the client
    that found it, if that has thumbnails."""

    __slots__ = ("__weakref__", "address", "client")

    def __init__(self, address: int, client: Any = None) -> None:
        self.address = address
        self.client = client
        weakref.finalize(self, _page_free, address).atexit = False


class MatchHandle(Bound):
    """The match inside the library that a Match was read from, for calls that take a match. It keeps the page alive."""

    __slots__ = ("address", "page")

    def __init__(self, page: PageHandle | BorrowedPageHandle, address: int) -> None:
        self.page = page
        self.address = address


class PagesHandle(Bound):
    """An iteration over the pages of a search."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int) -> None:
        self.address = address
        weakref.finalize(self, _pages_free, address).atexit = False


class ItemsHandle(Bound):
    """An iteration over the items of an index."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int) -> None:
        self.address = address
        weakref.finalize(self, _items_free, address).atexit = False


class GroupsHandle(Bound):
    """An iteration over the groups of an index, and the number of its listener."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int, token: int) -> None:
        self.address = address
        weakref.finalize(self, _free_groups, address, token).atexit = False


def _free_groups(address: int, token: int) -> None:
    _groups_free(address)
    _callbacks.batches.remove(token)


class ResultsHandle(Bound):
    """The results of a list of searches, which their pages keep alive. `client` is as in a page."""

    __slots__ = ("__weakref__", "address", "client")

    def __init__(self, address: int, client: Any = None) -> None:
        self.address = address
        self.client = client
        weakref.finalize(self, _results_free, address).atexit = False


class BorrowedPageHandle(Bound):
    """A page that belongs to the results of a list of searches."""

    __slots__ = ("__weakref__", "address", "results")

    def __init__(self, results: ResultsHandle, address: int) -> None:
        self.results = results
        self.address = address

    @property
    def client(self) -> Any:
        """See PageHandle."""
        return self.results.client


class QueueHandle(Bound):
    """The queue from which an event loop takes operations that have ended."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int) -> None:
        self.address = address
        weakref.finalize(self, _queue_free, address).atexit = False


class OperationHandle(Bound):
    """A call in the background. It keeps the client and the arguments alive until the call has ended, and has the number of the
    progress listener."""

    __slots__ = ("__weakref__", "_finalizer", "address", "kept")

    def __init__(self, address: int, kept: tuple[Any, ...], token: int = 0) -> None:
        self.address: int | None = address
        self.kept = kept
        self._finalizer = weakref.finalize(self, _free_operation, address, token)
        self._finalizer.atexit = False
        _operations.add(self)

    def wait(self, seconds: float) -> bool:
        """Waits for the end, and returns whether the operation has ended. One that another thread has freed counts as ended."""
        address = self.address
        return address is None or bool(_operation_wait(address, seconds) == 0)

    def cancel(self) -> None:
        """Asks the operation to end."""
        if self.address is not None:
            _operation_cancel(self.address)

    def free(self) -> None:
        """Frees the operation at once."""
        self._finalizer()
        self.address = None


def _free_operation(address: int, token: int) -> None:
    _operation_free(address)
    _callbacks.batches.remove(token)


_clients: weakref.WeakSet[ClientHandle] = weakref.WeakSet()
_operations: weakref.WeakSet[OperationHandle] = weakref.WeakSet()
_ending = False


def refuse_at_exit() -> None:
    """Raises when the interpreter is exiting: a call that begins then would call back into a dead interpreter."""
    if _ending:
        raise ClosedError(Code.CLOSED, "the interpreter is exiting")


def _forget_all() -> None:
    """Runs in a forked child, where the library's threads do not exist: no call ends there, so none is awaited at its exit."""
    _clients.clear()
    _operations.clear()


def _close_all() -> None:
    """Runs at exit: a callback into an interpreter that is exiting would crash or hang the process. So every call that may call
    back must end before – those of clients that log, those with listeners, those in the background – and none may begin."""
    global _ending
    _ending = True
    listening = len(_callbacks.transfers) > 0
    clients = [client for client in list(_clients) if client.token or listening or any(list(client.running.values()))]
    operations = [operation for operation in list(_operations) if operation.address is not None]
    for client in clients:
        client.close()
    for operation in operations:
        operation.cancel()
    end = time.monotonic() + 2
    for operation in operations:
        operation.wait(max(0.0, end - time.monotonic()))
    while any(client.running for client in clients) and time.monotonic() < end:
        time.sleep(0.002)
    for client in clients:
        client.free()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_close_all)
