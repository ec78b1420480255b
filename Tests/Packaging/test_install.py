"""`make install`: test consumers build against it through pkg-config, CMake and plain cc, and uninstalling removes it."""

import os
import stat

import pytest

PROGRAM = """#include <imagesearch.h>
#include <stdio.h>
int main(void) { puts(imagesearch_version()); return !IMAGESEARCH_VERSION_AT_LEAST(1, 0, 0); }
"""
#: As sudo sets it: no Swift, no pyenv, and nothing else of the environment.
BARE = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def version(root):
    header = (root / "include/imagesearch.h").read_text()
    return header.split('#define IMAGESEARCH_VERSION "')[1].split('"')[0]


def install(root, run, prefix, target="install", **variables):
    # A dollar sign is doubled for make, as on a command line.
    settings = [f"{name}={str(value).replace('$', '$$')}" for name, value in {"PREFIX": prefix, **variables}.items()]
    return run("make", "-s", "-C", root, target, *settings, env=BARE)


@pytest.fixture(scope="module")
def prefix(library, root, run, tmp_path_factory):
    """An installed tree."""
    prefix = tmp_path_factory.mktemp("installed") / "prefix"
    install(root, run, prefix)
    return prefix


def consume(prefix, folder, run, version):
    """Builds the program by pkg-config, CMake (C and C++) and plain cc, and runs each."""
    folder.mkdir()
    library = prefix / "lib"
    environment = {**BARE, "PKG_CONFIG_PATH": str(library / "pkgconfig"), "LD_LIBRARY_PATH": str(library)}
    (folder / "main.c").write_text(PROGRAM)
    (folder / "main.cpp").write_text(PROGRAM)

    flags = run("pkg-config", "--cflags", "--libs", "imagesearch", env=environment)
    run("sh", "-c", f"cc main.c {flags.strip()} -o by-pkg-config", cwd=folder, env=environment)
    assert run(folder / "by-pkg-config", env=environment).strip() == version
    assert run("pkg-config", "--modversion", "imagesearch", env=environment).strip() == version

    run("cc", "main.c", "-I", prefix / "include", "-L", library, "-limagesearch", "-o", "by-cc", cwd=folder)
    assert run(folder / "by-cc", env=environment).strip() == version

    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.10)\nproject(consumer C CXX)\nfind_package(ImageSearch 1.0 REQUIRED)\n"
        "add_executable(in-c main.c)\ntarget_link_libraries(in-c ImageSearch::ImageSearch)\n"
        "add_executable(in-cxx main.cpp)\ntarget_link_libraries(in-cxx ImageSearch::ImageSearch)\n"
    )
    run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", env=BARE)
    run("cmake", "--build", folder / "build", env=BARE)
    for name in ("in-c", "in-cxx"):
        # CMake writes the folder of the library into its binaries.
        assert run(folder / "build" / name, env=BARE).strip() == version


def test_consumers(prefix, run, tmp_path, version):
    consume(prefix, tmp_path / "consumer", run, version)


def test_consumers_of_a_moved_tree(prefix, root, run, tmp_path, version):
    install(root, run, tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "second place")
    consume(tmp_path / "second place", tmp_path / "consumer", run, version)
    for path in (tmp_path / "second place").rglob("*"):
        if path.is_file() and path.suffix in (".pc", ".cmake"):
            assert str(tmp_path) not in path.read_text()


