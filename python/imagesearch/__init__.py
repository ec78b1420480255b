"""Where does this image come from? TinEye, Alibaba Cloud Image Search, the 1688 catalogue and an index of your own images
through one interface.

    import imagesearch

    with imagesearch.LocalIndex("index") as index:
        index.add_images([imagesearch.ImageItem("mug-1", ["front.jpg", "back.jpg"])])
        for match in index.search("found.jpg"):
            print(match.item_id, match.image_name, match.score)

imagesearch.aio has the same clients for asyncio. The work is done by libimagesearch; this package finds, loads and calls it.
"""

from ._bound import LIBRARY as _LIBRARY
from ._bound import function as _function
from ._lib import LibraryNotLoadedError
from .client import TMAPI, AlibabaCloud, Client, Fallback, TinEye
from .errors import (
    AccountError,
    AddressError,
    AnswerError,
    CancelledError,
    ClosedError,
    Code,
    ImageSearchError,
    LoadError,
    LocalIndexError,
    ImageError,
    TransportError,
    UsageError,
)
from .local_index import LocalIndex
from .models import (
    AddEntry,
    AddReport,
    AffineMap,
    Backlink,
    BatchProgress,
    Capability,
    ImageItem,
    Match,
    Outcome,
    OverlayStyle,
    Quota,
    QuotaBundle,
    QuotaUnit,
    Removal,
    TransferProgress,
)
from .options import BatchOptions, CallOptions, ClientOptions, FolderOptions, SearchOptions
from .page import SearchPage

#: The version of the library that is loaded.
__version__: str = _function("version")().decode()
#: The file that was loaded.
library_path: str = _LIBRARY.path

__all__ = [
    "AccountError",
    "AddEntry",
    "AddReport",
    "AddressError",
    "AffineMap",
    "AlibabaCloud",
    "AnswerError",
    "Backlink",
    "BatchOptions",
    "BatchProgress",
    "CallOptions",
    "CancelledError",
    "Capability",
    "Client",
    "ClientOptions",
    "ClosedError",
    "Code",
    "Fallback",
    "FolderOptions",
    "ImageItem",
    "ImageSearchError",
    "LibraryNotLoadedError",
    "LoadError",
    "LocalIndex",
    "LocalIndexError",
    "Match",
    "Outcome",
    "OverlayStyle",
    "ImageError",
    "Quota",
    "QuotaBundle",
    "QuotaUnit",
    "Removal",
    "SearchOptions",
    "SearchPage",
    "TMAPI",
    "TinEye",
    "TransferProgress",
    "TransportError",
    "UsageError",
    "library_path",
]
