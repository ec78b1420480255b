"""Alibaba Cloud's three signatures as the server checks them (docs/sources/alibaba-image-search.md, 2.3, 5.2, 5.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Dict, List, Optional, Sequence, Tuple
from urllib.parse import quote

Pairs = Sequence[Tuple[str, str]]


def encode(text: str) -> str:
    """RFC 3986: unreserved characters stay, everything else is percent-encoded with upper-case hex."""
    return quote(text, safe="-_.~")


# ROA, HMAC-SHA1: 2018-01-20 and 2019-03-25


def roa_string(method: str, path: str, query: Pairs, bare: Sequence[str], headers: Pairs) -> str:
    """`bare` names query keys that were sent without `=`; values are not percent-encoded in the signed text."""
    lower = {name.lower(): value for name, value in headers}
    lines = [method] + [lower.get(name, "") for name in ("accept", "content-md5", "content-type", "date")]
    lines += ["%s:%s" % (n, lower[n].strip()) for n in sorted(lower) if n.startswith("x-acs-")]
    pieces = [name if name in bare else "%s=%s" % (name, value) for name, value in sorted(query)]
    return "\n".join(lines) + "\n" + path + ("?" + "&".join(pieces) if pieces else "")


def hmac_sha1(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode("utf-8"), text.encode("utf-8"), hashlib.sha1).digest()).decode("ascii")


def roa_authorization(value: str) -> Optional[Tuple[str, str]]:
    """The parts of `acs <AccessKeyId>:<signature>`."""
    found = re.fullmatch(r"acs ([^:\s]+):([A-Za-z0-9+/]{27}=)", value)
    return (found.group(1), found.group(2)) if found else None


def content_md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode("ascii")


# ACS3-HMAC-SHA256: 2020-12-14


class Acs3:
    """The parts of an ACS3 Authorization header."""

    def __init__(self, access_key_id: str, signed_headers: List[str], signature: str) -> None:
        self.access_key_id = access_key_id
        self.signed_headers = signed_headers
        self.signature = signature

    @staticmethod
    def parse(value: str) -> Optional["Acs3"]:
        form = r"ACS3-HMAC-SHA256 Credential=([^,\s]+),\s?SignedHeaders=([a-z0-9;-]+),\s?Signature=([0-9a-f]{64})"
        found = re.fullmatch(form, value)
        return Acs3(found.group(1), found.group(2).split(";"), found.group(3)) if found else None


def acs3_canonical(
    method: str, path: str, query: Pairs, headers: Pairs, signed: Sequence[str], body_sha256: str
) -> str:
    lower = {name.lower(): value.strip() for name, value in headers}
    lines = "".join("%s:%s\n" % (name, lower.get(name, "")) for name in signed)
    joined = "&".join("%s=%s" % (encode(k), encode(v)) for k, v in sorted(query))
    return "\n".join([method, path, joined, lines, ";".join(signed), body_sha256])


def acs3_string(canonical: str) -> str:
    return "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def acs3_signature(secret: str, canonical: str) -> str:
    return hmac.new(secret.encode("utf-8"), acs3_string(canonical).encode("ascii"), hashlib.sha256).hexdigest()


def acs3_problem(acs3: Acs3, headers: Pairs, has_body: bool) -> Optional[str]:
    """The error in the choice of signed headers, or None."""
    lower: Dict[str, str] = {name.lower(): value for name, value in headers}
    if acs3.signed_headers != sorted(set(acs3.signed_headers)):
        return "SignedHeaders are not sorted"
    needed = ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"]
    if has_body:
        needed.append("content-type")
    needed += [name for name in lower if name.startswith("x-acs-")]
    for name in needed:
        if name not in lower:
            return "the header %s is missing" % name
        if name not in acs3.signed_headers:
            return "the header %s is not signed" % name
    for name in acs3.signed_headers:
        if name not in lower:
            return "the signed header %s was not sent" % name
    return None


# RPC, HMAC-SHA1 (signature version 1.0, "v2" in the SDK): 2020-12-14


def rpc_string(method: str, parameters: Pairs) -> str:
    """`parameters`: query and form body together; Signature is left out."""
    # Sorted by name, not by "name=value": IntAttr comes before IntAttr4.
    pieces = ["%s=%s" % (encode(k), encode(v)) for k, v in sorted(parameters) if k != "Signature"]
    return "%s&%%2F&%s" % (method, encode("&".join(pieces)))


def rpc_signature(secret: str, text: str) -> str:
    return hmac_sha1(secret + "&", text)


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
