"""Clients compared over loopback: medians of several runs, and ratios to a peer or a lower bound in the same run.

    bench_client.py [--quick] [--write]     run by scripts/bench-client.sh, which builds everything first; --write writes docs/benchmarks/client.csv
"""
import csv
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / ".build-tools/release/ClientBench"
TOOLS = ROOT / "build/bench"
PYTHON = ROOT / ".venv-test/bin/python"
RUNS = 3 if "--quick" in sys.argv else 5
# The comparisons with a peer: (call, peer, ours, the peer's, unit).
FIGURES = []


def search_answer():
    """100 matches of 10 backlinks, in the format of TinEye's documentation."""
    matches = [{
        "image_url": f"https://img.tineye.com/result/{m:040x}", "domain": f"site-{m}.example.org", "score": 99.5 - m / 3,
        "top_level_domain": "example.org", "width": 800 + m, "height": 600, "size": (800 + m) * 600, "filesize": 90000 + m,
        "format": "JPEG", "query_hash": "a" * 40, "tags": ["stock"] if m % 3 == 0 else [],
        "overlay": f"overlay/{'a' * 40}/{m:040x}?m21=-0.0001&m22=1.0&m23=0.01&m11=1.0&m13=0.02&m12=0.0001",
        "backlinks": [{"url": f"https://site-{m}.example.org/images/{b}.jpg", "crawl_date": f"2025-0{b % 9 + 1}-1{b % 10}",
                       "backlink": f"https://site-{m}.example.org/articles/{b}/a-longer-title-of-a-page"} for b in range(10)],
    } for m in range(100)]
    return {"stats": {"timestamp": "1490029747.12", "query_time": "0.42", "total_backlinks": 1000, "total_collection": 0,
                      "total_results": 100, "total_stock": 34, "total_filtered_results": 100},
            "code": 200, "messages": [], "results": {"matches": matches}}


