#!/usr/bin/env bash
# Installs header, shared object, pkg-config file and CMake package, as PREFIX, LIBDIR and DESTDIR say.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
root=${DESTDIR:-}
version=$(sed -n 's/^#define IMAGESEARCH_VERSION "\(.*\)"$/\1/p' include/imagesearch.h)
abi=$(sed -n 's/^#define IMAGESEARCH_ABI_VERSION \(.*\)$/\1/p' include/imagesearch.h)
install -d "$root$prefix/include" "$root$libdir/pkgconfig" "$root$libdir/cmake/ImageSearch"
install -m 644 include/imagesearch.h "$root$prefix/include/"
install -m 755 "build/lib/libimagesearch.so.$version" "$root$libdir/"
ln -sf "libimagesearch.so.$version" "$root$libdir/libimagesearch.so.$abi"
ln -sf "libimagesearch.so.$abi" "$root$libdir/libimagesearch.so"
fill() { sed -e "s|@PREFIX@|$prefix|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@VERSION@|$version|g" -e "s|@ABI@|$abi|g" "$1"; }
fill scripts/packaging/imagesearch.pc.in > "$root$libdir/pkgconfig/imagesearch.pc"
fill scripts/packaging/ImageSearchConfig.cmake.in > "$root$libdir/cmake/ImageSearch/ImageSearchConfig.cmake"
fill scripts/packaging/ImageSearchConfigVersion.cmake.in > "$root$libdir/cmake/ImageSearch/ImageSearchConfigVersion.cmake"
[ -n "$root" ] || ldconfig 2>/dev/null || true
