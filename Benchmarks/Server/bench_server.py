#!/usr/bin/env python3
"""The server compared with the bare library: searches per second in alternating rounds, then twice the load it can serve.

    bench_server.py FOLDER [--images 1000] [--rounds 5] [--seconds 6] [--overload 30]

FOLDER keeps the index and the queries between runs. A separate process on the same cores generates the load (load.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "python")]

import imagesearch  # noqa: E402

UPLOAD = 100_000
PATH = "/v1/index/search"
#: The server's target: its fraction of the library's searches per second.
SHARE = 0.85


def prepare(folder: Path, count: int) -> None:
    """An index of that many images, and 100 queries: smaller copies of indexed images, and every fifth unrelated."""
    from images import HEIGHT, WIDTH, jpeg, texture

    folder.mkdir(parents=True, exist_ok=True)
    with imagesearch.LocalIndex(folder / "index") as index:
        for begin in range(index.image_count(), count, 50):
            items = [
                imagesearch.ImageItem("image/%d" % number, [("image", jpeg(texture(number), UPLOAD))])
                for number in range(begin, min(begin + 50, count))
            ]
            assert index.add_images(items).failed_count == 0
    queries = folder / "queries"
    if not queries.exists():
        (folder / "new").mkdir(exist_ok=True)
        for number in range(100):
            seed = 1_000_000 + number if number % 5 == 0 else number * count // 100
            (folder / "new" / ("%03d.jpg" % number)).write_bytes(
                jpeg(texture(seed).resize((WIDTH * 9 // 10, HEIGHT * 9 // 10)), UPLOAD)
            )
        (folder / "new").rename(queries)


async def bare(folder: Path, clients: int, seconds: float) -> dict[str, Any]:
    """The library alone, called as the server calls it, in an otherwise idle interpreter."""
    images = [file.read_bytes() for file in sorted((folder / "queries").iterdir())]
    latencies: list[float] = []
    async with imagesearch.AsyncLocalIndex(folder / "index", read_only=True) as index:
        await index.search(images[0], limit=20)
        end = time.monotonic() + seconds

        async def client(number: int) -> None:
            turn = number
            while time.monotonic() < end:
                begun = time.monotonic()
                await index.search(images[turn % len(images)], limit=20)
                latencies.append(time.monotonic() - begun)
                turn += clients

        begun, before = time.monotonic(), time.process_time()
        await asyncio.gather(*[client(number) for number in range(clients)])
        cpu = time.process_time() - before
        return {"seconds": time.monotonic() - begun, "ok": len(latencies), "latencies": latencies, "cpu": cpu}


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "imagesearch.server",
            "--index",
            str(folder / "index"),
            "--port",
            str(self.port),
            "--rate",
            "1000000",
        ]
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(HERE.parent.parent / "python")}, stderr=self.log
        )
        for _ in range(200):
            try:
                with urllib.request.urlopen("http://127.0.0.1:%d/readyz" % self.port):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not start; see %s" % self.log.name)

    def memory(self) -> float:
        """Resident memory of the process in megabytes."""
        status = Path("/proc/%d/status" % self.process.pid).read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def cpu(self) -> float:
        """CPU time of the process in seconds."""
        words = Path("/proc/%d/stat" % self.process.pid).read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def load(self, folder: Path, kind: str, amount: float, seconds: float) -> dict[str, Any]:
        amount_text = "%d" % amount if kind == "closed" else "%.2f" % amount
        command = [
            sys.executable,
            str(HERE / "load.py"),
            str(self.port),
            str(folder / "queries"),
            PATH,
            kind,
            amount_text,
            str(seconds),
        ]
        before, other = self.cpu(), _children()
        result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        return {**result, "cpu": self.cpu() - before, "client_cpu": _children() - other}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1000 if values else float("nan")


def line(name: str, results: list[dict[str, Any]]) -> float:
    rates = [result["ok"] / result["seconds"] for result in results]
    latencies = [latency for result in results for latency in result["latencies"]]
    rate = statistics.median(rates)
    print(
        "| %s | %.1f | %.1f–%.1f | %.0f | %.0f |"
        % (name, rate, min(rates), max(rates), percentile(latencies, 0.5), percentile(latencies, 0.99))
    )
    return rate


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--overload", type=float, default=30, help="seconds with twice the load that can be answered")
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        print(json.dumps(asyncio.run(bare(options.folder, options.bare, options.seconds))))
        return 0
    prepare(options.folder, options.images)
    cores = len(os.sched_getaffinity(0))
    # Twice as many clients as cores, so that another search runs while a response is sent.
    clients = 2 * cores
    server = Server(options.folder)
    library, served = [], []
    try:
        server.load(options.folder, "closed", clients, 2)
        for _ in range(options.rounds):
            # The better of two concurrency levels: as many calls as cores, or twice as many.
            tries = [
                json.loads(
                    subprocess.run(
                        [
                            sys.executable,
                            __file__,
                            str(options.folder),
                            "--seconds",
                            str(options.seconds / 2),
                            "--bare",
                            str(count),
                        ],
                        stdout=subprocess.PIPE,
                        check=True,
                    ).stdout
                )
                for count in (cores, clients)
            ]
            library.append(max(tries, key=lambda result: result["ok"] / result["seconds"]))
            served.append(server.load(options.folder, "closed", clients, options.seconds))
        print(
            "%d images, uploads of %d KB, %d cores, %d clients, %d rounds of %g s\n"
            % (options.images, UPLOAD // 1000, cores, clients, options.rounds, options.seconds)
        )
        print("| | searches/s | rounds | p50 ms | p99 ms |\n|---|---|---|---|---|")
        rate = line("the library", library)
        reached = line("the server", served)
        ratios = [one["ok"] / one["seconds"] / (other["ok"] / other["seconds"]) for one, other in zip(served, library)]
        share = statistics.median(ratios)
        print(
            "\nshare of the library's searches: %.1f %% (rounds %s); bar %.0f %%"
            % (100 * share, ", ".join("%.0f" % (100 * ratio) for ratio in ratios), 100 * SHARE)
        )
        own, served_cpu, client_cpu = (
            1000 * statistics.median(one[name] / one["ok"] for one in results)
            for name, results in (("cpu", library), ("cpu", served), ("client_cpu", served))
        )
        print(
            "processor time of a search: the library %.1f ms, the server %.1f ms, the client %.1f ms: %.1f %%"
            % (own, served_cpu, client_cpu, 100 * own / (served_cpu + client_cpu))
        )
        before = server.memory()
        halves = [server.load(options.folder, "open", 2 * reached, options.overload / 2)]
        middle = server.memory()
        halves.append(server.load(options.folder, "open", 2 * reached, options.overload / 2))
        after = server.memory()
        sums = {name: sum(half[name] for half in halves) for name in ("ok", "busy", "other", "lost", "seconds")}
        latencies = [latency for half in halves for latency in half["latencies"]]
        refused = [latency for half in halves for latency in half["busy_latencies"]]
        print("\ntwice as many: %.1f requests/s for %.0f s" % (2 * reached, options.overload))
        print(
            "answered %d, refused with 503 %d, otherwise %d, lost %d; %.1f searches/s"
            % (sums["ok"], sums["busy"], sums["other"], sums["lost"], sums["ok"] / sums["seconds"])
        )
        print(
            "answered in p50 %.0f ms, p99 %.0f ms, longest %.0f ms; refused in p50 %.0f ms, longest %.0f ms"
            % (
                percentile(latencies, 0.5),
                percentile(latencies, 0.99),
                percentile(latencies, 1),
                percentile(refused, 0.5),
                percentile(refused, 1),
            )
        )
        print("memory %.0f MB before, %.0f MB in the middle, %.0f MB after" % (before, middle, after))
    finally:
        server.stop()
    failures = [
        text
        for text, is_so in (
            ("the share is below the bar", share < SHARE),
            ("requests were lost", any(one["lost"] or one["other"] for one in [*served, *halves])),
            ("a request waited longer than its limit", percentile(latencies, 1) > 30_000),
            ("memory grows", after > middle * 1.1 + 20),
        )
        if is_so
    ]
    print("\n" + ("; ".join(failures) or "all bars are met") + " (the library: %.1f/s)" % rate)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
