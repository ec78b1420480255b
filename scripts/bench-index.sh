#!/usr/bin/env bash
# Recall, speed and size of the local index on altered copies of photographs, beside pHash, PDQ and OpenCV's features.
#   QUERIES=60 PEERS=1 scripts/bench-index.sh      IMAGES=FOLDER takes your own photographs in place of Debian's
#   SCALE=1 also searches among 1 000 to 1 000 000 images, and scans a million codes beside FAISS
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data/index}
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
packages=(pillow numpy)
[ "${PEERS:-1}" = 0 ] || packages+=(imagehash pdqhash opencv-python-headless faiss-cpu)
.venv-bench/bin/pip install -q --disable-pip-version-check "${packages[@]}"
if [ -z "${IMAGES:-}" ]; then
  # Photographs alone: most wallpapers are drawings, and many are one motif again and again.
  scripts/setup.sh mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers
  IMAGES=$(echo /usr/share/backgrounds/*_by_*.jpg /usr/share/backgrounds/mate/nature/[!DW]*.jpg \
    /usr/share/wallpapers/{ColorfulCups,EveningGlow,FallenLeaf,OneStandsOut,Path})
fi
if [ ! -e "$data/altered/manifest.json" ]; then
  # shellcheck disable=SC2086 # a list of folders
  .venv-bench/bin/python Benchmarks/Index/tiles.py "$data/tiles" $IMAGES
  .venv-bench/bin/python Benchmarks/Index/altered_copies.py make "$data/tiles" "$data/altered" --pieces --queries "${QUERIES:-60}"
fi
# It reaches into the matcher, beneath what is public.
IMAGESEARCH_TOOLS=1 swift build -c release --traits LocalIndex --scratch-path .build-tools --product MatchingBench -Xswiftc -enable-testing
peers=(--peers)
[ "${PEERS:-1}" = 0 ] && peers=()
.venv-bench/bin/python Benchmarks/Index/bench_index.py "$data" "${peers[@]}"
if [ "${SCALE:-0}" = 1 ]; then
  for count in 1000 10000 100000 1000000; do .build-tools/release/MatchingBench scale "$data/grey" "$count"; done
  .venv-bench/bin/pip install -q --disable-pip-version-check faiss-cpu
  .venv-bench/bin/python Benchmarks/Index/hamming.py
fi
