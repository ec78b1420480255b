/*
 * What callbacks may do, and what waits for them:
 *   callbacks BASE_URL FOLDER IMAGE
 * The provider takes half a second for a search.
 */
#include "support.h"

static const char *base_url, *folder, *image_path;

/* ---- A slow callback holds up its own client only. */

static void sleep_in_completion(imagesearch_operation *operation, void *seconds) {
  (void)operation;
  nap(*(double *)seconds);
}

static void others_do_not_wait(void) {
  enum { COUNT = 4 };
  imagesearch_client *slow[COUNT], *other = open_tineye(base_url);
  imagesearch_operation *operations[COUNT];
  imagesearch_image image = file(image_path);
  imagesearch_quota *quota = NULL;
  double seconds = 3, start;
  int i;
  for (i = 0; i < COUNT; i++) {
    slow[i] = open_tineye(base_url);
    EXPECT_STATUS(IMAGESEARCH_OK,
        imagesearch_search_start(slow[i], &image, NULL, sleep_in_completion, &seconds, &error, &operations[i]));
  }
  nap(1.2); /* all of them sleep now */
  start = now();
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_remaining_searches(other, NULL, &error, &quota));
  EXPECT(now() - start < 1);
  imagesearch_quota_free(quota);
  /* A call of a client whose callback sleeps goes on as well, if it has no callbacks itself. */
  start = now();
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_remaining_searches(slow[0], NULL, &error, &quota));
  EXPECT(now() - start < 1);
  imagesearch_quota_free(quota);
  for (i = 0; i < COUNT; i++) {
    EXPECT(imagesearch_operation_wait(operations[i], -1) == IMAGESEARCH_OK);
    imagesearch_operation_free(operations[i]);
    imagesearch_client_free(slow[i]);
  }
  imagesearch_client_free(other);
}

/* ---- A callback may make calls that block. */

typedef struct {
  imagesearch_client *client;
  sem_t done;
} reentry;

static void search_in_completion(imagesearch_operation *operation, void *user_data) {
  reentry *state = user_data;
  imagesearch_image image = file(image_path);
  imagesearch_page *page = NULL;
  (void)operation;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(state->client, &image, NULL, &error, &page));
  imagesearch_page_free(page);
  sem_post(&state->done);
}

static void completions_may_search(imagesearch_client *client) {
  enum { COUNT = 6 };
  imagesearch_operation *operations[COUNT];
  imagesearch_image image = file(image_path);
  reentry state;
  int i;
  state.client = client;
  sem_init(&state.done, 0, 0);
  for (i = 0; i < COUNT; i++) {
    EXPECT_STATUS(
        IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, search_in_completion, &state, &error, &operations[i]));
  }
  for (i = 0; i < COUNT; i++) EXPECT(wait_for(&state.done, 20) == 0);
  for (i = 0; i < COUNT; i++) imagesearch_operation_free(operations[i]);
  imagesearch_client_free(client);
}

/* ---- What could never return is refused. */

static imagesearch_operation *second;

static void wait_in_completion(imagesearch_operation *operation, void *user_data) {
  EXPECT(imagesearch_operation_wait(operation, -1) == IMAGESEARCH_INVALID_ARGUMENT);
  EXPECT(imagesearch_operation_wait(operation, 0) == IMAGESEARCH_TIMED_OUT);
  EXPECT(imagesearch_operation_wait(second, -1) == IMAGESEARCH_INVALID_ARGUMENT);
  sem_post(user_data);
}

static void count_completion(imagesearch_operation *operation, void *count) {
  (void)operation;
  atomic_fetch_add((atomic_int *)count, 1);
}

static void waiting_for_oneself_is_refused(void) {
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_operation *first = NULL;
  imagesearch_image image = file(image_path), none = file("/no/such.png");
  atomic_int count = 0;
  sem_t done;
  sem_init(&done, 0, 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, count_completion, &count, &error, &second));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &none, NULL, wait_in_completion, &done, &error, &first));
  EXPECT(wait_for(&done, 10) == 0);
  EXPECT(imagesearch_operation_wait(first, 10) == IMAGESEARCH_OK && imagesearch_operation_wait(second, 10) == IMAGESEARCH_OK);
  EXPECT(count == 1);
  imagesearch_operation_free(first);
  imagesearch_operation_free(second);
  imagesearch_client_free(client);
}

/* Two completions of two clients that wait for each other: one of them is refused, and so both return. */
static imagesearch_operation *crossed[2];
static sem_t both_run;
static atomic_int refusals;

