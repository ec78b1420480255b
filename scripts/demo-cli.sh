#!/usr/bin/env bash
# The last part of the demo: the command on the same images – index, search, duplicates – and its reports in a headless browser.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build-cli.sh
work=$PWD/build/demo
for folder in "${IMAGES:-}" /usr/share/backgrounds/mate/nature "$work/drawn"; do [ -d "$folder" ] && break; done
rm -rf "$work/home" "$work"/report-*
export HOME=$work/home XDG_DATA_HOME=$work/home/data XDG_STATE_HOME=$work/home/state XDG_CACHE_HOME=$work/home/cache XDG_CONFIG_HOME=$work/home/config
mkdir -p "$HOME"
say() { printf '\n$ imagesearch %s\n' "$*"; build/bin/imagesearch "$@"; }
query=$(find "$work/altered" -name '*.jpg' | sort | head -n 1)
say index add "$folder"
say search "$query" --report "$work/report-search.html"
say duplicates "$folder" "$work/altered" --report "$work/report-duplicates.html" >"$work/duplicates.txt"
head -n 24 "$work/duplicates.txt"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ] && scripts/setup.sh chromium; then browser=chromium; fi
if [ -z "$browser" ]; then
  echo "demo: no Chromium to be had; open build/demo/report-search.html and report-duplicates.html yourself"
  exit 0
fi
for name in search duplicates; do
  "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,1400 --virtual-time-budget=5000 \
    --user-data-dir="$work/home/browser" --screenshot="$work/report-$name.png" "file://$work/report-$name.html" 2>/dev/null
  test -s "$work/report-$name.png"
done
echo
echo "reports: build/demo/report-search.html, report-duplicates.html; their screenshots beside them"
