"""The metadata of all packages is consistent and complete."""

import re
import subprocess
import tomllib

SERVICES = ("TinEye", "Alibaba Cloud", "1688", "TMAPI")


def project(root):
    return tomllib.loads((root / "python/pyproject.toml").read_text())


def test_one_version(root, run):
    run(root / "scripts/version.py", "--check")
    number = run(root / "scripts/version.py").strip()
    # There is no other copy: the package reads it from the generated module, CMake and pkg-config at installation.
    assert "version" in project(root)["project"]["dynamic"] and "version" not in project(root)["project"]
    assert re.search(rf'^VERSION = "{re.escape(number)}"$', (root / "python/imagesearch/_abi.py").read_text(), re.M)
    for name in ("packaging/imagesearch.pc.in", "packaging/cmake/ImageSearchConfig.cmake.in", "scripts/deb.sh"):
        assert number not in (root / name).read_text(), name


def test_one_address(root):
    shell = re.search(r"^homepage=(\S+)$", (root / "packaging/project.sh").read_text(), re.M)[1]
    urls = project(root)["project"]["urls"]
    assert urls.keys() >= {"Homepage", "Documentation", "Source", "Changelog", "Issues", "Security"}
    assert urls["Homepage"] == shell and all(url.startswith(shell) for url in urls.values())
    assert f"Homepage: {shell}\n" in (root / "packaging/debian/control").read_text()
    assert f"Source: {shell}\n" in (root / "packaging/debian/copyright").read_text()


def test_all_services_are_named(root):
    said = {
        "pyproject.toml": project(root)["project"]["description"],
        "imagesearch.pc.in": (root / "packaging/imagesearch.pc.in").read_text(),
        "README.md": (root / "README.md").read_text(),
        "python/README.md": (root / "python/README.md").read_text(),
    }
    for paragraph in re.findall(r"^Description:.*(?:\n .*)+", (root / "packaging/debian/control").read_text(), re.M):
        said[paragraph.splitlines()[0]] = paragraph.replace("\n ", " ")
    for where, text in said.items():
        for service in SERVICES:
            assert service in text, f"{where} does not name {service}"
        assert re.search(r"your own\s+images|local index|LocalIndex", text, re.I), where


def test_classifiers(root):
    classifiers = project(root)["project"]["classifiers"]
    assert project(root)["project"]["license"] == "Apache-2.0"
    for word in ("Development Status", "Operating System :: POSIX :: Linux", "Programming Language :: Python :: 3.11", "Typing :: Typed",
                 "Intended Audience", "Topic"):
        assert any(one.startswith(word) for one in classifiers), word


def test_nobody_is_told_to_install_the_namesake(root):
    """`imagesearch` on PyPI is another project."""
    files = subprocess.run(["git", "ls-files", "*.md", "*.py", "*.toml", "*.html"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    for name in files:
        if name.startswith("Tests/") or name == "python/imagesearch/_platform.py":
            continue
        for match in re.finditer(r"pip3? install ([^\n`]*)", (root / name).read_text()):
            assert not re.search(r"(?<![\w./-])imagesearch(?![\w/.-])", match[1]), f"{name}: {match[0]}"
