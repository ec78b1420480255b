"""The keyword arguments that clients and calls share, each documented here once. They stand in the signatures of the calls, as help()
shows them; the TypedDicts are for programs that keep options of their own."""

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
    """What one call does otherwise than its client.

    Attributes:
        connect_timeout: seconds for a connection to stand, name lookup and TLS included. Default: the client's.
        timeout: seconds for one attempt. Default: the client's.
        total_timeout: seconds for the whole call with every wait and retry. Default: the client's.
        on_transfer: told how far uploads and downloads are, at least every 50 ms while the call runs and when a request
            ends; in a thread that is not the main one it is called there, otherwise on a thread of the client. False
            ends the call with CancelledError.
    """

    connect_timeout: float
    timeout: float
    total_timeout: float
    on_transfer: Callable[[TransferProgress], object] | None


class ClientOptions(TypedDict, total=False):
    """How a client behaves; what is left out or None takes the default.

    Attributes:
        base_url: the provider's address with its path, used as given; an explicit http:// is allowed.
        connect_timeout: seconds for a connection to stand. Default 15.
        timeout: seconds for one attempt. Default 60. A call that is retried takes longer: `total_timeout` limits the whole.
        total_timeout: seconds for a whole call with all waits and retries. Default 180.
        max_attempts: how often a request is sent at most. Default 4. A search that may have been charged is never sent again.
        max_concurrent: requests at once. Default: the service's.
        requests_per_minute: requests a minute. Default: the service's.
        max_paid_calls: paid calls that this client may make in its life. Default: no cap.
        proxy: http://, https://, socks5:// or socks5h:// URL, "" for none. Default: from the environment.
        no_proxy: hosts reached without the proxy. Default: from the environment.
        ca_file: PEM file of the authorities to trust. Default: the system's.
        client_cert: PEM file of the client's certificate, or the files of certificate and key.
        resolve: HOST:PORT:ADDRESS entries, used instead of name lookup.
        allow_private_addresses: fetch images from private and loopback addresses too.
        repeat_uncertain_paid_calls: repeat a paid call too when the provider may have counted it.
        max_connections: connections kept open at most. Default 16.
        max_response_bytes: the largest response; a larger one is an error. Default 64 MiB.
        user_agent: the header User-Agent, "" for none. Default: the library's name and version.
        base_delay: upper bound of the first wait before a repetition, in seconds; it doubles with every attempt.
            Default 0.5.
        max_delay: upper bound of any wait in seconds, before what the provider asks for is added. Default 20.
        max_retry_after: the longest wait in seconds that a provider may ask for; a longer one is an error at once.
            Default 120.
        record_to: write every exchange with the provider into this folder, one JSON file each, without any secret.
        replay_from: ask nobody and respond from the files that record_to wrote, each once and in their order; any key
            will do.
        logger: receives the log; records have the attributes service, operation, attempt, http_status, duration (seconds),
            received_bytes and request_id, None where unknown. Default: the logger "imagesearch", if logging is set up.
        log_level: the least level that the library reports. Default: the level of the logger when the client is opened.
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
    """How many images go into a local index. The time limits are for the whole batch; without one there is none.

    Attributes:
        category: the category of every image that is given by its path.
        custom_content: text that is returned with every match of an image that is given by its path.
        transaction_size: images that are written in one transaction; what was written stays when the batch ends early.
            Default 32.
        threads: images that are worked on at once. Default: one a processor core.
        read_unchanged_files: read every file, also one with the size and the time that it had. The same bytes stay
            unchanged all the same.
        progress: a function that is called with a BatchProgress at least every 50 ms, or a bar of tqdm or rich. What the
            function returns ends the batch when it is False; what was written stays.
    """

    category: str | None
    custom_content: str | None
    transaction_size: int | None
    threads: int | None
    read_unchanged_files: bool
    progress: Progress | None


class FolderOptions(BatchOptions, total=False):
    """How the images of a folder go into a local index.

    Attributes:
        prefix: put before every item id, for instance "shop-a/", so that two folders with equal file names do not replace
            each other. Default: nothing.
        recursive: look into folders in the folder; links to folders are not followed. Default: yes.
        item_per_folder: every folder is an item with its files as images, named by its path within the folder, "." for
            that folder itself. Otherwise every file is an item.
        prune: when all is added, forget the images from this folder whose files are gone; see LocalIndex.prune().
    """

    prefix: str | None
    recursive: bool | None
    item_per_folder: bool
    prune: bool


class CopyOptions(CallOptions, total=False):
    """How a local index is copied; the time limits are those of the whole copy.

    Attributes:
        target: the name under which is remembered what was copied; give one to copy into two instances of one service.
            Default: the name of the service.
        send_thumbnails: send the thumbnail of an image whose file is not there any more or has changed.
        call_size: images given to the service in one call. Default 20.
        progress: see LocalIndex.add_folder().
    """

    target: str | None
    send_thumbnails: bool
    call_size: int | None
    progress: Progress | None


class RebuildOptions(CallOptions, total=False):
    """How a local index is made anew.

    Attributes:
        progress: see LocalIndex.add_folder().
    """

    progress: Progress | None


class SearchOptions(CallOptions, total=False):
    """What to search for; what is left out or None takes the service's default.

    Attributes:
        limit: matches to return at most, from 1; in search_all() and search_pages() matches a page.
        offset: matches to skip, from 0.
        minimum_score: leave out matches with a lower score, 0-100.
        minimum_confidence: leave out matches with a lower confidence, 0-1; 0 takes the service's own cut-off.
        category: search this category only.
        region: x, y, width, height of the part of the image to search with, in pixels.
        relations: local index: the relations that count; see Match.relation. Default: the first four, which are copies.
        effort: local index: how hard to look: "fast", "normal" or "thorough". Default: "normal".
        population_size: local index: how many images the confidence is meant for. Default: as many as are in the index.
        mirrored: local index: whether mirror images are found too. Default: yes.
        sort: TinEye: "score", "size" or "crawl_date".
        order: TinEye: "asc" or "desc".
        backlink_limit: TinEye: pages to return a match at most.
        tags: TinEye: "stock", "collection" or both.
        domain: TinEye: matches of this site only.
        parameters: more of the service's own parameters by the provider's names; an unknown name is an error.
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
    """How a list of images is searched for.

    Attributes:
        concurrent: searches under way at once; the limits of the client hold beside it. Default 4.
        max_paid_calls: paid calls for the whole list; when they are used up, the rest is a QuotaExhaustedError. Default: no cap.
        progress: see LocalIndex.add_folder(); what the function returns ends the list when it is False.
    """

    concurrent: int | None
    max_paid_calls: int | None
    progress: Progress | None
