#!/usr/bin/env bash
# Builds the shared object twice, in two folders of different names and lengths, and compares the files byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT
for folder in one "another folder"; do
  mkdir -p "$work/$folder"
  # The tracked files in their present state. SwiftPM writes nothing into this copy.
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp -p --parents -t "$work/$folder"
  (cd "$work/$folder" && scripts/build-library.sh)
done
version=$(sed -n 's/^#define IMAGESEARCH_VERSION "\(.*\)"$/\1/p' include/imagesearch.h)
sha256sum "$work"/*/build/lib/libimagesearch.so."$version"
cmp "$work/one/build/lib/libimagesearch.so.$version" "$work/another folder/build/lib/libimagesearch.so.$version"
echo "check-reproducible: the same byte for byte"