class Canned:
    def __init__(self, answer):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(answer, file)
        self.process = subprocess.Popen([TOOLS / "canned_server", file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        os.unlink(file.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def output(*command, **environment):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")
    return [float(value) for value in done.stdout.split()]


def medians(candidates, runs=RUNS):
    """Runs the candidates in turn, several times, so that other load affects all of them."""
    values = {name: [] for name in candidates}
    for _ in range(runs):
        for name, command in candidates.items():
            values[name].append(output(*command, PYTHONPATH=str(ROOT / "python"))[0])
    return {name: statistics.median(value) for name, value in values.items()}


def table(title, rows, floor, bars):
    print(f"\n{title}")
    for name, value in rows.items():
        ratio = f"{value / rows[floor]:5.2f} × {floor}"
        bar = bars.get(name)
        verdict = "" if not bar else f"   bar {bar[1]:.2f} × {bar[0]}: {value / rows[bar[0]]:.2f} {'ok' if value <= bar[1] * rows[bar[0]] else 'MISSED'}"
        print(f"  {name:24} {value:9.1f} µs CPU   {ratio}{verdict}")


def calls(base):
    here = ROOT / "Benchmarks/Client/python_client.py"
    for call, path, count, bars in [
        ("small", "/rest/remaining_searches/", 2000, {"Swift": ("bare libcurl", 2.5), "Python": ("pytineye", 0.6)}),
        ("search", "/rest/search/", 200, {"Python": ("pytineye", 0.45)}),
    ]:
        rows = medians({
            "bare libcurl": [TOOLS / "bare_curl", base + path, count],
            "Swift": [BUILT, base + "/rest", call, count],
            "Python": [PYTHON, here, base, call, count, "imagesearch"],
            "pytineye": [PYTHON, here, base, call, count, "pytineye"],
        })
        name = "remaining_searches" if call == "small" else "search, 100 matches x 10 backlinks"
        table(f"{name}: CPU per call", rows, "bare libcurl", bars)
        FIGURES.append((f"{name}: Python", "pytineye", rows["Python"], rows["pytineye"], "µs"))
        # The bare program reads no JSON, so it is comparable for the small response only.
        if call == "small":
            FIGURES.append((f"{name}: Swift", "bare libcurl", rows["Swift"], rows["bare libcurl"], "µs"))


def flight():
    small = {"stats": {}, "code": 200, "messages": [], "results": {"matches": []}}
    with Canned(small) as server:
        search = server.base + "/rest/search/"
        # libcurl needs time for every byte of a URL and for every timeout and callback, so the lower bound is a program that sends the
        # client's request; the shortest request that the server answers is measured as well.
        ours = search + "?limit=100&image_url=https%3A%2F%2Fimages.example%2Fa.jpg"
        rows = medians({
            "bare, shortest request": [TOOLS / "bare_curl", search, 10000, 200],
            "bare, our URL": [TOOLS / "bare_curl", ours, 10000, 200],
            "bare curl_multi": [TOOLS / "bare_curl", ours, 10000, 200, "whole"],
            "Swift": [BUILT, server.base + "/rest", "flight", 10000, 200],
            "Swift without transfers": [BUILT, server.base + "/rest", "pipeline", 10000],
        }, 3 * RUNS)
        table("10 000 requests, 200 in flight: CPU per request", rows, "bare curl_multi", {"Swift": ("bare curl_multi", 1.3)})
        FIGURES.append(("search, 200 in flight: Swift", "bare curl_multi", rows["Swift"], rows["bare curl_multi"], "µs"))
        # Malloc's arenas, one per thread, keep growing for some million requests; with a single arena a leak is visible.
        for title, environment in [("", {}), (", one arena", {"MALLOC_ARENA_MAX": "1"})]:
            grown = output(BUILT, server.base + "/rest", "growth", 1000000, 200, **environment)
            verdict = "ok" if max(grown[7:]) <= max(grown[3:7]) + 128 else "MISSED"
            print(f"\nmemory after each 100 000 of a million requests, beyond that after the first{title}: "
                  + " ".join(f"{kib:.0f}" for kib in grown) + " KiB"
                  + (f"   no growth over the last 300 000: {verdict}" if environment else ""))


def upload(base):
    with tempfile.NamedTemporaryFile(suffix=".bmp") as file:
        noisy_bitmap(file, 4200)
        size = os.path.getsize(file.name)
        peak = statistics.median(output(BUILT, base + "/rest", "upload", file.name)[0] for _ in range(RUNS))
        print(f"\nupload of {size / 2**20:.0f} MiB from a file: peak memory {peak / 1024:.1f} MiB above idle"
              f"   bar 8 MiB: {'ok' if peak <= 8192 else 'MISSED'}")


def noisy_bitmap(file, side):
    """An incompressible image within all limits: side x side pixels of noise, 3 bytes each."""
    size = 54 + side * side * 3
    file.write(b"BM" + size.to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
               + side.to_bytes(4, "little") * 2 + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(24)
               + os.urandom(side * side * 3))
    file.flush()


def alibaba_add():
    """Adding an image of 4 MB to Alibaba Cloud, compared with the vendor's SDK."""
    answer = {"Message": "success", "RequestId": "73B5133C-84EE-4F0A-B972-23CCCBFB7CD5", "Success": True, "Code": 0}
    sdk = ROOT / "Benchmarks/Client/alibaba_add.py"
    with Canned(answer) as server, tempfile.NamedTemporaryFile(suffix=".bmp") as file:
        noisy_bitmap(file, 1180)
        port = server.base.rsplit(":", 1)[1]
        runs = {"vendor's SDK": [], "Swift": []}
        for _ in range(RUNS):
            runs["vendor's SDK"].append(output(PYTHON, sdk, port, file.name, 5))
            runs["Swift"].append(output(BUILT, server.base, "add", file.name, 5))
        print(f"\nadd of an image of {os.path.getsize(file.name) / 1e6:.1f} MB to Alibaba Cloud (2019-03-25): CPU and memory per add")
        medians = {name: [statistics.median(column) for column in zip(*values)] for name, values in runs.items()}
        for name, (milliseconds, memory) in medians.items():
            print(f"  {name:24} {milliseconds:9.1f} ms CPU   {memory / 1024:6.1f} MiB beyond the image")
        FIGURES.append(("add of 4 MB to Alibaba Cloud: Swift", "vendor's SDK", 1000 * medians["Swift"][0], 1000 * medians["vendor's SDK"][0], "µs"))
        ratio = medians["vendor's SDK"][0] / medians["Swift"][0]
        print(f"  {ratio:.1f} times less CPU   bar 10: {'ok' if ratio >= 10 else 'MISSED'}; "
              f"memory bar 4 MiB: {'ok' if medians['Swift'][1] <= 4096 else 'MISSED'}")


def cancel():
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        median, most, nearly, worst = output(BUILT, f"http://127.0.0.1:{listener.getsockname()[1]}/rest", "cancel", 200)
        print(f"\ncancel of a search without an answer, 200 times: median {median:.2f} ms, 95 % {most:.2f} ms, 99 % {nearly:.2f} ms, worst {worst:.2f} ms"
              f"   bar 100 ms: {'ok' if worst <= 100 else 'MISSED'}")


def load():
    library = ROOT / "build/lib/libimagesearch.so.1"
    code = f"import ctypes, time; t = time.perf_counter(); ctypes.CDLL({str(library)!r}); print((time.perf_counter() - t) * 1000)"
    wait = statistics.median(output(sys.executable, "-c", code)[0] for _ in range(11))
    print(f"shared object: {library.resolve().stat().st_size / 1e6:.1f} MB stripped, dlopen {wait:.1f} ms (median of 11)")


def write():
    """The figures of the page's plot, docs/site/plots.py."""
    with open(ROOT / "docs/benchmarks/client.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["call", "beside", "ours", "peer", "unit"])
        for call, beside, ours, peer, unit in FIGURES:
            writer.writerow([f"{call}, beside {beside}", beside, f"{ours:.1f}", f"{peer:.1f}", f"{unit} of CPU"])


def main():
    started = time.time()
    load()
    with Canned(search_answer()) as server:
        calls(server.base)
        upload(server.base)
    alibaba_add()
    flight()
    cancel()
    if "--write" in sys.argv:
        write()
    print(f"\n{time.time() - started:.0f} s, medians of {RUNS} runs, candidates in turn")


main()
