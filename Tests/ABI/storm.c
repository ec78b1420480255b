/*
 * 128 threads search, start and cancel, ask what is left, add, read, look through the collection, change it and close at once, on
 * clients of TinEye and of a local index:
 *   storm BASE_URL FOLDER IMAGE ROUNDS
 * Every call ends in one of the ways that the header allows. scripts/sanitize.sh runs it under the thread sanitizer.
 */
#include <imagesearch.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 128 };

static imagesearch_client *tineye, *local;
static const char *image_path;
static atomic_int answers, cancelled, closed, failures;

static void tally(imagesearch_status status, imagesearch_error *error) {
  if (status == IMAGESEARCH_OK) {
    atomic_fetch_add(&answers, 1);
  } else if (status == IMAGESEARCH_CANCELLED) {
    atomic_fetch_add(&cancelled, 1);
  } else if (status == IMAGESEARCH_CLOSED) {
    atomic_fetch_add(&closed, 1);
  } else if (status == IMAGESEARCH_NOT_FOUND) {
    /* Of what another thread adds, changes or has not added yet. */
    atomic_fetch_add(&answers, 1);
  } else {
    atomic_fetch_add(&failures, 1);
    fprintf(stderr, "%s: %s\n", imagesearch_status_name(status), imagesearch_error_message(error));
  }
  if ((status == IMAGESEARCH_OK) != (error == NULL)) atomic_fetch_add(&failures, 1);
  imagesearch_error_free(error);
}

static void read_page(imagesearch_page *page) {
  size_t i;
  for (i = 0; i < imagesearch_page_match_count(page); i++) {
    imagesearch_match_fields match = IMAGESEARCH_MATCH_FIELDS_INIT;
    if (imagesearch_match_read(imagesearch_page_match(page, i), &match) != IMAGESEARCH_OK) atomic_fetch_add(&failures, 1);
    if (match.item_id == NULL && match.image_url == NULL) atomic_fetch_add(&failures, 1);
  }
  imagesearch_page_free(page);
}

static void search(imagesearch_client *client, const imagesearch_image *image) {
  imagesearch_search_options options = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  imagesearch_page *page = NULL;
  imagesearch_status status;
  options.limit = 3;
  status = imagesearch_search(client, image, &options, &error, &page);
  read_page(page);
  tally(status, error);
}

static void on_end(imagesearch_operation *operation, void *ended) {
  (void)operation;
  atomic_fetch_add((atomic_int *)ended, 1);
}

static void start_and_cancel(imagesearch_client *client, const imagesearch_image *image, int number) {
  imagesearch_error *error = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_page *page = NULL;
  atomic_int ended = 0;
  imagesearch_status status = imagesearch_search_start(client, image, NULL, on_end, &ended, &error, &operation);
  if (status != IMAGESEARCH_OK) {
    tally(status, error);
    return;
  }
  if (number % 2) imagesearch_operation_wait(operation, 0.001 * (number % 7));
  imagesearch_operation_cancel(operation);
  imagesearch_operation_wait(operation, -1);
  status = imagesearch_operation_take_page(operation, &error, &page);
  read_page(page);
  tally(status, error);
  imagesearch_operation_free(operation);
  if (atomic_load(&ended) != 1) atomic_fetch_add(&failures, 1);
}

static void add(int number) {
  imagesearch_image file = IMAGESEARCH_IMAGE_INIT;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  imagesearch_error *error = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_status status;
  char name[32];
  sprintf(name, "item-%d", number);
  file.path = image_path;
  item.item_id = name;
  item.images = &file;
  item.image_count = 1;
  status = imagesearch_add_images(local, &item, 1, NULL, &error, &report);
  imagesearch_add_report_free(report);
  tally(status, error);
}

static void remaining(imagesearch_client *client) {
  imagesearch_error *error = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_status status = imagesearch_remaining_searches(client, NULL, &error, &quota);
  imagesearch_quota_free(quota);
  tally(status, error);
}

static void read_images(imagesearch_images *images) {
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  size_t i;
  for (i = 0; i < imagesearch_images_count(images); i++) {
    if (imagesearch_images_read(images, i, &image) != IMAGESEARCH_OK || strlen(image.sha256) != 64)
      atomic_fetch_add(&failures, 1);
  }
  imagesearch_images_free(images);
}

static void list(void) {
  imagesearch_error *error = NULL;
  imagesearch_items *items = NULL;
  imagesearch_images *images = NULL;
  imagesearch_status status = imagesearch_local_index_items_open(local, 0, 2, &error, &items);
  while (status == IMAGESEARCH_OK) {
    status = imagesearch_items_next(items, NULL, &error, &images);
    if (images == NULL) break;
    read_images(images);
  }
  imagesearch_items_free(items);
  tally(status, error);
}

static void group(int number) {
  imagesearch_error *error = NULL;
  imagesearch_groups *groups = NULL;
  imagesearch_group *found = NULL;
  imagesearch_status status = imagesearch_local_index_groups_open(local, NULL, NULL, NULL, NULL, &error, &groups);
  while (status == IMAGESEARCH_OK) {
    imagesearch_group_member member = IMAGESEARCH_GROUP_MEMBER_INIT;
    status = imagesearch_groups_next(groups, &error, &found);
    if (found == NULL) break;
    if (imagesearch_group_read(found, 0, &member) != IMAGESEARCH_OK) atomic_fetch_add(&failures, 1);
    imagesearch_group_free(found);
    /* Left in the middle. */
    if (number % 3 == 0) break;
  }
  imagesearch_groups_free(groups);
  tally(status, error);
}

