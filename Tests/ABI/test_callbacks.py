"""What callbacks may do, a queue for event loops, and pages one after the other."""


def test_callbacks_block_reenter_free_and_stop(driver, run, tineye, image, tmp_path):
    assert "0 failures" in run(driver("callbacks"), tineye(search_seconds=0.5).url + "/rest/", tmp_path, image)


def test_operations_come_through_a_queue_and_pages_one_after_the_other(driver, run, tineye, image):
    assert "0 failures" in run(driver("queue"), tineye().url + "/rest/", image)
