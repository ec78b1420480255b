"""The errors of the Python package on unsupported systems, and its installation from a checkout."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest


def python(code, *, path, **environment):
    """Runs Python with the package at `path` and nothing else of this process's environment."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/",
                          env={"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1", **environment})


def last_line(done):
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_another_system_is_told_in_one_line(system, root):
    said = last_line(python(f"import sys; sys.platform = {system!r}; import imagesearch", path=root / "python"))
    assert said.startswith("imagesearch._library.LibraryNotLoadedError: libimagesearch has wheels for Linux with glibc only") and system in said


def test_musl_is_told_in_one_line(root):
    code = "import os\ndef confstr(name): raise ValueError('unrecognized configuration name')\nos.confstr = confstr\nimport imagesearch"
    assert "another libc (musl?)" in last_line(python(code, path=root / "python"))


def test_a_library_that_is_named_is_tried_anyway(root, library):
    code = "import os, sys\nos.confstr = lambda name: None\nimport imagesearch\nprint(imagesearch.library_path)"
    done = python(code, path=root / "python", IMAGESEARCH_LIBRARY=str(library))
    assert done.stdout.strip() == str(library), done.stderr


def test_the_packages_that_it_names_are_those_of_the_object(root, library, run):
    done = python("from imagesearch import _platform; print(*_platform.NEEDED)", path=root / "python", IMAGESEARCH_LIBRARY=str(library))
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", library)))
    promised = {name for name in needed if re.match(r"lib(c|m|dl|pthread|rt)\.so|ld-linux", name)}
    assert set(done.stdout.split()) == needed - promised


def test_missing_libraries_are_named_at_once(root, run, tmp_path):
    """An object with missing libraries: the error names the packages of the missing ones only."""
    shutil.copytree(root / "python/imagesearch", tmp_path / "imagesearch", ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    (tmp_path / "empty.c").write_text("int nothing;\n")
    run("cc", "-shared", "-fPIC", tmp_path / "empty.c", "-Wl,-soname,libwebp.so.99", "-o", tmp_path / "libwebp.so.99")
    run("cc", "-shared", "-fPIC", tmp_path / "empty.c", "-Wl,--no-as-needed", tmp_path / "libwebp.so.99", "-o",
        tmp_path / "imagesearch/libimagesearch.so.1")
    # As if the system had neither libwebp nor giflib: their names are replaced by nonexistent ones.
    text = (tmp_path / "imagesearch/_platform.py").read_text()
    (tmp_path / "imagesearch/_platform.py").write_text(text.replace('"libwebp.so.7"', '"libwebp.so.99"').replace('"libgif.so.7"', '"libgif.so.99"'))
    (tmp_path / "libwebp.so.99").unlink()
    said = python("import imagesearch", path=tmp_path).stderr
    assert "apt install libgif7 libwebp7 (" in said and "dnf install giflib libwebp." in said, said


def test_the_namesake_is_told_in_one_line(root, library, tmp_path):
    place = tmp_path / "site-packages"
    shutil.copytree(root / "python/imagesearch", place / "imagesearch", ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    environment = {"IMAGESEARCH_LIBRARY": str(library)}
    assert python("import imagesearch", path=place, **environment).stderr == ""
    (place / "libimagesearch-1.0.0.dist-info").mkdir()
    assert python("import imagesearch", path=place, **environment).stderr == ""
    (place / "imagesearch-0.3.dist-info").mkdir()
    done = python("import imagesearch", path=place, **environment)
    assert done.returncode == 0
    assert done.stderr.count("RuntimeWarning") == 1 and "is another project" in done.stderr and "pip uninstall imagesearch" in done.stderr


def build(package, folder, **environment):
    return subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", folder, package],
                          capture_output=True, text=True, env={**os.environ, **environment})


def checkout(root, folder):
    """The parts of a checkout that a build of the Python package reads."""
    shutil.copytree(root / "python", folder / "python", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info", "*.so*"))
    return folder / "python"


def test_a_checkout_with_a_built_object(root, library, tmp_path):
    package = checkout(root, tmp_path)
    (tmp_path / "build/lib").mkdir(parents=True)
    shutil.copy(library, tmp_path / "build/lib/libimagesearch.so.1")
    done = build(package, tmp_path / "wheel")
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheel").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("imagesearch/libimagesearch.so.1") == library.read_bytes()
    # The sources are unchanged.
    assert not list((package / "imagesearch").glob("*.so*"))


def test_a_checkout_with_swift_builds_the_object(root, tmp_path):
    """The build runs the script of `make lib`, which is replaced here by one that records the call."""
    package = checkout(root, tmp_path)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/build-library.sh").write_text(
        '#!/bin/sh\ncd "$(dirname "$0")/.."\nmkdir -p build/lib\necho built >build/lib/libimagesearch.so.1\n')
    (tmp_path / "scripts/build-library.sh").chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/swift").write_text("#!/bin/sh\n")
    (tmp_path / "bin/swift").chmod(0o755)
    done = build(package, tmp_path / "wheel", PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheel").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("imagesearch/libimagesearch.so.1") == b"built\n"


def test_a_checkout_without_swift_says_so(root, tmp_path):
    package = checkout(root, tmp_path)
    done = build(package, tmp_path / "wheel", PATH="/usr/bin:/bin")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "written in Swift" in said and "install Swift 6.3" in said and "Install a wheel instead" in said, said[-2000:]
