#!/usr/bin/env python3
"""A server that behaves as TMAPI's 1688 image search does and checks its requests. See README.md beside this file."""

from __future__ import annotations

import json
import re
import time
import uuid
from decimal import Decimal
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import urlsplit

from doublekit.fetch import FetchError, fetch
from doublekit.launch import run
from doublekit.messages import Request, Response
from doublekit.provider import Provider
from tmapi_errors import TEXTS, Refusal, script_table
from tmapi_items import GLOBAL_1, GLOBAL_2, SEARCH, catalogue, render

SEED_URL = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"

FLAGS = ["support_dropshipping", "is_factory", "verified_supplier", "free_shipping", "new_arrival"]
LANGUAGES = {GLOBAL_1: "en zh ru th pt es tr vi ja ko".split(), GLOBAL_2: "en zh ru vi ja ko".split()}
SORTS = ["default", "sales", "price_up", "price_down"]
CONVERT = "tools/image/convert_url"
SHAPES = (SEARCH, GLOBAL_1, GLOBAL_2)
KINDS = {SEARCH: "search", GLOBAL_1: "global_v1", GLOBAL_2: "global_v2", CONVERT: "convert_url"}


class TMAPI(Provider):
    name = "tmapi"
    errors = script_table()
    defaults: Dict[str, Any] = {
        "keys": ["test-token"],
        "auth": "either",  # "header" (apikey) or "query" (apiToken): only that place is read
        "errors_as": "status",  # or "body": the code inside HTTP 200
        "balance": None,  # paid calls left; 439 at zero
        "max_concurrent": None,  # concurrent searches; more get 503
        "search_seconds": 0.0,
        "ali_hosts": ["alicdn.com"],  # hosts whose images need no conversion (including subdomains)
        "v2_any_url": False,  # whether global v2 accepts any URL: its page does not restrict it to Alibaba's hosts
        "check_endpoint": True,  # a converted path is valid for its own endpoint only
        "conversion_seconds": 86400,  # lifetime of a converted path (24 hours according to third parties)
        "max_source_bytes": 300000,  # conversion of a larger image fails (checked for images fetched from loopback only)
        "clock_skew": 0,
    }

    def reset(self) -> None:
        super().reset()
        with self.lock:
            self.running = 0
            self.most_running = 0
            #: URL of the image -> items
            self.table: Dict[str, List[Dict[str, Any]]] = {
                SEED_URL: catalogue(680, True),
                "https://images.example/shirt.jpg": catalogue(45, False),
                "https://cbu01.alicdn.com/one.jpg": catalogue(1, False),
            }
            #: converted path -> (source URL, endpoint, time)
            self.converted: Dict[str, Tuple[str, str, float]] = {}

    @staticmethod
    def call_of(request: Request) -> Optional[str]:
        name = request.path[len("/1688/") :] if request.path.startswith("/1688/") else ""
        wanted = "POST" if name == CONVERT else "GET"
        return name if name in KINDS and request.method == wanted else None

    def kind(self, request: Request) -> str:
        return KINDS.get(self.call_of(request) or "", "unknown")

    def answer(self, request: Request) -> Response:
        call = self.call_of(request)
        if call is None:
            return Response.json(404, {"message": "no Route matched with those values"}, "no such route")
        query = self.unique(request)
        problem = self.unauthorized(request, query or {})
        if problem:
            return Response.json(401, {"code": 4011, "message": problem}, "401: " + problem)
        try:
            if query is None:
                raise Refusal(422, "a parameter is there twice")
            query.pop("apiToken", None)
            self.pay_check()
            data = self.convert(request, query) if call == CONVERT else self.search(call, query)
            self.pay(KINDS[call])
            return Response.json(200, {"code": 200, "msg": "success", "data": data})
        except Refusal as refusal:
            body = {"code": refusal.code, "msg": TEXTS[refusal.code]}
            status = refusal.code if self.settings["errors_as"] == "status" else 200
            return Response.json(status, body, "%d: %s" % (refusal.code, refusal.why))

    @staticmethod
    def unique(request: Request) -> Optional[Dict[str, str]]:
        result = dict(request.query)
        return result if len(result) == len(request.query) else None

    def unauthorized(self, request: Request, query: Dict[str, str]) -> Optional[str]:
        """The gateway's refusal, or None. Credentials in both places are refused: the real behaviour is not established, and a
        credential in two places leaks twice."""
        header, token = request.header_values("apikey"), query.get("apiToken")
        if header and token is not None:
            return "API key given twice, in header and query"
        if self.settings["auth"] == "header":
            token = None
        elif self.settings["auth"] == "query":
            header = []
        given = header[0] if header else token
        if not given:
            return "no API key found in request"
        if given not in self.settings["keys"]:
            return "invalid API key"
        request.notes["auth"] = "header" if header else "query"
        return None

    def pay_check(self) -> None:
        with self.lock:
            if self.settings["balance"] is not None and self.settings["balance"] <= 0:
                raise Refusal(439, "the balance is used up")

    def pay(self, kind: str) -> None:
        with self.lock:
            if self.settings["balance"] is not None:
                self.settings["balance"] -= 1
            self.charge(kind)

    # Conversion

    def convert(self, request: Request, query: Dict[str, str]) -> Dict[str, Any]:
        if query:
            raise Refusal(422, "parameters of the conversion are in the JSON body, not in the query")
        if (request.header("Content-Type") or "").split(";")[0].strip().lower() != "application/json":
            raise Refusal(422, "Content-Type is application/json")
        try:
            body = json.loads(request.body.decode("utf-8"))
        except ValueError:
            raise Refusal(422, "the body is not JSON") from None
        if not isinstance(body, dict) or set(body) - {"url", "search_api_endpoint"}:
            raise Refusal(422, "the body has url and search_api_endpoint")
        url, endpoint = body.get("url"), body.get("search_api_endpoint", "/" + SEARCH)
        if endpoint not in ["/" + shape for shape in SHAPES]:
            raise Refusal(422, "search_api_endpoint is one of the three paths without /1688")
        host = self.host(url)
        if host is None:
            raise Refusal(422, "url is an http or https address")
        if host.endswith(".invalid"):
            raise Refusal(417, "the image cannot be fetched")
        if host in ("127.0.0.1", "localhost"):
            try:
                fetch(str(url), self.settings["max_source_bytes"])
            except FetchError as error:
                raise Refusal(417, "the image cannot be fetched: %s" % error) from None
        folder = "imgextra5" if endpoint.endswith("v2") else "imgextra"
        path = "/search/%s/%d_%s.jpg" % (folder, int(self.now() * 1000), uuid.uuid4().hex[:8])
        with self.lock:
            self.converted[path] = (str(url), endpoint, self.now())
        return {"image_url": path}

    @staticmethod
    def host(url: Any) -> Optional[str]:
        if not isinstance(url, str) or " " in url:
            return None
        try:
            parts = urlsplit(url)
            return parts.hostname if parts.scheme in ("http", "https") else None
        except ValueError:
            return None

    # Searching

    def search(self, shape: str, query: Dict[str, str]) -> Dict[str, Any]:
        options = self.options(shape, query)
        source = self.source(shape, options["img_url"])
        limit = self.settings["max_concurrent"]
        with self.lock:
            if limit is not None and self.running >= limit:
                raise Refusal(503, "more than %d at a time" % limit)
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            if self.settings["search_seconds"]:
                time.sleep(self.settings["search_seconds"])
            return self.page(shape, self.table.get(source, []), options)
        finally:
            with self.lock:
                self.running -= 1

    def options(self, shape: str, query: Dict[str, str]) -> Dict[str, Any]:
        allowed = {"img_url", "page", "page_size", "sort", *FLAGS}
        allowed |= {"language"} if shape != SEARCH else set()
        allowed |= {"price_start", "price_end"} if shape != GLOBAL_1 else set()
        unknown = sorted(set(query) - allowed)
        if unknown:
            raise Refusal(422, "%s does not have %s" % (shape, ", ".join(unknown)))
        most = 100 if shape == GLOBAL_2 else 20
        for name, low, high in (("page", 1, 10**6), ("page_size", 1, most)):
            text = query.get(name)
            if text is not None and not (re.fullmatch(r"\d{1,7}", text) and low <= int(text) <= high):
                raise Refusal(422, "%s is %d to %d" % (name, low, high))
        if query.get("sort", "default") not in SORTS:
            raise Refusal(422, "sort")
        if shape != SEARCH and query.get("language", "en") not in LANGUAGES[shape]:
            raise Refusal(422, "language")
        for name in FLAGS:
            if query.get(name, "true") not in ("true", "false"):
                raise Refusal(422, "%s is true or false" % name)
        for name in ("price_start", "price_end"):
            if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", query.get(name, "0")):
                raise Refusal(422, "%s is a decimal number" % name)
        if not query.get("img_url"):
            raise Refusal(422, "img_url is required")
        return {**query, "page": int(query.get("page", 1)), "page_size": int(query.get("page_size", 20)),
                "sort": query.get("sort", "default"), "language": query.get("language", "en")}  # fmt: skip

    def source(self, shape: str, img_url: str) -> str:
        """The image's own URL, also of a converted path."""
        if img_url.startswith("/search/"):
            with self.lock:
                found = self.converted.get(img_url)
            if found is None:
                raise Refusal(422, "this path was never converted")
            if self.settings["check_endpoint"] and found[1] != "/" + shape:
                raise Refusal(422, "this path was converted for %s" % found[1])
            if found[2] + self.settings["conversion_seconds"] < self.now():
                raise Refusal(417, "the converted path has expired")
            return found[0]
        host = self.host(img_url)
        if host is None:
            raise Refusal(422, "img_url is neither an address nor a converted path")
        if host.endswith(".invalid"):
            raise Refusal(417, "the image cannot be fetched")
        ours = any(host == name or host.endswith("." + name) for name in self.settings["ali_hosts"])
        if not ours and not (shape == GLOBAL_2 and self.settings["v2_any_url"]):
            raise Refusal(422, "not an Ali-hosted image: convert it first")
        return img_url

    @staticmethod
    def page(shape: str, rows: List[Dict[str, Any]], options: Dict[str, Any]) -> Dict[str, Any]:
        for name in FLAGS:
            if options.get(name) == "true":
                rows = [row for row in rows if row[name]]
        if "price_start" in options:
            rows = [row for row in rows if Decimal(row["price"]) >= Decimal(options["price_start"])]
        if "price_end" in options:
            rows = [row for row in rows if Decimal(row["price"]) <= Decimal(options["price_end"])]
        if options["sort"] == "sales":
            rows = sorted(rows, key=lambda row: -int(row["sales"]))
        elif options["sort"] != "default":
            rows = sorted(rows, key=lambda row: Decimal(row["price"]), reverse=options["sort"] == "price_down")
        page, size = options["page"], options["page_size"]
        chosen = rows[(page - 1) * size : page * size]
        filters = {name: options[name] for name in [*FLAGS, "price_start", "price_end"] if name in options}
        data: Dict[str, Any] = {"page": page, "page_size": size, "total_count": len(rows)}
        if shape != GLOBAL_1:
            data.update(keyword="", cat_id=None)
        data.update(sort=options["sort"], filters=filters)
        data["items"] = [render(row, shape, options["language"]) for row in chosen]
        if shape != GLOBAL_1:
            data["has_next_page"] = page * size < len(rows)
        return data

    # Control calls of this double

    def control(self, method: str, path: str, body: Any, query: Dict[str, str]) -> Optional[Response]:
        if path == "items" and method == "POST":
            with self.lock:
                self.table[body["url"]] = catalogue(int(body["count"]), bool(body.get("seed", False)))
            return Response.json(200, {"url": body["url"]})
        if path == "conversions":
            with self.lock:
                rows = [{"path": p, "url": u, "endpoint": e, "time": t} for p, (u, e, t) in self.converted.items()]
            return Response.json(200, rows)
        return None

    def status(self) -> Dict[str, Any]:
        return {"most_concurrent_searches": self.most_running, "balance": self.settings["balance"]}


if __name__ == "__main__":
    run(TMAPI)
