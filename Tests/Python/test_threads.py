"""One client, many threads: calls, closing meanwhile, Ctrl-C, forks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import header
import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import Code, TinEye


def test_32_threads_share_one_client(base_url: str, double: DoubleProcess, image: Path) -> None:
    double.set(max_concurrent=100)
    double.call("POST", "matches", {"url": "https://images.example/odd.jpg", "count": 3, "backlinks": 2})
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000, max_concurrent=32) as client:

        def work(number: int) -> bool:
            # The totals differ, so that another thread's result is detected.
            if number % 4 == 0:
                return client.search(image, limit=1 + number % 7).total == 247
            if number % 4 == 1:
                page = client.search("https://images.example/odd.jpg")
                return page.total == 3 and [len(match.backlinks) for match in page] == [2, 2, 2]
            if number % 4 == 2:
                return client.image_count() == 48560880094
            return len(client.search("https://images.example/one.jpg").matches) == 1

        with ThreadPoolExecutor(32) as pool:
            assert all(pool.map(work, range(320)))
    assert {entry["verdict"] for entry in double.log()} == {"ok"}


def test_a_client_whose_connections_were_closed_takes_no_time() -> None:
    """A connection closed by the other side wakes the client's thread once, and not continually."""
    with DoubleProcess("tineye") as double:
        client = TinEye(api_key=KEY, base_url=double.url + "/rest/", max_concurrent=8)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: client.image_count(), range(32)))
        assert len({entry["connection"] for entry in double.log()}) > 1
    with client:
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.1


def test_threads_run_while_a_call_waits(tineye: TinEye, double: DoubleProcess) -> None:
    double.set(search_seconds=0.5)
    counted = 0
    waiting = threading.Thread(target=tineye.search, args=(MELON_URL,))
    waiting.start()
    while waiting.is_alive():
        counted += 1
        time.sleep(0.001)
    assert counted > 50


def test_the_limits_of_a_client_hold_over_all_threads(base_url: str, double: DoubleProcess) -> None:
    double.set(search_seconds=0.05)
    with TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000, max_concurrent=2) as client:
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda _: client.search(MELON_URL, limit=1), range(12)))
    assert double.call("GET", "status")["most_concurrent_searches"] == 2


def test_close_ends_the_calls_of_other_threads(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})
    client = TinEye(api_key=KEY, base_url=base_url, requests_per_minute=100_000, max_concurrent=4)
    outcomes: list[Any] = []

    def call(which: Any) -> None:
        try:
            outcomes.append(which())
        except imagesearch.ImageSearchError as error:
            outcomes.append(error.code)

    calls = [lambda: client.search(MELON_URL), client.remaining_searches, client.image_count] * 3
    threads = [threading.Thread(target=call, args=(which,)) for which in calls]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    start = time.monotonic()
    client.close()
    for thread in threads:
        thread.join(5)
    assert time.monotonic() - start < 1
    assert len(outcomes) == 9 and set(outcomes) <= {Code.CANCELLED, Code.CLOSED}, outcomes


def test_a_client_that_nobody_closes_is_freed_with_its_last_call(base_url: str, double: DoubleProcess) -> None:
    double.set(search_seconds=0.3)
    pages: list[imagesearch.SearchPage] = []

    def search(client: TinEye) -> None:
        pages.append(client.search(MELON_URL, limit=2))

    thread = threading.Thread(target=search, args=(TinEye(api_key=KEY, base_url=base_url),))
    thread.start()
    thread.join(10)
    assert len(pages[0].matches) == 2


INTERRUPTED = """
import imagesearch, sys, threading, time, os, signal
# Who starts the tests in the background has it ignored, and so would this program.
signal.signal(signal.SIGINT, signal.default_int_handler)
client = imagesearch.TinEye(api_key="test-key", base_url=sys.argv[1])
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    {call}
except KeyboardInterrupt:
    print("interrupted after %.1f" % (time.monotonic() - start))
"""


LARGE = "open(sys.argv[2], 'rb').read() + bytes(5 << 20)"


@pytest.mark.parametrize(
    "call",
    [
        "client.search('https://tineye.com/images/meloncat.jpg')",
        "client.search(open(sys.argv[2], 'rb'))",
        # A buffer of this size is not copied: the call is made in the main thread itself.
        f"client.search({LARGE})",
        f"client.search({LARGE}, on_transfer=lambda step: None)",
        f"client.search_many([{LARGE}, {LARGE}], progress=lambda step: None)",
    ],
)
def test_ctrl_c_ends_a_search(base_url: str, double: DoubleProcess, image: Path, call: str) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.replace("{call}", call), base_url, str(image)],
        env={**os.environ, "PYTHONPATH": str(header.ROOT / "python")}, capture_output=True, text=True, timeout=25,
    )  # fmt: skip
    assert result.stdout.startswith("interrupted after 0.") and result.returncode == 0, result.stderr


def test_a_program_that_ends_during_a_call_of_a_daemon_thread(base_url: str, double: DoubleProcess) -> None:
    double.script({"act": "silence", "delay": 30, "count": 0})
    program = (
        "import imagesearch, logging, sys, threading, time\n"
        "logging.basicConfig(level=1)\n"
        "client = imagesearch.TinEye(api_key='test-key', base_url=sys.argv[1], logger=logging.getLogger('x'))\n"
        "threading.Thread(target=client.search, args=('https://a.example/x.png',), daemon=True).start()\n"
        "threading.Thread(target=client.image_count, daemon=True).start()\n"
        "time.sleep(0.3)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, base_url], capture_output=True, text=True, timeout=20,
        env={**os.environ, "PYTHONPATH": str(header.ROOT / "python")},
    )  # fmt: skip
    assert result.returncode == 0, (result.returncode, result.stderr)


FORKED = """
import imagesearch, os, signal, sys
base_url, used = sys.argv[1], sys.argv[2] == "used"

def child(body):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        words = "nothing"
        try:
            words = str(body())
        except BaseException as error:
            words = "%s: %s" % (type(error).__name__, error)
        finally:
            os.write(write, words.encode())
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        print(pipe.read().decode())
    os.waitpid(child, 0)

def open_and_count():
    with imagesearch.TinEye(api_key="test-key", base_url=base_url) as own:
        return own.image_count()

if used:
    client = imagesearch.TinEye(api_key="test-key", base_url=base_url)
    client.image_count()
    page = client.search("https://tineye.com/images/meloncat.jpg", limit=2)
    child(client.image_count)
    child(client.close)
    child(lambda: len(page.matches))
    child(open_and_count)
    print(client.image_count())
else:
    child(open_and_count)
    print(open_and_count())
"""


def forked(base_url: str, mode: str) -> list[str]:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED, base_url, mode], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(header.ROOT / "python")},
    )  # fmt: skip
    assert result.returncode == 0 and not result.stderr, result.stderr
    return result.stdout.splitlines()


def test_a_child_that_was_forked_after_use_gets_clear_errors(base_url: str) -> None:
    call, close, page, opening, parent = forked(base_url, "used")
    assert call.startswith("ClosedError: ") and "forked" in call
    assert close == "None"
    assert page == "2", "what was found before can be read"
    assert opening.startswith("ClosedError: ") and "forked" in opening
    assert parent == "48560880094", "the parent goes on"


def test_a_child_that_was_forked_before_the_first_client_works(base_url: str) -> None:
    assert forked(base_url, "unused") == ["48560880094", "48560880094"]
