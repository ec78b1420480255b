#!/usr/bin/env bash
# What the matcher answers to copies and strangers of many kinds of images, and to AugLy's edits beside SIFT, PDQ and pHash. All is drawn or made
# here; half an hour of a core.
#   PIECES=FOLDER takes your own photographs (of 500 pixels, named SOURCE-ROW-COLUMN.jpg); SEED=7 draws other images; CSV=FOLDER writes the tables
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-bench-data/index}
seed=${SEED:-1}
[ -x .venv-bench/bin/python ] || python3 -m venv .venv-bench
.venv-bench/bin/pip install -q --disable-pip-version-check pillow numpy matplotlib augly scikit-image opencv-python-headless imagehash pdqhash faiss-cpu
scripts/setup.sh libmagic1 fonts-bebas-neue fonts-cantarell fonts-comfortaa fonts-courier-prime fonts-crosextra-carlito fonts-dancingscript fonts-ebgaramond \
  fonts-firacode fonts-freefont-ttf fonts-hack fonts-inter fonts-lato fonts-liberation fonts-linuxlibertine fonts-lobster fonts-open-sans fonts-roboto
if [ -z "${PIECES:-}" ]; then
  PIECES=$data/tiles
  if [ ! -e "$PIECES" ]; then
    scripts/setup.sh mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers
    # shellcheck disable=SC2046 # a list of files
    .venv-bench/bin/python Benchmarks/Index/tiles.py "$PIECES" $(echo /usr/share/backgrounds/*_by_*.jpg /usr/share/backgrounds/mate/nature/[!DW]*.jpg \
      /usr/share/wallpapers/{ColorfulCups,EveningGlow,FallenLeaf,OneStandsOut,Path})
  fi
fi
csv=()
if [ -n "${CSV:-}" ]; then
  mkdir -p "$CSV"
  csv=(--csv "$CSV")
fi
IMAGESEARCH_TOOLS=1 swift build -c release --traits LocalIndex --scratch-path .build-tools --product MatchingBench -Xswiftc -enable-testing
bench=.build-tools/release/MatchingBench
kinds=$data/kinds-$seed
[ -e "$kinds/manifest.json" ] || .venv-bench/bin/python Benchmarks/Index/kinds.py "$PIECES" "$kinds" --seed "$seed" --indexed "${INDEXED:-40}" --strangers "${STRANGERS:-40}" --copies "${COPIES:-8}"
.venv-bench/bin/python Benchmarks/Index/bench_kinds.py "$kinds/manifest.json" "$kinds/work" "$bench" "${csv[@]}"
[ -e "$data/augly/manifest.json" ] || .venv-bench/bin/python Benchmarks/Index/augly_copies.py make "$PIECES" "$data/augly" --compositions "${COMPOSITIONS:-100}"
.venv-bench/bin/python Benchmarks/Index/bench_kinds.py "$data/augly/manifest.json" "$data/augly/work" "$bench" > /dev/null
.venv-bench/bin/python Benchmarks/Index/augly_copies.py score "$data/augly/manifest.json" "$data/augly/work" --peers "${csv[@]}"
