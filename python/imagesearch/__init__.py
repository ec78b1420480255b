"""Finds where an image comes from: TinEye, Alibaba Cloud Image Search, the 1688 catalogue and an index of your own images
through one interface.

    import imagesearch

    with imagesearch.LocalIndex("index") as index:
        index.add_images([imagesearch.ImageItem("mug-1", ["front.jpg", "back.jpg"])])
        for match in index.search("found.jpg"):
            print(match.item_id, match.image_name, match.confidence)

AsyncLocalIndex, AsyncTinEye and so on are the same clients for asyncio. The work is done by libimagesearch; this package finds, loads
and calls it.
"""

from typing import TYPE_CHECKING, Any

from ._arguments import Removals
from ._encoded import compact_query, merge_partials
from ._library import LIBRARY as _LIBRARY
from ._library import LibraryNotLoadedError
from ._library import function as _function
from ._progress import Progress, ProgressListener, RichProgress, TqdmBar
from .client import TMAPI, AlibabaCloud, Client, Fallback, LocalIndex, TinEye
from .collection import (
    KEEP,
    AsyncGroupIterator,
    Comparison,
    Explanation,
    Group,
    GroupIterator,
    GroupOptions,
    Groups,
    Item,
    Keep,
    Member,
    PruneReport,
    Stored,
    StoredImage,
    UpdateOptions,
)
from .errors import (
    AccountError,
    AuthenticationError,
    CancelledError,
    CapacityReachedError,
    ClosedError,
    Code,
    ConnectionFailedError,
    DiskFullError,
    FileError,
    ImageError,
    ImageSearchError,
    ImageURLError,
    IndexCorruptError,
    IndexVersionError,
    InvalidArgumentError,
    LocalIndexError,
    NotFoundError,
    OutOfMemoryError,
    OverloadedError,
    ProviderError,
    QuotaExhaustedError,
    RateLimitError,
    TimedOutError,
    TransportError,
    UnsupportedError,
    UnsupportedFormatError,
    UsageError,
)
from .models import (
    AddEntry,
    AddReport,
    AffineMap,
    Agreement,
    Backlink,
    BatchProgress,
    Capability,
    Details,
    Image,
    ImageItem,
    ImageSource,
    Match,
    Outcome,
    OverlayStyle,
    PillowImage,
    Pixels,
    Quota,
    QuotaBundle,
    QuotaUnit,
    Removal,
    StrPath,
    TransferProgress,
)
from .options import (
    BatchOptions,
    CallOptions,
    ClientOptions,
    CopyOptions,
    FolderOptions,
    ManyOptions,
    RebuildOptions,
    SearchOptions,
)
from .page import SearchPage, SearchResults

if TYPE_CHECKING:
    from .aio import AsyncAlibabaCloud, AsyncClient, AsyncFallback, AsyncLocalIndex, AsyncTinEye, AsyncTMAPI

#: The version of the library that is loaded.
__version__: str = _function("version")().decode()
#: The file that was loaded.
library_path: str = _LIBRARY.path


def build_info() -> dict[str, str]:
    """Versions of the loaded library and of what it uses, by name, and whether it has a local index."""
    lines = _function("build_info")().decode().splitlines()
    return dict(line.partition(" ")[::2] for line in lines)


__all__ = [
    "KEEP",
    "TMAPI",
    "AccountError",
    "AddEntry",
    "AddReport",
    "AffineMap",
    "Agreement",
    "AlibabaCloud",
    "AsyncAlibabaCloud",
    "AsyncClient",
    "AsyncFallback",
    "AsyncGroupIterator",
    "AsyncLocalIndex",
    "AsyncTMAPI",
    "AsyncTinEye",
    "AuthenticationError",
    "Backlink",
    "BatchOptions",
    "BatchProgress",
    "CallOptions",
    "CancelledError",
    "Capability",
    "CapacityReachedError",
    "Client",
    "ClientOptions",
    "ClosedError",
    "Code",
    "Comparison",
    "ConnectionFailedError",
    "CopyOptions",
    "Details",
    "DiskFullError",
    "Explanation",
    "Fallback",
    "FileError",
    "FolderOptions",
    "Group",
    "GroupIterator",
    "GroupOptions",
    "Groups",
    "Image",
    "ImageError",
    "ImageItem",
    "ImageSearchError",
    "ImageSource",
    "ImageURLError",
    "IndexCorruptError",
    "IndexVersionError",
    "InvalidArgumentError",
    "Item",
    "Keep",
    "LibraryNotLoadedError",
    "LocalIndex",
    "LocalIndexError",
    "ManyOptions",
    "Match",
    "Member",
    "NotFoundError",
    "OutOfMemoryError",
    "Outcome",
    "OverlayStyle",
    "OverloadedError",
    "PillowImage",
    "Pixels",
    "Progress",
    "ProgressListener",
    "ProviderError",
    "PruneReport",
    "Quota",
    "QuotaBundle",
    "QuotaExhaustedError",
    "QuotaUnit",
    "RateLimitError",
    "RebuildOptions",
    "Removal",
    "Removals",
    "RichProgress",
    "SearchOptions",
    "SearchPage",
    "SearchResults",
    "Stored",
    "StoredImage",
    "StrPath",
    "TimedOutError",
    "TinEye",
    "TqdmBar",
    "TransferProgress",
    "TransportError",
    "UnsupportedError",
    "UnsupportedFormatError",
    "UpdateOptions",
    "UsageError",
    "build_info",
    "compact_query",
    "library_path",
    "merge_partials",
]


def __getattr__(name: str) -> Any:
    """Loads the clients for asyncio when they are used."""
    if name.startswith("Async") and name in __all__:
        from . import aio

        return getattr(aio, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
