#!/usr/bin/env bash
# Runs Tests/Cluster (or the given tests) on a Ray cluster on this machine, in a separate environment, .venv-cluster. If the system
# permits it, in a network namespace with only the loopback interface, because Ray contacts the network when it starts.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv-cluster
wanted=$(cat Tests/Cluster/requirements.txt)
if [ ! -x "$venv/bin/python" ] || [ "$(cat "$venv/installed.txt" 2>/dev/null || true)" != "$wanted" ]; then
  [ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/Cluster/requirements.txt; then
    echo "cluster: SKIPPED, ray cannot be installed here (Tests/Cluster/requirements.txt)" >&2
    exit 0
  fi
  printf '%s\n' "$wanted" >"$venv/installed.txt"
fi
# Paths of sockets must be short, so this is directly below /tmp.
home=$(mktemp -d /tmp/isc.XXXXXX)
trap 'rm -rf "$home"' EXIT
export RAY_TMPDIR="$home" HOME="$home" TMPDIR="$home" RAY_USAGE_STATS_ENABLED=0 RAY_AUTH_MODE=disabled NO_PROXY='*' RAY_DATA_DISABLE_PROGRESS_BARS=1
export PYTHONPATH="$PWD/python${PYTHONPATH:+:$PYTHONPATH}"
[ $# -gt 0 ] || set -- -m pytest -q Tests/Cluster
if unshare -rn true 2>/dev/null; then
  unshare -rn sh -c 'ip link set lo up && exec "$@"' sh "$venv/bin/python" "$@"
elif unshare -n true 2>/dev/null; then
  unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$venv/bin/python" "$@"
else
  "$venv/bin/python" "$@"
fi
