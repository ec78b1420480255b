"""The Alibaba double itself: every published signature verifies, damaged ones do not, and the packed body is parsed strictly."""

from __future__ import annotations

import calendar
import hashlib
import http.client
import json
import subprocess
import time
from email.utils import formatdate
from typing import Any, Dict, List, Tuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from doublekit.process import DoubleProcess

VECTORS_FILE = "alibaba-image-search.json"
THEN = float(calendar.timegm((2018, 2, 24, 8, 0, 0)))
SETTINGS = {"keys": {"testid": "testsecret", "YourAccessKeyId": "YourAccessKeySecret"}, "signature_window": 900,
            "rpc_window": 1860, "require_nonce": False}  # fmt: skip


def request_of(vector: Dict[str, Any]) -> Any:
    from doublekit.messages import Request

    headers = [(k, v) for k, v in vector["headers"].items() if v is not None]
    if "url" in vector:
        parts = urlsplit(vector["url"])
        target = parts.path + "?" + parts.query
        headers.append(("Host", parts.netloc))
    else:
        target = "/" + ("?" + urlencode(vector["query"]) if vector["query"] else "")
    body = (vector["body"] or "").encode("utf-8")
    return Request(vector["method"], target, headers, body, "https", 1)


def test_captured_requests_pass_the_gate(vectors: Dict[str, Any]) -> None:
    from alibaba_errors import Failure
    from alibaba_gate import Gate

    assert len(vectors["vectors"]) == 17
    flow = [vectors["advance_flow"]["requests"][index] for index in (0, 2)]
    for vector in vectors["vectors"] + flow:
        request = request_of(vector)
        scheme = Gate().check(request, SETTINGS, THEN)
        assert scheme in vector.get("scheme", scheme) or scheme == "RPC HMAC-SHA1", vector["id"]
        gate = Gate()
        with pytest.raises(Failure, match="Expired"):
            gate.check(request, SETTINGS, THEN + 4000)
        for name, code in (("secret", "SignatureDoesNotMatch"), ("nobody", "InvalidAccessKeyId")):
            keys = {"testid": "other"} if name == "secret" else {}
            with pytest.raises(Failure, match=code):
                gate.check(request, {**SETTINGS, "keys": keys}, THEN)
        if vector["body"]:
            damaged = request_of({**vector, "body": vector["body"] + "&Num=1"})
        else:
            damaged = request_of({**vector, "query": {**vector["query"], "InstanceName": "other"}})
        with pytest.raises(Failure):
            gate.check(damaged, SETTINGS, THEN)


def test_strings_to_sign(vectors: Dict[str, Any]) -> None:
    import alibaba_signature as sign

    for vector in vectors["vectors"]:
        request = request_of(vector)
        if vector["scheme"].startswith("ROA"):
            text = sign.roa_string(request.method, request.path, request.query, [], request.headers)
            assert (text, sign.hmac_sha1("testsecret", text)) == (vector["string_to_sign"], vector["signature"]), vector["id"]
        elif vector["scheme"].startswith("RPC"):
            text = sign.rpc_string(request.method, request.query + request.form.fields)
            assert (text, sign.rpc_signature("testsecret", text)) == (vector["string_to_sign"], vector["signature"])
        else:
            acs3 = sign.Acs3.parse(request.header("Authorization"))
            assert acs3 is not None
            canonical = sign.acs3_canonical(
                request.method, "/", request.query, request.headers, acs3.signed_headers, request.body_sha256()
            )
            assert canonical == vector["canonical_request"], vector["id"]
            assert sign.acs3_string(canonical) == vector["string_to_sign"]
            assert sign.acs3_signature("testsecret", canonical) == vector["signature"] == acs3.signature


def test_published_examples(vectors: Dict[str, Any]) -> None:
    import alibaba_signature as sign

    for vector in vectors["published_vectors"]:
        secret = vector["access_key_secret"]
        if vector["scheme"].startswith("RPC"):
            text = sign.rpc_string(vector["method"], list(vector["params"].items()))
            assert (text, sign.rpc_signature(secret, text)) == (vector["string_to_sign"], vector["expected_signature"])
        else:
            signed = sorted(vector["headers"])
            canonical = sign.acs3_canonical(
                vector["method"], "/", parse_qsl(vector["query"]), list(vector["headers"].items()), signed,
                hashlib.sha256(vector["body"].encode()).hexdigest(),
            )  # fmt: skip
            assert sign.acs3_signature(secret, canonical) == vector["expected_signature"]


