#!/bin/sh
# Checks the types of the Python package and of the users of its public interface: tests and examples.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=$("$root/scripts/venv.sh")
cd "$root"
export MYPYPATH="python:scripts:Tests/ProviderDoubles:Tests/Python:Tests/CLI:Tests/Report:Tests/Browser:Tests/Server:Tests/Docs:Benchmarks/Index"
check() { "$python" -m mypy --strict --config-file python/pyproject.toml "$@"; }
check -p imagesearch
# Stubs take precedence over the modules that they describe, so the modules are checked without them.
bare=$(mktemp -d)
trap 'rm -rf "$bare"' EXIT
cp -R python/imagesearch "$bare"
rm "$bare"/imagesearch/*.pyi
(cd "$bare" && MYPYPATH=. "$python" -m mypy --strict --config-file "$root/python/pyproject.toml" -p imagesearch)
check Tests/Python/*.py
# Each has its own conftest.
check Tests/CLI/*.py
check Tests/Report/*.py Tests/Browser/*.py
check Tests/Server/*.py
check Tests/Docs/*.py
check Tests/Cluster/*.py
check scripts/cheader.py scripts/generate-abi.py
check scripts/generate-stubs.py
check examples/python/*.py
