#!/usr/bin/env bash
# Groups of copies: what is found beside czkawka's core and pHash, and what it costs in a large index.
#   ORIGINALS=FOLDER takes your own photographs; GROUPS_IMAGES=1000000 scripts/bench-groups.sh measures a million synthetic rows (an hour)
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data/index}
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
.venv-bench/bin/pip install -q --disable-pip-version-check pillow numpy imagehash czkawka
if [ -z "${ORIGINALS:-}" ]; then
  ORIGINALS=$data/tiles
  if [ ! -e "$ORIGINALS" ]; then
    scripts/setup.sh mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04
    # shellcheck disable=SC2046 # a list of files
    .venv-bench/bin/python Benchmarks/Index/tiles.py "$ORIGINALS" $(echo /usr/share/backgrounds/*_by_*.jpg /usr/share/backgrounds/mate/nature/[!DW]*.jpg)
  fi
fi
PYTHONPATH=python .venv-bench/bin/python Benchmarks/Index/bench_groups.py "$ORIGINALS" "$data/groups"
for images in 20000 ${GROUPS_IMAGES:-100000}; do GROUPS_IMAGES=$images scripts/durability.sh GroupsScaleTests | grep LONG; done
