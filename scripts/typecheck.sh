#!/bin/sh
# Checks the types of the Python package and of what uses its public surface: tests and examples.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=$("$root/scripts/venv.sh")
cd "$root"
export MYPYPATH="python:scripts:Tests/ProviderDoubles:Tests/Python"
check() { "$python" -m mypy --strict --config-file python/pyproject.toml "$@"; }
check -p imagesearch
check Tests/Python/*.py
check scripts/cheader.py scripts/generate-abi.py
check examples/python/*.py
