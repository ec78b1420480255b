#!/usr/bin/env bash
# A plain build and test, without the trait: nothing but libcurl and libcrypto may be needed. The headers of everything else are
# hidden from the compiler, so that it fails here and not at a user who does not have them.
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
swift test --scratch-path .build-plain --skip-build "$@"
