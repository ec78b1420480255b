"""The packed body of 2018-01-20: `key,start,end#…^values`, offsets in bytes (docs/sources/alibaba-image-search.md, section 2.2)."""

from __future__ import annotations

import base64
import binascii
from typing import Dict, List, Tuple

from alibaba_errors import Failure


def unpack(body: bytes) -> Dict[str, bytes]:
    """Key -> value, in the order of the keys.

    Only the first `^` separates; offsets are half-open and count from the byte after it. The values must cover the
    content without gaps, overlaps or remainder, which detects a client that counts characters instead of bytes.
    """
    meta, caret, content = body.partition(b"^")
    if not caret:
        raise Failure("NoCaretSeperator")
    if not meta:
        raise Failure("EmptyMeta")
    values: Dict[str, bytes] = {}
    spans: List[Tuple[int, int]] = []
    for item in meta.split(b"#"):
        pieces = item.split(b",")
        if len(pieces) != 3 or not pieces[0] or not all(p.isdigit() and len(p) < 12 for p in pieces[1:]):
            raise Failure("InvalidMetaItem", "%r is not key,start,end" % item[:60])
        start, end = int(pieces[1]), int(pieces[2])
        if start > end or end > len(content):
            raise Failure("InvalidMetaItem", "%r does not lie in the content of %d bytes" % (item[:60], len(content)))
        try:
            key = pieces[0].decode("ascii")
        except UnicodeDecodeError:
            raise Failure("InvalidMetaItem", "a key is not ASCII") from None
        if key in values:
            raise Failure("InvalidMetaItem", "the key %s is there twice" % key)
        values[key] = content[start:end]
        spans.append((start, end))
    position = 0
    for start, end in sorted(spans):
        if start != position:
            raise Failure("InvalidMetaItem", "the values do not join at byte %d" % position)
        position = end
    if position != len(content):
        raise Failure("InvalidMetaItem", "%d bytes belong to no key" % (len(content) - position))
    return values


def text(values: Dict[str, bytes], key: str, default: str = "") -> str:
    try:
        return values[key].decode("utf-8") if key in values else default
    except UnicodeDecodeError:
        raise Failure("InvalidMetaItem", "the value of %s is not UTF-8" % key) from None


def decode_base64(data: bytes, code: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Failure(code, "not base64") from None


def images(values: Dict[str, bytes], known: Tuple[str, ...]) -> List[Tuple[str, bytes]]:
    """The images named by pic_list: (name, bytes). Every other key must be a parameter of the call."""
    if "pic_list" not in values:
        raise Failure("NoPicList")
    listed = [name for name in text(values, "pic_list").split(",") if name]
    if len(set(listed)) != len(listed):
        raise Failure("InvalidPicList", "a name is there twice")
    result = []
    for name in listed:
        if name not in values:
            raise Failure("InvalidPicList", "%s is listed but not sent" % name)
        try:
            plain = decode_base64(name.encode("ascii"), "InvalidPicList").decode("utf-8")
        except UnicodeDecodeError:
            raise Failure("InvalidPicList", "a name is not UTF-8") from None
        result.append((plain, decode_base64(values[name], "InvalidPicContent")))
    for key in values:
        if key not in listed and key not in known:
            raise Failure("InvalidMetaItem", "unknown key %s" % key)
    return result


def names(values: Dict[str, bytes]) -> List[str]:
    """The names in pic_list of a delete, decoded; empty when the key is absent or empty."""
    result = []
    for name in text(values, "pic_list").split(","):
        if name:
            result.append(decode_base64(name.encode("utf-8"), "InvalidPicList").decode("utf-8", "replace"))
    return result
