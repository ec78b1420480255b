"""A throw-away consumer builds against what `make install` lays down, through pkg-config and through CMake."""
import os
import shutil

PROGRAM = """#include <imagesearch.h>
#include <stdio.h>
int main(void) { puts(imagesearch_version()); return 0; }
"""


def test_consumers_find_the_installed_library(library, root, run, tmp_path):
    prefix = tmp_path / "prefix"
    run(root / "scripts/install.sh", env={**os.environ, "PREFIX": str(prefix)})
    (tmp_path / "main.c").write_text(PROGRAM)
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig"), "LD_LIBRARY_PATH": str(prefix / "lib")}
    flags = run("pkg-config", "--cflags", "--libs", "imagesearch", env=environment).split()
    run("cc", tmp_path / "main.c", *flags, "-o", tmp_path / "main")
    assert run(tmp_path / "main", env=environment).strip() == "1.0.0"
    if shutil.which("cmake"):
        (tmp_path / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.10)\nproject(consumer C)\nfind_package(ImageSearch 1.0 REQUIRED)\n"
            "add_executable(consumer main.c)\ntarget_link_libraries(consumer ImageSearch::ImageSearch)\n")
        run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", tmp_path / "build")
        assert run(tmp_path / "build/consumer", env=environment).strip() == "1.0.0"
