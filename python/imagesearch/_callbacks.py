"""The C callbacks. There is one of each for the life of the process, and clients and operations are told apart by a number in
user_data: a call that comes late finds no entry and does nothing, where a callback object of its own might be gone."""

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
    """What callbacks of one kind call, by the numbers that are their user_data."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def add(self, entry: Entry, token: int | None = None) -> int:
        """The number of an entry, a new one unless it is given."""
        token = next(_tokens) if token is None else token
        self._entries[token] = entry
        return token

    def get(self, token: int | None) -> Entry | None:
        """The entry, None once it was removed."""
        return self._entries.get(token or 0)

    def remove(self, token: int | None) -> Entry | None:
        """Removes an entry, if it is still there."""
        return self._entries.pop(token or 0, None)

    def __len__(self) -> int:
        return len(self._entries)


loggers: Register[logging.Logger] = Register()
batches: Register[Callable[[BatchProgress], object]] = Register()
transfers: Register[Callable[[TransferProgress], object]] = Register()


def default_logger(wanted: bool) -> logging.Logger | None:
    """The logger "imagesearch" when somebody is there to read it, or it is wanted all the same."""
    logger: logging.Logger | None = logging.getLogger("imagesearch")
    own = logger
    while logger is not None and not wanted:
        if any(not isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            return own
        logger = logger.parent if logger.propagate else None
    return own if wanted else None


def _report() -> None:
    """Tells of an exception that cannot be raised, since the caller is C, as of one that ended a thread."""
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def _log(pointer: Any, token: int | None) -> None:
    """Hands an event of the library's log to the logger of its client."""
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
    """The listener of a call that is made in a thread of its own, so that the main thread can leave it: asked ends it."""

    def __init__(self, listener: Callable[[TransferProgress], object] | None) -> None:
        self.listener = listener
        self.asked = False

    def __call__(self, step: TransferProgress) -> object:
        return False if self.asked else self.listener and self.listener(step)


def _tell(listener: Callable[[Any], object], step: Any) -> int:
    """Tells a listener how far it is; what is not 0 ends the call."""
    try:
        return 1 if listener(step) is False else 0
    except Exception:
        _report()
        return 0
    except BaseException:
        _report()
        return 1


def _progress(progress: Any, token: int | None) -> int:
    """Tells the listener of a batch how far it has come."""
    listener = batches.get(token)
    if listener is None or not progress:
        return 0
    step = progress.contents
    left = step.seconds_left
    told = BatchProgress(step.done, step.total, step.failed, step.per_second, left if left == left else None)
    return _tell(listener, told)


def _transfer(transfer: Any, token: int | None) -> int:
    """Tells the listener of a call how far its request is."""
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
#: For operations whose end somebody waits for in the library, or hears of from a queue.
no_completion: Any = Completion()
progress_callback: Any = BatchCallback(_progress)
#: For batches that nobody listens to.
no_progress: Any = BatchCallback()
