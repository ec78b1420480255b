"""The keyword arguments that clients and calls share, each documented here once. help() shows them in the signatures of the
calls; the TypedDicts are for programs that store options."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict

from ._progress import Progress, ProgressListener, RichProgress, TqdmBar
from .models import StrPath, TransferProgress

__all__ = [
    "BatchOptions",
    "CallOptions",
    "ClientOptions",
    "FolderOptions",
    "ManyOptions",
    "Progress",
    "ProgressListener",
    "RichProgress",
    "SearchOptions",
    "TqdmBar",
]


class CallOptions(TypedDict, total=False):
    """Options of one call, which override those of its client.

    Attributes:
        connect_timeout: seconds to establish a connection, including name lookup and TLS. Default: the client's.
        timeout: seconds for one attempt. Default: the client's.
        total_timeout: seconds for the whole call, including waits and retries. Default: the client's.
        on_transfer: receives the progress of uploads and downloads, at least every 50 ms while the call runs and when a request
            ends. It is called on the calling thread unless that is the main thread, otherwise on a thread of the client. If it
            returns False, the call ends with CancelledError.
    """

    connect_timeout: float
    timeout: float
    total_timeout: float
    on_transfer: Callable[[TransferProgress], object] | None


class ClientOptions(TypedDict, total=False):
    """Configuration of a client; an option that is omitted or None has its default.

    Attributes:
        base_url: the provider's base URL with its path, used as given; http:// is allowed.
        connect_timeout: seconds to establish a connection. Default 15.
        timeout: seconds for one attempt. Default 60. A call that is retried takes longer: `total_timeout` limits the whole.
        total_timeout: seconds for a whole call, including waits and retries. Default 180.
        max_attempts: maximum number of times that a request is sent. Default 4. A search that may have been charged is not sent
            again.
        max_concurrent: maximum number of concurrent requests. Default: the service's.
        requests_per_minute: maximum number of requests per minute. Default: the service's.
        max_paid_calls: maximum number of paid calls of this client in all. Default: no cap.
        proxy: http://, https://, socks5:// or socks5h:// URL, "" for none. Default: from the environment.
        no_proxy: hosts reached without the proxy. Default: from the environment.
        ca_file: PEM file of the certificate authorities to trust. Default: the system's.
        client_cert: PEM file of the client's certificate, or the files of certificate and key.
        resolve: HOST:PORT:ADDRESS entries, used instead of name lookup.
        allow_private_addresses: also fetch images from private and loopback addresses.
        repeat_uncertain_paid_calls: also repeat a paid call that the provider may have charged.
        max_connections: maximum number of connections kept open. Default 16.
        max_response_bytes: the largest response in bytes; a larger one is an error. Default 64 MiB.
        user_agent: the header User-Agent, "" for none. Default: the library's name and version.
        base_delay: upper bound of the wait before the first repetition, in seconds; it doubles with every attempt. Default 0.5.
        max_delay: upper bound of any wait in seconds, without what the provider asks for. Default 20.
        max_retry_after: the longest wait in seconds that a provider may ask for; a longer one is an error at once.
            Default 120.
        record_to: write every exchange with the provider to this folder, one JSON file each, without secrets.
        replay_from: send nothing, and take the responses from the files that record_to wrote, each once and in their order; any
            key will do.
        logger: receives the log; records have the attributes service, operation, attempt, http_status, duration (seconds),
            received_bytes and request_id, None where unknown. Default: the logger "imagesearch", if logging is set up.
        log_level: the lowest level that the library reports. Default: the level of the logger when the client is opened.
    """

    base_url: str | None
    connect_timeout: float
    timeout: float
    total_timeout: float
    max_attempts: int | None
    max_concurrent: int | None
    requests_per_minute: int | None
    max_paid_calls: int | None
    proxy: str | None
    no_proxy: str | Iterable[str] | None
    ca_file: StrPath | None
    client_cert: StrPath | tuple[StrPath, StrPath] | None
    resolve: str | Iterable[str] | None
    allow_private_addresses: bool
    repeat_uncertain_paid_calls: bool
    max_connections: int | None
    max_response_bytes: int | None
    user_agent: str | None
    base_delay: float
    max_delay: float
    max_retry_after: float
    record_to: StrPath | None
    replay_from: StrPath | None
    logger: logging.Logger | None
    log_level: int | None


class BatchOptions(CallOptions, total=False):
    """Options of adding many images to a local index. The time limits apply to the whole batch; there is none by default.

    Attributes:
        category: the category of every image that is given by its path.
        custom_content: text that is returned with every match of an image that is given by its path.
        transaction_size: number of images written in one transaction; what was written stays when the batch ends early.
            Default 32.
        threads: number of images processed at once. Default: that of the index.
        read_unchanged_files: read every file, even if its size and modification time are unchanged. An image with the same
            bytes is still left as it is.
        progress: a function that is called with a BatchProgress at least every 50 ms, or a bar of tqdm or rich. If the function
            returns False, the batch ends; what was written stays.
    """

    category: str | None
    custom_content: str | None
    transaction_size: int | None
    threads: int | None
    read_unchanged_files: bool
    progress: Progress | None


class FolderOptions(BatchOptions, total=False):
    """Options of adding the images of a folder to a local index.

    Attributes:
        prefix: prefix of every item id, for instance "shop-a/", so that two folders with equal file names do not replace each
            other's images. Default: none.
        recursive: include subfolders; links to folders are not followed. Default: yes.
        item_per_folder: every subfolder is an item with its files as images, named by its path within the folder; the folder
            itself is ".". Otherwise every file is an item.
        prune: after adding, remove the images from this folder whose files are gone; see LocalIndex.prune().
    """

    prefix: str | None
    recursive: bool | None
    item_per_folder: bool
    prune: bool


class CopyOptions(CallOptions, total=False):
    """Options of copying a local index; the time limits apply to the whole copy.

    Attributes:
        target: the name under which the index records what was copied; choose one name each to copy into two instances of one
            service. Default: the name of the service.
        send_thumbnails: send the thumbnail of an image whose file is gone or has changed.
        call_size: number of images passed to the service in one call. Default 20.
        progress: see LocalIndex.add_folder().
    """

    target: str | None
    send_thumbnails: bool
    call_size: int | None
    progress: Progress | None


class RebuildOptions(CallOptions, total=False):
    """Options of rebuilding a local index.

    Attributes:
        progress: see LocalIndex.add_folder().
    """

    progress: Progress | None


class SearchOptions(CallOptions, total=False):
    """Options of a search; an option that is omitted or None has the service's default.

    Attributes:
        limit: maximum number of matches; in search_all() and search_pages(), matches per page.
        offset: number of matches to skip.
        minimum_score: leave out matches with a lower score, 0-100.
        minimum_confidence: leave out matches with a lower confidence, 0-1; 0 for the service's own cut-off.
        category: search this category only.
        region: x, y, width, height of the part of the image to search with, in pixels.
        relations: local index: the relations to return; see Match.relation. Default: the first four, which are copies.
        effort: local index: how hard to try: "fast", "normal" or "thorough". Default: "normal".
        population_size: local index: the number of images that the confidence is computed for. Default: the number in the
            index.
        mirrored: local index: whether mirror images are found. Default: yes.
        sort: TinEye: "score", "size" or "crawl_date".
        order: TinEye: "asc" or "desc".
        backlink_limit: TinEye: maximum number of pages per match.
        tags: TinEye: "stock", "collection" or both.
        domain: TinEye: matches of this site only.
        parameters: further parameters of the service, by the provider's names; an unknown name is an error.
    """

    limit: int | None
    offset: int | None
    minimum_score: float | None
    minimum_confidence: float | None
    category: str | None
    region: tuple[int, int, int, int] | None
    relations: str | Iterable[str] | None
    effort: str | None
    population_size: int | None
    mirrored: bool | None
    sort: str | None
    order: str | None
    backlink_limit: int | None
    tags: str | Iterable[str] | None
    domain: str | None
    parameters: Mapping[str, str] | None


class ManyOptions(SearchOptions, total=False):
    """Options of a list of searches.

    Attributes:
        concurrent: number of concurrent searches; the client's limits also apply. Default 4.
        max_paid_calls: maximum number of paid calls for the whole list; beyond it, the rest is a QuotaExhaustedError. Default:
            no cap.
        progress: see LocalIndex.add_folder(); if the function returns False, the list ends.
    """

    concurrent: int | None
    max_paid_calls: int | None
    progress: Progress | None
