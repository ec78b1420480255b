"""The local index, which can do more than the services on the web: batches, rebuilding, copying into another service."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable, Optional, Union

from . import _calls, _services
from ._arguments import copy_options
from ._calls import Listener
from ._connection import Connection
from .client import Client, wait_for
from .models import AddReport, ImageItem
from .options import BatchOptions, CallOptions, ClientOptions, FolderOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack


class LocalIndex(Client):
    """An index of your own images in a directory.

    Args:
        path: the directory.
        create: make the index when there is none.
        read_only: never write; adding and removing raise.
        threads: images worked on at once, 1-256. Default: one a processor core.
        lock_timeout: seconds that a write waits for another process's to end. Default 30.
        thumbnail_side: longer side of the stored thumbnails in pixels, at most 2048; 0 stores none, and overlays then need the
            file that an image was added from. Default 512.
        thumbnail_quality: their JPEG quality, 1-100. Default 75.
        max_image_bytes: the largest file that is taken as an image. Default 64 MiB.
        max_pixels: the largest image that is decoded. Default 100 million.
        options: see ClientOptions; those of the network are for images that are named by a URL.
    """

    def __init__(
        self,
        path: "Union[str, os.PathLike[str]]",
        *,
        create: bool = True,
        read_only: bool = False,
        threads: Optional[int] = None,
        lock_timeout: Optional[float] = None,
        thumbnail_side: Optional[int] = None,
        thumbnail_quality: Optional[int] = None,
        max_image_bytes: Optional[int] = None,
        max_pixels: Optional[int] = None,
        **options: "Unpack[ClientOptions]",
    ) -> None:
        own = {
            "create": create, "read_only": read_only, "threads": threads, "lock_timeout": lock_timeout,
            "thumbnail_side": thumbnail_side, "thumbnail_quality": thumbnail_quality,
            "max_image_bytes": max_image_bytes, "max_pixels": max_pixels,
        }  # fmt: skip
        super().__init__(lambda: _services.local_index(path, own), options)  # type: ignore[arg-type]

    def add_folder(
        self,
        folder: "Union[str, os.PathLike[str]]",
        *,
        progress: Optional[Listener] = None,
        **options: "Unpack[FolderOptions]",
    ) -> AddReport:
        """Adds the images of a folder, on several cores, a transaction every few images.

        An image that is there with the same bytes is skipped, and a file that has the size and the time that it had is not even
        read: a batch that was ended goes on where it was when it is started again. A bad file does not stop the rest: the report
        has an entry for each image, in the order of the paths.

        Args:
            folder: its path.
            progress: called with a BatchProgress after every transaction, on a thread of the library; it must not call a client.
            options: see FolderOptions.
        """
        return self._run(_calls.add_folder(folder, progress, options))

    def add_files(
        self,
        files: "Iterable[Union[ImageItem, str, os.PathLike[str]]]",
        *,
        progress: Optional[Listener] = None,
        **options: "Unpack[BatchOptions]",
    ) -> AddReport:
        """Adds many images as add_folder() does; add_images() in contrast is one transaction, without progress.

        Args:
            files: paths, each an item named by the path as it is given, or an ImageItem.
            progress: see add_folder().
            options: see BatchOptions.
        """
        return self._run(_calls.add_files(files, progress, options))

    def rebuild(self, *, progress: Optional[Listener] = None, **options: "Unpack[CallOptions]") -> AddReport:
        """Makes everything anew that follows from the images: damaged features, and all segments. Searches go on meanwhile.

        The report says UNCHANGED of an image whose features were good, REPLACED when they were made anew of its file or its
        thumbnail, FAILED when neither is left: such an image is found again once it is added again.
        """
        return self._run(_calls.rebuild(progress, options))

    @staticmethod
    def rebuild_at(
        path: "Union[str, os.PathLike[str]]", *, progress: Optional[Listener] = None, **options: "Unpack[CallOptions]"
    ) -> AddReport:
        """Rebuilds the index in a directory, which is the way for one that cannot be opened because another version of the
        library made it (Code.INDEX_VERSION_MISMATCH). See rebuild()."""
        first, call = _calls.rebuild_at(path, progress, options)
        return wait_for(call, first)

    def copy_to(
        self,
        client: Connection,
        *,
        target: Optional[str] = None,
        send_thumbnails: bool = False,
        call_size: Optional[int] = None,
        progress: Optional[Listener] = None,
        **options: "Unpack[CallOptions]",
    ) -> AddReport:
        """Copies all images into another service under the same item ids, names, categories and texts.

        The images come from the files that they were added from. What was copied is remembered, so that another call copies
        only what is new. The report has an entry for each image that had not been copied.

        Args:
            client: a client that can add images, for instance an AlibabaCloud or another LocalIndex.
            target: the name under which is remembered what was copied; give one to copy into two instances of one service. Default:
                the name of the service.
            send_thumbnails: send the thumbnail of an image whose file is not there any more or has changed.
            call_size: images given to the service in one call, 1-1000. Default 20.
            progress: called after every call of the service; see add_folder().
            options: see CallOptions; the time limits are those of the whole copy.
        """
        how = copy_options(target, send_thumbnails, call_size)
        return self._run(_calls.copy(client, how, progress, options))
