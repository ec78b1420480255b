"""The TinEye double's table of known images and their matches."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from doublekit import images

SANDBOX_URL = "https://tineye.com/images/meloncat.jpg"

#: Tags by match number; None is a null on the wire, "absent" leaves the field out.
TAGS: List[Any] = [[], ["stock"], ["collection"], None, ["stock", "collection"], "absent", []]
FORMATS = ["JPEG", "JPEG", "PNG", "JPEG", "GIF", "WEBP"]


@dataclass
class Known:
    """An image of the table. It has the given `matches`, or else `count` generated ones.

    `backlinks`: their number for each generated match; None varies it (130 for the first, then 1 to 12).
    `oddities`: some matches without width and height, null or absent tags, empty or null backlink fields.
    """

    count: int = 0
    backlinks: Optional[int] = None
    oddities: bool = True
    matches: Optional[List[Dict[str, Any]]] = None
    flag: Optional[str] = None  # "simple": too simple; "unreachable": the URL cannot be fetched
    made: List[Dict[str, Any]] = field(default_factory=list)


def query_hash(key: str) -> str:
    return hashlib.sha1(key.encode("utf-8")).hexdigest()


def matches_of(key: str, known: Known) -> List[Dict[str, Any]]:
    """All matches of the image, best first."""
    if known.matches is not None:
        return known.matches
    if len(known.made) != known.count:
        known.made = [made_match(key, number, known) for number in range(known.count)]
    return known.made


def made_match(key: str, number: int, known: Known) -> Dict[str, Any]:
    ours = hashlib.sha1(("%s %d" % (key, number)).encode("utf-8")).hexdigest()
    width, height = 400 + number * 37 % 1200, 300 + number * 53 % 900
    domain = "site%d.example" % (number % 17)
    pieces = ["m11=%.6f" % (1 - number / 1000), "m12=%.6f" % (number / 2000), "m13=%.4f" % (number * 1.5),
              "m21=%.6f" % (-number / 2000), "m22=%.6f" % (1 - number / 1000), "m23=%.4f" % (-number * 0.5)]  # fmt: skip
    turn = number % 6  # the order of the overlay's parameters is not fixed
    match: Dict[str, Any] = {
        "image_url": "https://img.tineye.com/result/%s" % ours,
        "domain": domain,
        "top_level_domain": "example",
        "score": round(100 - 90 * number / max(known.count, 1), 3),
        "width": width,
        "height": height,
        "size": width * height,
        "filesize": width * height // 5 + number,
        "format": FORMATS[number % len(FORMATS)],
        "overlay": "overlay/%s/%s?%s" % (query_hash(key), ours, "&".join(pieces[turn:] + pieces[:turn])),
        "query_hash": query_hash(key),
        "backlinks": [made_backlink(domain, number, index, known) for index in range(backlink_count(number, known))],
    }
    tags = TAGS[number % len(TAGS)]
    if not known.oddities:
        match["tags"] = tags if isinstance(tags, list) else []
        return match
    if tags != "absent":
        match["tags"] = tags
    if number % 9 == 4:
        del match["width"], match["height"]
    return match


def backlink_count(number: int, known: Known) -> int:
    if known.backlinks is not None:
        return known.backlinks
    return 130 if number == 0 else 1 + number % 12


def made_backlink(domain: str, number: int, index: int, known: Known) -> Dict[str, Any]:
    link: Dict[str, Any] = {
        "url": "https://%s/images/%d-%d.jpg" % (domain, number, index),
        "backlink": "https://%s/page/%d/%d" % (domain, number, index),
        "crawl_date": "20%02d-%02d-%02d" % (10 + (number + index) % 15, 1 + (number * 5 + index) % 12, 1 + index % 28),
    }
    if known.oddities and index % 8 == 5:
        link["crawl_date"] = ""
    if known.oddities and index % 8 == 6:
        link["url"] = None
    if known.oddities and index % 8 == 7:
        link["backlink"] = ""
    return link


def crawl_date(match: Dict[str, Any]) -> str:
    """The newest date of a match's backlinks; empty when none has one."""
    return max((link.get("crawl_date") or "" for link in match.get("backlinks") or []), default="")


@functools.lru_cache(maxsize=None)
def built_in() -> Dict[str, bytes]:
    """Images that the double serves under /_double/images/<name>, the same on every machine."""
    return {
        "melon.png": images.pattern_png(160, 120, (255, 220, 140), 1),  # 247 matches
        "boat.bmp": images.bmp(120, 100),  # 3 matches
        "lamp.gif": images.gif(64, 48, 1),  # 120 matches
        "unknown.png": images.pattern_png(150, 110, (90, 200, 255), 9),  # no match
        "flat.png": images.flat_png(320, 240),  # too simple
        "tiny.png": images.pattern_png(8, 6),  # too small
        "animated.gif": images.gif(64, 48, 3),  # refused: animated
    }


def start_table(files: Dict[str, bytes]) -> Dict[str, Known]:
    def of(name: str) -> str:
        return "sha256:" + hashlib.sha256(files[name]).hexdigest()

    return {
        "url:" + SANDBOX_URL: Known(247),
        "url:https://images.example/one.jpg": Known(1, oddities=False),
        "url:https://images.example/gone.jpg": Known(flag="unreachable"),
        of("melon.png"): Known(247),
        of("boat.bmp"): Known(3),
        of("lamp.gif"): Known(120, backlinks=10, oddities=False),
        of("flat.png"): Known(flag="simple"),
    }
