"""Starting a double from a Python test: a separate process, which ends with the `with` block or with the test."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class DoubleProcess:
    """`DoubleProcess("tineye", settings={...}, tls=True)`; `url`, `tls_url` and the control calls as methods."""

    def __init__(self, name: str, settings: Optional[Dict[str, Any]] = None, tls: bool = False) -> None:
        command = [sys.executable, os.path.join(FOLDER, name + ".py"), "--settings", json.dumps(settings or {})]
        if tls:
            command.append("--tls")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the double %s did not start" % name)
        self.hello: Dict[str, Any] = json.loads(line)
        self.port = int(self.hello["port"])
        self.url = "http://127.0.0.1:%d" % self.port
        self.tls_url = "https://localhost:%s" % self.hello.get("tls_port")
        self.ca_file = str(self.hello.get("ca_file"))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A control call; `path` follows /_double/. Raises RuntimeError with the double's message on a refusal.

        All of them are idempotent, so a call is repeated when its connection breaks, for instance beside a killed program.
        """
        try:
            return self._call(method, path, body)
        except (ConnectionError, http.client.HTTPException):
            return self._call(method, path, body)

    def _call(self, method: str, path: str, body: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body).encode("utf-8")
            connection.request(method, "/_double/" + path, data, {"Connection": "close"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(content.decode("utf-8", "replace"))
        if answer.getheader("Content-Type") != "application/json":
            return content
        return json.loads(content)

    def log(self) -> List[Dict[str, Any]]:
        requests: List[Dict[str, Any]] = self.call("GET", "log")["requests"]
        return requests

    def last(self) -> Dict[str, Any]:
        return self.log()[-1]

    def paid(self) -> int:
        return int(self.call("GET", "paid")["paid"])

    def set(self, **settings: Any) -> None:
        self.call("POST", "settings", settings)

    def script(self, *steps: Dict[str, Any]) -> None:
        self.call("POST", "script", list(steps))

    def reset(self) -> None:
        self.call("POST", "reset")

    def close(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> "DoubleProcess":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()
