#!/usr/bin/env bash
# Builds the command into build/bin, its man pages into build/man/man1 and its completions into build/completions. The Swift runtime is
# linked statically; libcurl and the codecs are the system's.
set -euo pipefail
cd "$(dirname "$0")/.."
# Its requirements are those of the object; docs/decisions/0007-the-shared-object.md, "glibc 2.34".
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
mkdir -p .build-cli
"$toolchain/bin/clang" -O2 -fPIC -fvisibility=hidden -fno-builtin -c packaging/link/glibc_floor.c -o .build-cli/glibc_floor.o
swift build -c release --package-path CLI --scratch-path .build-cli --product imagesearch --disable-local-rpath \
  --static-swift-stdlib -Xlinker --gc-sections -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
  -Xlinker "$PWD/.build-cli/glibc_floor.o"
mkdir -p build/bin
strip --strip-unneeded -o build/bin/imagesearch.new .build-cli/release/imagesearch
# Renamed into place, so that a running command keeps its file.
mv build/bin/imagesearch.new build/bin/imagesearch
echo "build/bin/imagesearch: $(stat -c %s build/bin/imagesearch) bytes"
scripts/command-man-pages.py build/bin/imagesearch build/man/man1
mkdir -p build/completions
build/bin/imagesearch completions bash >build/completions/imagesearch.bash
build/bin/imagesearch completions zsh >build/completions/_imagesearch
build/bin/imagesearch completions fish >build/completions/imagesearch.fish
