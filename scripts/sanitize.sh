#!/usr/bin/env bash
# Runs the tests and the C programs of Tests/ABI under the address or the thread sanitizer: scripts/sanitize.sh address|thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
kind=${1:?address or thread}
tree=$root/.build-$kind/tree
mkdir -p "$tree"
# A copy, so that nothing that is changed meanwhile disturbs a build of this length.
git ls-files -z --cached --others --exclude-standard | xargs -0 cp -pu --parents -t "$tree"
# What was moved since the last time must not be built beside its new place.
(cd "$tree" && find Sources Tests include -type f | LC_ALL=C sort) \
  | LC_ALL=C comm -13 <(git ls-files --cached --others --exclude-standard | LC_ALL=C sort) - | (cd "$tree" && xargs -r -d '\n' rm -f)
case $kind in
address)
  filter=${2:-.}
  skip=()
  ;;
thread)
  # What codecs and matching do in several threads, the tests of the local index make them do.
  filter=${2:-'ImageSearchTests|FaultTests|ImageIndexTests'}
  # It bounds memory, of which this sanitizer takes several times as much.
  skip=(--skip largeImagesAreNotHeldWhole)
  for folder in $(grep -rl --include='*.swift' 'Mutex[(<]' Sources Tests | cut -d/ -f1,2 | sort -u); do
    [ "$folder" = Tests/Sanitizers ] || cp -pu Tests/Sanitizers/Mutex.swift "$tree/$folder/"
  done
  ;;
*)
  echo "sanitize: '$kind' is neither address nor thread" >&2
  exit 2
  ;;
esac
# What libXCTest and the Swift runtime keep until the end is not ours.
# What was freed and is kept back for reports would count in the tests that bound memory, so that is a mebibyte and not 256.
export ASAN_OPTIONS="detect_leaks=0:quarantine_size_mb=1:${ASAN_OPTIONS:-}"
export TSAN_OPTIONS="halt_on_error=1:suppressions=$root/Tests/Sanitizers/thread.supp:${TSAN_OPTIONS:-}"
cd "$tree"
options=(--sanitize "$kind" --scratch-path "$root/.build-$kind" --traits LocalIndex)
swift build --build-tests "${options[@]}"
# Waits are longer than their limits here, so those tests have a second try without neighbours, as in test.sh.
swift test --skip-build "${options[@]}" --filter "$filter" "${skip[@]}" ||
  swift test --skip-build "${options[@]}" --no-parallel --filter "$filter" "${skip[@]}"

# 128 threads through the C interface, callbacks, the collection, lent bytes, and a program that does everything wrong.
swift build --product CImageSearch "${options[@]}"
python=$("$root/scripts/venv.sh")
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
# Swift's clang links its sanitizers against libdispatch.
libraries=$toolchain/lib/swift/linux
flags="-fsanitize=$kind -Wl,--no-as-needed -L$libraries -Wl,-rpath,$libraries -ldispatch -lBlocksRuntime"
IMAGESEARCH_TEST_LIBRARY=$root/.build-$kind/debug/libCImageSearch.so CC=$toolchain/bin/clang CFLAGS=$flags \
  "$python" -m pytest -q Tests/ABI/test_{storm,abuse,borrowed,callbacks,collection,paths}.py -k 'not valgrind'
