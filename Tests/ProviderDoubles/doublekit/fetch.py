"""Fetching an image as a provider does when it is given a URL; only loopback addresses are ever asked."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request


class FetchError(Exception):
    pass


def fetch(url: str, limit: int = 20_000_000, timeout: float = 5.0) -> bytes:
    """The bytes at an http URL. Proxies of the environment are not used: they are not on loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as answer:
            data = answer.read(limit + 1)
    except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException) as error:
        raise FetchError(str(error)) from None
    if len(data) > limit:
        raise FetchError("larger than %d bytes" % limit)
    return bytes(data)
