"""Stability of the interfaces: the header and its baseline, clients of other versions with the object, the Python package."""

import difflib
import os
import re
import subprocess
import sys

import pytest

FROZEN = "packaging/abi/1.0/imagesearch.h"


@pytest.fixture(scope="module")
def images(root, tmp_path_factory):
    """An image and a smaller copy of it."""
    sys.path.insert(0, str(root / "Tests/Python"))
    from scenes import scene

    folder = tmp_path_factory.mktemp("images")
    (folder / "original.png").write_bytes(scene(1))
    (folder / "copy.png").write_bytes(scene(1, width=200, height=150))
    return folder / "original.png", folder / "copy.png"


def stub(root, run, folder, header):
    """A C object with the header's functions and types."""
    (folder / "include").mkdir(parents=True)
    (folder / "include/imagesearch.h").write_text(header)
    run(root / "packaging/abi/stub.py", folder, folder / "include/imagesearch.h")
    return folder / "libimagesearch.so.1"


def abidiff(root, folder, older, newer):
    """Returns the status of abidiff, 0 for compatible, and its output."""
    done = subprocess.run(["abidiff", "--harmless", "--no-added-syms", "--suppressions", folder / "suppressions.ini", older, newer], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_header_keeps_its_promise(root, run, tmp_path):
    header = (root / "include/imagesearch.h").read_text()
    object_file = stub(root, run, tmp_path / "now", header)
    status, said = abidiff(root, tmp_path / "now", root / "packaging/abi/libimagesearch.abi", object_file)
    assert status == 0, said


def test_what_may_change_and_what_not(root, run, tmp_path):
    """The check itself: it accepts fields at the end of a sized struct and new functions, and nothing else."""
    header = (root / "include/imagesearch.h").read_text()
    fixed = re.search(r"typedef struct (imagesearch_(?:detail|backlink|parameter)) \{(?:(?!\}).)*\} \1;", header, re.S)
    changes = {
        "grown": (run(root / "packaging/abi/grow.py"), True),
        "function": (header.replace("#ifdef __cplusplus\n}", "IMAGESEARCH_API int32_t imagesearch_later(void);\n#ifdef __cplusplus\n}", 1), True),
        "type": (header.replace("  double confidence;", "  float confidence;", 1), False),
        "moved": (header.replace("  size_t struct_size;\n", "  size_t struct_size;\n  double early;\n", 1), False),
        "parameter": (header.replace("imagesearch_page_match(const imagesearch_page *page, size_t index)",
                                     "imagesearch_page_match(const imagesearch_page *page, int64_t index)"), False),
        "removed": (header.replace("IMAGESEARCH_API const char *imagesearch_version(void);", ""), False),
        "fixed": (header.replace(fixed[0], fixed[0].replace("} " + fixed[1], "  double later;\n} " + fixed[1])), False),
    }
    for name, (changed, passes) in changes.items():
        assert changed != header, name
        object_file = stub(root, run, tmp_path / name, changed)
        status, said = abidiff(root, tmp_path / name, root / "packaging/abi/libimagesearch.abi", object_file)
        assert (status == 0) == passes, f"{name}: {said}"


def test_each_function_has_its_version(root, library, run):
    """include/symbols-in-versions, the header and the shipped object name the same functions."""
    run(root / "scripts/symbols.py", "--check")
    lines = (root / "include/symbols-in-versions").read_text().splitlines()
    listed = dict(line.split() for line in lines if line and not line.startswith("#"))
    assert list(listed) == sorted(listed) and all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in listed.values())
    exported = {name.split("@")[0] for name in run("nm", "-D", "--defined-only", "--with-symbol-versions", library).split()
                if name.startswith("imagesearch_")}
    assert exported == listed.keys(), exported ^ listed.keys()


def compile_client(root, run, folder, include, *flags):
    run("cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *flags, "-I", include, root / "Tests/Packaging/client.c", "-L",
        root / "build/lib", "-limagesearch", "-o", folder / "client")
    return folder / "client"


def test_a_client_of_the_frozen_header_runs(root, library, run, images, tmp_path):
    client = compile_client(root, run, tmp_path, (root / FROZEN).parent)
    environment = {**os.environ, "LD_LIBRARY_PATH": str(library.parent)}
    assert run(client, tmp_path / "index", *images, env=environment) == "compatible\n"


def test_a_client_of_a_later_header_runs(root, library, run, images, tmp_path):
    """Its structs are larger than the object's; unknown result fields read as zero, and unknown options that are set are refused."""
    (tmp_path / "include").mkdir()
    (tmp_path / "include/imagesearch.h").write_text(run(root / "packaging/abi/grow.py"))
    client = compile_client(root, run, tmp_path, tmp_path / "include", "-DGROWN")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(library.parent)}
    assert run(client, tmp_path / "index", *images, env=environment) == "compatible\n"


def test_the_frozen_header_is_what_was_frozen(root, run, tmp_path):
    """It is never rewritten: it is the header of the baseline, or an older one that the baseline is compatible with."""
    object_file = stub(root, run, tmp_path / "frozen", (root / FROZEN).read_text())
    run("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--out-file", tmp_path / "frozen.abi", object_file)
    status, said = abidiff(root, tmp_path / "frozen", tmp_path / "frozen.abi", root / "packaging/abi/libimagesearch.abi")
    assert status == 0, said


def test_the_python_package_keeps_its_names(root, library, run):
    """A difference is accepted by `make baselines`, and is then part of the commit."""
    environment = {**os.environ, "PYTHONPATH": str(root / "python"), "IMAGESEARCH_LIBRARY": str(library)}
    now = run(sys.executable, root / "scripts/python-api.py", env=environment)
    promised = (root / "packaging/abi/python-api.pyi").read_text()
    difference = list(difflib.unified_diff(promised.splitlines(), now.splitlines(), "promised", "now", lineterm="", n=1))
    assert not difference, "\n".join(difference[:60])
