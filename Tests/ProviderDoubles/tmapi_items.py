"""Items in the three formats of TMAPI's 1688 searches (docs/sources/tmapi-1688.md, section 4; docs/sources/tmapi-1688.md, section 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Dict, List

SEARCH, GLOBAL_1, GLOBAL_2 = "search/image", "global/search/image", "global/search/image/v2"

#: The complete items of the provider's example.
SEED_ITEMS: List[Dict[str, Any]] = [
    {
        "item_id": 983093623752,
        "product_url": "https://detail.1688.com/offer/983093623752.html",
        "title": "跨境外贸lulu男士同款运动长袖户外健身速干T恤弹力休闲上衣",
        "img": "https://cbu01.alicdn.com/img/ibank/O1CN01vGCPtN22CzDpG7RBW_!!2210992147085-0-cib.jpg",
        "category_path": ["1031887", "127890013", "18"],
        "price": "27.00",
        "price_info": {"sale_price": "27.00", "origin_price": "27.00"},
        "moq": 1,
        "quantity_prices": [],
        "sale_info": {"sale_quantity": "5160", "sale_quantity_int": 5160, "orders_count": 111},
        "delivery_info": {"area_from": ["广东", "东莞市"]},
        "item_repurchase_rate": "54%",
        "rating_star": None,
        "shop_info": {
            "login_id": "瑜佃工厂",
            "member_id": "b2b-2210992147085de3df",
            "company_name": "广东瑜佃供应链管理有限公司",
            "shop_url": "http://gdytgc.1688.com?tracelog=p4p",
            "biz_type": "生产加工",
            "is_factory": True,
            "is_super_factory": False,
            "location": ["广东", "东莞市"],
            "service_tags": None,
            "shop_years": 5,
            "factory_inspection": True,
            "score_info": {"composite_score": "4.5"},
        },
        "is_ad": True,
    },
    {
        "item_id": 969462626480,
        "product_url": "https://detail.1688.com/offer/969462626480.html",
        "title": "专业外贸工厂跨境定制亚欧美码简约棉涤休闲插肩袖圆领秋冬男卫衣",
        "img": "https://cbu01.alicdn.com/O1CN01mlPQyb1rrmigLQq2W_!!2219127385685-0-cib.jpg",
        "category_path": ["1036995", "10165"],
        "price": "80.00",
        "price_info": {"sale_price": "80.00", "origin_price": "80.00"},
        "moq": 1,
        "quantity_prices": [],
        "sale_info": {"sale_quantity": "0", "sale_quantity_int": 0, "orders_count": 0},
        "delivery_info": {"area_from": ["广东", "广州市"]},
        "item_repurchase_rate": "42%",
        "rating_star": None,
        "shop_info": {
            "login_id": "广州牛恤服饰有限公司",
            "member_id": "b2b-22191273856859f6d3",
            "company_name": "广州牛恤服饰有限公司",
            "shop_url": "http://shop179343015u765.1688.com",
            "biz_type": "生产加工",
            "is_factory": True,
            "is_super_factory": False,
            "location": ["广东", "广州市"],
            "service_tags": None,
            "shop_years": 1,
            "factory_inspection": False,
            "score_info": {"composite_score": "4.5"},
        },
        "is_ad": False,
    },
]


def facts(number: int) -> Dict[str, Any]:
    """The data of a generated item that all formats share, for filters and order."""
    return {
        "number": number,
        "item_id": 900000000000 + number * 7919,
        "price": "%s" % (Decimal(100 + number * 37 % 9000) / Decimal(100)).quantize(Decimal("0.01")),
        "sales": number * 613 % 6000,
        "support_dropshipping": number % 2 == 0,
        "is_factory": number % 3 == 0,
        "verified_supplier": number % 4 == 0,
        "free_shipping": number % 5 == 0,
        "new_arrival": number % 6 == 0,
    }


def render(row: Dict[str, Any], shape: str, language: str) -> Dict[str, Any]:
    """The item in the format of that endpoint."""
    number, item_id, price, sales = row["number"], row["item_id"], row["price"], row["sales"]
    if shape == SEARCH and "seed" in row:
        seed: Dict[str, Any] = row["seed"]
        return seed
    title = "男士卫衣 第%d款" % number
    # In the field, the image's address is sometimes protocol-relative.
    scheme = "" if number % 7 == 3 else "https:"
    item: Dict[str, Any] = {
        "item_id": item_id,
        "product_url": "https://detail.1688.com/offer/%d.html" % item_id,
        "title": title,
        "img": "%s//cbu01.alicdn.com/img/ibank/O1CN01made%d_!!%d-0-cib.jpg" % (scheme, number, item_id),
        "category_path": ["1036995", str(10000 + number % 97)],
        "price": price,
    }
    ladder = [{"begin_num": "2", "end_num": "99", "price": price}, {"begin_num": "100", "end_num": "", "price": price}]
    score = {"composite_score": "%.1f" % (3 + number % 20 / 10)}
    rate = "%d%%" % (number % 100)
    if shape == SEARCH:
        item.update(
            price_info={"sale_price": price, "origin_price": price}, moq=1 + number % 5,
            quantity_prices=ladder if number % 3 == 1 else [],
            sale_info={"sale_quantity": str(sales), "sale_quantity_int": sales, "orders_count": sales // 3},
            delivery_info={"area_from": ["广东", "广州市"]}, item_repurchase_rate=rate, rating_star=None,
            shop_info={**shop(number, row), "login_id": "店铺%d" % number, "service_tags": None,
                       "shop_years": 1 + number % 9, "score_info": score},
            is_ad=number % 11 == 0,
        )  # fmt: skip
        return item
    item.update(title="%s %s" % (language, title), title_origin=title)
    if shape == GLOBAL_1:
        item.update(
            price_info={"drop_ship_price": price, "wholesale_price": price, "origin_price": price},
            quantity_begin=1 + number % 5, quantity_prices=ladder if number % 3 == 1 else [], brand="",
            title_tags=["new"] if row["new_arrival"] else [], type="normal", goods_score=number % 5,
            image_dsm_score=number % 7, primary_rank_score=number, super_new_product=row["new_arrival"],
            sale_info={"gmv_fuzzy": "50+", "gmv_30days": sales, "gmv_30days_cb": sales // 2, "sale_quantity": sales,
                       "sale_quantity_month": sales // 4, "sale_quantity_90days": sales // 2,
                       "sale_quantity_360days": sales, "orders_count": sales // 3},
            delivery_info={"area_from": ["广东", "广州市"], "weight": 0.35, "suttle_weight": 0.3,
                           "free_postage": row["free_shipping"]},
            item_repurchase_rate="%.1f" % (number % 10 / 10),
            shop_info={**shop(number, row), "login_id": None, "tp_member": True, "tp_year": 1 + number % 9,
                       "is_gold_supplier": row["verified_supplier"], "service_tags": [], "shop_repurchase_rate": "11.2%"},
        )  # fmt: skip
        return item
    item.update(
        price_info={"price": price, "sale_price": price, "origin_price": "" if number % 2 else price}, currency="CNY",
        moq=None if number % 2 else 2, sale_info={"sale_quantity_90days": str(sales)},
        delivery_info={"area_from": ["广东", "广州市"], "free_shipping": row["free_shipping"], "ship_in_48h": True},
        item_repurchase_rate=rate, low_refund_rate=True, ship_in_48h=True, one_piece_min_order=row["support_dropshipping"],
        shop_info={"company_name": "工厂%d" % number, "is_powerful_seller": True, "is_super_factory": False,
                   "shop_years": 1 + number % 9, "score_info": score},
    )  # fmt: skip
    return item


def shop(number: int, row: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "member_id": "b2b-22%011d" % number,
        "company_name": "工厂%d" % number,
        "shop_url": "http://shop%d.1688.com" % number,
        "biz_type": "生产加工",
        "is_factory": row["is_factory"],
        "is_super_factory": False,
        "location": ["广东", "广州市"],
        "factory_inspection": row["verified_supplier"],
    }


def catalogue(count: int, seed: bool) -> List[Dict[str, Any]]:
    """The data of `count` items; with `seed`, the first two are those of the provider's example."""
    rows = [facts(number) for number in range(count)]
    if seed:
        for row, item in zip(rows, SEED_ITEMS):
            row.update(item_id=item["item_id"], price=item["price"], sales=item["sale_info"]["sale_quantity_int"],
                       is_factory=True, seed=item)  # fmt: skip
    return rows
