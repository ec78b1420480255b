"""Stored images of a local index: items, groups of copies, comparisons."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import _html, _tables
from ._handles import Bound
from .models import AffineMap, Agreement
from .options import CallOptions, RebuildOptions

__all__ = [
    "KEEP",
    "AsyncGroupIterator",
    "Comparison",
    "Explanation",
    "Group",
    "GroupIterator",
    "GroupOptions",
    "Groups",
    "Item",
    "Keep",
    "Member",
    "PruneReport",
    "Stored",
    "StoredImage",
    "UpdateOptions",
]


class Keep:
    """The type of KEEP, which leaves a stored value unchanged; None removes it."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP = Keep()


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored image, for compare()."""

    item_id: str
    image_name: str


@dataclass(frozen=True, slots=True, repr=False)
class StoredImage:
    """What a local index stores of an image besides features and thumbnail.

    Attributes:
        item_id: the item that the image belongs to.
        image_name: the name of the image within its item.
        category: the category.
        custom_content: the text stored with the image.
        width: width of the upright image in pixels.
        height: height of the upright image in pixels.
        file_size: size of the file in bytes.
        format: for instance "JPEG".
        sha256: SHA-256 of the file in lower-case hexadecimal digits.
        exif_date: when the image was taken, from its EXIF data, without a time zone.
        source_path: absolute path of the file that the image was added from; os.fsencode() gives its bytes.
        added_at: when these bytes were added.
        warning: the remark of the report when the image was added.
    """

    item_id: str
    image_name: str
    category: str | None = None
    custom_content: str | None = None
    width: int | None = None
    height: int | None = None
    file_size: int | None = None
    format: str | None = None
    sha256: str | None = None
    exif_date: datetime | None = None
    source_path: str | None = None
    added_at: datetime | None = None
    warning: str | None = None

    def __repr__(self) -> str:
        size = "" if self.width is None else f" {self.width} × {self.height}"
        return f"<StoredImage {self.item_id!r} {self.image_name!r} {self.format or ''}{size}>"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name."""
        plain: dict[str, Any] = _tables.plain(self)
        return plain


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """An item of the index with its images; `position` is its position in the order of adding, for items(after=…)."""

    item_id: str
    images: tuple[StoredImage, ...]
    position: int

    def __repr__(self) -> str:
        return f"<Item {self.item_id!r}: {_listed(image.image_name for image in self.images)}>"


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """An image in a group.

    Attributes:
        image: the image.
        relation: its relation to the group's best member; see Match.relation.
        confidence: how certain that is, 0-1.
        score: how little the image was changed, 0-100.
        best_overlap: percentage of the best member that this image covers.
        image_overlap: percentage of this image that the best member covers.
        transform: the map from pixels of the best member to pixels of this image.
        is_mirrored: whether it is a mirror image of the best member.
    """

    image: StoredImage
    relation: str | None = None
    confidence: float | None = None
    score: float | None = None
    best_overlap: float | None = None
    image_overlap: float | None = None
    transform: AffineMap | None = None
    is_mirrored: bool | None = None

    def __repr__(self) -> str:
        confidence = "" if self.confidence is None else f", confidence {self.confidence:.2f}"
        return f"<Member {self.image.item_id!r} {self.image.image_name!r}: {self.relation}{confidence}>"


def _listed(names: Iterable[str]) -> str:
    """The first few names of many."""
    shown = [repr(name) for name in names]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


class _Found:
    """The client that found a Group. Not a field, so that asdict, pickle and == ignore it."""

    __slots__ = ("_found_by",)

    def _client(self) -> Any:
        """A weak reference to the client."""
        return getattr(self, "_found_by", None)


@dataclass(frozen=True, slots=True, repr=False)
class Group(Sequence[Member], _tables.Table, _Found):
    """Images that are copies of each other: a sequence of its members. As a table it has a row for each member and each related image:
    its `role` ("best", "copy" or "related"), the fields of the image, and its relation to the best one.

    Attributes:
        members: the best one first; each other is a verified copy of it.
        related: images that are a part of the best one, contain it, or have something in common with it.
    """

    members: tuple[Member, ...] = ()
    related: tuple[Member, ...] = ()

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, index: Any) -> Any:
        return self.members[index]

    def __repr__(self) -> str:
        beside = f", {len(self.related)} related" if self.related else ""
        return f"<Group of {len(self)}: {_listed(member.image.item_id for member in self)}{beside}>"

    def _roles(self) -> Iterator[tuple[str, Member]]:
        for number, member in enumerate(self.members):
            yield "copy" if number else "best", member
        for member in self.related:
            yield "related", member

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each member and each related image."""
        rows = []
        for role, member in self._roles():
            own = _tables.plain(member)
            rows.append({"role": role, **own.pop("image"), **own})
        return rows

    def _columns(self) -> tuple[str, ...]:
        own = tuple(name for name in Member.__dataclass_fields__ if name != "image")
        return ("role", *StoredImage.__dataclass_fields__, *own)

    def _repr_html_(self) -> str:
        return _html.groups([self])

    def __reduce__(self) -> tuple[Any, ...]:
        return (Group, (self.members, self.related))


@dataclass(frozen=True, slots=True, repr=False)
class Groups(Sequence[Group], _tables.Table):
    """Several groups: a sequence of them. As a table it has the rows of each, preceded by the number of the group, from 1."""

    groups: tuple[Group, ...] = ()

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, index: Any) -> Any:
        return self.groups[index]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each member and each related image of each group."""
        return [{"group": number, **row} for number, group in enumerate(self.groups, 1) for row in group.to_dicts()]

    def _columns(self) -> tuple[str, ...]:
        return ("group", *Group()._columns())

    def __repr__(self) -> str:
        return f"<Groups: {len(self)} groups, {sum(map(len, self))} images>"

    def _repr_html_(self) -> str:
        return _html.groups(self.groups)


