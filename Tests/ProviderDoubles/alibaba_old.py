"""The generations before 2020: 2018-01-20 (packed body) and 2019-03-25 (form body)."""

from __future__ import annotations

import binascii
import base64
from typing import Any, Dict, Optional, Tuple

import alibaba_packed as packed
from alibaba_actions import ATTRIBUTES
from alibaba_calls import all_categories, attributes, auction, pic_info
from alibaba_errors import Failure
from alibaba_filter import compile_filter
from alibaba_instance import (
    OTHER, Instance, Image, check_category, check_page, check_image, check_region, check_text, flag,
)  # fmt: skip

Values = Dict[str, bytes]

#: path -> (kind, x-acs-version, limit)
PATHS: Dict[str, Tuple[str, str, str]] = {
    "/item/add": ("item_add", "2018-01-20", "add"),
    "/item/search": ("item_search", "2018-01-20", "search"),
    "/item/delete": ("item_delete", "2018-01-20", "delete"),
    "/v2/image/add": ("v2_add", "2019-03-25", "add"),
    "/v2/image/search": ("v2_search", "2019-03-25", "search"),
    "/v2/image/delete": ("v2_delete", "2019-03-25", "delete"),
}

V2_KEYS = {
    "v2_add": ["InstanceName", "ProductId", "PicName", "PicContent", "CategoryId", "Crop", "Region", "CustomContent",
               *ATTRIBUTES],
    "v2_search": ["InstanceName", "Type", "PicContent", "ProductId", "PicName", "CategoryId", "Crop", "Region", "Num",
                  "Start", "Filter"],
    "v2_delete": ["InstanceName", "ProductId", "PicName"],
}  # fmt: skip


def done() -> Dict[str, Any]:
    return {"Message": "success", "Success": True, "Code": 0}


