"""64 threads on two clients at once, which are closed meanwhile."""
import re
import sys

import pytest

ROUNDS = 3


@pytest.fixture(scope="session")
def double(root):
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    with DoubleProcess("tineye", settings={"max_concurrent": 64}) as process:
        yield process


def test_64_threads_search_cancel_and_close(driver, run, double, tmp_path):
    image = tmp_path / "melon.png"
    image.write_bytes(double.call("GET", "images/melon.png"))
    program = driver("storm", "-std=c11")
    told = run(program, double.url + "/rest/", tmp_path / "index", image, ROUNDS)
    answers, cancelled, closed, failures = map(int, re.findall(r"\d+", told))
    assert failures == 0 and answers > 0
    assert answers + cancelled + closed == 64 * ROUNDS
