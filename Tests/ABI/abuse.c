/*
 * A host program that does everything wrong: every pointer NULL, sizes too small and too large, text that is not UTF-8, numbers
 * out of range, handles used in odd orders. Nothing may crash, and every refusal must be a status with an error.
 */
#include <imagesearch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                                                                                    \
  do {                                                                                                                       \
    if (!(condition)) {                                                                                                      \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                        \
      failures++;                                                                                                            \
    }                                                                                                                        \
  } while (0)

/* The call is refused with this status, and says why. */
#define REFUSED(expected, call)                                                                                              \
  do {                                                                                                                       \
    imagesearch_error *error = NULL;                                                                                         \
    imagesearch_status status = call;                                                                                        \
    if (status != (expected)) fprintf(stderr, "%s is %s\n", #call, imagesearch_status_name(status));                         \
    EXPECT(status == (expected));                                                                                            \
    EXPECT(imagesearch_error_status(error) == status);                                                                       \
    EXPECT(imagesearch_error_message(error) != NULL && strlen(imagesearch_error_message(error)) > 0);                        \
    imagesearch_error_free(error);                                                                                           \
  } while (0)

static void accessors_accept_null(void) {
  size_t length = 7;
  imagesearch_match_fields match = IMAGESEARCH_MATCH_FIELDS_INIT;
  imagesearch_page_fields page = IMAGESEARCH_PAGE_FIELDS_INIT;
  imagesearch_error_fields error = IMAGESEARCH_ERROR_FIELDS_INIT;
  imagesearch_quota_fields quota = IMAGESEARCH_QUOTA_FIELDS_INIT;
  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  match.title = "left over";
  EXPECT(imagesearch_match_read(NULL, &match) == IMAGESEARCH_INVALID_ARGUMENT);
  EXPECT(isnan(match.score) && isnan(match.agreeing) && isnan(match.transform[5]) && match.width == -1 &&
         match.is_mirrored == -1);
  EXPECT(match.title == NULL && match.tag_count == 0 && match.struct_size == sizeof match);
  EXPECT(imagesearch_match_read(NULL, NULL) == IMAGESEARCH_INVALID_ARGUMENT);
  EXPECT(imagesearch_page_read(NULL, &page) == IMAGESEARCH_INVALID_ARGUMENT && page.total == -1 && page.match_count == 0);
  EXPECT(imagesearch_error_read(NULL, &error) == IMAGESEARCH_INVALID_ARGUMENT && isnan(error.retry_after));
  EXPECT(imagesearch_quota_read(NULL, &quota) == IMAGESEARCH_INVALID_ARGUMENT && quota.remaining == -1 && quota.unit == 0);
  EXPECT(imagesearch_add_report_entry(NULL, 0, &entry) == IMAGESEARCH_INVALID_ARGUMENT && entry.outcome == 0);
  EXPECT(imagesearch_page_match_count(NULL) == 0 && imagesearch_page_match(NULL, 0) == NULL);
  EXPECT(imagesearch_page_next_offset(NULL) == -1 && imagesearch_page_has_more(NULL) == 0);
  EXPECT(imagesearch_page_raw(NULL, &length) == NULL && length == 0 && imagesearch_page_raw(NULL, NULL) == NULL);
  EXPECT(isnan(imagesearch_match_score(NULL)) && isnan(imagesearch_match_confidence(NULL)));
  EXPECT(imagesearch_match_item_id(NULL) == NULL && imagesearch_match_image_name(NULL) == NULL);
  EXPECT(imagesearch_match_image_url(NULL) == NULL && imagesearch_match_page_url(NULL) == NULL);
  EXPECT(imagesearch_match_detail(NULL, "a") == NULL && imagesearch_match_detail(NULL, NULL) == NULL);
  EXPECT(imagesearch_quota_remaining(NULL) == -1 && imagesearch_bytes_data(NULL, &length) == NULL);
  EXPECT(imagesearch_add_report_count(NULL) == 0 && imagesearch_add_report_failed_count(NULL) == 0);
  EXPECT(imagesearch_error_status(NULL) == IMAGESEARCH_OK && imagesearch_error_message(NULL) == NULL);
  EXPECT(imagesearch_client_service(NULL) == NULL && imagesearch_client_capabilities(NULL) == 0);
  EXPECT(imagesearch_operation_wait(NULL, 0) == IMAGESEARCH_INVALID_ARGUMENT && imagesearch_queue_fd(NULL) == -1);
  imagesearch_error_free(NULL);
  imagesearch_page_free(NULL);
  imagesearch_pages_free(NULL);
  imagesearch_quota_free(NULL);
  imagesearch_add_report_free(NULL);
  imagesearch_bytes_free(NULL);
  imagesearch_operation_cancel(NULL);
  imagesearch_operation_free(NULL);
  imagesearch_queue_free(NULL);
  imagesearch_client_close(NULL);
  imagesearch_client_free(NULL);
}

/* The functions do what the macros do, and write no more than the caller has room for. */
static void structs_are_initialized(void) {
  union {
    imagesearch_client_options options;
    unsigned char bytes[sizeof(imagesearch_client_options) + 16];
  } room;
  imagesearch_client_options expected = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  size_t i;
  memset(&room, 0xaa, sizeof room);
  imagesearch_client_options_init(&room.options, sizeof(imagesearch_client_options));
  EXPECT(memcmp(&room.options, &expected, sizeof expected) == 0);
  for (i = sizeof expected; i < sizeof room; i++) EXPECT(room.bytes[i] == 0xaa);
  memset(&room, 0xaa, sizeof room);
  imagesearch_client_options_init(&room.options, 24); /* an older program, whose struct ends there */
  EXPECT(room.options.struct_size == 24 && room.options.base_url == NULL && room.bytes[24] == 0xaa);
  imagesearch_client_options_init(NULL, 24);
  memset(&room, 0xaa, sizeof room);
  imagesearch_client_options_init(&room.options, 1);
  EXPECT(room.bytes[0] == 0xaa);
}

static void opening_checks_its_options(void) {
  imagesearch_client *client = (imagesearch_client *)&failures;
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(NULL, NULL, &error, &client));
  EXPECT(client == NULL);
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.api_key = "key";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, NULL));
  keys.private_key = "private";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.private_key = NULL;
  keys.struct_size = 3;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.struct_size = (size_t)-1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.struct_size = sizeof keys;
  keys.api_key = "\xff\xfe";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.api_key = "line\nend";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, NULL, &error, &client));
  keys.api_key = "key";
  options.total_timeout = NAN;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.total_timeout = -1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.total_timeout = 0;
  options.maximum_attempts = 1000;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.maximum_attempts = 0;
  options.base_url = "ftp://example.org";
  REFUSED(IMAGESEARCH_INVALID_URL, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.base_url = "https://user:secret@example.org/";
  REFUSED(IMAGESEARCH_INVALID_URL, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.base_url = NULL;
  options.log_level = 15;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.log_level = 0;
  options.maximum_response_bytes = -1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.maximum_response_bytes = 0;
  options.maximum_connections = 100000;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.maximum_connections = 0;
  options.user_agent = "two\nlines";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  options.user_agent = NULL;
  keys.reserved = 1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_tineye_open(&keys, &options, &error, &client));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_open(NULL, NULL, NULL, &error, &client));
}

