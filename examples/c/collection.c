/*
 * Lists a collection of images, and finds its duplicates.
 *
 *   collection INDEX add FOLDER [PREFIX]     adds the images of a folder to the index, and removes those whose files are gone
 *   collection INDEX list                    lists all items with their images
 *   collection INDEX groups                  lists all groups of copies, the best image of each first
 *   collection INDEX compare A B [OVERLAY]   compares two files; OVERLAY is a PNG file to write
 *   collection INDEX show ITEM [THUMBNAIL]   shows an item and its copies, and writes its first thumbnail to a file
 *   collection INDEX same FILE               lists the stored images with exactly these bytes
 *   collection INDEX label ITEM CATEGORY     sets the category of an item
 *   collection INDEX categories              lists the categories with their numbers of images
 *   collection INDEX prune [apply]           lists images whose files are gone; apply removes them
 *
 *   cc -std=c99 collection.c -o collection $(pkg-config --cflags --libs imagesearch)
 */
#include <imagesearch.h>
#include <stdio.h>
#include <string.h>

/* Prints why a call failed. Returns 1 then, and 0 for success. */
static int failed(imagesearch_status status, imagesearch_error **error) {
  if (status == IMAGESEARCH_OK) return 0;
  fprintf(stderr, "%s: %s\n", imagesearch_status_name(status), imagesearch_error_message(*error));
  imagesearch_error_free(*error);
  return 1;
}

static const char *relation_name(imagesearch_relation relation) {
  switch (relation) {
  case IMAGESEARCH_RELATION_IDENTICAL: return "identical";
  case IMAGESEARCH_RELATION_REENCODED: return "reencoded";
  case IMAGESEARCH_RELATION_ALTERED: return "altered";
  case IMAGESEARCH_RELATION_PARTIAL: return "partial";
  case IMAGESEARCH_RELATION_SHARED: return "shared";
  default: return "strangers"; /* or one of a later version */
  }
}

static const char *outcome_name(imagesearch_outcome outcome) {
  switch (outcome) {
  case IMAGESEARCH_OUTCOME_ADDED: return "added";
  case IMAGESEARCH_OUTCOME_REPLACED: return "replaced";
  case IMAGESEARCH_OUTCOME_UNCHANGED: return "unchanged";
  case IMAGESEARCH_OUTCOME_FAILED: return "failed";
  default: return "-"; /* of a later version */
  }
}

static int write_file(const char *path, imagesearch_bytes *bytes) {
  size_t length = 0;
  const uint8_t *data = imagesearch_bytes_data(bytes, &length);
  FILE *file = fopen(path, "wb");
  int bad = file == NULL || fwrite(data, 1, length, file) != length;
  if (file && fclose(file)) bad = 1;
  if (bad) perror(path);
  imagesearch_bytes_free(bytes);
  return bad;
}

static int add(imagesearch_client *index, const char *folder, const char *prefix) {
  imagesearch_batch_options batch = IMAGESEARCH_BATCH_OPTIONS_INIT;
  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  imagesearch_add_report *report = NULL;
  imagesearch_error *error = NULL;
  batch.prefix = prefix;
  batch.prune = 1;
  if (failed(imagesearch_local_index_add_folder(index, folder, &batch, NULL, NULL, NULL, &error, &report), &error)) return 1;
  for (size_t i = 0; imagesearch_add_report_entry(report, i, &entry) == IMAGESEARCH_OK; i++)
    printf("%s\t%s\t%s\n", entry.item_id, entry.image_name, outcome_name(entry.outcome));
  printf("%zu skipped, %zu forgotten\n", imagesearch_add_report_skipped_count(report),
      imagesearch_add_report_pruned_count(report));
  imagesearch_add_report_free(report);
  return 0;
}

static int list(imagesearch_client *index) {
  imagesearch_error *error = NULL;
  imagesearch_items *items = NULL;
  imagesearch_images *images = NULL;
  int result = failed(imagesearch_local_index_items_open(index, 0, 1000, &error, &items), &error);
  while (!result) {
    imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
    result = failed(imagesearch_items_next(items, NULL, &error, &images), &error);
    if (!images) break;
    for (size_t i = 0; imagesearch_images_read(images, i, &image) == IMAGESEARCH_OK; i++)
      printf("%s\t%s\t%s\t%lld x %lld\n", image.item_id, image.image_name, image.format, (long long)image.width,
          (long long)image.height);
    imagesearch_images_free(images);
  }
  imagesearch_items_free(items);
  return result;
}

