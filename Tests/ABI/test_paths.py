"""Paths are bytes."""


def test_paths_that_are_not_utf8(run, driver, tineye, image, tmp_path):
    assert "0 failures" in run(driver("paths"), tineye().url + "/rest/", image, tmp_path)
