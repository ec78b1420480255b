#!/usr/bin/env bash
# From a fresh clone to real matches: installs requirements, builds the object, indexes images, makes altered copies of some, and searches
# for them with the C example, the Python binding and the command.
#   IMAGES=FOLDER make demo     uses your own images instead of Debian's
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
if [ -z "${IMAGES:-}" ] && [ ! -d /usr/share/backgrounds/mate ]; then
  # Photographs are preferred to drawings, but not required.
  scripts/setup.sh mate-backgrounds || echo "demo: no photographs to be had; drawn images take their place"
fi
scripts/build-library.sh
mkdir -p build/demo
cc -std=c99 -Wall -Wextra -Wpedantic -Werror -O2 -Iinclude examples/c/find_image.c -o build/demo/find_image \
  -Lbuild/lib -limagesearch -lm "-Wl,-rpath,$PWD/build/lib"
python=python3
if ! python3 -c 'import PIL' 2>/dev/null; then
  # Pillow makes the altered copies; the library does not use it.
  if [ -x .venv-demo/bin/python ] || { python3 -m venv .venv-demo && .venv-demo/bin/pip install -q Pillow; }; then
    python=.venv-demo/bin/python
  else
    rm -rf .venv-demo
    scripts/setup.sh python3-pil
    python=/usr/bin/python3
  fi
fi
"$python" scripts/demo.py
scripts/demo-cli.sh