/* Prints the progress. A result other than 0 would stop the call. */
static int32_t show_progress(const imagesearch_batch_progress *progress, void *user_data) {
  (void)user_data;
  fprintf(stderr, "\r%lld of %lld", (long long)progress->done, (long long)progress->total);
  return 0;
}

static int groups(imagesearch_client *index) {
  imagesearch_group_options options = IMAGESEARCH_GROUP_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  imagesearch_groups *groups = NULL;
  imagesearch_group *group = NULL;
  int number = 0;
  options.keep = IMAGESEARCH_KEEP_LARGEST;
  int result =
      failed(imagesearch_local_index_groups_open(index, &options, NULL, show_progress, NULL, &error, &groups), &error);
  while (!result) {
    imagesearch_group_member member = IMAGESEARCH_GROUP_MEMBER_INIT;
    result = failed(imagesearch_groups_next(groups, &error, &group), &error);
    if (!group) break;
    number++;
    size_t count = imagesearch_group_member_count(group);
    for (size_t i = 0; imagesearch_group_read(group, i, &member) == IMAGESEARCH_OK; i++)
      printf("%d\t%s\t%s\t%s\n", number,
          i == 0      ? "best"
          : i < count ? "copy"
                      : "related",
          member.image->item_id, relation_name(member.relation));
    imagesearch_group_free(group);
  }
  imagesearch_groups_free(groups);
  return result;
}

static int compare(imagesearch_client *index, const char *a, const char *b, const char *overlay) {
  imagesearch_image images[2] = {IMAGESEARCH_IMAGE_INIT, IMAGESEARCH_IMAGE_INIT};
  imagesearch_subject subjects[2] = {IMAGESEARCH_SUBJECT_INIT, IMAGESEARCH_SUBJECT_INIT};
  imagesearch_comparison_fields fields = IMAGESEARCH_COMPARISON_FIELDS_INIT;
  imagesearch_comparison *comparison = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_error *error = NULL;
  images[0].path = a;
  images[1].path = b;
  subjects[0].image = &images[0];
  subjects[1].image = &images[1];
  if (failed(imagesearch_local_index_compare(index, &subjects[0], &subjects[1], NULL, &error, &comparison), &error)) return 1;
  imagesearch_comparison_read(comparison, &fields);
  printf("%s\n%s\n", relation_name(fields.relation), fields.explanation);
  imagesearch_comparison_free(comparison);
  if (!overlay) return 0;
  imagesearch_status status = imagesearch_local_index_compare_overlay(
      index, &subjects[0], &subjects[1], IMAGESEARCH_OVERLAY_ALIGNED, NULL, &error, &bytes);
  return failed(status, &error) || write_file(overlay, bytes);
}

/* Prints the other images that are copies of a stored one. */
static int copies(imagesearch_client *index, const imagesearch_stored_image *image) {
  imagesearch_error *error = NULL;
  imagesearch_page *page = NULL;
  if (failed(imagesearch_local_index_search_stored(index, image->item_id, image->image_name, NULL, &error, &page), &error))
    return 1;
  for (size_t i = 0; i < imagesearch_page_match_count(page); i++) {
    imagesearch_match_fields match = IMAGESEARCH_MATCH_FIELDS_INIT;
    imagesearch_match_read(imagesearch_page_match(page, i), &match);
    printf("copy\t%s\t%s\n", match.item_id, relation_name(match.relation));
  }
  imagesearch_page_free(page);
  return 0;
}

static int show(imagesearch_client *index, const char *item_id, const char *thumbnail) {
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  imagesearch_error *error = NULL;
  imagesearch_images *images = NULL;
  imagesearch_bytes *bytes = NULL;
  int result = 0;
  if (failed(imagesearch_local_index_item(index, item_id, NULL, &error, &images), &error)) return 1;
  if (imagesearch_images_count(images) == 0) {
    fprintf(stderr, "there is no item %s\n", item_id);
    result = 1;
  }
  for (size_t i = 0; !result && imagesearch_images_read(images, i, &image) == IMAGESEARCH_OK; i++) {
    printf("%s\t%s\t%s\n", image.image_name, image.sha256, image.source_path ? image.source_path : "None");
    result = copies(index, &image);
  }
  if (!result && thumbnail && imagesearch_images_read(images, 0, &image) == IMAGESEARCH_OK)
    result = failed(imagesearch_local_index_thumbnail(index, item_id, image.image_name, NULL, &error, &bytes), &error) ||
             write_file(thumbnail, bytes);
  imagesearch_images_free(images);
  return result;
}

