"""A call of the library with its arguments, before it is made: blocking, in the background, or awaited."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from ctypes import byref, c_void_p
from typing import Any, Generic, TypeVar

from . import _callbacks, _progress
from ._handles import ClientHandle, OperationHandle, refuse_at_exit
from ._library import function

Result = TypeVar("Result")

_operation_wait = function("operation_wait")
_operation_cancel = function("operation_cancel")
_operation_free = function("operation_free")


class Kind:
    """The functions of the library for one call."""

    __slots__ = ("blocking", "holder", "start", "take")

    def __init__(self, name: str, take: str, holder: type[Any] = c_void_p) -> None:
        self.blocking = function(name)
        self.start = function(name + "_start")
        self.take = function("operation_take_" + take)
        #: Receives the result.
        self.holder = holder


class Call(Generic[Result]):
    """A call with its arguments. The first argument of the function, the client, is added when the call is made, unless `first`
    takes its place. `kept` holds what the arguments point to, and `read` converts the result."""

    __slots__ = ("arguments", "calls_back", "first", "kept", "kind", "other", "read", "stop")

    def __init__(
        self,
        kind: Kind,
        read: Callable[[Any], Result],
        arguments: tuple[Any, ...],
        kept: Any = None,
        stop: _callbacks.Stop | None = None,
    ) -> None:
        self.kind = kind
        self.read = read
        self.arguments = arguments
        self.kept = kept
        self.first: Any = None
        #: Whether the library calls back while the call runs.
        self.calls_back = False
        #: Another client whose address is among the arguments.
        self.other: ClientHandle | None = None
        #: How the main thread ends a call whose image is too large to be copied, which a background call would do.
        self.stop = stop

    def use_other(self) -> contextlib.AbstractContextManager[int | None]:
        """A context manager for the time in which the call is made or started."""
        return contextlib.nullcontext() if self.other is None else self.other.use()

    def block(self, client: Any) -> Result:
        """Makes the call and waits for its end."""
        return self._block(client, ())

    def _block(self, client: Any, listener: tuple[Any, ...]) -> Result:
        result = self.kind.holder()
        self.kind.blocking(self.first or client, *self.arguments, *listener, byref(c_void_p()), byref(result))
        return self.read(result.value or 0)

    def wait(self, client: Any, interval: float) -> Result:
        """Makes the call in the background and waits for its end in steps of `interval` seconds, because Python handles signals
        only between them. This costs about as much as block()."""
        operation = c_void_p()
        result = self.kind.holder()
        try:
            self.kind.start(
                self.first or client, *self.arguments, _callbacks.no_completion, None, byref(c_void_p()), byref(operation)
            )
            while _operation_wait(operation, interval):
                pass
            self.kind.take(operation, byref(c_void_p()), byref(result))
        except BaseException:
            if operation:
                _operation_cancel(operation)
                _operation_wait(operation, 1.0)
            raise
        finally:
            _operation_free(operation)
        return self.read(result.value or 0)

    def start(self, client: Any, owner: object) -> OperationHandle:
        """Starts the call; the operation keeps `owner` and the arguments alive until it is freed."""
        return self._start(client, owner, (), 0)

    def _start(self, client: Any, owner: object, listener: tuple[Any, ...], token: int) -> OperationHandle:
        refuse_at_exit()
        operation = c_void_p()
        end = (_callbacks.no_completion, token, byref(c_void_p()), byref(operation))
        self.kind.start(self.first or client, *self.arguments, *listener, *end)
        return OperationHandle(operation.value or 0, (owner, self.kept), token)

    def take(self, operation: OperationHandle) -> Result:
        """The result of an operation that has ended."""
        result = self.kind.holder()
        self.kind.take(operation.address, byref(c_void_p()), byref(result))
        return self.read(result.value or 0)


class BatchCall(Call[Result]):
    """A call with progress, the only kind whose functions have a callback before the last parameters."""

    __slots__ = ("listener",)

    def __init__(
        self,
        kind: Kind,
        read: Callable[[Any], Result],
        arguments: tuple[Any, ...],
        options: Any,
        kept: Any = None,
        stop: _callbacks.Stop | None = None,
    ) -> None:
        super().__init__(kind, read, arguments, kept, stop)
        self.listener = _progress.listener(options.get("progress"))
        self.calls_back = True

    @property
    def _callback(self) -> Any:
        return _callbacks.no_progress if self.listener is None else _callbacks.progress_callback

    def block(self, client: Any) -> Result:
        token = 0 if self.listener is None else _callbacks.batches.add(self.listener)
        try:
            return self._block(client, (self._callback, token))
        finally:
            _callbacks.batches.remove(token)

    def wait(self, client: Any, interval: float) -> Result:
        # It is ended at exit, because it calls back.
        operation = self.start(client, None)
        try:
            while not operation.wait(interval):
                pass
            return self.take(operation)
        except BaseException:
            operation.cancel()
            operation.wait(1.0)
            raise
        finally:
            operation.free()

    def start(self, client: Any, owner: object) -> OperationHandle:
        token = 0 if self.listener is None else _callbacks.batches.add(self.listener)
        try:
            return self._start(client, owner, (self._callback,), token)
        except BaseException:
            _callbacks.batches.remove(token)
            raise
