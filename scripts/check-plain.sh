#!/usr/bin/env bash
# A plain build and test, without the trait. The products may link libcurl and libcrypto only, which is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build --build-tests --scratch-path .build-plain
for library in sqlite3 jpeg png webp gif tiff; do
  for file in .build-plain/debug/*.so .build-plain/debug/*.xctest; do
    [ -f "$file" ] || continue
    if readelf -d "$file" | grep -q "NEEDED.*lib$library"; then
      echo "check-plain: $file needs lib$library" >&2
      exit 1
    fi
  done
done
# As in test.sh: suites that measure waits get a second run without parallel tests.
swift test --scratch-path .build-plain --skip-build "$@" || swift test --scratch-path .build-plain --skip-build --no-parallel "$@"
