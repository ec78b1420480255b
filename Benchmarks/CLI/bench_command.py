"""The command: its start-up time compared with `curl --version`, and `duplicates` compared with czkawka's core.

    bench_command.py start EXECUTABLE [--write]
    bench_command.py duplicates EXECUTABLE ORIGINALS WORK [--originals N] [--write]     the collection of bench_groups.py

Runs alternate with curl's, so that other load on the machine affects both. `duplicates` is run with an empty cache and again with
the cache of the first run; its time is that of the whole process. The collection is created once and kept in WORK. --write writes
docs/benchmarks/start.csv and docs/benchmarks/command.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/Index"))


def write(name: str, rows: list[list[object]]) -> None:
    with open(ROOT / "docs/benchmarks" / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def seconds(*words: object) -> float:
    begun = time.perf_counter()
    subprocess.run([str(word) for word in words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def start(executable: pathlib.Path) -> list[list[object]]:
    commands = {"imagesearch --version": (executable, "--version"), "imagesearch services": (executable, "services"), "curl --version": ("curl", "--version"), "true": ("true",)}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(105):
        for name, words in commands.items():
            taken = seconds(*words)
            # The first runs load the files into the page cache.
            if turn >= 5:
                times[name].append(taken)
    rows: list[list[object]] = [["command", "median ms", "fastest ms"]]
    for name, taken in times.items():
        median, fastest = 1000 * statistics.median(taken), 1000 * min(taken)
        print("%-22s %5.1f ms median, %5.1f ms the fastest" % (name, median, fastest), flush=True)
        rows.append([name, "%.1f" % median, "%.1f" % fastest])
    return rows


def collection(originals: pathlib.Path, work: pathlib.Path, most: int) -> list[pathlib.Path]:
    """Returns the files, creating those that are missing."""
    import bench_groups

    folder, made = work / "collection", work / f"made of {most} in {str(originals.resolve()).replace('/', '_')}"
    if not made.exists():
        for earlier in work.glob("made of *"):
            earlier.unlink()
        bench_groups.make(originals, work, most)
        made.touch()
    return sorted(folder.iterdir())


def duplicates(executable: pathlib.Path, originals: pathlib.Path, work: pathlib.Path, most: int) -> list[list[object]]:
    import bench_groups

    files = collection(originals, work, most)
    folder = work / "collection"
    print("%d files, %.0f MB, load %s" % (len(files), sum(path.stat().st_size for path in files) / 1e6, os.getloadavg()[0]), flush=True)
    rows: list[list[object]] = [["program", "files", "copies", "found", "missed", "groups with strangers", "seconds", "CPU seconds"]]

    def judged(name: str, groups: list[tuple[list[str], list[str]]], taken: float, cpu: float, note: str) -> None:
        found, copies, strangers = bench_groups.judge(name, groups, taken, "%s; %.0f s of CPU" % (note, cpu), files)
        rows.append([f"{name}, {note}", len(files), copies, found, copies - found, strangers, "%.1f" % taken, "%.1f" % cpu])

    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    for note in ("an empty cache", "the cache of the run before"):
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [executable, "duplicates", folder, "--jsonl", "--quiet"],
            stdout=subprocess.PIPE,
            env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        )
        taken, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode in (0, 1), done.returncode
        groups = []
        for line in done.stdout.splitlines():
            group = json.loads(line)
            groups.append(tuple([pathlib.Path(image["source_path"]).name for image in group[part]] for part in ("members", "related")))
        judged("imagesearch duplicates", groups, taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, note)
    begun_cpu = time.process_time()
    groups, taken, note = bench_groups.czkawka(folder)
    judged("czkawka's core", groups, taken, time.process_time() - begun_cpu, note)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("start", "duplicates"))
    parser.add_argument("executable", type=pathlib.Path)
    parser.add_argument("originals", type=pathlib.Path, nargs="?")
    parser.add_argument("work", type=pathlib.Path, nargs="?")
    parser.add_argument("--originals", dest="most", type=int, default=5556)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.what == "start":
        name, rows = "start.csv", start(options.executable.resolve())
    else:
        name, rows = "command.csv", duplicates(options.executable.resolve(), options.originals, options.work, options.most)
    if options.write:
        write(name, rows)


main()
