"""No thread, no descriptor, little stack, a full disk, no memory: every call returns in time, with a result or an error that says so."""
import os
import shutil

import pytest


@pytest.mark.parametrize("what", ["threads", "descriptors", "stack", "disk", "memory"])
def test_calls_return_in_time(what, driver, run, tineye, image):
    # The program becomes nobody, who may not enter pytest's folders.
    folder = "/tmp/imagesearch-scarce-%d" % os.getpid()
    os.mkdir(folder)
    try:
        program = shutil.copy(driver("scarce"), folder)
        copy = shutil.copy(image, folder)
        run(driver("storm"), tineye().url + "/rest/", folder + "/index", image, 1)
        for name in [folder, *(os.path.join(at, n) for at, folders, files in os.walk(folder) for n in folders + files)]:
            os.chmod(name, 0o777)
        assert "0 failures" in run(program, what, tineye().url + "/rest/", folder + "/index", copy)
    finally:
        shutil.rmtree(folder)
