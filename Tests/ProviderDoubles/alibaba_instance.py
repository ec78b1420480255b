"""An Image Search instance in memory: images by (ProductId, PicName), their similarities, and the limits."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

from alibaba_errors import Failure
from doublekit import images

CATEGORIES = {
    0: "Tops", 1: "Dress", 2: "Bottoms", 3: "Bag", 4: "Shoes", 5: "Accessories", 6: "Snack", 7: "Makeup",
    8: "Bottle", 9: "Furniture", 20: "Toy", 21: "Underwear", 22: "Digital Device", 88888888: "Other",
}  # fmt: skip
OTHER = 88888888
MAX_IMAGE = 4 * 1024 * 1024
#: Shortest side in pixels by ServiceType; 100 for the rest (fabric 2, trademark 3 and 7).
MIN_SIDE = {2: 448, 3: 200, 7: 200}
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
Key = Tuple[str, str]


@dataclass
class Image:
    product_id: str
    pic_name: str
    category: int
    custom: str = ""
    attributes: Dict[str, Any] = field(default_factory=dict)  # IntAttr … StrAttr4 as sent
    sha256: str = ""
    width: int = 0
    height: int = 0
    region: str = ""

    def filter_row(self) -> Dict[str, Any]:
        """The attributes by the names that filters use: int_attr, int_attr2, …"""
        return {re.sub("Attr", "_attr", name).lower(): value for name, value in self.attributes.items()}


@dataclass
class Instance:
    name: str
    capacity: int = 10  # in units of 10 000 images
    service_type: int = 0
    qps: int = 5
    extra_count: int = 0  # added to the number of images, for tests near the capacity
    status: str = "ok"  # anything else: InstanceStatusError
    images: Dict[Key, Image] = field(default_factory=dict)
    #: sha256 of a query -> similar images and their scores, best first
    similar: Dict[str, List[Tuple[Key, float]]] = field(default_factory=dict)

    def total(self) -> int:
        return len(self.images) + self.extra_count

    def add(self, image: Image) -> None:
        """Adds or replaces. Raises InstanceOverQuota when the capacity is reached."""
        key = (image.product_id, image.pic_name)
        if key not in self.images and self.total() >= self.capacity * 10000:
            raise Failure("InstanceOverQuota")
        self.images[key] = image

    def find(self, sha256: str) -> List[Tuple[Image, float]]:
        """Images with the same bytes score 1, followed by those declared similar. Deleted images are left out."""
        exact = [(p, 1.0) for p in self.images.values() if p.sha256 == sha256]
        seen = {(p.product_id, p.pic_name) for p, _ in exact}
        for key, score in self.similar.get(sha256, []):
            if key in self.images and key not in seen:
                exact.append((self.images[key], score))
        return sorted(exact, key=lambda pair: -pair[1])

    def fill(self, count: int, category: int, query_sha256: Optional[str]) -> None:
        """Adds generated images; with `query_sha256` they are similar to that query, with falling scores."""
        rows: List[Tuple[Key, float]] = []
        for number in range(count):
            key = ("made-%04d" % (number // 2), "image-%d.jpg" % number)
            sha = hashlib.sha256(("%s/%s" % key).encode()).hexdigest()
            attributes = {"IntAttr": number, "StrAttr": "even" if number % 2 == 0 else "odd"}
            self.add(Image(key[0], key[1], category, "custom %d" % number, attributes, sha, 400, 300, "0,399,0,299"))
            rows.append((key, round(0.99 - 0.9 * number / count, 4)))
        if query_sha256:
            self.similar[query_sha256] = rows


def check_image(content: bytes, service_type: int, check: bool = True) -> Tuple[str, int, int]:
    """sha256, width, height of an acceptable image."""
    sha = hashlib.sha256(content).hexdigest()
    if not check:
        return sha, 100, 100
    if len(content) > MAX_IMAGE:
        raise Failure("InvalidPicContent", "more than 4*1024*1024 bytes")
    info = images.sniff(content)
    if info is None or info.format not in FORMATS:
        raise Failure("UnsupportedPicFormat")
    low = MIN_SIDE.get(service_type, 100)
    if min(info.width, info.height) < low or max(info.width, info.height) > 4096:
        raise Failure("UnsupportedPicPixels", "%d x %d" % (info.width, info.height))
    if info.orientation != 1:
        raise Failure("IncorrectOrientation")
    return sha, info.width, info.height


def check_category(value: Optional[str], service_type: int) -> Optional[int]:
    if value is None or value == "":
        return None
    if not re.fullmatch(r"\d{1,8}", value) or int(value) not in CATEGORIES:
        raise Failure("InvalidCategory")
    if service_type != 0 and int(value) != OTHER:
        raise Failure("InvalidCategory", "a generic instance has only 88888888")
    return int(value)


def check_region(value: Optional[str], width: int, height: int) -> str:
    """`x1,x2,y1,y2` inside the image; the whole image when absent."""
    if not value:
        return "0,%d,0,%d" % (width - 1, height - 1)
    if not re.fullmatch(r"\d{1,5},\d{1,5},\d{1,5},\d{1,5}", value):
        raise Failure("InvalidRegion")
    x1, x2, y1, y2 = (int(piece) for piece in value.split(","))
    if not (x1 < x2 and y1 < y2):
        raise Failure("RegionError", "the region is empty: the order is x1,x2,y1,y2")
    if x2 > width or y2 > height:
        raise Failure("RegionError", "the region is outside the image of %d x %d" % (width, height))
    return value


def whole_number(value: Optional[str], default: int, low: int, high: int, code: str) -> int:
    if value is None or value == "":
        return default
    if not re.fullmatch(r"-?\d{1,9}", value) or not low <= int(value) <= high:
        raise Failure(code)
    return int(value)


def check_page(number: Optional[str], start: Optional[str]) -> Tuple[int, int]:
    """Num 1…100 (10), Start 0…499 (0), and no further than result 500."""
    if number and re.fullmatch(r"\d{1,9}", number) and int(number) > 100:
        raise Failure("OverflowMaxReturnNum")
    num = whole_number(number, 10, 1, 100, "InvalidNumParameter")
    first = whole_number(start, 0, 0, 10**9, "InvalidStartParameter")
    if num + first > 500:
        raise Failure("OverflowMaxResultNum")
    return num, first


def check_text(value: str, limit: int, code: str) -> str:
    if len(value) > limit:
        raise Failure(code, "longer than %d characters" % limit)
    return value


def flag(value: Optional[str], default: bool) -> bool:
    """`true` or `false` in any case: the vendor's Python SDK writes True and False."""
    if value is None or value == "":
        return default
    if value.lower() not in ("true", "false"):
        raise Failure("InvalidParameter", "neither true nor false: %s" % value)
    return value.lower() == "true"
