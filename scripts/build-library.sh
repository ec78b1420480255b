#!/usr/bin/env bash
# Builds the shared object for distribution into build/lib, with the Swift runtime linked statically; only the header's names are exported.
# docs/decisions/0007-the-shared-object.md has the reason for each flag. IMAGESEARCH_OBJECT_FOLDER replaces build/lib.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^#define IMAGESEARCH_VERSION "\(.*\)"$/\1/p' include/imagesearch.h)
abi=$(sed -n 's/^#define IMAGESEARCH_ABI_VERSION \(.*\)$/\1/p' include/imagesearch.h)
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
target=${IMAGESEARCH_OBJECT_FOLDER:-build/lib}
scratch=.build-static
export IMAGESEARCH_LINK_FOLDER=$PWD/$scratch/sealed IMAGESEARCH_LLD=$toolchain/bin/ld.lld
mkdir -p "$target" "$scratch"
# Not _FORTIFY_SOURCE: it gives functions of glibc inline bodies in headers, which differ between the clang modules that Swift imports.
hardening=(-fstack-protector-strong)
[ "$(uname -m)" != x86_64 ] || hardening+=(-fcf-protection=full)
[ "$(uname -m)" != aarch64 ] || hardening+=(-mbranch-protection=standard)
"$toolchain/bin/clang" -O2 -fPIC -fvisibility=hidden -fno-builtin "${hardening[@]}" -ffile-prefix-map="$PWD=." \
  -c packaging/link/glibc_floor.c -o "$scratch/glibc_floor.o"

flags=(-Xswiftc -static-stdlib -Xswiftc -use-ld=lld -Xswiftc "-ld-path=$PWD/packaging/link/ld-sealed"
  -Xswiftc -Xfrontend -Xswiftc -enable-stack-protector
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=.")
for flag in "${hardening[@]}"; do flags+=(-Xcc "$flag"); done
for flag in "--version-script=$PWD/scripts/imagesearch.map" "-soname=libimagesearch.so.$abi" --gc-sections --icf=safe -O2 \
  --strip-debug --build-id=sha1 -z defs -z nodelete -z relro -z now -z noexecstack "$PWD/$scratch/glibc_floor.o"; do
  flags+=(-Xlinker "$flag")
done
# --static-swift-stdlib does nothing for dynamic products (swift-package-manager issue 8198); -static-stdlib does.
swift build -c release --product CImageSearch ${IMAGESEARCH_TRAITS---traits LocalIndex} --scratch-path "$scratch" --disable-local-rpath \
  "${flags[@]}"
"$toolchain/bin/llvm-objcopy" --strip-unneeded --remove-section .comment "$scratch/release/libCImageSearch.so" \
  "$target/libimagesearch.so.$version.new"
# Renamed into place, so that a program that has the old object loaded keeps an intact file.
mv "$target/libimagesearch.so.$version.new" "$target/libimagesearch.so.$version"
ln -sf "libimagesearch.so.$version" "$target/libimagesearch.so.$abi"
ln -sf "libimagesearch.so.$abi" "$target/libimagesearch.so"
echo "$target/libimagesearch.so.$version: $(stat -c %s "$target/libimagesearch.so.$version") bytes"
scripts/man-pages.py
