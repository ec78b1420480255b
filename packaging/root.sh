#!/usr/bin/env bash
# Makes a fresh Debian in a folder, by debootstrap, and prints the folder: root.sh SUITE [PACKAGE ...]
# The folder is kept in build/roots and is nobody's to change: tests work on copies. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:?bookworm or trixie}
shift
[ "$(id -u)" = 0 ] || { echo "root.sh: debootstrap needs root" >&2; exit 1; }
scripts/setup.sh debootstrap >&2
name=$suite$(printf '+%s' "$@")
root=$PWD/build/roots/$name
if [ ! -e "$root/complete" ]; then
  mirror=$({ sed -n 's/^URIs: \(.*debian\)\/*$/\1/p; s/^deb \(\[.*\] \)\?\(http[^ ]*debian\)\/* .*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true; } | head -1)
  rm -rf "$root"
  mkdir -p "$root"
  list=$(IFS=,; echo "$*")
  debootstrap --variant=minbase ${list:+--include="$list"} "$suite" "$root" "${mirror:?apt has no mirror of Debian}" >"$root.log" 2>&1 || {
    tail -20 "$root.log" >&2
    exit 1
  }
  rm -rf "$root"/var/cache/apt/archives/*.deb
  date -u +%F >"$root/complete"
fi
echo "$root"
