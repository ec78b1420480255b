"""Bytes that a blocking call was given are the caller's again when it has returned, though a codec may still be at work behind it."""
import sys

import pytest
from test_collection import noise


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """25 megapixels: more than Alibaba Cloud takes, and long enough in decoding for every deadline of the program."""
    return noise(tmp_path_factory.mktemp("large") / "large.png", 3, 5000)


@pytest.fixture(scope="module")
def program(driver):
    return driver("borrowed")


@pytest.fixture
def double(root):
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    started = []

    def start(name, **settings):
        process = DoubleProcess(name, settings=settings)
        started.append(process)
        return process.__enter__()

    yield start
    for process in started:
        process.__exit__(None, None, None)


def test_of_a_local_index(run, program, large, tmp_path):
    assert "0 failures" in run(program, "local", tmp_path / "index", large)


def test_of_an_upload_that_nobody_takes(run, program, large, double):
    silent = double("faults").hello["silent_port"]
    assert "0 failures" in run(program, "web", f"http://127.0.0.1:{silent}/rest/", large)


def test_of_an_image_that_is_prepared(run, program, large, double):
    assert "0 failures" in run(program, "prepared", double("alibaba").url, large)
