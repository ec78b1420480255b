#!/usr/bin/env bash
# Sizes, dlopen and import times beside pytineye's and libcurl's: bench-size.sh [ROUNDS] [--write]
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/venv.sh)
mkdir -p build/bench
cc -O2 -Wall -Wextra -o build/bench/load Benchmarks/Client/load.c -ldl
exec "$python" Benchmarks/Client/bench_size.py "$@"
