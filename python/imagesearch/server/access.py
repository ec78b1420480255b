"""The access log: a line of JSON a request, without keys, queries and bodies."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

log = logging.getLogger("imagesearch.server.access")


def record(
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
    """Writes the line of a request that began at `begun`, by time.monotonic(). A status of 0 means that nobody was there to answer."""
    if not log.isEnabledFor(logging.INFO):
        return
    # The address of an overlay is all that is needed to see it.
    shown = path.rpartition("/overlay")[0] + "/overlay…" if call == "overlay" else path[:300]
    log.info(
        json.dumps(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": request_id,
                "client": client,
                "key": key,
                "method": method,
                "path": shown,
                "protocol": protocol,
                "call": call,
                "status": status,
                "bytes_in": received,
                "seconds": round(time.monotonic() - begun, 4),
            }
        )
    )
