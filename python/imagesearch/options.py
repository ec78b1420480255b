"""The keyword arguments that clients and calls share, as TypedDicts: each is documented here once."""

from __future__ import annotations

import logging
import os
from typing import Callable, Iterable, Mapping, Optional, Tuple, TypedDict, Union

from .models import TransferProgress

StrPath = Union[str, "os.PathLike[str]"]


class CallOptions(TypedDict, total=False):
    """What one call does otherwise than its client; what is left out or None takes the client's. Times are in seconds."""

    #: For a connection to stand, name lookup and TLS included.
    connect_timeout: Optional[float]
    #: For one attempt.
    timeout: Optional[float]
    #: For the whole call with every wait and retry.
    deadline: Optional[float]
    #: Told how far uploads and downloads are, ten times a second at most and when an attempt ends, on a thread of the library; it must
    #: return soon. A local index moves no bytes and tells nothing.
    on_transfer: Optional[Callable[[TransferProgress], object]]


class ClientOptions(TypedDict, total=False):
    """How a client behaves; what is left out or None takes the default."""

    #: The provider's address with its path, used as given; an explicit http:// is allowed.
    base_url: Optional[str]
    #: Seconds for a connection to stand, 0.001-86400. Default 15.
    connect_timeout: Optional[float]
    #: Seconds for one attempt. Default 60. A call that is retried takes longer: `deadline` limits the whole.
    timeout: Optional[float]
    #: Seconds for a whole call with all waits and retries. Default 180.
    deadline: Optional[float]
    #: How often a request is sent at most, 1-10. Default 4. A search that may have been charged is never sent again.
    max_attempts: Optional[int]
    #: Requests at once, 1-1000. Default: the service's.
    max_concurrent: Optional[int]
    #: Requests a minute, 1-1000000. Default: the service's.
    requests_per_minute: Optional[int]
    #: Paid calls that this client may make in its life. Default: no cap.
    max_paid_calls: Optional[int]
    #: http://, https://, socks5:// or socks5h:// URL, "" for none. Default: from the environment.
    proxy: Optional[str]
    #: Hosts reached without the proxy. Default: from the environment.
    no_proxy: Union[None, str, Iterable[str]]
    #: PEM file of the authorities to trust. Default: the system's.
    ca_file: Optional[StrPath]
    #: PEM file of the client's certificate, or the files of certificate and key.
    client_cert: Union[None, StrPath, Tuple[StrPath, StrPath]]
    #: HOST:PORT:ADDRESS entries, used instead of name lookup.
    resolve: Union[None, str, Iterable[str]]
    #: Search by URL with upload: fetch images from private and loopback addresses too.
    allow_private_addresses: bool
    #: TinEye: when it cannot fetch the image behind a URL, fetch it here and upload it. It is a second search, and no provider
    #: publishes that the first was not counted.
    upload_unfetched_images: bool
    #: Repeat a paid call too when the provider may have counted it.
    repeat_uncertain_paid_calls: bool
    #: Upper bound of the first wait before a repetition, in seconds, up to 3600; it doubles with every attempt. Default 0.5.
    base_delay: Optional[float]
    #: Upper bound of any wait in seconds, up to 3600, before what the provider asks for is added. Default 20.
    max_delay: Optional[float]
    #: The longest wait in seconds that a provider may ask for, up to 86400; a longer one is an error at once. Default 120.
    max_retry_after: Optional[float]
    #: Write every exchange with the provider into this folder, one JSON file each, without any secret.
    record_to: Optional[StrPath]
    #: Ask nobody and answer from the files that record_to wrote, each once and in their order; any key will do.
    replay_from: Optional[StrPath]
    #: Receives the log; records have the attributes service, operation, attempt, http_status, duration (seconds),
    #: received_bytes and request_id, None where unknown. Default: silence.
    logger: Optional[logging.Logger]
    #: The least level that the library reports. Default: the level of the logger when the client is opened.
    log_level: Optional[int]


class BatchOptions(CallOptions, total=False):
    """How many images go into a local index. The time limits are for the whole batch; without one there is none."""

    #: The category of every image that is given by its path.
    category: Optional[str]
    #: Text that is returned with every match of an image that is given by its path, at most 4096 characters.
    custom_content: Optional[str]
    #: Images that are written in one transaction, 1-1000; what was written stays when the batch ends early. Default 32.
    transaction_size: Optional[int]
    #: Images that are worked on at once, 1-256. Default: one a processor core.
    threads: Optional[int]
    #: Read every file, also one with the size and the time that it had. The same bytes stay unchanged all the same.
    read_unchanged_files: bool


class FolderOptions(BatchOptions, total=False):
    """How the images of a folder go into a local index."""

    #: Look into folders in the folder; links to folders are not followed. Default: True.
    recursive: bool
    #: Every folder is an item with its files as images, named by its path within the folder, "." for that folder itself. Otherwise
    #: every file is an item.
    item_per_folder: bool


class SearchOptions(CallOptions, total=False):
    """What to search for; what is left out or None takes the service's default."""

    #: Matches to return at most, from 1; in search_all() and search_pages() matches a page.
    limit: Optional[int]
    #: Matches to skip, from 0.
    offset: Optional[int]
    #: Leave out matches with a lower score, 0-100.
    minimum_score: Optional[float]
    #: Leave out matches with a lower confidence, 0-1; 0 takes the service's own cut-off.
    minimum_confidence: Optional[float]
    #: Search this category only.
    category: Optional[str]
    #: x, y, width, height of the part of the image to search with, in pixels.
    region: Optional[Tuple[int, int, int, int]]
    #: TinEye: "score", "size" or "crawl_date".
    sort: Optional[str]
    #: TinEye: "asc" or "desc".
    order: Optional[str]
    #: TinEye: pages to return a match at most.
    backlink_limit: Optional[int]
    #: TinEye: "stock", "collection" or both.
    tags: Union[None, str, Iterable[str]]
    #: TinEye: matches of this site only.
    domain: Optional[str]
    #: More of the service's own parameters by the provider's names; an unknown name is an error.
    parameters: Optional[Mapping[str, str]]
