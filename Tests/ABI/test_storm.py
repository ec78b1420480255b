"""128 threads on two clients at once, which are closed meanwhile."""
import re

ROUNDS = 3


def test_128_threads_search_list_change_cancel_and_close(driver, run, tineye, image, tmp_path):
    told = run(driver("storm"), tineye().url + "/rest/", tmp_path / "index", image, ROUNDS)
    answers, cancelled, closed, failures = map(int, re.findall(r"\d+", told))
    assert failures == 0 and answers > 0
    assert answers + cancelled + closed == 128 * ROUNDS
