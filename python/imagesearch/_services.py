"""Opens each service, for both the blocking and the awaited clients. A new service is a class here, and one line each in
client.py and aio.py."""

from __future__ import annotations

import contextlib
import ctypes
import os
import weakref
from collections.abc import Callable, Iterable
from ctypes import byref, c_void_p
from typing import Any, Unpack

from . import _abi, _arguments, _callbacks, _read, _values, page
from ._handles import Bound, ClientHandle, ResultsHandle, receive, refuse_at_exit
from ._images import PreparedImage
from ._keywords import spelled
from ._library import function, text
from .errors import ImageSearchError, invalid_argument
from .models import Capability, StrPath
from .options import ClientOptions
from .page import SearchPage

#: Opens a service with a reference to the struct of the client's options.
Opener = Callable[[Any], int]

_service = function("client_service")
_capabilities = function("client_capabilities")
_thumbnail = function("local_index_thumbnail")
_tineye_open = function("tineye_open")
_alibaba_cloud_open = function("alibaba_cloud_open")
_tmapi_open = function("tmapi_open")
_local_index_open = function("local_index_open")
_fallback_open = function("fallback_open")


class Connection(Bound):
    """An open client of a service. Any number of threads may use it concurrently. It belongs to this process: it cannot be
    pickled, and a forked child must open its own."""

    _handle: ClientHandle
    _service = ""
    #: Prefixes of texts that are URLs of images for this service although they have no scheme.
    _address_prefixes: tuple[str, ...] = ()
    _instead = (
        "a client belongs to the process that opened it. Open one in each process instead, for instance in the initializer "
        "of a pool, and send paths or bytes to it"
    )

    def _open(self, opener: Opener, options: Any) -> None:
        """Opens the client; `options` is empty afterwards."""
        refuse_at_exit()
        try:
            struct, token = _arguments.client_options(options)
        finally:
            options.clear()  # proxies may have passwords, which tracebacks with variables must not show
        try:
            address = opener(byref(struct))
        except BaseException:
            _callbacks.loggers.remove(token)
            raise
        self._handle = ClientHandle(address, token)
        self._service = text(_service(address)) or ""

    @property
    def service(self) -> str:
        """The name of the service, for instance "TinEye"."""
        return self._service

    @property
    def capabilities(self) -> Capability:
        """What the service can do; every other call raises UnsupportedError."""
        with self._handle.use() as address:
            return Capability(_capabilities(address))

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._handle.closed

    def _page(self, address: int) -> SearchPage:
        """A page that this client found."""
        return page.read(address)

    def _results(self, address: int) -> ResultsHandle:
        """The results of a list of searches with this client."""
        return ResultsHandle(address)

    def _stoppable(self, options: Any, _byte_count: int) -> tuple[_callbacks.Stop | None, Any]:
        """The means to end a call with that many bytes in memory early, if it needs one, and the call's options."""
        return None, options

    def _image(self, image: Any, name: str | None = None) -> PreparedImage:
        """An image as a query, or to add under a name."""
        return PreparedImage(image, name, self._address_prefixes)

    def _close(self, free: bool = False) -> None:
        if not self._handle.closed:
            if free:
                self._handle.free()
            else:
                self._handle.close()

    def __repr__(self) -> str:
        return f"<{self._service or type(self).__name__} client, {self._state()}>"

    def _state(self) -> str:
        handle: ClientHandle | None = getattr(self, "_handle", None)
        return "closed" if handle is None or handle.closed else "open"


def _opener(open_service: Callable[..., Any], *arguments: Any) -> Opener:
    return lambda options: receive(open_service, *arguments, options)


def _set_keys(struct: ctypes.Structure, keys: dict[str, str | None]) -> None:
    """Fills the fields of a struct; `keys`, by their names, is empty afterwards."""
    value = None
    try:
        for name, value in keys.items():
            setattr(struct, name, _values.text(name, value))
    finally:
        value = None
        keys.clear()  # tracebacks with variables must not show them


