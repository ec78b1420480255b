"""Fixtures of all tests of the built object: the repository, and the object."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def library():
    """The release object, which `make test` builds first, or the one that scripts/sanitize.sh names."""
    path = pathlib.Path(os.environ.get("IMAGESEARCH_TEST_LIBRARY", ROOT / "build/lib/libimagesearch.so.1"))
    assert path.exists(), f"{path} is missing: run `make lib`"
    return path.resolve()
