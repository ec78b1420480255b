#!/usr/bin/env bash
# Builds the Debian packages into dist/deb from the content of build/ (make lib cli): libimagesearch1, libimagesearch-dev, imagesearch,
# python3-imagesearch. Then runs lintian, which must report nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
scripts/setup.sh debhelper dh-python dpkg-dev fakeroot lintian >&2
for needed in "build/lib/libimagesearch.so.$version" build/bin/imagesearch build/man/man3; do
  [ -e "$needed" ] || { echo "deb: $needed is missing; run make lib cli" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/imagesearch-$version
mkdir -p "$tree"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  [ ! -e "$file" ] || printf '%s\0' "$file"
done | xargs -0 cp -p --parents -t "$tree"
# Only the built files of build/.
mkdir -p "$tree/build"
cp -a build/lib build/bin build/man "$tree/build/"
[ ! -e build/completions ] || cp -a build/completions "$tree/build/"
cp -R packaging/debian "$tree/debian"
python3 scripts/symbols.py --debian >"$tree/debian/libimagesearch1.symbols"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
cat >"$tree/debian/changelog" <<CHANGELOG
imagesearch ($version-1) unstable; urgency=medium

  * Version $version; what changed is in CHANGELOG.md.

 -- ImageSearch Developers <maintainers@imagesearch.example>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps >"$work/log" 2>&1) || { tail -60 "$work/log" >&2; exit 1; }
rm -rf dist/deb
mkdir -p dist/deb
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo dist/deb/
lintian --allow-root --fail-on error,warning --tag-display-limit 0 --suppress-tags initial-upload-closes-no-bugs dist/deb/*.changes
ls -l dist/deb/*.deb
