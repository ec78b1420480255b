"""Arguments and results of calls: frozen dataclasses. What a service does not say is None or empty."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, TypeAlias, Union

from . import _html, _tables
from ._abi import Capability, Outcome, OverlayStyle, QuotaUnit
from .errors import ImageSearchError

if TYPE_CHECKING:
    from ._handles import MatchHandle

__all__ = [
    "AddEntry",
    "AddReport",
    "AffineMap",
    "Agreement",
    "Backlink",
    "BatchProgress",
    "Capability",
    "Details",
    "Image",
    "ImageItem",
    "ImageSource",
    "Match",
    "Outcome",
    "OverlayStyle",
    "Pixels",
    "Quota",
    "QuotaBundle",
    "QuotaUnit",
    "Removal",
    "StrPath",
    "TransferProgress",
]


class PillowImage(Protocol):
    """The part of a Pillow image that is used here."""

    @property
    def mode(self) -> str: ...
    @property
    def size(self) -> tuple[int, int]: ...
    def save(self, fp: Any, format: str | None = None, **params: Any) -> None: ...


class Pixels(Protocol):
    """A numpy array of uint8, of the shape (height, width), (height, width, 3) or (height, width, 4)."""

    @property
    def __array_interface__(self) -> Any: ...


#: A path.
StrPath: TypeAlias = Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]
#: An image: a path, an http(s) URL as text, the bytes of a file, a binary file, an image of Pillow or an array of numpy. `bytes`
#: are always those of a file, never a path.
ImageSource: TypeAlias = Union[
    str, os.PathLike[str], os.PathLike[bytes], bytes, bytearray, memoryview, BinaryIO, PillowImage, Pixels
]
#: An image of an item: a path, whose last part becomes the name, or a name with an image.
Image: TypeAlias = Union[str, os.PathLike[str], os.PathLike[bytes], tuple[str, ImageSource]]


class AffineMap(NamedTuple):
    """x' = m11 x + m12 y + m13, y' = m21 x + m22 y + m23, in pixels, origin at the top left, y downwards."""

    m11: float
    m12: float
    m13: float
    m21: float
    m22: float
    m23: float

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Maps the point (x, y)."""
        return (self.m11 * x + self.m12 * y + self.m13, self.m21 * x + self.m22 * y + self.m23)


class Agreement(NamedTuple):
    """How much of the compared area of two images is the same, as fractions that sum to 1.

    Attributes:
        agrees: the images agree.
        differs: the images differ.
        empty: neither has anything to compare.
    """

    agrees: float
    differs: float
    empty: float


class Backlink(NamedTuple):
    """A page on which an image was found.

    Attributes:
        image_url: URL of the image on that page.
        page_url: URL of the page.
        crawl_date: the day it was crawled.
    """

    image_url: str | None = None
    page_url: str | None = None
    crawl_date: date | None = None


