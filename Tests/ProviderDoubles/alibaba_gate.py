"""Authentication: signatures, clocks, nonces and tokens of all generations, before any action runs."""

from __future__ import annotations

import calendar
import email.utils
import threading
import time
from typing import Any, Dict, Optional, Set

import alibaba_signature as sign
from alibaba_errors import Failure
from doublekit.messages import Request


class Gate:
    """Checks a request against the keys in the settings. Records the nonces it has seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nonces: Set[str] = set()

    def check(self, request: Request, settings: Dict[str, Any], now: float) -> str:
        """The scheme that the request was signed with. Raises Failure when the signature is invalid."""
        authorization = request.header("Authorization") or ""
        if authorization.startswith("ACS3-"):
            return self._acs3(request, authorization, settings, now)
        if authorization.startswith("acs "):
            return self._roa(request, authorization, settings, now)
        if any(name == "Signature" for name, _ in request.query):
            return self._rpc(request, settings, now)
        raise Failure("IncompleteSignature", "no signature")

    @staticmethod
    def _key(settings: Dict[str, Any], access_key_id: str) -> Dict[str, Any]:
        key = settings["keys"].get(access_key_id)
        if key is None:
            raise Failure("InvalidAccessKeyId.NotFound")
        return {"secret": key} if isinstance(key, str) else dict(key)

    @staticmethod
    def _token(key: Dict[str, Any], given: Optional[str]) -> None:
        wanted = key.get("token")
        if wanted is None and given is not None:
            raise Failure("InvalidSecurityToken.MismatchWithAccessKey", "this key has no token")
        if wanted is not None and given is None:
            raise Failure("MissingSecurityToken")
        if wanted is not None and given != wanted:
            raise Failure("InvalidSecurityToken.MismatchWithAccessKey")

    def _once(self, nonce: str) -> None:
        with self._lock:
            if nonce in self._nonces:
                raise Failure("SignatureNonceUsed")
            self._nonces.add(nonce)

    @staticmethod
    def _iso(text: Optional[str]) -> float:
        try:
            return float(calendar.timegm(time.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ")))
        except ValueError:
            raise Failure("InvalidTimeStamp.Expired", "not YYYY-MM-DDThh:mm:ssZ") from None

    def _acs3(self, request: Request, authorization: str, settings: Dict[str, Any], now: float) -> str:
        acs3 = sign.Acs3.parse(authorization)
        if acs3 is None:
            raise Failure("IncompleteSignature", "the Authorization header cannot be read")
        key = self._key(settings, acs3.access_key_id)
        problem = sign.acs3_problem(acs3, request.headers, bool(request.body))
        if problem:
            raise Failure("IncompleteSignature", problem)
        if request.header("x-acs-content-sha256") != request.body_sha256():
            raise Failure("SignatureDoesNotMatch", "x-acs-content-sha256 is not the hash of the body")
        if abs(self._iso(request.header("x-acs-date")) - now) > settings["signature_window"]:
            raise Failure("InvalidTimeStamp.Expired")
        canonical = sign.acs3_canonical(
            request.method, request.path, request.query, request.headers, acs3.signed_headers, request.body_sha256()
        )
        if not sign.same(sign.acs3_signature(key["secret"], canonical), acs3.signature):
            raise Failure("SignatureDoesNotMatch", "server string to sign is: " + canonical.replace("\n", "\\n"))
        self._token(key, request.header("x-acs-security-token"))
        self._once("acs3 " + (request.header("x-acs-signature-nonce") or ""))
        return "ACS3-HMAC-SHA256"

    def _roa(self, request: Request, authorization: str, settings: Dict[str, Any], now: float) -> str:
        parts = sign.roa_authorization(authorization)
        if parts is None:
            raise Failure("IncompleteSignature", "the Authorization header cannot be read")
        key = self._key(settings, parts[0])
        if (request.header("x-acs-signature-method") or "") != "HMAC-SHA1":
            raise Failure("IncompleteSignature", "x-acs-signature-method is HMAC-SHA1")
        if request.header("Accept") != "application/json":
            raise Failure("IncompleteSignature", "Accept is application/json")
        if request.header("Content-MD5") != sign.content_md5(request.body):
            raise Failure("ContentMD5NotMatched")
        date = email.utils.parsedate_tz(request.header("Date") or "")
        if date is None or abs(email.utils.mktime_tz(date) - now) > settings["signature_window"]:
            raise Failure("InvalidTimeStamp.Expired")
        bare = [piece for piece in request.query_text.split("&") if "=" not in piece]
        text = sign.roa_string(request.method, request.path, request.query, bare, request.headers)
        if not sign.same(sign.hmac_sha1(key["secret"], text), parts[1]):
            raise Failure("SignatureDoesNotMatch", "server string to sign is: " + text.replace("\n", "\\n"))
        self._token(key, request.header("x-acs-security-token"))
        nonce = request.header("x-acs-signature-nonce")
        if nonce is None and settings["require_nonce"]:
            raise Failure("IncompleteSignature", "x-acs-signature-nonce is mandatory")
        if nonce is not None:
            self._once("roa " + nonce)
        return "ROA HMAC-SHA1"

    def _rpc(self, request: Request, settings: Dict[str, Any], now: float) -> str:
        query = dict(request.query)
        for name in ("Action", "Version", "Timestamp", "SignatureNonce", "AccessKeyId"):
            if not query.get(name):
                raise Failure("Missing" + name)
        if query.get("SignatureMethod") != "HMAC-SHA1" or query.get("SignatureVersion") != "1.0":
            raise Failure("IncompleteSignature", "SignatureMethod is HMAC-SHA1, SignatureVersion 1.0")
        key = self._key(settings, query["AccessKeyId"])
        if abs(self._iso(query["Timestamp"]) - now) > settings["rpc_window"]:
            raise Failure("InvalidTimeStamp.Expired")
        text = sign.rpc_string(request.method, request.query + request.form.fields)
        if not sign.same(sign.rpc_signature(key["secret"], text), query["Signature"]):
            raise Failure("SignatureDoesNotMatch", "server string to sign is: " + text)
        self._token(key, query.get("SecurityToken"))
        self._once("rpc " + query["SignatureNonce"])
        return "RPC HMAC-SHA1"
