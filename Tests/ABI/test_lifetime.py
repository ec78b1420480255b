"""A process may unload the library, exit and fork whatever runs: IMAGESEARCH_ROUNDS=500 for the bar, 40 in `make test`."""
import concurrent.futures
import os
import queue
import shutil
import subprocess

import pytest

ROUNDS = int(os.environ.get("IMAGESEARCH_ROUNDS", 40))
AT_ONCE = 4


@pytest.fixture(scope="module")
def indexes(run, driver, tineye, image, tmp_path_factory):
    """Indexes with some images in them, one for each of the programs that run at once."""
    folder = tmp_path_factory.mktemp("lifetime")
    run(driver("storm"), tineye().url + "/rest/", folder / "0", image, 1)
    for i in range(1, AT_ONCE):
        shutil.copytree(folder / "0", folder / str(i))
    return [folder / str(i) for i in range(AT_ONCE)]


def rounds(program, how, where, indexes, image):
    """Runs the program again and again, several at once, and gives what went wrong."""
    free = queue.SimpleQueue()
    for index in indexes:
        free.put(index)

    def once(_):
        index = free.get()
        command = [str(a) for a in (program, how, where, index, image)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        free.put(index)
        return "" if done.returncode == 0 and not done.stderr else f"{done.returncode}\n{done.stdout}\n{done.stderr}"

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return [told for told in pool.map(once, range(ROUNDS)) if told]


def test_the_library_is_loaded_used_and_unloaded(driver, library, indexes, image):
    assert rounds(driver("lifetime", "-DWITHOUT_LIBRARY", links=False), "dl", library, indexes, image) == []


@pytest.mark.parametrize("how", ["exit", "callback", "thread"])
def test_a_process_exits_while_calls_run(how, driver, tineye, indexes, image):
    assert rounds(driver("lifetime"), how, tineye(search_seconds=0.02).url + "/rest/", indexes, image) == []


def test_a_child_is_refused_and_may_free(driver, run, tineye, indexes, image):
    assert "0 failures" in run(driver("lifetime"), "fork", tineye().url + "/rest/", indexes[0], image)
