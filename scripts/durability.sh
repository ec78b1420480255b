#!/usr/bin/env bash
# The long form of the local index's tests, built with optimization: 200 rounds of kill -9, thousands of flipped bits, ten concurrent
# processes for a minute, segments truncated under a reader, full and read-only disks, 1000 queries compared with a search of every row,
# groups of 2 000 images compared with a search of every pair, 100 000 images.
# scripts/durability.sh [FILTER]; as root also with its own file systems. Measurements are printed in lines that begin with LONG.
set -euo pipefail
cd "$(dirname "$0")/.."
filter=${1:-'ImageIndexTests.(DurabilityTests|DamageTests|ExhaustiveTests|ManyImagesTests|ReadersAndLimitsTests|GroupsTests)'}
scratch=.build-long
# Only this target, in a separate program: optimizing the tests of all targets takes a quarter of an hour.
swift build -c release --target ImageIndexTests --traits LocalIndex --scratch-path "$scratch" -Xswiftc -enable-testing
printf 'import Testing\n@main struct Runner { static func main() async { await Testing.__swiftPMEntryPoint() as Never } }\n' >"$scratch/runner.swift"
# Removes objects of sources that were moved or deleted; they would still be linked.
find -L "$scratch/release" -name '*.swift.o' -path '*.build/*' | while read -r object; do
  module=$(basename "$(dirname "$object")" .build)
  [ -n "$(find "Sources/$module" "Tests/$module" -name "$(basename "$object" .o)" -print -quit 2>/dev/null)" ] || rm "$object"
done
objects=$(find -L "$scratch/release" -path '*.build/*' -name '*.o' ! -path '*DiscoveredTests*' \
  \( -path '*/ImageIndexTests.build/*' -o ! -path '*Tests.build/*' \) ! -path '*/CImageSearch.build/*')
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")
# shellcheck disable=SC2086 # word splitting is intended
swiftc -O -parse-as-library "$scratch/runner.swift" $objects -module-name Runner \
  -Xlinker -rpath -Xlinker "$toolchain/lib/swift/linux" -Xlinker -rpath -Xlinker "$toolchain/lib/swift/linux/testing" \
  -ljpeg -lpng -lgif -ltiff -lwebp -lsqlite3 -lcurl -lcrypto -lm -o "$scratch/long-tests"
LOCAL_INDEX_LONG=1 "$scratch/long-tests" --testing-library swift-testing --no-parallel --filter "$filter"
