#!/bin/sh
# Builds dist/libimagesearch-VERSION-py3-none-linux_ARCH.whl: the Python package with the shared object beside it.
# The tag is linux_ARCH and not manylinux: the object uses libcurl, libcrypto and the image libraries of the system, which
# manylinux does not promise to be there, and bundling them would make their security updates ours (docs/python.md, "Wheels").
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
library="$root/build/lib/libimagesearch.so.1"
[ -e "$library" ] || { echo "$library is missing; run make lib" >&2; exit 1; }
python=$("$root/scripts/venv.sh")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
# Built from a copy, so that neither the object nor setuptools' folders end up among the sources.
cp -R "$root/python/." "$stage"
rm -rf "$stage/build" "$stage"/*.egg-info
cp -L "$library" "$stage/imagesearch/libimagesearch.so.1"
cp "$root/LICENSE" "$stage/"
mkdir -p "$root/dist"
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$root/dist" "$stage"
ls "$root"/dist/libimagesearch-*-py3-none-linux_*.whl
