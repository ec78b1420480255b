"""The signature of TinEye's clients of 2017-2022 (docs/sources/tineye.md, section 4)."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote, quote_plus

from starlette.requests import Request

from .keys import Key
from .parameters import Parameters
from .problems import Kind, Problem
from .service import Service

#: Maximum deviation of a signature's date, in seconds.
SKEW = 900
#: Minimum length of a nonce in characters.
NONCE = 8
UNSIGNED = frozenset({"api_key", "api_sig", "nonce", "date", "image_upload", "public_key"})


def signer(service: Service, request: Request, parameters: Parameters) -> Key:
    """The key of a signed request.

    Raises:
        Problem: the signature is not valid.
    """
    public = parameters.text("api_key") or ""
    nonce, date, given = (parameters.text(name) or "" for name in ("nonce", "date", "api_sig"))
    entry = service.signatures.get(public)
    if len(nonce) < NONCE:
        raise Problem(401, "The provided nonce is too short", Kind.KEY)
    if not date.isascii() or not date.isdecimal() or len(date) > 12 or abs(int(date) - time.time()) > SKEW:
        raise Problem(401, "Request time is too skewed from server time", Kind.KEY)
    private = entry["private"] if entry else "-"
    expected = {_hmac(private, text) for text in _messages(service, request, parameters, private, date, nonce)}
    # All variants are compared, each in constant time.
    matching = [hmac.compare_digest(one.encode(), given.lower().encode()) for one in expected]
    key = service.keys.by_id(entry["key"]) if entry and service.keys else None
    if not any(matching) or key is None:
        raise Problem(401, "The provided signature is not valid", Kind.KEY)
    return key


def _hmac(private: str, text: str) -> str:
    return hmac.new(private.encode(), text.encode(), hashlib.sha256).hexdigest()


def _messages(service: Service, request: Request, parameters: Parameters, private: str, date: str, nonce: str) -> list[str]:
    """The possible strings to sign: the vendor's libraries encode the URL of an image and the name of a file in two ways each,
    and its server accepted both."""
    path: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    address = service.base(request) + path.decode("ascii", "replace")
    uploads = [""]
    if request.method == "POST":
        upload = parameters.file("image_upload")
        filename = upload.filename if upload else ""
        kind = request.headers.get("content-type", "")
        uploads = [kind + quote_plus(filename, safe="~").lower(), kind + quote(filename, safe="~").lower()]
    signed = [(name, value) for name, value in parameters.values if name not in UNSIGNED]
    spelled = [
        "&".join(sorted(f"{name}={change(value) if name == 'image_url' else value}" for name, value in signed))
        for change in (_encoded, lambda value: _encoded(value).lower())
    ]
    head = private + request.method
    return [head + upload + date + nonce + address + values for upload in uploads for values in spelled]


def _encoded(value: str) -> str:
    return quote_plus(value, safe="~")
