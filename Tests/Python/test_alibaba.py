"""Alibaba Cloud Image Search through the whole stack, in its three generations, against a double that verifies signatures,
packed bodies and uploads."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doublekit import images
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import AlibabaCloud, Capability, Code, ImageItem, Outcome, QuotaUnit, Removal, aio

VERSIONS = ["2018-01-20", "2019-03-25", "2020-12-14"]
Open = Callable[..., AlibabaCloud]


def settings(double: DoubleProcess, **more: Any) -> dict[str, Any]:
    return {
        "access_key_id": "testid", "access_key_secret": "testsecret", "instance": "goodssearch", "region": "cn-shanghai",
        "endpoint": double.url, **more,
    }  # fmt: skip


@pytest.fixture
def connect(alibaba: DoubleProcess) -> Open:
    return lambda **more: AlibabaCloud(**settings(alibaba, **more))


@pytest.fixture
def shoes(alibaba: DoubleProcess, tmp_path: Path) -> Path:
    path = tmp_path / "shoes1.png"
    path.write_bytes(alibaba.call("GET", "images/shoes1.png"))
    return path


def stored(double: DoubleProcess) -> list[str]:
    rows: list[dict[str, Any]] = double.call("GET", "instance?instance=goodssearch")["images"]
    return sorted("%s/%s" % (row["product_id"], row["pic_name"]) for row in rows)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_path_that_is_not_utf8(connect: Open, alibaba: DoubleProcess, shoes: Path, version: str) -> None:
    odd = os.fsdecode(os.fsencode(shoes.parent) + b"/caf\xe9.png")
    os.rename(shoes, odd)
    with connect(api_version=version) as client:
        report = client.add_images([ImageItem("mug", [odd, ("two", Path(odd))], category="4")])
        assert [entry.outcome for entry in report] == [Outcome.ADDED] * 2, report
        assert stored(alibaba) == ["mug/caf\\xE9.png", "mug/two"]
        assert client.search(odd, limit=1)[0].item_id == "mug"


@pytest.mark.parametrize("version", VERSIONS)
def test_add_search_remove(connect: Open, alibaba: DoubleProcess, shoes: Path, version: str) -> None:
    other: bytes = alibaba.call("GET", "images/shoes2.png")
    with connect(api_version=version) as client, open(shoes, "rb") as file:
        items = [
            ImageItem("mug, 1^2#", [shoes, ("two", other)], category="4", custom_content="größe 42 – 鞋"),
            ImageItem("bag-1", [("a", bytearray(other)), ("file", file)], category="4"),
        ]
        report = client.add_images(items)
        assert [entry.outcome for entry in report] == [Outcome.ADDED] * 4, report
        assert [entry.image_name for entry in report] == ["shoes1.png", "two", "a", "file"]
        assert stored(alibaba) == ["bag-1/a", "bag-1/file", "mug, 1^2#/shoes1.png", "mug, 1^2#/two"]

        page = client.search(shoes, limit=5)
        assert page.service == client.service == "AlibabaCloud"
        assert sorted((match.item_id, match.image_name) for match in page) == [("bag-1", "file"), ("mug, 1^2#", "shoes1.png")]
        match = next(match for match in page if match.item_id != "bag-1")
        assert (match.category, match.custom_content) == ("4", "größe 42 – 鞋")
        assert match.score == (100 if version == "2020-12-14" else None)
        assert "SortExprValues" in match.details
        assert page.json() and page.request_id

        # Only the present interface returns the number of deleted images.
        known = version == "2020-12-14"
        assert client.remove_images(Removal("mug, 1^2#", "two")) == (1 if known else None)
        assert client.remove_images(["bag-1", ("nobody", None)]) == (2 if known else None)
        assert stored(alibaba) == ["mug, 1^2#/shoes1.png"]
        assert len(client.search(other)) == 0, "no match is an empty page"
    assert {entry["verdict"] for entry in alibaba.log()} == {"ok"}


def test_remaining_and_count(connect: Open, alibaba: DoubleProcess, shoes: Path) -> None:
    alibaba.set(instances={"goodssearch": {"capacity": 25, "extra_count": 249_000, "qps": 7}})
    with connect() as client:
        quota = client.quota()
        assert (quota.remaining, quota.unit, quota.per_second) == (1000, QuotaUnit.IMAGES, 7.0)
        assert client.image_count() == 249_000
        assert client.capabilities == Capability(127) & ~Capability.TELL_REMAINING_SEARCHES
        with pytest.raises(imagesearch.UnsupportedError):
            client.remaining_searches()
    with connect(api_version=20190325) as client:
        assert Capability.COUNT_IMAGES not in client.capabilities
        with pytest.raises(imagesearch.UsageError) as caught:
            client.image_count()
        assert caught.value.code is Code.UNSUPPORTED


def test_parameters_and_details(connect: Open, alibaba: DoubleProcess, shoes: Path) -> None:
    attributes = {"IntAttr": "-7", "IntAttr4": "44", "StrAttr": "red", "StrAttr3": "größe"}
    with connect() as client:
        report = client.add_images([ImageItem("a", [shoes], category="4", parameters={**attributes, "Crop": "false"})])
        assert report.failed_count == 0
        match = client.search(
            shoes, category="4", minimum_score=10, parameters={"Filter": "int_attr<0", "DistinctProductId": "true"}
        )[0]
        assert isinstance(match.details, dict) and attributes.items() <= match.details.items()
        with pytest.raises(TypeError):
            match.details["IntAttr"] = "8"
        assert not client.search(shoes, parameters={"Filter": "int_attr>0"})
        sent = dict(alibaba.last()["form"]["fields"])
        assert sent["Filter"] == "int_attr>0" and sent["PicContent"].startswith("http")
        region = client.search(shoes, region=(10, 20, 50, 60))
        assert len(region) == 1 and ["Region", "10,59,20,79"] in alibaba.last()["form"]["fields"]
        for bad in ({"Colour": "red"}, {"ScoreThreshold": "high"}, {"Crop": "perhaps"}):
            with pytest.raises(imagesearch.UsageError) as caught:
                client.search(shoes, parameters=bad)
            assert caught.value.code is Code.INVALID_ARGUMENT


def test_pages(connect: Open, alibaba: DoubleProcess, shoes: Path) -> None:
    sha = hashlib.sha256(shoes.read_bytes()).hexdigest()
    alibaba.call("POST", "fill", {"instance": "goodssearch", "count": 130, "category": 4, "sha256": sha})
    with connect() as client:
        found = [match.image_name for match in client.search_all(shoes, limit=50)]
        assert len(found) == len(set(found)) == 130 and found[0] == "image-0.jpg"
        assert alibaba.paid() == 3
        assert client.search(shoes).total is None, "the service's counters contradict each other"


def test_one_bad_image_does_not_stop_the_rest(connect: Open, alibaba: DoubleProcess, shoes: Path) -> None:
    small: bytes = alibaba.call("GET", "images/small.png")
    with connect() as client:
        report = client.add_images(
            [
                ImageItem("a", [shoes, ("small", small), ("text", b"no image"), "/nowhere/gone.png"], category="4"),
                ImageItem("b", [shoes], category="shoes"),
                ImageItem("c", [shoes], parameters={"Colour": "red"}),
                ImageItem("d", [shoes], category="4"),
            ]
        )
    assert [entry.error and entry.error.code for entry in report] == [
        None, Code.IMAGE_TOO_SMALL, Code.NOT_AN_IMAGE, Code.FILE_NOT_READABLE, Code.INVALID_ARGUMENT, Code.INVALID_ARGUMENT, None,
    ]  # fmt: skip
    assert stored(alibaba) == ["a/shoes1.png", "d/shoes1.png"]


def test_prepared_images(connect: Open, alibaba: DoubleProcess) -> None:
    wide = images.pattern_png(4200, 200, (200, 120, 40), 3)
    with connect() as client:
        assert [entry.error and entry.error.code for entry in client.add_images([ImageItem("a", [("1", wide)])])] == [
            Code.IMAGE_TOO_LARGE
        ]
    with connect(prepare_images=True) as client:
        entry = client.add_images([ImageItem("a", [("1", wide)])]).entries[0]
        assert entry.outcome is Outcome.ADDED and "smaller" in (entry.warning or "")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "error, code, kind",
    [
        ("DeniedRequest", Code.TOO_MANY_REQUESTS, imagesearch.OverloadedError),
        ("SearchTimeout", Code.PROVIDER_TIMEOUT, imagesearch.OverloadedError),
        ("UnsupportedInstanceType", Code.UNSUPPORTED, imagesearch.UsageError),
        ("NoPermission", Code.PERMISSION_DENIED, imagesearch.AccountError),
        ("InvalidAccessKeyId.NotFound", Code.UNAUTHORIZED, imagesearch.AccountError),
        ("InvalidTimeStamp.Expired", Code.CLOCK_SKEW, imagesearch.AccountError),
        ("InstanceStatusError", Code.INSTANCE_UNAVAILABLE, imagesearch.AccountError),
        ("ok_InvalidFilterClause", Code.INVALID_REQUEST, imagesearch.ProviderError),
        ("html_200", Code.MALFORMED_RESPONSE, imagesearch.ProviderError),
        ("broken_json", Code.MALFORMED_RESPONSE, imagesearch.ProviderError),
    ],
)
def test_errors(connect: Open, alibaba: DoubleProcess, shoes: Path, version: str, error: str, code: Code, kind: type) -> None:
    search = {"2018-01-20": "item_search", "2019-03-25": "v2_search", "2020-12-14": "SearchImageByPic"}[version]
    alibaba.script({"error": error, "kind": search, "count": 0})
    with connect(api_version=version, max_attempts=1) as client, pytest.raises(kind) as caught:
        client.search(shoes)
    failure = caught.value
    assert isinstance(failure, imagesearch.ImageSearchError)
    assert failure.code is code and failure.service == "AlibabaCloud"
    if failure.code is not Code.MALFORMED_RESPONSE:
        assert failure.provider_code == error.replace("ok_", "") and failure.provider_message and failure.request_id
    assert alibaba.paid() == 0


def test_an_upload_that_is_refused(connect: Open, alibaba: DoubleProcess, shoes: Path) -> None:
    alibaba.set(upload_seconds=-1)
    with connect(max_attempts=1) as client:
        with pytest.raises(imagesearch.ImageSearchError) as caught:
            client.search(shoes)
        assert caught.value.provider_code == "AccessDenied"
    assert alibaba.paid() == 0


NAMES = {"access_key_id": "ID", "access_key_secret": "SECRET"}


def test_keys_of_the_environment(alibaba: DoubleProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings(alibaba)
    keys = {name: given.pop(name) for name in NAMES}
    for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"):
        monkeypatch.delenv("ALIBABA_CLOUD_" + name, raising=False)
    with pytest.raises(imagesearch.AccountError) as caught:
        AlibabaCloud(**given)
    assert caught.value.code is Code.UNAUTHORIZED and "ALIBABA_CLOUD_ACCESS_KEY_ID" in caught.value.message
    for name, variable in NAMES.items():
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_" + variable, keys[name])
    with AlibabaCloud(**given) as client:
        assert client.image_count() == 0
    for variable, value in (
        ("ACCESS_KEY_ID", "STS.testid"),
        ("ACCESS_KEY_SECRET", "sts-secret"),
        ("SECURITY_TOKEN", "sts-token"),
    ):
        monkeypatch.setenv("ALIBABA_CLOUD_" + variable, value)
    with AlibabaCloud(**given) as client:
        assert client.image_count() == 0
    assert {entry["verdict"] for entry in alibaba.log()} == {"ok"}


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_a_temporary_key(connect: Open, alibaba: DoubleProcess, shoes: Path, version: str) -> None:
    sts: Any = {"access_key_id": "STS.testid", "access_key_secret": "sts-secret"}
    with connect(api_version=version, security_token="sts-token", **sts) as client:
        assert len(client.search(shoes)) == 0
    with connect(api_version=version, security_token="wrong", max_attempts=1, **sts) as client:
        with pytest.raises(imagesearch.AccountError):
            client.search(shoes)


@pytest.mark.parametrize(
    "options",
    [
        {"api_version": "2021-01-01"}, {"api_version": "today"}, {"api_version": "²018-01-20"}, {"api_version": 7}, {"instance": ""},
        {"access_key_id": ""}, {"access_key_secret": None}, {"region": "Shanghai"}, {"region": "mars-1", "endpoint": None},
        {"region": None, "endpoint": None}, {"endpoint": "ftp://x/"}, {"base_url": "http://127.0.0.1:9/"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [AlibabaCloud, aio.AsyncAlibabaCloud])
def test_bad_options(alibaba: DoubleProcess, kind: Any, options: Any) -> None:
    with pytest.raises(imagesearch.ImageSearchError) as caught:
        kind(**settings(alibaba, **options))
    assert caught.value.code in (Code.INVALID_ARGUMENT, Code.INVALID_URL)
    assert "testsecret" not in str(caught.value)
    assert alibaba.log() == []


def test_the_endpoints_of_a_region() -> None:
    where: Any = {"access_key_id": "a", "access_key_secret": "b", "instance": "x", "total_timeout": 5, "max_attempts": 1}
    for use_vpc, host in ((False, "imagesearch.cn-shanghai.aliyuncs.com"), (True, "imagesearch-vpc.cn-shanghai.aliyuncs.com")):
        with AlibabaCloud(
            region="cn-shanghai", use_vpc=use_vpc, proxy="", resolve=["%s:443:127.0.0.1" % host], **where
        ) as client:
            with pytest.raises(imagesearch.TransportError) as caught:
                client.image_count()
            # The name was found in `resolve`, and there is no listener.
            assert caught.value.code is Code.CONNECTION_FAILED


def test_asyncio(alibaba: DoubleProcess, shoes: Path) -> None:
    async def main() -> None:
        async with aio.AsyncAlibabaCloud(**settings(alibaba)) as client:
            report = await client.add_images([ImageItem("a", [shoes, ("copy", shoes.read_bytes())], category="4")])
            assert report.succeeded_count == 2
            names = [match.image_name async for match in client.search_all(shoes, limit=1)]
            assert sorted(name or "" for name in names) == ["copy", "shoes1.png"]
            assert (await client.quota()).remaining == 99_998 and await client.image_count() == 2
            assert await client.remove_images("a") == 2
            alibaba.script({"error": "NoPermission", "kind": "SearchImageByPic"})
            with pytest.raises(imagesearch.AccountError):
                await client.search(shoes)

    asyncio.run(main())
