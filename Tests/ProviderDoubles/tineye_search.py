"""A TinEye search: reading its parameters, finding the image in the table, choosing the page of matches."""

from __future__ import annotations

import hashlib
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import urlsplit

from doublekit import images
from doublekit.fetch import FetchError, fetch
from doublekit.messages import Request
from tineye_answers import Known, crawl_date, matches_of


class Refusal(Exception):
    """An error response: a row of tineye_errors and the arguments of its text."""

    def __init__(self, row: str, **details: Any) -> None:
        super().__init__(row)
        self.row = row
        self.details = details


def search_options(parameters: Dict[str, str], settings: Dict[str, Any]) -> Dict[str, Any]:
    """The search's options with their defaults.

    Raises Refusal("bad_parameter") for undocumented values.
    """

    def whole(name: str, default: int) -> int:
        text = parameters.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Refusal("bad_parameter", name=name)
        return int(text)

    def one_of(name: str, allowed: Tuple[str, ...]) -> str:
        text = parameters.get(name, allowed[0])
        if text not in allowed:
            raise Refusal("bad_parameter", name=name)
        return text

    tags = parameters["tags"].split(",") if "tags" in parameters else []
    if any(tag not in ("stock", "collection") for tag in tags):
        raise Refusal("bad_parameter", name="tags")
    domain = parameters.get("domain")
    if domain is not None and (not domain or any(c in domain for c in "*/: ")):
        raise Refusal("bad_parameter", name="domain")
    one_of("pretty", ("false", "true"))
    return {
        "offset": whole("offset", 0),
        "limit": min(whole("limit", settings["default_limit"]), settings["max_limit"]),
        "backlink_limit": whole("backlink_limit", 100),
        "sort": one_of("sort", ("score", "size", "crawl_date")),
        "order": one_of("order", ("desc", "asc")),
        "tags": tags,
        "domain": domain,
    }


class Table:
    """The known images, by `sha256:<hex>` of the upload or `url:<address>`. Thread-safe."""

    def __init__(self, rows: Dict[str, Known]) -> None:
        self._lock = threading.Lock()
        self._rows = rows

    def put(self, key: str, known: Known) -> None:
        with self._lock:
            self._rows[key] = known

    def get(self, key: str) -> Optional[Known]:
        with self._lock:
            return self._rows.get(key)

    def look_up(self, request: Request, parameters: Dict[str, str], settings: Dict[str, Any]) -> Tuple[str, Known]:
        """The image's key and its row; an unknown image has a row without matches."""
        upload = request.form.file("image_upload")
        url = parameters.get("image_url")
        if request.method == "POST":
            if upload is None or url is not None:
                raise Refusal("nothing_to_search")
            return self._bytes(upload.content, settings)
        if url is None or "image_upload" in parameters:
            raise Refusal("nothing_to_search")
        return self._url(url, settings)

    def _url(self, url: str, settings: Dict[str, Any]) -> Tuple[str, Known]:
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            raise Refusal("bad_url") from None
        if parts.scheme not in ("http", "https") or not host or " " in url:
            raise Refusal("bad_url")
        known = self.get("url:" + url)
        if host.endswith(".invalid") or (known is not None and known.flag == "unreachable"):
            raise Refusal("cannot_download")
        if known is None and host in ("127.0.0.1", "localhost") and settings["fetch_loopback"]:
            try:
                return self._bytes(fetch(url), settings)
            except FetchError:
                raise Refusal("cannot_download") from None
        if known is not None and known.flag == "simple":
            raise Refusal("too_simple")
        return "url:" + url, known or Known()

    def _bytes(self, content: bytes, settings: Dict[str, Any]) -> Tuple[str, Known]:
        info = images.sniff(content)
        if info is None or info.format == "PPM":
            raise Refusal("cannot_identify")
        if info.animated:
            raise Refusal("animated")
        key = "sha256:" + hashlib.sha256(content).hexdigest()
        known = self.get(key) or Known()
        if known.flag == "simple" or min(info.width, info.height) < settings["min_side"]:
            raise Refusal("too_simple")
        return key, known


def page(key: str, known: Known, options: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """The matches after filters, order, offset and limit, and the counters for `stats`."""
    everything = matches_of(key, known)
    chosen = everything
    if options["tags"]:
        chosen = [m for m in chosen if set(m.get("tags") or []) & set(options["tags"])]
    if options["domain"]:
        chosen = [m for m in chosen if m.get("domain") == options["domain"]]
    order: Dict[str, Callable[[Dict[str, Any]], Any]] = {
        "score": lambda match: match.get("score", 0),
        "size": lambda match: match.get("size", 0),
        "crawl_date": crawl_date,
    }
    chosen = sorted(chosen, key=order[options["sort"]], reverse=options["order"] == "desc")
    rows: List[Dict[str, Any]] = []
    for match in chosen[options["offset"] : options["offset"] + options["limit"]]:
        rows.append({**match, "backlinks": (match.get("backlinks") or [])[: options["backlink_limit"]]})
    counters = {
        "total_results": len(everything),
        "total_filtered_results": len(chosen),
        "total_backlinks": sum(len(m.get("backlinks") or []) for m in everything),
        "total_collection": sum("collection" in (m.get("tags") or []) for m in everything),
        "total_stock": sum("stock" in (m.get("tags") or []) for m in everything),
    }
    return {"matches": rows}, counters
