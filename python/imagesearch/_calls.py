"""The calls of a client, ready to be made in either way: blocking, or started and waited for."""

from __future__ import annotations

import operator
import os
from ctypes import byref, c_int64, c_void_p
from typing import Any, Callable, Generic, Iterable, Mapping, Optional, Tuple, Type, TypeVar

from . import _arguments, _callbacks, _results, _values
from ._arguments import PreparedItems, call_options, reference
from ._bound import function
from ._handles import OperationHandle
from ._images import PreparedImage
from .errors import invalid_argument
from .models import AddReport, BatchProgress, ImageItem, Match, OverlayStyle, Quota, QuotaUnit, Removal
from .page import SearchPage

Result = TypeVar("Result")
Listener = Callable[[BatchProgress], object]

_operation_wait = function("operation_wait")
_operation_cancel = function("operation_cancel")
_operation_free = function("operation_free")


class Kind:
    """The functions of the library for one call."""

    __slots__ = ("blocking", "start", "take", "holder")

    def __init__(self, name: str, take: str, holder: Type[Any] = c_void_p) -> None:
        self.blocking = function(name)
        self.start = function(name + "_start")
        self.take = function("operation_take_" + take)
        #: What the result arrives in.
        self.holder = holder


class Call(Generic[Result]):
    """A call with its arguments. The first argument of the function, `client`, comes when it is made. `kept` is what the arguments point into and `read` makes the answer from the result."""

    __slots__ = ("kind", "arguments", "kept", "read", "byte_count")
    #: Whether the library calls back while the call runs.
    reports = False

    def __init__(
        self, kind: Kind, read: Callable[[int], Result], arguments: Tuple[Any, ...], kept: Any = None, byte_count: int = 0
    ) -> None:
        self.kind = kind
        self.read = read
        self.arguments = arguments
        self.kept = kept
        #: Bytes in memory, which are copied when the call is started and not when it blocks.
        self.byte_count = byte_count

    def block(self, client: Any) -> Result:
        """Makes the call and waits for its end."""
        result = self.kind.holder()
        self.kind.blocking(client, *self.arguments, byref(c_void_p()), byref(result))
        return self.read(result.value or 0)

    def wait(self, client: Any, interval: float) -> Result:
        """Makes the call in the background and waits for its end, in pieces of `interval` seconds: between them, and only there,
        Python handles signals. This way costs about as much as block()."""
        operation = c_void_p()
        result = self.kind.holder()
        try:
            self.kind.start(client, *self.arguments, _callbacks.no_completion, None, byref(c_void_p()), byref(operation))
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

    def start(self, client: Any, owner: object, completion: Any, token: Optional[int]) -> OperationHandle:
        """Starts the call; the operation holds `owner` and the arguments until it is freed."""
        operation = c_void_p()
        self.kind.start(client, *self.arguments, completion, token, byref(c_void_p()), byref(operation))
        return OperationHandle(operation.value or 0, (owner, self.kept))

    def take(self, operation: OperationHandle) -> Result:
        """The answer of an operation that has ended."""
        result = self.kind.holder()
        self.kind.take(operation.address, byref(c_void_p()), byref(result))
        return self.read(result.value or 0)


class BatchCall(Call[AddReport]):
    """A call that tells how far it has come. It is the only kind whose functions take a callback before the last parameters."""

    __slots__ = ("listener",)
    reports = True

    def __init__(self, name: str, arguments: Tuple[Any, ...], listener: Optional[Listener], kept: Any = None) -> None:
        super().__init__(Kind("local_index_" + name, "report"), _results.report, arguments, kept)
        if listener is not None and not callable(listener):
            raise TypeError("progress must be callable, not %s" % type(listener).__name__)
        self.listener = listener

    @property
    def _callback(self) -> Any:
        return _callbacks.no_progress if self.listener is None else _callbacks.progress_callback

    def block(self, client: Any) -> AddReport:
        token = 0 if self.listener is None else _callbacks.add_listener(self.listener)
        result = c_void_p()
        try:
            self.kind.blocking(client, *self.arguments, self._callback, token, byref(c_void_p()), byref(result))
        finally:
            _callbacks.remove_listener(token)
        return self.read(result.value or 0)

    def wait(self, client: Any, interval: float) -> AddReport:
        token = 0 if self.listener is None else _callbacks.add_listener(self.listener)
        try:
            # With an owner, so that it is ended at exit: it calls back.
            operation = self._start(client, None, _callbacks.no_completion, token)
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
        finally:
            _callbacks.remove_listener(token)

    def start(self, client: Any, owner: object, completion: Any, token: Optional[int]) -> OperationHandle:
        if self.listener is not None:
            _callbacks.add_listener(self.listener, token)
        try:
            return self._start(client, owner, completion, token)
        except BaseException:
            _callbacks.remove_listener(token or 0)
            raise

    def _start(self, client: Any, owner: object, completion: Any, token: Optional[int]) -> OperationHandle:
        operation = c_void_p()
        end = (completion, token, byref(c_void_p()), byref(operation))
        self.kind.start(client, *self.arguments, self._callback, *end)
        return OperationHandle(operation.value or 0, (owner, self.kept))


