/*
 * Callbacks of the collection's calls and of lists: each frees what it was called for, closes or frees its client, or makes another call
 * that blocks. Nothing crashes and everything ends.
 *   reenter FOLDER IMAGE OTHER
 */
#define _DEFAULT_SOURCE
#include "support.h"

enum { COPIES = 12 };

static const char *folder, *image_path, *other_path;
static sem_t called;
static imagesearch_client *client;
static imagesearch_groups *groups;
static imagesearch_items *items;
static int calls;

static imagesearch_client *fill(const char *name) {
  char path[512], id[16];
  imagesearch_client *index;
  int i;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  index = open_index(path);
  for (i = 0; i < COPIES; i++) {
    imagesearch_image image = file(i % 3 ? image_path : other_path);
    imagesearch_item item = IMAGESEARCH_ITEM_INIT;
    imagesearch_add_report *report = NULL;
    snprintf(id, sizeof id, "%d", i);
    item.item_id = id;
    item.images = &image;
    item.image_count = 1;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_add_images(index, &item, 1, NULL, &error, &report));
    imagesearch_add_report_free(report);
  }
  return index;
}

static void expect_call(const char *what) {
  if (wait_for(&called, 60) != 0) {
    fprintf(stderr, "%s: no callback in 60 s\n", what);
    _exit(3);
  }
}

static void frees_its_operation(imagesearch_operation *operation, void *context) {
  (void)context;
  imagesearch_operation_free(operation);
  sem_post(&called);
}

static void frees_the_groups(imagesearch_operation *operation, void *context) {
  imagesearch_group *group = NULL;
  (void)context;
  EXPECT(imagesearch_operation_take_group(operation, NULL, &group) == IMAGESEARCH_OK && group != NULL);
  imagesearch_groups_free(groups);
  EXPECT(imagesearch_group_member_count(group) > 1);
  imagesearch_group_free(group);
  imagesearch_operation_free(operation);
  sem_post(&called);
}

static int32_t closes_the_client(const imagesearch_batch_progress *progress, void *context) {
  (void)progress, (void)context;
  imagesearch_client_close(client);
  return 0;
}

static int32_t frees_the_client(const imagesearch_batch_progress *progress, void *context) {
  (void)progress, (void)context;
  imagesearch_client_free(client);
  client = NULL;
  return 0;
}

/* A chain over the pages of the items, each started by the completion of the one before. */
static void starts_the_next(imagesearch_operation *operation, void *context) {
  imagesearch_images *images = NULL;
  imagesearch_operation *next = NULL;
  EXPECT(imagesearch_operation_take_images(operation, NULL, &images) == IMAGESEARCH_OK);
  imagesearch_operation_free(operation);
  if (images == NULL) {
    imagesearch_items_free(items);
    sem_post(&called);
    return;
  }
  calls += (int)imagesearch_images_count(images);
  imagesearch_images_free(images);
  EXPECT(imagesearch_items_next_start(items, NULL, starts_the_next, context, NULL, &next) == IMAGESEARCH_OK);
}

/* Every call that blocks, in a completion. */
static void blocks(imagesearch_operation *operation, void *context) {
  imagesearch_image image = file(image_path);
  imagesearch_subject subject = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_comparison *comparison = NULL;
  imagesearch_images *images = NULL;
  imagesearch_results *results = NULL;
  imagesearch_groups *own = NULL;
  imagesearch_group *group = NULL;
  imagesearch_bytes *query = NULL;
  imagesearch_page *page = NULL;
  size_t length = 0;
  const uint8_t *bytes;
  (void)context;
  subject.image = &image;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_compare(client, &subject, &subject, NULL, &error, &comparison));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune(client, NULL, 0, NULL, &error, &images));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_many(client, &image, 1, NULL, NULL, NULL, NULL, &error, &results));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_groups_open(client, NULL, NULL, NULL, NULL, &error, &own));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_groups_next(own, &error, &group));
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_encode_query(client, &image, NULL, IMAGESEARCH_QUERY_COMPACT, &error, &query));
  bytes = imagesearch_bytes_data(query, &length);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_search_encoded(client, bytes, length, NULL, &error, &page));
  EXPECT(imagesearch_page_match_count(page) > 1 && imagesearch_group_member_count(group) > 1);
  EXPECT(imagesearch_operation_wait(operation, -1) == IMAGESEARCH_INVALID_ARGUMENT); /* it would wait for itself */
  imagesearch_comparison_free(comparison);
  imagesearch_images_free(images);
  imagesearch_results_free(results);
  imagesearch_group_free(group);
  imagesearch_groups_free(own);
  imagesearch_bytes_free(query);
  imagesearch_page_free(page);
  imagesearch_operation_free(operation);
  sem_post(&called);
}

