#!/usr/bin/env bash
# Runs all tests, also on a fresh machine. QUICK=1 leaves out the plain build, the Swift example and the providers' own clients.
set -euo pipefail
cd "$(dirname "$0")/.."
# Announces a step. A table of the durations, which docs/quality.md shows, is printed at the end, also when a step fails.
table=() name="" began=0
step() {
  [ -z "$name" ] || table+=("$(printf '%5s s  %s' "$((SECONDS - began))" "$name")")
  name=$1 began=$SECONDS
  printf '\n== %s (%s s)\n' "$1" "$SECONDS"
}
show_times() {
  local status=$?
  [ "$status" = 0 ] || table+=("$(printf '%5s s  %s: failed' "$((SECONDS - began))" "$name")")
  printf '\n== time of each step\n'
  printf '%s\n' "${table[@]}" "$(printf '%5s s  in all, load %s' "$SECONDS" "$(cut -d' ' -f1 /proc/loadavg)")"
}
trap show_times EXIT
export IMAGESEARCH_OPTIMISED_TESTS=1
step "set-up"
scripts/setup.sh g++ valgrind python3-venv binutils clang-format doxygen libheif1 cmake abigail-tools mandoc chromium chromium-driver nginx-light zsh fish
step "lint"
scripts/lint.sh
step "Swift, with the local index"
swift build --build-tests --traits LocalIndex
# Benchmarks and fuzz targets have no tests; compiling them shows when a change breaks one.
for target in ClientBench MatchingBench Fuzzing; do IMAGESEARCH_TOOLS=1 swift build --traits LocalIndex --target "$target"; done
# Suites that measure waits get a second run without parallel tests: with a hundred others on two cores, a wait of 100 ms proves nothing.
# Tests that compute for minutes have a separate step for the same reason.
compute='ImageIndexTests|ImageMatchingTests|ImageCodecsTests'
swift test --skip-build --traits LocalIndex --skip "FaultTests|$compute" ||
  swift test --skip-build --traits LocalIndex --skip "FaultTests|$compute" --no-parallel
step "Python environment"
python=$(scripts/venv.sh)
step "codecs, matching, local index"
swift test --skip-build --traits LocalIndex --filter "$compute"
step "every fault, every service, every call"
swift test --skip-build --traits LocalIndex --filter FaultTests ||
  swift test --skip-build --traits LocalIndex --filter FaultTests --no-parallel
step "shared object and command"
scripts/build-library.sh
scripts/build-cli.sh
step "packages"
"$python" -m pytest -q Tests/Packaging
step "types"
scripts/typecheck.sh
step "C interface"
"$python" -m pytest -q Tests/ABI
step "Python binding and examples"
"$python" -m pytest -q Tests/Python
step "the server"
"$python" -m pytest -q Tests/Server
step "the command"
"$python" -m pytest -q Tests/CLI
step "the report of the command, in Chromium"
"$python" -m pytest -q Tests/Report
step "the cluster"
scripts/test-cluster.sh
step "the code blocks of README and docs"
"$python" -m pytest -q Tests/Docs
if [ -z "${QUICK:-}" ]; then
  step "the providers' own clients against the doubles"
  scripts/check-doubles.sh
  step "the Swift example as a program of its own"
  scripts/check-swift-example.sh
  step "plain build: libcurl and libcrypto alone"
  scripts/check-plain.sh --skip "FaultTests|ImageMatchingTests"
fi
step "all passed"
