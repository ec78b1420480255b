#!/usr/bin/env bash
# Builds the docs site into build/site: Swift (DocC), C (Doxygen), Python (pdoc), guides, benchmarks with plots, one start page. No tool may
# print a warning, and every internal link must resolve. To view it: python3 -m http.server -d build/site
# Needs the results of `make lib`: the object, and the modules that it was built from.
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
scripts/setup.sh doxygen >&2
modules=.build-static/release/Modules
[ -e "$modules/ImageIndex.swiftmodule" ] && [ -e "build/lib/libimagesearch.so.$abi" ] || { echo "docs: run make lib first" >&2; exit 1; }
tools=.venv-packaging
[ -x "$tools/bin/python" ] || "${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check -r packaging/requirements.txt
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
work=build/docs
site=build/site
rm -rf "$work" "$site"
mkdir -p "$work/symbols" "$site"

echo "docs: Swift"
maps=()
while IFS= read -r map; do maps+=(-Xcc "-fmodule-map-file=$PWD/$map"); done < <(
  ls Sources/*/module.modulemap Sources/*/include/module.modulemap include/module.modulemap 2>/dev/null || true
  find -L .build-static/release -name module.modulemap -path '*.build/*')
for module in ImageSearch ImageIndex; do
  "$toolchain/swift-symbolgraph-extract" -module-name "$module" -target "$(uname -m)-unknown-linux-gnu" -I "$modules" "${maps[@]}" \
    -output-dir "$work/symbols" -minimum-access-level public -skip-synthesized-members -skip-inherited-docs
done
"$tools/bin/python" docs/site/symbols.py "$work/symbols" "$work"
archives=()
for module in ImageSearch ImageIndex; do
  dependency=()
  [ "$module" = ImageSearch ] || dependency=(--enable-experimental-external-link-support --dependency "$work/ImageSearch.doccarchive")
  "$toolchain/docc" convert "docs/site/$module.docc" --additional-symbol-graph-dir "$work/$module" --output-path "$work/$module.doccarchive" \
    --fallback-display-name "$module" --fallback-bundle-identifier "imagesearch.$module" --enable-experimental-external-link-support \
    "${dependency[@]}" --no-transform-for-static-hosting --warnings-as-errors
  archives+=("$work/$module.doccarchive")
done
"$toolchain/docc" merge "${archives[@]}" --output-path "$work/Swift.doccarchive" --synthesized-landing-page-name "ImageSearch for Swift" \
  --synthesized-landing-page-kind Package
"$toolchain/docc" process-archive transform-for-static-hosting "$work/Swift.doccarchive" --output-path "$site/swift" --hosting-base-path swift

echo "docs: C"
{
  cat docs/Doxyfile
  printf 'OUTPUT_DIRECTORY = %s\nHTML_OUTPUT = c\nPROJECT_NUMBER = %s\nHTML_TIMESTAMP = NO\nSEARCHENGINE = YES\n' "$site" "$version"
} | doxygen -

echo "docs: Python"
IMAGESEARCH_LIBRARY="$PWD/build/lib/libimagesearch.so.$abi" PYTHONPATH=python "$tools/bin/python" docs/site/reference.py "$site/python" "$version"

echo "docs: guides, benchmarks, start page"
"$tools/bin/python" docs/site/pages.py "$site" "$version"

echo "docs: manual pages"
scripts/man-pages.py "$work/man3"
mkdir -p "$site/man"
scripts/setup.sh mandoc >&2
for page in "$work"/man3/imagesearch.3 "$work"/man3/imagesearch-*.3; do
  mandoc -T lint -W warning "$page"
  mandoc -T html -O 'style=../site.css,man=%N.%S.html' "$page" >"$site/man/$(basename "$page").html"
done

"$tools/bin/python" docs/site/links.py "$site"
