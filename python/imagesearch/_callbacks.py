"""The C callbacks. There is one of each for the whole process, and a number in user_data identifies the client or operation: a
late call finds no entry and does nothing, whereas a separate callback object might have been freed."""

from __future__ import annotations

import itertools
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ._abi import BatchCallback, Completion, LogCallback, TransferCallback
from .models import BatchProgress, TransferProgress

Entry = TypeVar("Entry")
_tokens = itertools.count(1)


class Register(Generic[Entry]):
    """The listeners of one kind of callback, by the numbers in user_data."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def add(self, entry: Entry, token: int | None = None) -> int:
        """Adds an entry and returns its number, a new one unless it is given."""
        token = next(_tokens) if token is None else token
        self._entries[token] = entry
        return token

    def get(self, token: int | None) -> Entry | None:
        """The entry, or None if it was removed."""
        return self._entries.get(token or 0)

    def remove(self, token: int | None) -> Entry | None:
        """Removes and returns an entry, if it exists."""
        return self._entries.pop(token or 0, None)

    def __len__(self) -> int:
        return len(self._entries)


loggers: Register[logging.Logger] = Register()
batches: Register[Callable[[BatchProgress], object]] = Register()
transfers: Register[Callable[[TransferProgress], object]] = Register()


def default_logger(wanted: bool) -> logging.Logger | None:
    """The logger "imagesearch" if it has a handler, or if it is wanted in any case."""
    logger: logging.Logger | None = logging.getLogger("imagesearch")
    own = logger
    while logger is not None and not wanted:
        if any(not isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            return own
        logger = logger.parent if logger.propagate else None
    return own if wanted else None


def _report() -> None:
    """Reports an exception, which cannot be raised because the caller is C, like one that ended a thread."""
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def _log(pointer: Any, token: int | None) -> None:
    """Passes an event of the library's log to the logger of its client."""
    logger = loggers.get(token)
    if logger is None:
        return
    try:
        event = pointer.contents
        details = {
            "service": _text(event.service),
            "operation": _text(event.operation),
            "attempt": event.attempt or None,
            "http_status": event.http_status or None,
            "duration": event.duration if event.duration == event.duration else None,
            "received_bytes": event.received_bytes if event.received_bytes >= 0 else None,
            "request_id": _text(event.request_id),
        }
        logger.log(event.level, "%s", _text(event.line), extra=details)
    except BaseException:
        _report()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


class Stop:
    """The listener of a call that runs in a thread of its own, by which the main thread can end it."""

    def __init__(self, listener: Callable[[TransferProgress], object] | None) -> None:
        self.listener = listener
        self.asked = False

    def __call__(self, step: TransferProgress) -> object:
        return False if self.asked else self.listener and self.listener(step)


def _tell(listener: Callable[[Any], object], step: Any) -> int:
    """Calls a progress listener; a result other than 0 ends the call."""
    try:
        return 1 if listener(step) is False else 0
    except Exception:
        _report()
        return 0
    except BaseException:
        _report()
        return 1


def _progress(progress: Any, token: int | None) -> int:
    """Reports the progress of a batch to its listener."""
    listener = batches.get(token)
    if listener is None or not progress:
        return 0
    step = progress.contents
    left = step.seconds_left
    told = BatchProgress(step.done, step.total, step.failed, step.per_second, left if left == left else None)
    return _tell(listener, told)


def _transfer(transfer: Any, token: int | None) -> int:
    """Reports the progress of a request to the call's listener."""
    listener = transfers.get(token)
    if listener is None or not transfer:
        return 0
    step = transfer.contents
    told = TransferProgress(
        _text(step.service) or "",
        _text(step.operation) or "",
        step.attempt,
        step.sent_bytes,
        step.bytes_to_send,
        step.received_bytes,
        step.bytes_to_receive if step.bytes_to_receive >= 0 else None,
    )
    return _tell(listener, told)


log_callback: Any = LogCallback(_log)
transfer_callback: Any = TransferCallback(_transfer)
#: For operations whose end is awaited in the library or delivered by a queue.
no_completion: Any = Completion()
progress_callback: Any = BatchCallback(_progress)
#: For batches without a listener.
no_progress: Any = BatchCallback()