static void groups_are_freed_by_their_callbacks(void) {
  imagesearch_operation *operation = NULL;
  imagesearch_group *group = NULL;
  imagesearch_status status;
  client = fill("groups");
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_groups_open(client, NULL, NULL, NULL, NULL, &error, &groups));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_groups_next_start(groups, frees_the_groups, NULL, &error, &operation));
  expect_call("groups");
  /* The client goes while its groups are looked for. */
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_groups_open(client, NULL, NULL, closes_the_client, NULL, &error, &groups));
  status = imagesearch_groups_next(groups, NULL, &group);
  EXPECT(status == IMAGESEARCH_CLOSED || (status == IMAGESEARCH_OK && group != NULL)); /* found before it was told */
  imagesearch_group_free(group);
  imagesearch_groups_free(groups);
  imagesearch_client_free(client);
}

static void clients_are_freed_by_progress(void) {
  imagesearch_image images[COPIES];
  imagesearch_operation *operation = NULL;
  imagesearch_results *results = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_error *error = NULL;
  size_t i;
  for (i = 0; i < COPIES; i++) images[i] = file(i % 2 ? image_path : other_path);
  client = fill("many");
  EXPECT(imagesearch_search_many_start(client, images, COPIES, NULL, NULL, frees_the_client, NULL, NULL, NULL, &operation) ==
         IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_take_results(operation, NULL, &results) == IMAGESEARCH_OK);
  EXPECT(imagesearch_results_count(results) == COPIES);
  imagesearch_results_free(results);
  imagesearch_operation_free(operation);
  client = fill("rebuild");
  EXPECT(
      imagesearch_local_index_rebuild_start(client, NULL, frees_the_client, NULL, NULL, NULL, &operation) == IMAGESEARCH_OK);
  EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
  (void)imagesearch_operation_take_report(operation, &error, &report);
  EXPECT((report == NULL) == (error != NULL));
  imagesearch_add_report_free(report);
  imagesearch_error_free(error);
  imagesearch_operation_free(operation);
}

static void completions_call_back(void) {
  imagesearch_image image = file(image_path);
  imagesearch_subject subject = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  imagesearch_operation *operation = NULL;
  client = fill("completions");
  subject.image = &image;
  update.category = "called";
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_items_open(client, 0, 1, &error, &items));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_items_next_start(items, NULL, starts_the_next, NULL, &error, &operation));
  expect_call("items");
  EXPECT(calls == COPIES);
  EXPECT_STATUS(IMAGESEARCH_OK,
      imagesearch_local_index_compare_start(client, &subject, &subject, NULL, blocks, NULL, &error, &operation));
  expect_call("compare");
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune_start(client, NULL, 0, NULL, blocks, NULL, &error, &operation));
  expect_call("prune");
  EXPECT_STATUS(IMAGESEARCH_OK,
      imagesearch_local_index_update_start(client, "1", NULL, &update, NULL, frees_its_operation, NULL, &error, &operation));
  expect_call("update");
  EXPECT_STATUS(IMAGESEARCH_OK,
      imagesearch_local_index_encode_query_start(client, &image, NULL, 0, frees_its_operation, NULL, &error, &operation));
  expect_call("encode");
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_categories_start(client, NULL, frees_its_operation, NULL, &error, &operation));
  expect_call("categories");
  imagesearch_client_free(client);
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  folder = arguments[1];
  image_path = arguments[2];
  other_path = arguments[3];
  sem_init(&called, 0, 0);
  alarm(280);
  groups_are_freed_by_their_callbacks();
  clients_are_freed_by_progress();
  completions_call_back();
  return finish();
}
