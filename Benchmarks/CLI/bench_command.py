"""The command: how soon it starts, beside `curl --version`, and `duplicates` beside czkawka's core.

    bench_command.py start EXECUTABLE
    bench_command.py duplicates EXECUTABLE ORIGINALS WORK [--originals N]     the collection of bench_groups.py

Starts alternate with curl's, so that what the machine does besides falls on both. `duplicates` is run with an empty cache and again with
the cache of the first run; its time is that of the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Index"))


def seconds(*words: object) -> float:
    begun = time.perf_counter()
    subprocess.run([str(word) for word in words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def start(executable: pathlib.Path) -> None:
    commands = {"imagesearch --version": (executable, "--version"), "imagesearch services": (executable, "services"), "curl --version": ("curl", "--version"), "true": ("true",)}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(105):
        for name, words in commands.items():
            taken = seconds(*words)
            # The first ones bring the files into memory.
            if turn >= 5:
                times[name].append(taken)
    for name, taken in times.items():
        print("%-22s %5.1f ms median, %5.1f ms the fastest" % (name, 1000 * statistics.median(taken), 1000 * min(taken)))


def duplicates(executable: pathlib.Path, originals: pathlib.Path, work: pathlib.Path, most: int) -> None:
    import bench_groups

    files = bench_groups.make(originals, work, most)
    folder = work / "collection"
    print("%d files, %.0f MB" % (len(files), sum(path.stat().st_size for path in files) / 1e6))
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    for note in ("an empty cache", "the cache of the run before"):
        begun = time.perf_counter()
        done = subprocess.run(
            [executable, "duplicates", folder, "--jsonl", "--quiet"],
            stdout=subprocess.PIPE,
            env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        )
        taken = time.perf_counter() - begun
        assert done.returncode in (0, 1), done.returncode
        groups = []
        for line in done.stdout.splitlines():
            group = json.loads(line)
            groups.append(tuple([pathlib.Path(image["source_path"]).name for image in group[part]] for part in ("members", "related")))
        bench_groups.judge("imagesearch duplicates", groups, taken, note, files)
    bench_groups.judge("czkawka's core", *bench_groups.czkawka(folder), files)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("start", "duplicates"))
    parser.add_argument("executable", type=pathlib.Path)
    parser.add_argument("originals", type=pathlib.Path, nargs="?")
    parser.add_argument("work", type=pathlib.Path, nargs="?")
    parser.add_argument("--originals", dest="most", type=int, default=5200)
    options = parser.parse_args()
    if options.what == "start":
        start(options.executable.resolve())
    else:
        duplicates(options.executable.resolve(), options.originals, options.work, options.most)


main()
