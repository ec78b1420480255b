/*
 * What is stored in a local index: items, groups, compare, thumbnails, update, prune, searching by a stored image.
 *   collection FOLDER IMAGE OTHER
 * Two images that are different; copies of the first are added under several names.
 */
#include "support.h"
#include <sys/stat.h>

static const char *folder, *image_path, *other_path;
static imagesearch_client *local;

static void add(const char *item_id, const char *path) {
  imagesearch_image image = file(path);
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  imagesearch_add_report *report = NULL;
  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  item.item_id = item_id;
  item.category = "photos";
  item.images = &image;
  item.image_count = 1;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_add_images(local, &item, 1, NULL, &error, &report));
  EXPECT(imagesearch_add_report_entry(report, 0, &entry) == IMAGESEARCH_OK && entry.outcome == IMAGESEARCH_OUTCOME_ADDED);
  imagesearch_add_report_free(report);
}

static void copy_file(const char *source, const char *folder_path, const char *name) {
  char path[512];
  FILE *from = fopen(source, "rb"), *to;
  int byte;
  snprintf(path, sizeof path, "%s/%s", folder_path, name);
  to = fopen(path, "wb");
  EXPECT(from != NULL && to != NULL);
  while ((byte = fgetc(from)) != EOF) fputc(byte, to);
  fclose(from);
  fclose(to);
}

static void items_come_in_their_order(void) {
  static const char *const expected[] = {"a", "b", "c", "d"};
  imagesearch_items *items = NULL;
  imagesearch_images *images = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  size_t found = 0, i;
  int64_t position = 0, number = -1;
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_items_open(local, 0, 0, &error, &items));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_items_open(local, 0, 3, &error, &items));
  for (;;) {
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_items_next_start(items, NULL, NULL, NULL, &error, &operation));
    EXPECT(imagesearch_operation_wait(operation, 20) == IMAGESEARCH_OK);
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_images(operation, &error, &images));
    imagesearch_operation_free(operation);
    if (images == NULL || found > 100) break;
    for (i = 0; i < imagesearch_images_count(images); i++, found++) {
      EXPECT(imagesearch_images_read(images, i, &image) == IMAGESEARCH_OK && image.position > position);
      EXPECT(found < 4 && strcmp(image.item_id, expected[found]) == 0 && strcmp(image.category, "photos") == 0);
      EXPECT(image.width > 0 && image.file_size > 0 && strlen(image.sha256) == 64 && image.added_at > 1.7e9);
      EXPECT(image.source_path != NULL && image.source_path[0] == '/');
      position = image.position;
    }
    EXPECT(imagesearch_images_read(images, i, &image) == IMAGESEARCH_INVALID_ARGUMENT && image.item_id == NULL);
    imagesearch_images_free(images);
  }
  EXPECT(found == 4);
  imagesearch_items_free(items);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_item(local, "a", NULL, &error, &images));
  EXPECT(imagesearch_images_count(images) == 1);
  imagesearch_images_free(images);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_item(local, "no such", NULL, &error, &images));
  EXPECT(images != NULL && imagesearch_images_count(images) == 0);
  imagesearch_images_free(images);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_contains(local, "a", NULL, NULL, &error, &number));
  EXPECT(number == 1);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_contains(local, "a", "no such", NULL, &error, &number));
  EXPECT(number == 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_count(local, "photos", NULL, &error, &number));
  EXPECT(number == 4);
}

/* A second call while the first one runs is refused. The first one may have ended before it, so this is tried more than once. */
static void one_list_is_read_by_one_call_at_a_time(void) {
  int refused = 0, tries;
  for (tries = 0; tries < 1000 && refused == 0; tries++) {
    imagesearch_items *items = NULL;
    imagesearch_images *images = NULL;
    imagesearch_operation *operation = NULL;
    imagesearch_error *busy = NULL;
    imagesearch_status status;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_items_open(local, 0, 1, &error, &items));
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_items_next_start(items, NULL, NULL, NULL, &error, &operation));
    status = imagesearch_items_next(items, NULL, &busy, &images);
    EXPECT(status == IMAGESEARCH_OK || (status == IMAGESEARCH_INVALID_ARGUMENT && busy != NULL && images == NULL));
    refused += status == IMAGESEARCH_INVALID_ARGUMENT;
    imagesearch_error_free(busy);
    imagesearch_images_free(images);
    EXPECT(imagesearch_operation_wait(operation, 20) == IMAGESEARCH_OK);
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_images(operation, &error, &images));
    EXPECT(imagesearch_images_count(images) == 1);
    imagesearch_images_free(images);
    imagesearch_operation_free(operation);
    imagesearch_items_free(items);
  }
  EXPECT(refused == 1);
}

