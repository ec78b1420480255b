"""The TinEye double itself: every published signature verifies, wrong ones do not, and each rule is enforced."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import quote, quote_plus, urlencode

import pytest
from doublekit.process import DoubleProcess

VECTORS_FILE = "tineye.json"
MELON = "https://tineye.com/images/meloncat.jpg"


def test_published_signatures_verify(vectors: Dict[str, Any]) -> None:
    from tineye_signature import digest, messages, verify

    assert len(vectors["vectors"]) == 37
    for vector in vectors["vectors"]:
        key, expected = vector["private_key"], vector["expected_signature"]
        if vector["method"] == "RAW":
            assert digest(vector["algorithm"], key, vector["string_to_sign"]) == expected, vector["id"]
            continue
        parameters = list(vector["params"].items())
        texts = messages(
            key, vector["method"], vector["api_url"] + vector["action"] + "/", str(vector["date"]), vector["nonce"],
            parameters, [(k, quote(v, safe="")) for k, v in parameters], vector.get("content_type", ""),
            vector.get("file_name", ""),
        )  # fmt: skip
        assert verify(expected, vector["algorithm"], key, texts) is not None, vector["id"]
        assert vector["string_to_sign"] in texts.values(), vector["id"]
        damaged = expected[:-1] + ("0" if expected[-1] != "0" else "1")
        assert verify(damaged, vector["algorithm"], key, texts) is None


def test_parameter_strings_of_the_vendor_libraries(vectors: Dict[str, Any]) -> None:
    from tineye_signature import parameter_strings

    for vector in vectors["param_string_vectors"]:
        expected = vector["expected"]
        if isinstance(expected, dict):
            expected = expected["tineye-api-node"]
        pairs = list(vector["params"].items())
        assert expected in parameter_strings(pairs, pairs).values(), vector


def get(double: DoubleProcess, target: str, headers: Optional[Dict[str, str]] = None, method: str = "GET",
        body: Optional[bytes] = None) -> Tuple[int, Any]:  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", double.port, timeout=20)
    connection.request(method, target, body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, json.loads(data) if data[:1] in b"{[" else data


def test_the_seed_requests_replayed_over_the_wire(tineye: DoubleProcess, vectors: Dict[str, Any]) -> None:
    for vector in vectors["vectors"][:3]:
        tineye.set(auth="signature", signed_url_base="https://api.tineye.com/rest/",
                   clock_skew=vector["date"] - time.time())  # fmt: skip
        query = [("api_key", vector["public_key"]), ("api_sig", vector["expected_signature"]),
                 ("nonce", vector["nonce"]), ("date", str(vector["date"])), *vector["params"].items()]  # fmt: skip
        target = "/rest/%s/?%s" % (vector["action"], urlencode(query))
        status, body = get(tineye, target)
        assert status == 200, body
        assert tineye.last()["notes"]["auth"] == "signature, keep-case"
        status, body = get(tineye, target)
        assert tineye.last()["verdict"] == "nonce_used", "the same request twice is a replay"


def signed(double: DoubleProcess, action: str, parameters: Dict[str, str], **changes: Any) -> List[Tuple[str, str]]:
    """The query of a GET signed by docs/sources/tineye.md, section 4, with changes after signing."""
    date, nonce = str(int(changes.get("date", time.time()))), changes.get("nonce", "n%024d" % time.monotonic_ns())
    text = "test-key" + "GET" + date + nonce + double.url + "/rest/%s/" % action
    pairs = [(k, quote_plus(v, safe="~") if k == "image_url" else v) for k, v in sorted(parameters.items())]
    text += "&".join("%s=%s" % pair for pair in pairs)
    signature = hmac.new(b"test-key", text.encode(), hashlib.sha256).hexdigest()
    own = {"api_key": "test-public-key", "api_sig": signature, "nonce": nonce, "date": date}
    own.update(changes.get("after", {}))
    return [*own.items(), *parameters.items()]


@pytest.mark.parametrize(
    "changes, verdict",
    [
        ({}, "ok"),
        ({"nonce": "1234567"}, "nonce_short"),
        ({"date": time.time() - 16 * 60}, "clock_skew"),
        ({"date": time.time() + 16 * 60}, "clock_skew"),
        ({"after": {"api_sig": "0" * 64}}, "bad_signature"),
        ({"after": {"limit": "3"}}, "bad_signature"),
        ({"after": {"api_key": "somebody"}}, "invalid_key"),
        ({"after": {"nonce": ""}}, "invalid_key"),
    ],
)
def test_signed_search(tineye: DoubleProcess, changes: Dict[str, Any], verdict: str) -> None:
    tineye.set(auth="signature")
    query = signed(tineye, "search", {"image_url": MELON + "?a=b~%20c&d=/é"}, **changes)
    status, _ = get(tineye, "/rest/search/?" + urlencode(query))
    assert tineye.last()["verdict"] == verdict
    assert (status == 200) == (verdict == "ok")
    assert tineye.paid() == (1 if verdict == "ok" else 0)


@pytest.mark.parametrize("where", ["query", "form"])
def test_signed_upload(tineye: DoubleProcess, where: str) -> None:
    tineye.set(auth="signature")
    image = tineye.call("GET", "images/melon.png")
    content_type = "multipart/form-data; boundary=--boundary!"
    date, nonce = str(int(time.time())), "nonce-" + where
    text = "test-key" + "POST" + content_type + "pretty+image.jpg" + date + nonce + tineye.url + "/rest/search/limit=5"
    signature = hmac.new(b"test-key", text.encode(), hashlib.sha256).hexdigest()
    fields = {"api_key": "test-public-key", "api_sig": signature, "nonce": nonce, "date": date, "limit": "5"}
    body = b""
    if where == "form":
        for name, value in fields.items():
            body += b'----boundary!\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
    body += b'----boundary!\r\nContent-Disposition: form-data; name="image_upload"; filename="Pretty Image.jpg"\r\n\r\n'
    body += image + b"\r\n----boundary!--\r\n"
    target = "/rest/search/" + ("?" + urlencode(fields) if where == "query" else "")
    status, answer = get(tineye, target, {"Content-Type": content_type}, "POST", body)
    assert status == 200, answer
    assert len(answer["results"]["matches"]) == 5


KEY = {"x-api-key": "test-key"}


@pytest.mark.parametrize(
    "query, verdict",
    [
        ("image_url=" + MELON + "&limit=-1", "bad_parameter name=limit"),
        ("image_url=" + MELON + "&offset=x", "bad_parameter name=offset"),
        ("image_url=" + MELON + "&sort=colour", "bad_parameter name=sort"),
        ("image_url=" + MELON + "&order=up", "bad_parameter name=order"),
        ("image_url=" + MELON + "&tags=stock,other", "bad_parameter name=tags"),
        ("image_url=" + MELON + "&domain=*.example", "bad_parameter name=domain"),
        ("image_url=" + MELON + "&limit=1&limit=2", "bad_parameter name=limit"),
        ("limit=1", "nothing_to_search"),
        ("image_url=meloncat", "bad_url"),
        ("image_url=https%3A%2F%2Fimages.example%2Fgone.jpg", "cannot_download"),
    ],
)
def test_parameters_are_checked(tineye: DoubleProcess, query: str, verdict: str) -> None:
    status, _ = get(tineye, "/rest/search/?" + query, KEY)
    assert (status, tineye.last()["verdict"]) == (400, verdict)


def test_header_authentication(tineye: DoubleProcess) -> None:
    for headers, verdict in (({}, "old_authentication"), ({"x-api-key": ""}, "invalid_key"),
                             ({"X-API-KEY": "test-key"}, "ok"), ({"x-api-key": "test-public-key"}, "invalid_key")):  # fmt: skip
        status, _ = get(tineye, "/rest/image_count/", headers)
        assert (tineye.last()["verdict"], status) == (verdict, 200 if verdict == "ok" else 401)


def test_paths(tineye: DoubleProcess) -> None:
    assert get(tineye, "/rest//image_count/", KEY)[0] == 200
    assert get(tineye, "/rest/image_count", KEY)[0] == 404
    assert get(tineye, "/other/", KEY)[0] == 404


def test_shapes(tineye: DoubleProcess) -> None:
    target = "/rest/search/?image_url=" + MELON
    _, modern = get(tineye, target, KEY)
    assert modern["stats"]["total_results"] == 247
    assert any("width" not in m for m in modern["results"]["matches"])
    assert any(m.get("tags", 0) is None for m in modern["results"]["matches"])
    tineye.set(shape="2012", results_key="result", expire_key="end_date")
    _, old = get(tineye, target, KEY)
    assert "total_results" not in old["stats"] and old["result"]["total_results"] == 247
    _, remaining = get(tineye, "/rest/remaining_searches/", KEY)
    assert "end_date" in remaining["result"]["bundles"][0]
    tineye.set(shape="modern")
    _, error = get(tineye, "/rest/search/", KEY)
    assert error["stats"] == {} and len(error["messages"]) == 1
    status, text = get(tineye, "/rest/image_count/?pretty=true", KEY)
    assert status == 200


def test_overlay_of_a_match(tineye: DoubleProcess) -> None:
    _, body = get(tineye, "/rest/search/?image_url=" + MELON, KEY)
    first, second = (match["overlay"] for match in body["results"]["matches"][:2])
    status, one = get(tineye, "/rest/" + first)
    _, two = get(tineye, "/rest/" + second)
    assert status == 200 and one[:8] == b"\x89PNG\r\n\x1a\n" and one != two
    assert get(tineye, "/rest/" + first.split("?")[0])[0] == 404


def test_concurrency_limit_and_rate_warning(tineye: DoubleProcess) -> None:
    from concurrent.futures import ThreadPoolExecutor

    tineye.set(search_seconds=0.4, warn_over_per_minute=3)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: get(tineye, "/rest/search/?image_url=" + MELON, KEY), range(6)))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 200, 429, 429]
    assert tineye.call("GET", "status")["most_concurrent_searches"] == 4
    assert sum(bool(body["messages"]) for status, body in answers if status == 200) == 1
    assert tineye.paid() == 4