/* A newer program sets a field that this library does not know. */
static void structs_may_be_longer(void) {
  struct {
    imagesearch_tineye_options known;
    const char *added;
  } newer = {IMAGESEARCH_TINEYE_OPTIONS_INIT, NULL};
  imagesearch_client *client = NULL;
  newer.known.struct_size = sizeof newer;
  newer.known.api_key = "key";
  EXPECT(imagesearch_tineye_open(&newer.known, NULL, NULL, &client) == IMAGESEARCH_OK);
  imagesearch_client_free(client);
  newer.added = "value";
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_tineye_open(&newer.known, NULL, &error, &client));
}

static void calls_check_their_arguments(void) {
  static const uint8_t gibberish[] = "this is no image at all";
  static const uint8_t cut[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0};
  imagesearch_client *client = NULL;
  imagesearch_page *page = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_pages *pages = NULL;
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_parameter parameters[2] = {{"sort", "score"}, {"sort", "size"}};
  imagesearch_item items[2] = {IMAGESEARCH_ITEM_INIT, IMAGESEARCH_ITEM_INIT};
  int64_t count = 5;

  keys.api_key = "key";
  options.base_url = "http://127.0.0.1:9/rest"; /* the discard port: nothing listens, and nothing may be sent */
  EXPECT(imagesearch_tineye_open(&keys, &options, NULL, &client) == IMAGESEARCH_OK);

  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(NULL, &image, NULL, &error, &page));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, NULL, NULL, &error, &page));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, NULL, &error, &page));
  image.url = "https://example.org/a.jpg";
  image.path = "/nowhere";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, NULL, &error, &page));
  image.url = NULL;
  REFUSED(IMAGESEARCH_FILE_NOT_READABLE, imagesearch_search(client, &image, NULL, &error, &page));
  image.path = "/";
  REFUSED(IMAGESEARCH_FILE_NOT_READABLE, imagesearch_search(client, &image, NULL, &error, &page));
  image.path = NULL;
  image.bytes = gibberish;
  REFUSED(IMAGESEARCH_EMPTY_IMAGE, imagesearch_search(client, &image, NULL, &error, &page));
  image.byte_count = sizeof gibberish;
  REFUSED(IMAGESEARCH_NOT_AN_IMAGE, imagesearch_search(client, &image, NULL, &error, &page));
  image.bytes = cut;
  image.byte_count = sizeof cut;
  REFUSED(IMAGESEARCH_CORRUPT_IMAGE, imagesearch_search(client, &image, NULL, &error, &page));
  image.byte_count = (size_t)-1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, NULL, &error, &page));
  image.bytes = NULL;
  image.byte_count = 0;
  image.url = "no url";
  REFUSED(IMAGESEARCH_INVALID_URL, imagesearch_search(client, &image, NULL, &error, &page));
  image.url = "https://example.org/a.jpg";
  search.offset = -3;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.offset = INT64_MAX;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.offset = 0;
  search.limit = INT64_MIN;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.limit = 0;
  search.parameters = parameters;
  search.parameter_count = 2;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  parameters[1].name = "colour";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.parameter_count = (size_t)1 << 60;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.parameter_count = 0;
  call.total_timeout = 1e300;
  search.call = &call;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  EXPECT(page == NULL);

  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_image_count(client, NULL, &error, NULL));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_image_count(NULL, NULL, &error, &count));
  EXPECT(count == 0);
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_add_images(client, items, 2, NULL, &error, &report));
  items[0].item_id = items[1].item_id = "item";
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_add_images(client, items, 2, NULL, &error, &report));
  items[1].struct_size += 8; /* the elements of an array are all of one version */
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_add_images(client, items, 2, NULL, &error, &report));
  items[0].image_count = 1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_add_images(client, items, 1, NULL, &error, &report));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_add_images(client, items, (size_t)-1, NULL, &error, &report));
  search.mirrored = 3;
  image.url = "https://example.org/a.jpg";
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search(client, &image, &search, &error, &page));
  search.mirrored = 0;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_ensure_quota(client, 1, 0, NULL, &error, &quota));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_pages_open(client, NULL, NULL, &error, &pages));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_pages_next(NULL, NULL, &error, &page));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_queue_open(&error, NULL));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_queue_add(NULL, NULL, NULL, &error));
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_local_index_add_file(client, "/a.png", NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_remove_images(client, NULL, 4, NULL, &error, &count));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_overlay(client, NULL, NULL, 0, NULL, &error, &bytes));
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_local_index_add_folder(client, "/", NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_local_index_rebuild(client, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_UNSUPPORTED, imagesearch_local_index_copy(client, client, NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search_start(client, NULL, NULL, NULL, NULL, &error, &operation));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_operation_take_page(NULL, &error, &page));

  /* A started call: taken too early, by the wrong function, twice. */
  search = (imagesearch_search_options)IMAGESEARCH_SEARCH_OPTIONS_INIT;
  EXPECT(imagesearch_search_start(client, &image, &search, NULL, NULL, NULL, &operation) == IMAGESEARCH_OK);
  imagesearch_operation_cancel(operation);
  EXPECT(imagesearch_operation_wait(operation, -1) == IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_wait(operation, NAN) == IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_take_page(operation, NULL, &page) != IMAGESEARCH_OK && page == NULL);
  EXPECT(imagesearch_operation_take_report(operation, NULL, &report) != IMAGESEARCH_OK && report == NULL);
  imagesearch_operation_free(operation);

  imagesearch_client_close(client);
  REFUSED(IMAGESEARCH_CLOSED, imagesearch_search(client, &image, NULL, &error, &page));
  REFUSED(IMAGESEARCH_CLOSED, imagesearch_image_count(client, NULL, &error, &count));
  imagesearch_client_close(client);
  imagesearch_client_free(client);
}

