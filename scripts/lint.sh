#!/usr/bin/env bash
# Fails on any line that the formatter would change, and on violations of the rules in CONTRIBUTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."
folders=(Sources Tests Package.swift)
for folder in Fuzz Benchmarks/Sources examples/swift CLI/Package.swift CLI/Sources; do [ -e "$folder" ] && folders+=("$folder"); done
swift format lint --strict --parallel --recursive "${folders[@]}"
fail=0
# The header is documentation, so the formatter must not reflow its comments.
command -v clang-format >/dev/null || { echo "lint: install clang-format (scripts/setup.sh clang-format)" >&2; exit 1; }
clang-format --dry-run -Werror include/*.h Tests/ABI/*.[ch] examples/c/*.c
forbid() {
  if grep -rnE --include='*.swift' "$2" Sources | grep -vE '^\S+:[0-9]+:\s*//'; then
    echo "lint: $1" >&2
    fail=1
  fi
}
forbid "Foundation is five times the size of FoundationEssentials" '^\s*(public |internal |package )?import (Foundation|FoundationNetworking)\s*$'
forbid "a trap ends the host program" '\b(fatalError|preconditionFailure|assertionFailure)\(|\btry!|\bas!'
forbid "a library is silent" '^\s*(print|debugPrint|dump)\('
if grep -rlE --include='*.swift' '^ *(@\w+ )?import (Glibc|Musl|Darwin)' Sources | grep -vE '/(Platform|RegularFile)\.swift$|/Transport/Curl/'; then
  echo "lint: the operating system is named in Platform, RegularFile and Transport/Curl alone" >&2
  fail=1
fi
scripts/check-citations.py || fail=1
# Python: generated files are up to date, and formatter and linter report nothing.
python3 scripts/generate-abi.py --check || fail=1
python3 scripts/generate-stubs.py --check || fail=1
ruff="$(scripts/venv.sh | xargs dirname)/ruff"
python_folders=(python Tests/Python Tests/CLI Tests/Server Tests/Browser Tests/Report Tests/Docs Tests/Cluster Benchmarks/Cluster examples/python scripts/cheader.py scripts/generate-abi.py scripts/generate-stubs.py)
"$ruff" format --quiet --check --diff --config python/pyproject.toml "${python_folders[@]}" || fail=1
"$ruff" check --quiet --config python/pyproject.toml "${python_folders[@]}" || fail=1
exit $fail