static void categories_are_counted(void) {
  imagesearch_categories *categories = NULL;
  imagesearch_operation *operation = NULL;
  size_t count = 0;
  const imagesearch_category *list;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_categories_start(local, NULL, NULL, NULL, &error, &operation));
  EXPECT(imagesearch_operation_wait(operation, 20) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_categories(operation, &error, &categories));
  imagesearch_operation_free(operation);
  list = imagesearch_categories_list(categories, &count);
  EXPECT(count == 1 && strcmp(list[0].name, "photos") == 0 && list[0].image_count == 4);
  imagesearch_categories_free(categories);
  EXPECT(imagesearch_categories_list(NULL, &count) == NULL && count == 0 && imagesearch_categories_list(NULL, NULL) == NULL);
}

static void stored_images_are_found_and_shown(void) {
  imagesearch_image query = file(image_path);
  imagesearch_images *images = NULL;
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  imagesearch_bytes *thumbnail = NULL;
  imagesearch_page *page = NULL;
  imagesearch_match_fields match = IMAGESEARCH_MATCH_FIELDS_INIT;
  size_t length = 0, i;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_same_bytes(local, &query, NULL, &error, &images));
  EXPECT(imagesearch_images_count(images) == 3 && imagesearch_images_read(images, 0, &image) == IMAGESEARCH_OK);
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_thumbnail(local, image.item_id, image.image_name, NULL, &error, &thumbnail));
  EXPECT(imagesearch_bytes_data(thumbnail, &length) != NULL && length > 100);
  imagesearch_bytes_free(thumbnail);
  EXPECT_STATUS(IMAGESEARCH_NOT_FOUND, imagesearch_local_index_thumbnail(local, "a", "no such", NULL, &error, &thumbnail));
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_search_stored(local, image.item_id, image.image_name, NULL, &error, &page));
  EXPECT(imagesearch_page_match_count(page) == 2);
  for (i = 0; i < imagesearch_page_match_count(page); i++) {
    EXPECT(imagesearch_match_read(imagesearch_page_match(page, i), &match) == IMAGESEARCH_OK);
    EXPECT(match.confidence == 1 && match.score == 100);
    EXPECT(strcmp(match.item_id, image.item_id) != 0 && match.sha256 != NULL && strcmp(match.sha256, image.sha256) == 0);
  }
  imagesearch_page_free(page);
  imagesearch_images_free(images);
}

static int32_t count_steps(const imagesearch_batch_progress *progress, void *count) {
  EXPECT(progress->done <= progress->total);
  ++*(int *)count;
  return 0;
}

static int32_t stop(const imagesearch_batch_progress *progress, void *count) {
  (void)progress;
  ++*(int *)count;
  return 1;
}

