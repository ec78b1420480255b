"""TMAPI's errors (docs/sources/tmapi-1688.md, section 5; texts from docs/sources/tmapi-1688.md, section 8) and those of its gateway."""

from __future__ import annotations

from typing import Any, Dict

#: The vendor's response tabs: code -> text.
TEXTS = {
    417: "Failed to retrieve data, please try again or contact customer service.",
    422: "Parameter error",
    439: "Subscription expired or insufficient balance.",
    499: "Please try again or set your request timeout to 60 seconds.",
    500: "Unexpected error, please contact customer service.",
    503: "API request concurrency limit exceeded, please reduce concurrency.",
}


class Refusal(Exception):
    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


def script_table() -> Dict[str, Dict[str, Any]]:
    """Every code as HTTP status (`417`) and inside HTTP 200 (`body_417`); the gateway's responses; responses that are not JSON."""
    table: Dict[str, Dict[str, Any]] = {}
    for code, text in TEXTS.items():
        table[str(code)] = {"status": code, "body": {"code": code, "msg": text}}
        table["body_%d" % code] = {"status": 200, "body": {"code": code, "msg": text, "data": None}}
    table["401"] = {"status": 401, "body": {"code": 4011, "message": "no API key found in request"}}
    table["body_4011"] = {"status": 200, "body": {"code": 4011, "message": "no API key found in request"}}
    table["404"] = {"status": 404, "body": {"message": "no Route matched with those values"}}
    table["no_data"] = {"status": 200, "body": {"code": 200, "msg": "success", "data": None}}
    table["broken_json"] = {"status": 200, "body": '{"code": 200, "msg": "success", "data": {"page": 1,'}
    html = {"Content-Type": "text/html; charset=utf-8"}
    table["html_200"] = {"status": 200, "headers": html, "body": "<!doctype html><title>Welcome</title><p>Log in"}
    table["html_502"] = {"status": 502, "headers": html, "body": "<html><h1>502 Bad Gateway</h1></html>"}
    return table
