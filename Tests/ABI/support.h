/* What the C programs of the tests share: checks that count, clients, an image, and a clock. */
#ifndef SUPPORT_H
#define SUPPORT_H
#include <imagesearch.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int failures;

#define EXPECT(condition)                                                                                                    \
  do {                                                                                                                       \
    if (!(condition)) {                                                                                                      \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                        \
      atomic_fetch_add(&failures, 1);                                                                                        \
    }                                                                                                                        \
  } while (0)

/* The call has this status; what it says otherwise is shown. */
#define EXPECT_STATUS(expected, call)                                                                                        \
  do {                                                                                                                       \
    imagesearch_error *error = NULL;                                                                                         \
    imagesearch_status status = call;                                                                                        \
    if (status != (expected)) {                                                                                              \
      fprintf(stderr, "%s:%d: %s: %s, %s\n", __FILE__, __LINE__, #call, imagesearch_status_name(status),                     \
          error ? imagesearch_error_message(error) : "no error");                                                            \
      atomic_fetch_add(&failures, 1);                                                                                        \
    }                                                                                                                        \
    imagesearch_error_free(error);                                                                                           \
  } while (0)

static inline double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline void nap(double seconds) {
  struct timespec time;
  time.tv_sec = (time_t)seconds;
  time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
  nanosleep(&time, NULL);
}

/* Waits for a semaphore; 0 when it was posted in time. */
static inline int wait_for(sem_t *semaphore, double seconds) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += (time_t)seconds;
  return sem_timedwait(semaphore, &time);
}

static inline imagesearch_image file(const char *path) {
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  image.path = path;
  return image;
}

static inline imagesearch_client *open_tineye_with(const char *base_url, imagesearch_client_options options) {
  imagesearch_client *client = NULL;
  imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  keys.api_key = "test-key";
  options.base_url = base_url;
  options.requests_per_minute = 1000000;
  options.maximum_concurrent = 64;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_tineye_open(&keys, &options, &error, &client));
  return client;
}

static inline imagesearch_client *open_tineye(const char *base_url) {
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  return open_tineye_with(base_url, options);
}

/* Version 2019-03-25, with images that are encoded again where they have to be. */
static inline imagesearch_client *open_alibaba_cloud(const char *endpoint) {
  imagesearch_client *client = NULL;
  imagesearch_alibaba_cloud_options keys = IMAGESEARCH_ALIBABA_CLOUD_OPTIONS_INIT;
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  keys.access_key_id = "testid";
  keys.access_key_secret = "testsecret";
  keys.instance = "goodssearch";
  keys.region = "cn-shanghai";
  keys.endpoint = endpoint;
  keys.version = IMAGESEARCH_ALIBABA_CLOUD_2019;
  keys.prepare_images = 1;
  options.requests_per_minute = 1000000;
  options.maximum_attempts = 1;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_alibaba_cloud_open(&keys, &options, &error, &client));
  return client;
}

static inline imagesearch_client *open_index(const char *path) {
  imagesearch_client *client = NULL;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_local_index_open(path, NULL, NULL, &error, &client));
  return client;
}

/* How many threads of this process have a name that begins so. */
static inline int threads_named(const char *name) {
  char command[128];
  int count = -1;
  FILE *output;
  snprintf(command, sizeof command, "cat /proc/%d/task/*/comm | grep -c '^%s'", (int)getpid(), name);
  output = popen(command, "r");
  if (output == NULL) return -1;
  if (fscanf(output, "%d", &count) != 1) count = -1;
  pclose(output);
  return count;
}

/* A thread gives itself its name, and goes on for a moment after the last use of its client. */
static inline int threads_become(const char *name, int count) {
  int tries;
  for (tries = 0; tries < 100; tries++) {
    if (threads_named(name) == count) return 1;
    nap(0.05);
  }
  return 0;
}

static inline int finish(void) {
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
#endif
