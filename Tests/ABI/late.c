/*
 * Calls end when their time is over or when they are cancelled, also while a codec is at work on 100 megapixels.
 *   late local FOLDER IMAGE SMALL     calls of a local index
 *   late prepared BASE IMAGE          calls of Alibaba Cloud, which makes large images smaller first
 * Prints for each call how many milliseconds after its end it came back: the median and the worst of its rounds.
 */
#define _DEFAULT_SOURCE
#include "support.h"

enum { ROUNDS = 5 };

static const char *const local_calls[] = {"search", "search_many", "add_images", "add_items", "same_bytes", "encode_query",
    "compare", "compare_overlay", "overlay"};
static const char *const prepared_calls[] = {"search", "add_images"};

static imagesearch_client *client;
static imagesearch_image image, small;
static imagesearch_page *page;

static int by_size(const void *one, const void *other) {
  const double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

/* Makes the call: one that blocks with a time limit, or one in the background. */
static imagesearch_status make(const char *name, double seconds, imagesearch_operation **operation) {
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  imagesearch_subject first = IMAGESEARCH_SUBJECT_INIT, second = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_page *found = NULL;
  imagesearch_results *results = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_images *images = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_comparison *comparison = NULL;
  imagesearch_status status = IMAGESEARCH_INTERNAL_FAILURE;
  const imagesearch_match *match = imagesearch_page_match(page, 0);
  call.total_timeout = seconds;
  search.call = &call;
  item.item_id = "large";
  item.images = &image;
  item.image_count = 1;
  item.category = "3";
  first.image = &image;
  second.image = &small;
#define EITHER(blocking, background) status = operation ? (background) : (blocking)
  if (!strcmp(name, "search"))
    EITHER(imagesearch_search(client, &image, &search, NULL, &found),
        imagesearch_search_start(client, &image, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "search_many"))
    EITHER(imagesearch_search_many(client, &image, 1, &search, NULL, NULL, NULL, NULL, &results),
        imagesearch_search_many_start(client, &image, 1, NULL, NULL, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "add_images"))
    EITHER(imagesearch_add_images(client, &item, 1, &call, NULL, &report),
        imagesearch_add_images_start(client, &item, 1, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "add_items"))
    EITHER(imagesearch_local_index_add_items(client, &item, 1, NULL, &call, NULL, NULL, NULL, &report),
        imagesearch_local_index_add_items_start(client, &item, 1, NULL, NULL, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "same_bytes"))
    EITHER(imagesearch_local_index_same_bytes(client, &image, &call, NULL, &images),
        imagesearch_local_index_same_bytes_start(client, &image, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "encode_query"))
    EITHER(imagesearch_local_index_encode_query(client, &image, &search, 0, NULL, &bytes),
        imagesearch_local_index_encode_query_start(client, &image, NULL, 0, NULL, NULL, NULL, operation));
  if (!strcmp(name, "compare"))
    EITHER(imagesearch_local_index_compare(client, &first, &second, &call, NULL, &comparison),
        imagesearch_local_index_compare_start(client, &first, &second, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "compare_overlay"))
    EITHER(imagesearch_local_index_compare_overlay(client, &first, &second, 0, &call, NULL, &bytes),
        imagesearch_local_index_compare_overlay_start(client, &first, &second, 0, NULL, NULL, NULL, NULL, operation));
  if (!strcmp(name, "overlay"))
    EITHER(imagesearch_overlay(client, &image, match, 0, &call, NULL, &bytes),
        imagesearch_overlay_start(client, &image, match, 0, NULL, NULL, NULL, NULL, operation));
  imagesearch_page_free(found);
  imagesearch_results_free(results);
  imagesearch_add_report_free(report);
  imagesearch_images_free(images);
  imagesearch_bytes_free(bytes);
  imagesearch_comparison_free(comparison);
  return status;
}

static void show(const char *name, const char *end, double *late, int count) {
  qsort(late, (size_t)count, sizeof *late, by_size);
  printf("%s %s %.0f %.0f\n", name, end, late[count / 2] * 1e3, late[count - 1] * 1e3);
}

static void measure(const char *name) {
  double late[ROUNDS];
  int round;
  for (round = 0; round < ROUNDS; round++) {
    const double seconds = 0.03 + 0.06 * round, begun = now();
    make(name, seconds, NULL);
    late[round] = now() - begun - seconds;
    /* Only what looks at the bytes alone may be done before. */
    EXPECT(late[round] > -0.01 || !strcmp(name, "same_bytes"));
  }
  show(name, "deadline", late, ROUNDS);
  for (round = 0; round < ROUNDS; round++) {
    imagesearch_operation *operation = NULL;
    double begun;
    EXPECT(make(name, 0, &operation) == IMAGESEARCH_OK);
    nap(0.03 + 0.06 * round);
    begun = now();
    imagesearch_operation_cancel(operation);
    EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
    imagesearch_operation_free(operation);
    late[round] = now() - begun;
  }
  show(name, "cancel", late, ROUNDS);
}

int main(int count, char **arguments) {
  size_t i;
  double begun;
  imagesearch_operation *operation = NULL;
  if (count < 4) return 2;
  alarm(280);
  image = file(arguments[3]);
  if (!strcmp(arguments[1], "local")) {
    imagesearch_item item = IMAGESEARCH_ITEM_INIT;
    imagesearch_add_report *report = NULL;
    small = file(arguments[4]);
    item.item_id = "small";
    item.images = &small;
    item.image_count = 1;
    client = open_index(arguments[2]);
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_add_images(client, &item, 1, NULL, &error, &report));
    imagesearch_add_report_free(report);
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &small, NULL, &error, &page));
    for (i = 0; i < sizeof local_calls / sizeof *local_calls; i++) measure(local_calls[i]);
  } else {
    client = open_alibaba_cloud(arguments[2]);
    for (i = 0; i < sizeof prepared_calls / sizeof *prepared_calls; i++) measure(prepared_calls[i]);
  }
  /* Closing and freeing do not wait for a codec either. */
  EXPECT(make("search", 0, &operation) == IMAGESEARCH_OK);
  nap(0.2);
  begun = now();
  imagesearch_client_close(client);
  EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
  imagesearch_operation_free(operation);
  imagesearch_page_free(page);
  imagesearch_client_free(client);
  begun = now() - begun;
  show("close and", "free", &begun, 1);
  return finish();
}
