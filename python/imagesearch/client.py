"""Clients whose calls block. Other Python threads run meanwhile, and Ctrl-C ends a call in the main thread."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, Optional, Tuple, Type, TypeVar, Union

from . import _calls, _services
from ._arguments import search_options
from ._calls import Call
from ._connection import Connection
from ._images import PreparedImage
from .models import AddReport, ImageItem, Match, OverlayStyle, Quota, QuotaUnit, Removal
from .options import CallOptions, ClientOptions, SearchOptions
from .page import SearchPage

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .models import ImageSource

#: Bytes that are copied so that Ctrl-C can end a call with them; more than that is not worth a second copy.
_COPIED_BYTES = 4 << 20
#: How long Ctrl-C may have to wait, in seconds.
_SIGNAL_INTERVAL = 0.1

Result = TypeVar("Result")
Self = TypeVar("Self", bound="Client")


class Client(Connection):
    """The calls that all services share. Each raises ImageSearchError, and TypeError for an argument of a wrong type."""

    def search(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> SearchPage:
        """Finds images like the given one, best first.

        Args:
            image: a path, an http(s) URL as text, bytes, or a binary file. A file is read from its position; one that is at
                its start is streamed from disk and its position is left alone.
            options: see SearchOptions.
        """
        return self._run(_calls.search(self._image(image), search_options(options)))

    def search_pages(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> Iterator[SearchPage]:
        """All pages of a search, each asked for when it is needed; `limit` is the size of a page. A page may be charged as a
        search of its own."""
        image = self._image(image)
        return self._pages(image, search_options(options) or search_options({"offset": 0}))

    def search_all(self, image: "ImageSource", **options: "Unpack[SearchOptions]") -> Iterator[Match]:
        """All matches of a search over all its pages; see search_pages()."""
        pages = self.search_pages(image, **options)
        return (match for page in pages for match in page)

    def remaining_searches(self, **options: "Unpack[CallOptions]") -> Quota:
        """What is left of what was paid for."""
        return self._run(_calls.remaining_searches(options))

    def ensure_quota(
        self, count: int, unit: QuotaUnit = QuotaUnit.SEARCHES, **options: "Unpack[CallOptions]"
    ) -> Quota:
        """Asks whether enough is left, before a batch begins.

        Args:
            count: how many searches (each page is one) or images the batch needs.
            unit: what is counted.
            options: see CallOptions.

        Returns:
            What is left.

        Raises:
            AccountError: NO_SEARCHES_LEFT, or CAPACITY_REACHED for images, with both numbers; nothing was sent.
            UsageError: UNSUPPORTED: the service does not tell, or counts something else.
        """
        return self._run(_calls.ensure_quota(count, unit, options))

    def image_count(self, **options: "Unpack[CallOptions]") -> int:
        """How many images the service has indexed."""
        return self._run(_calls.image_count(options))

    def add_images(self, items: Iterable[ImageItem], **options: "Unpack[CallOptions]") -> AddReport:
        """Adds images. One bad image does not stop the rest: the report has an entry for each, in the order given.

        An exception means that nothing could be tried.
        """
        return self._run(_calls.add_images(items, options))

    def remove_images(
        self,
        removals: "Union[str, Removal, Iterable[Union[str, Removal, Tuple[str, Optional[str]]]]]",
        **options: "Unpack[CallOptions]",
    ) -> Optional[int]:
        """Removes images; what is not there counts as removed.

        Args:
            removals: an item's id, which removes all its images, a Removal, or several of these and of (item id, image
                name).
            options: see CallOptions.

        Returns:
            How many images were removed; None when the provider does not tell.
        """
        return self._run(_calls.remove_images(removals, options))

    def overlay(
        self,
        query: "Optional[ImageSource]",
        match: Match,
        style: OverlayStyle = OverlayStyle.ALIGNED,
        **options: "Unpack[CallOptions]",
    ) -> bytes:
        """An image of query and match, aligned, as an encoded file.

        Args:
            query: the image that was searched with; None for TinEye, which has it.
            match: a match that this client found; not one that was unpickled.
            style: TinEye has ALIGNED only.
            options: see CallOptions.
        """
        return self._run(_calls.overlay(query, match, style, options))

    def close(self) -> None:
        """Ends the calls that run in other threads, with CancelledError or ClosedError there, and wipes the keys."""
        self._close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, _kind: Optional[Type[BaseException]], _error: Optional[BaseException], _trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def _pages(self, image: PreparedImage, struct: Any) -> Iterator[SearchPage]:
        while True:
            page = self._run(_calls.search(image, struct))
            yield page
            if not page.has_more or page.next_offset <= page.offset:
                return
            struct.offset = page.next_offset

    def _run(self, call: Call[Result]) -> Result:
        if not _in_main_thread() or call.byte_count > _COPIED_BYTES:
            address = self.address()
            running, key = self._handle.running, object()
            running[key] = call.reports
            try:
                return call.block(address)
            finally:
                del running[key]
        return call.wait(self.address(), _SIGNAL_INTERVAL)


def wait_for(call: Call[Result], first: Any) -> Result:
    """Makes a call that needs no client; `first` is what is in its place."""
    return call.wait(first, _SIGNAL_INTERVAL) if _in_main_thread() else call.block(first)


def _in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


class TinEye(Client):
    """TinEye's index of the web.

    Args:
        api_key: the key of today's API; or
        public_key, private_key: the pair of the signature, in use until 2022.
        options: see ClientOptions.
    """

    def __init__(
        self,
        *,
        api_key: Optional[str] = None,
        public_key: Optional[str] = None,
        private_key: Optional[str] = None,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        keys = {"api_key": api_key, "public_key": public_key, "private_key": private_key}
        del api_key, public_key, private_key  # tracebacks that show variables find none
        super().__init__(lambda: _services.tineye(keys), options)  # type: ignore[arg-type]


class AlibabaCloud(Client):
    """Alibaba Cloud Image Search: images of an instance of one's own in the cloud.

    Args:
        access_key_id, access_key_secret: the access key; without it, ALIBABA_CLOUD_ACCESS_KEY_ID,
            ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN of the environment.
        security_token: the token of a temporary key (STS).
        instance: the instance's name.
        region: the region's id, for instance "cn-shanghai"; may be left out with an endpoint.
        endpoint: a host, reached by https, or an http(s) URL used as given. Default: the region's.
        open_platform_endpoint: where uploads are authorized, a host or an http(s) URL. Default: the provider's.
        api_version: the generation of the interface: "2020-12-14", "2019-03-25" or "2018-01-20".
        use_vpc: use the region's private host, from inside of its networks.
        prepare_images: an image that is too large or turned by EXIF is re-encoded upright and smaller, not refused.
        options: see ClientOptions; there is an endpoint in place of base_url.
    """

    _instead_of_base_url = "give an endpoint"

    def __init__(
        self,
        *,
        access_key_id: Optional[str] = None,
        access_key_secret: Optional[str] = None,
        security_token: Optional[str] = None,
        instance: str,
        region: Optional[str] = None,
        endpoint: Optional[str] = None,
        open_platform_endpoint: Optional[str] = None,
        api_version: Union[str, int] = "2020-12-14",
        use_vpc: bool = False,
        prepare_images: bool = False,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        keys = {"access_key_id": access_key_id, "access_key_secret": access_key_secret, "security_token": security_token}
        del access_key_id, access_key_secret, security_token  # tracebacks that show variables find none
        where = {
            "instance": instance, "region": region, "endpoint": endpoint, "open_platform_endpoint": open_platform_endpoint,
        }  # fmt: skip
        super().__init__(
            lambda: _services.alibaba_cloud(keys, where, api_version, use_vpc, prepare_images),
            options,  # type: ignore[arg-type]
        )


class TMAPI(Client):
    """The 1688 catalogue through TMAPI: offers of products that look like an image, without a score.

    An image is an http(s) URL, or a path "/search/…" that a conversion gave. A URL that is not Ali-hosted is converted first, once
    for all its pages, which is a paid call of its own.

    Args:
        api_token: the token of the provider's console.
        endpoint: "search/image" (titles in Chinese), "global/search/image" (ten languages) or "global/search/image/v2" (six).
        token_in_query: the token travels in the query and not in a header; proxies and servers log queries.
        options: see ClientOptions.
    """

    _address_prefixes = ("/search/", "//")

    def __init__(
        self,
        *,
        api_token: str,
        endpoint: str = "search/image",
        token_in_query: bool = False,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        keys: Dict[str, Optional[str]] = {"api_token": api_token}
        del api_token  # tracebacks that show variables find none
        super().__init__(lambda: _services.tmapi(keys, endpoint, token_in_query), options)  # type: ignore[arg-type]

class Fallback(Client):
    """Makes each search with the first of several clients that is not out of quota.

    Only being out of quota leads to the next client, and only when nothing can have been charged; any other error is raised. A
    client that was out of quota is asked last for ten minutes, or as long as its service said. All pages of one image come from
    one service: SearchPage.service tells which.

    Args:
        clients: the preferred one first; they are closed with this one.
    """

    def __init__(self, clients: Iterable[Connection]) -> None:
        self._clients = tuple(clients)
        super().__init__(lambda: _services.fallback([client.address() for client in self._clients]), {})

    def _close(self) -> None:
        super()._close()
        for client in self._clients:
            client._close()
