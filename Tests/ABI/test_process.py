"""What the library does to its process: how it ends, its threads, descriptors and memory."""
import os
import re
import subprocess
import sys

import pytest

# scripts/test.sh takes a few rounds; IMAGESEARCH_EXIT_ROUNDS=500 is the bar.
ROUNDS = int(os.environ.get("IMAGESEARCH_EXIT_ROUNDS", "40"))


@pytest.fixture(scope="module")
def double(root):
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    with DoubleProcess("tineye", settings={"max_concurrent": 64}) as process:
        yield process


@pytest.fixture(scope="module")
def secure(root):
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    with DoubleProcess("tineye", settings={"max_concurrent": 64}, tls=True) as process:
        yield process


@pytest.fixture(scope="module")
def program(driver):
    return driver("process", "-std=gnu99")


@pytest.fixture(scope="module")
def image(double, tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "melon.png"
    path.write_bytes(double.call("GET", "images/melon.png"))
    return path


@pytest.mark.parametrize("how", ["main", "completion", "thread"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_process_ends_while_calls_run(program, double, secure, image, how, scheme):
    """Return from main, exit in a completion, exit in another thread: OpenSSL's clean-up meets nobody."""
    base = double.url if scheme == "http" else secure.tls_url
    environment = dict(os.environ, CURL_CA_BUNDLE=str(secure.ca_file))
    bad = []
    for number in range(max(1, ROUNDS // 6)):
        delay = (number * 1777) % 20000
        command = [str(program), "exit", how, base + "/rest/", str(image), str(delay)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
        if done.returncode != 0:
            bad.append((delay, done.returncode, done.stderr[-300:]))
    assert bad == []


def test_two_hundred_clients(run, program, double):
    told = run(program, "many", double.url + "/rest/")
    lines = told.splitlines()
    assert lines[0] == "transfer threads after the last client: 0", told
    opened, asked = (list(map(int, re.findall(r"\d+", line))) for line in lines[1:3])
    assert opened[0] == 1 and opened[1] <= 20 and opened[2] <= 20, told
    # A connection for each that has asked.
    assert asked[0] == 1 and asked[1] <= 20 and asked[2] <= 220, told
    assert lines[3] == "freed: 0 transfer threads, 0 descriptors more", told


def test_opening_and_freeing_leaves_little(run, program, double, image):
    assert int(run(program, "growth", double.url + "/rest/", image)) <= 10 << 10


def test_no_descriptor_passes_to_a_child(run, program, double):
    assert run(program, "children", double.url + "/rest/") == "0\n"


@pytest.mark.skipif(os.getuid() != 0, reason="needs a user whose number of threads can be limited")
def test_no_thread_to_be_had(run, program, double):
    told = run(program, "threads", double.url + "/rest/", 1)
    # The threads that a call needs were made when the first client opened; the address is a number and needs none.
    assert told.splitlines()[0] == "opened before: ok in time", told
    assert "late" not in told and len(told.splitlines()) == 2, told


@pytest.mark.skipif(os.getuid() != 0, reason="needs a user whose number of threads can be limited")
def test_no_thread_from_the_beginning(run, program, double):
    told = run(program, "threads", double.url + "/rest/", 0)
    assert "late" not in told and told.startswith("open: "), told


def test_no_descriptor_to_be_had(run, program, double):
    told = run(program, "descriptors", double.url + "/rest/")
    assert "late" not in told
    assert "opened before: outOfMemory in time" in told, told
    assert "descriptors again: ok in time" in told, told


def test_a_name_that_is_looked_up_for_ever(root, run, program, double, tmp_path):
    preload = tmp_path / "slow_name.so"
    run("cc", "-shared", "-fPIC", "-o", preload, root / "Tests/ABI/slow_name.c", "-ldl")
    told = run(program, "names", double.url + "/rest/", env=dict(os.environ, LD_PRELOAD=str(preload)))
    assert re.search(r"slow name: \w+ in time", told), told
    assert "the other client waited for nobody" in told, told
