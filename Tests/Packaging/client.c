/*
 * A client built against an older or newer header: client INDEX IMAGE COPY
 *
 * The test compiles it against the frozen header and against one whose structs have grown (packaging/abi/grow.py, with -DGROWN), and
 * runs both with the present object; scripts/check-growth.sh runs the frozen one with an object whose structs have grown.
 */
#include <imagesearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static imagesearch_error *error = NULL;

#define EXPECT(condition)                                                                                                    \
  do {                                                                                                                       \
    if (!(condition)) {                                                                                                      \
      fprintf(stderr, "client.c:%d: %s (%s)\n", __LINE__, #condition, error ? imagesearch_error_message(error) : "");        \
      exit(1);                                                                                                               \
    }                                                                                                                        \
  } while (0)

/* A struct that the library fills in, followed by guard bytes. */
#define WATCHED(type, name)                                                                                                  \
  struct {                                                                                                                   \
    type value;                                                                                                              \
    unsigned char behind[256];                                                                                               \
  } name;                                                                                                                    \
  memset(&name, 0x5a, sizeof name);                                                                                          \
  memset(&name.value, 0, sizeof name.value);                                                                                 \
  name.value.struct_size = sizeof(type)

static void expect_untouched(const unsigned char *behind) {
  size_t i;
  for (i = 0; i < 256; i++) EXPECT(behind[i] == 0x5a);
}

#ifdef GROWN
/* Unknown result fields read as zero, whatever their value before, and unknown options that are set are refused. */
#define EXPECT_LATER_FIELDS_EMPTY(value) EXPECT((value).later_number == 0 && (value).later_text == NULL)
#define SOIL(value) ((value).later_number = 7, (value).later_text = "soiled")
#else
#define EXPECT_LATER_FIELDS_EMPTY(value) ((void)0)
#define SOIL(value) ((void)0)
#endif

int main(int count, char **arguments) {
  imagesearch_client *client = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_page *page = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_local_index_options options = IMAGESEARCH_LOCAL_INDEX_OPTIONS_INIT;
  imagesearch_client_options settings = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_image images[2] = {IMAGESEARCH_IMAGE_INIT, IMAGESEARCH_IMAGE_INIT};
  imagesearch_item items[2] = {IMAGESEARCH_ITEM_INIT, IMAGESEARCH_ITEM_INIT};
  size_t i;
  EXPECT(count == 4);
  EXPECT(imagesearch_abi_version() == IMAGESEARCH_ABI_VERSION);

  /* Options, with this program's struct size. */
  options.thumbnail_side = 64;
  settings.maximum_attempts = 2;
  EXPECT(imagesearch_local_index_open(arguments[1], &options, &settings, &error, &client) == IMAGESEARCH_OK);

  /* Arrays, whose stride is this program's. */
  for (i = 0; i < 2; i++) {
    images[i].path = arguments[2 + i];
    items[i].item_id = i ? "copy" : "original";
    items[i].images = &images[i];
    items[i].image_count = 1;
  }
  call.total_timeout = 60;
  EXPECT(imagesearch_add_images(client, items, 2, &call, &error, &report) == IMAGESEARCH_OK);
  EXPECT(imagesearch_add_report_count(report) == 2);
  for (i = 0; i < 2; i++) {
    WATCHED(imagesearch_add_entry, entry);
    SOIL(entry.value);
    EXPECT(imagesearch_add_report_entry(report, i, &entry.value) == IMAGESEARCH_OK);
    EXPECT(strcmp(entry.value.item_id, i ? "copy" : "original") == 0 && entry.value.outcome == IMAGESEARCH_OUTCOME_ADDED);
    EXPECT_LATER_FIELDS_EMPTY(entry.value);
    expect_untouched(entry.behind);
  }
  imagesearch_add_report_free(report);

  search.limit = 10;
  search.call = &call;
  EXPECT(imagesearch_search(client, &images[1], &search, &error, &page) == IMAGESEARCH_OK);
  EXPECT(imagesearch_page_match_count(page) == 2);
  for (i = 0; i < 2; i++) {
    WATCHED(imagesearch_match_fields, match);
    SOIL(match.value);
    EXPECT(imagesearch_match_read(imagesearch_page_match(page, i), &match.value) == IMAGESEARCH_OK);
    EXPECT(strcmp(match.value.item_id, i ? "original" : "copy") == 0 && match.value.confidence > 0.5);
    EXPECT(match.value.struct_size == sizeof match.value);
    EXPECT_LATER_FIELDS_EMPTY(match.value);
    expect_untouched(match.behind);
  }
  {
    WATCHED(imagesearch_page_fields, fields);
    SOIL(fields.value);
    EXPECT(imagesearch_page_read(page, &fields.value) == IMAGESEARCH_OK);
    EXPECT_LATER_FIELDS_EMPTY(fields.value);
    expect_untouched(fields.behind);
  }
  imagesearch_page_free(page);

  EXPECT(imagesearch_get_quota(client, &call, &error, &quota) == IMAGESEARCH_OK);
  {
    WATCHED(imagesearch_quota_fields, fields);
    SOIL(fields.value);
    EXPECT(imagesearch_quota_read(quota, &fields.value) == IMAGESEARCH_OK);
    EXPECT_LATER_FIELDS_EMPTY(fields.value);
    expect_untouched(fields.behind);
  }
  imagesearch_quota_free(quota);

  /* Structs shorter than those of 1.0 are refused, and nothing is written into them. */
  {
    WATCHED(imagesearch_error_fields, fields);
    images[0].path = "/nonexistent";
    EXPECT(imagesearch_search(client, &images[0], NULL, &error, &page) == IMAGESEARCH_FILE_NOT_READABLE);
    fields.value.struct_size = sizeof(size_t);
    EXPECT(imagesearch_error_read(error, &fields.value) == IMAGESEARCH_INVALID_ARGUMENT);
    EXPECT(fields.value.status == 0 && fields.value.message == NULL);
    fields.value.struct_size = sizeof fields.value;
    SOIL(fields.value);
    EXPECT(imagesearch_error_read(error, &fields.value) == IMAGESEARCH_OK);
    EXPECT(fields.value.status == IMAGESEARCH_FILE_NOT_READABLE && fields.value.message != NULL);
    EXPECT_LATER_FIELDS_EMPTY(fields.value);
    expect_untouched(fields.behind);
    imagesearch_error_free(error);
    error = NULL;
  }

#ifdef GROWN
  /* Options that the library does not know are an error and not ignored, in each struct that is passed to it. */
  images[1].later_number = 1;
  EXPECT(imagesearch_search(client, &images[1], NULL, NULL, &page) == IMAGESEARCH_UNSUPPORTED);
  images[1].later_number = 0;
  search.later_text = "";
  EXPECT(imagesearch_search(client, &images[1], &search, NULL, &page) == IMAGESEARCH_UNSUPPORTED);
  search.later_text = NULL;
  call.later_number = 1;
  EXPECT(imagesearch_search(client, &images[1], &search, NULL, &page) == IMAGESEARCH_UNSUPPORTED);
  call.later_number = 0;
  items[1].later_number = 1;
  EXPECT(imagesearch_add_images(client, items, 2, NULL, NULL, &report) == IMAGESEARCH_UNSUPPORTED);
#endif
  imagesearch_client_free(client);
  puts("compatible");
  return 0;
}
