/*
 * What happens when the system gives nothing more: every call returns in time, with a result or an error.
 *   scarce threads BASE_URL FOLDER IMAGE       no further thread, from before the first client, and from after it
 *   scarce descriptors BASE_URL FOLDER IMAGE   no further file descriptor, likewise
 *   scarce stack BASE_URL FOLDER IMAGE         calls on threads with small stacks
 *   scarce disk BASE_URL FOLDER IMAGE          files may grow no further, from before an index is made, and from after it
 *   scarce memory BASE_URL FOLDER IMAGE        little address space, likewise
 * As root it becomes nobody: root has no limit of threads.
 */
#define _DEFAULT_SOURCE
#include "support.h"
#include <sys/resource.h>
#include <sys/wait.h>

static const char *base_url, *folder, *image_path;
static int resource;

/* Address space of this process, in MiB. */
static int address_space(void) {
  long pages = 0;
  FILE *status = fopen("/proc/self/statm", "r");
  EXPECT(status != NULL && fscanf(status, "%ld", &pages) == 1);
  fclose(status);
  return (int)(pages * (sysconf(_SC_PAGESIZE) >> 10) >> 10);
}

static void limit(int number) {
  struct rlimit limits;
  getrlimit(resource, &limits);
  limits.rlim_cur = (rlim_t)number;
  /* As much more than there is now. */
  if (resource == RLIMIT_AS) limits.rlim_cur = (rlim_t)(address_space() + number) << 20;
  EXPECT(setrlimit(resource, &limits) == 0);
}

/* The status is one of those that say what is scarce, or the call worked; and it took no longer than it may. */
static void check(const char *what, imagesearch_status status, imagesearch_error *error, double start) {
  double took = now() - start;
  int fine = status == IMAGESEARCH_OK || status == IMAGESEARCH_OUT_OF_MEMORY || status == IMAGESEARCH_DEADLINE_EXCEEDED ||
             status == IMAGESEARCH_CONNECTION_FAILED || status == IMAGESEARCH_FILE_NOT_READABLE ||
             status == IMAGESEARCH_INDEX_UNAVAILABLE || status == IMAGESEARCH_HOST_NOT_FOUND;
  if (resource == RLIMIT_FSIZE) fine = status == IMAGESEARCH_OK || status == IMAGESEARCH_DISK_FULL;
  /* Of a stored image that could not be added; the queue is no call that ends. */
  fine = fine || status == IMAGESEARCH_NOT_FOUND;
  if (getenv("SHOW"))
    printf(
        "%-24s %s (%.2f s) %s\n", what, imagesearch_status_name(status), took, error ? imagesearch_error_message(error) : "");
  if (!fine)
    fprintf(stderr, "%s: %s: %s\n", what, imagesearch_status_name(status), error ? imagesearch_error_message(error) : "");
  EXPECT(fine && took < 2.5 && (status == IMAGESEARCH_OK) == (error == NULL));
  imagesearch_error_free(error);
}

static void on_end(imagesearch_operation *operation, void *user_data) {
  (void)operation;
  (void)user_data;
}

