"""64 threads on two clients at once, which are closed meanwhile."""
import re

ROUNDS = 3


def test_64_threads_search_cancel_and_close(driver, run, tineye, image, tmp_path):
    told = run(driver("storm"), tineye().url + "/rest/", tmp_path / "index", image, ROUNDS)
    answers, cancelled, closed, failures = map(int, re.findall(r"\d+", told))
    assert failures == 0 and answers > 0
    assert answers + cancelled + closed == 64 * ROUNDS