static void wait_crosswise(imagesearch_operation *operation, void *user_data) {
  imagesearch_status status;
  (void)user_data;
  sem_wait(&both_run);
  status = imagesearch_operation_wait(operation == crossed[0] ? crossed[1] : crossed[0], -1);
  if (status == IMAGESEARCH_INVALID_ARGUMENT) atomic_fetch_add(&refusals, 1);
  else EXPECT(status == IMAGESEARCH_OK);
}

static void waiting_crosswise_is_refused(void) {
  imagesearch_client *clients[2];
  imagesearch_image none = file("/no/such.png");
  int i;
  sem_init(&both_run, 0, 0);
  for (i = 0; i < 2; i++) {
    clients[i] = open_tineye(base_url);
    EXPECT_STATUS(
        IMAGESEARCH_OK, imagesearch_search_start(clients[i], &none, NULL, wait_crosswise, NULL, &error, &crossed[i]));
  }
  sem_post(&both_run);
  sem_post(&both_run);
  for (i = 0; i < 2; i++) EXPECT(imagesearch_operation_wait(crossed[i], 10) == IMAGESEARCH_OK);
  EXPECT(refusals == 1);
  for (i = 0; i < 2; i++) {
    imagesearch_operation_free(crossed[i]);
    imagesearch_client_free(clients[i]);
  }
}

/* ---- Freeing inside of a callback, and outside while one runs. */

static void free_operation_in_completion(imagesearch_operation *operation, void *done) {
  imagesearch_page *page = NULL;
  EXPECT(imagesearch_operation_take_page(operation, NULL, &page) == IMAGESEARCH_FILE_NOT_READABLE && page == NULL);
  imagesearch_operation_free(operation);
  sem_post(done);
}

static void free_client_in_completion(imagesearch_operation *operation, void *user_data) {
  reentry *state = user_data;
  (void)operation;
  imagesearch_client_free(state->client);
  state->client = NULL;
  sem_post(&state->done);
}

static void callbacks_may_free(void) {
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_operation *operation = NULL;
  imagesearch_image none = file("/no/such.png");
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  reentry state;
  int i;
  (void)options;
  sem_init(&state.done, 0, 0);
  for (i = 0; i < 50; i++) {
    EXPECT_STATUS(IMAGESEARCH_OK,
        imagesearch_search_start(client, &none, NULL, free_operation_in_completion, &state.done, &error, &operation));
    EXPECT(wait_for(&state.done, 10) == 0);
  }
  state.client = client;
  EXPECT_STATUS(
      IMAGESEARCH_OK, imagesearch_search_start(client, &none, NULL, free_client_in_completion, &state, &error, &operation));
  EXPECT(wait_for(&state.done, 10) == 0 && state.client == NULL);
  EXPECT(imagesearch_operation_wait(operation, 10) == IMAGESEARCH_OK);
  imagesearch_operation_free(operation);
}

typedef struct {
  sem_t entered;
  atomic_int returned;
} occupied;

static void take_a_while(imagesearch_operation *operation, void *user_data) {
  occupied *state = user_data;
  (void)operation;
  sem_post(&state->entered);
  nap(0.3);
  atomic_store(&state->returned, 1);
}

static void free_waits_for_a_callback(void) {
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_operation *operation = NULL;
  imagesearch_image none = file("/no/such.png"), image = file(image_path);
  atomic_int count = 0;
  occupied *state = malloc(sizeof *state); /* freed as soon as the header allows: valgrind and the sanitizers look */
  sem_init(&state->entered, 0, 0);
  atomic_init(&state->returned, 0);
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &none, NULL, take_a_while, state, &error, &operation));
  EXPECT(wait_for(&state->entered, 10) == 0);
  imagesearch_operation_free(operation);
  EXPECT(state->returned == 1);
  free(state);
  /* Freed before its end, it calls nobody. */
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, NULL, count_completion, &count, &error, &operation));
  imagesearch_operation_free(operation);
  nap(0.8);
  EXPECT(count == 0);
  imagesearch_client_free(client);
}

/* ---- Progress: on the calling thread, often enough, and it stops the call. */

typedef struct {
  pthread_t thread;
  double latest, longest;
  int calls, limit;
} ticks;

static int32_t tick(const imagesearch_transfer_progress *progress, void *user_data) {
  ticks *state = user_data;
  double time = now();
  EXPECT(progress->struct_size == sizeof *progress && progress->service != NULL && progress->operation != NULL);
  if (state->limit >= 0) EXPECT(pthread_equal(pthread_self(), state->thread));
  if (time - state->latest > state->longest) state->longest = time - state->latest;
  state->latest = time;
  state->calls++;
  return state->limit > 0 && state->calls >= state->limit;
}

