"""Finding and loading the library: the search order, and errors that list the attempts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import header
import pytest

import imagesearch

PACKAGE = header.ROOT / "python" / "imagesearch"
SHOW = "import imagesearch; print(imagesearch.library_path)"


def run(code: str, path: Path, library: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs Python with the package at `path` and nothing of this process's environment."""
    environment: dict[str, str] = {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    if library is not None:
        environment["IMAGESEARCH_LIBRARY"] = library
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd="/")


def copy_package(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "imagesearch", ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    return folder


def compile_library(folder: Path, name: str, text: str) -> Path:
    file = folder / (name + ".c")
    file.write_text(text, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", str(file), "-o", str(folder / name)], check=True)
    return folder / name


def test_the_environment_variable_comes_first(tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.so"
    shutil.copy(imagesearch.library_path, other)
    result = run(SHOW, PACKAGE.parent, str(other))
    assert result.stdout.strip() == str(other), result.stderr


def test_a_missing_file_in_the_environment_variable_is_not_replaced_by_another(tmp_path: Path) -> None:
    result = run(SHOW, PACKAGE.parent, str(tmp_path / "none.so"))
    assert result.returncode != 0
    assert "LibraryNotLoadedError" in result.stderr and str(tmp_path / "none.so") in result.stderr
    assert "no such file" in result.stderr and "build folder" not in result.stderr


def test_beside_the_package(tmp_path: Path) -> None:
    path = copy_package(tmp_path)
    shutil.copy(imagesearch.library_path, path / "imagesearch" / "libimagesearch.so.1")
    assert run(SHOW, path).stdout.strip() == str(path / "imagesearch" / "libimagesearch.so.1")


def test_the_build_folder_of_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "include").mkdir()
    (tmp_path / "build" / "lib").mkdir(parents=True)
    path = copy_package(tmp_path / "python")
    built = tmp_path / "build" / "lib" / "libimagesearch.so.1"
    shutil.copy(imagesearch.library_path, built)
    outside = run(SHOW, path)
    assert str(built) not in outside.stdout + outside.stderr, "no header, so this is no checkout"
    shutil.copy(header.HEADER, tmp_path / "include")
    assert run(SHOW, path).stdout.strip() == str(built)


def test_the_error_lists_every_path(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "include").mkdir()
    shutil.copy(header.HEADER, tmp_path / "include")
    path = copy_package(tmp_path / "python")

    result = run(SHOW, path)
    if result.returncode == 0:
        pytest.fail("a libimagesearch.so.1 is installed in the system: %s" % result.stdout)
    expected: list[str] = [
        str(path / "imagesearch" / "libimagesearch.so.1") + " (beside the package): no such file",
        str(tmp_path / "build" / "lib" / "libimagesearch.so.1") + " (build folder): no such file",
        "libimagesearch.so.1 (system): ",
        "make lib",
        "IMAGESEARCH_LIBRARY",
    ]
    for line in expected:
        assert line in result.stderr


@pytest.mark.parametrize(
    "source, words",
    [
        ("int imagesearch_abi_version(void) { return 99; }", "its ABI number is 99, this package needs 1"),
        ("int something_else(void) { return 0; }", "not libimagesearch"),
        ("int imagesearch_abi_version(void) { return 1; }", "older than this package"),
    ],
)
def test_wrong_libraries(tmp_path: Path, source: str, words: str) -> None:
    library = compile_library(tmp_path, "wrong.so", source)
    result = run(SHOW, PACKAGE.parent, str(library))
    assert result.returncode != 0
    assert words in result.stderr and str(library) in result.stderr


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    file = tmp_path / "text.so"
    file.write_text("no library")
    result = run(SHOW, PACKAGE.parent, str(file))
    assert "invalid ELF header" in result.stderr or "file too short" in result.stderr


def test_it_is_an_import_error() -> None:
    assert issubclass(imagesearch.LibraryNotLoadedError, ImportError)
    assert os.path.exists(imagesearch.library_path)
