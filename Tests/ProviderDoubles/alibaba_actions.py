"""The fourteen actions of 2020-12-14: their parameters, and where each is sent (docs/sources/alibaba-image-search.md, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List

from alibaba_errors import Failure
from doublekit.messages import Pairs

ATTRIBUTES = [kind + number for kind in ("IntAttr", "StrAttr") for number in ("", "2", "3", "4")]


@dataclass
class Action:
    """`form` and `query` list parameter names; a `*` at the end marks the required ones."""

    form: List[str]
    query: List[str]
    limit: str = ""  # the flow control it counts towards
    paid: bool = False


ACTIONS: Dict[str, Action] = {
    "AddImage": Action(
        ["InstanceName*", "ProductId*", "PicName*", "PicContent*", "CategoryId", "Crop", "Region", "CustomContent", *ATTRIBUTES],
        [], "add",
    ),
    "UpdateImage": Action(
        ["InstanceName*", "ProductId*", "PicName", "CustomContent", "IntAttr", "IntAttr2", "StrAttr", "StrAttr2"],
        ["IntAttr3", "IntAttr4", "StrAttr3", "StrAttr4"],
    ),
    "DeleteImage": Action(["InstanceName*", "ProductId*", "PicName", "IsDeleteByFilter", "Filter"], [], "delete"),
    "SearchImageByPic": Action(
        ["InstanceName*", "PicContent*", "CategoryId", "Crop", "Region", "Num", "Start", "Filter", "DistinctProductId"],
        ["ScoreThreshold"], "search", True,
    ),
    "SearchImageByName": Action(
        ["InstanceName*", "ProductId*", "PicName*", "CategoryId", "Num", "Start", "Filter", "DistinctProductId"],
        ["ScoreThreshold"], "search", True,
    ),
    "SearchImageByText": Action(
        ["InstanceName*", "Text*", "Num", "Start", "Filter", "DistinctProductId"], ["ScoreThreshold"], "search", True
    ),
    "SearchImageByFilter": Action(["InstanceName*", "Filter", "Num", "Start"], [], "search", True),
    "CheckImageExists": Action(["InstanceName*", "ProductId*", "PicName*"], []),
    "CompareSimilarByImage": Action(["InstanceName*", "PrimaryPicContent*", "SecondaryPicContent*"], [], "", True),
    "Detail": Action([], ["InstanceName*"], "detail"),
    "IncreaseInstance": Action([], ["InstanceName*", "BucketName*", "Path*", "CallbackAddress"]),
    "IncreaseList": Action([], ["InstanceName*", "BucketName", "Path", "Id", "PageNumber", "PageSize"]),
    "DumpMeta": Action([], ["InstanceName*"]),
    "DumpMetaList": Action([], ["InstanceName*", "Id", "PageNumber", "PageSize"]),
}  # fmt: skip

#: The query parameters of an RPC request besides the action's own.
COMMON = {
    "Action", "Version", "Format", "Timestamp", "SignatureNonce", "SignatureMethod", "SignatureVersion", "AccessKeyId",
    "SecurityToken", "Signature", "RegionId", "SignatureType",
}  # fmt: skip

#: The vendor's own code for a missing parameter; MissingX for the rest.
MISSING = {
    "InstanceName": "InvalidInstanceName",
    "ProductId": "NoSpecifiedProductId",
    "PicName": "NoSpecifiedPicName",
    "PicContent": "NoSpecifiedPicContent",
}


def read(action: str, query: Pairs, form: Pairs) -> Dict[str, str]:
    """The action's parameters. A parameter in the wrong place, an unknown one or a repeated one is refused: the server
    might accept it, but the double reveals the mistake."""
    plan = ACTIONS[action]
    result: Dict[str, str] = {}
    for place, pairs, names in (("query", query, plan.query), ("form", form, plan.form)):
        allowed = {name.rstrip("*") for name in names}
        for name, value in pairs:
            if place == "query" and name in COMMON:
                continue
            if name not in allowed:
                raise Failure("InvalidParameter", "%s does not belong in the %s of %s" % (name, place, action))
            if name in result:
                raise Failure("InvalidParameter", "%s is there twice" % name)
            result[name] = value
    for name in plan.form + plan.query:
        if name.endswith("*") and not result.get(name[:-1]):
            raise Failure(MISSING.get(name[:-1], "Missing" + name[:-1]), name[:-1])
    return result

