#!/usr/bin/env bash
# The local index's tests in their long form, built with optimization: 200 rounds of kill -9, thousands of turned bits, a minute of ten
# processes, segments cut under a reader, full and read-only disks, 1000 queries against a look at every row, groups of 2 000
# images against a look at every pair, 100 000 images.
# scripts/durability.sh [FILTER]; as root also with file systems of its own. What was measured is printed in lines that begin with LONG.
set -euo pipefail
cd "$(dirname "$0")/.."
filter=${1:-'ImageIndexTests.(DurabilityTests|DamageTests|ExhaustiveTests|ManyImagesTests|ReadersAndLimitsTests|GroupsTests)'}
scratch=.build-long
# This target alone, with a program around it: to optimize the tests of all targets takes a quarter of an hour.
swift build -c release --target ImageIndexTests --traits LocalIndex --scratch-path "$scratch" -Xswiftc -enable-testing
printf 'import Testing\n@main struct Runner { static func main() async { await Testing.__swiftPMEntryPoint() as Never } }\n' >"$scratch/runner.swift"
# An object of a source that was moved or taken away stays, and would be linked.
find -L "$scratch/release" -name '*.swift.o' -path '*.build/*' | while read -r object; do
  module=$(basename "$(dirname "$object")" .build)
  [ -n "$(find "Sources/$module" "Tests/$module" -name "$(basename "$object" .o)" -print -quit 2>/dev/null)" ] || rm "$object"
done
objects=$(find -L "$scratch/release" -path '*.build/*' -name '*.o' ! -path '*DiscoveredTests*' \
  \( -path '*/ImageIndexTests.build/*' -o ! -path '*Tests.build/*' \) ! -path '*/CImageSearch.build/*')
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")
# shellcheck disable=SC2086 # words are meant to be split
swiftc -O -parse-as-library "$scratch/runner.swift" $objects -module-name Runner \
  -Xlinker -rpath -Xlinker "$toolchain/lib/swift/linux" -Xlinker -rpath -Xlinker "$toolchain/lib/swift/linux/testing" \
  -ljpeg -lpng -lgif -ltiff -lwebp -lsqlite3 -lcurl -lcrypto -lm -o "$scratch/long-tests"
LOCAL_INDEX_LONG=1 "$scratch/long-tests" --testing-library swift-testing --no-parallel --filter "$filter"
