#!/usr/bin/env bash
# The command: how soon it starts, beside curl, and `duplicates` on 10 000 photographs beside czkawka's core: bench-cli.sh [start|duplicates] [--write]
#   The photographs are drawn (Benchmarks/CLI/photographs.py: 20 minutes of CPU, once) and kept in bench-data.
#   ORIGINALS=FOLDER takes your own; COUNT=1000 fewer of them: of every second one two copies are made. --write writes docs/benchmarks/*.csv
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data}
what=both write=()
for word in "$@"; do
  case $word in
    start | duplicates) what=$word ;;
    --write) write=(--write) ;;
    *) sed -n 2p "$0" >&2 && exit 64 ;;
  esac
done
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
.venv-bench/bin/pip install -q --disable-pip-version-check pillow numpy czkawka
[ "$what" = duplicates ] || .venv-bench/bin/python Benchmarks/CLI/bench_command.py start build/bin/imagesearch "${write[@]}"
[ "$what" != start ] || exit 0
count=${COUNT:-5556}
if [ -z "${ORIGINALS:-}" ]; then
  ORIGINALS=$data/photographs
  # A process for each core: the threads of numpy's libraries would only be in their way.
  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv-bench/bin/python Benchmarks/CLI/photographs.py "$ORIGINALS" "$count"
fi
.venv-bench/bin/python Benchmarks/CLI/bench_command.py duplicates build/bin/imagesearch "$ORIGINALS" "$data/command" --originals "$count" "${write[@]}"
