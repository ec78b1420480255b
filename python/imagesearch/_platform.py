"""Messages for when the library cannot be loaded here, and when another project's package has our name."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import warnings

#: The system libraries that the object needs: the package of Debian and Ubuntu, and of Fedora. A test checks it against the
#: object.
NEEDED = {
    "libcurl.so.4": ("libcurl4", "libcurl"),
    "libcrypto.so.3": ("libssl3", "openssl-libs"),
    "libsqlite3.so.0": ("libsqlite3-0", "sqlite-libs"),
    "libjpeg.so.62": ("libjpeg62-turbo", "libjpeg-turbo"),
    "libpng16.so.16": ("libpng16-16", "libpng"),
    "libgif.so.7": ("libgif7", "giflib"),
    "libtiff.so.6": ("libtiff6", "libtiff"),
    "libwebp.so.7": ("libwebp7", "libwebp"),
    "libstdc++.so.6": ("libstdc++6", "libstdc++"),
    "libgcc_s.so.1": ("libgcc-s1", "libgcc"),
}
#: The name of the distribution; `imagesearch` on PyPI is another project.
DISTRIBUTION = "libimagesearch"


def refusal() -> str | None:
    """One line when no wheel can work on this system, else None."""
    if sys.platform != "linux":
        return (
            f"{DISTRIBUTION} has wheels for Linux with glibc only, and this is {sys.platform}: "
            "build libimagesearch from its sources and name it in IMAGESEARCH_LIBRARY."
        )
    if not _has_glibc():
        return (
            f"{DISTRIBUTION} has wheels for Linux with glibc only, and this system has another libc (musl?): "
            "use an image of Debian, Ubuntu or Fedora, or build libimagesearch from its sources."
        )
    return None


def _has_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError, AttributeError):
        return False


def missing_packages(message: str) -> str | None:
    """What to install if the loader's `message` names a missing library, else None. The loader names only the first one, so all
    are tried."""
    old = re.search(r"version `(GLIBC(?:XX)?_[\d.]+)' not found", message)
    if old:
        return f"This system is too old: {old[1]} is missing. Wheels need glibc 2.34 (Debian 12, Ubuntu 22.04, RHEL 9)."
    if "cannot open shared object file" not in message:
        return None
    missing = [packages for name, packages in NEEDED.items() if not _loads(name)]
    if not missing:
        return None
    debian, fedora = (" ".join(one[index] for one in missing) for index in (0, 1))
    return (
        f"Libraries of the system are missing. Debian, Ubuntu: apt install {debian} (a release may add t64 to a name). "
        f"Fedora, RHEL: dnf install {fedora}. Or take the wheel that carries its libraries (manylinux)."
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def warn_of_namesake(package: str) -> None:
    """Warns in one line that another project's distribution `imagesearch` is installed in the same place: whichever was
    installed last has overwritten files of the other."""
    parent = os.path.dirname(package)
    if os.path.basename(parent) not in ("site-packages", "dist-packages"):
        return
    for folder in os.listdir(parent):
        if not (folder.startswith("imagesearch-") and folder.endswith(".dist-info")):
            continue
        warnings.warn(
            f"the distribution 'imagesearch' ({folder}) is another project that also imports as 'imagesearch': "
            f"run `pip uninstall imagesearch` and then `pip install --force-reinstall {DISTRIBUTION}`",
            RuntimeWarning,
            stacklevel=2,
        )
        return
