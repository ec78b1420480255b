"""Every code block of README and docs is run, or compiled if it needs an account, so that copied code works.

Python blocks run against the providers' doubles, with a few images in the working folder; C blocks are compiled as strictly as the examples;
Swift blocks are compiled together against the package; shell blocks are parsed, and the make targets and options that they name must exist.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from blocks import ROOT, TRIED, Block, blocks

sys.path[:0] = [str(ROOT / "python"), str(ROOT / "Tests" / "Python"), str(ROOT / "Tests" / "ProviderDoubles")]

from doublekit.process import DoubleProcess  # noqa: E402
from scenes import scene  # noqa: E402

import imagesearch  # noqa: E402

LIBRARY = Path(imagesearch.library_path).parent
MELON_URL = "https://tineye.com/images/meloncat.jpg"

#: The environment of a Python block: doubles instead of the providers, no rate limits, and the placeholder names of the docs.
PRELUDE = """
import asyncio, functools, imagesearch, os
from imagesearch import aio
def at(client, double, **fixed):
    class Client(client):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **{**fixed, **options})
    Client.__name__ = client.__name__
    return Client
for module in (imagesearch, aio):
    for prefix in ("", "Async"):
        for name, fixed in FIXED.items():
            client = getattr(module, prefix + name, None)
            if client is not None:
                setattr(module, prefix + name, at(client, name, **fixed))
"""


def names(block: Block) -> str:
    return block.name


def test_every_block_has_a_language_that_is_tried() -> None:
    unknown = [block.name + " " + block.language for block in blocks() if block.language not in TRIED]
    assert not unknown


@pytest.fixture(scope="module")
def doubles() -> Iterator[dict[str, DoubleProcess]]:
    with DoubleProcess("tineye") as tineye, DoubleProcess("alibaba") as alibaba, DoubleProcess("tmapi") as tmapi:
        yield {"tineye": tineye, "alibaba": alibaba, "tmapi": tmapi}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with the files that docs mention."""
    for number, name in enumerate(("front", "back", "shoes1", "photo", "query", "IMG_2")):
        (tmp_path / (name + ".jpg")).write_bytes(scene(number))
    (tmp_path / "found.jpg").write_bytes(scene(0, width=200, height=150))
    (tmp_path / "images").mkdir()
    for number in range(4):
        (tmp_path / "images" / ("%d.png" % number)).write_bytes(scene(10 + number))
    return tmp_path


@pytest.mark.parametrize("block", blocks("python"), ids=names)
def test_python(block: Block, folder: Path, doubles: dict[str, DoubleProcess]) -> None:
    compile(code := block.code, block.name, "exec", flags=0x2000)  # PyCF_ALLOW_TOP_LEVEL_AWAIT
    if "no-run" in block.words:
        return
    fixed = {
        "TinEye": {"base_url": doubles["tineye"].url + "/rest/", "requests_per_minute": 100_000},
        "TMAPI": {"base_url": doubles["tmapi"].url, "requests_per_minute": 100_000},
        "AlibabaCloud": {"endpoint": doubles["alibaba"].url, "open_platform_endpoint": doubles["alibaba"].url},
    }
    program = "FIXED = %r\n%s\nasync def main():\n%s\nasyncio.run(main())\n" % (
        fixed,
        PRELUDE,
        textwrap.indent("paths = ['photo.jpg']\n" + code, "    "),
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "python"),
        "HOME": str(folder),
        "IMAGESEARCH_LIBRARY": str(LIBRARY / "libimagesearch.so.1"),
        "TINEYE_API_KEY": "test-key",
        "TMAPI_API_TOKEN": "test-token",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "testid",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testsecret",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, "%s\n%s\n%s" % (program, done.stdout, done.stderr)


@pytest.mark.parametrize("block", blocks("c"), ids=names)
def test_c(block: Block, tmp_path: Path) -> None:
    code = block.code
    if "int main(" not in code:
        includes = [line for line in code.splitlines() if line.startswith("#include")]
        body = "\n".join(line for line in code.splitlines() if not line.startswith("#include"))
        code = "\n".join(
            ["#include <stdio.h>", "#include <imagesearch.h>", *includes, "int main(void) {", body, "return 0; }", ""]
        )
    source = tmp_path / "block.c"
    source.write_text(code)
    done = subprocess.run(
        [
            "cc",
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-Wno-unused-variable",
            "-Wno-unused-but-set-variable",
            "-Werror",
            "-I",
            str(ROOT / "include"),
            str(source),
            "-o",
            str(tmp_path / "block"),
            "-L",
            str(LIBRARY),
            "-limagesearch",
            "-Wl,-rpath," + str(LIBRARY),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_swift(tmp_path: Path) -> None:
    """One target of a temporary package, so that the blocks have access to the public interface only."""
    found = blocks("swift")
    manifests = [block for block in found if "import PackageDescription" in block.code]
    for block in manifests:
        (tmp_path / "Package.swift").write_text(block.code)
        subprocess.run(["swift", "package", "--package-path", str(tmp_path), "dump-package"], check=True, capture_output=True)
    sources = tmp_path / "package" / "Sources" / "Blocks"
    sources.mkdir(parents=True)
    (tmp_path / "package" / "Package.swift").write_text(
        """// swift-tools-version: 6.3
        import PackageDescription
        let package = Package(
          name: "Blocks",
          dependencies: [.package(name: "ImageSearch", path: %s, traits: ["LocalIndex"])],
          targets: [.target(name: "Blocks", dependencies: [
            .product(name: "ImageSearch", package: "ImageSearch"), .product(name: "ImageIndex", package: "ImageSearch")],
            swiftSettings: [.swiftLanguageMode(.v6)])])
        """
        % json.dumps(str(ROOT))
    )
    for number, block in enumerate(found):
        if block in manifests:
            continue
        lines = block.code.splitlines()
        imports = [line for line in lines if line.startswith("import ")]
        body = [line for line in lines if not line.startswith("import ")]
        declares = "top-level" in block.words
        wrapped = body if declares else ["func block%d(key: String, index: LocalIndex) async throws {" % number, *body, "}"]
        (sources / ("Block%d.swift" % number)).write_text(
            "\n".join(
                ["import ImageSearch", "import ImageIndex", *(set(imports) - {"import ImageSearch", "import ImageIndex"})]
            )
            + '\n#sourceLocation(file: "%s", line: %d)\n' % (block.path, block.line)
            + "\n".join(wrapped)
            + "\n"
        )
    done = subprocess.run(
        ["swift", "build", "--package-path", str(tmp_path / "package"), "--scratch-path", str(ROOT / ".build-docs")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if "error:" in line) or done.stdout[-4000:]


@pytest.mark.parametrize("block", blocks("sh"), ids=names)
def test_shell(block: Block) -> None:
    done = subprocess.run(["sh", "-n"], input=block.code, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for target in re.findall(r"\bmake ([a-z-]+)", block.code):
        assert target in targets, "make %s" % target
    for script in re.findall(r"\bscripts/[a-z-]+\.(?:sh|py)", block.code):
        assert (ROOT / script).exists(), script


@pytest.mark.parametrize("block", blocks("json"), ids=names)
def test_json(block: Block) -> None:
    json.loads(block.code)


def test_the_tools_that_compile_are_there() -> None:
    assert shutil.which("cc") and shutil.which("swift")
