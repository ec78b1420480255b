"""Fetching an image by URL, as a provider does; only from loopback addresses."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request


class FetchError(Exception):
    pass


def fetch(url: str, limit: int = 20_000_000, timeout: float = 5.0) -> bytes:
    """The bytes at an http URL. Proxies of the environment are not used, since they are not on loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as answer:
            data = answer.read(limit + 1)
    except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException) as error:
        raise FetchError(str(error)) from None
    if len(data) > limit:
        raise FetchError("larger than %d bytes" % limit)
    return bytes(data)
