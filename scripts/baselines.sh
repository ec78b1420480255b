#!/usr/bin/env bash
# Rewrites the baselines of all public interfaces (packaging/abi/README.md). The frozen header of a version is written once.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
scripts/setup.sh abigail-tools >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/symbols.py
minor=${version%.*}
if [ ! -e "packaging/abi/$minor/imagesearch.h" ] || [ "${IMAGESEARCH_FREEZE:-}" = again ]; then
  # IMAGESEARCH_FREEZE=again overwrites it, for use before a version is published.
  mkdir -p "packaging/abi/$minor"
  cp include/imagesearch.h "packaging/abi/$minor/imagesearch.h"
fi
packaging/abi/stub.py "$work"
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --out-file packaging/abi/libimagesearch.abi "$work/libimagesearch.so.$abi"
PYTHONPATH=python "$(scripts/venv.sh)" scripts/python-api.py >packaging/abi/python-api.pyi
# A commit on main, because other commits may still be rebased.
{ git merge-base HEAD main 2>/dev/null || git rev-parse HEAD; } >packaging/abi/swift-baseline
git status --short packaging/abi include
