#!/bin/sh
# Fuzzes one parser under address sanitizer: scripts/fuzz.sh TARGET [SECONDS]
#
# TARGET is Fuzz/TARGET.swift; the executable target Fuzzing has them all. Seeds come from Fuzz/Corpus/TARGET, if there, and from the
# target itself. What fuzzing finds is kept in .build-fuzz/corpus/TARGET, a failing input in .build-fuzz/findings.
set -eu
cd "$(dirname "$0")/.."
target=${1:?usage: scripts/fuzz.sh TARGET [SECONDS]}
seconds=${2:-60}
[ -f "Fuzz/$target.swift" ] || { echo "no Fuzz/$target.swift; there are: $(cd Fuzz && echo *.swift)" >&2; exit 2; }
scratch=.build-fuzz
corpus=$scratch/corpus/$target
findings=$scratch/findings
mkdir -p "$corpus" "$findings"

export IMAGESEARCH_TOOLS=1
swift build -c release --scratch-path "$scratch" --traits LocalIndex --sanitize address --product Fuzzing \
  -Xswiftc -use-ld=lld -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing -Xcc -fsanitize=fuzzer-no-link

# Swift keeps weak references in tables that it points to in a form of its own, which the search for leaks does not see.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"
if [ -d "Fuzz/Corpus/$target" ]; then cp -n "Fuzz/Corpus/$target"/* "$corpus" || true; fi
# A query with its pixels is half a megabyte.
case $target in encoded-query) longest=1048576 ;; *) longest=65536 ;; esac
IMAGESEARCH_FUZZ_TARGET=$target IMAGESEARCH_FUZZ_SEEDS=$corpus "$scratch/release/Fuzzing" "$corpus" \
  -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=$longest -print_final_stats=1 \
  -artifact_prefix="$findings/$target-"