class Details(dict[str, str]):
    """A read-only dict of fields of a match, by the provider's names."""

    __slots__ = ()

    def _refuse(self, *_arguments: Any, **_named: Any) -> Any:
        raise TypeError("the details of a match cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Details, (dict(self),))


class _Traced:
    """The origin of a Match. Not a field, so that asdict, pickle and == ignore it."""

    __slots__ = ("_origin",)
    _origin: MatchHandle

    def _client(self) -> Any:
        """A weak reference to the client that found it, if that has thumbnails."""
        origin: MatchHandle | None = getattr(self, "_origin", None)
        return None if origin is None else origin.page.client


@dataclass(frozen=True, slots=True, repr=False)
class Match(_Traced):
    """One match of a search, in terms that all services share.

    Attributes:
        score: how little the image was changed, 0-100. Not a confidence: a good crop can have 22.
        confidence: how certain it is that this is the same image, 0-1.
        image_url: URL of the matched image or its thumbnail.
        page_url: URL of the product's page or of the first page with the image.
        domain: the site.
        format: the format of the matched image, for instance "JPEG".
        width: width in pixels.
        height: height in pixels.
        file_size: size of the file in bytes.
        item_id: the item that the image belongs to.
        image_name: the name of the image within its item.
        category: the category of the item.
        custom_content: the text stored with the item.
        title: the product's title.
        price: the product's price as decimal text, exactly as the provider writes it.
        currency: the currency of the price, ISO 4217.
        overlay_url: URL of the provider's overlay of query and match.
        transform: the map from pixel coordinates of the query to those of the match.
        is_mirrored: whether the match is a mirror image of the query.
        query_overlap: percentage of the query that the match covers.
        match_overlap: percentage of the match that the query covers.
        relation: the relation of the matched image to the query: "identical" (the same bytes), "reencoded" (the whole image, in
            another size, format or quality), "altered" (the whole image, changed), "partial" (one is a part of the other) or
            "shared" (both contain the same thing, and the rest differs).
        agreement: how much of the compared area is the same.
        sha256: SHA-256 of the matched image's file, in hexadecimal digits.
        exif_date: when the matched image was taken, from its EXIF data, without a time zone.
        tags: the provider's tags.
        backlinks: pages with the image.
        details: fields that only this service has, by the provider's names, nested names joined by dots
            ("shop_info.company_name"). Read-only.
        evidence: local index: evidence that the agreement is not chance, in nats, in steps of 1/20; None for the same bytes,
            which need none. A page is sorted by kind (the same bytes, other copies, shared parts), then evidence, score, item,
            image.
    """

    score: float | None = None
    confidence: float | None = None
    image_url: str | None = None
    page_url: str | None = None
    domain: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    file_size: int | None = None
    item_id: str | None = None
    image_name: str | None = None
    category: str | None = None
    custom_content: str | None = None
    title: str | None = None
    price: str | None = None
    currency: str | None = None
    overlay_url: str | None = None
    transform: AffineMap | None = None
    is_mirrored: bool | None = None
    query_overlap: float | None = None
    match_overlap: float | None = None
    relation: str | None = None
    agreement: Agreement | None = None
    sha256: str | None = None
    exif_date: datetime | None = None
    tags: tuple[str, ...] = ()
    backlinks: tuple[Backlink, ...] = ()
    details: Mapping[str, str] = field(default_factory=Details)
    evidence: float | None = None

    def __repr__(self) -> str:
        facts = []
        if self.item_id is not None:
            facts.append(f"{self.item_id!r}" if self.image_name is None else f"{self.item_id!r} {self.image_name!r}")
        for name in ("title", "page_url", "image_url"):
            value = getattr(self, name)
            if value and len(facts) < 2:
                facts.append(repr(value if len(value) <= 80 else value[:79] + "…"))
        for name, form in (("score", "%.1f"), ("confidence", "%.2f")):
            if getattr(self, name) is not None:
                facts.append(f"{name} {form % getattr(self, name)}")
        if self.relation is not None:
            facts.append(self.relation)
        if self.price is not None:
            facts.append(f"{self.price} {self.currency or ''}".strip())
        return f"<Match {' '.join(facts)}>" if facts else "<Match>"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as plain lists and dicts."""
        plain: dict[str, Any] = _tables.plain(self)
        return plain

    def _repr_html_(self) -> str:
        return _html.matches([self])

    def __reduce__(self) -> tuple[Any, ...]:
        return (Match, tuple(getattr(self, name) for name in Match.__dataclass_fields__))

    def __copy__(self) -> Match:
        return self

    def __deepcopy__(self, _memo: Any) -> Match:
        return self


@dataclass(frozen=True, slots=True)
class QuotaBundle:
    """A part of the quota with its own period of validity.

    Attributes:
        remaining: what is left of it.
        start: when it begins.
        end: when it ends.
    """

    remaining: int | None
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a quota.

    Attributes:
        remaining: the total left; None when there is no limit.
        unit: what `remaining` counts.
        per_second: requests per second that the plan allows.
        bundles: the parts; the one that ends first is used first.
    """

    remaining: int | None
    unit: QuotaUnit
    per_second: float | None = None
    bundles: tuple[QuotaBundle, ...] = ()

    @property
    def is_unlimited(self) -> bool:
        """Whether there is no limit."""
        return self.remaining is None


@dataclass(frozen=True, slots=True)
class ImageItem:
    """An item with images to add. Item id and image name together identify an image: adding it again replaces it.

    Attributes:
        item_id: the item's identifier.
        images: at least one. A path, whose last part becomes the image's name, or (name, image).
        category: the category.
        custom_content: text that is returned with every match.
        parameters: parameters of the service, by the provider's names.
    """

    item_id: str
    images: Sequence[Image]
    category: str | None = None
    custom_content: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.images, (str, bytes, os.PathLike)):
            raise TypeError("images is a sequence of images; put a single one in a list")
        if not isinstance(self.images, Iterable):
            raise TypeError(f"images must be a sequence of images, not {type(self.images).__name__}")
        object.__setattr__(self, "images", tuple(self.images))


