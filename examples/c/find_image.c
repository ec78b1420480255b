/*
 * Finds where an image comes from.
 *
 *   find_image INDEX add FILE...      adds images to the index, a directory
 *   find_image INDEX search FILE...   searches there and, with TINEYE_API_KEY set, in TinEye
 *   find_image INDEX remaining        prints the number of TinEye searches left
 *   find_image INDEX list             lists the index
 *   find_image INDEX groups           lists the groups of copies, the image to keep first
 *   find_image INDEX compare A B      compares two files, with the evidence
 *
 * Prints lines of: query, best match, score, confidence, milliseconds.
 *
 *   cc -std=c99 -Wall -Wextra -Wpedantic -Werror find_image.c -o find_image $(pkg-config --cflags --libs imagesearch)
 */
#define _POSIX_C_SOURCE 200809L
#include <imagesearch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Prints why a call failed. Returns 1 then, and 0 for success. */
static int failed(imagesearch_status status, imagesearch_error **error) {
  if (status == IMAGESEARCH_OK) return 0;
  fprintf(stderr, "%s: %s\n", imagesearch_status_name(status), imagesearch_error_message(*error));
  imagesearch_error_free(*error);
  return 1;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void print_number(double number) {
  if (isnan(number)) printf("\t-");
  else printf("\t%.3g", number);
}

static int search(imagesearch_client *client, const char *file) {
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  image.path = file;
  imagesearch_search_options options = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  options.limit = 1;
  imagesearch_error *error = NULL;
  imagesearch_page *page = NULL;
  double start = milliseconds();
  if (failed(imagesearch_search(client, &image, &options, &error, &page), &error)) return 1;
  double time = milliseconds() - start;

  const imagesearch_match *best = imagesearch_page_match(page, 0); /* NULL, and all of it unknown, without a match */
  const char *item = imagesearch_match_item_id(best);
  const char *name = imagesearch_match_image_name(best);
  const char *url = imagesearch_match_page_url(best);
  if (item) printf("%s\t%s/%s", file, item, name ? name : "");
  else printf("%s\t%s", file, url ? url : "-");
  print_number(imagesearch_match_score(best));
  print_number(imagesearch_match_confidence(best));
  printf("\t%.1f\n", time);
  imagesearch_page_free(page);
  return 0;
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

static int add(imagesearch_client *index, const char *file) {
  const char *slash = strrchr(file, '/');
  char name[256];
  snprintf(name, sizeof name, "%s", slash ? slash + 1 : file);
  char *dot = strrchr(name, '.');
  if (dot && dot != name) *dot = '\0';
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  image.path = file;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  item.item_id = name;
  item.images = &image;
  item.image_count = 1;
  imagesearch_error *error = NULL;
  imagesearch_add_report *report = NULL;
  if (failed(imagesearch_add_images(index, &item, 1, NULL, &error, &report), &error)) return 1;

  imagesearch_add_entry entry = IMAGESEARCH_ADD_ENTRY_INIT;
  imagesearch_add_report_entry(report, 0, &entry);
  const char *words = entry.outcome == IMAGESEARCH_OUTCOME_FAILED ? imagesearch_error_message(entry.error) : entry.warning;
  printf("%s\t%s\t%s\t%s\n", name, entry.image_name, outcome_name(entry.outcome), words ? words : "");
  imagesearch_add_report_free(report);
  return 0;
}

static int remaining(imagesearch_client *tineye) {
  imagesearch_error *error = NULL;
  imagesearch_quota *quota = NULL;
  if (failed(imagesearch_remaining_searches(tineye, NULL, &error, &quota), &error)) return 1;
  printf("%lld\n", (long long)imagesearch_quota_remaining(quota));
  imagesearch_quota_free(quota);
  return 0;
}

int main(int argc, char **argv) {
  imagesearch_client *index = NULL, *tineye = NULL;
  imagesearch_error *error = NULL;
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  keys.api_key = getenv("TINEYE_API_KEY");
  options.base_url = getenv("TINEYE_API_URL");
  const char *command = argc > 2 ? argv[2] : "";
  int result = 0;

  if (argc < 3) {
    fprintf(stderr, "usage: find_image INDEX add FILE... | search FILE... | remaining\n");
    return 2;
  }
  if (failed(imagesearch_local_index_open(argv[1], NULL, NULL, &error, &index), &error)) return 1;
  if (keys.api_key && failed(imagesearch_tineye_open(&keys, &options, &error, &tineye), &error)) result = 1;

  for (int i = 3; i < argc && !strcmp(command, "add"); i++) result |= add(index, argv[i]);
  for (int i = 3; i < argc && !strcmp(command, "search"); i++) result |= search(index, argv[i]);
  for (int i = 3; i < argc && !strcmp(command, "search") && tineye; i++) result |= search(tineye, argv[i]);
  if (!strcmp(command, "remaining") && tineye) result |= remaining(tineye);

  imagesearch_client_free(tineye);
  imagesearch_client_free(index);
  return result;
}
