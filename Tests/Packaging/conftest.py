"""Shared by the tests of packages: the repository, and running a command, with its output on failure."""

import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ABI"))
from objects import ROOT, library, root  # noqa: E402, F401


@pytest.fixture(scope="session")
def run():
    def run(*command, status=0, **options):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, **options)
        assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if status == 0 else done.stderr

    return run
