/*
 * How a process, or the library in it, may end:
 *   lifetime dl LIBRARY FOLDER IMAGE           loads, uses and unloads the library, several times
 *   lifetime exit BASE_URL FOLDER IMAGE        returns from main while calls of all kinds run
 *   lifetime callback BASE_URL FOLDER IMAGE    exits in a completion while calls run
 *   lifetime thread BASE_URL FOLDER IMAGE      exits while other threads block in calls
 *   lifetime fork BASE_URL FOLDER IMAGE        forks while calls run; what a child may do and what not
 * Built without -limagesearch for dl: everything is found by dlsym() there.
 */
#include <dlfcn.h>
#include "support.h"
#include <sys/wait.h>

static const char *base_url, *folder, *image_path;

static int with_dlopen(const char *library) {
  int round;
  for (round = 0; round < 5; round++) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    imagesearch_status (*open)(const char *, const imagesearch_local_index_options *, const imagesearch_client_options *,
        imagesearch_error **, imagesearch_client **);
    imagesearch_status (*search)(imagesearch_client *, const imagesearch_image *, const imagesearch_search_options *,
        imagesearch_error **, imagesearch_page **);
    void (*free_page)(imagesearch_page *), (*free_client)(imagesearch_client *);
    imagesearch_client *client = NULL;
    imagesearch_page *page = NULL;
    imagesearch_image image = file(image_path);
    if (handle == NULL) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    *(void **)&open = dlsym(handle, "imagesearch_local_index_open");
    *(void **)&search = dlsym(handle, "imagesearch_search");
    *(void **)&free_page = dlsym(handle, "imagesearch_page_free");
    *(void **)&free_client = dlsym(handle, "imagesearch_client_free");
    EXPECT(open(folder, NULL, NULL, NULL, &client) == IMAGESEARCH_OK);
    EXPECT(search(client, &image, NULL, NULL, &page) == IMAGESEARCH_OK);
    free_page(page);
    free_client(client);
    EXPECT(dlclose(handle) == 0);
    nap(0.02);
  }
  printf("%d failures\n", failures);
  return failures != 0;
}

#ifndef WITHOUT_LIBRARY
static imagesearch_client *tineye, *index_client;

static void exit_in_completion(imagesearch_operation *operation, void *user_data) {
  (void)operation;
  (void)user_data;
  exit(0);
}

static int32_t go_on(const imagesearch_transfer_progress *progress, void *user_data) {
  (void)progress;
  (void)user_data;
  return 0;
}

static void keep_quiet(const imagesearch_log_event *event, void *user_data) {
  (void)event;
  (void)user_data;
}

/* Opens both clients, with a log, and starts calls of both. */
static void start_calls(imagesearch_completion completion) {
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_image image = file(image_path);
  imagesearch_operation *operation = NULL;
  int i;
  options.log = keep_quiet;
  options.log_level = IMAGESEARCH_LOG_DEBUG;
  call.progress = go_on;
  search.call = &call;
  tineye = open_tineye_with(base_url, options);
  index_client = open_index(folder);
  for (i = 0; i < 8; i++) {
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(tineye, &image, &search, completion, NULL, &error, &operation));
    EXPECT_STATUS(
        IMAGESEARCH_OK, imagesearch_search_start(index_client, &image, &search, completion, NULL, &error, &operation));
  }
}

static void *block_for_ever(void *client) {
  imagesearch_image image = file(image_path);
  for (;;) {
    imagesearch_page *page = NULL;
    imagesearch_search(client, &image, NULL, NULL, &page);
    imagesearch_page_free(page);
  }
  return NULL;
}

