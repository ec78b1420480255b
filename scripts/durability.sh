#!/usr/bin/env bash
# The local index's tests in their long form, built with optimization: 200 rounds of kill -9, thousands of turned bits, a minute of ten
# processes, segments cut under a reader, full and read-only disks, 1000 queries against a look at every row, 100 000 pictures.
# scripts/durability.sh [FILTER]; as root also with file systems of its own. What was measured is printed in lines that begin with LONG.
set -euo pipefail
cd "$(dirname "$0")/.."
filter=${1:-'LocalIndexTests.(DurabilityTests|DamageTests|ExhaustiveTests|ManyPicturesTests|ReadersAndLimitsTests)'}
options=(-c release --traits LocalIndex --scratch-path .build-long -Xswiftc -enable-testing)
swift build --build-tests "${options[@]}"
LOCAL_INDEX_LONG=1 swift test --skip-build "${options[@]}" --no-parallel --filter "$filter"
