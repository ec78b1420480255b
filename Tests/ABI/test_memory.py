"""What the library leaves in the process's memory: what images needed goes back to the system, and keys are overwritten."""
import re
import sys

import pytest
from test_collection import noise


@pytest.fixture(scope="module")
def program(driver):
    return driver("memory")


@pytest.fixture(scope="module")
def index(run, driver, tineye, image, tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    run(driver("storm"), tineye().url + "/rest/", folder / "index", image, 1)
    return folder / "index"


def test_indexes_that_come_and_go(run, program, index, image):
    """Two hundred; each has threads of its own, for each of which glibc has a pool."""
    assert int(run(program, "growth", index, image)) <= 10 << 10


def test_fifty_large_images(run, program, index, image, tmp_path):
    """Of 12 megapixels."""
    large = noise(tmp_path / "large.png", 5, 3460)
    assert int(run(program, "searches", index, image, large)) <= 15 << 10


@pytest.mark.parametrize("service", ["tineye", "signature", "alibaba", "tmapi"])
def test_a_closed_client_keeps_no_key(run, program, service):
    told = run(program, "key", service, input="LCkn2K7osVwkX95K4OyQ8vTzR3mB6dWu")
    opened, closed, freed = map(int, re.findall(r": (\d+)", told))
    assert opened >= 1 and closed == 0 and freed == 0, told


@pytest.mark.parametrize("service", ["signature", "alibaba"])
def test_a_key_that_only_signs_leaves_no_copy(run, program, root, service):
    """It travels in no request, so that no text of one had it."""
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    with DoubleProcess("alibaba" if service == "alibaba" else "tineye") as double:
        told = run(program, "key", service, double.url + "/rest/", input="LCkn2K7osVwkX95K4OyQ8vTzR3mB6dWu")
    opened, closed, freed = map(int, re.findall(r": (\d+)", told))
    assert opened >= 1 and closed == 0 and freed == 0, told
