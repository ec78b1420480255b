#!/usr/bin/env bash
# Runs the tests of the Python package with every installed Python, from the minimum version in python/pyproject.toml on: those
# on the PATH as python3.N, and pyenv's. Arguments are passed to pytest; PYTHONS ("3.12 3.13") selects versions.
set -euo pipefail
cd "$(dirname "$0")/.."
oldest=$(sed -n 's/^requires-python = ">=3\.\([0-9]*\)"/\1/p' python/pyproject.toml)
[ -n "$oldest" ]
[ $# -gt 0 ] || set -- -q Tests/Python
tested=()
for version in ${PYTHONS:-$(seq -f "3.%g" "$oldest" 20)}; do
  minor=${version#3.}
  python=$(command -v "python3.$minor" || true)
  # pyenv has a shim for every version, which works only if that version is selected.
  if [ -z "$python" ] || ! "$python" -c "" 2>/dev/null; then
    python=$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python 2>/dev/null | tail -1)
  fi
  [ -n "$python" ] || continue
  venv=.venv-python/3.$minor
  wanted=$(cat Tests/Python/requirements.txt Tests/OfficialClients/requirements.txt)
  if [ "$(cat "$venv/installed.txt" 2>/dev/null || true)" != "$wanted" ]; then
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/OfficialClients/requirements.txt -r Tests/Python/requirements.txt
    printf '%s\n' "$wanted" >"$venv/installed.txt"
  fi
  printf '\n== %s\n' "$("$venv/bin/python" --version)"
  "$venv/bin/python" -m pytest "$@"
  tested+=("3.$minor")
done
[ "${#tested[@]}" -gt 0 ]
case " ${tested[*]} " in *" 3.$oldest "*) ;; *) echo "test-pythons: the oldest, 3.$oldest, is not installed" >&2; exit 1 ;; esac
printf '\n== tested: %s\n' "${tested[*]}"
