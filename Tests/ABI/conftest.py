import os
import pathlib
import shlex
import subprocess
import sys

import pytest

from objects import ROOT, library, root  # noqa: F401


@pytest.fixture(scope="session")
def header():
    return (ROOT / "include/imagesearch.h").read_text()


@pytest.fixture(scope="session")
def run():
    def run(*command, **options):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, **options)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def driver(library, run, tmp_path_factory):
    """Compiles a C program against the header and the object; CC and CFLAGS are for the sanitizers."""
    compiler = shlex.split(os.environ.get("CC", "cc")) + shlex.split(os.environ.get("CFLAGS", ""))

    def build(name, *flags, links=True):
        out = tmp_path_factory.mktemp("driver") / name
        # By its path: that of scripts/sanitize.sh has another name.
        library_flags = [library, f"-Wl,-rpath,{library.parent}"] if links else []
        run(*compiler, "-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Werror",
            "-D_POSIX_C_SOURCE=200809L", *flags, "-I", ROOT / "include", ROOT / "Tests/ABI" / f"{name}.c", "-o", out,
            *library_flags, "-lpthread", "-ldl", "-lm")
        return out

    return build


@pytest.fixture(scope="session")
def tineye():
    """Starts doubles of TinEye, each with settings of its own."""
    sys.path.insert(0, str(ROOT / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    started = []

    def start(**settings):
        process = DoubleProcess("tineye", settings={"max_concurrent": 64, **settings})
        started.append(process)
        return process.__enter__()

    yield start
    for process in started:
        process.__exit__(None, None, None)


@pytest.fixture(scope="session")
def image(tineye, tmp_path_factory):
    """An image that the double finds."""
    path = tmp_path_factory.mktemp("image") / "melon.png"
    path.write_bytes(tineye().call("GET", "images/melon.png"))
    return path
