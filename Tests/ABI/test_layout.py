"""Structs of ABI 1 never change: a field may only be added behind the last one. Numbers for 64-bit systems."""

PROMISE = """\
imagesearch_client_options 184
imagesearch_client_options.base_url 8
imagesearch_client_options.connect_timeout 16
imagesearch_client_options.maximum_attempts 40
imagesearch_client_options.maximum_paid_calls 56
imagesearch_client_options.proxy 64
imagesearch_client_options.log 112
imagesearch_client_options.allow_private_addresses 128
imagesearch_client_options.base_delay 144
imagesearch_client_options.replay_folder 176
imagesearch_log_event 80
imagesearch_log_event.duration 24
imagesearch_log_event.request_id 72
imagesearch_local_index_options 56
imagesearch_local_index_options.thumbnail_side 20
imagesearch_local_index_options.maximum_pixels 48
imagesearch_tineye_options 32
imagesearch_tineye_options.api_key 8
imagesearch_tineye_options.private_key 24
imagesearch_alibaba_cloud_options 80
imagesearch_alibaba_cloud_options.instance 32
imagesearch_alibaba_cloud_options.api_version 64
imagesearch_tmapi_options 24
imagesearch_tmapi_options.endpoint 20
imagesearch_call_options 32
imagesearch_call_options.deadline 24
imagesearch_image 48
imagesearch_image.bytes 24
imagesearch_image.name 40
imagesearch_parameter 16
imagesearch_search_options 104
imagesearch_search_options.limit 8
imagesearch_search_options.region_x 48
imagesearch_search_options.parameters 80
imagesearch_search_options.call 96
imagesearch_item 64
imagesearch_item.pictures 32
imagesearch_item.parameter_count 56
imagesearch_removal 16
imagesearch_backlink 24
"""


def test_the_layout_is_as_promised(driver, run):
    assert run(driver("layout")) == PROMISE
