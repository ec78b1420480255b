#!/bin/sh
# Creates or updates the Python environment of the tests, .venv-test in the repository's root.
# Fast when nothing has changed: the installed requirements are recorded beside it and compared.
# Further requirements files may be given as arguments. Prints the environment's python.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv="$root/.venv-test"
clients="$root/Tests/OfficialClients"
set -- "$root/Tests/Python/requirements.txt" "$root/Tests/Server/requirements.txt" "$@"
wanted=$(cat "$clients/requirements.txt" "$clients/requirements-2018.txt" "$root/Tests/Browser/requirements.txt" "$@")
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/installed.txt" 2>/dev/null || true)" = "$wanted" ]; then
  echo "$venv/bin/python"
  exit 0
fi
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv" >&2
install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2; }
set -- -r "$clients/requirements.txt" $(for file in "$@"; do printf -- '-r %s ' "$file"; done)
install "$@"
# The client of 2018 has the same name as a newer one, so it gets a separate folder, without its dependencies.
rm -rf "$venv/sdk-2018"
install --no-deps --target "$venv/sdk-2018" -r "$clients/requirements-2018.txt"
# Only the script of axe-core's package is used; the package itself depends on another browser driver.
rm -rf "$venv/axe"
install --no-deps --target "$venv/axe" -r "$root/Tests/Browser/requirements.txt"
printf '%s\n' "$wanted" >"$venv/installed.txt"
echo "$venv/bin/python"
