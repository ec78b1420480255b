#!/usr/bin/env bash
# Recall, speed and size of the local index on altered copies of photographs, beside pHash, PDQ and OpenCV's features.
#   QUERIES=120 PEERS=1 scripts/bench-index.sh     PICTURES=FOLDER takes your own photographs in place of Debian's
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data/index}
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
packages=(pillow numpy)
[ "${PEERS:-1}" = 0 ] || packages+=(imagehash pdqhash opencv-python-headless)
.venv-bench/bin/pip install -q --disable-pip-version-check "${packages[@]}"
if [ -z "${PICTURES:-}" ]; then
  scripts/setup.sh mate-backgrounds gnome-backgrounds plasma-workspace-wallpapers
  PICTURES="/usr/share/backgrounds/mate/nature /usr/share/backgrounds/gnome /usr/share/wallpapers"
fi
if [ ! -e "$data/altered/manifest.json" ]; then
  # shellcheck disable=SC2086 # a list of folders
  .venv-bench/bin/python Benchmarks/Index/tiles.py "$data/tiles" $PICTURES
  .venv-bench/bin/python Benchmarks/Index/altered_copies.py make "$data/tiles" "$data/altered" --queries "${QUERIES:-120}"
fi
peers=(--peers)
[ "${PEERS:-1}" = 0 ] && peers=()
exec .venv-bench/bin/python Benchmarks/Index/bench_index.py "$data" "${peers[@]}"
