"""The Debian packages: their contents, and that they install and work in a fresh Debian.

Run by `make check-deb`, outside of `make test`: it creates a whole system with debootstrap. Needs root, and dist/deb of `make deb`.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

NAMES = ("libimagesearch1", "libimagesearch-dev", "imagesearch", "python3-imagesearch")


@pytest.fixture(scope="session")
def packages(root):
    found = {path.name.split("_")[0]: path for path in (root / "dist/deb").glob("*.deb")}
    assert found.keys() == set(NAMES), "run make deb"
    return found


def contents(run, package):
    return [line.split(None, 5)[5] for line in run("dpkg-deb", "--contents", package).splitlines()]


def test_what_is_in_each(packages, run, root):
    listed = {name: contents(run, package) for name, package in packages.items()}

    def has(name, pattern):
        return [path for path in listed[name] if re.search(pattern, path)]

    assert has("libimagesearch1", r"/usr/lib/x86_64-linux-gnu/libimagesearch\.so\.1 -> libimagesearch\.so\.1\.\d+\.\d+$")
    assert not has("libimagesearch1", r"libimagesearch\.so( |$)") and has("libimagesearch-dev", r"libimagesearch\.so -> ")
    for pattern in (r"include/imagesearch\.h$", r"pkgconfig/imagesearch\.pc$", r"cmake/ImageSearch/ImageSearchConfig\.cmake$", r"man3/imagesearch\.3\.gz$"):
        assert has("libimagesearch-dev", pattern), pattern
    for pattern in (r"/usr/bin/imagesearch$", r"man1/imagesearch\.1\.gz$", r"bash-completion/completions/imagesearch$",
                    r"vendor-completions/_imagesearch$", r"vendor_completions\.d/imagesearch\.fish$"):
        assert has("imagesearch", pattern), pattern
    modules = {path.name for path in (root / "python/imagesearch").glob("*.py")}
    assert {path.rsplit("/", 1)[1] for path in has("python3-imagesearch", r"dist-packages/imagesearch/[^/]+\.py$")} == modules
    for name in NAMES:
        assert has(name, r"/usr/share/doc/.*/copyright$") or has(name, r"/usr/share/doc/" + name + " -> "), name
        assert not has(name, r"__pycache__|/usr/local|\.la$")


def test_what_they_depend_on(packages, run):
    depends = {name: run("dpkg-deb", "--field", package, "Depends") for name, package in packages.items()}
    for library in ("libcurl4", "libssl3", "libsqlite3-0", "libtiff6", "libwebp7", "libpng16-16", "libgif7", "libc6"):
        assert library in depends["libimagesearch1"], library
    assert not re.search(r"heif|x265|swift", depends["libimagesearch1"])
    assert re.search(r"libimagesearch1 \(= ", depends["libimagesearch-dev"])
    assert re.search(r"libimagesearch1 \(>= ", depends["python3-imagesearch"])


def test_the_symbols_file_names_every_function(packages, run, root, tmp_path):
    run("dpkg-deb", "--control", packages["libimagesearch1"], tmp_path / "control")
    symbols = (tmp_path / "control/symbols").read_text()
    header = (root / "include/imagesearch.h").read_text()
    declared = set(re.findall(r"^IMAGESEARCH_API[^;(]*?\b(imagesearch_\w+)\(", header, re.M))
    assert set(re.findall(r"^ (imagesearch_\w+)@IMAGESEARCH_1 ", symbols, re.M)) == declared


@pytest.fixture(scope="module")
def system(root, packages, tmp_path_factory):
    """A fresh Debian with the packages installed by apt, and a compiler."""
    base = subprocess.run([root / "packaging/root.sh", "bookworm"], check=True, capture_output=True, text=True).stdout.strip()
    folder = tmp_path_factory.mktemp("system") / "root"
    subprocess.run(["cp", "-a", base, folder], check=True)
    (folder / "tmp/deb").mkdir()
    for package in packages.values():
        shutil.copy(package, folder / "tmp/deb")
    # The system's own apt, with this machine's mirrors.
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n")

    def call(*command, status=0):
        done = subprocess.run(["chroot", folder, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root",
                                   **{key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}})
        assert done.returncode == status, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    call("apt-get", "update", "-q")
    call("sh", "-c", "apt-get install -y -q --no-install-recommends /tmp/deb/*.deb gcc libc6-dev pkgconf")
    call.folder = folder
    yield call
    shutil.rmtree(folder, ignore_errors=True)


def test_a_c_program_builds_and_runs(system):
    (system.folder / "tmp/main.c").write_text(
        '#include <imagesearch.h>\n#include <stdio.h>\nint main(void) { puts(imagesearch_build_info()); return 0; }\n')
    system("sh", "-c", "cc /tmp/main.c $(pkg-config --cflags --libs imagesearch) -o /tmp/main")
    assert "local-index yes" in system("/tmp/main")


def test_python_finds_an_image(system, root):
    sys.path.insert(0, str(root / "Tests/Python"))
    from scenes import scene

    for seed in range(3):
        (system.folder / f"tmp/scene{seed}.png").write_bytes(scene(seed))
    (system.folder / "tmp/copy.png").write_bytes(scene(1, width=200, height=150))
    said = system("python3", "-c", """if True:
        import imagesearch
        with imagesearch.LocalIndex("/tmp/python-index") as index:
            index.add_images([imagesearch.ImageItem(str(n), ["/tmp/scene%d.png" % n]) for n in range(3)])
            print([match.item_id for match in index.search("/tmp/copy.png")], imagesearch.library_path)
    """)
    assert said.startswith("['1']") and "libimagesearch.so.1" in said


def test_the_command_finds_an_image(system):
    assert re.search(r"\d+\.\d+\.\d+", system("imagesearch", "--version"))
    system("imagesearch", "index", "add", "--index", "/tmp/command-index", "/tmp/scene0.png", "/tmp/scene1.png", "/tmp/scene2.png")
    assert "scene1" in system("imagesearch", "search", "--index", "/tmp/command-index", "/tmp/copy.png")


def test_they_go_away_again(system):
    system("apt-get", "purge", "-y", "-q", *NAMES)
    left = system("sh", "-c", "find / -xdev -name '*imagesearch*' -not -path '/tmp/*' -not -path '/proc/*' -not -path '/var/cache/*' -not -path '/var/log/*'")
    assert left == ""