static void several_indexes_are_searched_as_one(void) {
  imagesearch_image image = file(image_path);
  imagesearch_search_options options = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_operation *operation = NULL;
  imagesearch_bytes *query = NULL, *found = NULL;
  imagesearch_page *whole = NULL, *page = NULL;
  imagesearch_partial partials[2];
  const uint8_t *bytes;
  size_t length = 0, i;
  options.population_size = 1000;
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_encode_query(local, &image, NULL, IMAGESEARCH_QUERY_EXACT, &error, &query));
  bytes = imagesearch_bytes_data(query, &length);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_search_encoded(local, bytes, length, &options, &error, &whole));
  EXPECT_STATUS(IMAGESEARCH_OK,
      imagesearch_local_index_search_partial_start(local, bytes, length, &options, NULL, NULL, &error, &operation));
  EXPECT(imagesearch_operation_wait(operation, 20) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_bytes(operation, &error, &found));
  imagesearch_operation_free(operation);
  partials[0].data = imagesearch_bytes_data(found, &partials[0].length);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_merge_partials(partials, 1, NULL, &error, &page));
  EXPECT(
      imagesearch_page_match_count(page) == imagesearch_page_match_count(whole) && imagesearch_page_match_count(page) == 3);
  for (i = 0; i < imagesearch_page_match_count(page); i++) {
    imagesearch_match_fields a = IMAGESEARCH_MATCH_FIELDS_INIT, b = IMAGESEARCH_MATCH_FIELDS_INIT;
    EXPECT(imagesearch_match_read(imagesearch_page_match(page, i), &a) == IMAGESEARCH_OK);
    EXPECT(imagesearch_match_read(imagesearch_page_match(whole, i), &b) == IMAGESEARCH_OK);
    EXPECT(strcmp(a.item_id, b.item_id) == 0 && a.relation == b.relation && a.confidence == b.confidence);
  }
  imagesearch_page_free(page);
  imagesearch_page_free(whole);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_merge_partials(NULL, 0, NULL, &error, &page));
  EXPECT(imagesearch_page_match_count(page) == 0);
  imagesearch_page_free(page);
  partials[1].data = bytes;
  partials[1].length = length;
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_merge_partials(partials, 2, NULL, &error, &page));
  partials[1].data = NULL;
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_merge_partials(partials, 2, NULL, &error, &page));
  partials[1] = partials[0];
  partials[1].length = SIZE_MAX;
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_merge_partials(partials, 2, NULL, &error, &page));
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_merge_partials(partials, SIZE_MAX, NULL, &error, &page));
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_merge_partials(NULL, 1, NULL, &error, &page));
  imagesearch_bytes_free(found);
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_search_partial(local, bytes, length - 1, &options, &error, &found));
  imagesearch_bytes_free(query);
}

static void copies_come_in_groups(void) {
  imagesearch_group_options options = IMAGESEARCH_GROUP_OPTIONS_INIT;
  imagesearch_group_member member = IMAGESEARCH_GROUP_MEMBER_INIT;
  imagesearch_groups *groups = NULL;
  imagesearch_group *group = NULL;
  int steps = 0;
  size_t i;
  options.keep = 7;
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_groups_open(local, &options, NULL, NULL, NULL, &error, &groups));
  options.keep = IMAGESEARCH_KEEP_LEAST_RECOMPRESSED;
  options.relations = 1;
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_groups_open(local, &options, NULL, NULL, NULL, &error, &groups));
  options.relations =
      IMAGESEARCH_RELATION_BIT(IMAGESEARCH_RELATION_IDENTICAL) | IMAGESEARCH_RELATION_BIT(IMAGESEARCH_RELATION_SHARED);
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_local_index_groups_open(local, &options, NULL, count_steps, &steps, &error, &groups));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_groups_next(groups, &error, &group));
  EXPECT(imagesearch_group_member_count(group) == 3 && steps >= 1);
  for (i = 0; i < imagesearch_group_member_count(group); i++) {
    EXPECT(imagesearch_group_read(group, i, &member) == IMAGESEARCH_OK && member.relation == IMAGESEARCH_RELATION_IDENTICAL);
    EXPECT(member.image->struct_size >= sizeof *member.image && strcmp(member.image->category, "photos") == 0);
    EXPECT(member.best_overlap == 100 && member.transform[0] == 1);
  }
  i += imagesearch_group_related_count(group);
  EXPECT(imagesearch_group_read(group, i, &member) == IMAGESEARCH_INVALID_ARGUMENT && member.image == NULL);
  imagesearch_group_free(group);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_groups_next(groups, &error, &group));
  EXPECT(group == NULL);
  imagesearch_groups_free(groups);
  /* Nobody needs to come back for it. */
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_groups_open(local, NULL, NULL, stop, &steps, &error, &groups));
  imagesearch_groups_free(groups);
}

