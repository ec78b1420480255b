#!/usr/bin/env bash
# Runs the tests and the C programs of Tests/ABI under the address or the thread sanitizer: scripts/sanitize.sh address|thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?address or thread}
filter=${2:-'ImageSearchTests|LocalIndexTests|PictureMatchingTests|PictureCodecsTests|FaultTests'}
case $kind in
address | thread) ;;
*)
  echo "sanitize: '$kind' is neither address nor thread" >&2
  exit 2
  ;;
esac
# What libXCTest and the Swift runtime keep until the end is not ours.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"
export TSAN_OPTIONS="halt_on_error=1:${TSAN_OPTIONS:-}"
options=(--sanitize "$kind" --scratch-path ".build-$kind" --traits LocalIndex)
swift build --build-tests "${options[@]}"
swift test --skip-build "${options[@]}" --filter "$filter"

# 64 threads through the C interface, and a program that does everything wrong.
swift build --product imagesearch "${options[@]}"
python=$(scripts/venv.sh)
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
IMAGESEARCH_TEST_LIBRARY=$PWD/.build-$kind/debug/libimagesearch.so CC=$clang CFLAGS=-fsanitize=$kind \
  "$python" -m pytest -q Tests/ABI/test_storm.py Tests/ABI/test_abuse.py -k 'not valgrind'
