#!/usr/bin/env bash
# Builds the shared object that we ship into build/lib: the Swift runtime linked in, only the header's names exported.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^#define IMAGESEARCH_VERSION "\(.*\)"$/\1/p' include/imagesearch.h)
abi=$(sed -n 's/^#define IMAGESEARCH_ABI_VERSION \(.*\)$/\1/p' include/imagesearch.h)
# --static-swift-stdlib does nothing for dynamic products (swift-package-manager issue 8198); -static-stdlib does.
swift build -c release --product CImageSearch ${IMAGESEARCH_TRAITS---traits LocalIndex} --scratch-path .build-static --disable-local-rpath \
  -Xswiftc -static-stdlib -Xlinker "--version-script=$PWD/scripts/imagesearch.map" -Xlinker "-soname=libimagesearch.so.$abi" \
  -Xlinker --gc-sections -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker nodelete -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
mkdir -p build/lib
strip --strip-unneeded -o "build/lib/libimagesearch.so.$version.new" .build-static/release/libCImageSearch.so
# Renamed into place: a program that has the old object loaded keeps it whole.
mv "build/lib/libimagesearch.so.$version.new" "build/lib/libimagesearch.so.$version"
ln -sf "libimagesearch.so.$version" "build/lib/libimagesearch.so.$abi"
ln -sf "libimagesearch.so.$abi" build/lib/libimagesearch.so
echo "build/lib/libimagesearch.so.$version: $(stat -c %s "build/lib/libimagesearch.so.$version") bytes"