static void compare(const imagesearch_image *image) {
  imagesearch_error *error = NULL;
  imagesearch_comparison *comparison = NULL;
  imagesearch_subject one = IMAGESEARCH_SUBJECT_INIT, other = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_status status;
  one.image = image;
  other.item_id = "item-6";
  other.image_name = "melon.png";
  status = imagesearch_local_index_compare(local, &one, &other, NULL, &error, &comparison);
  imagesearch_comparison_free(comparison);
  tally(status, error);
}

static void change(int number) {
  imagesearch_error *error = NULL;
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  int64_t count = 0;
  imagesearch_status status;
  update.category = number % 2 ? "odd" : "even";
  status = imagesearch_local_index_update(local, "item-6", NULL, &update, NULL, &error, &count);
  tally(status, error);
}

static void look(int number, const imagesearch_image *image) {
  imagesearch_error *error = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_images *images = NULL;
  imagesearch_page *page = NULL;
  imagesearch_categories *categories = NULL;
  imagesearch_subject one = IMAGESEARCH_SUBJECT_INIT, other = IMAGESEARCH_SUBJECT_INIT;
  int64_t count = 0;
  imagesearch_status status;
  switch (number % 9) {
  case 7: status = imagesearch_local_index_item(local, "item-6", NULL, &error, &images); break;
  case 8: status = imagesearch_local_index_count(local, number % 2 ? NULL : "even", NULL, &error, &count); break;
  case 5: status = imagesearch_local_index_categories(local, NULL, &error, &categories); break;
  case 6:
    one.image = other.image = image;
    status = imagesearch_local_index_compare_overlay(local, &one, &other, IMAGESEARCH_OVERLAY_BLEND, NULL, &error, &bytes);
    break;
  case 0: status = imagesearch_local_index_thumbnail(local, "item-6", "melon.png", NULL, &error, &bytes); break;
  case 1: status = imagesearch_local_index_same_bytes(local, image, NULL, &error, &images); break;
  case 2: status = imagesearch_local_index_contains(local, "item-6", NULL, NULL, &error, &count); break;
  case 3: status = imagesearch_local_index_prune(local, NULL, 1, NULL, &error, &images); break;
  default: status = imagesearch_local_index_search_stored(local, "item-6", "melon.png", NULL, &error, &page);
  }
  imagesearch_bytes_free(bytes);
  imagesearch_categories_free(categories);
  read_images(images);
  read_page(page);
  tally(status, error);
}

static void many(imagesearch_client *client, const imagesearch_image *image) {
  imagesearch_error *error = NULL;
  imagesearch_results *results = NULL;
  imagesearch_image images[3];
  size_t i;
  imagesearch_status status;
  images[0] = images[1] = images[2] = *image;
  status = imagesearch_search_many(client, images, 3, NULL, NULL, NULL, NULL, &error, &results);
  for (i = 0; i < imagesearch_results_count(results); i++) {
    if ((imagesearch_results_page(results, i) == NULL) == (imagesearch_results_error(results, i) == NULL))
      atomic_fetch_add(&failures, 1);
  }
  imagesearch_results_free(results);
  tally(status, error);
}

static void *work(void *argument) {
  int number = (int)(size_t)argument;
  imagesearch_image file = IMAGESEARCH_IMAGE_INIT, url = IMAGESEARCH_IMAGE_INIT;
  file.path = image_path;
  url.url = "https://tineye.com/images/meloncat.jpg";
  switch (number % 16) {
  case 0: search(tineye, &url); break;
  case 1: search(tineye, &file); break;
  case 2: start_and_cancel(tineye, &url, number); break;
  case 3: remaining(tineye); break;
  case 4: search(local, &file); break;
  case 5: start_and_cancel(local, &file, number); break;
  case 6: add(number); break;
  case 7: list(); break;
  case 8: group(number); break;
  case 9: compare(&file); break;
  case 10: change(number); break;
  case 11:
  case 12: look(number, &file); break;
  case 13: many(local, &file); break;
  case 14: many(tineye, &url); break;
  default:
    search(tineye, &url);
    /* In the middle of everything, and more than once. */
    if (number > 80) imagesearch_client_close(tineye);
    if (number > 112) imagesearch_client_close(local);
  }
  return NULL;
}

int main(int count, char **arguments) {
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  pthread_t threads[THREADS];
  int round, i;
  if (count != 5) return 2;
  image_path = arguments[3];
  keys.api_key = "test-key";
  options.base_url = arguments[1];
  options.maximum_concurrent = 16;
  options.requests_per_minute = 1000000;
  for (round = 0; round < atoi(arguments[4]); round++) {
    if (imagesearch_tineye_open(&keys, &options, &error, &tineye) != IMAGESEARCH_OK ||
        imagesearch_local_index_open(arguments[2], NULL, NULL, &error, &local) != IMAGESEARCH_OK) {
      fprintf(stderr, "%s\n", imagesearch_error_message(error));
      return 1;
    }
    for (i = 0; i < THREADS; i++) {
      if (pthread_create(&threads[i], NULL, work, (void *)(size_t)i) != 0) return 3;
    }
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    imagesearch_client_free(tineye);
    imagesearch_client_free(local);
  }
  printf("%d answers, %d cancelled, %d closed, %d failures\n", answers, cancelled, closed, failures);
  return failures != 0 || answers == 0;
}
