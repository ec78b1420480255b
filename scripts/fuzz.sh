#!/bin/sh
# Fuzzes one parser under address sanitizer: scripts/fuzz.sh TARGET [SECONDS]
#
# TARGET is Fuzz/TARGET.swift, one file with a function exported as LLVMFuzzerTestOneInput. The modules it imports from
# Sources/ are built instrumented, with the trait LocalIndex and with @testable allowed. A line "// sources: a.swift b.swift"
# adds files of this repository to the target, for instance the file builders of the tests. Seeds come from
# Fuzz/Corpus/TARGET, if there, and from the target itself, which may write files into the folder that
# IMAGESEARCH_FUZZ_SEEDS names when LLVMFuzzerInitialize is called. What fuzzing finds is kept in .build-fuzz/corpus/TARGET,
# a failing input in .build-fuzz/findings.
set -eu
cd "$(dirname "$0")/.."
target=${1:?usage: scripts/fuzz.sh TARGET [SECONDS]}
seconds=${2:-60}
source=Fuzz/$target.swift
[ -f "$source" ] || { echo "no $source; there are: $(cd Fuzz && echo *.swift)" >&2; exit 2; }
scratch=.build-fuzz
corpus=$scratch/corpus/$target
findings=$scratch/findings
mkdir -p "$corpus" "$findings"

modules=$(sed -n 's/^ *\(@testable \)\{0,1\}import \([A-Za-z]*\).*/\2/p' "$source" | sort -u)
for module in $modules; do
  [ -d "Sources/$module" ] && [ ! -f "Sources/$module/module.modulemap" ] || continue
  swift build -c release --scratch-path "$scratch" --traits LocalIndex --sanitize address --target "$module" \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing -Xcc -fsanitize=fuzzer-no-link
done

# Objects of test targets and programs have no place in a fuzzer, and those of files that are gone stay in a scratch folder.
objects=$(find -L "$scratch/release" -path '*.build/*' -name '*.o' ! -path '*Tests.build/*' ! -path '*DiscoveredTests*' |
  while read -r object; do
    [ -z "$(find Sources -name "$(basename "$object" .o)" -print -quit)" ] || echo "$object"
  done)
maps=$(find -L "$scratch/release" -name module.modulemap | sed 's/^/-Xcc -fmodule-map-file=/')
for folder in Sources/*/module.modulemap include/module.modulemap; do
  [ -f "$folder" ] && maps="$maps -Xcc -fmodule-map-file=$folder"
done
# Package access reaches the target only under the name that SwiftPM gave the package.
name=$(grep -oh '"-package-name","[^"]*"' "$scratch"/*.yaml | head -1 | cut -d'"' -f4)
extra=$(sed -n 's|^// sources: ||p' "$source")
# shellcheck disable=SC2086 # words are meant to be split
swiftc -O -g -parse-as-library -module-name "Fuzz_$(echo "$target" | tr - _)" -package-name "$name" \
  -sanitize=fuzzer,address -D LocalIndex -I "$scratch/release/Modules" $maps "$source" $extra $objects \
  -Xlinker --as-needed -ljpeg -lpng -lgif -ltiff -lwebp -lsqlite3 -lcurl -lcrypto -lm -o "$scratch/fuzz-$target"

if [ -d "Fuzz/Corpus/$target" ]; then cp -n "Fuzz/Corpus/$target"/* "$corpus" || true; fi
IMAGESEARCH_FUZZ_SEEDS=$corpus "$scratch/fuzz-$target" "$corpus" -max_total_time="$seconds" -timeout=20 \
  -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix="$findings/$target-"
