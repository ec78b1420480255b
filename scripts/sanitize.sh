#!/usr/bin/env bash
# Runs the core's tests under the address or the thread sanitizer: scripts/sanitize.sh address|thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?address or thread}
filter=${2:-'ImageSearchTests|FaultTests'}
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
options=(--sanitize "$kind" --scratch-path ".build-$kind")
swift build --build-tests "${options[@]}"
swift test --skip-build "${options[@]}" --filter "$filter"
