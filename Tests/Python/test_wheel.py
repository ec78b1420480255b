"""The wheel: its platform tag, its contents, and its use in a clean environment outside of the source tree."""

from __future__ import annotations

import os
import platform
import subprocess
import venv
import zipfile
from pathlib import Path

import header
import pytest


@pytest.fixture(scope="module")
def wheel() -> Path:
    result = subprocess.run([str(header.ROOT / "scripts" / "wheel.sh")], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.split()[-1])


def test_tag_and_content(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-linux_%s.whl" % platform.machine())
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        description = archive.read(next(name for name in names if name.endswith(".dist-info/WHEEL"))).decode()
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
        shipped = archive.read("imagesearch/libimagesearch.so.1")
    assert "Root-Is-Purelib: false" in description
    assert "Tag: py3-none-linux_%s" % platform.machine() in description
    assert "Requires-Python: >=3.11" in metadata
    # Only the requirements of extras.
    assert all("extra ==" in line for line in metadata.splitlines() if line.startswith("Requires-Dist"))
    (command,) = (name for name in names if name.endswith(".data/scripts/imagesearch"))
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(command) == (header.ROOT / "build" / "bin" / "imagesearch").read_bytes()
        # Executable by everyone, as pip then installs it.
        assert archive.getinfo(command).external_attr >> 16 & 0o111 == 0o111
    assert shipped == (header.ROOT / "build" / "lib" / "libimagesearch.so.1").read_bytes()
    package = header.ROOT / "python" / "imagesearch"
    sources = {path.name for pattern in ("*.py", "*.pyi") for path in package.glob(pattern)} | {
        "py.typed",
        "libimagesearch.so.1",
    }
    assert {os.path.basename(name) for name in names if name.startswith("imagesearch/") and name.count("/") == 1} == sources
    served = header.ROOT / "python" / "imagesearch" / "server"
    files = {
        str(path.relative_to(served.parent.parent))
        for path in served.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if name.startswith("imagesearch/server/")} == files


def test_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-index", str(wheel)], check=True, timeout=120)
    program = (
        "import imagesearch, imagesearch.aio\n"
        "print(imagesearch.library_path)\n"
        "client = imagesearch.TinEye(api_key='k', base_url='http://127.0.0.1:9/rest/', max_attempts=1)\n"
        "try: client.image_count()\n"
        "except imagesearch.TransportError as error: print(error.code.name)\n"
    )
    result = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, cwd="/", env={}, timeout=60)
    path, code = result.stdout.splitlines()
    assert path.startswith(str(tmp_path / "clean")) and path.endswith("imagesearch/libimagesearch.so.1"), result.stderr
    assert code == "CONNECTION_FAILED"
    shown = subprocess.run(
        [str(tmp_path / "clean" / "bin" / "imagesearch"), "--version"],
        capture_output=True,
        text=True,
        cwd="/",
        env={},
        timeout=60,
    )
    assert shown.stdout.strip() == wheel.name.split("-")[1], shown