static void progress_is_told_while_a_call_blocks(void) {
  imagesearch_client *client = open_tineye(base_url);
  imagesearch_image image = file(image_path);
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_operation *operation = NULL;
  imagesearch_page *page = NULL;
  ticks state = {0};
  double start = now();
  state.thread = pthread_self();
  state.latest = start;
  call.progress = tick;
  call.progress_user_data = &state;
  search.call = &call;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &image, &search, &error, &page));
  EXPECT(state.calls >= 5 && state.longest < 0.5); /* half a second is at least ten times 50 ms; machines may be busy */
  EXPECT(threads_become("imagesearch-cb", 0));     /* nothing of it needs a thread */
  imagesearch_page_free(page);
  state.calls = 0;
  state.limit = 3;
  start = now();
  EXPECT_STATUS(IMAGESEARCH_CANCELLED, imagesearch_search(client, &image, &search, &error, &page));
  EXPECT(now() - start < 0.45 && page == NULL);
  state.calls = 0;
  state.limit = -1; /* of an operation it comes on another thread */
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search_start(client, &image, &search, NULL, NULL, &error, &operation));
  EXPECT(imagesearch_operation_wait(operation, 10) == IMAGESEARCH_OK);
  EXPECT(state.calls >= 5 && threads_become("imagesearch-cb", 1));
  imagesearch_operation_free(operation);
  imagesearch_client_free(client);
}

static int32_t stop_batch(const imagesearch_batch_progress *progress, void *user_data) {
  EXPECT(progress->done <= progress->total);
  ++*(int *)user_data;
  return 1;
}

static void progress_stops_a_batch(const char *path) {
  imagesearch_client *index = open_index(path);
  imagesearch_image images[200];
  imagesearch_item items[200];
  imagesearch_add_report *report = NULL;
  char names[200][16];
  int i, calls = 0;
  for (i = 0; i < 200; i++) {
    images[i] = file(image_path);
    imagesearch_item_init(&items[i], sizeof items[i]);
    snprintf(names[i], sizeof names[i], "item-%d", i);
    items[i].item_id = names[i];
    items[i].images = &images[i];
    items[i].image_count = 1;
  }
  EXPECT_STATUS(IMAGESEARCH_CANCELLED,
      imagesearch_local_index_add_items(index, items, 200, NULL, NULL, stop_batch, &calls, &error, &report));
  EXPECT(report == NULL && calls >= 1);
  imagesearch_client_free(index);
}

/* ---- The log: in order, on one thread, complete when the client was freed, and nothing after that. */

typedef struct {
  atomic_int lines;
  atomic_int freed;
  pthread_t thread;
} journal;

static void note_line(const imagesearch_log_event *event, void *user_data) {
  journal *state = user_data;
  EXPECT(event->struct_size == sizeof *event && strcmp(event->service, "TinEye") == 0 && strlen(event->line) > 0);
  EXPECT(!atomic_load(&state->freed));
  if (atomic_fetch_add(&state->lines, 1) == 0) state->thread = pthread_self();
  EXPECT(pthread_equal(state->thread, pthread_self()));
}

static void the_log_is_told_until_the_client_is_freed(void) {
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_client *client;
  imagesearch_image image = file(image_path);
  imagesearch_page *page = NULL;
  journal *state = calloc(1, sizeof *state);
  EXPECT(threads_become("imagesearch-cb", 0));
  options.log = note_line;
  options.log_user_data = state;
  options.log_level = IMAGESEARCH_LOG_DEBUG;
  client = open_tineye_with(base_url, options);
  EXPECT(threads_become("imagesearch-cb", 1));
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &image, NULL, &error, &page));
  imagesearch_page_free(page);
  imagesearch_client_free(client);
  EXPECT(state->lines >= 1);
  atomic_store(&state->freed, 1);
  free(state);
  nap(0.2);
  EXPECT(threads_become("imagesearch-cb", 0));
}

int main(int count, char **arguments) {
  char path[512];
  if (count != 4) return 2;
  base_url = arguments[1];
  folder = arguments[2];
  image_path = arguments[3];
  alarm(120);
  progress_is_told_while_a_call_blocks();
  others_do_not_wait();
  completions_may_search(open_tineye(base_url));
  snprintf(path, sizeof path, "%s/index", folder);
  completions_may_search(open_index(path));
  waiting_for_oneself_is_refused();
  waiting_crosswise_is_refused();
  callbacks_may_free();
  free_waits_for_a_callback();
  snprintf(path, sizeof path, "%s/batch", folder);
  progress_stops_a_batch(path);
  the_log_is_told_until_the_client_is_freed();
  return finish();
}
