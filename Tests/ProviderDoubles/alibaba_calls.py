"""The effects and responses of the fourteen actions of 2020-12-14 (docs/sources/alibaba-image-search.md, sections 5 and 5.4)."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Optional, Tuple

from alibaba_actions import ATTRIBUTES
from alibaba_errors import Failure
from alibaba_filter import compile_filter
from alibaba_instance import (
    CATEGORIES, OTHER, Instance, Image, check_category, check_page, check_image, check_region, check_text, flag,
    whole_number,
)  # fmt: skip

Parameters = Dict[str, str]
Fetch = Callable[[str], bytes]
Scored = List[Tuple[Image, float]]


class Calls:
    """Runs actions. `fetch` returns the bytes of PicContent or raises; `jobs` has the batch work."""

    def __init__(self, fetch: Fetch, settings: Dict[str, Any], now_ms: int, jobs: Dict[str, List[Dict[str, Any]]]) -> None:
        self.fetch = fetch
        self.settings = settings
        self.now_ms = now_ms
        self.jobs = jobs

    def run(self, action: str, instance: Instance, p: Parameters) -> Dict[str, Any]:
        for name, limit, code in (("ProductId", 256, "InvalidProductId"), ("PicName", 256, "InvalidPicName"),
                                  ("CustomContent", 4096, "InvalidCustomContent")):  # fmt: skip
            check_text(p.get(name, ""), limit, code)
        method = "do_" + re.sub("([A-Z])", r"_\1", action).lower().strip("_")
        answer: Dict[str, Any] = getattr(self, method)(instance, p)
        return answer

    # Adding and deleting images

    def do_add_image(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        sha, width, height = self.image(p["PicContent"], instance)
        category = check_category(p.get("CategoryId"), instance.service_type)
        region = check_region(p.get("Region"), width, height)
        flag(p.get("Crop"), True)
        image = Image(p["ProductId"], p["PicName"], OTHER if category is None else category,
                          p.get("CustomContent", ""), attributes(p), sha, width, height, region)  # fmt: skip
        instance.add(image)
        return {"Success": True, "Code": 0, "Message": "success", "PicInfo": pic_info(region, image.category)}

    def do_update_image(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        rows = [x for key, x in instance.images.items()
                if key[0] == p["ProductId"] and p.get("PicName", key[1]) == key[1]]  # fmt: skip
        if not rows:
            raise Failure("PicNotExist")
        changes = attributes(p)
        for row in rows:
            row.custom = p.get("CustomContent", row.custom)
            row.attributes.update(changes)
        return {"Success": True, "Code": 0, "Message": "success"}

    def do_delete_image(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        if flag(p.get("IsDeleteByFilter"), False):
            if not p.get("Filter"):
                raise Failure("InvalidFilterClause", "IsDeleteByFilter without Filter")
            test = compile_filter(p["Filter"], deleting=True)
            keys = [key for key, row in instance.images.items() if test(row.filter_row())]
        else:
            keys = [k for k in instance.images if k[0] == p["ProductId"] and p.get("PicName", k[1]) == k[1]]
        for key in keys:
            del instance.images[key]
        return {"Success": True, "Code": 0, "Message": "success", "Data": {"PicNames": [key[1] for key in keys]}}

    def do_check_image_exists(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        row = instance.images.get((p["ProductId"], p["PicName"]))
        answer: Dict[str, Any] = {"Success": True, "Code": 0, "Msg": "success", "Exists": row is not None}
        if row is not None:
            answer["Auctions"] = auction(row)
        return answer

    # Searching

    def do_search_image_by_pic(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        sha, width, height = self.image(p["PicContent"], instance)
        region = check_region(p.get("Region"), width, height)
        flag(p.get("Crop"), True)
        category = check_category(p.get("CategoryId"), instance.service_type)
        return self.search(instance.find(sha), p, category, pic_info(region, category), True)

    def do_search_image_by_name(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        row = instance.images.get((p["ProductId"], p["PicName"]))
        if row is None:
            raise Failure("PicNotExist")
        category = check_category(p.get("CategoryId"), instance.service_type)
        return self.search(instance.find(row.sha256), p, category, pic_info(row.region, category), True)

    def do_search_image_by_text(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        words = check_text(p["Text"], 512, "InvalidParameter").lower().split()
        scored: Scored = []
        for row in instance.images.values():
            hits = sum(word in (row.custom + " " + row.product_id).lower() for word in words)
            if hits:
                scored.append((row, round(0.5 * hits / len(words), 4)))
        scored.sort(key=lambda pair: -pair[1])
        return self.search(scored, p, None, {"AllCategories": all_categories()}, False)

    def do_search_image_by_filter(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        num, start = check_page(p.get("Num"), p.get("Start"))
        test = compile_filter(p["Filter"]) if p.get("Filter") else (lambda row: True)
        rows = [row for row in instance.images.values() if test(row.filter_row())]
        return {"Success": True, "Code": 0, "Msg": "success", "Auctions": [auction(r) for r in rows[start : start + num]]}

    def search(self, scored: Scored, p: Parameters, category: Optional[int], info: Dict[str, Any],
               sort_values: bool) -> Dict[str, Any]:  # fmt: skip
        num, start = check_page(p.get("Num"), p.get("Start"))
        threshold = p.get("ScoreThreshold")
        if threshold is not None and not re.fullmatch(r"0\.\d\d|1\.00", threshold):
            raise Failure("InvalidParameter", "ScoreThreshold is 0.00 to 1.00 with two decimals")
        if threshold is not None:
            scored = [pair for pair in scored if pair[1] >= float(threshold)]
        if p.get("Filter"):
            test = compile_filter(p["Filter"])
            scored = [pair for pair in scored if test(pair[0].filter_row())]
        if category is not None:
            scored = [pair for pair in scored if pair[0].category == category]
        if flag(p.get("DistinctProductId"), False):
            best: Dict[str, Tuple[Image, float]] = {}
            for pair in scored:
                best.setdefault(pair[0].product_id, pair)
            scored = list(best.values())
        page = scored[start : start + num]
        # Found: hits; return: in this response. The vendor's 2020 samples have them exchanged.
        found, returned = len(scored), len(page)
        if self.settings["swap_docs"]:
            found, returned = returned, found
        rows = []
        for row, score in page:
            item = {**auction(row), "Score": score}
            if sort_values:
                item["SortExprValues"] = "%.14ge+24;0" % (score * 7.3)
            rows.append(item)
        head = {"DocsFound": found, "DocsReturn": returned, "SearchTime": 95}
        return {"Success": True, "Code": 0, "Msg": "success", "Head": head, "PicInfo": info, "Auctions": rows}

    def do_compare_similar_by_image(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        one, _, _ = self.image(p["PrimaryPicContent"], instance)
        two, _, _ = self.image(p["SecondaryPicContent"], instance)
        # Different images get a score that depends on both, symmetrically.
        score = 1.0 if one == two else (int(min(one, two)[:4], 16) ^ int(max(one, two)[:4], 16)) % 6000 / 10000
        return {"Success": True, "Code": 0, "Msg": "success", "Score": score}

    def image(self, content: str, instance: Instance) -> Tuple[str, int, int]:
        return check_image(self.fetch(content), instance.service_type, self.settings["check_images"])

    # The instance and its batch work

    def do_detail(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        return {"Success": True, "Instance": {
            "Name": instance.name, "Region": "cn-shanghai", "Capacity": instance.capacity, "TotalCount": instance.total(),
            "Qps": instance.qps, "ServiceType": instance.service_type, "UtcCreate": "1578499200000",
            "UtcExpireTime": "1893456000000",
        }}  # fmt: skip

    def do_increase_instance(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        if not p["Path"].startswith("/") or p["Path"].endswith("/"):
            raise Failure("InvalidParameter", "Path begins with / and does not end with one")
        jobs = self.jobs.setdefault("increase " + instance.name, [])
        number = 1001 + len(jobs)
        jobs.append({
            "Id": number, "Code": "0", "Msg": "success", "Status": "PROCESSING", "BucketName": p["BucketName"],
            "Path": p["Path"], "CallbackAddress": p.get("CallbackAddress", ""), "ErrorUrl": "",
            "UtcCreate": str(self.now_ms), "UtcModified": self.now_ms,
        })  # fmt: skip
        return {"Success": True, "Data": {"Id": str(number), "IncrementStatus": "PROCESSING"}}

    def do_increase_list(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        rows = [row for row in reversed(self.jobs.get("increase " + instance.name, []))
                if all(p.get(name, str(row[name])) == str(row[name]) for name in ("Id", "BucketName", "Path"))]  # fmt: skip
        page, data = self.job_page(rows, p, 10**6, 100)
        return {"Data": {**data, "Increments": {"Instance": page}}}

    def do_dump_meta(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        jobs = self.jobs.setdefault("dump " + instance.name, [])
        number = 501 + len(jobs)
        jobs.append({
            "Id": number, "Code": "0", "Msg": "success", "Status": "SUCCESS",
            "MetaUrl": "https://dump.oss.localhost/%s/%d?Expires=7200" % (instance.name, number),
            "UtcCreate": str(self.now_ms), "UtcModified": self.now_ms,
        })  # fmt: skip
        return {"Success": True, "Data": {"Id": str(number), "DumpMetaStatus": "PROCESSING"}}

    def do_dump_meta_list(self, instance: Instance, p: Parameters) -> Dict[str, Any]:
        rows = [r for r in reversed(self.jobs.get("dump " + instance.name, [])) if p.get("Id", str(r["Id"])) == str(r["Id"])]
        page, data = self.job_page(rows, p, 30, 30)
        return {"Data": {**data, "DumpMetaList": page}}

    @staticmethod
    def job_page(rows: List[Dict[str, Any]], p: Parameters, most_pages: int, most_rows: int) -> Tuple[Any, Dict[str, int]]:
        number = whole_number(p.get("PageNumber"), 1, 1, most_pages, "InvalidParameter")
        size = whole_number(p.get("PageSize"), 10, 1, most_rows, "InvalidParameter")
        data = {"PageNumber": number, "PageSize": size, "TotalCount": len(rows)}
        return rows[(number - 1) * size : number * size], data


def attributes(p: Parameters) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for name in ATTRIBUTES:
        value = p.get(name)
        if value is None:
            continue
        if name.startswith("Int"):
            if not re.fullmatch(r"-?\d{1,19}", value) or not -(2**63) <= int(value) < 2**63:
                raise Failure("InvalidIntAttr", name)
            result[name] = int(value)
        else:
            if len(value) > 128 or any(c in value for c in "\\¥$&%"):
                raise Failure("InvalidStrAttr", name)
            result[name] = value
    return result


def auction(row: Image) -> Dict[str, Any]:
    return {"ProductId": row.product_id, "PicName": row.pic_name, "CategoryId": row.category,
            "CustomContent": row.custom, **row.attributes}  # fmt: skip


def all_categories() -> List[Dict[str, Any]]:
    return [{"Id": number, "Name": name} for number, name in CATEGORIES.items()]


def pic_info(region: str, category: Optional[int]) -> Dict[str, Any]:
    return {"Region": region, "CategoryId": OTHER if category is None else category,
            "MultiRegion": [{"Region": region}], "AllCategories": all_categories()}  # fmt: skip
