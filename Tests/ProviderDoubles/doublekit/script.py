"""Scripted responses: replace or modify the real behaviour for the next matching requests.

An entry is a JSON object:

- which requests: `kind`, `method`, `path` (shell pattern), `count` (default 1; 0 = until cleared), `skip` (let that
  many matching requests through first)
- `process`: true runs the real behaviour first (state changes, charges), then the response is replaced or truncated
- `delay`: seconds before the response
- `act`:
  `answer` (default; `status`, `headers`, `body` as text or JSON value or `body_base64`; without `status` the real
  answer is given), `close` (no answer, orderly end), `reset` (no answer, connection reset), `silence` (no answer until
  the client leaves or `delay` has passed), `half_headers`, `half_body` (then orderly end), `reset_mid_body`
- `fault`: a name from faults.py instead of an act; `interval`: seconds between two bytes of the slow ones
- `when`: `body` (default: after the request body was read) or `headers` (before a byte of the body is read)
"""

from __future__ import annotations

import base64
import fnmatch
import json
import threading
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from .faults import FAULTS
from .messages import Pairs, Response

ACTS = ("answer", "close", "reset", "silence", "half_headers", "half_body", "reset_mid_body")
KEYS = {
    "kind", "method", "path", "count", "skip", "process", "delay", "act", "when", "status", "headers", "body",
    "body_base64", "error", "fault", "interval",
}  # fmt: skip


class ScriptError(ValueError):
    pass


@dataclass
class Step:
    kind: Optional[str] = None
    method: Optional[str] = None
    path: Optional[str] = None
    count: int = 1
    skip: int = 0
    process: Optional[bool] = None
    delay: float = 0.0
    act: str = "answer"
    when: str = "body"
    status: Optional[int] = None
    headers: Pairs = field(default_factory=list)
    body: bytes = b""
    fault: Optional[str] = None
    interval: float = 1.0

    @staticmethod
    def parse(value: Dict[str, Any]) -> "Step":
        unknown = set(value) - KEYS
        if unknown:
            raise ScriptError("unknown keys: %s" % ", ".join(sorted(unknown)))
        act = value.get("act", "answer")
        if act not in ACTS:
            raise ScriptError("unknown act %r" % act)
        fault = value.get("fault")
        if fault is not None and fault not in FAULTS:
            raise ScriptError("no fault is named %r; there are: %s" % (fault, ", ".join(FAULTS)))
        when = value.get("when", FAULTS[fault].when if fault else "body")
        if when not in ("body", "headers"):
            raise ScriptError("when is body or headers")
        headers = value.get("headers") or []
        if isinstance(headers, dict):
            headers = list(headers.items())
        return Step(
            kind=value.get("kind"),
            method=value.get("method"),
            path=value.get("path"),
            count=int(value.get("count", 1)),
            skip=int(value.get("skip", 0)),
            process=value.get("process"),
            delay=float(value.get("delay", 0)),
            act=act,
            when=when,
            status=value.get("status"),
            headers=[(str(k), str(v)) for k, v in headers],
            body=_body_bytes(value),
            fault=fault,
            interval=float(value.get("interval", 1.0)),
        )

    def needs_real(self) -> bool:
        """Whether the real behaviour runs: if requested, and by default if there is no other response to damage."""
        if self.process is not None or self.when == "headers":
            return bool(self.process)
        if self.fault is not None:
            return FAULTS[self.fault].real and self.status is None
        bare = self.status is None and not self.body
        return bare and self.act in ("answer", "half_headers", "half_body", "reset_mid_body")

    def matches(self, kind: str, method: str, path: str) -> bool:
        if self.kind is not None and not fnmatch.fnmatchcase(kind, self.kind):
            return False
        if self.method is not None and self.method != method:
            return False
        return self.path is None or fnmatch.fnmatchcase(path, self.path)

    def response(self, real: Optional[Response]) -> Response:
        """The response of this step; `real` is the double's own response, if it ran."""
        if self.status is None and real is not None:
            return Response(real.status, real.body, real.headers + self.headers, real.verdict)
        verdict = "scripted" if real is None else "scripted after " + real.verdict
        headers = list(self.headers)
        if self.body and not any(k.lower() == "content-type" for k, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return Response(self.status or 200, self.body, headers, verdict)


def _body_bytes(value: Dict[str, Any]) -> bytes:
    if "body_base64" in value:
        return base64.b64decode(value["body_base64"], validate=True)
    body = value.get("body", "")
    if isinstance(body, str):
        return body.encode("utf-8")
    return json.dumps(body, ensure_ascii=False).encode("utf-8")


class Script:
    """The queue of steps. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: List[Step] = []

    def add(self, steps: List[Step]) -> None:
        with self._lock:
            self._steps.extend(steps)

    def clear(self) -> None:
        with self._lock:
            self._steps = []

    def left(self) -> int:
        with self._lock:
            return len(self._steps)

    def take(self, kind: str, method: str, path: str) -> Optional[Step]:
        """The first step that matches, whose count is decremented."""
        with self._lock:
            for step in self._steps:
                if not step.matches(kind, method, path):
                    continue
                if step.skip > 0:
                    step.skip -= 1
                    continue
                if step.count != 0:
                    step.count -= 1
                    if step.count == 0:
                        self._steps.remove(step)
                return step
        return None
