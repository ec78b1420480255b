"""Receivers of the progress of a batch: a function, or a bar of tqdm or rich."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, Union

from .models import BatchProgress

ProgressListener: TypeAlias = Callable[[BatchProgress], object]


class TqdmBar(Protocol):
    """The part of a tqdm bar that is used here."""

    total: Any
    n: Any

    def refresh(self) -> Any: ...


class RichProgress(Protocol):
    """The part of a rich progress display that is used here."""

    def add_task(self, description: str, *, total: float | None = None) -> Any: ...
    def update(self, task_id: Any, *, total: float | None = None, completed: float | None = None) -> None: ...


#: Receiver of the progress of a batch: a function, or a bar of tqdm or rich.
Progress: TypeAlias = Union[ProgressListener, TqdmBar, RichProgress]


def listener(progress: Any) -> ProgressListener | None:
    """The function that updates `progress`."""
    if progress is None:
        return None
    if callable(getattr(progress, "add_task", None)) and callable(getattr(progress, "update", None)):
        return _rich(progress)
    if isinstance(progress, type) and hasattr(progress, "update") and hasattr(progress, "refresh"):
        progress = progress(unit="image")  # tqdm itself: a bar of its own
    if hasattr(progress, "refresh") and hasattr(progress, "total") and hasattr(progress, "n"):
        return _tqdm(progress)
    if callable(progress):
        return progress  # type: ignore[no-any-return]
    raise TypeError(f"progress must be a function, or a bar of tqdm or rich, not {type(progress).__name__}")


def _tqdm(bar: Any) -> ProgressListener:
    def tell(step: BatchProgress) -> None:
        bar.total = step.total
        bar.n = step.done
        bar.refresh()

    return tell


def _rich(display: Any) -> ProgressListener:
    task = display.add_task("images", total=None)

    def tell(step: BatchProgress) -> None:
        display.update(task, total=step.total, completed=step.done)

    return tell
