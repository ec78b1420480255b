"""The interpreter exits during any calls, callbacks, daemon threads and event loops, without a crash, a hang or output on stderr.

IMAGESEARCH_EXIT_ROUNDS is the total number of programs; the target is 500."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import header
import pytest
from doublekit.process import DoubleProcess
from scenes import scene

ROUNDS = int(os.environ.get("IMAGESEARCH_EXIT_ROUNDS", "40"))

START = """
import asyncio, atexit, faulthandler, logging, os, random, signal, sys, threading, time
import imagesearch
# Who starts the tests in the background has it ignored, and so would this program.
signal.signal(signal.SIGINT, signal.default_int_handler)
base_url, folder, image, seed = sys.argv[1:5]
random.seed(int(seed))
faulthandler.enable()
logger = logging.getLogger("program")
logger.addHandler(logging.StreamHandler(open(os.devnull, "w")))
logger.setLevel(1)
logger.propagate = False
threading.excepthook = lambda args: None

def daemon(work):
    def loop():
        while True:
            try:
                work()
            except (imagesearch.ImageSearchError, TypeError):
                pass
    threading.Thread(target=loop, daemon=True).start()

def pause(_=None):
    time.sleep(random.random() * 0.01)

def tineye(**more):
    return imagesearch.TinEye(
        api_key="test-key", base_url=base_url, requests_per_minute=1000000, max_concurrent=8, max_attempts=1, **more
    )

def index(**more):
    return imagesearch.LocalIndex(folder, **more)
"""

PROGRAMS = {
    "calls of daemon threads": """
client, own = tineye(), index()
for _ in range(4):
    daemon(lambda: client.search(image, limit=1))
    daemon(lambda: own.search(image))
""",
    "calls that log": """
client, own = tineye(logger=logger), index(logger=logger)
for _ in range(3):
    daemon(lambda: client.search(image, limit=1))
    daemon(lambda: own.search(image))
    daemon(client.image_count)
""",
    "calls that tell of transfers": """
client = tineye()
for _ in range(4):
    daemon(lambda: client.search(image, limit=1, on_transfer=pause))
""",
    "batches": """
own = index()
daemon(lambda: own.add_files([image], progress=pause))
daemon(lambda: own.rebuild(progress=pause))
daemon(lambda: own.search(image))
""",
    "clients that come and go": """
def work():
    client = tineye(logger=logger)
    client.image_count()
    if random.random() < 0.5:
        client.close()
for _ in range(4):
    daemon(work)
""",
    "event loops in daemon threads": """
async def main():
    async with imagesearch.AsyncTinEye(
        api_key="test-key", base_url=base_url, requests_per_minute=1000000, max_concurrent=20, logger=logger
    ) as client:
        while True:
            await asyncio.gather(
                *(client.search(image, limit=1, on_transfer=pause) for _ in range(5)), return_exceptions=True
            )
for _ in range(2):
    daemon(lambda: asyncio.run(main()))
""",
    "an event loop that is left": """
client = imagesearch.AsyncTinEye(api_key="test-key", base_url=base_url, requests_per_minute=1000000, max_concurrent=20)
loop = asyncio.new_event_loop()
tasks = [loop.create_task(client.search(image, limit=1)) for _ in range(10)]
for task in tasks:
    task._log_destroy_pending = False
loop.run_until_complete(asyncio.sleep(0.005))
""",
    "an exit in a call of the main thread": """
client = tineye(logger=logger)
try:
    daemon(lambda: client.search(image, limit=1))
    # Inside of what catches it: it may come at once.
    threading.Timer(random.random() * 0.02, lambda: __import__("_thread").interrupt_main()).start()
    while True:
        client.search(image, limit=1, on_transfer=pause)
except KeyboardInterrupt:
    sys.exit(0)
""",
    "a call in an atexit function": """
client = tineye(logger=logger)
daemon(lambda: client.search(image, limit=1))
def late():
    try:
        tineye(logger=logger).image_count()
        client.image_count()
    except imagesearch.ImageSearchError:
        pass
atexit.register(late)
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from imagesearch import ImageItem, LocalIndex

    with LocalIndex(tmp_path / "index") as index:
        index.add_images([ImageItem(str(number), [("p", scene(number))]) for number in range(4)])
    return tmp_path / "index"


def threads(process: int) -> str:
    """What all threads of a hanging process wait for, including the library's."""
    lines = []
    for task in Path(f"/proc/{process}/task").iterdir():
        name, place, call = ((task / file).read_text().strip() for file in ("comm", "wchan", "syscall"))
        lines.append(f"{task.name} {name}: {place} {call}")
    return "\n" + "\n".join(sorted(lines))


@pytest.mark.parametrize("kind", list(PROGRAMS))
def test_programs_that_end(double: DoubleProcess, base_url: str, image: Path, folder: Path, kind: str) -> None:
    endless = {"remaining_searches": 10**9, "start_date": "2025-12-17 03:42:50 UTC", "expire_date": "2099-12-17 03:42:50 UTC"}
    double.set(max_concurrent=1000, search_seconds=0.005, bundles=[endless])

    def run(seed: int) -> str:
        wait = f"\ntime.sleep({random.Random(seed).random() * 0.08})\n"
        program = subprocess.Popen(
            [sys.executable, "-c", START + PROGRAMS[kind] + wait, base_url, str(folder), str(image), str(seed)],
            env={**os.environ, "PYTHONPATH": str(header.ROOT / "python")}, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        where = ""
        try:
            _, told = program.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            where = threads(program.pid)
            program.send_signal(signal.SIGABRT)  # Python prints the stack of each of its threads.
            _, told = program.communicate()
        return "" if program.returncode == 0 and not told else f"seed {seed}: {program.returncode} {told[-3000:]}{where}"

    with ThreadPoolExecutor(2) as pool:
        failures = [one for one in pool.map(run, range(max(1, ROUNDS // len(PROGRAMS)))) if one]
    assert not failures, "\n".join(failures)