/* What a local index does besides searching and adding. */
static void use_collection(imagesearch_client *client) {
  imagesearch_image image = file(image_path);
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_subject first = IMAGESEARCH_SUBJECT_INIT, second = IMAGESEARCH_SUBJECT_INIT;
  imagesearch_update_options update = IMAGESEARCH_UPDATE_OPTIONS_INIT;
  imagesearch_groups *groups = NULL;
  imagesearch_group *group = NULL;
  imagesearch_items *items = NULL;
  imagesearch_images *images = NULL;
  imagesearch_comparison *comparison = NULL;
  imagesearch_bytes *bytes = NULL;
  imagesearch_page *page = NULL;
  imagesearch_results *results = NULL;
  imagesearch_add_report *report = NULL;
  imagesearch_categories *categories = NULL;
  imagesearch_error *error = NULL;
  imagesearch_status status;
  int64_t number;
  double start;
  call.total_timeout = 2;
  search.call = &call;
  search.effort = IMAGESEARCH_EFFORT_THOROUGH;
  first.image = second.image = &image;
  update.category = "scarce";
#define CALL(what, made)                                                                                                     \
  do {                                                                                                                       \
    start = now();                                                                                                           \
    status = made;                                                                                                           \
    check(what, status, error, start);                                                                                       \
    error = NULL;                                                                                                            \
  } while (0)
  CALL("groups", imagesearch_local_index_groups_open(client, NULL, &call, NULL, NULL, &error, &groups));
  if (groups != NULL) CALL("next group", imagesearch_groups_next(groups, &error, &group));
  imagesearch_group_free(group);
  imagesearch_groups_free(groups);
  CALL("items", imagesearch_local_index_items_open(client, 0, 10, &error, &items));
  if (items != NULL) CALL("next items", imagesearch_items_next(items, &call, &error, &images));
  imagesearch_images_free(images);
  imagesearch_items_free(items);
  CALL("compare", imagesearch_local_index_compare(client, &first, &second, &call, &error, &comparison));
  imagesearch_comparison_free(comparison);
  CALL("overlay", imagesearch_local_index_compare_overlay(client, &first, &second, 0, &call, &error, &bytes));
  imagesearch_bytes_free(bytes);
  CALL("thumbnail", imagesearch_local_index_thumbnail(client, "item-0", "melon.png", &call, &error, &bytes));
  imagesearch_bytes_free(bytes);
  CALL("encode", imagesearch_local_index_encode_query(client, &image, &search, 0, &error, &bytes));
  if (bytes != NULL) {
    size_t length = 0;
    const void *query = imagesearch_bytes_data(bytes, &length);
    CALL("search encoded", imagesearch_local_index_search_encoded(client, query, length, &search, &error, &page));
    imagesearch_page_free(page);
  }
  imagesearch_bytes_free(bytes);
  CALL("search many", imagesearch_search_many(client, &image, 1, &search, NULL, NULL, NULL, &error, &results));
  imagesearch_results_free(results);
  CALL("update", imagesearch_local_index_update(client, "item-0", NULL, &update, &call, &error, &number));
  CALL("categories", imagesearch_local_index_categories(client, &call, &error, &categories));
  imagesearch_categories_free(categories);
  CALL("prune", imagesearch_local_index_prune(client, NULL, 0, &call, &error, &images));
  imagesearch_images_free(images);
  CALL("rebuild", imagesearch_local_index_rebuild(client, &call, NULL, NULL, &error, &report));
  imagesearch_add_report_free(report);
#undef CALL
}

static void use(imagesearch_client *client, const char *what) {
  imagesearch_image image = file(image_path);
  imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_search_options search = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_item item = IMAGESEARCH_ITEM_INIT;
  imagesearch_add_report *report = NULL;
  imagesearch_page *page = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_operation *operation = NULL;
  imagesearch_queue *queue = NULL;
  imagesearch_error *error = NULL;
  double start = now();
  imagesearch_status status;
  call.total_timeout = 2;
  search.call = &call;
  status = imagesearch_search(client, &image, &search, &error, &page);
  check(what, status, error, start);
  imagesearch_page_free(page);
  start = now();
  status = imagesearch_get_quota(client, &call, &error, &quota);
  check("quota", status, error, start);
  imagesearch_quota_free(quota);
  if (imagesearch_client_capabilities(client) & IMAGESEARCH_CAN_ADD_IMAGES) {
    item.item_id = "item-6";
    item.images = &image;
    item.image_count = 1;
    start = now();
    status = imagesearch_add_images(client, &item, 1, &call, &error, &report);
    check("add", status, error, start);
    imagesearch_add_report_free(report);
    use_collection(client);
  }
  start = now();
  status = imagesearch_search_start(client, &image, &search, on_end, NULL, &error, &operation);
  check("start", status, error, start);
  if (status == IMAGESEARCH_OK) {
    EXPECT(imagesearch_operation_wait(operation, 2.4) == IMAGESEARCH_OK);
    status = imagesearch_operation_take_page(operation, &error, &page);
    check("take", status, error, start);
    imagesearch_page_free(page);
  }
  imagesearch_operation_free(operation);
  start = now();
  status = imagesearch_queue_open(&error, &queue);
  check("queue", status, error, start);
  imagesearch_queue_free(queue);
}

static imagesearch_client *open_one(int local) {
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_client *client = NULL;
  imagesearch_error *error = NULL;
  double start = now();
  imagesearch_status status;
  keys.api_key = "test-key";
  options.base_url = base_url;
  options.requests_per_minute = 1000000;
  if (local) status = imagesearch_local_index_open(folder, NULL, NULL, &error, &client);
  else status = imagesearch_tineye_open(&keys, &options, &error, &client);
  check(local ? "open index" : "open TinEye", status, error, start);
  EXPECT((client != NULL) == (status == IMAGESEARCH_OK));
  return client;
}

/* In a process of its own: nothing was opened before. */
static void attempt(int local, int opens_first, int number) {
  imagesearch_client *client = NULL;
  alarm(30);
  if (opens_first) client = open_one(local);
  limit(number);
  if (!opens_first) client = open_one(local);
  if (client != NULL) {
    use(client, local ? "search the index" : "search TinEye");
    use(client, "again");
  }
  imagesearch_client_free(client);
}