static void two_images_are_compared(void) {
  imagesearch_image image = file(image_path), other = file(other_path);
  imagesearch_subject first = IMAGESEARCH_SUBJECT_INIT, second = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_comparison *comparison = NULL;
  imagesearch_comparison_fields fields = IMAGESEARCH_COMPARISON_FIELDS_INIT;
  imagesearch_bytes *overlay = NULL;
  imagesearch_images *images = NULL;
  imagesearch_stored_image stored = IMAGESEARCH_STORED_IMAGE_INIT;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_item(local, "a", NULL, &error, &images));
  EXPECT(imagesearch_images_read(images, 0, &stored) == IMAGESEARCH_OK);
  first.image = &image;
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_compare(local, &first, &second, NULL, &error, &comparison));
  second.item_id = stored.item_id;
  second.image_name = stored.image_name;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_compare(local, &first, &second, NULL, &error, &comparison));
  EXPECT(imagesearch_comparison_read(comparison, &fields) == IMAGESEARCH_OK &&
         fields.relation == IMAGESEARCH_RELATION_IDENTICAL);
  EXPECT(fields.same_bytes == 1 && fields.confidence == 1 && strlen(fields.explanation) > 10);
  imagesearch_comparison_free(comparison);
  first.image = &other;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_compare(local, &first, &second, NULL, &error, &comparison));
  EXPECT(imagesearch_comparison_read(comparison, &fields) == IMAGESEARCH_OK && fields.same_bytes == 0);
  EXPECT(fields.relation == IMAGESEARCH_RELATION_UNKNOWN && fields.confidence < 0.5 && strlen(fields.explanation) > 10);
  imagesearch_comparison_free(comparison);
  EXPECT_STATUS(IMAGESEARCH_NOT_FOUND,
      imagesearch_local_index_compare_overlay(local, &first, &second, IMAGESEARCH_OVERLAY_BLEND, NULL, &error, &overlay));
  EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT,
      imagesearch_local_index_compare_overlay(local, &second, &second, 7, NULL, &error, &overlay));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_compare_overlay(
                                    local, &second, &second, IMAGESEARCH_OVERLAY_SIDE_BY_SIDE, NULL, &error, &overlay));
  EXPECT(memcmp(imagesearch_bytes_data(overlay, NULL), "\x89PNG", 4) == 0);
  imagesearch_bytes_free(overlay);
  imagesearch_images_free(images);
}

static void stored_images_change_and_go(void) {
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  imagesearch_images *images = NULL;
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  imagesearch_add_report *report = NULL;
  char path[512];
  int64_t number = 0;
  update.category = "prints";
  update.remove_category = 1;
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_local_index_update(local, "a", NULL, &update, NULL, &error, &number));
  update.remove_category = 0;
  update.custom_content = "signed";
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_update(local, "a", NULL, &update, NULL, &error, &number));
  EXPECT(number == 1);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_item(local, "a", NULL, &error, &images));
  EXPECT(imagesearch_images_read(images, 0, &image) == IMAGESEARCH_OK);
  EXPECT(strcmp(image.category, "prints") == 0 && strcmp(image.custom_content, "signed") == 0);
  imagesearch_images_free(images);
  EXPECT_STATUS(
      IMAGESEARCH_NOT_FOUND, imagesearch_local_index_update(local, "no such", NULL, &update, NULL, &error, &number));
  /* A file that is added by itself, and then gone. */
  snprintf(path, sizeof path, "%s/gone.png", folder);
  copy_file(other_path, folder, "gone.png");
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_file(local, path, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_count(report) == 1 && imagesearch_add_report_failed_count(report) == 0);
  imagesearch_add_report_free(report);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_contains(local, path, "gone.png", NULL, &error, &number));
  EXPECT(number == 1 && remove(path) == 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune(local, NULL, 0, NULL, &error, &images));
  EXPECT(imagesearch_images_count(images) == 1 && imagesearch_images_checked_count(images) == 5);
  imagesearch_images_free(images);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune(local, NULL, 1, NULL, &error, &images));
  EXPECT(imagesearch_images_read(images, 0, &image) == IMAGESEARCH_OK && image.reason == NULL &&
         strcmp(image.item_id, path) == 0);
  imagesearch_images_free(images);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_contains(local, path, NULL, NULL, &error, &number));
  EXPECT(number == 0);
}

