"""The wheel that contains its libraries: its contents, and that it works in fresh Debian systems without these libraries.

Run by `make check-wheel`, outside of `make test`: it builds libcurl and libtiff and creates whole systems with debootstrap. Needs root.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

#: The libraries guaranteed by manylinux_2_34 that a C or C++ library may need.
PROMISED = {"libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1",
            "ld-linux-x86-64.so.2"}
FEDORA = "etc/pki/tls/certs/ca-bundle.crt"
DEBIAN = "etc/ssl/certs/ca-certificates.crt"
SUSE = "var/lib/ca-certificates/ca-bundle.pem"


@pytest.fixture(scope="session")
def wheel(root, library):
    done = subprocess.run([root / "scripts/wheel.sh", "manylinux"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    # auditwheel's tag precedes the name.
    assert re.search(r'following platform\s+tag:\s+"manylinux_2_34_x86_64"', done.stdout), done.stdout
    return root / done.stdout.split()[-1]


@pytest.fixture(scope="session")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def allowed(root):
    return tomllib.loads((root / "packaging/wheel/bundled.toml").read_text())


def own(unpacked):
    """The object, and the command: auditwheel moves it beside its libraries, and puts a script in its place."""
    return [unpacked / "imagesearch/libimagesearch.so.1", unpacked / "libimagesearch.scripts/imagesearch"]


def carried(unpacked):
    files = sorted(unpacked.glob("*.libs/*"))
    return {re.sub(r"-[0-9a-f]{8}$", "", file.name.split(".so")[0]): file for file in files}


def test_every_file_is_known_with_its_licence(wheel, unpacked, allowed):
    assert wheel.name.endswith("-py3-none-manylinux_2_34_x86_64.whl")
    found = carried(unpacked)
    assert found.keys() == allowed.keys(), found.keys() ^ allowed.keys()
    for entry in allowed.values():
        assert not re.search(r"\bA?L?GPL", entry["license"]), entry
    # No other code.
    elf = {path for path in unpacked.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"}
    assert elf == {*found.values(), *own(unpacked)}


def test_nothing_is_needed_that_is_not_carried_or_promised(unpacked, run):
    names = {file.name for file in unpacked.glob("*.libs/*")}
    for file in [*unpacked.glob("*.libs/*"), *own(unpacked)]:
        needed = set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", file)))
        assert needed <= names | PROMISED, (file.name, needed - names - PROMISED)
        newest = max((tuple(map(int, one.split("."))) for one in re.findall(r"GLIBC_([\d.]+)", run("readelf", "-V", "-W", file))), default=())
        assert newest <= (2, 34), file.name


def test_no_code_under_the_gpl(unpacked):
    """Identified by the libraries' content, whatever their names: JBIG-KIT, x265, GnuTLS, readline, libunistring, libidn2."""
    for file in carried(unpacked).values():
        content = file.read_bytes()
        for word in (b"JBIG-KIT", b"x265", b"gnutls_", b"GNU General Public", b"GNU Lesser", b"u8_normalize", b"idn2_"):
            assert word not in content, (file.name, word)


def test_licences_and_sources_are_inside(unpacked, allowed):
    (info,) = unpacked.glob("*.dist-info")
    assert "Apache License" in (info / "licenses/LICENSE").read_text()
    assert "Swift" in (info / "licenses/THIRD-PARTY-NOTICES.txt").read_text()
    sources = (info / "licenses/bundled/SOURCES.txt").read_text()
    for name, entry in allowed.items():
        assert len((info / f"licenses/bundled/{name}.txt").read_text()) > 500
        assert re.search(rf"^{re.escape(name)}-\w+\.so\S*\t{re.escape(entry['source'])} \d\S*\t{re.escape(entry['license'])}$", sources, re.M), name
    assert "for three\nyears" in sources.lower() or "three years" in sources.lower().replace("\n", " ")


