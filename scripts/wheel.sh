#!/bin/sh
# Builds wheels into dist/: the Python package with the shared object, and the command `imagesearch`, which pip installs beside Python.
#   wheel.sh              libimagesearch-VERSION-py3-none-linux_ARCH.whl, which uses the system's libcurl, libcrypto and image libraries. The
#                         tag is linux_ARCH and not manylinux, because manylinux does not guarantee that they are present.
#   wheel.sh manylinux    libimagesearch-VERSION-py3-none-manylinux_2_34_x86_64.whl, which contains them (docs/python.md, "Wheels")
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
library="$root/build/lib/libimagesearch.so.1"
command="$root/build/bin/imagesearch"
[ -e "$library" ] || { echo "$library is missing; run make lib" >&2; exit 1; }
[ -e "$command" ] || { echo "$command is missing; run make cli" >&2; exit 1; }
python=$("$root/scripts/venv.sh")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
# Built from a copy, so that neither the object nor setuptools' folders are left among the sources.
mkdir "$stage/package"
cp -R "$root/python/." "$stage/package"
find "$stage/package" -name __pycache__ -type d -prune -exec rm -rf {} +
rm -rf "$stage/package/build" "$stage/package"/*.egg-info
cp -L "$library" "$stage/package/imagesearch/libimagesearch.so.1"
mkdir "$stage/package/command"
cp "$command" "$stage/package/command/imagesearch"
cp "$root/LICENSE" "$root/packaging/THIRD-PARTY-NOTICES.txt" "$stage/package/"
mkdir -p "$root/dist"
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$stage/wheel" "$stage/package"
case ${1:-} in
"")
  mv "$stage"/wheel/libimagesearch-*-py3-none-linux_*.whl "$root/dist/"
  ls "$root"/dist/libimagesearch-*-py3-none-linux_*.whl
  ;;
manylinux)
  "$root/packaging/wheel/build-libraries.sh" >&2
  tools="$root/.venv-packaging"
  [ -x "$tools/bin/auditwheel" ] || "${PYTHON:-python3}" -m venv "$tools" >&2
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/packaging/requirements.txt" >&2
  made=$("$tools/bin/python" "$root/packaging/wheel/carry.py" "$stage"/wheel/*.whl "$root/build/wheel-libraries" "$root/dist")
  "$tools/bin/auditwheel" show "$made"
  echo "$made"
  ;;
*)
  echo "usage: wheel.sh [manylinux]" >&2
  exit 2
  ;;
esac
