/*
 * The cost of libcurl alone: a lower bound for every client that uses it.
 *
 *   bare_curl URL COUNT [IN_FLIGHT [whole]]      prints microseconds of CPU time per request
 *
 * Without IN_FLIGHT, sequential curl_easy_perform on one handle; with it, curl_multi with that many concurrent requests. With "whole",
 * a request has the User-Agent, the timeouts and the header callback of a client's request.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct body {
  char *bytes;
  size_t length, capacity;
};

static size_t collect(char *bytes, size_t size, size_t count, void *context) {
  struct body *body = context;
  size_t n = size * count;
  if (body->length + n > body->capacity) {
    body->capacity = 2 * (body->length + n);
    body->bytes = realloc(body->bytes, body->capacity);
  }
  memcpy(body->bytes + body->length, bytes, n);
  body->length += n;
  return n;
}

static size_t pass(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes;
  (void)context;
  return size * count;
}

static int whole;

static double cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static CURL *handle(const char *url, struct body *body, struct curl_slist *headers) {
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, body);
  if (whole) {
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "ImageSearch/1.0.0");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 15000L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, pass);
  }
  return easy;
}

static void sequential(const char *url, int count, struct curl_slist *headers) {
  struct body body = {0};
  CURL *easy = handle(url, &body, headers);
  for (int i = 0; i < count; i++) {
    body.length = 0;
    if (curl_easy_perform(easy) != CURLE_OK) exit(3);
  }
  curl_easy_cleanup(easy);
  free(body.bytes);
}

/* Returns the CPU time of `count` requests, after a tenth as many for opening the connections. */
static double concurrent(const char *url, int count, int in_flight, struct curl_slist *headers) {
  CURLM *multi = curl_multi_init();
  struct body *bodies = calloc((size_t)in_flight, sizeof *bodies);
  const int first = count / 10;
  int started = 0, done = 0, running;
  double before = 0;
  count += first;
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
  for (; started < in_flight && started < count; started++) curl_multi_add_handle(multi, handle(url, &bodies[started], headers));
  while (done < count) {
    CURLMsg *message;
    int left;
    curl_multi_perform(multi, &running);
    while ((message = curl_multi_info_read(multi, &left))) {
      CURL *easy = message->easy_handle;
      struct body *body;
      if (message->data.result != CURLE_OK) exit(3);
      if (done++ == first) before = cpu();
      curl_multi_remove_handle(multi, easy);
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      if (started < count) {
        started++;
        body->length = 0;
        curl_multi_add_handle(multi, easy);
      } else {
        curl_easy_cleanup(easy);
      }
    }
    if (done < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  curl_multi_cleanup(multi);
  return cpu() - before;
}

int main(int argc, char **argv) {
  struct curl_slist *headers;
  double before, passed;
  int count;
  if (argc < 3) return 2;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  headers = curl_slist_append(NULL, "x-api-key: test-key");
  count = atoi(argv[2]);
  whole = argc > 4 && strcmp(argv[4], "whole") == 0;
  if (argc > 3) {
    passed = concurrent(argv[1], count, atoi(argv[3]), headers);
  } else {
    sequential(argv[1], count / 10 + 1, headers);
    before = cpu();
    sequential(argv[1], count, headers);
    passed = cpu() - before;
  }
  printf("%.1f\n", passed / count);
  return 0;
}