static int32_t count_step(const imagesearch_batch_progress *progress, void *user_data) {
  EXPECT(progress->struct_size == sizeof *progress && progress->done <= progress->total);
  ++*(int *)user_data;
  return 0;
}

static void batches_check_their_arguments(void) {
  char folder[] = "/tmp/imagesearch-abuse-XXXXXX", path[64];
  imagesearch_client *index = NULL;
  imagesearch_add_report *report = (imagesearch_add_report *)8;
  imagesearch_operation *operation = NULL;
  imagesearch_batch_options batch = IMAGESEARCH_BATCH_OPTIONS_INIT;
  imagesearch_copy_options copy = IMAGESEARCH_COPY_OPTIONS_INIT;
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  int steps = 0;
  EXPECT(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/index", folder);
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_rebuild_at(NULL, NULL, NULL, NULL, &error, &report));
  EXPECT(report == NULL);
  REFUSED(IMAGESEARCH_INDEX_UNAVAILABLE, imagesearch_local_index_rebuild_at(path, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_local_index_open(path, NULL, NULL, NULL, &index) == IMAGESEARCH_OK);
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_folder(NULL, folder, NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_add_folder(index, NULL, NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_FILE_NOT_READABLE,
      imagesearch_local_index_add_folder(index, "/no/such", NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_add_folder(index, folder, NULL, NULL, NULL, NULL, &error, NULL));
  batch.threads = -1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_folder(index, folder, &batch, NULL, NULL, NULL, &error, &report));
  batch.threads = 0;
  batch.transaction_size = INT32_MAX;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_folder(index, folder, &batch, NULL, NULL, NULL, &error, &report));
  batch.transaction_size = 1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_items(index, &item, 1, &batch, NULL, NULL, NULL, &error, &report));
  batch.recursive = -1;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_folder(index, folder, &batch, NULL, NULL, NULL, &error, &report));
  batch.recursive = 0;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_add_items(index, NULL, 1, &batch, NULL, NULL, NULL, &error, &report));
  copy.call_size = -5;
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_copy(index, index, &copy, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_copy(index, NULL, NULL, NULL, NULL, NULL, &error, &report));
  REFUSED(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_rebuild_start(index, NULL, NULL, NULL, NULL, &error, NULL));
  image.path = "/no/such.jpg";
  item.item_id = "item";
  item.images = &image;
  item.image_count = 1;
  EXPECT(imagesearch_local_index_add_items_start(index, &item, 1, &batch, NULL, count_step, NULL, &steps, NULL, &operation) ==
         IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_wait(operation, -1) == IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_take_report(operation, NULL, &report) == IMAGESEARCH_OK);
  EXPECT(imagesearch_add_report_failed_count(report) == 1 && steps >= 1);
  imagesearch_add_report_free(report);
  imagesearch_operation_free(operation);
  EXPECT(imagesearch_local_index_rebuild(index, NULL, count_step, &steps, NULL, &report) == IMAGESEARCH_OK);
  imagesearch_add_report_free(report);
  imagesearch_client_close(index);
  REFUSED(IMAGESEARCH_CLOSED, imagesearch_local_index_add_folder(index, folder, NULL, NULL, NULL, NULL, &error, &report));
  imagesearch_client_free(index);
  snprintf(path, sizeof path, "rm -r %s", folder);
  EXPECT(system(path) == 0);
}

