"""Reports with generated content, for testing the page without the command: in the format of
CLI/Sources/imagesearch/Report/ReportFile.swift. `python sample.py FOLDER` writes one of each kind."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "CLI/Sources/imagesearch/Report/Page"
STYLES = ("view.css", "report.css")
SCRIPTS = ("words.js", "stage.js", "rows.js", "detail.js", "browser.js", "report.js")
sys.path.insert(0, str(ROOT / "Tests/Python"))

from scenes import scene  # noqa: E402

Row = dict[str, Any]

#: Names that try to break out of their place in a report.
HOSTILE = [
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "photo\u202egnp.exe",
    "]]>\u2028\u2029<!--<script>",
    "{{script}}{{data}}{{title}}",
    "javascript:document.title='owned'",
    "\u0000\u0007\u001b[31m",
    "名前 写真 😀 العربية",
    "a" * 4096,
]


def inside_script(value: object) -> str:
    """JSON that is safe in a <script>: no character of it has a meaning in HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def fill(report: Row, manifest: Row) -> str:
    style = "\n".join((PAGE / name).read_text() for name in STYLES)
    script = "\n".join((PAGE / name).read_text() for name in SCRIPTS)

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    def escaped(text: str) -> str:
        return text.translate({ord(one): f"&#{ord(one)};" for one in "<>&\"'{}"})

    values = {
        "style-hash": digest(style),
        "script-hash": digest(script),
        "style": style,
        "script": script,
        "title": escaped(report["title"]),
        "generator": escaped(manifest["generator"]),
        "manifest": inside_script(manifest),
        "data": inside_script(report),
    }
    pieces = (PAGE / "report.html").read_text().split("{{")
    return pieces[0] + "".join(values[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:]))


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def picture(seed: int, name: str, width: int = 640, height: int = 480, large: bool = True, **look: Any) -> Row:
    """An image as embedded in reports. The scene is the same at every size."""
    content = f"{seed} {width} {look}".encode()
    row: Row = {
        "name": name,
        "width": 4 * width,
        "height": 4 * height,
        "fileSize": 40_000 + 700 * width + seed,
        "format": "JPEG",
        "sha256": hashlib.sha256(content).hexdigest(),
        "small": data_url(scene(seed, 96, 96 * height // width, **look)),
    }
    if large:
        row["large"] = data_url(scene(seed, 400, 400 * height // width, **look))
    return row


def match(seed: int, name: str, chance: random.Random, large: bool = True, **look: Any) -> Row:
    """A copy of the scene `seed` as 2560 × 1920 pixels."""
    scale = chance.choice((0.25, 0.5, 1.0))
    shape = picture(seed, name, int(640 * scale), int(480 * scale), large, **look)
    shape.pop("name")
    relation = "altered" if look not in ({}, {"brightness": 1.0}) else "reencoded"
    transform = [scale, 0, 0, 0, scale, 0]
    if look.get("mirrored"):
        transform = [-scale, 0, shape["width"], 0, scale, 0]
    return {
        **shape,
        "itemID": name,
        "imageName": name.rsplit("/", 1)[-1],
        "relation": relation,
        "confidence": round(0.5 + chance.random() / 2, 4),
        "score": round(chance.uniform(20, 100), 1),
        "queryOverlap": round(chance.uniform(60, 100), 1),
        "matchOverlap": round(chance.uniform(60, 100), 1),
        "transform": transform,
        "isMirrored": bool(look.get("mirrored")),
        "agreement": {"agrees": 0.71, "differs": 0.05, "empty": 0.24},
        "category": chance.choice(("shop", "press", "archive")),
        "backlinks": [],
        "tags": [],
        "details": {},
    }


def manifest(report: Row, images: list[Row]) -> Row:
    return {
        "format": 1,
        "generator": "imagesearch 1.0.0",
        "kind": report["kind"],
        "began": "2026-11-26T04:40:11Z",
        "ended": "2026-11-26T04:40:13Z",
        "options": [{"name": "services", "value": "local,tineye,tmapi"}, {"name": "limit", "value": "100"}],
        "versions": [
            {"name": "matcher", "value": "3"},
            {"name": "libcurl", "value": "7.88.1"},
            {"name": "sqlite", "value": "3.40.1"},
        ],
        "images": [{key: value for key, value in image.items() if key not in ("small", "large")} for image in images],
        "searches": [
            {
                "service": section["service"],
                "image": section["query"],
                "began": "2026-11-26T04:40:12Z",
                "seconds": 0.184,
                "matches": len(section["matches"]),
                "requestIDs": section.get("requestIDs", []),
                "warnings": section["warnings"],
                "error": section.get("error"),
            }
            for section in report["sections"]
        ],
        "remarks": [],
    }


def search_report(many: int = 24, seed: int = 1, hostile: bool = False) -> str:
    """A search in the local index, TinEye, TMAPI and a service that failed."""
    chance = random.Random(seed)
    query = picture(seed, "/home/anna/Pictures/mug on a table.jpg")
    looks: list[dict[str, Any]] = [{}, {"brightness": 1.3}, {"mirrored": True}, {"brightness": 0.7}]
    models = [match(seed, "", random.Random(seed), **look) for look in looks]
    local = []
    for place in range(many):
        name = f"archive/2019/{chance.choice(('front', 'DSC', 'mug', 'catalogue'))}-{place:05}.jpg"
        row = {
            **match(seed, name, chance, large=False),
            **models[place % 4],
            "itemID": name,
            "imageName": name.rsplit("/", 1)[-1],
        }
        row.update(confidence=round(0.999 - place * 0.4 / many, 4), score=round(98 - 60 * place / many, 1))
        if place == 0:
            row.update(relation="identical", confidence=1, score=100)
        if place >= 200:
            row.pop("large")
        local.append(row)
    if hostile:
        for row, name in zip(local, HOSTILE, strict=False):
            row.update(itemID=name, imageName=name, category=name, customContent=name)
            row["details"] = {name: name}
    links = [
        {
            "pageURL": f"https://www.example.{end}/gallery/{page}?id={page * 7}",
            "imageURL": f"https://img.example.{end}/{page}.jpg",
            "crawlDate": f"20{page:02}-05-1{page % 10}",
        }
        for end in ("org", "com")
        for page in range(12, 26)
    ]
    if hostile:
        links += [{"pageURL": name, "imageURL": name, "crawlDate": name} for name in HOSTILE]
    web: list[Row] = [
        {"domain": f"{name}.example", "score": 80.0 - 9 * place, "width": 1200, "height": 900, "fileSize": 182_334, "format": "JPEG", "relation": None, "queryOverlap": 97.0, "matchOverlap": 88.0,
         "transform": [0.47, 0, 0, 0, 0.47, 0], "overlayURL": "https://api.tineye.com/rest/overlay/x", "backlinks": links[place : place + 9] + (links[-9:] if hostile else []), "tags": ["stock"], "details": {}}
        for place, name in enumerate(("stockphotos", "press", "blog"))
    ]  # fmt: skip
    offers = [
        {"itemID": f"65{place}", "title": title, "price": {"amount": price, "currency": "CNY"}, "pageURL": f"https://detail.1688.example/offer/65{place}.html", "imageURL": "https://cbu.example/1.jpg",
         "domain": "detail.1688.example", "backlinks": [], "tags": [], "details": {"moq": moq, "shop_info.company_name": "义乌市某某日用品有限公司", "sale_info.sale_quantity": "300+", "item_repurchase_rate": "41 %"}}
        for place, (title, price, moq) in enumerate((("陶瓷马克杯 简约办公室水杯 可定制LOGO", "12.80", "2"), ("Ceramic mug, 350 ml, matt glaze", "9.50", "48"), ("创意杯子", "108.00", "1")))
    ]  # fmt: skip
    sections = [
        {"service": "local", "query": 0, "total": len(local), "warnings": [], "requestIDs": [], "matches": local},
        {
            "service": "tineye",
            "query": 0,
            "total": 118,
            "warnings": ["The rate is close to its limit."],
            "requestIDs": ["c0ffee-7"],
            "matches": web,
        },
        {"service": "tmapi", "query": 0, "total": None, "warnings": [], "requestIDs": [], "matches": offers},
        {
            "service": "alibaba",
            "query": 0,
            "total": None,
            "warnings": [],
            "requestIDs": [],
            "matches": [],
            "error": "alibaba: the access key is not valid (InvalidAccessKeyId)",
        },
    ]
    report = {
        "format": 1,
        "kind": "search",
        "title": "Search for mug on a table.jpg",
        "largeImages": 200,
        "queries": [query],
        "sections": sections,
        "groups": [],
    }
    return fill(report, manifest(report, [query]))


def duplicates_report(groups: int = 12, seed: int = 1) -> str:
    chance = random.Random(seed)
    found = []
    for number in range(groups):
        members = [
            match(
                seed + number,
                f"photos/trip {number}/IMG_{number}{place}.jpg",
                chance,
                brightness=1.2 if place == 2 else 1.0,
            )
            for place in range(2 + number % 3)
        ]
        best = {**members[0], "relation": "identical", "confidence": 1, "score": 100, "transform": [1, 0, 0, 0, 1, 0]}
        members = [best] + [
            {**one, "transform": [one["width"] / best["width"], 0, 0, 0, one["height"] / best["height"], 0]}
            for one in members[1:]
        ]
        related = [{**match(seed + number, f"crops/{number}.jpg", chance), "relation": "partial"}] if number % 4 == 1 else []
        found.append({"members": members, "related": related})
    report = {
        "format": 1,
        "kind": "duplicates",
        "title": "Copies in photos",
        "largeImages": 200,
        "queries": [],
        "sections": [],
        "groups": found,
    }
    return fill(report, manifest(report, []))


def comparison_report(seed: int = 1) -> str:
    first, second = picture(seed, "photos/original.jpg"), picture(seed, "downloads/shop.jpg", 320, 240, mirrored=True)
    found = {"relation": "altered", "confidence": 0.9996, "score": 91.2, "firstOverlap": 100.0, "secondOverlap": 100.0, "transform": [-0.5, 0, second["width"], 0, 0.5, 0], "isMirrored": True,
             "agreement": {"agrees": 0.8, "differs": 0.02, "empty": 0.18}, "explanation": "The bytes differ.\n812 and 640 features were compared; 301 agree in place and look."}  # fmt: skip
    report = {
        "format": 1,
        "kind": "compare",
        "title": "original.jpg and shop.jpg",
        "largeImages": 2,
        "queries": [],
        "sections": [],
        "groups": [],
        "comparison": {**found, "first": first, "second": second},
    }
    return fill(report, manifest(report, [first, second]))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "search.html").write_text(search_report())
    (folder / "hostile.html").write_text(search_report(hostile=True))
    (folder / "duplicates.html").write_text(duplicates_report())
    (folder / "compare.html").write_text(comparison_report())
