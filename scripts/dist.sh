#!/usr/bin/env bash
# Writes dist/imagesearch-VERSION.tar.gz, the sources of the checked-out commit; reproducible byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
[ -z "$(git status --porcelain)" ] || echo "dist: what is not committed is not in it" >&2
mkdir -p dist
git archive --format=tar --prefix="imagesearch-$version/" HEAD | gzip -9n >"dist/imagesearch-$version.tar.gz.new"
mv "dist/imagesearch-$version.tar.gz.new" "dist/imagesearch-$version.tar.gz"
echo "dist/imagesearch-$version.tar.gz"
