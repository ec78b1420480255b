/*
 * A list of searches: a result or an error for each, in order, with progress and a cap on paid calls.
 *   many BASE_URL IMAGE
 */
#include "support.h"

static int32_t count_steps(const imagesearch_batch_progress *progress, void *count) {
  EXPECT(
      progress->struct_size == sizeof *progress && progress->done <= progress->total && progress->failed <= progress->done);
  ++*(int *)count;
  return 0;
}

static int32_t stop(const imagesearch_batch_progress *progress, void *count) {
  (void)progress;
  ++*(int *)count;
  return 1;
}

int main(int count, char **arguments) {
  enum { COUNT = 12 };
  imagesearch_client *client;
  imagesearch_image images[COUNT];
  imagesearch_many_options many = IMAGESEARCH_MANY_OPTIONS_INIT;
  imagesearch_results *results = NULL;
  imagesearch_operation *operation = NULL;
  int steps = 0, i, refused = 0;
  if (count != 3) return 2;
  alarm(120);
  client = open_tineye(arguments[1]);
  for (i = 0; i < COUNT; i++) images[i] = file(i == 5 ? "/no/such.png" : arguments[2]);
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_search_many(client, images, COUNT, NULL, NULL, count_steps, &steps, &error, &results));
  EXPECT(imagesearch_results_count(results) == COUNT && imagesearch_results_failed_count(results) == 1 && steps >= 1);
  for (i = 0; i < COUNT; i++) {
    const imagesearch_page *page = imagesearch_results_page(results, (size_t)i);
    const imagesearch_error *failure = imagesearch_results_error(results, (size_t)i);
    EXPECT((page == NULL) == (i == 5) && (failure == NULL) == (i != 5));
    if (page != NULL) EXPECT(imagesearch_page_match_count(page) > 0);
    if (failure != NULL) EXPECT(imagesearch_error_status(failure) == IMAGESEARCH_FILE_NOT_READABLE);
  }
  EXPECT(imagesearch_results_page(results, COUNT) == NULL && imagesearch_results_error(results, (size_t)-1) == NULL);
  imagesearch_results_free(results);
  /* The cap is for the list; what is over it is not sent. */
  many.maximum_paid_calls = 3;
  many.concurrent = 2;
  EXPECT_STATUS(IMAGESEARCH_OK,
      imagesearch_search_many_start(client, images, COUNT, NULL, &many, NULL, NULL, NULL, &error, &operation));
  EXPECT(imagesearch_operation_wait(operation, 20) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_results(operation, &error, &results));
  imagesearch_operation_free(operation);
  for (i = 0; i < COUNT; i++) {
    if (imagesearch_error_status(imagesearch_results_error(results, (size_t)i)) == IMAGESEARCH_SPENDING_CAP_REACHED)
      refused++;
  }
  EXPECT(refused >= COUNT - 4 && imagesearch_results_page(results, 0) != NULL);
  imagesearch_results_free(results);
  /* A list that is stopped gives what it has. */
  steps = 0;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_many(client, images, COUNT, NULL, NULL, stop, &steps, &error, &results));
  EXPECT(imagesearch_results_count(results) == COUNT && steps >= 1);
  imagesearch_results_free(results);
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search_many(client, NULL, 2, NULL, NULL, NULL, NULL, &error, &results));
  many.concurrent = 1000;
  EXPECT_STATUS(
      IMAGESEARCH_INVALID_ARGUMENT, imagesearch_search_many(client, images, 1, NULL, &many, NULL, NULL, &error, &results));
  EXPECT(imagesearch_results_count(NULL) == 0 && imagesearch_results_page(NULL, 0) == NULL);
  imagesearch_client_free(client);
  return finish();
}
