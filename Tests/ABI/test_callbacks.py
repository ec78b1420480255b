"""What callbacks may do, a queue for event loops, and pages one after the other."""

from test_collection import noise


def test_callbacks_block_reenter_free_and_stop(driver, run, tineye, image, tmp_path):
    assert "0 failures" in run(driver("callbacks"), tineye(search_seconds=0.5).url + "/rest/", tmp_path, image)


def test_operations_come_through_a_queue_and_pages_one_after_the_other(driver, run, tineye, image):
    assert "0 failures" in run(driver("queue"), tineye().url + "/rest/", image)


def test_a_list_of_searches_gives_a_result_or_an_error_for_each(driver, run, tineye, image):
    assert "0 failures" in run(driver("many"), tineye(search_seconds=0.05).url + "/rest/", image)


def test_callbacks_of_the_collection_do_anything(driver, run, tmp_path):
    assert "0 failures" in run(driver("reenter"), tmp_path, noise(tmp_path / "one.png", 1), noise(tmp_path / "other.png", 2))
