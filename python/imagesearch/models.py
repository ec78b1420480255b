"""What calls take and answer: frozen dataclasses. What a service does not tell is None or empty."""

from __future__ import annotations

import enum
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Dict, Iterator, Mapping, Optional, Sequence, Tuple, Type, TypeVar, Union

from .errors import ImageSearchError

if TYPE_CHECKING:
    from typing_extensions import Buffer, dataclass_transform

    #: An image: a path, an http(s) URL as text, bytes, or a binary file.
    ImageSource = Union[str, "os.PathLike[str]", "os.PathLike[bytes]", Buffer, BinaryIO]
    #: An image of an item: a path, whose last part becomes the name, or a name with an image.
    Image = Union[str, "os.PathLike[str]", "os.PathLike[bytes]", Tuple[str, ImageSource]]
else:

    def dataclass_transform(**_options: Any) -> Any:
        return lambda decorator: decorator


Record = TypeVar("Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: Type[Record]) -> Type[Record]:
    """A frozen dataclass, with slots where Python has them for dataclasses (3.10)."""
    options = {"slots": True} if sys.version_info >= (3, 10) else {}
    return dataclass(frozen=True, **options)(kind)


class Capability(enum.IntFlag):
    """What a service can do; asking for anything else is UsageError with Code.UNSUPPORTED."""

    SEARCH_BY_URL = 1
    SEARCH_BY_UPLOAD = 2
    TELL_REMAINING_SEARCHES = 4
    ADD_IMAGES = 8
    REMOVE_IMAGES = 16
    COUNT_IMAGES = 32


class OverlayStyle(enum.Enum):
    """How an overlay shows query and match."""

    #: The left half is the match, the right half the query, aligned.
    ALIGNED = 0
    #: The two images beside each other, as they are.
    SIDE_BY_SIDE = 1
    #: The aligned query laid over the match, half and half.
    BLEND = 2


class QuotaUnit(enum.Enum):
    """What Quota.remaining counts."""

    SEARCHES = 0
    IMAGES = 1


class Outcome(enum.Enum):
    """What became of an image that was to be added."""

    ADDED = 0
    REPLACED = 1
    UNCHANGED = 2
    FAILED = 3


@record
class AffineMap:
    """x' = m11 x + m12 y + m13, y' = m21 x + m22 y + m23, in pixels, origin at the top left, y downwards."""

    m11: float
    m12: float
    m13: float
    m21: float
    m22: float
    m23: float

    def apply(self, x: float, y: float) -> Tuple[float, float]:
        """Where the point (x, y) goes."""
        return (self.m11 * x + self.m12 * y + self.m13, self.m21 * x + self.m22 * y + self.m23)


@record
class Backlink:
    """A page on which an image was found."""

    #: URL of the image on that page.
    image_url: Optional[str] = None
    #: URL of the page.
    page_url: Optional[str] = None
    #: The day it was crawled, YYYY-MM-DD.
    crawl_date: Optional[str] = None


class Details(Dict[str, str]):
    """A dict that cannot be changed: fields of matches by the names that the provider gives them."""

    __slots__ = ()

    def _refuse(self, *_arguments: Any, **_named: Any) -> Any:
        raise TypeError("the details of a match cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> Tuple[Any, ...]:
        return (Details, (dict(self),))


class MatchOrigin:
    """The match inside the library that a Match was read from, for calls that take a match. It keeps the page alive."""

    __slots__ = ("address", "page")

    def __init__(self, page: object, address: int) -> None:
        self.page = page
        self.address = address


class _Traced:
    """Where a Match came from, no field of it: copies of its fields (asdict, pickle, ==) leave it out."""

    __slots__ = ("_origin",)
    _origin: MatchOrigin


@record
class Match(_Traced):
    """One answer to a search, in the terms that all services share."""

    #: How little was changed, 0-100. No certainty: a good crop can be 22.
    score: Optional[float] = None
    #: How certain it is that this is the same image, 0-1.
    confidence: Optional[float] = None
    #: URL of the matched image or its thumbnail.
    image_url: Optional[str] = None
    #: URL of the product's page or of the first page with the image.
    page_url: Optional[str] = None
    #: The site.
    domain: Optional[str] = None
    #: The format of the matched image, for instance "JPEG".
    format: Optional[str] = None
    #: Width in pixels.
    width: Optional[int] = None
    #: Height in pixels.
    height: Optional[int] = None
    #: Size of the file in bytes.
    file_size: Optional[int] = None
    #: The item that the image belongs to.
    item_id: Optional[str] = None
    #: The name of the image within its item.
    image_name: Optional[str] = None
    #: The category of the item.
    category: Optional[str] = None
    #: The text stored with the item.
    custom_content: Optional[str] = None
    #: The product's title.
    title: Optional[str] = None
    #: The product's price as decimal text, exactly as the provider writes it.
    price: Optional[str] = None
    #: The currency of the price, ISO 4217.
    currency: Optional[str] = None
    #: URL of the provider's overlay of query and match.
    overlay_url: Optional[str] = None
    #: How coordinates of the query map to those of the match.
    transform: Optional[AffineMap] = None
    #: Whether the match is a mirror image of the query.
    is_mirrored: Optional[bool] = None
    #: Share of the query that the match covers, in percent.
    query_overlap: Optional[float] = None
    #: Share of the match that the query covers, in percent.
    match_overlap: Optional[float] = None
    #: The provider's tags.
    tags: Tuple[str, ...] = ()
    #: Pages with the image.
    backlinks: Tuple[Backlink, ...] = ()
    #: What only this service tells, by the provider's names, nested ones joined by dots ("shop_info.company_name"). Read-only.
    details: Mapping[str, str] = field(default_factory=Details)

    def __reduce__(self) -> Tuple[Any, ...]:
        return (Match, tuple(getattr(self, name) for name in Match.__dataclass_fields__))

    def __copy__(self) -> "Match":
        return self

    def __deepcopy__(self, _memo: Any) -> "Match":
        return self


@record
class QuotaBundle:
    """A part of the quota with a life of its own."""

    #: What is left of it.
    remaining: Optional[int]
    #: When it began, as the provider writes it.
    start: Optional[str]
    #: When it ends, as the provider writes it.
    end: Optional[str]


@record
class Quota:
    """What is left of what was paid for."""

    #: What is left in all; None when there is no limit.
    remaining: Optional[int]
    #: What `remaining` counts.
    unit: QuotaUnit
    #: Requests a second that the plan allows.
    per_second: Optional[float] = None
    #: The parts; the one that ends first is used first.
    bundles: Tuple[QuotaBundle, ...] = ()

    @property
    def is_unlimited(self) -> bool:
        """Whether nothing is counted."""
        return self.remaining is None


@record
class ImageItem:
    """An item with its images, to be added. (item id, image name) is the identity of an image: adding it again
    replaces it."""

    #: The item's identifier, 1-256 characters.
    item_id: str
    #: At least one. A path, whose last part becomes the image's name, or (name, image).
    images: "Sequence[Image]"
    #: The category.
    category: Optional[str] = None
    #: Text that is returned with every match, at most 4096 characters.
    custom_content: Optional[str] = None
    #: The service's own parameters by the provider's names.
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.images, (str, bytes, os.PathLike)):
            raise TypeError("images is a sequence of images; put a single one in a list")
        object.__setattr__(self, "images", tuple(self.images))


@record
class Removal:
    """Images to remove: one of an item, or all of them when image_name is None."""

    item_id: str
    image_name: Optional[str] = None


@record
class TransferProgress:
    """How far one request of a call is. A call of several requests, an upload to Alibaba Cloud for instance, tells of each by its
    operation; a repetition begins again at 0 with the next attempt."""

    #: The service.
    service: str
    #: The request, by the name that it has in the log, for instance "search" or "upload".
    operation: str
    #: The attempt, from 1.
    attempt: int
    #: Bytes of the request's body that were handed to the network.
    sent_bytes: int
    #: Bytes of the request's body in all, 0 without one.
    bytes_to_send: int
    #: Bytes of the answer's body that came.
    received_bytes: int
    #: Bytes of the answer's body in all; None while, or where, the server does not tell.
    bytes_to_receive: Optional[int]


@record
class BatchProgress:
    """How far a batch has come."""

    #: Images that are done, unchanged and failed ones among them.
    done: int
    #: Images in all.
    total: int
    #: Images that failed.
    failed: int
    #: Images a second, over the last half minute.
    per_second: float
    #: Seconds that the rest will take at that rate; None before anything is done.
    seconds_left: Optional[float]


@record
class AddEntry:
    """What became of one image."""

    item_id: str
    image_name: str
    outcome: Outcome
    #: What to know although it worked.
    warning: Optional[str] = None
    #: Why it failed.
    error: Optional[ImageSearchError] = None


@record
class AddReport:
    """What became of the images of an add call, one entry an image in the order they were given."""

    entries: Tuple[AddEntry, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[AddEntry]:
        return iter(self.entries)

    @property
    def failures(self) -> Tuple[AddEntry, ...]:
        """The entries of the images that failed."""
        return tuple(entry for entry in self.entries if entry.outcome is Outcome.FAILED)

    @property
    def failed(self) -> int:
        """How many images failed."""
        return len(self.failures)

    @property
    def succeeded(self) -> int:
        """How many images are in the index because of this call or were there already."""
        return len(self.entries) - self.failed