static void a_folder_is_followed(void) {
  imagesearch_batch_options batch = IMAGESEARCH_BATCH_OPTIONS_INIT;
  imagesearch_add_report *report = NULL;
  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  char path[512];
  int64_t number = 0;
  /* Names of files are bytes. */
  snprintf(path, sizeof path, "%s/shop\xE9", folder);
  EXPECT(mkdir(path, 0700) == 0);
  copy_file(other_path, path, "stays.png");
  copy_file(image_path, path, "goes.png");
  batch.prefix = "shop/";
  batch.prune = 1;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_folder(local, path, &batch, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_count(report) == 2 && imagesearch_add_report_pruned_count(report) == 0);
  EXPECT(imagesearch_add_report_entry(report, 0, &entry) == IMAGESEARCH_OK && strcmp(entry.item_id, "shop/goes.png") == 0);
  imagesearch_add_report_free(report);
  snprintf(path, sizeof path, "%s/shop\xE9/goes.png", folder);
  EXPECT(remove(path) == 0);
  snprintf(path, sizeof path, "%s/shop\xE9", folder);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_folder(local, path, &batch, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_count(report) == 1 && imagesearch_add_report_pruned_count(report) == 1);
  imagesearch_add_report_free(report);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_contains(local, "shop/goes.png", NULL, NULL, &error, &number));
  EXPECT(number == 0 && imagesearch_add_report_pruned_count(NULL) == 0);
}

/* Names of files are bytes: what is no UTF-8 becomes \xNN in item id and image name, whichever call takes the path. */
static void paths_are_bytes(void) {
  char inside[512], path[600], id[600];
  imagesearch_images *images = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  imagesearch_batch_options batch = IMAGESEARCH_BATCH_OPTIONS_INIT;
  imagesearch_operation *operation = NULL;
  int form;
  snprintf(inside, sizeof inside,
      "%s/stra\xdf"
      "e",
      folder);
  EXPECT(mkdir(inside, 0777) == 0);
  snprintf(path, sizeof path, "%s/caf\xe9.png", inside);
  snprintf(id, sizeof id, "%s/stra\\xDFe/caf\\xE9.png", folder);
  EXPECT(link(image_path, path) == 0);
  for (form = 0; form < 2; form++) {
    if (form == 0) {
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_file(local, path, NULL, NULL, NULL, &error, &report));
    } else {
      EXPECT_STATUS(IMAGESEARCH_OK,
          imagesearch_local_index_add_file_start(local, path, NULL, NULL, NULL, NULL, NULL, &error, &operation));
      EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_report(operation, &error, &report));
      imagesearch_operation_free(operation);
    }
    EXPECT(imagesearch_add_report_entry(report, 0, &entry) == IMAGESEARCH_OK);
    EXPECT(entry.outcome == (form == 0 ? IMAGESEARCH_OUTCOME_ADDED : IMAGESEARCH_OUTCOME_UNCHANGED));
    EXPECT(strcmp(entry.item_id, id) == 0 && strcmp(entry.image_name, "caf\\xE9.png") == 0);
    imagesearch_add_report_free(report);
  }
  batch.prefix = "bytes/";
  batch.prune = 1;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_folder(local, inside, &batch, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_count(report) == 1 && imagesearch_add_report_pruned_count(report) == 0);
  imagesearch_add_report_free(report);
  EXPECT(unlink(path) == 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune(local, inside, 0, NULL, &error, &images));
  EXPECT(imagesearch_images_count(images) == 2);
  imagesearch_images_free(images);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_folder(local, inside, &batch, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_count(report) == 0 && imagesearch_add_report_pruned_count(report) == 2);
  imagesearch_add_report_free(report);
}

int main(int count, char **arguments) {
  char path[512];
  if (count != 4) return 2;
  folder = arguments[1];
  image_path = arguments[2];
  other_path = arguments[3];
  alarm(120);
  snprintf(path, sizeof path, "%s/index", folder);
  local = open_index(path);
  add("a", image_path);
  add("b", image_path);
  add("c", other_path);
  add("d", image_path);
  items_come_in_their_order();
  one_list_is_read_by_one_call_at_a_time();
  categories_are_counted();
  stored_images_are_found_and_shown();
  several_indexes_are_searched_as_one();
  copies_come_in_groups();
  two_images_are_compared();
  stored_images_change_and_go();
  a_folder_is_followed();
  paths_are_bytes();
  imagesearch_client_free(local);
  return finish();
}