/* In the child: everything that opens, starts or waits is refused, and everything else works. */
static int child(
    imagesearch_operation *running, imagesearch_operation *ended, imagesearch_page *page, imagesearch_queue *queue) {
  imagesearch_image image = file(image_path);
  imagesearch_client *client = NULL;
  imagesearch_page *found = NULL;
  imagesearch_pages *pages = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_queue *other = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_match_fields match = IMAGESEARCH_MATCH_FIELDS_INIT;
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  int64_t number = 0;
  size_t length = 0;
  keys.api_key = "test-key";
  alarm(20);
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_tineye_open(&keys, NULL, &error, &client));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_local_index_open(folder, NULL, NULL, &error, &client));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_fallback_open(&tineye, 1, &error, &client));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_search(tineye, &image, NULL, &error, &found));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_search_start(index_client, &image, NULL, NULL, NULL, &error, &operation));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_pages_open(tineye, &image, NULL, &error, &pages));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_remaining_searches(tineye, NULL, &error, &quota));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_image_count(index_client, NULL, &error, &number));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_local_index_rebuild_at(folder, NULL, NULL, NULL, &error, &report));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_queue_open(&error, &other));
  EXPECT_STATUS(IMAGESEARCH_CLOSED, imagesearch_queue_add(queue, ended, NULL, &error));
  EXPECT(imagesearch_queue_next(queue, -1, NULL, &operation) == IMAGESEARCH_CLOSED);
  EXPECT(imagesearch_operation_wait(running, -1) == IMAGESEARCH_CLOSED);
  imagesearch_operation_cancel(running);
  /* Accessors and frees. */
  EXPECT(strcmp(imagesearch_client_service(tineye), "TinEye") == 0 && imagesearch_client_capabilities(index_client) != 0);
  EXPECT(imagesearch_page_match_count(page) > 0 && imagesearch_page_raw(page, &length) != NULL && length > 0);
  EXPECT(imagesearch_match_read(imagesearch_page_match(page, 0), &match) == IMAGESEARCH_OK && match.image_url != NULL);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_operation_take_page(ended, &error, &found));
  imagesearch_page_free(found);
  imagesearch_page_free(page);
  imagesearch_operation_free(running);
  imagesearch_operation_free(ended);
  imagesearch_queue_free(queue);
  imagesearch_client_close(tineye);
  imagesearch_client_free(tineye);
  imagesearch_client_free(index_client);
  return failures != 0;
}

static int with_fork(void) {
  imagesearch_image image = file(image_path);
  imagesearch_operation *running = NULL, *ended = NULL;
  imagesearch_page *page = NULL;
  imagesearch_queue *queue = NULL;
  pthread_t threads[4];
  int i, status = 0;
  start_calls(NULL);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(tineye, &image, NULL, &error, &page));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(tineye, &image, NULL, NULL, NULL, &error, &ended));
  EXPECT(imagesearch_operation_wait(ended, 10) == IMAGESEARCH_OK);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_queue_open(&error, &queue));
  for (i = 0; i < 4; i++) EXPECT(pthread_create(&threads[i], NULL, block_for_ever, i % 2 ? tineye : index_client) == 0);
  for (i = 0; i < 20; i++) {
    pid_t process;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(tineye, &image, NULL, NULL, NULL, &error, &running));
    process = fork();
    if (process == 0) _exit(child(running, ended, page, queue));
    EXPECT(waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (WIFSIGNALED(status)) fprintf(stderr, "the child ended with signal %d\n", WTERMSIG(status));
    imagesearch_operation_free(running);
  }
  /* The parent goes on. */
  imagesearch_page_free(page);
  page = NULL;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(tineye, &image, NULL, &error, &page));
  EXPECT(imagesearch_page_match_count(page) > 0);
  printf("%d failures\n", failures);
  return failures != 0; /* and exits while four threads are in calls */
}

static int with_library(const char *how) {
  pthread_t thread;
  int i;
  if (strcmp(how, "fork") == 0) return with_fork();
  start_calls(strcmp(how, "callback") == 0 ? exit_in_completion : NULL);
  if (strcmp(how, "thread") == 0) {
    for (i = 0; i < 4; i++) pthread_create(&thread, NULL, block_for_ever, i % 2 ? tineye : index_client);
  }
  if (strcmp(how, "callback") == 0) nap(10);
  nap((double)(now() * 1e6 - (double)(long)(now() * 1e6 / 1000) * 1000) / 20000); /* 0 to 50 ms, somewhere in a call */
  return failures != 0;
}
#endif

int main(int count, char **arguments) {
  if (count != 5) return 2;
  base_url = arguments[2];
  folder = arguments[3];
  image_path = arguments[4];
  alarm(60);
  if (strcmp(arguments[1], "dl") == 0) return with_dlopen(arguments[2]);
#ifndef WITHOUT_LIBRARY
  return with_library(arguments[1]);
#else
  return 2;
#endif
}