/* Returns how the process ended. */
static int in_a_process(int local, int opens_first, int number) {
  int status = 0;
  pid_t child;
  fflush(NULL);
  child = fork();
  if (child == 0) {
    atomic_store(&failures, 0);
    if (getenv("SHOW")) printf("-- local %d, opened first %d, limit %d\n", local, opens_first, number);
    attempt(local, opens_first, number);
    fflush(NULL);
    _exit(failures != 0);
  }
  waitpid(child, &status, 0);
  return status;
}

static void *call_on_small_stack(void *client) {
  use(client, "search");
  return NULL;
}

static void small_stacks(void) {
  int local;
  for (local = 0; local < 2; local++) {
    imagesearch_client *client = open_one(local);
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    EXPECT(pthread_attr_setstacksize(&attributes, 128 << 10) == 0);
    EXPECT(pthread_create(&thread, &attributes, call_on_small_stack, client) == 0);
    pthread_join(thread, NULL);
    imagesearch_client_free(client);
  }
}

/* The signal that ends a process which writes beyond its limit finds no thread that takes it. */
static void full_disks(void) {
  static const int limits[] = {0, 1, 4096, 33000, 66000, 100000, 200000, 500000};
  char made[512];
  size_t i;
  int opens_first;
  const char *parent = folder;
  resource = RLIMIT_FSIZE;
  for (opens_first = 0; opens_first < 2; opens_first++) {
    for (i = 0; i < sizeof limits / sizeof *limits; i++) {
      int status = 0;
      pid_t process;
      snprintf(made, sizeof made, "%s-%d-%d", parent, opens_first, limits[i]);
      folder = made;
      fflush(NULL);
      process = fork();
      if (process == 0) {
        imagesearch_client *client = NULL;
        atomic_store(&failures, 0);
        if (opens_first) client = open_one(1);
        alarm(60);
        limit(limits[i]);
        if (!opens_first) client = open_one(1);
        if (client != NULL) {
          use(client, "with little disk");
          use(client, "again");
        }
        imagesearch_client_free(client);
        fflush(NULL);
        _exit(failures != 0);
      }
      waitpid(process, &status, 0);
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "files of %d bytes, opened first %d: %d\n", limits[i], opens_first, status);
        atomic_fetch_add(&failures, 1);
      }
    }
  }
}

/* Of a hundred processes with little memory, those that may end all the same. */
enum { MOST_ENDED = 5 };

int main(int count, char **arguments) {
  int local, opens_first, number, made = 0, ended = 0;
  if (count != 5) return 2;
  base_url = arguments[2];
  folder = arguments[3];
  image_path = arguments[4];
  if (strcmp(arguments[1], "stack") == 0) {
    small_stacks();
    return finish();
  }
  if (strcmp(arguments[1], "disk") == 0) {
    full_disks();
    return finish();
  }
  resource = strcmp(arguments[1], "threads") == 0  ? RLIMIT_NPROC
             : strcmp(arguments[1], "memory") == 0 ? RLIMIT_AS
                                                   : RLIMIT_NOFILE;
  if (resource == RLIMIT_NPROC && geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 3;
  for (local = 0; local < 2; local++) {
    for (opens_first = 0; opens_first < 2; opens_first++) {
      for (number = resource == RLIMIT_NOFILE ? 3 : 0; number < (resource == RLIMIT_NPROC   ? 6
                                                                    : resource == RLIMIT_AS ? 260
                                                                                            : 40);
           number += number < 12             ? 1
                     : resource == RLIMIT_AS ? 12
                                             : 4) {
        int status = in_a_process(local, opens_first, number);
        /* A time that ran out beside a hundred other jobs proves nothing: once more. */
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
          fprintf(
              stderr, "local %d, opened first %d, limit %d: not done after 30 s, tried again\n", local, opens_first, number);
          status = in_a_process(local, opens_first, number);
        }
        made++;
        /* The first uses of libcrypto and of types in Swift's runtime take a little memory that nobody checks; docs/abi.md says so. */
        if (resource == RLIMIT_AS && WIFSIGNALED(status) && ++ended <= MOST_ENDED) continue;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
          fprintf(stderr, "local %d, opened first %d, limit %d: %s %d\n", local, opens_first, number,
              WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
          atomic_fetch_add(&failures, 1);
        }
      }
    }
  }
  if (resource == RLIMIT_AS) printf("%d of %d ended\n", ended, made);
  return finish();
}
