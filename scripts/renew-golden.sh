#!/bin/sh
# Writes the files of Tests/CLI/golden anew, from what the command says now; `git diff` shows what has changed for people and programs.
set -eu
cd "$(dirname "$0")/.."
IMAGESEARCH_RENEW=1 "$(scripts/venv.sh)" -m pytest -q Tests/CLI/test_golden.py
git status --short Tests/CLI/golden
