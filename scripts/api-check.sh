#!/usr/bin/env bash
# Compares Swift's public interface with that of the commit in packaging/abi/swift-baseline. Builds both: some minutes.
# A change that is meant goes into packaging/abi/swift-allowed.txt, one line as the tool prints it.
set -euo pipefail
cd "$(dirname "$0")/.."
baseline=$(cat packaging/abi/swift-baseline)
git cat-file -e "$baseline^{commit}" 2>/dev/null || { echo "api-check: the commit $baseline is not in this clone: git fetch --unshallow" >&2; exit 1; }
allowed=()
[ ! -e packaging/abi/swift-allowed.txt ] || allowed=(--breakage-allowlist-path packaging/abi/swift-allowed.txt)
# The command does not pass traits on to its own build of the baseline, so the local index is compared where both have it in the environment.
compare() {
  swift package --scratch-path .build-api --traits LocalIndex diagnose-api-breaking-changes "$baseline" "${allowed[@]}" \
    --products ImageSearch --products ImageIndex
}
status=0
compare || status=$?
# SwiftPM of 6.3.1 now and then aborts between its builds ("deallocated with non-zero retain count"); what it has built is still there then.
[ "$status" -lt 128 ] || { status=0; compare || status=$?; }
exit "$status"
