"""What pyproject.toml cannot say: a package with the shared object in it is for one platform, a checkout builds the object first, and
the command `imagesearch` is installed beside Python where it was built.

The object uses no part of CPython, so the wheel serves every Python 3 of that platform: py3-none-linux_x86_64. It comes from, in this
order: the package itself (scripts/wheel.sh puts it there), build/lib of the checkout, or scripts/build-library.sh, which needs Swift.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Command, Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

# Not in setuptools.command; the module is setuptools' own copy, as it has been imported above.
build_scripts: type[Command] = importlib.import_module("distutils.command.build_scripts").build_scripts

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
NAME = "libimagesearch.so.1"
NO_SWIFT = (
    "libimagesearch is written in Swift, and there is neither a built object (build/lib/%s) nor a Swift toolchain here.\n"
    "Install a wheel instead (pip install libimagesearch-*.whl: no compiler needed), or install Swift 6.3 or later and the\n"
    "packages that scripts/setup.sh names, and try again." % NAME
)


def library() -> Path:
    """The object, built when it has to be.

    Raises:
        SystemExit: there is none and no Swift to build one.
    """
    for path in (HERE / "imagesearch" / NAME, CHECKOUT / "build" / "lib" / NAME):
        if path.exists():
            return path
    script = CHECKOUT / "scripts" / "build-library.sh"
    if not script.exists() or shutil.which("swift") is None:
        sys.exit(NO_SWIFT)
    print("building the shared object; this takes some minutes", file=sys.stderr)
    subprocess.run([str(script)], check=True, stdout=sys.stderr)
    return CHECKOUT / "build" / "lib" / NAME


def command() -> Path | None:
    """The command, where there is one: scripts/wheel.sh puts it into the package, `make cli` into build/bin of the checkout."""
    places = (HERE / "command" / "imagesearch", CHECKOUT / "build" / "bin" / "imagesearch")
    return next((path for path in places if path.exists()), None)


class BuildCommand(build_scripts):  # type: ignore[misc,valid-type]
    """Takes the command as it is: setuptools reads the first line of a script, and this is none."""

    def get_source_files(self) -> list[str]:
        return []

    def copy_scripts(self) -> tuple[list[str], list[str]]:
        source = command()
        if source is None:
            return [], []
        target = Path(self.build_dir) / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755)
        return [str(target)], [str(target)]


class BuildWithLibrary(build_py):
    """Puts the object beside the modules that are built; the sources stay as they are. An editable install finds it in build/lib."""

    def run(self) -> None:
        super().run()
        source = library()
        if not self.editable_mode:
            target = Path(self.build_lib) / "imagesearch" / NAME
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o755)


class PlatformDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return True


class PlatformWheel(bdist_wheel):
    def get_tag(self) -> tuple[str, str, str]:
        return ("py3", "none", super().get_tag()[2])


setup(
    distclass=PlatformDistribution,
    cmdclass={"bdist_wheel": PlatformWheel, "build_py": BuildWithLibrary, "build_scripts": BuildCommand},
    scripts=["command/imagesearch"] if command() else [],
)