/* Groups are looked for by the first call for the next one, which is the latest that may refuse. */
static void refuses_groups(
    imagesearch_client *index, const imagesearch_group_options *options, const imagesearch_call_options *call) {
  imagesearch_groups *groups = NULL;
  imagesearch_group *group = NULL;
  imagesearch_error *error = NULL;
  imagesearch_status status = imagesearch_local_index_groups_open(index, options, call, NULL, NULL, &error, &groups);
  EXPECT((status == IMAGESEARCH_OK) == (groups != NULL && error == NULL));
  if (status == IMAGESEARCH_OK) status = imagesearch_groups_next(groups, &error, &group);
  if (status != IMAGESEARCH_INVALID_ARGUMENT)
    fprintf(stderr, "confidence %g, since %g, limit %lld, keep %d\n", options ? options->minimum_confidence : 0,
        options ? options->added_since : 0, options ? (long long)options->limit : 0, options ? (int)options->keep : 0);
  EXPECT(status == IMAGESEARCH_INVALID_ARGUMENT && group == NULL && imagesearch_error_status(error) == status);
  imagesearch_error_free(error);
  imagesearch_groups_free(groups);
}

/* Every field of the collection's structs with a value that it must not have; each is refused, and at once. */
static void the_collection_checks_its_arguments(void) {
  static const int64_t few[] = {-1, INT64_MIN, INT64_MAX};
  static const double none[] = {-0.5, 1.5, 1e300, -1e300, NAN, INFINITY, -INFINITY};
  char folder[] = "/tmp/imagesearch-abuse-XXXXXX", path[64];
  imagesearch_client *index = NULL;
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  imagesearch_group_options group = IMAGESEARCH_GROUP_OPTIONS_INIT;
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  imagesearch_subject first = IMAGESEARCH_SUBJECT_INIT, second = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_many_options many = IMAGESEARCH_MANY_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_items *items = NULL;
  imagesearch_images *images = NULL;
  imagesearch_comparison *comparison = NULL;
  imagesearch_results *results = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_page *page = NULL;
  imagesearch_categories *categories = NULL;
  const uint8_t query[] = "no query";
  int64_t number = 7;
  size_t i;
  EXPECT(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/index", folder);
  EXPECT(imagesearch_local_index_open(path, NULL, NULL, NULL, &index) == IMAGESEARCH_OK);
#define INVALID(call) REFUSED(IMAGESEARCH_INVALID_ARGUMENT, call)
  for (i = 0; i < sizeof none / sizeof *none; i++) {
    group.minimum_confidence = none[i];
    refuses_groups(index, &group, NULL);
    group.minimum_confidence = 0;
    if (!(fabs(none[i]) < 1e9)) { /* a date before 1970 is one */
      group.added_since = none[i];
      refuses_groups(index, &group, NULL);
      group.added_since = 0;
    }
    if (none[i] > 0 && none[i] < 1e9) continue;
    call.total_timeout = none[i];
    refuses_groups(index, NULL, &call);
    INVALID(imagesearch_local_index_prune(index, NULL, 0, &call, &error, &images));
    INVALID(imagesearch_local_index_categories(index, &call, &error, &categories));
    call.total_timeout = 0;
  }
  for (i = 0; i < sizeof few / sizeof *few; i++) {
    group.limit = few[i];
    refuses_groups(index, &group, NULL);
    group.limit = 0;
    group.keep = (imagesearch_keep)(few[i] >> 32 | 77);
    refuses_groups(index, &group, NULL);
    group.keep = 0;
    group.across_categories = (imagesearch_choice)(few[i] >> 32 | 4);
    refuses_groups(index, &group, NULL);
    group.across_categories = 0;
    many.concurrent = few[i];
    INVALID(imagesearch_search_many(index, &image, 0, NULL, &many, NULL, NULL, &error, &results));
    many.concurrent = 0;
    if (few[i] < 0) {
      many.maximum_paid_calls = few[i];
      INVALID(imagesearch_search_many(index, &image, 0, NULL, &many, NULL, NULL, &error, &results));
      many.maximum_paid_calls = 0;
      INVALID(imagesearch_local_index_search_encoded(index, query, (size_t)few[i], NULL, &error, &page));
    }
    INVALID(imagesearch_search_many(index, &image, (size_t)few[i], NULL, NULL, NULL, NULL, &error, &results));
    INVALID(imagesearch_local_index_items_open(index, 0, few[i], &error, &items));
    search.effort = (imagesearch_effort)(few[i] >> 32 | 9);
    INVALID(imagesearch_local_index_search_stored(index, "a", "a", &search, &error, &page));
    search.effort = 0;
  }
  group.relations = UINT32_MAX;
  refuses_groups(index, &group, NULL);
  group.relations = 0;
  group.category = "\xff\xfe";
  refuses_groups(index, &group, NULL);
  group.category = NULL;
  group.struct_size = 8;
  refuses_groups(index, &group, NULL);
  group.struct_size = (size_t)-1;
  refuses_groups(index, &group, NULL);
  update.struct_size = 1;
  INVALID(imagesearch_local_index_update(index, "a", NULL, &update, NULL, &error, &number));
  update.struct_size = sizeof update;
  INVALID(imagesearch_local_index_update(index, NULL, NULL, &update, NULL, &error, &number));
  REFUSED(IMAGESEARCH_NOT_FOUND, imagesearch_local_index_update(index, "a", NULL, NULL, NULL, &error, &number));
  EXPECT(number == 0);
  INVALID(imagesearch_local_index_compare(index, NULL, &second, NULL, &error, &comparison));
  INVALID(imagesearch_local_index_compare(index, &first, &second, NULL, &error, &comparison));
  first.item_id = "a";
  INVALID(imagesearch_local_index_compare(index, &first, &second, NULL, &error, &comparison)); /* a name is missing */
  first.image_name = "a";
  first.image = &image;
  INVALID(imagesearch_local_index_compare(index, &first, &first, NULL, &error, &comparison)); /* both ways at once */
  first.struct_size = 0;
  INVALID(imagesearch_local_index_compare(index, &first, &first, NULL, &error, &comparison));
  first = (imagesearch_subject)IMAGESEARCH_SUBJECT_INIT;
  first.item_id = first.image_name = "a";
  INVALID(imagesearch_local_index_compare_overlay(index, &first, &first, 1000, NULL, &error, &bytes));
  REFUSED(IMAGESEARCH_NOT_FOUND, imagesearch_local_index_compare(index, &first, &first, NULL, &error, &comparison));
  INVALID(imagesearch_local_index_item(index, NULL, NULL, &error, &images));
  INVALID(imagesearch_local_index_thumbnail(index, "a", NULL, NULL, &error, &bytes));
  INVALID(imagesearch_local_index_contains(index, "\xff", NULL, NULL, &error, &number));
  INVALID(imagesearch_local_index_same_bytes(index, NULL, NULL, &error, &images));
  INVALID(imagesearch_local_index_encode_query(index, NULL, NULL, 0, &error, &bytes));
  image.url = "https://example.org/a.jpg";
  INVALID(imagesearch_local_index_encode_query(index, &image, NULL, 12, &error, &bytes));
  INVALID(imagesearch_local_index_compact_query(NULL, 9, &error, &bytes));
  INVALID(imagesearch_local_index_compact_query(query, sizeof query, &error, &bytes));
  INVALID(imagesearch_local_index_search_encoded(index, NULL, 0, NULL, &error, &page));
  INVALID(imagesearch_local_index_search_encoded(index, query, sizeof query, NULL, &error, &page));
  INVALID(imagesearch_groups_next(NULL, &error, NULL));
  INVALID(imagesearch_items_next(NULL, NULL, &error, &images));
#undef INVALID
  EXPECT(!items && !images && !comparison && !results && !bytes && !page && !categories);
  imagesearch_client_free(index);
  snprintf(path, sizeof path, "rm -r %s", folder);
  EXPECT(system(path) == 0);
}

int main(void) {
  int i;
  accessors_accept_null();
  structs_are_initialized();
  opening_checks_its_options();
  structs_may_be_longer();
  for (i = 0; i < 3; i++) calls_check_their_arguments();
  batches_check_their_arguments();
  the_collection_checks_its_arguments();
  EXPECT(strcmp(imagesearch_version(), IMAGESEARCH_VERSION) == 0);
  EXPECT(imagesearch_abi_version() == IMAGESEARCH_ABI_VERSION);
  EXPECT(strcmp(imagesearch_status_name(IMAGESEARCH_NO_SEARCHES_LEFT), "noSearchesLeft") == 0);
  EXPECT(strcmp(imagesearch_status_name(-77), "unknown") == 0);
  EXPECT(
      strstr(imagesearch_build_info(), "libcurl ") != NULL && strstr(imagesearch_build_info(), "local-index yes\n") != NULL);
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
