"""The log: one line of JSON per request and event, without keys, query strings and bodies."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

events = logging.getLogger("imagesearch.server")
access = logging.getLogger("imagesearch.server.access")


def set_up() -> None:
    """Writes everything that this process logs to standard error, as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    events.setLevel(logging.INFO)
    # Errors of a request are in its own line; errors of an index are logged where they occur.
    logging.getLogger("imagesearch").setLevel(logging.CRITICAL)
    for name in ("python_multipart", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.ERROR)


def event(name: str, **facts: Any) -> None:
    """Logs an event of the server."""
    _write(events, {"event": name, **facts})


def request(
    begun: float,
    *,
    request_id: str,
    client: str,
    method: str,
    path: str,
    status: int,
    key: str = "",
    protocol: str = "",
    call: str = "",
    received: int = 0,
) -> None:
    """Writes the line of a request that began at `begun`, by time.monotonic(). A status of 0 means that the client had gone."""
    facts = {
        "id": request_id,
        "client": client,
        "key": key,
        "method": method[:20],
        # The URL of an overlay is sufficient to see it, also where it was written wrongly.
        "path": re.sub("/overlays?(/.*)?$", "/overlay…", path[:300], flags=re.DOTALL),
        "protocol": protocol,
        "call": call,
    }
    _write(access, {**facts, "status": status, "bytes_in": received, "seconds": round(time.monotonic() - begun, 4)})


def _write(log: logging.Logger, facts: dict[str, Any]) -> None:
    if log.isEnabledFor(logging.INFO):
        log.info(_line({"time": _now(), **facts}), extra={"is_line": True})


def _line(facts: dict[str, Any]) -> str:
    # JSON leaves DEL as it is.
    return json.dumps(facts).replace("\x7f", "\\u007f")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "is_line", False):
            return record.getMessage()
        facts = {"time": _now(), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return _line(facts)
