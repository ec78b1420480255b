/*
 * A program that waits in poll() only, and one that walks through pages:
 *   queue BASE_URL IMAGE
 */
#include "support.h"
#include <poll.h>

static const char *base_url, *image_path;

static int is_readable(imagesearch_queue *queue, int milliseconds) {
  struct pollfd descriptor;
  descriptor.fd = imagesearch_queue_fd(queue);
  descriptor.events = POLLIN;
  return poll(&descriptor, 1, milliseconds) == 1;
}

static void operations_are_delivered_once(void) {
  enum { COUNT = 8 };
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_operation *operations[COUNT], *ended = NULL;
  imagesearch_queue *queue = NULL;
  imagesearch_image image = file(image_path);
  int seen[COUNT] = {0}, got = 0, i;
  void *user_data = &got;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_queue_open(&error, &queue));
  EXPECT(!is_readable(queue, 0));
  EXPECT(imagesearch_queue_next(queue, 0, &user_data, &ended) == IMAGESEARCH_TIMED_OUT && ended == NULL && user_data == NULL);
  EXPECT(imagesearch_queue_next(queue, 0.05, NULL, &ended) == IMAGESEARCH_TIMED_OUT);
  for (i = 0; i < COUNT; i++) {
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, NULL, NULL, &error, &operations[i]));
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_queue_add(queue, operations[i], &seen[i], &error));
    EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_queue_add(queue, operations[i], NULL, &error));
  }
  imagesearch_operation_free(operations[0]); /* is not delivered */
  while (got < COUNT - 1 && is_readable(queue, 10000)) {
    while (imagesearch_queue_next(queue, 0, &user_data, &ended) == IMAGESEARCH_OK) {
      imagesearch_page *page = NULL;
      EXPECT(ended == operations[(int *)user_data - seen]);
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_page(ended, &error, &page));
      EXPECT(imagesearch_page_match_count(page) > 0);
      imagesearch_page_free(page);
      ++*(int *)user_data;
      got++;
    }
  }
  EXPECT(got == COUNT - 1 && seen[0] == 0 && !is_readable(queue, 0));
  for (i = 1; i < COUNT; i++) EXPECT(seen[i] == 1);
  for (i = 1; i < COUNT; i++) imagesearch_operation_free(operations[i]);
  /* One that has ended is delivered at once; a queue may go while it has something. */
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, NULL, NULL, &error, &operations[0]));
  EXPECT(imagesearch_operation_wait(operations[0], 10) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_queue_add(queue, operations[0], NULL, &error));
  EXPECT(
      is_readable(queue, 0) && imagesearch_queue_next(queue, -1, NULL, &ended) == IMAGESEARCH_OK && ended == operations[0]);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, NULL, NULL, &error, &operations[1]));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_queue_add(queue, operations[1], NULL, &error));
  imagesearch_queue_free(queue);
  EXPECT(imagesearch_operation_wait(operations[1], 10) == IMAGESEARCH_OK);
  imagesearch_operation_free(operations[0]);
  imagesearch_operation_free(operations[1]);
  imagesearch_client_free(client);
}

static void pages_follow_each_other(void) {
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_image image = file(image_path);
  imagesearch_page *whole = NULL, *page = NULL;
  imagesearch_pages *pages = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_page_fields fields = IMAGESEARCH_PAGE_FIELDS_INIT;
  size_t total, found = 0;
  int count = 0;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &image, NULL, &error, &whole));
  EXPECT(
      imagesearch_page_read(whole, &fields) == IMAGESEARCH_OK && fields.match_count == imagesearch_page_match_count(whole));
  total = (size_t)fields.total;
  imagesearch_page_free(whole);
  EXPECT(total > 200);
  search.limit = 50;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_pages_open(client, &image, &search, &error, &pages));
  for (;;) {
    if (count % 2) {
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_pages_next(pages, NULL, &error, &page));
    } else {
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_pages_next_start(pages, NULL, NULL, NULL, &error, &operation));
      EXPECT_STATUS(IMAGESEARCH_INVALID_ARGUMENT, imagesearch_pages_next(pages, NULL, &error, &page));
      EXPECT(imagesearch_operation_wait(operation, 10) == IMAGESEARCH_OK);
      EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_page(operation, &error, &page));
      imagesearch_operation_free(operation);
    }
    if (page == NULL) break;
    found += imagesearch_page_match_count(page);
    imagesearch_page_free(page);
    if (++count > 1000) break;
  }
  EXPECT(found == total && count == (int)(total + 49) / 50);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_pages_next(pages, NULL, &error, &page));
  EXPECT(page == NULL);
  imagesearch_pages_free(pages);
  imagesearch_client_free(client);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  base_url = arguments[1];
  image_path = arguments[2];
  alarm(120);
  operations_are_delivered_once();
  pages_follow_each_other();
  return finish();
}
