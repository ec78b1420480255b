/*
 * Paths as the file system has them: a name that is not UTF-8 leads to its file in every call, also when it is relative and the call
 * goes on in the background.
 *   paths BASE IMAGE FOLDER
 */
#define _DEFAULT_SOURCE
#include "support.h"
#include <sys/stat.h>

/* Latin-1, half of a surrogate pair, bytes that no UTF-8 has. */
static const char *const names[] = {"caf\xE9.png", "\xED\xA0\x80.png", "\xFF\xFE", "plain.png"};

static void copy(const char *from, const char *to) {
  char buffer[65536];
  size_t count;
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  EXPECT(in && out);
  if (!in || !out) exit(1);
  while ((count = fread(buffer, 1, sizeof buffer, in))) EXPECT(fwrite(buffer, 1, count, out) == count);
  fclose(in);
  fclose(out);
}

/* A search by the path, in both forms; the background form has to find the file although the directory was left. */
static void search(imagesearch_client *client, const char *folder, const char *path) {
  imagesearch_image image = file(path);
  imagesearch_page *page = NULL;
  imagesearch_operation *operation = NULL;
  EXPECT(chdir(folder) == 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &image, NULL, &error, &page));
  EXPECT(imagesearch_page_match_count(page) > 0);
  imagesearch_page_free(page);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, NULL, NULL, &error, &operation));
  EXPECT(chdir("/") == 0);
  EXPECT(imagesearch_operation_wait(operation, 60) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_page(operation, &error, &page));
  EXPECT(imagesearch_page_match_count(page) > 0);
  imagesearch_page_free(page);
  imagesearch_operation_free(operation);
}

int main(int count, char **arguments) {
  imagesearch_client *web, *local;
  imagesearch_add_report *report = NULL;
  imagesearch_images *images = NULL;
  imagesearch_comparison *comparison = NULL;
  char folder[2048], path[4096];
  size_t i;
  if (count != 4) return 2;
  alarm(120);
  snprintf(folder, sizeof folder, "%s/\xE9t\xE9", arguments[3]);
  EXPECT(mkdir(folder, 0700) == 0 && chdir(folder) == 0);
  for (i = 0; i < sizeof names / sizeof *names; i++) copy(arguments[2], names[i]);
  web = open_tineye(arguments[1]);
  snprintf(path, sizeof path, "%s/index", arguments[3]);
  local = open_index(path);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_add_folder(local, folder, NULL, NULL, NULL, NULL, &error, &report));
  EXPECT(imagesearch_add_report_failed_count(report) == 0);
  imagesearch_add_report_free(report);
  for (i = 0; i < sizeof names / sizeof *names; i++) {
    imagesearch_image image = file(names[i]);
    imagesearch_subject first = IMAGESEARCH_SUBJECT_INIT, second = IMAGESEARCH_SUBJECT_INIT;
    search(web, folder, names[i]);
    search(local, folder, names[i]);
    EXPECT(chdir(folder) == 0);
    first.image = second.image = &image;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_same_bytes(local, &image, NULL, &error, &images));
    EXPECT(imagesearch_images_count(images) == sizeof names / sizeof *names);
    imagesearch_images_free(images);
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_compare(local, &first, &second, NULL, &error, &comparison));
    imagesearch_comparison_free(comparison);
    EXPECT(chdir("/") == 0);
  }
  /* Files of such a folder that are gone are known to be. */
  snprintf(path, sizeof path, "%s/%s", folder, names[0]);
  EXPECT(unlink(path) == 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_prune(local, folder, 1, NULL, &error, &images));
  EXPECT(imagesearch_images_count(images) == 1);
  imagesearch_images_free(images);
  imagesearch_client_free(web);
  imagesearch_client_free(local);
  return finish();
}
