"""The one thing that pyproject.toml cannot say: a package with the shared object in it is for one platform.

The object uses no part of CPython, so the wheel serves every Python 3 of that platform: py3-none-linux_x86_64. Without
the object the package is plain Python and finds the library in the system.
"""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

HAS_LIBRARY = (Path(__file__).parent / "imagesearch" / "libimagesearch.so.1").exists()


class PlatformDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return HAS_LIBRARY


class PlatformWheel(bdist_wheel):
    def get_tag(self) -> tuple[str, str, str]:
        platform = super().get_tag()[2]
        return ("py3", "none", platform if HAS_LIBRARY else "any")


setup(distclass=PlatformDistribution, cmdclass={"bdist_wheel": PlatformWheel})