class GroupIterator(Bound, Iterator[Group]):
    """The groups of an index, each searched for when it is requested."""

    _instead = "its work is done by this process. Send the groups themselves, which are plain data, for instance those of all()"

    def __init__(self, following: Callable[[], Group | None]) -> None:
        self._following = following

    def __next__(self) -> Group:
        group = self._following()
        if group is None:
            raise StopIteration
        return group

    def all(self) -> Groups:
        """All remaining groups."""
        return Groups(tuple(self))


class AsyncGroupIterator(Bound, AsyncIterator[Group]):
    """The groups of an index, each searched for when it is requested."""

    _instead = GroupIterator._instead

    def __init__(self, following: Callable[[], Awaitable[Group | None]]) -> None:
        self._following = following

    async def __anext__(self) -> Group:
        group = await self._following()
        if group is None:
            raise StopAsyncIteration
        return group

    async def all(self) -> Groups:
        """All remaining groups."""
        return Groups(tuple([group async for group in self]))


@dataclass(frozen=True, slots=True)
class Explanation:
    """The evidence that two images are related, or not; str() is a text for people.

    Attributes:
        same_bytes: both have the same bytes; nothing else was compared.
        first_features, second_features: number of local features of the images; None if they were not computed.
        inliers: number of features that agree in position and descriptor.
        code_distance: Hamming distance of the 256-bit codes of the whole images.
        evidence: natural logarithm of how much more likely the agreement is for two versions of one image than for unrelated
            images.
        text: the findings in words, one per line.
    """

    same_bytes: bool
    first_features: int | None
    second_features: int | None
    inliers: int
    code_distance: int | None
    evidence: float | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The relation between two images.

    Attributes:
        relation: see Match.relation; None when they have no more in common than chance explains.
        confidence: how certain that is, 0-1.
        score: how little the image was changed, 0-100.
        first_overlap: percentage of the first image that the second covers.
        second_overlap: percentage of the second image that the first covers.
        transform: the map from pixels of the first, upright image to pixels of the second.
        is_mirrored: whether one is a mirror image of the other.
        agreement: how much of the compared area is the same.
        explanation: the evidence.
    """

    relation: str | None
    confidence: float | None
    score: float | None
    first_overlap: float | None
    second_overlap: float | None
    transform: AffineMap | None
    is_mirrored: bool | None
    agreement: Agreement | None
    explanation: Explanation

    def __repr__(self) -> str:
        score = "" if self.score is None else f", score {self.score:.1f}"
        return f"<Comparison: {self.relation or 'strangers'}, confidence {self.confidence or 0:.2f}{score}>"


@dataclass(frozen=True, slots=True, repr=False)
class PruneReport(Sequence[StoredImage], _tables.Table):
    """Images whose files are gone: a sequence of them.

    Attributes:
        gone: the images.
        unknown: images whose files could not be checked, with the reason; they stay.
        checked_count: number of images checked.
        is_applied: whether the images were removed, or only would be.
    """

    gone: tuple[StoredImage, ...]
    unknown: tuple[tuple[StoredImage, str], ...] = field(default=())
    checked_count: int = 0
    is_applied: bool = False

    def __repr__(self) -> str:
        done = "forgotten" if self.is_applied else "gone"
        return f"<PruneReport: {len(self)} of {self.checked_count} {done}, {len(self.unknown)} unknown>"

    def __len__(self) -> int:
        return len(self.gone)

    def __getitem__(self, index: Any) -> Any:
        return self.gone[index]

    def _columns(self) -> tuple[str, ...]:
        return tuple(StoredImage.__dataclass_fields__)


class UpdateOptions(CallOptions, total=False):
    """Changes to stored images.

    Attributes:
        category: the new category; None removes it. Default: KEEP.
        custom_content: the new text; None removes it. Default: KEEP.
    """

    category: str | Keep | None
    custom_content: str | Keep | None


class GroupOptions(RebuildOptions, total=False):
    """Options of a search for groups.

    Attributes:
        minimum_confidence: minimum confidence of a pair, 0-1. Default: the engine's own cut-off.
        relations: the relations to use; "partial" and "shared" only list an image beside a group. Default: the four
            that are copies.
        keep: which member is the best one: "largest", "least_recompressed" or "oldest". Default: "largest".
        category: only images of this category.
        across_categories: whether images of different categories may be in one group. Default: yes.
        within_items: images of one item count as copies of each other.
        added_since: only groups that gained a member since this datetime.
        limit: maximum number of groups, the ones with the best members first. Default: all.
    """

    minimum_confidence: float | None
    relations: str | list[str] | tuple[str, ...] | None
    keep: str | None
    category: str | None
    across_categories: bool | None
    within_items: bool
    added_since: datetime | None
    limit: int | None


def path_of(text: bytes | None) -> str | None:
    """A path of the library, whose bytes os.fsencode() returns."""
    return None if text is None else os.fsdecode(text)
