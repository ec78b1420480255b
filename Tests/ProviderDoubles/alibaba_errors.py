"""Every error code of Image Search with its HTTP status (docs/sources/alibaba-image-search.md, section 7).

The codes and statuses are the vendor's, including the spellings "Seperator" and "Unknownl". Messages are the double's own unless
quoted there; a client must rely on the code.
"""

from __future__ import annotations

import uuid
from typing import Any, Dict, Optional

from doublekit.messages import Response

CODES: Dict[int, str] = {
    400: """BadRequest InvalidInstance InvalidInstanceName NoCaretSeperator EmptyMeta InvalidMetaItem NoPicList
        InvalidPicList NoSpecifiedPic NoSpecifiedSearchPic NoSpecifiedAddPic NoSpecifiedItemId NoSpecifiedProductId
        NoSpecifiedPicName NoSpecifiedPicContent InvalidCategory InvalidStartParameter InvalidNumParameter
        InvalidIntAttr InvalidStrAttr InvalidProductId InvalidPicName InvalidCustomContent InvalidFilterClause
        InvalidType InvalidRegion RegionError InvalidRequestId InvalidRequestIdTooLarge OverflowMaxResultNum
        OverflowMaxReturnNum UnsupportedPicFormat UnsupportedPicPixels IncorrectOrientation InvalidPicContent
        PicNotExist InvalidPicUrl TimeoutForTransferImage SearchTimeout InstanceOverQuota
        SignatureDoesNotMatch IncompleteSignature SignatureNonceUsed InvalidTimeStamp.Expired
        InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken ContentMD5NotMatched InvalidParameter
        Throttling Throttling.User""",
    403: "NoPermission DeniedRequest",
    404: "InvalidAccessKeyId.NotFound InvalidAction.NotFound InvalidVersion",
    409: "InstanceStatusError",
    500: """UnknownException UnknownlException NetworkException RequestTimeout ExtractFeatureTimeout
        AccessEngineFailed InternalOssError InternalSwiftError InternalTableStoreError ConnectionDVException
        PictureError UnsupportedInstanceType UnsupportedOperationType""",
}

STATUS: Dict[str, int] = {code: status for status, codes in CODES.items() for code in codes.split()}

MESSAGES: Dict[str, str] = {
    "PictureError": "[download] Img Download Failed.",
    "DeniedRequest": "Denied by flow control.",
    "InvalidAccessKeyId.NotFound": "Specified access key is not found.",
    "SignatureNonceUsed": "Specified signature nonce was used already.",
    "InvalidTimeStamp.Expired": "Specified time stamp or date value is expired.",
}


class Failure(Exception):
    """An error response: its code, text appended to the message, additional headers."""

    def __init__(self, code: str, detail: str = "", headers: Optional[Dict[str, str]] = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = headers or {}

    def response(self) -> Response:
        code = self.code.split("/")[0]  # "MissingParameter/Num" names the parameter for the log only
        body = body_of(code, self.detail)
        verdict = self.code + (": " + self.detail if self.detail else "")
        answer = Response.json(status_of(code), body, verdict)
        answer.headers += list(self.headers.items())
        return answer


def status_of(code: str) -> int:
    return 400 if code.startswith("Missing") else STATUS[code]


def body_of(code: str, detail: str = "") -> Dict[str, Any]:
    message = MESSAGES.get(code, "The request failed: %s." % code)
    return {
        "RequestId": request_id(),
        "HostId": "imagesearch.cn-shanghai.aliyuncs.com",
        "Code": code,
        "Message": (message + " " + detail).strip(),
    }


def request_id() -> str:
    return str(uuid.uuid4()).upper()


def script_table() -> Dict[str, Dict[str, Any]]:
    """The codes as script entries: `NAME`; `ok_NAME`, the same inside HTTP 200; `lower_NAME`, keys with a lower-case first
    letter (the vendor's SDK reads both); and responses that are not JSON."""
    table: Dict[str, Dict[str, Any]] = {}
    for code, status in STATUS.items():
        body = body_of(code)
        table[code] = {"status": status, "body": body}
        table["ok_" + code] = {"status": 200, "body": {**body, "Success": False}}
        table["lower_" + code] = {"status": status, "body": {k[0].lower() + k[1:]: v for k, v in body.items()}}
    table["InstanceStatusError_400"] = {"status": 400, "body": body_of("InstanceStatusError")}
    table["Throttling_retry_after"] = {
        "status": 400, "headers": {"x-acs-retry-after": "2"}, "body": body_of("Throttling.User"),
    }  # fmt: skip
    html = {"Content-Type": "text/html; charset=utf-8"}
    table["html_200"] = {"status": 200, "headers": html, "body": "<!doctype html><title>Welcome</title><p>Log in"}
    table["html_502"] = {"status": 502, "headers": html, "body": "<html><h1>502 Bad Gateway</h1></html>"}
    table["broken_json"] = {"status": 200, "body": '{"Code": 0, "Success": true, "Auctions": ['}
    xml = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy.</Message>'
    xml += "<RequestId>5C3D9175B6FC201293AD4890</RequestId><HostId>oss.localhost</HostId></Error>"
    table["oss_AccessDenied"] = {
        "status": 403, "kind": "oss_upload", "headers": {"Content-Type": "application/xml"}, "body": xml,
    }  # fmt: skip
    return table
