"""The interface of a double: its real behaviour, its settings and its counters."""

from __future__ import annotations

import copy
import ssl
import threading
import time
from collections import deque
from typing import Any, Deque, Dict, List, Optional

from .messages import Request, Response
from .script import ScriptError, Step
from .tls import Authority

LOG_LENGTH = 20000


class Provider:
    """The base of the doubles. State is guarded by `lock`; nothing sleeps while holding it."""

    name = "double"
    #: Settings with their start values; `POST /_double/settings` changes them, `/_double/reset` restores them.
    defaults: Dict[str, Any] = {}
    #: Named real error responses, for script steps with {"error": name}.
    errors: Dict[str, Dict[str, Any]] = {}

    def __init__(self, settings: Optional[Dict[str, Any]] = None) -> None:
        self.lock = threading.RLock()
        self.started_with = dict(settings or {})
        self.settings: Dict[str, Any] = {}
        self.log: Deque[Dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self.logged = 0
        self.paid: Dict[str, int] = {}
        #: host:port of the plain and of the TLS listener, set when the server is up.
        self.plain_port = 0
        self.tls_port: Optional[int] = None
        self.reset()

    def reset(self) -> None:
        """Resets the initial state."""
        with self.lock:
            self.settings = copy.deepcopy(self.defaults)
            self.change_settings(self.started_with)
            self.log.clear()
            self.logged = 0
            self.paid = {}

    def change_settings(self, changes: Dict[str, Any]) -> None:
        unknown = set(changes) - set(self.defaults)
        if unknown:
            raise ScriptError("unknown settings: %s" % ", ".join(sorted(unknown)))
        with self.lock:
            self.settings.update(copy.deepcopy(changes))

    def now(self) -> float:
        """The server's clock: real time plus the setting `clock_skew` in seconds."""
        return time.time() + float(self.settings.get("clock_skew", 0))

    def charge(self, kind: str) -> None:
        with self.lock:
            self.paid[kind] = self.paid.get(kind, 0) + 1

    def record(self, entry: Dict[str, Any]) -> None:
        with self.lock:
            entry["index"] = self.logged
            self.logged += 1
            self.log.append(entry)

    def parse_step(self, value: Dict[str, Any]) -> Step:
        """A script entry; {"error": name} is replaced from the provider's own table of errors."""
        name = value.get("error")
        if name is not None:
            if name not in self.errors:
                raise ScriptError("no error is named %r; there are: %s" % (name, ", ".join(sorted(self.errors))))
            value = {**self.errors[name], **{k: v for k, v in value.items() if k != "error"}}
        return Step.parse(value)

    # For faults.py:

    needs_tls = False

    def step_for(self, request: Request) -> Optional[Step]:
        """A scripted response selected by the request itself; only faults.py has these."""
        return None

    def landing(self, request: Request) -> str:
        """The target of a redirect for this request."""
        return request.target

    def more_contexts(self, authority: Authority) -> Dict[str, ssl.SSLContext]:
        """Further TLS listeners: name in the first line -> context."""
        return {}

    def more_ports(self) -> Dict[str, int]:
        """Further ports, by their name in the first line."""
        return {}

    def close(self) -> None:
        """Called when the double ends."""

    # Implemented by a double:

    def kind(self, request: Request) -> str:
        """A short name of the call, for scripts and the log; it may be called before the body was read."""
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        """The real behaviour."""
        raise NotImplementedError

    def control(self, method: str, path: str, body: Any, query: Dict[str, str]) -> Optional[Response]:
        """Control calls of this double only; `path` follows /_double/. None: no such call."""
        return None

    def status(self) -> Dict[str, Any]:
        """Additional fields for GET /_double/status."""
        return {}

    def log_since(self, since: int) -> List[Dict[str, Any]]:
        with self.lock:
            return [entry for entry in self.log if entry["index"] >= since]
