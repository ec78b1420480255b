"""The temporary upload: AuthorizeFileUpload on the open platform, then a form POST to the object store
(docs/sources/alibaba-image-search.md, section 5.1)."""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any, Dict, Optional
from xml.sax.saxutils import escape

from alibaba_errors import request_id
from alibaba_signature import hmac_sha1, same
from doublekit.messages import Request, Response

MAX_OBJECT = 100 * 1024 * 1024


class ObjectStore:
    """Grants and objects. The keys in grants are its own, not the caller's."""

    bucket = "viapi-customer-temp"
    access_key_id = "LTAI-oss-temp"
    secret = "oss-temp-secret"

    def __init__(self) -> None:
        self.grants: Dict[str, Dict[str, str]] = {}  # object key -> the response
        self.objects: Dict[str, bytes] = {}  # object key -> bytes

    def authorize(self, endpoint: str, now: float, seconds: float) -> Dict[str, Any]:
        """The response of AuthorizeFileUpload: one key, one policy that ends after `seconds`."""
        key = "1/ImageSearch/%s.jpg" % uuid.uuid4()
        ends = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now + seconds))
        policy = {
            "expiration": ends,
            "conditions": [["eq", "$key", key], {"bucket": self.bucket}, ["content-length-range", 1, MAX_OBJECT]],
        }
        encoded = base64.b64encode(json.dumps(policy).encode("utf-8")).decode("ascii")
        grant = {
            "AccessKeyId": self.access_key_id,
            "Bucket": self.bucket,
            "EncodedPolicy": encoded,
            "Endpoint": endpoint,
            "ObjectKey": key,
            "Signature": hmac_sha1(self.secret, encoded),
        }
        self.grants[key] = grant
        return {**grant, "RequestId": request_id(), "UseAccelerate": False}

    def upload(self, request: Request, now: float) -> Response:
        """The form POST. The policy's conditions are checked as the object store does; errors are XML."""
        form = request.form
        if request.method != "POST" or form.kind != "multipart":
            return _error(412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data.")
        if form.problem:
            return _error(400, "MalformedPOSTRequest", form.problem)
        file = form.file("file")
        if file is None or form.order[-1] != "file":
            return _error(400, "InvalidArgument", "The file must be the last field of the form.")
        if form.get("OSSAccessKeyId") != self.access_key_id:
            return _error(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
        policy = form.get("policy") or ""
        if not same(hmac_sha1(self.secret, policy), form.get("Signature") or ""):
            return _error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        problem = self._violated(policy, form.get("key") or "", len(file.content), now)
        if problem:
            return _error(403, "AccessDenied", "Invalid according to Policy: " + problem)
        key = form.get("key") or ""
        self.objects[key] = file.content
        status = form.get("success_action_status")
        if status != "201":
            return Response(int(status) if status == "200" else 204)
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Bucket>%s</Bucket><Location>http://%s/%s</Location>'
            "<Key>%s</Key><ETag>&quot;%s&quot;</ETag></PostResponse>"
        ) % (self.bucket, escape(request.header("Host") or ""), escape(key), escape(key), request.body_sha256()[:32].upper())
        return Response.text(201, xml, "application/xml")

    def _violated(self, encoded: str, key: str, length: int, now: float) -> Optional[str]:
        policy = json.loads(base64.b64decode(encoded))
        if time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now)) > policy["expiration"]:
            return "Policy expired."
        if key not in self.grants or ["eq", "$key", key] not in policy["conditions"]:
            return 'Policy Condition failed: ["eq", "$key"]'
        if not 1 <= length <= MAX_OBJECT:
            return "Policy Condition failed: content-length-range"
        return None

    def fetch(self, url: str) -> Optional[bytes]:
        """The object that `http(s)://<Bucket>.<Endpoint>/<ObjectKey>` names; None when that was never uploaded."""
        for key, content in self.objects.items():
            grant = self.grants[key]
            address = "://%s.%s/%s" % (grant["Bucket"], grant["Endpoint"], key)
            if url in ("http" + address, "https" + address):
                return content
        return None

    def names(self, url: str) -> bool:
        """Whether the URL is in the temporary bucket."""
        return any("://%s.%s/" % (g["Bucket"], g["Endpoint"]) in url for g in self.grants.values())


def _error(status: int, code: str, message: str) -> Response:
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>%s</Code>\n  <Message>%s</Message>\n'
        "  <RequestId>%s</RequestId>\n  <HostId>oss.localhost</HostId>\n</Error>\n"
    ) % (code, escape(message), uuid.uuid4().hex.upper()[:24])
    return Response.text(status, xml, "application/xml", "oss " + code + ": " + message)
