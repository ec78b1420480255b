"""aliyun-python-sdk-imagesearch 1.0.1 (2018-01-20, packed body) against the double, in a separate process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

from doublekit.process import DoubleProcess

SDK = Path(sys.prefix) / "sdk-2018"
DRIVER = Path(__file__).resolve().parent / "sdk_2018.py"


def run(double: DoubleProcess, *calls: Dict[str, Any]) -> List[Dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(double.port)], input=json.dumps(calls), text=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(SDK)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers: List[Dict[str, Any]] = json.loads(done.stdout)
    return answers


def encoded(double: DoubleProcess, name: str) -> str:
    return base64.b64encode(double.call("GET", "images/" + name)).decode()


def test_add_search_delete(alibaba: DoubleProcess) -> None:
    shoes1, shoes2 = encoded(alibaba, "shoes1.png"), encoded(alibaba, "shoes2.png")
    product = {"instance_name": "goodssearch", "item_id": "1000", "cate_id": "4", "cust_content": '{"key1":"value^1#,"}'}
    query = {"call": "search", "image": shoes2, "set": {"instance_name": "goodssearch"}}
    answers = run(
        alibaba,
        {"call": "add", "set": product, "images": [["shoes1.jpg", shoes1], ["shoes2.jpg", shoes2]]},
        query,
        {**query, "set": {"instance_name": "goodssearch", "cate_id": "3", "num": 5, "start": 2}},
        {"call": "delete", "set": {"instance_name": "goodssearch", "item_id": "1000"}, "names": ["shoes1.jpg"]},
        query,
        {"call": "delete", "set": {"instance_name": "goodssearch", "item_id": "1000"}},
        query,
    )
    added, found, other, deleted, left, emptied, nothing = answers
    for answer in (added, deleted, emptied):
        assert (answer["Code"], answer["Success"], answer["Message"]) == (0, True, "success") and answer["RequestId"]
    (match,) = found["Auctions"]["Auction"]
    assert (match["ProductId"], match["PicName"], match["CatId"]) == ("1000", "shoes2.jpg", "4")
    assert match["CustContent"] == '{"key1":"value^1#,"}'
    assert found["Head"]["DocsFound"] == found["Head"]["DocsReturn"] == 1
    assert isinstance(found["PicInfo"]["Category"], str)
    assert other["Auctions"]["Auction"] == []
    assert len(left["Auctions"]["Auction"]) == 1 and nothing["Auctions"]["Auction"] == []
    kinds = [entry["kind"] for entry in alibaba.log()]
    assert kinds == ["item_add", "item_search", "item_search", "item_delete", "item_search", "item_delete", "item_search"]
    assert all("x-acs-signature-nonce" not in dict(entry["headers"]) for entry in alibaba.log()), "this SDK sends none"


def test_errors(alibaba: DoubleProcess) -> None:
    text = base64.b64encode(b"no image").decode()
    small = encoded(alibaba, "small.png")
    answers = run(
        alibaba,
        {"call": "search", "image": text, "set": {"instance_name": "goodssearch"}},
        {"call": "search", "image": small, "set": {"instance_name": "goodssearch"}},
        {"call": "search", "image": small, "set": {"instance_name": "goodssearch", "num": 101}},
        {"call": "search", "image": small, "set": {"instance_name": "goodssearch", "num": 100, "start": 450}},
        {"call": "search", "image": small, "set": {"instance_name": "nobody"}},
    )
    assert [(a["error"], a["status"]) for a in answers] == [
        ("UnsupportedPicFormat", 400), ("UnsupportedPicPixels", 400), ("OverflowMaxReturnNum", 400),
        ("OverflowMaxResultNum", 400), ("InvalidInstanceName", 400),
    ]  # fmt: skip
    alibaba.set(require_nonce=True)
    query = {"call": "search", "image": small, "set": {"instance_name": "goodssearch"}}
    assert run(alibaba, query)[0]["error"] == "IncompleteSignature"


def test_characters_counted_as_bytes_are_caught(alibaba: DoubleProcess) -> None:
    """This SDK counts characters: for non-ASCII text its offsets are wrong, which a strict parser detects."""
    product = {"instance_name": "goodssearch", "item_id": "1000", "cate_id": "4", "cust_content": "红"}
    (answer,) = run(alibaba, {"call": "add", "set": product, "images": [["a.png", encoded(alibaba, "shoes1.png")]]})
    assert answer["error"] == "InvalidMetaItem"
