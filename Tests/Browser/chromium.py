"""Headless Chromium, through chromedriver and the WebDriver protocol (https://www.w3.org/TR/webdriver2/).

No client from PyPI: each needs a newer urllib3 than pytineye, which is in the same environment, permits.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
Value = TypeVar("Value")

#: Keys of WebDriver, section 17.4.2.
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Escape": "\ue00c",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}


class WebDriverError(Exception):
    """An error reported by the driver."""


class Chromium:
    """A separate browser with an empty profile. `with` ends it."""

    def __init__(self, profile: Path, size: tuple[int, int] = (1280, 860)) -> None:
        driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
        assert driver and browser, "install chromium and chromium-driver (scripts/setup.sh chromium chromium-driver)"
        self._driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._driver.stdout is not None
        self._base = ""
        for line in self._driver.stdout:
            if "successfully on port" in line:
                self._base = "http://127.0.0.1:%s" % line.rstrip(" .\n").rsplit(" ", 1)[1]
                break
        # No proxy, because the driver is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        arguments = [
            "--headless=new",
            # The tests may run as root, in a container with a small /dev/shm.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            f"--user-data-dir={profile}",
            "--window-size=%d,%d" % size,
        ]
        options = {"binary": browser, "args": arguments}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
        }
        try:
            self._session = "/session/" + self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
            self.resize(*size)
        except BaseException:
            self._driver.terminate()
            raise

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("DELETE", self._session)
        finally:
            self._driver.terminate()
            self._driver.wait(20)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        content = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self._base + path, content, {"content-type": "application/json"}, method=method)
        try:
            with self._opener.open(request, timeout=120) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise WebDriverError(json.load(error)["value"]["message"]) from None

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return self._ask(method, self._session + path, body)

    # User input

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def resize(self, width: int, height: int) -> None:
        """The size of the page, without the borders of the window."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def find(self, selector: str) -> dict[str, str]:
        found: dict[str, str] = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return found

    def click(self, selector: str) -> None:
        self._call("POST", f"/element/{self.find(selector)[ELEMENT]}/click")

    def type(self, selector: str, text: str) -> None:
        """Types text into a field, or sets the path of a file field."""
        self._call("POST", f"/element/{self.find(selector)[ELEMENT]}/value", {"text": text})

    def press(self, *keys: str, held: str | None = None) -> None:
        """Presses keys at the present focus: names of KEYS or characters."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        if held is not None:
            actions = [{"type": "keyDown", "value": KEYS[held]}, *actions, {"type": "keyUp", "value": KEYS[held]}]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def drag(self, selector: str, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """Drags from one point to another, in pixels from the element's centre."""
        origin = self.find(selector)

        def move(place: tuple[int, int]) -> dict[str, object]:
            return {"type": "pointerMove", "origin": origin, "x": place[0], "y": place[1], "duration": 20}

        actions = [move(begin), {"type": "pointerDown", "button": 0}, move(end), {"type": "pointerUp", "button": 0}]
        self._call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": actions}]})

    # What is displayed

    def run(self, script: str, *arguments: object) -> Any:
        """The value of an expression or of a script with `return`, or a promise's result."""
        text = script if "return " in script else f"return ({script})"
        return self._call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def text(self, selector: str) -> str:
        return str(self.run("document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def wait(self, condition: str | Callable[[], Value], seconds: float = 20.0) -> Any:
        """Waits until an expression of the page, or a function, is true."""
        end = time.monotonic() + seconds
        while True:
            value = self.run(condition) if isinstance(condition, str) else condition()
            if value:
                return value
            assert time.monotonic() < end, f"not within {seconds} s: {condition}"
            time.sleep(0.03)

    def screenshot(self, path: Path | None = None, selector: str | None = None) -> bytes:
        where = f"/element/{self.find(selector)[ELEMENT]}/screenshot" if selector else "/screenshot"
        content = base64.b64decode(self._call("GET", where))
        if path is not None:
            path.write_bytes(content)
        return content

    def print_pdf(self) -> bytes:
        return base64.b64decode(self._call("POST", "/print", {"background": True}))

    def scheme(self, name: str) -> None:
        """`light` or `dark`, like the system setting."""
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def devtools(self, command: str, **parameters: object) -> Any:
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    # Requests and the console

    def requests(self) -> list[str]:
        """Addresses requested since the last call, without `data:` and `blob:`."""
        found = []
        for entry in self._call("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith(("data:", "blob:")):
                    found.append(url)
        return found

    def complaints(self) -> list[str]:
        """Warnings and errors of the console since the last call, including violations of the Content-Security-Policy."""
        return [
            entry["message"]
            for entry in self._call("POST", "/se/log", {"type": "browser"})
            if entry["level"] in ("WARNING", "SEVERE")
        ]

    def judge(self) -> list[str]:
        """The violations that axe-core finds in the present page: rule, element, reason."""
        [script] = (ROOT / ".venv-test").glob("axe/axe_playwright_python/axe.min.js")
        self._call("POST", "/execute/sync", {"script": script.read_text(), "args": []})
        found = self.run("return axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
        return [
            "{}: {}: {}".format(violation["id"], node["html"][:200], node["failureSummary"][:300])
            for violation in found
            for node in violation["nodes"]
        ]
