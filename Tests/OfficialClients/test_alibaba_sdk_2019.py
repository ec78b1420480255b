"""aliyun-python-sdk-core with aliyun-python-sdk-imagesearch 2.0.0 (2019-03-25, ROA signature) against the double."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkimagesearch.request.v20190325 import AddImageRequest, DeleteImageRequest, SearchImageRequest
from doublekit.process import DoubleProcess

INSTANCE = "demoinstance1"


def call(double: DoubleProcess, request: Any, fields: Dict[str, Any], secret: str = "testsecret") -> Dict[str, Any]:
    client = AcsClient("testid", secret, "cn-shanghai", auto_retry=False, port=double.port)
    request.set_endpoint("127.0.0.1")
    for name, value in fields.items():
        getattr(request, "set_" + name)(value)
    answer: Dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return answer


def encoded(double: DoubleProcess, name: str) -> str:
    return base64.b64encode(double.call("GET", "images/" + name)).decode()


def add(double: DoubleProcess, product: str, name: str, image: str, **more: Any) -> Dict[str, Any]:
    fields = {"InstanceName": INSTANCE, "ProductId": product, "PicName": name, "PicContent": encoded(double, image), **more}
    return call(double, AddImageRequest.AddImageRequest(), fields)


def search(double: DoubleProcess, **fields: Any) -> Dict[str, Any]:
    return call(double, SearchImageRequest.SearchImageRequest(), {"InstanceName": INSTANCE, **fields})


def test_add_search_delete(alibaba: DoubleProcess) -> None:
    answer = add(alibaba, "1000", "one.png", "shoes1.png", CategoryId="4", CustomContent="k ^#, 红", IntAttr=5, StrAttr="s")
    assert answer["Code"] == 0 and answer["Success"] is True and answer["Message"] == "success"
    add(alibaba, "1001", "two.bmp", "bag.bmp", CategoryId="3", IntAttr=6)
    found = search(alibaba, PicContent=encoded(alibaba, "shoes1.png"), Num=10, Start=0)
    (match,) = found["Auctions"]
    assert (match["ProductId"], match["PicName"], match["CustomContent"]) == ("1000", "one.png", "k ^#, 红")
    named = search(alibaba, Type="SearchByName", ProductId="1001", PicName="two.bmp", Filter="int_attr>5")
    assert [row["ProductId"] for row in named["Auctions"]] == ["1001"]
    fields = {"InstanceName": INSTANCE, "ProductId": "1000"}
    assert call(alibaba, DeleteImageRequest.DeleteImageRequest(), fields)["Success"]
    assert search(alibaba, PicContent=encoded(alibaba, "shoes1.png"))["Auctions"] == []
    assert {entry["notes"]["auth"] for entry in alibaba.log()} == {"ROA HMAC-SHA1"}
    assert alibaba.paid() == 3


@pytest.mark.parametrize(
    "fields, code, status",
    [
        ({"PicContent": "***"}, "InvalidPicContent", 400),
        ({"PicContent": base64.b64encode(b"text").decode()}, "UnsupportedPicFormat", 400),
        ({"Type": "SearchByColour"}, "InvalidType", 400),
        ({"Type": "SearchByName", "ProductId": "x"}, "NoSpecifiedPicName", 400),
        ({"InstanceName": "nobody"}, "InvalidInstanceName", 400),
    ],
)
def test_refusals(alibaba: DoubleProcess, fields: Dict[str, Any], code: str, status: int) -> None:
    with pytest.raises(ServerException) as caught:
        search(alibaba, **fields)
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == (code, status)


def test_wrong_secret_and_skewed_clock(alibaba: DoubleProcess) -> None:
    fields = {"InstanceName": INSTANCE, "ProductId": "1000"}
    with pytest.raises(ServerException) as caught:
        call(alibaba, DeleteImageRequest.DeleteImageRequest(), fields, secret="wrong")
    assert caught.value.get_error_code() == "SignatureDoesNotMatch"
    alibaba.set(clock_skew=-1000)
    with pytest.raises(ServerException) as caught:
        call(alibaba, DeleteImageRequest.DeleteImageRequest(), fields)
    assert caught.value.get_error_code() == "InvalidTimeStamp.Expired"


def test_flow_control_and_scripted_errors(alibaba: DoubleProcess) -> None:
    alibaba.set(qps={"delete": 2})
    fields = {"InstanceName": INSTANCE, "ProductId": "1000"}
    with pytest.raises(ServerException) as caught:
        for _ in range(4):
            call(alibaba, DeleteImageRequest.DeleteImageRequest(), fields)
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == ("DeniedRequest", 403)
    for code, status in (("SearchTimeout", 400), ("UnsupportedInstanceType", 500), ("InstanceStatusError", 409)):
        alibaba.script({"error": code, "kind": "v2_search"})
        with pytest.raises(ServerException) as caught:
            search(alibaba, PicContent=encoded(alibaba, "shoes1.png"))
        assert (caught.value.get_error_code(), caught.value.get_http_status()) == (code, status)
