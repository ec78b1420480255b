"""What clients have in common, whether their calls block or are awaited: opening, closing, what the service can do."""

from __future__ import annotations

from ctypes import byref
from typing import Any, Callable, Dict, Tuple

from . import _arguments, _callbacks
from ._bound import function, text
from ._handles import ClientHandle
from ._images import PreparedImage
from .errors import ClosedError, Code, invalid_argument
from .models import Capability

#: Opens a service with the options struct it is given; see _services.py.
Opener = Callable[[Any], int]

_service = function("client_service")
_capabilities = function("client_capabilities")


class Connection:
    """An open client of a service. Any number of threads may use one at once."""

    _handle: ClientHandle
    _closed: bool = True
    _service = ""
    #: Texts that begin so are addresses of images for this service, although they have no scheme.
    _address_prefixes: Tuple[str, ...] = ()
    #: What the service has in place of a base_url, or "".
    _instead_of_base_url = ""

    def __init__(self, prepare: Callable[[], Opener], options: Dict[str, Any]) -> None:
        try:
            opener = prepare()
            if self._instead_of_base_url and options.get("base_url") is not None:
                raise invalid_argument("base_url is not for this service: %s" % self._instead_of_base_url)
            struct, token = _arguments.client_options(options)
        finally:
            options.clear()  # proxies have passwords: tracebacks that show variables find none
        try:
            address = opener(byref(struct))
        except BaseException:
            _callbacks.remove_logger(token)
            raise
        self._handle = ClientHandle(address, token)
        self._closed = False
        self._service = text(_service(address)) or ""

    @property
    def service(self) -> str:
        """The name of the service, for instance "TinEye"."""
        return self._service

    @property
    def capabilities(self) -> Capability:
        """What the service can do; any other call raises UsageError with Code.UNSUPPORTED."""
        return Capability(_capabilities(self.address()))

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._closed

    def address(self) -> int:
        """The address of the library's handle; the caller's reference to `self` keeps it good until the call returns."""
        if self._closed:
            raise ClosedError(Code.CLOSED, "the client is closed")
        return self._handle.address

    def _image(self, image: Any) -> PreparedImage:
        """An image to search with."""
        return PreparedImage(image, address_prefixes=self._address_prefixes)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._handle.close()

    def __repr__(self) -> str:
        return "<%s client, %s>" % (self._service or type(self).__name__, "closed" if self._closed else "open")
