"""A temporary certificate authority, created with the openssl command at the start and deleted at the end."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import tempfile
from typing import List, Optional

# OpenSSL and curl accept no wildcard directly below the top-level label, so `*.localhost` would match nothing.
NAMES = "DNS:localhost,DNS:openplatform.localhost,DNS:imagesearch.localhost,DNS:*.oss.localhost,IP:127.0.0.1"


def available() -> bool:
    return shutil.which("openssl") is not None


class Authority:
    """A certificate authority in a private temporary directory."""

    def __init__(self, name: str = "Provider double") -> None:
        self.directory = tempfile.mkdtemp(prefix="provider-double-")
        self.ca_file = self._path("ca.pem")
        self._run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=%s test authority" % name, "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", self._path("ca.key"), "-out", self.ca_file,
        )  # fmt: skip

    def _path(self, name: str) -> str:
        return os.path.join(self.directory, name)

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def issue(self, label: str, names: str = NAMES, dates: Optional[List[str]] = None) -> ssl.SSLContext:
        """A server context with a certificate for `names`; `dates` = [start, end] as YYYYMMDDHHMMSSZ."""
        key, request, certificate = (self._path(label + end) for end in (".key", ".csr", ".pem"))
        self._run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=%s" % label,
            "-keyout", key, "-out", request,
        )  # fmt: skip
        # `openssl ca` and not `openssl x509`: only it accepts a validity in the past.
        database = self._path(label + ".db")
        os.mkdir(database)
        open(os.path.join(database, "index"), "w").close()
        config = self._path(label + ".cnf")
        with open(config, "w", encoding="ascii") as file:
            file.write(
                "[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\n"
                "policy=p\nx509_extensions=e\nunique_subject=no\ndefault_days=2\n[p]\ncommonName=supplied\n"
                "[e]\nbasicConstraints=CA:FALSE\nsubjectAltName=%s\nextendedKeyUsage=serverAuth\n"
                % (database, database, names)
            )
        span = ["-startdate", dates[0], "-enddate", dates[1]] if dates else []
        self._run(
            "ca", "-batch", "-notext", "-config", config, "-cert", self.ca_file, "-keyfile", self._path("ca.key"),
            "-in", request, "-out", certificate, *span,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
