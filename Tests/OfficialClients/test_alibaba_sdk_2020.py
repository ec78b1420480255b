"""alibabacloud_imagesearch20201214, the vendor's own client, against the double: fourteen actions and the upload."""

from __future__ import annotations

import io
from typing import Any, Callable, Dict, List, Tuple

import pytest
from alibabacloud_imagesearch20201214 import models
from alibabacloud_imagesearch20201214.client import Client
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions
from doublekit.process import DoubleProcess

INSTANCE = "demoinstance1"


def make_client(double: DoubleProcess, **changes: Any) -> Client:
    """A client of the double. Its Config has an open_platform_endpoint that the SDK never reads (4.4.0 with
    tea_openapi 0.4.6), so it is set where the SDK looks for it."""
    values: Dict[str, Any] = {"access_key_id": "testid", "access_key_secret": "testsecret", "region_id": "cn-shanghai", "protocol": "HTTP",
              "endpoint": "127.0.0.1:%d" % double.port}  # fmt: skip
    open_platform = changes.pop("open_platform_endpoint", values["endpoint"])
    values.update(changes)
    client = Client(Config(**values))
    client._open_platform_endpoint = open_platform
    return client


@pytest.fixture(params=["ACS3-HMAC-SHA256", "v2"])
def client(request: pytest.FixtureRequest, alibaba: DoubleProcess, local_names: None) -> Client:
    algorithm = {} if request.param.startswith("ACS3") else {"signature_algorithm": "v2"}
    return make_client(alibaba, **algorithm)


@pytest.fixture
def runtime(alibaba: DoubleProcess) -> Any:
    return RuntimeOptions(ca=alibaba.ca_file, autoretry=False)


def image(double: DoubleProcess, name: str) -> bytes:
    content: bytes = double.call("GET", "images/" + name)
    return content


def add(client: Client, runtime: Any, data: bytes, product: str, name: str, **more: Any) -> Any:
    request = models.AddImageAdvanceRequest(
        instance_name=INSTANCE, product_id=product, pic_name=name, pic_content_object=io.BytesIO(data), **more
    )
    return client.add_image_advance(request, runtime).body


def search(client: Client, runtime: Any, data: bytes, **more: Any) -> Any:
    request = models.SearchImageByPicAdvanceRequest(
        instance_name=INSTANCE, pic_content_object=io.BytesIO(data), **more
    )
    return client.search_image_by_pic_advance(request, runtime).body


def test_add_and_search_with_upload(client: Client, runtime: Any, alibaba: DoubleProcess) -> None:
    shoes, bag = image(alibaba, "shoes1.png"), image(alibaba, "bag.bmp")
    added = add(client, runtime, shoes, "1000", "shoes 1.png", category_id=4, custom_content='{"key1":"value1"}',
                int_attr=22, str_attr="ss", int_attr_4=-7, str_attr_3="x y", crop=True)  # fmt: skip
    assert added.success is True and added.code == 0 and added.message == "success"
    assert added.pic_info.category_id == 4
    add(client, runtime, bag, "1001", "包.bmp", category_id=3, custom_content="红色 ^#,")
    found = search(client, runtime, shoes, num=5, score_threshold="0.50")
    (match,) = found.auctions
    assert (match.product_id, match.pic_name, match.score) == ("1000", "shoes 1.png", 1.0)
    assert (match.int_attr, match.str_attr, match.int_attr_4, match.str_attr_3) == (22, "ss", -7, "x y")
    assert match.custom_content == '{"key1":"value1"}'
    assert found.code == 0 and found.msg == "success" and found.head.docs_found == 1
    assert found.pic_info.multi_region[0].region
    kinds = [entry["kind"] for entry in alibaba.log()]
    assert kinds == ["AuthorizeFileUpload", "oss_upload", "AddImage"] * 2 + ["AuthorizeFileUpload", "oss_upload", "SearchImageByPic"]
    assert {entry["verdict"] for entry in alibaba.log()} == {"ok"}
    assert [entry["scheme"] for entry in alibaba.log()[:3]] == ["http", "https", "http"]
    assert alibaba.paid() == 1
    other = search(client, runtime, image(alibaba, "query.png"))
    assert other.auctions == [] and other.success


def test_pages(client: Client, runtime: Any, alibaba: DoubleProcess) -> None:
    import hashlib

    query = image(alibaba, "query.png")
    alibaba.call("POST", "fill", {"instance": INSTANCE, "count": 730, "sha256": hashlib.sha256(query).hexdigest()})
    names = []
    for start in range(0, 500, 100):
        page = search(client, runtime, query, num=100, start=start).auctions
        names += [match.pic_name for match in page]
    assert len(set(names)) == 500
    with pytest.raises(Exception, match="OverflowMaxResultNum"):
        search(client, runtime, query, num=100, start=401)
    with pytest.raises(Exception, match="OverflowMaxReturnNum"):
        search(client, runtime, query, num=101)
    distinct = search(client, runtime, query, num=10, distinct_product_id=True).auctions
    assert len({match.product_id for match in distinct}) == 10
    filtered = search(client, runtime, query, num=100, filter='int_attr<10 AND str_attr="odd"').auctions
    assert [match.int_attr for match in filtered] == [1, 3, 5, 7, 9]


