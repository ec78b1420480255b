#!/usr/bin/env bash
# The command: how soon it starts, beside curl, and `duplicates` on 10 000 photographs beside czkawka's core.
#   ORIGINALS=FOLDER takes your own photographs; COUNT=1000 fewer of them
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data/index}
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
.venv-bench/bin/pip install -q --disable-pip-version-check pillow czkawka
.venv-bench/bin/python Benchmarks/CLI/bench_command.py start build/bin/imagesearch
if [ -z "${ORIGINALS:-}" ]; then
  ORIGINALS=$data/tiles
  if [ ! -e "$ORIGINALS" ]; then
    scripts/setup.sh mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04
    # shellcheck disable=SC2046 # a list of files
    .venv-bench/bin/python Benchmarks/Index/tiles.py "$ORIGINALS" $(echo /usr/share/backgrounds/*_by_*.jpg /usr/share/backgrounds/mate/nature/[!DW]*.jpg)
  fi
fi
.venv-bench/bin/python Benchmarks/CLI/bench_command.py duplicates build/bin/imagesearch "$ORIGINALS" "$data/command" --originals "${COUNT:-5200}"