class TinEyeService(Connection):
    """TinEye, with the header's key or with the signature's pair of keys."""

    @spelled
    def __init__(
        self,
        *,
        api_key: str | None = None,
        public_key: str | None = None,
        private_key: str | None = None,
        upload_unfetched_images: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        """
        Args:
            api_key: the key of the current API. Default: TINEYE_API_KEY from the environment.
            public_key, private_key: instead, the pair of keys of the signature that was used until 2022.
            upload_unfetched_images: when TinEye cannot fetch the image behind a URL, fetch it here and upload it. This is a
                second search, and TinEye does not document whether it counts the first.
        """
        struct = _abi.new(_abi.TinEyeOptions)
        if api_key is public_key is private_key is None:
            api_key = os.environ.get("TINEYE_API_KEY") or None
            if api_key is None:
                options.clear()  # type: ignore[attr-defined]
                raise invalid_argument("there is no key: give api_key, or set TINEYE_API_KEY in the environment")
        keys = {"api_key": api_key, "public_key": public_key, "private_key": private_key}
        del api_key, public_key, private_key  # tracebacks with variables must not show them
        try:
            struct.upload_unfetched_images = _values.flag("upload_unfetched_images", upload_unfetched_images)
            _set_keys(struct, keys)
        except BaseException:
            keys.clear()
            options.clear()  # type: ignore[attr-defined]
            raise
        self._open(_opener(_tineye_open, byref(struct)), options)


class AlibabaCloudService(Connection):
    """An instance of Alibaba Cloud Image Search."""

    @spelled
    def __init__(
        self,
        *,
        access_key_id: str | None = None,
        access_key_secret: str | None = None,
        security_token: str | None = None,
        instance: str,
        region: str | None = None,
        endpoint: str | None = None,
        open_platform_endpoint: str | None = None,
        api_version: str | int = "2020-12-14",
        use_vpc: bool = False,
        prepare_images: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        """
        Args:
            access_key_id, access_key_secret: the access key. Default: ALIBABA_CLOUD_ACCESS_KEY_ID,
                ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN from the environment.
            security_token: the token of a temporary key (STS).
            instance: the instance's name.
            region: the region's id, for instance "cn-shanghai"; may be omitted with an endpoint.
            endpoint: a host, reached over https, or an http(s) URL, used as given, instead of base_url. Default: the region's.
            open_platform_endpoint: where uploads are authorized: a host or an http(s) URL. Default: the provider's.
            api_version: the version of the API: "2020-12-14", "2019-03-25" or "2018-01-20".
            use_vpc: use the region's private host, from inside its networks.
            prepare_images: re-encode an image that is too large or rotated by EXIF, upright and smaller, instead of refusing
                it.
        """
        keys = {"access_key_id": access_key_id, "access_key_secret": access_key_secret, "security_token": security_token}
        del access_key_id, access_key_secret, security_token  # tracebacks with variables must not show them
        try:
            if options.get("base_url") is not None:
                raise invalid_argument("base_url is not for this service: give an endpoint")
            struct = _abi.new(_abi.AlibabaCloudOptions)
            struct.version = _version(api_version)
            struct.use_vpc = _values.flag("use_vpc", use_vpc)
            struct.prepare_images = _values.flag("prepare_images", prepare_images)
            struct.instance = _values.text("instance", instance)
            struct.region = _values.text("region", region)
            struct.endpoint = _values.text("endpoint", endpoint)
            struct.open_platform_endpoint = _values.text("open_platform_endpoint", open_platform_endpoint)
            _set_keys(struct, keys)
        except BaseException:
            keys.clear()
            options.clear()  # type: ignore[attr-defined]
            raise
        self._open(_opener(_alibaba_cloud_open, byref(struct)), options)


def _version(version: str | int) -> int:
    """The version of Alibaba Cloud's API as a number; the library knows which exist."""
    digits = str(version).replace("-", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 8):
        raise invalid_argument(f'api_version is {version!r}; it is a date such as "2020-12-14"')
    return int(digits)


#: The searches of TMAPI, by path below /1688/.
TMAPI_ENDPOINTS = {
    "search/image": _abi.TMAPIEndpoint.SEARCH,
    "global/search/image": _abi.TMAPIEndpoint.GLOBAL,
    "global/search/image/v2": _abi.TMAPIEndpoint.GLOBAL_V2,
}


class TMAPIService(Connection):
    """The 1688 catalogue through TMAPI."""

    _address_prefixes = ("/search/", "//")

    @spelled
    def __init__(
        self,
        *,
        api_token: str | None = None,
        endpoint: str = "search/image",
        token_in_query: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        """
        Args:
            api_token: the token from the provider's console. Default: TMAPI_API_TOKEN from the environment.
            endpoint: "search/image" (titles in Chinese), "global/search/image" (ten languages) or "global/search/image/v2"
                (six).
            token_in_query: send the token in the query instead of a header; proxies and servers log queries.
        """
        if api_token is None and not os.environ.get("TMAPI_API_TOKEN"):
            options.clear()  # type: ignore[attr-defined]
            raise invalid_argument("there is no token: give api_token, or set TMAPI_API_TOKEN in the environment")
        keys: dict[str, str | None] = {"api_token": os.environ["TMAPI_API_TOKEN"] if api_token is None else api_token}
        del api_token  # tracebacks with variables must not show them
        try:
            struct = _abi.new(_abi.TMAPIOptions)
            number = TMAPI_ENDPOINTS.get(endpoint)
            if number is None:
                raise invalid_argument(f"endpoint is {endpoint!r}; it is one of {', '.join(TMAPI_ENDPOINTS)}")
            struct.endpoint = number
            struct.token_in_query = _values.flag("token_in_query", token_in_query)
            _set_keys(struct, keys)
        except BaseException:
            keys.clear()
            options.clear()  # type: ignore[attr-defined]
            raise
        self._open(_opener(_tmapi_open, byref(struct)), options)


class LocalIndexService(Connection):
    """An index of images in a directory."""

    def _page(self, address: int) -> SearchPage:
        return page.read(address, weakref.ref(self))

    def _results(self, address: int) -> ResultsHandle:
        return ResultsHandle(address, weakref.ref(self))

    def _stored_thumbnail(self, item_id: str, image_name: str) -> bytes | None:
        """A thumbnail for tables in notebooks, if it exists and can be read quickly."""
        limits = _arguments.reference(_arguments.call_options({"total_timeout": 2}))
        result = c_void_p()
        try:
            names = (item_id.encode(), image_name.encode())
            with self._handle.use() as address:
                _thumbnail(address, *names, limits, byref(c_void_p()), byref(result))
        except (ImageSearchError, UnicodeEncodeError):
            return None
        return _read.content(result.value or 0)

    @spelled
    def __init__(
        self,
        path: StrPath,
        *,
        create: bool = True,
        read_only: bool = False,
        threads: int | None = None,
        lock_timeout: float | None = None,
        thumbnail_side: int | None = None,
        thumbnail_quality: int | None = None,
        max_image_bytes: int | None = None,
        max_pixels: int | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        """
        Args:
            path: the directory.
            create: create the index if there is none.
            read_only: never write; adding and removing raise.
            threads: number of images processed at once. Default: one per processor core.
            lock_timeout: seconds to wait for another process's write to end. Default 30.
            thumbnail_side: longer side of the stored thumbnails in pixels; 0 to store none, in which case overlays need the
                file that an image was added from. Default 512.
            thumbnail_quality: their WebP quality, 1-100. Default 38.
            max_image_bytes: the largest image file that is accepted, in bytes. Default 64 MiB.
            max_pixels: the largest image that is decoded, in pixels. Default 100 million.

        The network options apply to images given by URL.
        """
        try:
            encoded = _values.utf8_path("the path", path)
            struct = _abi.new(_abi.LocalIndexOptions)
            struct.read_only = _values.flag("read_only", read_only)
            struct.create = _values.choice("create", create)
            struct.threads = _values.integer("threads", threads, 1, _values.INT32)
            struct.thumbnails = _abi.Choice.NO if thumbnail_side == 0 else _abi.Choice.DEFAULT
            struct.thumbnail_side = _values.integer("thumbnail_side", thumbnail_side or None, 1, _values.INT32)
            struct.thumbnail_quality = _values.integer("thumbnail_quality", thumbnail_quality, 1, _values.INT32)
            struct.lock_timeout = 0 if lock_timeout is None else _values.seconds("lock_timeout", lock_timeout)
            struct.maximum_image_bytes = _values.integer("max_image_bytes", max_image_bytes, 1, _values.INT64)
            struct.maximum_pixels = _values.integer("max_pixels", max_pixels, 1, _values.INT64)
        except BaseException:
            options.clear()  # type: ignore[attr-defined]
            raise
        self._open(_opener(_local_index_open, encoded, byref(struct)), options)


class FallbackService(Connection):
    """Several clients in order, without options of its own."""

    _clients: tuple[Connection, ...]

    def __init__(self, clients: Iterable[Connection]) -> None:
        """
        Args:
            clients: the preferred one first; they are closed with this one.
        """
        self._clients = tuple(_values.sequence("clients", "a sequence of clients", clients))
        for client in self._clients:
            if not isinstance(client, Connection):
                raise TypeError(f"each of clients must be a client, not {type(client).__name__}")
        with contextlib.ExitStack() as uses:
            addresses = [uses.enter_context(client._handle.use()) for client in self._clients]
            array = (c_void_p * len(addresses))(*addresses)
            self._open(lambda _options: receive(_fallback_open, array, len(addresses)), {})

    def _close(self, free: bool = False) -> None:
        super()._close(free)
        for client in self._clients:
            client._close(free)
