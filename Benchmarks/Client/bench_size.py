#!/usr/bin/env python3
"""Sizes and load times, compared with libcurl and pytineye in the same run: bench_size.py [ROUNDS]

Each measurement runs in a separate process, alternating with its peers, and the median is reported. Writes docs/benchmarks/size.csv with --write."""

from __future__ import annotations

import csv
import os
import re
import statistics
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("IMAGESEARCH_LIBRARY", ROOT / "build/lib/libimagesearch.so.1")).resolve()
LOAD = ROOT / "build/bench/load"


def output(*command: str | Path, **environment: str) -> str:
    done = subprocess.run([str(one) for one in command], check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return done.stdout


def loaded(*names: str) -> list[float]:
    return [float(line) for line in output(LOAD, *names).split()]


def needed(path: Path) -> list[str]:
    return re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", path))


def closure(path: Path) -> list[Path]:
    """All files that the loader maps for a library, without libc, libm and the loader itself."""
    found = [Path(match[1]) for match in re.finditer(r"=> (/\S+)", output("ldd", path))]
    return [one.resolve() for one in found if not re.match(r"lib(c|m|dl|pthread|rt)\.so|ld-linux", one.name)]


def cost(code: str, **environment: str) -> float:
    """CPU time of a Python that runs `code`, in microseconds. Elapsed time would include other load on the machine."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen([sys.executable, "-c", code], env={**variables, **environment})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{code} ends with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1e6


def sections(path: Path) -> dict[str, int]:
    """The size of the object by kind of content."""
    kinds = {"code": 0, "constants": 0, "relocations": 0, "frames for unwinding": 0, "metadata of Swift": 0, "data": 0}
    for line in output("readelf", "-S", "-W", path).splitlines():
        match = re.match(r"\s+\[ *\d+\] (\S+)\s+(\w+)\s+\w+ \w+ (\w+) \w+\s+\w*A", line)
        if not match or match[2] == "NOBITS":
            continue
        name, size = match[1], int(match[3], 16)
        kind = (
            "code" if name in (".text", ".init", ".fini", ".plt")
            else "relocations" if name.startswith((".rela", ".dyn", ".gnu"))
            else "frames for unwinding" if name.startswith(".eh_frame")
            else "metadata of Swift" if name.startswith("swift5")
            else "constants" if name.startswith(".rodata")
            else "data"
        )
        kinds[kind] += size
    return kinds


def size_of_distribution(*names: str) -> int:
    return sum(file.locate().stat().st_size for name in names for file in metadata.files(name) or [] if file.locate().is_file())


def main() -> None:
    rounds = int(next((one for one in sys.argv[1:] if one.isdigit()), "31"))
    rows: list[tuple[str, str, float]] = []
    size = LIBRARY.stat().st_size
    ours, curls = closure(LIBRARY), closure(Path(closure_of("libcurl.so.4")))
    rows += [
        ("size", "libimagesearch.so.1", size),
        ("size", "libraries of the system that it needs", sum(one.stat().st_size for one in ours)),
        ("size", "libcurl.so.4", Path(closure_of("libcurl.so.4")).stat().st_size),
        ("size", "libraries that libcurl needs", sum(one.stat().st_size for one in curls)),
        ("size", "pytineye and urllib3, Pillow, certifi installed", size_of_distribution("pytineye", "urllib3", "Pillow", "certifi")),
    ]
    rows += [("size by part", kind, bytes_) for kind, bytes_ in sections(LIBRARY).items()]
    for wheel in sorted((ROOT / "dist").glob("*.whl")):
        rows.append(("size", wheel.name, wheel.stat().st_size))

    parts = needed(LIBRARY)
    alone: list[float] = []
    curl: list[float] = []
    by_part: list[list[float]] = []
    for _ in range(rounds):
        alone += loaded(str(LIBRARY))
        curl += loaded("libcurl.so.4")
        by_part.append(loaded(*parts, str(LIBRARY)))
    rows += [("dlopen", "libimagesearch.so.1 with all that it needs", statistics.median(alone))]
    rows += [("dlopen", "libcurl.so.4 with all that it needs", statistics.median(curl))]
    for index, name in enumerate([*parts, "libimagesearch.so.1 itself"]):
        rows.append(("dlopen by part", name, statistics.median(one[index] for one in by_part)))

    # Compiled once, as pip does on installation.
    environment = {
        "PYTHONPATH": str(ROOT / "python"),
        "IMAGESEARCH_LIBRARY": str(LIBRARY),
        "PYTHONPYCACHEPREFIX": str(ROOT / "build/bench/pycache"),
    }
    for code in ("import imagesearch", "import pytineye"):
        cost(code, **environment)
    imports: dict[str, list[float]] = {"pass": [], "import imagesearch": [], "import pytineye": []}
    for _ in range(rounds):
        for code, times in imports.items():
            times.append(cost(code, **environment))
    bare = statistics.median(imports["pass"])
    for code in ("import imagesearch", "import pytineye"):
        rows.append(("import, CPU", code, statistics.median(imports[code]) - bare))

    for kind, name, value in rows:
        unit = "bytes" if kind.startswith("size") else "µs"
        print(f"{kind:16} {name:56} {value:14,.0f} {unit}")
    if "--write" in sys.argv:
        with open(ROOT / "docs/benchmarks/size.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["kind", "what", "bytes or microseconds"])
            writer.writerows((kind, name, round(value)) for kind, name, value in rows)


def closure_of(soname: str) -> str:
    for line in output("/sbin/ldconfig", "-p").splitlines():
        if line.strip().startswith(soname + " "):
            return str(Path(line.split(" => ")[1]).resolve())
    raise SystemExit(f"{soname} is not installed")


main()
