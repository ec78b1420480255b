#!/bin/sh
# Rewrites the files of Tests/CLI/golden from the command's present output; `git diff` shows what has changed for users.
set -eu
cd "$(dirname "$0")/.."
IMAGESEARCH_RENEW=1 "$(scripts/venv.sh)" -m pytest -q Tests/CLI/test_golden.py
git status --short Tests/CLI/golden