static int same(imagesearch_client *index, const char *path) {
  imagesearch_image file = IMAGESEARCH_IMAGE_INIT;
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  imagesearch_error *error = NULL;
  imagesearch_images *images = NULL;
  file.path = path;
  if (failed(imagesearch_local_index_same_bytes(index, &file, NULL, &error, &images), &error)) return 1;
  for (size_t i = 0; imagesearch_images_read(images, i, &image) == IMAGESEARCH_OK; i++)
    printf("%s\t%s\n", image.item_id, image.image_name);
  imagesearch_images_free(images);
  return 0;
}

static int label(imagesearch_client *index, const char *item_id, const char *category) {
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  int64_t number = 0;
  if (failed(imagesearch_local_index_contains(index, item_id, NULL, NULL, &error, &number), &error)) return 1;
  if (!number) {
    fprintf(stderr, "there is no item %s\n", item_id);
    return 1;
  }
  update.category = category;
  if (failed(imagesearch_local_index_update(index, item_id, NULL, &update, NULL, &error, &number), &error)) return 1;
  printf("%lld\n", (long long)number);
  return 0;
}

static int categories(imagesearch_client *index) {
  imagesearch_error *error = NULL;
  imagesearch_categories *categories = NULL;
  int64_t all = 0;
  size_t count = 0;
  if (failed(imagesearch_local_index_categories(index, NULL, &error, &categories), &error)) return 1;
  const imagesearch_category *list = imagesearch_categories_list(categories, &count);
  for (size_t i = 0; i < count; i++) printf("%s\t%lld\n", list[i].name, (long long)list[i].image_count);
  imagesearch_categories_free(categories);
  if (failed(imagesearch_local_index_count(index, NULL, NULL, &error, &all), &error)) return 1;
  printf("all\t%lld\n", (long long)all);
  return 0;
}

static int prune(imagesearch_client *index, int apply) {
  imagesearch_stored_image image = IMAGESEARCH_STORED_IMAGE_INIT;
  imagesearch_error *error = NULL;
  imagesearch_images *images = NULL;
  if (failed(imagesearch_local_index_prune(index, NULL, apply, NULL, &error, &images), &error)) return 1;
  for (size_t i = 0; imagesearch_images_read(images, i, &image) == IMAGESEARCH_OK; i++)
    printf("%s\t%s\t%s\n", image.reason ? "unknown" : "gone", image.item_id, image.reason ? image.reason : image.source_path);
  imagesearch_images_free(images);
  return 0;
}

int main(int argc, char **argv) {
  imagesearch_client *index = NULL;
  imagesearch_error *error = NULL;
  const char *command = argc > 2 ? argv[2] : "", *first = argc > 3 ? argv[3] : NULL, *second = argc > 4 ? argv[4] : NULL;
  int result = 2;
  if (argc < 3) {
    fprintf(stderr,
        "usage: collection INDEX add FOLDER [PREFIX] | list | groups | compare A B [OVERLAY] | show ITEM [THUMBNAIL]"
        " | same FILE | label ITEM CATEGORY | categories | prune [apply]\n");
    return 2;
  }
  if (failed(imagesearch_local_index_open(argv[1], NULL, NULL, &error, &index), &error)) return 1;
  if (!strcmp(command, "add") && first) result = add(index, first, second);
  if (!strcmp(command, "list")) result = list(index);
  if (!strcmp(command, "groups")) result = groups(index);
  if (!strcmp(command, "compare") && second) result = compare(index, first, second, argc > 5 ? argv[5] : NULL);
  if (!strcmp(command, "show") && first) result = show(index, first, second);
  if (!strcmp(command, "same") && first) result = same(index, first);
  if (!strcmp(command, "label") && second) result = label(index, first, second);
  if (!strcmp(command, "categories")) result = categories(index);
  if (!strcmp(command, "prune")) result = prune(index, first && !strcmp(first, "apply"));
  imagesearch_client_free(index);
  return result;
}