def test_seed_body_is_read(vectors: Dict[str, Any]) -> None:
    from alibaba_packed import images, unpack

    body = next(v for v in vectors["vectors"] if v["id"] == "add-seed-docshape")["body"].encode()
    values = unpack(body)
    assert values["item_id"] == b"1000" and values["cust_content"] == b'{"key1":"value1"}'
    known = ("item_id", "cat_id", "cust_content", "pic_list")
    assert images(values, known) == [("shoes2.jpg", b"pic_content2"), ("shoes1.jpg", b"pic_content1")]


@pytest.mark.parametrize(
    "body, code",
    [
        (b"item_id,0,4", "NoCaretSeperator"),
        (b"^1000", "EmptyMeta"),
        (b"item_id,0^1000", "InvalidMetaItem"),
        (b"item_id,0,5^1000", "InvalidMetaItem"),
        (b"item_id,3,2^1000", "InvalidMetaItem"),
        (b"item_id,-1,2^1000", "InvalidMetaItem"),
        (b"item_id,0,3^1000", "InvalidMetaItem"),
        (b"item_id,0,3#cat_id,2,4^1000", "InvalidMetaItem"),
        (b"item_id,0,2#item_id,2,4^1000", "InvalidMetaItem"),
        (b"item_id,0,4#^1000", "InvalidMetaItem"),
        (b"\xe7,0,4^1000", "InvalidMetaItem"),
    ],
)
def test_packed_body_is_read_strictly(body: bytes, code: str) -> None:
    from alibaba_errors import Failure
    from alibaba_packed import unpack

    with pytest.raises(Failure) as caught:
        unpack(body)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "clause, hits",
    [
        ("int_attr=1", [1]), ("int_attr>=2 AND int_attr<4", [2, 3]), ('str_attr="a" or int_attr = 3', [1, 3]),
        ("int_attr not in (1, 2)", [3]), ('str_attr2 in ("x","y")', [2]), ('(str_attr != "a") and int_attr < 3', [2]),
        ('str_attr="a" AND int_attr=3 OR int_attr=2', [2]), ("int_attr4=0", []),
    ],
)  # fmt: skip
def test_filters(clause: str, hits: List[int]) -> None:
    from alibaba_filter import compile_filter

    rows = [{"int_attr": 1, "str_attr": "a"}, {"int_attr": 2, "str_attr": "b", "str_attr2": "y"},
            {"int_attr": 3, "str_attr": "c"}]  # fmt: skip
    test = compile_filter(clause)
    assert [row["int_attr"] for row in rows if test(row)] == hits


@pytest.mark.parametrize("clause", ["", "int_attr", "IntAttr=1", 'int_attr="1"', "str_attr>3", "int_attr=1 and", "(int_attr=1", "int_attr=1 x"])
def test_broken_filters(clause: str) -> None:
    from alibaba_errors import Failure
    from alibaba_filter import compile_filter

    with pytest.raises(Failure, match="InvalidFilterClause"):
        compile_filter(clause)
    with pytest.raises(Failure, match="InvalidFilterClause"):
        compile_filter("int_attr != 1", deleting=True)


