#!/usr/bin/env bash
# CPU, memory and latency of the client, beside pytineye and bare libcurl, on loopback: bench-client.sh [--quick] [--write]; --write writes docs/benchmarks/client.csv.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/venv.sh >/dev/null
# The Swift runtime is linked in, as it is in the shared object.
IMAGESEARCH_TOOLS=1 swift build -c release --scratch-path .build-tools --product ClientBench --static-swift-stdlib
mkdir -p build/bench
cc -O2 -Wall -Wextra -o build/bench/canned_server Benchmarks/Client/canned_server.c
cc -O2 -Wall -Wextra -o build/bench/bare_curl Benchmarks/Client/bare_curl.c $(pkg-config --cflags --libs libcurl)
exec python3 Benchmarks/Client/bench_client.py "$@"
