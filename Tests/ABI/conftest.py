import os
import pathlib
import shlex
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def header():
    return (ROOT / "include/imagesearch.h").read_text()


@pytest.fixture(scope="session")
def library():
    """The release object, which `make test` builds first, or the one that scripts/sanitize.sh names."""
    path = pathlib.Path(os.environ.get("IMAGESEARCH_TEST_LIBRARY", ROOT / "build/lib/libimagesearch.so.1"))
    assert path.exists(), f"{path} is missing: run `make lib`"
    return path.resolve()


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

    def build(name, *flags):
        out = tmp_path_factory.mktemp("driver") / name
        run(*compiler, "-std=c99", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Werror",
            "-D_POSIX_C_SOURCE=200809L", *flags, "-I", ROOT / "include", ROOT / "Tests/ABI" / f"{name}.c", "-o", out,
            "-L", library.parent, "-limagesearch", "-lpthread", f"-Wl,-rpath,{library.parent}")
        return out

    return build
