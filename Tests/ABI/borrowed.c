/*
 * Bytes that a blocking call is given are the caller's again when it has returned, however it ended: nothing of the library looks at
 * them behind its back.
 *   borrowed local FOLDER IMAGE            an index, with a large image that takes long to decode
 *   borrowed web BASE IMAGE                TinEye at a server that takes nothing
 *   borrowed prepared BASE IMAGE           Alibaba Cloud, which makes large images smaller first
 */
#define _DEFAULT_SOURCE
#include "support.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char *path;
static size_t size;

/* The image in pages of its own. */
static imagesearch_image lend(void) {
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  struct stat status;
  int file = open(path, O_RDONLY);
  EXPECT(file >= 0 && fstat(file, &status) == 0);
  size = (size_t)status.st_size;
  image.bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
  image.byte_count = size;
  image.name = "large.png";
  EXPECT(image.bytes != MAP_FAILED);
  close(file);
  return image;
}

/* Whoever reads them from here on ends the process. */
static void take_back(imagesearch_image *image) { EXPECT(munmap((void *)(size_t)image->bytes, size) == 0); }

static void each(imagesearch_client *client, int kind, double seconds) {
  imagesearch_image image = lend(), second = lend();
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  imagesearch_subject subjects[2] = {IMAGESEARCH_SUBJECT_INIT, IMAGESEARCH_SUBJECT_INIT};
  imagesearch_error *error = NULL;
  imagesearch_page *page = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_images *images = NULL;
  imagesearch_comparison *comparison = NULL;
  imagesearch_results *results = NULL;
  imagesearch_status status = IMAGESEARCH_OK;
  call.total_timeout = seconds;
  search.call = &call;
  item.item_id = "large";
  item.images = &image;
  item.image_count = 1;
  subjects[0].image = &image;
  subjects[1].image = &second;
  switch (kind) {
  case 0: status = imagesearch_search(client, &image, &search, &error, &page); break;
  case 1: status = imagesearch_add_images(client, &item, 1, &call, &error, &report); break;
  case 2: status = imagesearch_local_index_compare(client, &subjects[0], &subjects[1], &call, &error, &comparison); break;
  case 3: status = imagesearch_local_index_same_bytes(client, &image, &call, &error, &images); break;
  case 4: status = imagesearch_local_index_add_items(client, &item, 1, NULL, &call, NULL, NULL, &error, &report); break;
  case 5: status = imagesearch_search_many(client, &image, 1, &search, NULL, NULL, NULL, &error, &results); break;
  }
  take_back(&image);
  take_back(&second);
  if (getenv("SHOW")) printf("%d %.2f %s\n", kind, seconds, imagesearch_status_name(status));
  imagesearch_error_free(error);
  imagesearch_page_free(page);
  imagesearch_add_report_free(report);
  imagesearch_images_free(images);
  imagesearch_comparison_free(comparison);
  imagesearch_results_free(results);
}

int main(int count, char **arguments) {
  imagesearch_client *client = NULL;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  int kind, kinds, round;
  if (count != 4) return 2;
  path = arguments[3];
  alarm(240);
  if (strcmp(arguments[1], "local") == 0) {
    client = open_index(arguments[2]);
    kinds = 6;
  } else if (strcmp(arguments[1], "web") == 0) {
    imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
    keys.api_key = "test-key";
    options.base_url = arguments[2];
    options.requests_per_minute = 1000000;
    options.maximum_attempts = 1;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_tineye_open(&keys, &options, &error, &client));
    kinds = 1;
  } else {
    client = open_alibaba_cloud(arguments[2]);
    kinds = 2;
  }
  for (kind = 0; kind < kinds; kind++)
    for (round = 1; round <= 6; round++) each(client, kind, 0.02 * round);
  imagesearch_client_free(client);
  return finish();
}