def test_the_sbom_tells_every_file_with_its_licence(unpacked, allowed):
    import hashlib

    (bom,) = unpacked.glob("*.dist-info/sboms/*")
    said = json.loads(bom.read_text())
    assert said["bomFormat"] == "CycloneDX" and said["metadata"]["component"]["name"] == "libimagesearch"
    by_name = {component["name"]: component for component in said["components"]}
    for name, file in carried(unpacked).items():
        component = by_name[name]
        assert component["licenses"] and re.match(r"\d", component["version"]) and component["purl"].startswith("pkg:deb/debian/")
        assert component["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}]
    assert any("Swift" in name for name in by_name)


def test_size(wheel):
    # 11 MB without the command.
    assert wheel.stat().st_size < 21_000_000


# ---- In fresh systems ---------------------------------------------------------------------------------------------------------------

PROGRAM = """
import sys, imagesearch
from pathlib import Path
print(imagesearch.build_info()["libcurl"], imagesearch.build_info()["libcrypto"], imagesearch.library_path)
with imagesearch.LocalIndex("/tmp/index") as index:
    index.add_images([imagesearch.ImageItem(p.stem, [str(p)]) for p in sorted(Path("/tmp/images").iterdir())])
    found = [match.item_id for match in index.search("/tmp/copy.png")]
    assert found == ["scene1"], found
with imagesearch.TinEye(api_key="test-key", base_url=sys.argv[1] + "/rest/", max_attempts=1) as tineye:
    try:
        print("count", tineye.image_count() > 0)
    except imagesearch.ImageSearchError as error:
        print("error", error.code.name, error.message)
"""


@pytest.fixture(scope="session")
def secure(root):
    sys.path.insert(0, str(root / "Tests/ProviderDoubles"))
    from doublekit.process import DoubleProcess

    with DoubleProcess("tineye", tls=True) as double:
        yield double


class Fresh:
    """A copy of a fresh Debian with the wheel installed by its own Python and pip."""

    def __init__(self, root, suite, folder, wheel):
        base = subprocess.run([root / "packaging/root.sh", suite, "python3-venv"], check=True, capture_output=True, text=True).stdout.strip()
        self.folder = folder / suite
        subprocess.run(["cp", "-a", base, self.folder], check=True)
        shutil.copy(wheel, self.folder / "tmp")
        (self.folder / "etc/hosts").write_text("127.0.0.1 localhost\n")
        sys.path.insert(0, str(root / "Tests/Python"))
        from scenes import scene

        (self.folder / "tmp/images").mkdir()
        for seed in range(3):
            (self.folder / f"tmp/images/scene{seed}.png").write_bytes(scene(seed))
        (self.folder / "tmp/copy.png").write_bytes(scene(1, width=200, height=150))
        (self.folder / "tmp/program.py").write_text(PROGRAM)
        self.call("python3", "-m", "venv", "/opt/env")
        self.call("/opt/env/bin/python", "-m", "pip", "install", "-q", "--no-index", "/tmp/" + wheel.name)

    def call(self, *command, **environment):
        # Programs find libraries relative to themselves by /proc; it is mounted for this process alone.
        inside = ["unshare", "-m", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', self.folder]
        done = subprocess.run([*inside, *command], capture_output=True, text=True, timeout=300,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **environment})
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def bundle(self, path, content):
        """The only bundle of certificate authorities in the system."""
        for one in (DEBIAN, FEDORA, SUSE):
            (self.folder / one).unlink(missing_ok=True)
        if path:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)

    def program(self, url, **environment):
        shutil.rmtree(self.folder / "tmp/index", ignore_errors=True)
        return self.call("/opt/env/bin/python", "-I", "/tmp/program.py", url, **environment)

    def remove(self):
        # Only the system's own tools, and nothing is mounted in it.
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def fresh(request, root, wheel, tmp_path_factory):
    system = Fresh(root, request.param, tmp_path_factory.mktemp("fresh"), wheel)
    yield system
    system.remove()


def test_works_in_a_fresh_debian(fresh, secure):
    """Without our libraries and without certificates: the index works, and the error of TLS says what is missing."""
    for name in ("libcurl.so.4", "libtiff.so.6", "libwebp.so.7"):
        assert not list(fresh.folder.glob(f"usr/lib/*/{name}*")), name
    fresh.bundle(None, b"")
    said = fresh.program(secure.tls_url)
    assert "/opt/env/lib/" in said and "error TLS_FAILED" in said and "SSL_CERT_FILE" in said, said


def test_the_command_works_in_a_fresh_debian(fresh):
    """As installed beside Python by pip: with the libraries of the wheel, from any working folder."""
    command = "/opt/env/bin/imagesearch"
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", fresh.call(command, "--version"))
    assert "3 added" in fresh.call(command, "index", "add", "/tmp/images", "--index", "/tmp/own.index", HOME="/tmp")
    assert "scene1.png" in fresh.call(command, "search", "/tmp/copy.png", "--index", "/tmp/own.index", HOME="/tmp")


@pytest.mark.parametrize("path", [DEBIAN, FEDORA, SUSE])
def test_the_bundle_of_each_distribution_is_found(fresh, secure, path):
    with open(secure.ca_file, "rb") as file:
        fresh.bundle(path, file.read())
    assert "count True" in fresh.program(secure.tls_url)


def test_the_environment_comes_first(fresh, secure):
    with open(secure.ca_file, "rb") as file:
        fresh.bundle(None, b"")
        (fresh.folder / "tmp/own.pem").write_bytes(file.read())
    assert "count True" in fresh.program(secure.tls_url, SSL_CERT_FILE="/tmp/own.pem")
    # A bundle without the server's authority is not skipped in favour of another one.
    with open(secure.ca_file, "rb") as file:
        fresh.bundle(DEBIAN, file.read())
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", fresh.folder / "tmp/others.pem")
    assert "error TLS_FAILED" in fresh.program(secure.tls_url, SSL_CERT_FILE="/tmp/others.pem")


def test_the_small_wheel_names_the_packages(fresh, root, tmp_path):
    """The wheel that uses the system's libraries, in a system without them: the import error says what to install; then it works."""
    done = subprocess.run([root / "scripts/wheel.sh"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    small = root / done.stdout.split()[-1]
    shutil.copy(small, fresh.folder / "tmp")
    fresh.call("python3", "-m", "venv", "/opt/small")
    fresh.call("/opt/small/bin/python", "-m", "pip", "install", "-q", "--no-index", "/tmp/" + small.name)
    failed = subprocess.run(["chroot", fresh.folder, "/opt/small/bin/python", "-c", "import imagesearch"], capture_output=True, text=True)
    assert failed.returncode == 1
    for name in ("libcurl4", "libjpeg62-turbo", "libtiff6", "libwebp7", "libgif7", "libpng16-16"):
        assert name in failed.stderr, failed.stderr
    assert os.path.exists(small)
