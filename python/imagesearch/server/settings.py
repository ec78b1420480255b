"""Settings of a server, all checked before anything is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .index import Opener

#: First parts of paths that belong to the server itself.
RESERVED = frozenset({"rest", "v1", "metrics", "healthz", "readyz", "static", "openapi.json"})
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class SettingsError(ValueError):
    """A setting is invalid; the message names it and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """Settings of a server.

    Attributes:
        indexes: by name, the directory of an index or a function that opens one (index.py). The first one serves TinEye's
            protocol.
        keys: the key file; None admits everyone, which is for loopback addresses only.
        signatures: the file of private keys for TinEye's signature of 2017-2022; None refuses signatures.
        writable: whether images may be added, changed and removed.
        fetch_urls: whether an image may be given by its URL, which the server then fetches from public addresses.
        allow_private_addresses: also fetches from private and loopback addresses.
        max_body: the largest request body in bytes.
        max_pixels: the largest image that is decoded, in pixels.
        max_parallel: maximum number of concurrent searches; 0 for one per processor core.
        max_queue: maximum number of requests that wait for their turn; others get 503.
        request_seconds: seconds that a request may take, including its wait.
        requests_per_minute: for each key, and without keys for each address.
        body_bytes: total bytes of the bodies of all current requests.
        query_seconds: seconds for which an uploaded query is kept for overlays.
        query_bytes: total bytes of all queries that are kept.
        public_url: the base URL that clients see, for URLs in responses; None to take it from the request.
    """

    indexes: Mapping[str, Path | Opener]
    keys: Path | None = None
    signatures: Path | None = None
    writable: bool = False
    fetch_urls: bool = False
    allow_private_addresses: bool = False
    max_body: int = 32 << 20
    max_pixels: int = 100_000_000
    max_parallel: int = 0
    max_queue: int = 64
    request_seconds: float = 30.0
    requests_per_minute: int = 6000
    body_bytes: int = 512 << 20
    query_seconds: float = 600.0
    query_bytes: int = 256 << 20
    public_url: str | None = None

    def __post_init__(self) -> None:
        if not self.indexes:
            raise SettingsError("no index is named; give --index DIR or --index NAME=DIR")
        for name in self.indexes:
            if not NAME.fullmatch(name) or name in RESERVED:
                raise SettingsError(
                    f"{name!r} is no name for an index: 1 to 64 letters, digits, '-' and '_', and none of {', '.join(sorted(RESERVED))}"
                )
        for setting, least, most in (
            ("max_body", 1024, 1 << 34),
            ("max_pixels", 1, 1_000_000_000),
            ("max_parallel", 0, 1024),
            ("max_queue", 0, 100_000),
            ("request_seconds", 0.1, 3600),
            ("requests_per_minute", 1, 1_000_000),
            ("body_bytes", 1024, 1 << 40),
            ("query_seconds", 0, 86_400),
            ("query_bytes", 0, 1 << 36),
        ):
            value = getattr(self, setting)
            if not least <= value <= most:
                raise SettingsError(f"{setting} is {value}; it must be {least} to {most}")
        if self.public_url is not None and not _PUBLIC_URL.fullmatch(self.public_url):
            raise SettingsError(f"the public URL is {self.public_url!r}; it must be like https://images.example.org")
        if self.signatures is not None and self.keys is None:
            raise SettingsError("signatures need a file of keys too, which says what each may do")

    @property
    def default_index(self) -> str:
        return next(iter(self.indexes))

    @property
    def parallel(self) -> int:
        return self.max_parallel or len(os.sched_getaffinity(0))


def parse_index(text: str) -> tuple[str, Path]:
    """`NAME=DIR`, or `DIR` for an index called "index"."""
    name, separator, path = text.partition("=")
    if not separator:
        return "index", Path(text)
    if not path:
        raise SettingsError(f"--index {text}: there is no directory behind the =")
    return name, Path(path)
