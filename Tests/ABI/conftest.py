import pathlib
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
    """The release object; `make test` builds it first."""
    path = ROOT / "build/lib/libimagesearch.so.1"
    assert path.exists(), "build/lib/libimagesearch.so.1 is missing: run `make lib`"
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
    """Compiles a C program against the header and the release object."""

    def build(name, *flags):
        out = tmp_path_factory.mktemp("driver") / name
        run("cc", "-std=c99", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Werror",
            "-D_POSIX_C_SOURCE=200809L", *flags, "-I", ROOT / "include", ROOT / "Tests/ABI" / f"{name}.c", "-o", out,
            "-L", library.parent, "-limagesearch", "-lpthread", f"-Wl,-rpath,{library.parent}")
        return out

    return build
