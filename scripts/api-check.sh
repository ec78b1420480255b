#!/usr/bin/env bash
# Compares Swift's public interface with that of the commit in packaging/abi/swift-baseline. Builds both: some minutes.
# An intended change is listed in packaging/abi/swift-allowed.txt, in one line as the tool prints it.
set -euo pipefail
cd "$(dirname "$0")/.."
baseline=$(cat packaging/abi/swift-baseline)
git cat-file -e "$baseline^{commit}" 2>/dev/null || { echo "api-check: the commit $baseline is not in this clone: git fetch --unshallow" >&2; exit 1; }
allowed=()
[ ! -e packaging/abi/swift-allowed.txt ] || allowed=(--breakage-allowlist-path packaging/abi/swift-allowed.txt)
# The command does not pass traits to its build of the baseline, so both builds enable the local index through the environment.
compare() {
  swift package --scratch-path .build-api --traits LocalIndex diagnose-api-breaking-changes "$baseline" "${allowed[@]}" \
    --products ImageSearch --products ImageIndex
}
status=0
compare || status=$?
# SwiftPM of 6.3.1 sometimes aborts between its builds ("deallocated with non-zero retain count"); the finished builds are kept.
[ "$status" -lt 128 ] || { status=0; compare || status=$?; }
exit "$status"
