"""The four C callbacks. There is one of each for the life of the process, and clients and operations are told apart by a
number in user_data: a call that comes late finds no entry and does nothing, where a callback object of its own might be gone."""

from __future__ import annotations

import itertools
import logging
import sys
import threading
from typing import Any, Callable, Dict, Optional

from ._structs import Completion, LogCallback, ProgressCallback, TransferCallback
from .models import BatchProgress, TransferProgress

_tokens = itertools.count(1)
_loggers: Dict[int, logging.Logger] = {}
_completions: Dict[int, Callable[[], None]] = {}
_listeners: Dict[int, Callable[[BatchProgress], object]] = {}
_transfer_listeners: Dict[int, Callable[[TransferProgress], object]] = {}


def _report() -> None:
    """Tells of an exception that cannot be raised, since the caller is C, as of one that ended a thread."""
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def _log(pointer: Any, token: Optional[int]) -> None:
    """Hands an event of the library's log to the logger of its client."""
    logger = _loggers.get(token or 0)
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


def _text(value: Optional[bytes]) -> Optional[str]:
    return None if value is None else value.decode("utf-8", "replace")


def _complete(_operation: Optional[int], token: Optional[int]) -> None:
    """Runs what waits for the end of an operation."""
    _listeners.pop(token or 0, None)
    done = _completions.pop(token or 0, None)
    if done is None:
        return
    try:
        done()
    except BaseException:
        _report()


def _progress(progress: Any, token: Optional[int]) -> None:
    """Tells the listener of a batch how far it has come."""
    listener = _listeners.get(token or 0)
    if listener is None or not progress:
        return
    try:
        step = progress.contents
        left = step.seconds_left
        listener(BatchProgress(step.done, step.total, step.failed, step.per_second, left if left == left else None))
    except BaseException:
        _report()


def _transfer(transfer: Any, token: Optional[int]) -> None:
    """Tells the listener of a call how far its request is."""
    listener = _transfer_listeners.get(token or 0)
    if listener is None or not transfer:
        return
    try:
        step = transfer.contents
        listener(
            TransferProgress(
                _text(step.service) or "",
                _text(step.operation) or "",
                step.attempt,
                step.sent_bytes,
                step.bytes_to_send,
                step.received_bytes,
                step.bytes_to_receive if step.bytes_to_receive >= 0 else None,
            )
        )
    except BaseException:
        _report()


log_callback: Any = LogCallback(_log)
transfer_callback: Any = TransferCallback(_transfer)
completion_callback: Any = Completion(_complete)
#: For operations that somebody waits for in the library.
no_completion: Any = Completion()
progress_callback: Any = ProgressCallback(_progress)
#: For batches that nobody listens to.
no_progress: Any = ProgressCallback()


def add_logger(logger: logging.Logger) -> int:
    """The user_data for lines that go to this logger."""
    token = next(_tokens)
    _loggers[token] = logger
    return token


def remove_logger(token: int) -> None:
    """Lines with this user_data are dropped from now on."""
    _loggers.pop(token, None)


def add_completion(done: Callable[[], None]) -> int:
    """The user_data of an operation; `done` is called once, on a thread of the library."""
    token = next(_tokens)
    _completions[token] = done
    return token


def add_listener(listener: Callable[[BatchProgress], object], token: Optional[int] = None) -> int:
    """The user_data of a batch, which is that of its completion if it has one; `listener` is called on a thread of the library."""
    token = next(_tokens) if token is None else token
    _listeners[token] = listener
    return token


def remove_listener(token: int) -> None:
    """The batch has ended."""
    _listeners.pop(token, None)


def add_transfer_listener(listener: Callable[[TransferProgress], object]) -> int:
    """The user_data of a call; `listener` is called on a thread of the library."""
    token = next(_tokens)
    _transfer_listeners[token] = listener
    return token


def has_transfer_listeners() -> bool:
    """Whether a call may still tell of its requests."""
    return bool(_transfer_listeners)


def remove_transfer_listener(token: int) -> None:
    """The call has ended."""
    _transfer_listeners.pop(token, None)


def remove_completion(token: int) -> None:
    """The operation did not start."""
    _completions.pop(token, None)
