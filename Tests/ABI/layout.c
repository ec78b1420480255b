/* The layout of every transparent struct, in a form that a test compares with the promise of ABI 1. */
#include <imagesearch.h>
#include <stdio.h>

#define FIELD(type, field) printf(#type "." #field " %zu\n", offsetof(type, field))
#define SIZE(type) printf(#type " %zu\n", sizeof(type))

int main(void) {
  SIZE(imagesearch_client_options);
  FIELD(imagesearch_client_options, base_url);
  FIELD(imagesearch_client_options, connect_timeout);
  FIELD(imagesearch_client_options, maximum_attempts);
  FIELD(imagesearch_client_options, maximum_paid_calls);
  FIELD(imagesearch_client_options, proxy);
  FIELD(imagesearch_client_options, log);
  FIELD(imagesearch_client_options, allow_private_addresses);
  FIELD(imagesearch_client_options, base_delay);
  FIELD(imagesearch_client_options, replay_folder);
  SIZE(imagesearch_log_event);
  FIELD(imagesearch_log_event, duration);
  FIELD(imagesearch_log_event, request_id);
  SIZE(imagesearch_local_index_options);
  FIELD(imagesearch_local_index_options, thumbnail_side);
  FIELD(imagesearch_local_index_options, maximum_pixels);
  SIZE(imagesearch_tineye_options);
  FIELD(imagesearch_tineye_options, api_key);
  FIELD(imagesearch_tineye_options, private_key);
  SIZE(imagesearch_alibaba_cloud_options);
  FIELD(imagesearch_alibaba_cloud_options, instance);
  FIELD(imagesearch_alibaba_cloud_options, api_version);
  SIZE(imagesearch_tmapi_options);
  FIELD(imagesearch_tmapi_options, endpoint);
  SIZE(imagesearch_call_options);
  FIELD(imagesearch_call_options, deadline);
  FIELD(imagesearch_call_options, transfer_user_data);
  SIZE(imagesearch_transfer);
  FIELD(imagesearch_transfer, bytes_to_receive);
  SIZE(imagesearch_image);
  FIELD(imagesearch_image, bytes);
  FIELD(imagesearch_image, name);
  SIZE(imagesearch_parameter);
  SIZE(imagesearch_search_options);
  FIELD(imagesearch_search_options, limit);
  FIELD(imagesearch_search_options, region_x);
  FIELD(imagesearch_search_options, parameters);
  FIELD(imagesearch_search_options, call);
  SIZE(imagesearch_item);
  FIELD(imagesearch_item, images);
  FIELD(imagesearch_item, parameter_count);
  SIZE(imagesearch_removal);
  SIZE(imagesearch_backlink);
  SIZE(imagesearch_progress);
  FIELD(imagesearch_progress, done);
  FIELD(imagesearch_progress, per_second);
  FIELD(imagesearch_progress, seconds_left);
  SIZE(imagesearch_batch_options);
  FIELD(imagesearch_batch_options, category);
  FIELD(imagesearch_batch_options, not_recursive);
  FIELD(imagesearch_batch_options, read_unchanged_files);
  SIZE(imagesearch_copy_options);
  FIELD(imagesearch_copy_options, target);
  FIELD(imagesearch_copy_options, call_size);
  return 0;
}