def test_names_text_filter_exists_update_delete(client: Client, runtime: Any, alibaba: DoubleProcess) -> None:
    shoes, bag = image(alibaba, "shoes1.png"), image(alibaba, "bag.bmp")
    add(client, runtime, shoes, "p1", "one", int_attr=5, custom_content="red shoes")
    add(client, runtime, shoes, "p1", "two", int_attr=6, custom_content="blue shoes")
    add(client, runtime, bag, "p2", "one", int_attr=7)
    by_name = client.search_image_by_name(
        models.SearchImageByNameRequest(instance_name=INSTANCE, product_id="p1", pic_name="one", score_threshold="0.90")
    ).body
    assert {match.pic_name for match in by_name.auctions} == {"one", "two"}
    by_text = client.search_image_by_text(
        models.SearchImageByTextRequest(instance_name=INSTANCE, text="red 红色的鞋")
    ).body
    assert [match.pic_name for match in by_text.auctions] == ["one"] and by_text.pic_info.all_categories
    by_filter = client.search_image_by_filter(
        models.SearchImageByFilterRequest(instance_name=INSTANCE, filter="int_attr in (6, 7)")
    ).body
    assert [match.int_attr for match in by_filter.auctions] == [6, 7]
    updated = client.update_image(models.UpdateImageRequest(
        instance_name=INSTANCE, product_id="p1", pic_name="two", custom_content="green", int_attr_3=3, str_attr_4="four")).body  # fmt: skip
    assert updated.success and updated.code == 0
    query = dict(alibaba.last()["query"])
    assert (query["IntAttr3"], query["StrAttr4"]) == ("3", "four")
    exists = client.check_image_exists(
        models.CheckImageExistsRequest(instance_name=INSTANCE, product_id="p1", pic_name="two")
    ).body
    assert exists.exists is True
    assert (exists.auctions.custom_content, exists.auctions.int_attr, exists.auctions.int_attr_3) == ("green", 6, 3)
    missing = client.check_image_exists(
        models.CheckImageExistsRequest(instance_name=INSTANCE, product_id="p1", pic_name="three")
    ).body
    assert missing.exists is False and missing.auctions is None
    gone = client.delete_image(models.DeleteImageRequest(instance_name=INSTANCE, product_id="p1")).body
    assert sorted(gone.data.pic_names) == ["one", "two"]
    again = client.delete_image(models.DeleteImageRequest(instance_name=INSTANCE, product_id="p1", pic_name="one")).body
    assert again.success and again.data.pic_names == [], "deleting what is not there succeeds"
    filtered = client.delete_image(models.DeleteImageRequest(
        instance_name=INSTANCE, product_id="p2", is_delete_by_filter=True, filter="int_attr>=7")).body  # fmt: skip
    assert filtered.data.pic_names == ["one"]


def test_compare_and_detail(client: Client, runtime: Any, alibaba: DoubleProcess) -> None:
    shoes, bag = image(alibaba, "shoes1.png"), image(alibaba, "bag.bmp")

    def compare(one: bytes, two: bytes) -> float:
        body = client.compare_similar_by_image_advance(models.CompareSimilarByImageAdvanceRequest(
            instance_name=INSTANCE, primary_pic_content_object=io.BytesIO(one),
            secondary_pic_content_object=io.BytesIO(two)), runtime).body  # fmt: skip
        assert body.success
        score: float = body.score
        return score

    assert compare(shoes, shoes) == 1.0
    assert compare(shoes, bag) == compare(bag, shoes) < 0.9
    add(client, runtime, shoes, "p1", "one")
    detail = client.detail(models.DetailRequest(instance_name=INSTANCE)).body.instance
    assert (detail.name, detail.capacity, detail.total_count, detail.service_type) == (INSTANCE, 10, 1, 0)
    assert isinstance(detail.utc_expire_time, str)


def test_batch_work(client: Client) -> None:
    ids = []
    for number in range(12):
        body = client.increase_instance(models.IncreaseInstanceRequest(
            instance_name=INSTANCE, bucket_name="my-bucket", path="/batch/%d/increment.meta" % number)).body  # fmt: skip
        assert body.data.increment_status == "PROCESSING"
        ids.append(body.data.id)
    listed = client.increase_list(models.IncreaseListRequest(instance_name=INSTANCE, page_number=2)).body.data
    assert listed.total_count == 12 and len(listed.increments.instance) == 2
    assert listed.increments.instance[-1].id == int(ids[0])
    dumped = client.dump_meta(models.DumpMetaRequest(instance_name=INSTANCE)).body.data
    rows = client.dump_meta_list(models.DumpMetaListRequest(instance_name=INSTANCE, id=int(dumped.id))).body.data
    assert rows.dump_meta_list[0].meta_url.startswith("https://")
    with pytest.raises(Exception, match="InvalidParameter"):
        client.increase_instance(models.IncreaseInstanceRequest(instance_name=INSTANCE, bucket_name="b", path="no-slash"))


