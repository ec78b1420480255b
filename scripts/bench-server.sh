#!/usr/bin/env bash
# The server's throughput and latency beside the bare library's in one run, and what it does with twice the load.
#   DATA=FOLDER keeps index and queries elsewhere than bench-data/server; arguments go to Benchmarks/Server/bench_server.py
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/venv.sh)
exec "$python" Benchmarks/Server/bench_server.py "${DATA:-bench-data/server}" "$@"
