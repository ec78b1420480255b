"""Runs the command in a separate home, with pipes or at a pseudo-terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    def __init__(self, executable: Path, home: Path) -> None:
        self.executable = executable
        self.home = home
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "LSAN_OPTIONS")}
        self.environment = {**kept, "HOME": str(home), "IMAGESEARCH_PROGRESS_SECONDS": "10"}
        self.cwd = home

    def use_tineye(self, url: str) -> None:
        self.environment.update(
            TINEYE_API_KEY="test-key",
            IMAGESEARCH_TINEYE_URL=url + "/rest/",
            IMAGESEARCH_TINEYE_REQUESTS_PER_MINUTE="1000000",
        )

    def popen(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        words = [a if isinstance(a, bytes) else os.fsencode(str(a)) for a in (self.executable, *arguments)]
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment, cwd=self.cwd, **options
        )

    def run(self, *arguments: object, stdin: bytes | None = None, code: int | None = None, timeout: float = 120) -> Result:
        process = self.popen(*arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=timeout)
        result = Result(process.returncode, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))
        if code is not None:
            assert result.code == code, (arguments, result)
        return result

    def at_terminal(self, *arguments: object, columns: int = 80, stdin: bytes | None = None) -> Terminal:
        return Terminal(self, arguments, columns, stdin)

    @property
    def journals(self) -> list[Path]:
        return sorted((self.home / ".local/state/imagesearch/searches").glob("*.jsonl"))


class Terminal:
    """The command at its own pseudo-terminal; its output is read as it arrives."""

    def __init__(self, command: Command, arguments: tuple[object, ...], columns: int, stdin: bytes | None) -> None:
        words = [os.fsencode(str(a)) for a in (command.executable, *arguments)]
        environment = {**command.environment, "TERM": "xterm-256color"}
        read_end, write_end = os.pipe() if stdin is not None else (-1, -1)
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            if stdin is not None:
                os.close(write_end)
                os.dup2(read_end, 0)
            # In a test that runs in the background the signal is ignored, which children inherit.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.chdir(command.cwd)
            # The parent sets the size; wait for it.
            time.sleep(0.1)
            os.execve(words[0], words, environment)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        if stdin is not None:
            os.close(read_end)
            os.write(write_end, stdin)
            os.close(write_end)
        self.text = ""
        self.code: int | None = None

    def read_until(self, pattern: str, seconds: float = 60) -> str:
        """Reads until a text matches, which must happen eventually."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            assert time.monotonic() < end, f"{pattern!r} did not come: {self.text!r}"
            if not self._read(0.1):
                break
        assert re.search(pattern, self.text), f"{pattern!r} did not come: {self.text!r}"
        return self.text

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def interrupt(self) -> float:
        """Presses Ctrl-C, and returns the seconds until the command has ended."""
        begun = time.monotonic()
        os.kill(self.pid, signal.SIGINT)
        self.wait()
        return time.monotonic() - begun

    def wait(self, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                while self._read(0) and select.select([self.descriptor], [], [], 0)[0]:
                    pass
                os.close(self.descriptor)
                return self.text
            assert time.monotonic() < end, f"the command does not end: {self.text!r}"
            self._read(0.005)
