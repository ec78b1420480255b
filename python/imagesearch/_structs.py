"""The structs and callbacks of include/imagesearch.h, field for field (held together by Tests/Python/test_header.py)."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_void_p
from typing import Type, TypeVar

#: void (*)(imagesearch_operation *operation, void *user_data)
Completion = CFUNCTYPE(None, c_void_p, c_void_p)

Struct = TypeVar("Struct", bound=ctypes.Structure)


class LogEvent(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("level", c_int32),
        ("attempt", c_int32),
        ("http_status", c_int32),
        ("reserved", c_int32),
        ("duration", c_double),
        ("received_bytes", c_int64),
        ("line", c_char_p),
        ("message", c_char_p),
        ("service", c_char_p),
        ("operation", c_char_p),
        ("request_id", c_char_p),
    ]


#: void (*)(const imagesearch_log_event *event, void *user_data)
LogCallback = CFUNCTYPE(None, POINTER(LogEvent), c_void_p)


class Progress(ctypes.Structure):
    # The library makes it; nothing here is read beyond what is declared.
    _fields_ = [
        ("struct_size", c_size_t),
        ("done", c_int64),
        ("total", c_int64),
        ("failed", c_int64),
        ("per_second", c_double),
        ("seconds_left", c_double),
    ]


#: void (*)(const imagesearch_progress *progress, void *user_data)
ProgressCallback = CFUNCTYPE(None, POINTER(Progress), c_void_p)


class ClientOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("base_url", c_char_p),
        ("connect_timeout", c_double),
        ("attempt_timeout", c_double),
        ("deadline", c_double),
        ("maximum_attempts", c_int32),
        ("maximum_concurrent", c_int32),
        ("requests_per_minute", c_int32),
        ("log_level", c_int32),
        ("maximum_paid_calls", c_int64),
        ("proxy", c_char_p),
        ("no_proxy", c_char_p),
        ("certificate_authority_file", c_char_p),
        ("client_certificate_file", c_char_p),
        ("client_key_file", c_char_p),
        ("resolve", c_char_p),
        ("log", LogCallback),
        ("log_user_data", c_void_p),
        ("allow_private_addresses", c_int32),
        ("upload_unfetched_images", c_int32),
        ("repeat_uncertain_paid_calls", c_int32),
        ("reserved", c_int32),
        ("base_delay", c_double),
        ("maximum_delay", c_double),
        ("maximum_retry_after", c_double),
        ("record_folder", c_char_p),
        ("replay_folder", c_char_p),
    ]


class TinEyeOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("api_key", c_char_p),
        ("public_key", c_char_p),
        ("private_key", c_char_p),
    ]


class AlibabaCloudOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("access_key_id", c_char_p),
        ("access_key_secret", c_char_p),
        ("security_token", c_char_p),
        ("instance", c_char_p),
        ("region", c_char_p),
        ("endpoint", c_char_p),
        ("open_platform_endpoint", c_char_p),
        ("api_version", c_int32),
        ("use_vpc", c_int32),
        ("prepare_images", c_int32),
        ("reserved", c_int32),
    ]


class TMAPIOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("api_token", c_char_p),
        ("token_in_query", c_int32),
        ("endpoint", c_int32),
    ]


class LocalIndexOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("read_only", c_int32),
        ("must_exist", c_int32),
        ("threads", c_int32),
        ("thumbnail_side", c_int32),
        ("thumbnail_quality", c_int32),
        ("reserved", c_int32),
        ("lock_timeout", c_double),
        ("maximum_image_bytes", c_int64),
        ("maximum_pixels", c_int64),
    ]


class Transfer(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("service", c_char_p),
        ("operation", c_char_p),
        ("attempt", c_int32),
        ("reserved", c_int32),
        ("sent_bytes", c_int64),
        ("bytes_to_send", c_int64),
        ("received_bytes", c_int64),
        ("bytes_to_receive", c_int64),
    ]


#: void (*)(const imagesearch_transfer *transfer, void *user_data)
TransferCallback = CFUNCTYPE(None, POINTER(Transfer), c_void_p)


class CallOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("connect_timeout", c_double),
        ("attempt_timeout", c_double),
        ("deadline", c_double),
        ("transfer", TransferCallback),
        ("transfer_user_data", c_void_p),
    ]


class Image(ctypes.Structure):
    # Pointers that Python does not own are void pointers here: an int goes in, and nothing is kept or copied by ctypes.
    _fields_ = [
        ("struct_size", c_size_t),
        ("url", c_char_p),
        ("path", c_char_p),
        ("bytes", c_void_p),
        ("byte_count", c_size_t),
        ("name", c_char_p),
    ]


class Parameter(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class SearchOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("limit", c_int64),
        ("offset", c_int64),
        ("minimum_score", c_double),
        ("minimum_confidence", c_double),
        ("category", c_char_p),
        ("region_x", c_int64),
        ("region_y", c_int64),
        ("region_width", c_int64),
        ("region_height", c_int64),
        ("parameters", POINTER(Parameter)),
        ("parameter_count", c_size_t),
        ("call", POINTER(CallOptions)),
    ]


class Item(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("item_id", c_char_p),
        ("category", c_char_p),
        ("custom_content", c_char_p),
        ("images", POINTER(POINTER(Image))),
        ("image_count", c_size_t),
        ("parameters", POINTER(Parameter)),
        ("parameter_count", c_size_t),
    ]


class Removal(ctypes.Structure):
    _fields_ = [("item_id", c_char_p), ("image_name", c_char_p)]


class BatchOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("category", c_char_p),
        ("custom_content", c_char_p),
        ("not_recursive", c_int32),
        ("item_per_folder", c_int32),
        ("transaction_size", c_int32),
        ("threads", c_int32),
        ("read_unchanged_files", c_int32),
        ("reserved", c_int32),
    ]


class CopyOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("target", c_char_p),
        ("send_thumbnails", c_int32),
        ("call_size", c_int32),
    ]


class Backlink(ctypes.Structure):
    _fields_ = [("image_url", c_char_p), ("page_url", c_char_p), ("crawl_date", c_char_p)]


#: By the names of the header; the test compares them in both directions.
STRUCTS = {
    "imagesearch_log_event": LogEvent,
    "imagesearch_client_options": ClientOptions,
    "imagesearch_tineye_options": TinEyeOptions,
    "imagesearch_alibaba_cloud_options": AlibabaCloudOptions,
    "imagesearch_tmapi_options": TMAPIOptions,
    "imagesearch_local_index_options": LocalIndexOptions,
    "imagesearch_transfer": Transfer,
    "imagesearch_call_options": CallOptions,
    "imagesearch_image": Image,
    "imagesearch_parameter": Parameter,
    "imagesearch_search_options": SearchOptions,
    "imagesearch_item": Item,
    "imagesearch_removal": Removal,
    "imagesearch_backlink": Backlink,
    "imagesearch_progress": Progress,
    "imagesearch_batch_options": BatchOptions,
    "imagesearch_copy_options": CopyOptions,
}


def new(struct: Type[Struct]) -> Struct:
    """A struct as its _INIT macro makes it: its size, and everything else 0."""
    return struct(ctypes.sizeof(struct))
