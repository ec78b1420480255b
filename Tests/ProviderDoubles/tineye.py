#!/usr/bin/env python3
"""A server that behaves as the TinEye API does and checks its requests. See README.md beside this file."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from typing import Any, Deque, Dict, List, Optional, Set, Tuple

import tineye_errors
from doublekit.launch import run
from doublekit.messages import Pairs, Request, Response
from doublekit.provider import Provider
from tineye_answers import Known, built_in, start_table
from tineye_overlay import overlay_png
from tineye_search import Refusal, Table, page, search_options
from tineye_signature import messages, verify

SANDBOX_KEY = "6mm60lsCNIB,FwOWjJqA80QZHh9BMwc-ber4u=t^"
SANDBOX_PUBLIC_KEY = "LCkn,2K7osVwkX95K4Oy"
IMAGE_COUNT = 48_560_880_094
AUTH_PARAMETERS = ("api_key", "api_sig", "nonce", "date")
SEARCH_PARAMETERS = (
    "image_url", "image_upload", "offset", "limit", "sort", "order", "backlink_limit", "tags", "domain", "pretty",
)  # fmt: skip


class TinEye(Provider):
    name = "tineye"
    errors = tineye_errors.script_table()
    defaults: Dict[str, Any] = {
        "auth": "header",  # "header" (present) or "signature" (until 2022)
        "algorithm": "hmac-sha256",  # or "hmac-sha1": signatures until December 2017
        "keys": {"test-key": "test-public-key", SANDBOX_KEY: SANDBOX_PUBLIC_KEY},  # private -> public
        "shape": "modern",  # "modern", or "2017" (errors with a type) or "2012" (counters inside results)
        "results_key": "results",  # or "result", as in the prose of the 2017 page
        "expire_key": "expire_date",  # or "end_date"
        "bundles": [
            {"remaining_searches": 719, "start_date": "2025-12-17 03:42:50 UTC", "expire_date": "2027-12-17 03:42:50 UTC"},
            {"remaining_searches": 10000, "start_date": "2026-02-25 16:31:09 UTC", "expire_date": "2028-02-25 16:31:09 UTC"},
            {"remaining_searches": 0, "start_date": "2026-03-19 09:50:16 UTC", "expire_date": "2028-03-19 09:50:16 UTC"},
        ],
        "image_count": IMAGE_COUNT,
        "clock_skew": 0,  # seconds the server's clock is ahead
        "max_concurrent": 4,  # concurrent searches; more get 429
        "warn_over_per_minute": None,  # e.g. 30: a warning in `messages` above that
        "search_seconds": 0.0,  # duration of a search
        "max_limit": 1000,  # larger values are reduced to this; the real maximum is not published
        "default_limit": 100,
        "min_side": 10,  # pixels; smaller images are too small
        "signed_url_base": None,  # e.g. "https://api.tineye.com/rest/"; default: the URL that was called
        "fetch_loopback": True,  # image_url on 127.0.0.1 or localhost is actually fetched
    }  # fmt: skip

    def reset(self) -> None:
        super().reset()
        with self.lock:
            self.files = built_in()
            self.table = Table(start_table(self.files))
            self.nonces: Set[str] = set()
            self.running = 0
            self.most_running = 0
            self.recent: Deque[float] = deque()

    def kind(self, request: Request) -> str:
        method = self.method_of(request.path)
        if method == "search":
            return "search_upload" if request.method == "POST" else "search_url"
        return method or "unknown"

    @staticmethod
    def method_of(path: str) -> Optional[str]:
        """search, image_count, remaining_searches or overlay; a doubled slash is accepted, a missing trailing one is not."""
        pieces = path.split("/")
        if len(pieces) < 3 or pieces[0] != "" or pieces[1] != "rest":
            return None
        rest = [piece for piece in pieces[2:-1] if piece]
        if rest[:1] == ["overlay"] and len(rest) == 2 and pieces[-1]:
            return "overlay"
        if pieces[-1] == "" and len(rest) == 1 and rest[0] in ("search", "image_count", "remaining_searches"):
            return rest[0]
        return None

    def answer(self, request: Request) -> Response:
        began = time.time()
        method = self.method_of(request.path)
        if method is None:
            return Response.text(404, "<html><h1>404 Not Found</h1></html>", "text/html; charset=utf-8", "no such path")
        if request.method not in ("GET", "POST") or (request.method == "POST" and method != "search"):
            return Response.text(405, "<html><h1>405</h1></html>", "text/html; charset=utf-8", "wrong HTTP method")
        if method == "overlay":
            return self.overlay(request)
        pretty = False
        try:
            if request.form.problem:
                raise Refusal("bad_form", problem=request.form.problem)
            parameters = self.parameters(request)
            pretty = parameters.get("pretty") == "true"
            key = self.authenticate(request)
            extra: Dict[str, Any] = {}
            warnings: List[str] = []
            if method == "image_count":
                results: Any = self.settings["image_count"]
            elif method == "remaining_searches":
                results = self.remaining(key)
            else:
                results, extra, warnings = self.search(request, parameters, key)
            stats = {"timestamp": "%.2f" % self.now(), "query_time": "%.2f" % (time.time() - began)}
            if self.settings["shape"] != "2012":
                stats.update(extra)
            else:
                if extra:
                    results.update(
                        total_results=extra["total_results"], total_backlinks=extra["total_backlinks"],
                        total_contributors=extra["total_collection"],
                    )  # fmt: skip
            body = {"stats": stats, "code": 200, "messages": warnings, self.settings["results_key"]: results}
            return Response.json(200, body, pretty=pretty)
        except Refusal as refusal:
            old = self.settings["shape"] != "modern"
            stats = {"timestamp": "%.2f" % self.now(), "query_time": "%.2f" % (time.time() - began)}
            body = tineye_errors.body_of(refusal.row, old, stats, **refusal.details)
            details = "".join(" %s=%s" % pair for pair in refusal.details.items())
            return Response.json(tineye_errors.status_of(refusal.row, old), body, refusal.row + details, pretty)

    # Authentication

    def parameters(self, request: Request) -> Dict[str, str]:
        """Query and form together; a repeated name is refused, because it would be ambiguous."""
        result: Dict[str, str] = {}
        for name, value in request.query + request.form.fields:
            if name in result:
                raise Refusal("bad_parameter", name=name)
            result[name] = value
        known = set(SEARCH_PARAMETERS) | set(AUTH_PARAMETERS) | {"public_key"}
        unknown = sorted(set(result) - known)
        if unknown:
            request.notes["unknown_parameters"] = unknown
        return result

    def authenticate(self, request: Request) -> str:
        """The private key that the request is authenticated with."""
        fields = dict(request.query + request.form.fields)
        if self.settings["auth"] == "header":
            if any(name in fields for name in (*AUTH_PARAMETERS, "public_key")):
                raise Refusal("old_authentication")
            given = request.header_values("x-api-key")
            if not given:
                # According to the vendor's list, a request without the header also gets this text.
                raise Refusal("old_authentication")
            if len(given) != 1 or given[0] not in self.settings["keys"]:
                raise Refusal("invalid_key")
            request.notes["auth"] = "header"
            return given[0]
        return self.check_signature(request, fields)

    def check_signature(self, request: Request, fields: Dict[str, str]) -> str:
        if any(not fields.get(name) for name in AUTH_PARAMETERS):
            raise Refusal("invalid_key")
        private: Optional[str] = next((k for k, public in self.settings["keys"].items() if public == fields["api_key"]), None)
        if private is None:
            raise Refusal("invalid_key")
        nonce, date = fields["nonce"], fields["date"]
        if len(nonce) < 8:
            raise Refusal("nonce_short")
        if not date.isdigit() or abs(int(date) - self.now()) > 15 * 60:
            raise Refusal("clock_skew")
        decoded: Pairs = request.query + request.form.fields
        upload = request.form.file("image_upload")
        texts = messages(
            private, request.method, self.signed_url(request), date, nonce, decoded,
            request.wire_query + request.form.wire_fields, request.header("Content-Type") or "",
            upload.filename if upload else "",
        )  # fmt: skip
        spelling = verify(fields["api_sig"], self.settings["algorithm"], private, texts)
        if spelling is None:
            raise Refusal("bad_signature")
        with self.lock:
            if nonce in self.nonces:
                raise Refusal("nonce_used")
            self.nonces.add(nonce)
        request.notes["auth"] = "signature, " + spelling
        return private

    def signed_url(self, request: Request) -> str:
        base = self.settings["signed_url_base"]
        if base:
            return str(base) + request.path[len("/rest/") :]
        return "%s://%s%s" % (request.scheme, request.header("Host") or "", request.path)

    # Quota

    def live_bundles(self) -> List[Dict[str, Any]]:
        """Bundles with searches that have not expired, in the order of expiry."""
        now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.now()))
        live = [b for b in self.settings["bundles"] if b["remaining_searches"] > 0 and b["expire_date"] > now]
        return sorted(live, key=lambda bundle: str(bundle["expire_date"]))

    def remaining(self, key: str) -> Dict[str, Any]:
        with self.lock:
            bundles = self.live_bundles()
            if key == SANDBOX_KEY:
                bundles = [{"remaining_searches": 5000, "start_date": "2026-01-01 00:00:00 UTC",
                            "expire_date": "2028-01-01 00:00:00 UTC"}]  # fmt: skip
            rows = [
                {
                    "remaining_searches": bundle["remaining_searches"],
                    "start_date": bundle["start_date"],
                    self.settings["expire_key"]: bundle["expire_date"],
                }
                for bundle in bundles
            ]
        return {"bundles": rows, "total_remaining_searches": sum(row["remaining_searches"] for row in rows)}

    # Searching

    def search(
        self, request: Request, parameters: Dict[str, str], key: str
    ) -> Tuple[Dict[str, Any], Dict[str, Any], List[str]]:
        options = search_options(parameters, self.settings)
        with self.lock:
            if key != SANDBOX_KEY and not self.live_bundles():
                raise Refusal("no_searches_left")
            if self.running >= self.settings["max_concurrent"]:
                raise Refusal("too_many_concurrent", max_concurrent=self.settings["max_concurrent"])
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            if self.settings["search_seconds"]:
                time.sleep(self.settings["search_seconds"])
            found_key, known = self.table.look_up(request, parameters, self.settings)
            results, counters = page(found_key, known, options)
            with self.lock:
                # Only successful searches are charged; the sandbox is free.
                if key != SANDBOX_KEY:
                    bundles = self.live_bundles()
                    if not bundles:
                        raise Refusal("no_searches_left")
                    bundles[0]["remaining_searches"] -= 1
                    self.charge(self.kind(request))
            return results, counters, self.rate_warning()
        finally:
            with self.lock:
                self.running -= 1

    def rate_warning(self) -> List[str]:
        allowed = self.settings["warn_over_per_minute"]
        with self.lock:
            now = time.time()
            self.recent.append(now)
            while self.recent and self.recent[0] < now - 60:
                self.recent.popleft()
            if allowed is None or len(self.recent) <= allowed:
                return []
        return ["Warning: you have made more than %d searches in the last minute." % allowed]

    def overlay(self, request: Request) -> Response:
        """Match on the left, query on the right. No key is required, because links in web pages have none."""
        pieces = [piece for piece in request.path.split("/") if piece]
        names = {name for name, _ in request.query}
        if request.method != "GET" or names != {"m11", "m12", "m13", "m21", "m22", "m23"}:
            return Response.text(404, "Not Found", verdict="not an overlay of a match")
        if any(len(piece) != 40 for piece in pieces[2:4]):
            return Response.text(404, "Not Found", verdict="not an overlay of a match")
        return Response(200, overlay_png(pieces[2], pieces[3]), [("Content-Type", "image/png")])

    # Control calls of this double

    def control(self, method: str, path: str, body: Any, query: Dict[str, str]) -> Optional[Response]:
        if path == "matches" and method == "POST":
            key = "sha256:" + body["sha256"].lower() if "sha256" in body else "url:" + body["url"]
            row = {k: v for k, v in body.items() if k not in ("sha256", "url")}
            self.table.put(key, Known(**row))
            return Response.json(200, {"key": key})
        if path == "images":
            return Response.json(200, {name: self.image_row(data) for name, data in self.files.items()})
        if path.startswith("images/") and path[len("images/") :] in self.files:
            return Response(200, self.files[path[len("images/") :]], [("Content-Type", "application/octet-stream")])
        return None

    def image_row(self, data: bytes) -> Dict[str, Any]:
        sha256 = hashlib.sha256(data).hexdigest()
        known = self.table.get("sha256:" + sha256) or Known()
        return {"sha256": sha256, "length": len(data), "matches": known.count}

    def status(self) -> Dict[str, Any]:
        return {"most_concurrent_searches": self.most_running, "remaining": self.remaining("")}


if __name__ == "__main__":
    run(TinEye)
