"""The signature of the TinEye API until 2022 (HMAC-SHA256; HMAC-SHA1 until December 2017), as the server checks it.

Source of the rules: docs/sources/tineye.md, section 4. Vendor libraries differ in the encoding of the parameters inside
the signed text, and all their calls succeeded, so the check accepts each vendor's encoding and returns its name.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Dict, List, Optional, Tuple
from urllib.parse import quote, quote_plus

Pairs = List[Tuple[str, str]]

#: Parameters that are not part of the signed parameter string.
UNSIGNED = ("api_key", "api_sig", "nonce", "date", "image_upload", "public_key")


def digest(algorithm: str, private_key: str, message: str) -> str:
    function = {"hmac-sha256": hashlib.sha256, "hmac-sha1": hashlib.sha1}[algorithm]
    return hmac.new(private_key.encode("utf-8"), message.encode("utf-8"), function).hexdigest()


def _join(pairs: Pairs) -> str:
    return "&".join("%s=%s" % pair for pair in sorted(pairs))


def encoded_keep(value: str) -> str:
    """Form encoding with `~` kept and upper-case escapes, as in the worked example of docs/sources/tineye.md, section 8."""
    return quote_plus(value, safe="~")


def parameter_strings(decoded: Pairs, wire: Pairs) -> Dict[str, str]:
    """Name of the encoding -> parameter string; `wire` has the values as they were sent."""
    plain = [(k, v) for k, v in decoded if k not in UNSIGNED]
    sent = [(k, v) for k, v in wire if k not in UNSIGNED]

    sent_url = dict((k, v) for k, v in sent if k == "image_url")
    return {
        "keep-case": _join([(k, encoded_keep(v) if k.lower() == "image_url" else v) for k, v in plain]),
        "lower-case": _join([(k, encoded_keep(v).lower() if k.lower() == "image_url" else v) for k, v in plain]),
        "keep-case, as sent": _join([(k, sent_url.get(k, v)) for k, v in plain]),
        "lower-case, as sent": _join([(k, sent_url[k].lower() if k in sent_url else v) for k, v in plain]),
        "all as sent": _join(sent),
        "all encoded, lower-case": _join([(k, quote_plus(v)) for k, v in plain]).lower(),
    }


def file_spellings(filename: str) -> List[str]:
    """The upload's file name inside the signed text: form-encoded (`+` or, in PHP, `%20`), then lower-cased."""
    return [quote_plus(filename, safe="~").lower(), quote(filename, safe="~").lower()]


def messages(
    private_key: str,
    method: str,
    url: str,
    date: str,
    nonce: str,
    decoded: Pairs,
    wire: Pairs,
    content_type: str = "",
    filename: str = "",
) -> Dict[str, str]:
    """Every signed text that the server accepts, by the name of its encoding."""
    names = file_spellings(filename) if method == "POST" else [""]
    result: Dict[str, str] = {}
    for name in names:
        head = private_key + method + (content_type + name if method == "POST" else "") + date + nonce + url
        for spelling, parameters in parameter_strings(decoded, wire).items():
            result.setdefault(spelling if name == names[0] else spelling + ", file name with %20", head + parameters)
    return result


def verify(signature: str, algorithm: str, private_key: str, texts: Dict[str, str]) -> Optional[str]:
    """The name of the encoding that the signature matches, or None."""
    for spelling, text in texts.items():
        if hmac.compare_digest(digest(algorithm, private_key, text).encode(), signature.encode("utf-8", "replace")):
            return spelling
    return None