def test_errors(client: Client, runtime: Any, alibaba: DoubleProcess) -> None:
    shoes = image(alibaba, "shoes1.png")
    cases: List[Tuple[Callable[[], Any], str]] = [
        (lambda: client.detail(models.DetailRequest(instance_name="nobody")), "InvalidInstanceName"),
        (lambda: add(client, runtime, b"no image", "p", "n"), "UnsupportedPicFormat"),
        (lambda: add(client, runtime, image(alibaba, "small.png"), "p", "n"), "UnsupportedPicPixels"),
        (lambda: add(client, runtime, shoes, "p" * 257, "n"), "InvalidProductId"),
        (lambda: add(client, runtime, shoes, "p", "n", str_attr="50%"), "InvalidStrAttr"),
        (lambda: add(client, runtime, shoes, "p", "n", category_id=10), "InvalidCategory"),
        (lambda: add(client, runtime, shoes, "p", "n", region="0,10,20,10"), "RegionError"),
        (lambda: search(client, runtime, shoes, filter="int_attr ~ 3"), "InvalidFilterClause"),
        (lambda: client.add_image(models.AddImageRequest(instance_name=INSTANCE, product_id="p", pic_name="n",
                                                         pic_content="https://elsewhere.example/x.jpg")), "InvalidPicUrl"),
        (lambda: client.search_image_by_name(models.SearchImageByNameRequest(
            instance_name=INSTANCE, product_id="no", pic_name="no")), "PicNotExist"),
    ]  # fmt: skip
    for call, code in cases:
        with pytest.raises(Exception) as caught:
            call()
        assert getattr(caught.value, "code", None) == code or code in str(caught.value)
    alibaba.set(instances={INSTANCE: {"capacity": 1, "extra_count": 10000}})
    with pytest.raises(Exception, match="InstanceOverQuota"):
        add(client, runtime, shoes, "p", "n")
    alibaba.set(qps={"detail": 1})
    with pytest.raises(Exception, match="DeniedRequest"):
        for _ in range(3):
            client.detail(models.DetailRequest(instance_name=INSTANCE))
    alibaba.script({"error": "Throttling_retry_after"})
    with pytest.raises(Exception) as throttled:
        client.detail(models.DetailRequest(instance_name=INSTANCE))
    assert throttled.value.retry_after == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"access_key_id": "nobody"}, "InvalidAccessKeyId.NotFound"),
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "STS.testid", "access_key_secret": "sts-secret"}, "MissingSecurityToken"),
        ({"access_key_id": "STS.testid", "access_key_secret": "sts-secret", "security_token": "old"}, "InvalidSecurityToken"),
    ],
)
@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_refused_keys(alibaba: DoubleProcess, changes: Any, code: str, algorithm: Any) -> None:
    client = make_client(alibaba, signature_algorithm=algorithm, **changes)
    with pytest.raises(Exception) as caught:
        client.detail(models.DetailRequest(instance_name=INSTANCE))
    assert code in str(caught.value)


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_security_token(alibaba: DoubleProcess, local_names: None, runtime: Any, algorithm: Any) -> None:
    client = make_client(alibaba, signature_algorithm=algorithm, access_key_id="STS.testid",
                         access_key_secret="sts-secret", security_token="sts-token")  # fmt: skip
    assert add(client, runtime, image(alibaba, "shoes1.png"), "p", "n").success


def test_object_store_errors_are_xml(alibaba: DoubleProcess, local_names: None, runtime: Any) -> None:
    client = make_client(alibaba)
    alibaba.set(upload_seconds=-10)
    with pytest.raises(Exception) as caught:
        add(client, runtime, image(alibaba, "shoes1.png"), "p", "n")
    assert caught.value.code == "AccessDenied"  # type: ignore[attr-defined]
    assert alibaba.last()["verdict"].startswith("oss AccessDenied")


def test_everything_over_tls(alibaba: DoubleProcess, local_names: None, runtime: Any) -> None:
    port = alibaba.hello["tls_port"]
    client = make_client(alibaba, protocol="HTTPS", endpoint="imagesearch.localhost:%d" % port,
                         open_platform_endpoint="openplatform.localhost:%d" % port)  # fmt: skip
    alibaba.set(openplatform_host="openplatform.localhost")
    assert add(client, runtime, image(alibaba, "shoes1.png"), "p", "n").success
    assert {entry["scheme"] for entry in alibaba.log()} == {"https"}
