"""What the tests of packages share: the repository, and a way to run a command that shows what it said when it failed."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def library():
    path = pathlib.Path(os.environ.get("IMAGESEARCH_TEST_LIBRARY", ROOT / "build/lib/libimagesearch.so.1"))
    assert path.exists(), f"{path} is missing: run `make lib`"
    return path.resolve()


@pytest.fixture(scope="session")
def run():
    def run(*command, status=0, **options):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, **options)
        assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if status == 0 else done.stderr

    return run