_SEARCH = Kind("search", "page")
_REMAINING_SEARCHES = Kind("remaining_searches", "quota")
_ENSURE_QUOTA = Kind("ensure_quota", "quota")
_IMAGE_COUNT = Kind("image_count", "count", c_int64)
_ADD_IMAGES = Kind("add_images", "report")
_REMOVE_IMAGES = Kind("remove_images", "count", c_int64)
_OVERLAY = Kind("overlay", "bytes")


def search(image: PreparedImage, options: Any) -> Call[SearchPage]:
    """`options` is the struct of a search or None."""
    arguments = (byref(image.struct), reference(options))
    return Call(_SEARCH, _results.page, arguments, image, image.byte_count)


def remaining_searches(options: Mapping[str, Any]) -> Call[Quota]:
    """See Client.remaining_searches()."""
    return Call(_REMAINING_SEARCHES, _results.quota, (reference(call_options(options)),))


def ensure_quota(count: int, unit: QuotaUnit, options: Mapping[str, Any]) -> Call[Quota]:
    """See Client.ensure_quota()."""
    number = _values.integer("count", operator.index(count), 0, 2**63 - 1)
    return Call(_ENSURE_QUOTA, _results.quota, (number, QuotaUnit(unit).value, reference(call_options(options))))


def image_count(options: Mapping[str, Any]) -> Call[int]:
    """See Client.image_count()."""
    return Call(_IMAGE_COUNT, _results.count, (reference(call_options(options)),))


def add_images(items: Any, options: Mapping[str, Any]) -> Call[AddReport]:
    """See Client.add_images()."""
    prepared = PreparedItems(items)
    arguments = (prepared.array, prepared.count, reference(call_options(options)))
    return Call(_ADD_IMAGES, _results.report, arguments, prepared, prepared.byte_count)


def remove_images(removals: Any, options: Mapping[str, Any]) -> Call[Optional[int]]:
    """See Client.remove_images()."""
    array = _arguments.removals([removals] if isinstance(removals, (str, Removal)) else removals)
    return Call(_REMOVE_IMAGES, _results.removed, (array, len(array), reference(call_options(options))))


def overlay(query: Any, match: Match, style: OverlayStyle, options: Mapping[str, Any]) -> Call[bytes]:
    """See Client.overlay()."""
    prepared = None if query is None else PreparedImage(query)
    origin = _arguments.origin(match)
    image = None if prepared is None else byref(prepared.struct)
    arguments = (image, origin.address, style.value, reference(call_options(options)))
    return Call(_OVERLAY, _results.content, arguments, (prepared, origin), 0 if prepared is None else prepared.byte_count)


def add_folder(folder: Any, listener: Optional[Listener], options: Mapping[str, Any]) -> BatchCall:
    """See LocalIndex.add_folder()."""
    batch, limits = _arguments.batch_options(options, folder=True)
    return BatchCall("add_folder", (_utf8_path("the folder", folder), byref(batch), reference(limits)), listener)


def add_files(files: Iterable[Any], listener: Optional[Listener], options: Mapping[str, Any]) -> BatchCall:
    """See LocalIndex.add_files()."""
    batch, limits = _arguments.batch_options(options, folder=False)
    category, content = options.get("category"), options.get("custom_content")
    items = [
        file if isinstance(file, ImageItem) else ImageItem(os.fsdecode(file), [file], category=category, custom_content=content)
        for file in files
    ]
    prepared = PreparedItems(items)
    call = BatchCall("add_items", (prepared.array, prepared.count, byref(batch), reference(limits)), listener, prepared)
    call.byte_count = prepared.byte_count
    return call


def rebuild(listener: Optional[Listener], options: Mapping[str, Any]) -> BatchCall:
    """See LocalIndex.rebuild()."""
    return BatchCall("rebuild", (reference(call_options(options)),), listener)


def rebuild_at(path: Any, listener: Optional[Listener], options: Mapping[str, Any]) -> Tuple[bytes, BatchCall]:
    """See LocalIndex.rebuild_at(). What is in place of the client, and the call."""
    call = BatchCall("rebuild_at", (reference(call_options(options)),), listener)
    return _utf8_path("the path", path), call


def copy(target: Any, how: Any, listener: Optional[Listener], options: Mapping[str, Any]) -> BatchCall:
    """See LocalIndex.copy_to(). `target` is a client and `how` the struct of a copy."""
    return BatchCall("copy", (target.address(), byref(how), reference(call_options(options))), listener, target)


def _utf8_path(name: str, path: Any) -> bytes:
    """A path that the library takes as text."""
    encoded = _values.path(name, path)
    try:
        encoded.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid_argument("%s must be UTF-8" % name) from None
    return encoded