class Old:
    def __init__(self, settings: Dict[str, Any]) -> None:
        self.settings = settings

    # 2018-01-20

    def item_add(self, instance: Instance, values: Values) -> Dict[str, Any]:
        known = ("item_id", "cat_id", "cust_content", "crop", "region", "pic_list")
        listed = packed.images(values, known)
        product = packed.text(values, "item_id")
        if not product:
            raise Failure("NoSpecifiedItemId")
        if not listed:
            raise Failure("NoSpecifiedAddPic")
        check_text(product, 256, "InvalidProductId")
        custom = check_text(packed.text(values, "cust_content"), 4096, "InvalidCustomContent")
        category = check_category(packed.text(values, "cat_id") or None, instance.service_type)
        if category is None and instance.service_type == 0:
            raise Failure("InvalidCategory", "product search needs cat_id")
        flag(packed.text(values, "crop") or None, True)
        rows = []
        for name, content in listed:
            check_text(name, 256, "InvalidPicName")
            sha, width, height = self.image(content, instance)
            region = check_region(packed.text(values, "region") or None, width, height)
            rows.append(Image(product, name, OTHER if category is None else category, custom, {}, sha, width, height, region))
        for row in rows:
            instance.add(row)
        return done()

    def item_search(self, instance: Instance, values: Values) -> Dict[str, Any]:
        listed = packed.images(values, ("cat_id", "crop", "region", "n", "s", "pic_list"))
        if len(listed) != 1:
            raise Failure("NoSpecifiedSearchPic", "a search has exactly one image")
        num, start = check_page(packed.text(values, "n") or None, packed.text(values, "s") or None)
        category = check_category(packed.text(values, "cat_id") or None, instance.service_type)
        flag(packed.text(values, "crop") or None, True)
        sha, width, height = self.image(listed[0][1], instance)
        region = check_region(packed.text(values, "region") or None, width, height)
        scored = [p for p in instance.find(sha) if category is None or p[0].category == category]
        rows = [
            {"CustContent": row.custom, "PicName": row.pic_name, "CatId": str(row.category), "ProductId": row.product_id,
             "SortExprValues": "%.14fe+24;0" % (score * 5.4)}
            for row, score in scored[start : start + num]
        ]  # fmt: skip
        categories = [{"Name": c["Name"], "Id": str(c["Id"])} for c in all_categories()]
        info = {"Category": str(OTHER if category is None else category), "Region": region,
                "AllCategory": {"Category": categories}}  # fmt: skip
        head = {"DocsReturn": len(rows), "DocsFound": len(scored), "SearchTime": 95}
        return {**done(), "Head": head, "PicInfo": info, "Auctions": {"Auction": rows}}

    def item_delete(self, instance: Instance, values: Values) -> Dict[str, Any]:
        product = packed.text(values, "item_id")
        if not product:
            raise Failure("NoSpecifiedItemId")
        unknown = [key for key in values if key not in ("item_id", "pic_list")]
        if unknown:
            raise Failure("InvalidMetaItem", "unknown key %s" % unknown[0])
        names = packed.names(values)
        for key in [k for k in instance.images if k[0] == product and (not names or k[1] in names)]:
            del instance.images[key]
        return done()

    # 2019-03-25

    def v2_add(self, instance: Instance, p: Dict[str, str]) -> Dict[str, Any]:
        self.need(p, "ProductId", "PicName", "PicContent")
        category = check_category(p.get("CategoryId"), instance.service_type)
        sha, width, height = self.image(self.content(p), instance)
        region = check_region(p.get("Region"), width, height)
        flag(p.get("Crop"), True)
        custom = check_text(p.get("CustomContent", ""), 4096, "InvalidCustomContent")
        row = Image(p["ProductId"], p["PicName"], OTHER if category is None else category, custom, attributes(p),
                      sha, width, height, region)  # fmt: skip
        instance.add(row)
        return {**done(), "PicInfo": pic_info(region, category)}

    def v2_search(self, instance: Instance, p: Dict[str, str]) -> Dict[str, Any]:
        num, start = check_page(p.get("Num"), p.get("Start"))
        category = check_category(p.get("CategoryId"), instance.service_type)
        kind = p.get("Type") or "SearchByPic"
        if kind == "SearchByName":
            self.need(p, "ProductId", "PicName")
            found: Optional[Image] = instance.images.get((p["ProductId"], p["PicName"]))
            if found is None:
                raise Failure("PicNotExist")
            sha, region = found.sha256, found.region
        elif kind == "SearchByPic":
            self.need(p, "PicContent")
            sha, width, height = self.image(self.content(p), instance)
            region = check_region(p.get("Region"), width, height)
        else:
            raise Failure("InvalidType")
        scored = [pair for pair in instance.find(sha) if category is None or pair[0].category == category]
        if p.get("Filter"):
            test = compile_filter(p["Filter"])
            scored = [pair for pair in scored if test(pair[0].filter_row())]
        rows = [{**auction(row), "SortExprValues": "%.14fe+24;0" % (score * 5.4)} for row, score in scored[start : start + num]]
        head = {"DocsReturn": len(rows), "DocsFound": len(scored), "SearchTime": 95}
        return {"Success": True, "Code": 0, "Msg": "success", "Head": head, "PicInfo": pic_info(region, category),
                "Auctions": rows}  # fmt: skip

    def v2_delete(self, instance: Instance, p: Dict[str, str]) -> Dict[str, Any]:
        self.need(p, "ProductId")
        for key in [k for k in instance.images if k[0] == p["ProductId"] and p.get("PicName") in (None, "", k[1])]:
            del instance.images[key]
        return done()

    def need(self, p: Dict[str, str], *names: str) -> None:
        for name in names:
            if not p.get(name):
                raise Failure("NoSpecified" + name)
        check_text(p.get("ProductId", ""), 256, "InvalidProductId")
        check_text(p.get("PicName", ""), 256, "InvalidPicName")

    @staticmethod
    def content(p: Dict[str, str]) -> bytes:
        try:
            return base64.b64decode(p["PicContent"].encode("ascii"), validate=True)
        except (binascii.Error, ValueError):
            raise Failure("InvalidPicContent", "not base64") from None

    def image(self, content: bytes, instance: Instance) -> Tuple[str, int, int]:
        return check_image(content, instance.service_type, self.settings["check_images"])