def signed_call(double: DoubleProcess, action: str, query: Dict[str, str], form: Dict[str, str], **change: Any) -> Tuple[int, Any]:
    """A request signed as on the vendor's page (ACS3: host, content-type and x-acs-* only)."""
    import alibaba_signature as sign

    body = urlencode(form, quote_via=quote).encode()
    headers = {
        "host": "127.0.0.1:%d" % double.port, "x-acs-action": action, "x-acs-version": "2020-12-14",
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": change.get("nonce", "n%d" % time.monotonic_ns()),
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    signed = sorted(name for name in headers if name != change.get("unsigned"))
    canonical = sign.acs3_canonical("POST", "/", list(query.items()), list(headers.items()), signed, headers["x-acs-content-sha256"])
    headers["Authorization"] = "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=%s,Signature=%s" % (
        ";".join(signed), sign.acs3_signature("testsecret", canonical))  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", double.port, timeout=20)
    connection.request("POST", "/" + ("?" + urlencode(query, quote_via=quote) if query else ""), body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_placement_is_checked(alibaba: DoubleProcess) -> None:
    good = {"InstanceName": "demoinstance1"}
    assert signed_call(alibaba, "Detail", good, {})[0] == 200
    assert signed_call(alibaba, "Detail", {}, good)[1]["Code"] == "InvalidParameter"
    text = {**good, "Text": "red shoes/红色的鞋 ~*"}
    assert signed_call(alibaba, "SearchImageByText", {"ScoreThreshold": "0.50"}, text)[0] == 200
    assert signed_call(alibaba, "SearchImageByText", {}, {**text, "ScoreThreshold": "0.50"})[1]["Code"] == "InvalidParameter"
    assert signed_call(alibaba, "SearchImageByText", {"ScoreThreshold": "0.5"}, text)[1]["Code"] == "InvalidParameter"
    assert signed_call(alibaba, "SearchImageByText", {}, good)[1]["Code"] == "MissingText"
    assert signed_call(alibaba, "SearchImageByColour", {}, good)[0] == 404
    update = {**good, "ProductId": "p"}
    assert signed_call(alibaba, "UpdateImage", {"IntAttr3": "1"}, update)[1]["Code"] == "PicNotExist"
    assert signed_call(alibaba, "UpdateImage", {}, {**update, "IntAttr3": "1"})[1]["Code"] == "InvalidParameter"


def test_acs3_rules(alibaba: DoubleProcess) -> None:
    good = {"InstanceName": "demoinstance1"}
    assert signed_call(alibaba, "Detail", good, {}, nonce="same")[0] == 200
    assert signed_call(alibaba, "Detail", good, {}, nonce="same")[1]["Code"] == "SignatureNonceUsed"
    assert signed_call(alibaba, "Detail", good, {}, unsigned="x-acs-action")[1]["Code"] == "IncompleteSignature"
    alibaba.set(clock_skew=1000)
    assert signed_call(alibaba, "Detail", good, {})[1]["Code"] == "InvalidTimeStamp.Expired"
    alibaba.set(clock_skew=0, no_permission=["testid"])
    assert signed_call(alibaba, "Detail", good, {})[0] == 403


def test_seed_request_over_the_wire(alibaba: DoubleProcess, vectors: Dict[str, Any]) -> None:
    vector = next(v for v in vectors["vectors"] if v["id"] == "add-seed-docshape")
    alibaba.set(clock_skew=THEN - time.time(), check_images=False)
    parts = urlsplit(vector["url"])
    connection = http.client.HTTPConnection("127.0.0.1", alibaba.port, timeout=20)
    connection.request("POST", parts.path + "?" + parts.query, vector["body"].encode(), vector["headers"])
    answer = connection.getresponse()
    body = json.loads(answer.read())
    # The cat_id of the 2018 page is 0, which is a category (tops).
    assert (answer.status, body["Code"], body["Message"]) == (200, 0, "success"), body
    held = alibaba.call("GET", "instance?instance=goodssearch")["images"]
    assert sorted((row["product_id"], row["pic_name"], row["category"]) for row in held) == [
        ("1000", "shoes1.jpg", 0), ("1000", "shoes2.jpg", 0)]  # fmt: skip
    assert formatdate(THEN, usegmt=True) == vector["headers"]["Date"]


def test_curl_finds_the_object_store(alibaba: DoubleProcess) -> None:
    """libcurl resolves names under .localhost itself, so our client needs no resolver settings; the certificate matches, too."""
    endpoint = alibaba.call("GET", "status")["oss_endpoint"]
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--cacert", alibaba.ca_file, "-F", "key=a", "-F", "file=@-;filename=a",
         "https://viapi-customer-temp.%s/" % endpoint], input=b"x", capture_output=True, check=True,
    )  # fmt: skip
    assert b"<Code>InvalidAccessKeyId</Code>" in done.stdout
    assert alibaba.last()["kind"] == "oss_upload"