@dataclass(frozen=True, slots=True)
class Removal:
    """What to remove: one image of an item, or all of them when image_name is None."""

    item_id: str
    image_name: str | None = None


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """Progress of one request of a call. A call may make several requests, for instance for an upload to Alibaba Cloud, which
    `operation` tells apart; a repetition starts at 0 again with the next attempt.

    Attributes:
        service: the service.
        operation: the request's name, as in the log, for instance "search" or "upload".
        attempt: the attempt, from 1.
        sent_bytes: bytes of the request's body that were passed to the network.
        bytes_to_send: total bytes of the request's body, 0 without one.
        received_bytes: bytes of the response's body that were received.
        bytes_to_receive: total bytes of the response's body; None until the server says, or if it does not.
    """

    service: str
    operation: str
    attempt: int
    sent_bytes: int
    bytes_to_send: int
    received_bytes: int
    bytes_to_receive: int | None


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """Progress of a batch.

    Attributes:
        done: number of images that are done, including unchanged and failed ones.
        total: total number of images; 0 while they are still being looked for.
        failed: number of images that failed.
        per_second: images per second, over the last half minute.
        seconds_left: seconds that the rest will take at that rate; None until something is done.
    """

    done: int
    total: int
    failed: int
    per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class AddEntry:
    """The outcome for one image.

    Attributes:
        item_id: the item.
        image_name: the image.
        outcome: the outcome.
        warning: a remark on a success.
        error: why it failed.
    """

    item_id: str
    image_name: str
    outcome: Outcome
    warning: str | None = None
    error: ImageSearchError | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AddReport(Sequence[AddEntry], _tables.Table):
    """The outcome of an add call: one entry per image, in the order given.

    Attributes:
        entries: one for each image.
        skipped_count: number of files of a folder that are not images, by name and content, and have no entry.
        pruned_count: number of images that were removed because their files are gone, with prune=True.
    """

    entries: tuple[AddEntry, ...] = ()
    skipped_count: int = 0
    pruned_count: int = 0

    def __repr__(self) -> str:
        outcomes = Counter(entry.outcome.name.lower() for entry in self)
        facts = [f"{count} {name}" for name, count in outcomes.items()] or ["nothing"]
        more = ((self.skipped_count, "skipped"), (self.pruned_count, "forgotten"))
        return f"<AddReport: {', '.join([*facts, *[f'{count} {name}' for count, name in more if count]])}>"

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[AddEntry]:
        return iter(self.entries)

    def __getitem__(self, index: Any) -> Any:
        return self.entries[index]

    @property
    def failures(self) -> tuple[AddEntry, ...]:
        """The entries of the images that failed."""
        return tuple(entry for entry in self.entries if entry.outcome is Outcome.FAILED)

    @property
    def replaced(self) -> tuple[AddEntry, ...]:
        """The entries of the images that replaced an earlier one with the same item id and name."""
        return tuple(entry for entry in self.entries if entry.outcome is Outcome.REPLACED)

    @property
    def failed_count(self) -> int:
        """How many images failed."""
        return len(self.failures)

    @property
    def succeeded_count(self) -> int:
        """How many images are in the index because of this call or were there already."""
        return len(self.entries) - self.failed_count

    def _columns(self) -> tuple[str, ...]:
        return tuple(AddEntry.__dataclass_fields__)
