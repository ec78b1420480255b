"""Pages and reports as plain data and as tables of pandas and polars, which are imported only when needed."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


def plain(value: Any) -> Any:
    """Converts recursively: records to dicts, tuples to lists, enum members to their names, and errors to their messages."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, BaseException):
        return str(value)
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: plain(part) for name, part in zip(value._fields, value)}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return dict(value) if isinstance(value, dict) else value


class Table:
    """A sequence of records that can become a table."""

    __slots__ = ()

    def _columns(self) -> tuple[str, ...]:
        raise NotImplementedError

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each record, of plain lists and dicts."""
        return [plain(record) for record in self]  # type: ignore[attr-defined]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas table with a row for each record; pandas must be installed."""
        import pandas

        return pandas.DataFrame(self.to_dicts(), columns=list(self._columns()))

    def to_polars(self) -> polars.DataFrame:
        """A polars table with a row for each record; polars must be installed."""
        import polars

        rows = self.to_dicts()
        if not rows:
            return polars.DataFrame(schema=list(self._columns()))
        for row in rows:
            if not row.get("details", True):
                row["details"] = None  # polars has no struct without fields
        return polars.DataFrame(rows, infer_schema_length=None)
