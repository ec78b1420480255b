"""Matches, items and groups as JSON, without paths of the server's disk."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from .. import Group, Item, Match, Member
from .service import Service, image_key


def plain(value: Any) -> Any:
    """Converts dataclasses, tuples and dates to JSON values, without paths of the server's disk."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(part) for name, part in asdict(value).items() if name not in ("source_path", "source_path_bytes")}
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if name not in ("source_path", "source_path_bytes")}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


def match_form(service: Service, request: Request, index: str, query: str | None, match: Match) -> dict[str, Any]:
    item, name = match.item_id or "", match.image_name or ""
    key = image_key(item, name)
    return {
        "item_id": item,
        "image_name": name,
        "key": key,
        "relation": match.relation,
        "confidence": match.confidence,
        "score": match.score,
        "query_overlap": match.query_overlap,
        "match_overlap": match.match_overlap,
        "transform": list(match.transform) if match.transform else None,
        "is_mirrored": match.is_mirrored,
        "agreement": plain(match.agreement),
        "width": match.width,
        "height": match.height,
        "file_size": match.file_size,
        "format": match.format,
        "sha256": match.sha256,
        "exif_date": plain(match.exif_date),
        "category": match.category,
        "custom_content": match.custom_content,
        "thumbnail": service.image_url(request, index, item, name),
        "overlay": f"{service.base(request)}/v1/{index}/overlays/{query}/{key}" if query else None,
    }


def item_form(service: Service, request: Request, index: str, item: Item) -> dict[str, Any]:
    images = [
        {
            **plain(image),
            "key": image_key(image.item_id, image.image_name),
            "thumbnail": service.image_url(request, index, image.item_id, image.image_name),
        }
        for image in item.images
    ]
    return {"item_id": item.item_id, "position": item.position, "images": images}


def group_form(service: Service, request: Request, index: str, group: Group) -> dict[str, Any]:
    def member(one: Member) -> dict[str, Any]:
        item, name = one.image.item_id, one.image.image_name
        return {**plain(one), "key": image_key(item, name), "thumbnail": service.image_url(request, index, item, name)}

    return {"members": [member(one) for one in group.members], "related": [member(one) for one in group.related]}
