"""Every function of include/imagesearch.h in one table, bound to the loaded library.

The table is written in the types of the header; Tests/Python/test_header.py compares the two word by word.
"""

from __future__ import annotations

from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any, Dict, NamedTuple, Tuple

from . import _structs

#: What a type of the header is for ctypes. Handles are addresses as plain ints: a typed pointer object for each would cost
#: more than the call. Text that comes back is borrowed, so c_char_p, which copies it at once, is right.
C_TYPES: Dict[str, Any] = {
    "void": None,
    "int32_t": c_int32,
    "uint32_t": c_uint32,
    "int64_t": c_int64,
    "size_t": c_size_t,
    "double": c_double,
    "imagesearch_status": c_int32,
    "const char *": c_char_p,
    "const uint8_t *": c_void_p,
    "void *": c_void_p,
    "size_t *": POINTER(c_size_t),
    "int64_t *": POINTER(c_int64),
    "double [6]": POINTER(c_double),
    "imagesearch_completion": _structs.Completion,
    "imagesearch_log_callback": _structs.LogCallback,
    "imagesearch_transfer_callback": _structs.TransferCallback,
    "imagesearch_progress_callback": _structs.ProgressCallback,
    "const imagesearch_backlink *": c_void_p,
    "imagesearch_client *const *": POINTER(c_void_p),
    "const imagesearch_item *const *": POINTER(POINTER(_structs.Item)),
    "const imagesearch_image *const *": POINTER(POINTER(_structs.Image)),
}
for _name in ("client", "error", "page", "match", "quota", "add_report", "bytes", "operation"):
    C_TYPES["imagesearch_%s *" % _name] = c_void_p
    C_TYPES["const imagesearch_%s *" % _name] = c_void_p
    C_TYPES["imagesearch_%s **" % _name] = POINTER(c_void_p)
for _name, _struct in _structs.STRUCTS.items():
    C_TYPES.setdefault("const %s *" % _name, POINTER(_struct))


class Function(NamedTuple):
    """A line of the table. A `quick` function neither blocks nor waits for a lock, so the interpreter is not left for it."""

    name: str
    result: str
    arguments: Tuple[str, ...]
    quick: bool


def _quick(result: str, name: str, *arguments: str) -> Function:
    return Function(name, result, arguments, True)


def _leaving(result: str, name: str, *arguments: str) -> Function:
    return Function(name, result, arguments, False)


_STATUS = "imagesearch_status"
_CLIENT = "imagesearch_client *"
_IMAGE = "const imagesearch_image *"
_CALL = "const imagesearch_call_options *"
_ERROR = "imagesearch_error **"
_OPERATION = "imagesearch_operation *"
_PAGE = "const imagesearch_page *"
_MATCH = "const imagesearch_match *"
_QUOTA = "const imagesearch_quota *"
_REPORT = "const imagesearch_add_report *"
_FAILURE = "const imagesearch_error *"
_TEXT = "const char *"
_ITEMS = "const imagesearch_item *const *"
_BATCH = "const imagesearch_batch_options *"
_COPY = "const imagesearch_copy_options *"
_PROGRESS = "imagesearch_progress_callback"
_REPORTED = (_PROGRESS, "void *", _ERROR, "imagesearch_add_report **")
_START = ("imagesearch_completion", "void *", _ERROR, "imagesearch_operation **")

