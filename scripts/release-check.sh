#!/usr/bin/env bash
# Everything that a release has to pass, one after the other; goes on after a failure and says at the end what failed. Hours on two cores. As root,
# because packages are tried in fresh systems. Writes dist/SHA256SUMS when nothing failed. STEPS="docs deb" runs some of it.
set -uo pipefail
cd "$(dirname "$0")/.."
. packaging/project.sh
failed=()
log=build/release-check
mkdir -p "$log" dist
step() {
  local name=$1 began=$SECONDS
  shift
  [ -z "${STEPS:-}" ] || [[ " $STEPS " == *" $name "* ]] || return 0
  if "$@" >"$log/$name.log" 2>&1; then
    printf '%-14s passed  %5s s\n' "$name" "$((SECONDS - began))"
  else
    printf '%-14s FAILED  %5s s, see %s\n' "$name" "$((SECONDS - began))" "$log/$name.log"
    failed+=("$name")
  fi
}
changelog() {
  # The newest heading is this version with a date, and not [Unreleased] with words below it.
  awk -v version="$version" '
    /^## / { if (!seen) { seen = 1; good = ($0 ~ "^## \\[" version "\\] [-–] [0-9]{4}-[0-9]{2}-[0-9]{2}$") } }
    END { exit !good }' CHANGELOG.md || { echo "CHANGELOG.md does not begin with '## [$version] - YYYY-MM-DD'"; return 1; }
}
clean_tree() { [ -z "$(git status --porcelain)" ] || { git status --short; return 1; }; }
fuzz() { SECONDS_EACH=60 make fuzz; }
step tree clean_tree
step version scripts/version.py --check
step changelog changelog
step test make test
step growth scripts/check-growth.sh
step api scripts/api-check.sh
step reproducible scripts/check-reproducible.sh
step address scripts/sanitize.sh address
step thread scripts/sanitize.sh thread
step fuzz fuzz
step durability scripts/durability.sh
step cli make cli
step dist scripts/dist.sh
step wheel scripts/wheel.sh
step manylinux make check-wheel
step deb scripts/deb.sh
step check-deb make check-deb
step docs scripts/docs.sh
if [ ${#failed[@]} -gt 0 ]; then
  echo "release-check: failed: ${failed[*]}" >&2
  exit 1
fi
if [ -z "${STEPS:-}" ]; then
  (cd dist && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >SHA256SUMS)
  cat dist/SHA256SUMS
fi
