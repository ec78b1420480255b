"""How an event loop learns of operations that have ended: it watches the descriptor of one of the library's queues. No callback
and no waiting Python thread is needed."""

from __future__ import annotations

import asyncio
import itertools
import weakref
from ctypes import byref, c_void_p

from ._handles import OperationHandle, QueueHandle, receive
from ._library import function

_queue_open = function("queue_open")
_queue_fd = function("queue_fd")
_queue_add = function("queue_add")
_queue_next = function("queue_next")
_tokens = itertools.count(1)


class LoopQueue:
    """The queue of an event loop, and the futures of its waiters."""

    __slots__ = ("_handle", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._handle = QueueHandle(receive(_queue_open))
        #: By the numbers that operations were added with. The waiters keep the futures alive, which keep the loop alive.
        self._waiting: weakref.WeakValueDictionary[int, asyncio.Future[None]] = weakref.WeakValueDictionary()
        loop.add_reader(_queue_fd(self._handle.address), self._deliver)

    def end_of(self, operation: OperationHandle, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
        """A future that is done when the operation has ended."""
        token = next(_tokens)
        ended = self._waiting[token] = loop.create_future()
        _queue_add(self._handle.address, operation.address, token, byref(c_void_p()))
        return ended

    def _deliver(self) -> None:
        token, operation = c_void_p(), c_void_p()
        while _queue_next(self._handle.address, 0.0, byref(token), byref(operation)) == 0:
            ended = self._waiting.pop(token.value or 0, None)
            if ended is not None and not ended.done():
                ended.set_result(None)


_queues: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, LoopQueue] = weakref.WeakKeyDictionary()


def end_of(operation: OperationHandle) -> asyncio.Future[None]:
    """A future of the running event loop that is done when the operation has ended."""
    loop = asyncio.get_running_loop()
    queue = _queues.get(loop)
    if queue is None:
        queue = _queues[loop] = LoopQueue(loop)
    return queue.end_of(operation, loop)
