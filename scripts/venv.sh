#!/bin/sh
# Makes or updates the Python environment of the tests, .venv-test in the repository's root.
# Quick when nothing changed: the requirements that were installed are kept beside it and compared.
# Further requirements files may be given as arguments. Prints the environment's python.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv="$root/.venv-test"
python=${PYTHON:-python3}
wanted=$(cat "$root/Tests/OfficialClients/requirements.txt" "$@")
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/installed.txt" 2>/dev/null || true)" = "$wanted" ]; then
  echo "$venv/bin/python"
  exit 0
fi
if [ ! -x "$venv/bin/python" ]; then
  "$python" -m venv "$venv" >&2
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  -r "$root/Tests/OfficialClients/requirements.txt" $(for file in "$@"; do printf ' -r %s' "$file"; done) >&2
printf '%s\n' "$wanted" >"$venv/installed.txt"
echo "$venv/bin/python"
