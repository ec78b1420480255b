"""Every error of the TinEye API with its text (docs/sources/tineye.md, section 6).

A row: the present HTTP status and text, and for the 2017 format its status, type and text. Rows marked `ours` in the
comment have no published text or status; these are the double's own, and no client may depend on the text.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional


class Row(NamedTuple):
    status: int
    text: str
    old_status: Optional[int] = None
    old_type: str = "API_ERROR"
    old_text: Optional[str] = None


ROWS: Dict[str, Row] = {
    "bad_url": Row(400, "Invalid or missing URL."),
    "nothing_to_search": Row(400, "Please supply an image or a URL for searching."),
    "cannot_download": Row(
        400, "Couldn't identify/download image file.", 400, "API_ERROR",
        "Couldn't download URL, caught exception: HTTPError()",
    ),
    "cannot_identify": Row(
        400, "Couldn't identify/download image file.", 500, "API_ERROR", "cannot identify image file"
    ),
    "too_simple": Row(
        400, "Image too simple or too small to create unique signature.", 500, "NO_SIGNATURE_ERROR",
        "Image too simple or too small to create unique signature.",
    ),
    # The text for an animation is not published; this row has a third party's record of a bad image.
    "animated": Row(400, "Error reading image data"),
    "invalid_key": Row(401, "Please provide a valid API key."),
    "old_authentication": Row(
        401,
        "The authentication method that you are using has been removed. "
        "Please update to use the new X-API-KEY header method.",
    ),
    "forbidden": Row(403, "Forbidden"),
    "no_searches_left": Row(
        402, "You have no more searches available. Please purchase another bundle if you wish to make more searches."
    ),
    "too_many_requests": Row(429, "Too many requests."),
    "too_many_concurrent": Row(429, "Too many concurrent requests. Max concurrent requests is %(max_concurrent)d"),
    "busy": Row(503, "The service is busy due to high load, please try again later."),
    "unavailable": Row(503, "503 Service Unavailable"),
    # The three texts of the old FAQ; their statuses are not published (ours).
    "quota_30": Row(400, "You have exceeded your 30 search quota (will reset %(reset)s UTC)"),
    "clock_skew": Row(400, "Request time is too skewed from server time"),
    "bad_signature": Row(401, "The provided signature is not valid"),
    "nonce_short": Row(400, "The nonce must be at least 8 characters long"),  # ours
    "nonce_used": Row(400, "The nonce has already been used"),  # ours
    "bad_parameter": Row(400, "Invalid value for the parameter %(name)s"),  # ours
    "bad_form": Row(400, "Malformed request body: %(problem)s"),  # ours
}  # fmt: skip


def body_of(name: str, old: bool, stats: Dict[str, Any], /, **details: Any) -> Dict[str, Any]:
    """The JSON response of a row, in the present format (`stats` empty, text only) or that of 2017 (type and text)."""
    row = ROWS[name]
    if old:
        text = (row.old_text or row.text) % details
        return {"stats": stats, "code": status_of(name, True), "messages": [row.old_type, text], "results": []}
    return {"stats": {}, "code": row.status, "messages": [row.text % details], "results": []}


def status_of(name: str, old: bool) -> int:
    row = ROWS[name]
    return row.old_status or row.status if old else row.status


def script_table() -> Dict[str, Dict[str, Any]]:
    """The rows as script entries, `name` in the present format and `old_name` in that of 2017, plus responses that are not JSON."""
    details = {"max_concurrent": 4, "reset": "2017-03-20 12:00:00", "name": "limit", "problem": "no boundary"}
    stats = {"timestamp": "1331923111.71", "query_time": "0.51"}
    table: Dict[str, Dict[str, Any]] = {}
    for name in ROWS:
        table[name] = {"status": status_of(name, False), "body": body_of(name, False, {}, **details)}
        table["old_" + name] = {"status": status_of(name, True), "body": body_of(name, True, stats, **details)}
        # The same error inside HTTP 200: the body's code disagrees with the status and takes precedence.
        table["ok_" + name] = {"status": 200, "body": body_of(name, False, {}, **details)}
    html = {"Content-Type": "text/html; charset=utf-8"}
    table["html_200"] = {"status": 200, "headers": html, "body": "<!doctype html><title>Welcome</title><p>Log in"}
    table["html_502"] = {"status": 502, "headers": html, "body": "<html><h1>502 Bad Gateway</h1></html>"}
    table["broken_json"] = {"status": 200, "body": '{"stats": {}, "code": 200, "messages": [], "results": {"matches": ['}
    table["empty_200"] = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": ""}
    return table