FUNCTIONS: Tuple[Function, ...] = (
    _quick(_TEXT, "imagesearch_version"),
    _quick("int32_t", "imagesearch_abi_version"),
    _quick(_TEXT, "imagesearch_status_name", _STATUS),
    # Clients
    _leaving(
        _STATUS, "imagesearch_tineye_open", "const imagesearch_tineye_options *", "const imagesearch_client_options *",
        _ERROR, "imagesearch_client **",
    ),
    _leaving(
        _STATUS, "imagesearch_alibaba_cloud_open", "const imagesearch_alibaba_cloud_options *",
        "const imagesearch_client_options *", _ERROR, "imagesearch_client **",
    ),
    _leaving(
        _STATUS, "imagesearch_tmapi_open", "const imagesearch_tmapi_options *", "const imagesearch_client_options *",
        _ERROR, "imagesearch_client **",
    ),
    _leaving(
        _STATUS, "imagesearch_local_index_open", _TEXT, "const imagesearch_client_options *", _ERROR,
        "imagesearch_client **",
    ),
    _leaving(
        _STATUS, "imagesearch_local_index_open_with", _TEXT, "const imagesearch_local_index_options *",
        "const imagesearch_client_options *", _ERROR, "imagesearch_client **",
    ),
    _leaving(
        _STATUS, "imagesearch_fallback_open", "imagesearch_client *const *", "size_t", _ERROR, "imagesearch_client **"
    ),
    _leaving("void", "imagesearch_client_close", _CLIENT),
    _leaving("void", "imagesearch_client_free", _CLIENT),
    _quick(_TEXT, "imagesearch_client_service", "const imagesearch_client *"),
    _quick("uint32_t", "imagesearch_client_capabilities", "const imagesearch_client *"),
    # Calls that block
    _leaving(
        _STATUS, "imagesearch_search", _CLIENT, _IMAGE, "const imagesearch_search_options *", _ERROR,
        "imagesearch_page **",
    ),
    _leaving(_STATUS, "imagesearch_remaining_searches", _CLIENT, _CALL, _ERROR, "imagesearch_quota **"),
    _leaving(
        _STATUS, "imagesearch_ensure_quota", _CLIENT, "int64_t", "int32_t", _CALL, _ERROR, "imagesearch_quota **"
    ),
    _leaving(_STATUS, "imagesearch_image_count", _CLIENT, _CALL, _ERROR, "int64_t *"),
    _leaving(
        _STATUS, "imagesearch_add_images", _CLIENT, _ITEMS, "size_t", _CALL, _ERROR, "imagesearch_add_report **"
    ),
    _leaving(
        _STATUS, "imagesearch_remove_images", _CLIENT, "const imagesearch_removal *", "size_t", _CALL, _ERROR,
        "int64_t *",
    ),
    _leaving(
        _STATUS, "imagesearch_overlay", _CLIENT, _IMAGE, _MATCH, "int32_t", _CALL, _ERROR, "imagesearch_bytes **"
    ),
    # Calls in the background
    _leaving(
        _STATUS, "imagesearch_search_start", _CLIENT, _IMAGE, "const imagesearch_search_options *", *_START
    ),
    _leaving(_STATUS, "imagesearch_add_images_start", _CLIENT, _ITEMS, "size_t", _CALL, *_START),
    _leaving(_STATUS, "imagesearch_remaining_searches_start", _CLIENT, _CALL, *_START),
    _leaving(_STATUS, "imagesearch_ensure_quota_start", _CLIENT, "int64_t", "int32_t", _CALL, *_START),
    _leaving(_STATUS, "imagesearch_image_count_start", _CLIENT, _CALL, *_START),
    _leaving(
        _STATUS, "imagesearch_remove_images_start", _CLIENT, "const imagesearch_removal *", "size_t", _CALL, *_START
    ),
    _leaving(_STATUS, "imagesearch_overlay_start", _CLIENT, _IMAGE, _MATCH, "int32_t", _CALL, *_START),
    _leaving(_STATUS, "imagesearch_operation_wait", _OPERATION, "double"),
    _leaving("void", "imagesearch_operation_cancel", _OPERATION),
    _leaving(_STATUS, "imagesearch_operation_take_page", _OPERATION, _ERROR, "imagesearch_page **"),
    _leaving(_STATUS, "imagesearch_operation_take_report", _OPERATION, _ERROR, "imagesearch_add_report **"),
    _leaving(_STATUS, "imagesearch_operation_take_quota", _OPERATION, _ERROR, "imagesearch_quota **"),
    _leaving(_STATUS, "imagesearch_operation_take_count", _OPERATION, _ERROR, "int64_t *"),
    _leaving(_STATUS, "imagesearch_operation_take_bytes", _OPERATION, _ERROR, "imagesearch_bytes **"),
    _leaving("void", "imagesearch_operation_free", _OPERATION),
    # Pages
    _quick("void", "imagesearch_page_free", "imagesearch_page *"),
    _quick(_TEXT, "imagesearch_page_service", _PAGE),
    _quick("size_t", "imagesearch_page_match_count", _PAGE),
    _quick(_MATCH, "imagesearch_page_match", _PAGE, "size_t"),
    _quick("int64_t", "imagesearch_page_total", _PAGE),
    _quick("int64_t", "imagesearch_page_offset", _PAGE),
    _quick("int64_t", "imagesearch_page_next_offset", _PAGE),
    _quick("int32_t", "imagesearch_page_has_more", _PAGE),
    _quick(_TEXT, "imagesearch_page_request_id", _PAGE),
    _quick("size_t", "imagesearch_page_warning_count", _PAGE),
    _quick(_TEXT, "imagesearch_page_warning", _PAGE, "size_t"),
    _quick("const uint8_t *", "imagesearch_page_raw", _PAGE, "size_t *"),
    # Matches
    _quick("double", "imagesearch_match_score", _MATCH),
    _quick("double", "imagesearch_match_confidence", _MATCH),
    _quick(_TEXT, "imagesearch_match_image_url", _MATCH),
    _quick(_TEXT, "imagesearch_match_page_url", _MATCH),
    _quick(_TEXT, "imagesearch_match_domain", _MATCH),
    _quick(_TEXT, "imagesearch_match_format", _MATCH),
    _quick("int64_t", "imagesearch_match_width", _MATCH),
    _quick("int64_t", "imagesearch_match_height", _MATCH),
    _quick("int64_t", "imagesearch_match_file_size", _MATCH),
    _quick(_TEXT, "imagesearch_match_item_id", _MATCH),
    _quick(_TEXT, "imagesearch_match_image_name", _MATCH),
    _quick(_TEXT, "imagesearch_match_category", _MATCH),
    _quick(_TEXT, "imagesearch_match_custom_content", _MATCH),
    _quick(_TEXT, "imagesearch_match_title", _MATCH),
    _quick(_TEXT, "imagesearch_match_price", _MATCH),
    _quick(_TEXT, "imagesearch_match_currency", _MATCH),
    _quick(_TEXT, "imagesearch_match_detail", _MATCH, _TEXT),
    _quick("size_t", "imagesearch_match_detail_count", _MATCH),
    _quick(_TEXT, "imagesearch_match_detail_name", _MATCH, "size_t"),
    _quick(_TEXT, "imagesearch_match_detail_value", _MATCH, "size_t"),
    _quick(_TEXT, "imagesearch_match_overlay_url", _MATCH),
    _quick("int32_t", "imagesearch_match_transform", _MATCH, "double [6]"),
    _quick("int32_t", "imagesearch_match_is_mirrored", _MATCH),
    _quick("double", "imagesearch_match_query_overlap", _MATCH),
    _quick("double", "imagesearch_match_match_overlap", _MATCH),
    _quick("size_t", "imagesearch_match_tag_count", _MATCH),
    _quick(_TEXT, "imagesearch_match_tag", _MATCH, "size_t"),
    _quick("const imagesearch_backlink *", "imagesearch_match_backlinks", _MATCH, "size_t *"),
    # Local index
    _leaving(_STATUS, "imagesearch_local_index_add_folder", _CLIENT, _TEXT, _BATCH, _CALL, *_REPORTED),
    _leaving(_STATUS, "imagesearch_local_index_add_items", _CLIENT, _ITEMS, "size_t", _BATCH, _CALL, *_REPORTED),
    _leaving(_STATUS, "imagesearch_local_index_rebuild", _CLIENT, _CALL, *_REPORTED),
    _leaving(_STATUS, "imagesearch_local_index_rebuild_at", _TEXT, _CALL, *_REPORTED),
    _leaving(_STATUS, "imagesearch_local_index_copy", _CLIENT, _CLIENT, _COPY, _CALL, *_REPORTED),
    _leaving(_STATUS, "imagesearch_local_index_add_folder_start", _CLIENT, _TEXT, _BATCH, _CALL, _PROGRESS, *_START),
    _leaving(
        _STATUS, "imagesearch_local_index_add_items_start", _CLIENT, _ITEMS, "size_t", _BATCH, _CALL, _PROGRESS, *_START
    ),
    _leaving(_STATUS, "imagesearch_local_index_rebuild_start", _CLIENT, _CALL, _PROGRESS, *_START),
    _leaving(_STATUS, "imagesearch_local_index_rebuild_at_start", _TEXT, _CALL, _PROGRESS, *_START),
    _leaving(_STATUS, "imagesearch_local_index_copy_start", _CLIENT, _CLIENT, _COPY, _CALL, _PROGRESS, *_START),
    # Quotas
    _quick("void", "imagesearch_quota_free", "imagesearch_quota *"),
    _quick("int64_t", "imagesearch_quota_remaining", _QUOTA),
    _quick("int32_t", "imagesearch_quota_unit", _QUOTA),
    _quick("double", "imagesearch_quota_per_second", _QUOTA),
    _quick("size_t", "imagesearch_quota_bundle_count", _QUOTA),
    _quick("int64_t", "imagesearch_quota_bundle_remaining", _QUOTA, "size_t"),
    _quick(_TEXT, "imagesearch_quota_bundle_start", _QUOTA, "size_t"),
    _quick(_TEXT, "imagesearch_quota_bundle_end", _QUOTA, "size_t"),
    # Add reports
    _quick("void", "imagesearch_add_report_free", "imagesearch_add_report *"),
    _quick("size_t", "imagesearch_add_report_count", _REPORT),
    _quick("size_t", "imagesearch_add_report_failed_count", _REPORT),
    _quick(_TEXT, "imagesearch_add_report_item_id", _REPORT, "size_t"),
    _quick(_TEXT, "imagesearch_add_report_image_name", _REPORT, "size_t"),
    _quick("int32_t", "imagesearch_add_report_outcome", _REPORT, "size_t"),
    _quick(_TEXT, "imagesearch_add_report_warning", _REPORT, "size_t"),
    _quick(_FAILURE, "imagesearch_add_report_error", _REPORT, "size_t"),
    # Bytes
    _quick("void", "imagesearch_bytes_free", "imagesearch_bytes *"),
    _quick("const uint8_t *", "imagesearch_bytes_data", "const imagesearch_bytes *", "size_t *"),
    # Errors
    _quick("void", "imagesearch_error_free", "imagesearch_error *"),
    _quick(_STATUS, "imagesearch_error_status", _FAILURE),
    _quick(_TEXT, "imagesearch_error_message", _FAILURE),
    _quick(_TEXT, "imagesearch_error_service", _FAILURE),
    _quick("int32_t", "imagesearch_error_http_status", _FAILURE),
    _quick(_TEXT, "imagesearch_error_provider_code", _FAILURE),
    _quick(_TEXT, "imagesearch_error_provider_message", _FAILURE),
    _quick(_TEXT, "imagesearch_error_request_id", _FAILURE),
    _quick("double", "imagesearch_error_retry_after", _FAILURE),
    _quick("int32_t", "imagesearch_error_attempts", _FAILURE),
    _quick("int32_t", "imagesearch_error_may_have_been_charged", _FAILURE),
)  # fmt: skip
