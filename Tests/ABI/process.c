/*
 * What the library does to the process that it is in: its end, its threads, descriptors and memory.
 *
 *   process exit main|completion|thread BASE IMAGE MICROSECONDS   ends while calls run; 0 is right
 *   process many BASE                     threads and descriptors of 200 clients, and what is left of them
 *   process growth BASE IMAGE             KiB that 200 times open, search, free leave
 *   process children BASE                 descriptors that a child would get
 *   process threads BASE LIMIT            calls when the user may have no more than LIMIT threads; not as root
 *   process descriptors BASE              calls when the process has none left
 *   process names BASE                    a name that is looked up for ever, beside a client that has nothing to do with it
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <imagesearch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static imagesearch_status open_client(const char *base, imagesearch_client **client) {
  imagesearch_tineye_options tineye = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  imagesearch_status status;
  tineye.api_key = "test-key";
  options.base_url = base;
  options.proxy = "";
  options.requests_per_minute = 1000000;
  options.maximum_attempts = 1;
  status = imagesearch_tineye_open(&tineye, &options, &error, client);
  if (status) printf("open: %s\n", imagesearch_error_message(error));
  imagesearch_error_free(error);
  return status;
}

static imagesearch_status ask(imagesearch_client *client, double seconds) {
  imagesearch_call_options options = IMAGESEARCH_CALL_OPTIONS_INIT;
  imagesearch_error *error = NULL;
  imagesearch_quota *quota = NULL;
  imagesearch_status status;
  options.total_timeout = seconds;
  status = imagesearch_remaining_searches(client, &options, &error, &quota);
  if (status) printf("ask: %s\n", imagesearch_error_message(error));
  imagesearch_error_free(error);
  imagesearch_quota_free(quota);
  return status;
}

/* Threads with a name, or all of them. */
static int threads(const char *name) {
  DIR *folder = opendir("/proc/self/task");
  struct dirent *entry;
  int count = 0;
  if (!folder) return -1;
  while ((entry = readdir(folder))) {
    char path[300], line[64] = "";
    FILE *file;
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
    if (!(file = fopen(path, "r"))) continue;
    if (fgets(line, sizeof line, file) && (!name || strncmp(line, name, strlen(name)) == 0)) count++;
    fclose(file);
  }
  closedir(folder);
  return count;
}

/* Open descriptors; with `inherited` only those that a child would get. */
static int descriptors(int inherited) {
  int count = 0, i;
  for (i = 3; i < 4096; i++) {
    const int flags = fcntl(i, F_GETFD);
    if (flags >= 0 && (!inherited || !(flags & FD_CLOEXEC))) count++;
  }
  return count;
}