@pytest.mark.parametrize("name, by_pkg_config", [("with space&", True), ("say \"x\" & 'y'", True), ("c|d(e) 5$ #1;", False)])
def test_an_awkward_prefix(name, by_pkg_config, root, run, tmp_path, version):
    """Spaces, quotes, & and other special characters of a shell, sed or make; pkg-config itself does not escape | and $."""
    prefix = tmp_path / name
    install(root, run, prefix)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    folder = tmp_path / "consumer"
    folder.mkdir()
    (folder / "main.c").write_text(PROGRAM)
    run("cc", "main.c", "-I", prefix / "include", "-L", prefix / "lib", "-limagesearch", "-o", "by-cc", cwd=folder)
    if by_pkg_config:
        environment = {**BARE, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig"), "LD_LIBRARY_PATH": str(prefix / "lib")}
        flags = run("pkg-config", "--cflags", "--libs", "imagesearch", env=environment).strip()
        run("sh", "-c", f"cc main.c {flags} -o by-pkg-config", cwd=folder, env=environment)
        for program in ("by-pkg-config", "by-cc"):
            assert run(folder / program, env=environment) == version + "\n"


def test_the_version_is_judged(prefix, run, tmp_path):
    """find_package refuses another major version and a newer version, and accepts an older one."""
    for wanted, found in (("1", True), ("1.0", True), ("1.99", False), ("0.9", False), ("2", False), ("", True)):
        (tmp_path / "CMakeLists.txt").write_text(
            f"cmake_minimum_required(VERSION 3.10)\nproject(consumer C)\nfind_package(ImageSearch {wanted} QUIET)\n"
            'message(STATUS "found=${ImageSearch_FOUND}")\n'
        )
        said = run("cmake", "-S", tmp_path, "-B", tmp_path / f"build-{wanted}", f"-DCMAKE_PREFIX_PATH={prefix}")
        assert f"found={1 if found else 0}" in said, (wanted, said)


def test_the_tree(prefix, version):
    """Every file of the library and the headers with its mode, and no other."""
    found = {str(path.relative_to(prefix)): path for path in prefix.rglob("*") if not path.is_dir()}
    wanted = {
        f"lib/libimagesearch.so.{version}": 0o755,
        "lib/libimagesearch.so.1": None,
        "lib/libimagesearch.so": None,
        "lib/pkgconfig/imagesearch.pc": 0o644,
        "lib/cmake/ImageSearch/ImageSearchConfig.cmake": 0o644,
        "lib/cmake/ImageSearch/ImageSearchConfigVersion.cmake": 0o644,
        "include/imagesearch.h": 0o644,
        "share/doc/imagesearch/LICENSE": 0o644,
        "share/doc/imagesearch/THIRD-PARTY-NOTICES.txt": 0o644,
    }
    for name, mode in wanted.items():
        assert name in found, sorted(found)
        if mode is None:
            assert found[name].is_symlink() and "/" not in os.readlink(found[name])
        else:
            assert stat.S_IMODE(found[name].stat().st_mode) == mode, name
    others = {name for name in found if name not in wanted}
    assert all(name == "bin/imagesearch" or name.startswith(("share/man/man1/imagesearch", "share/man/man3/imagesearch"))
               or name in ("share/bash-completion/completions/imagesearch", "share/zsh/site-functions/_imagesearch",
                           "share/fish/vendor_completions.d/imagesearch.fish") for name in others), others


def test_every_field_of_the_pc_file(prefix):
    fields = dict(line.split(": ", 1) for line in (prefix / "lib/pkgconfig/imagesearch.pc").read_text().splitlines() if ": " in line)
    assert fields.keys() >= {"Name", "Description", "URL", "License", "Version", "Libs", "Cflags"}
    assert all(fields.values()) and "@" not in "".join(fields.values())


@pytest.mark.parametrize("variable", ["PREFIX", "LIBDIR", "BINDIR", "INCLUDEDIR", "DATADIR"])
def test_a_relative_path_is_refused(variable, root, run, tmp_path):
    settings = {"PREFIX": str(tmp_path / "prefix"), variable: "here/there"}
    said = run(root / "scripts/install.sh", env={**BARE, **settings}, status=2, cwd=tmp_path)
    assert "'here/there' is no absolute path" in said
    assert not any(tmp_path.iterdir()) and not (root / "here").exists()


def test_destdir_and_libdir(root, run, tmp_path):
    install(root, run, "/usr", DESTDIR=tmp_path / "stage", LIBDIR="/usr/lib/x86_64-linux-gnu")
    stage = tmp_path / "stage"
    assert (stage / "usr/lib/x86_64-linux-gnu/libimagesearch.so.1").exists()
    pc = (stage / "usr/lib/x86_64-linux-gnu/pkgconfig/imagesearch.pc").read_text()
    assert "prefix=${pcfiledir}/../../..\n" in pc and "libdir=${prefix}/lib/x86_64-linux-gnu\n" in pc


def test_what_is_not_built_is_said(root, run, tmp_path):
    """Nothing is built and nothing is fetched: without an object, the error says what to do first."""
    for name in ("scripts/install.sh", "packaging/project.sh", "include/imagesearch.h"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((root / name).read_bytes())
    said = run("bash", tmp_path / "scripts/install.sh", env={**BARE, "PREFIX": str(tmp_path / "prefix")}, status=1)
    assert "run make lib first" in said
    assert not (tmp_path / "prefix").exists()


def test_the_command_alone(root, run, tmp_path):
    """After `make cli` without `make lib`, as in the README: the command and its licence, without the library."""
    tree, prefix = tmp_path / "tree", tmp_path / "prefix"
    for name in ("scripts/install.sh", "packaging/project.sh", "packaging/THIRD-PARTY-NOTICES.txt", "include/imagesearch.h", "LICENSE"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes((root / name).read_bytes())
    for name in ("bin/imagesearch", "man/man1/imagesearch.1", "completions/_imagesearch"):
        (tree / "build" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "build" / name).write_text("built")
    run("bash", tree / "scripts/install.sh", env={**BARE, "PREFIX": str(prefix)})
    assert {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()} == {
        "bin/imagesearch",
        "share/doc/imagesearch/LICENSE",
        "share/doc/imagesearch/THIRD-PARTY-NOTICES.txt",
        "share/man/man1/imagesearch.1",
        "share/zsh/site-functions/_imagesearch",
    }
    run("bash", tree / "scripts/install.sh", "uninstall", env={**BARE, "PREFIX": str(prefix)})
    assert not [path for path in prefix.rglob("*") if path.is_file()]


def test_uninstall(root, run, tmp_path):
    """Installed files are removed; other files stay."""
    prefix = tmp_path / "prefix"
    install(root, run, prefix)
    (prefix / "lib/libother.so").write_text("")
    install(root, run, prefix, target="uninstall")
    assert [path for path in prefix.rglob("*") if not path.is_dir()] == [prefix / "lib/libother.so"]


def test_dist(root, run, version):
    """The sources of the commit, reproducible, with everything that a build needs."""
    archive = root / f"dist/imagesearch-{version}.tar.gz"
    run("make", "-s", "-C", root, "dist", env=BARE)
    first = archive.read_bytes()
    run("make", "-s", "-C", root, "dist", env=BARE)
    assert archive.read_bytes() == first
    names = run("tar", "tzf", archive).splitlines()
    for name in ("Makefile", "Package.swift", "LICENSE", "include/imagesearch.h", "scripts/install.sh", "python/pyproject.toml"):
        assert f"imagesearch-{version}/{name}" in names
    assert not any("/build/" in name or name.endswith((".so", ".whl")) for name in names)
