#!/bin/sh
# Checks the types of the doubles, then tests the doubles themselves and the providers' own clients against them.
# Arguments are passed to pytest, for instance: scripts/check-doubles.sh -k tineye
set -eu
cd "$(dirname "$0")/.."
python=$(scripts/venv.sh)
(cd Tests/ProviderDoubles && "$python" -m mypy --strict tineye.py alibaba.py tmapi.py faults.py proxy.py doublekit/process.py)
MYPYPATH=Tests/ProviderDoubles "$python" -m mypy --strict --ignore-missing-imports Tests/OfficialClients/*.py
exec "$python" -m pytest -q Tests/OfficialClients "$@"