static long resident(void) {
  long pages = 0, ignored = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return -1;
  if (fscanf(file, "%ld %ld", &ignored, &pages) != 2) pages = -1;
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void end_in_callback(imagesearch_operation *operation, void *context) {
  (void)operation, (void)context;
  exit(0);
}

static void *end_in_thread(void *delay) {
  usleep(*(useconds_t *)delay);
  exit(0);
}

static int ends(const char *how, const char *base, const char *path, useconds_t delay) {
  imagesearch_client *client = NULL;
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  imagesearch_operation *operation;
  pthread_t thread;
  int i;
  if (open_client(base, &client)) return 2;
  image.path = path;
  for (i = 0; i < 16; i++) {
    operation = NULL;
    imagesearch_search_start(client, &image, NULL, how[0] == 'c' ? end_in_callback : NULL, NULL, NULL, &operation);
  }
  if (how[0] == 't') {
    pthread_create(&thread, NULL, end_in_thread, &delay);
    for (i = 0; i < 100000; i++) ask(client, 5);
  }
  if (how[0] == 'c') {
    sleep(10);
    return 3;
  }
  usleep(delay);
  return 0;
}

enum { CLIENTS = 200 };

static int many(const char *base) {
  imagesearch_client *clients[CLIENTS];
  int i, before, threads_before;
  /* What the library makes once. */
  if (open_client(base, &clients[0]) || ask(clients[0], 20)) return 2;
  imagesearch_client_free(clients[0]);
  for (i = 0; i < 500 && threads("imagesearch-net") > 0; i++) usleep(10000);
  printf("transfer threads after the last client: %d\n", threads("imagesearch-net"));
  before = descriptors(0);
  threads_before = threads(NULL);
  for (i = 0; i < CLIENTS; i++) {
    if (open_client(base, &clients[i])) return 2;
  }
  printf("open: %d transfer threads, %d threads more, %d descriptors more\n", threads("imagesearch-net"),
      threads(NULL) - threads_before, descriptors(0) - before);
  for (i = 0; i < CLIENTS; i++) {
    if (ask(clients[i], 60)) return 2;
  }
  printf("asked: %d transfer threads, %d threads more, %d descriptors more\n", threads("imagesearch-net"),
      threads(NULL) - threads_before, descriptors(0) - before);
  for (i = 0; i < CLIENTS; i++) imagesearch_client_free(clients[i]);
  for (i = 0; i < 500 && (threads("imagesearch-net") > 0 || descriptors(0) > before); i++) usleep(10000);
  printf("freed: %d transfer threads, %d descriptors more\n", threads("imagesearch-net"), descriptors(0) - before);
  return 0;
}

static int growth(const char *base, const char *path) {
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  long first = 0;
  int i;
  image.path = path;
  for (i = 0; i < CLIENTS + 20; i++) {
    imagesearch_client *client = NULL;
    imagesearch_page *page = NULL;
    if (open_client(base, &client) || imagesearch_search(client, &image, NULL, NULL, &page)) return 2;
    imagesearch_page_free(page);
    imagesearch_client_free(client);
    if (i == 19) first = resident();
  }
  printf("%ld\n", resident() - first);
  return 0;
}

static int children(const char *base) {
  imagesearch_client *client = NULL;
  const int before = descriptors(1);
  if (open_client(base, &client) || ask(client, 20)) return 2;
  printf("%d\n", descriptors(1) - before);
  imagesearch_client_free(client);
  return 0;
}

/* Prints how a call ended and whether it came back in its time. */
static void timed(const char *what, imagesearch_client *client) {
  const double begun = now();
  const imagesearch_status status = ask(client, 3);
  printf("%s: %s %s\n", what, imagesearch_status_name(status), now() - begun < 3.5 ? "in time" : "late");
  fflush(stdout);
}

static int without_threads(const char *base, int limit) {
  struct rlimit none = {(rlim_t)limit, (rlim_t)limit};
  imagesearch_client *client = NULL, *other = NULL;
  if (getuid() == 0 && (setgid(65534) || setuid(65534))) return 2;
  if (limit > 0 && open_client(base, &client)) return 2;
  setrlimit(RLIMIT_NPROC, &none);
  alarm(20);
  if (client) timed("opened before", client);
  if (open_client(base, &other) == IMAGESEARCH_OK) timed("opened after", other);
  imagesearch_client_free(other);
  imagesearch_client_free(client);
  return 0;
}

static int without_descriptors(const char *base) {
  struct rlimit limit;
  imagesearch_client *client = NULL, *other = NULL;
  int kept[4096], count = 0, i;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 128;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (open_client(base, &client)) return 2;
  while (count < 4096 && (kept[count] = dup(0)) >= 0) count++;
  alarm(30);
  timed("opened before", client);
  if (open_client(base, &other) == IMAGESEARCH_OK) timed("opened after", other);
  imagesearch_client_free(other);
  for (i = 0; i < count; i++) close(kept[i]);
  timed("descriptors again", client);
  imagesearch_client_free(client);
  return 0;
}

static void *ask_in_thread(void *client) {
  const double begun = now();
  const imagesearch_status status = ask(client, 1);
  printf("slow name: %s %s\n", imagesearch_status_name(status), now() - begun < 2 ? "in time" : "late");
  return NULL;
}

static int names(const char *base) {
  imagesearch_client *client = NULL, *other = NULL;
  pthread_t thread;
  double worst = 0, begun;
  if (open_client("http://slow-name.example/rest/", &other) || open_client(base, &client) || ask(client, 10)) return 2;
  pthread_create(&thread, NULL, ask_in_thread, other);
  begun = now();
  while (now() - begun < 2.5) {
    const double one = now();
    if (ask(client, 10)) return 2;
    if (now() - one > worst) worst = now() - one;
    usleep(10000);
  }
  pthread_join(thread, NULL);
  printf("the other client waited %s\n", worst < 0.9 ? "for nobody" : "for the name");
  fflush(stdout);
  imagesearch_client_free(other);
  imagesearch_client_free(client);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 6 && !strcmp(argv[1], "exit")) return ends(argv[2], argv[3], argv[4], (useconds_t)atoi(argv[5]));
  if (argc == 3 && !strcmp(argv[1], "many")) return many(argv[2]);
  if (argc == 4 && !strcmp(argv[1], "growth")) return growth(argv[2], argv[3]);
  if (argc == 3 && !strcmp(argv[1], "children")) return children(argv[2]);
  if (argc == 4 && !strcmp(argv[1], "threads")) return without_threads(argv[2], atoi(argv[3]));
  if (argc == 3 && !strcmp(argv[1], "descriptors")) return without_descriptors(argv[2]);
  if (argc == 3 && !strcmp(argv[1], "names")) return names(argv[2]);
  return 2;
}
