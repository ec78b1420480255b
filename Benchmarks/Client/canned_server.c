/*
 * The server of the client benchmarks: it answers every request at once with a fixed response, so that only the client's work
 * is measured. Loopback only; ends when its standard input closes.
 *
 *   canned_server SEARCH.json      prints its port
 *
 * GET or POST .../search/ answers with the file, everything else with a small quota response in TinEye's format.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char quota[] =
    "{\"stats\": {\"timestamp\": \"1490029267.12\", \"query_time\": \"0.07\"}, \"code\": 200, \"messages\": [], \"results\": "
    "{\"bundles\": [{\"remaining_searches\": 719, \"start_date\": \"2016-12-17 03:42:50 UTC\", \"expire_date\": "
    "\"2018-12-17 03:42:50 UTC\"}], \"total_remaining_searches\": 719}}";

struct connection {
  int socket;
  size_t filled;
  size_t body_left;
  char buffer[16384];
};

static char *answers[2];
static size_t lengths[2];

static void prepare(int which, const char *body, size_t length) {
  int head;
  answers[which] = malloc(length + 256);
  head = sprintf(answers[which], "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
  memcpy(answers[which] + head, body, length);
  lengths[which] = (size_t)head + length;
}

static void answer(struct connection *c, int which) {
  size_t sent = 0;
  while (sent < lengths[which]) {
    ssize_t n = send(c->socket, answers[which] + sent, lengths[which] - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    sent += (size_t)n;
  }
}

/* Returns Returns 0 when the connection is to be closed. */
static int receive(struct connection *c) {
  ssize_t n = recv(c->socket, c->buffer + c->filled, sizeof c->buffer - 1 - c->filled, 0);
  if (n <= 0) return 0;
  c->filled += (size_t)n;
  for (;;) {
    char *end, *length;
    size_t head, have;
    if (c->body_left > 0) {
      size_t take = c->filled < c->body_left ? c->filled : c->body_left;
      c->body_left -= take;
      c->filled -= take;
      memmove(c->buffer, c->buffer + take, c->filled);
      if (c->body_left > 0) return 1;
      answer(c, 1);
      continue;
    }
    c->buffer[c->filled] = 0;
    end = strstr(c->buffer, "\r\n\r\n");
    if (!end) return c->filled < sizeof c->buffer - 1;
    head = (size_t)(end - c->buffer) + 4;
    *end = 0;
    if (strcasestr(c->buffer, "\r\nexpect: 100-continue")) send(c->socket, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
    length = strcasestr(c->buffer, "\r\ncontent-length:");
    have = length ? strtoul(length + 17, NULL, 10) : 0;
    if (have > 0) {
      c->body_left = have;
    } else {
      answer(c, strstr(c->buffer, "/search/") ? 1 : 0);
    }
    c->filled -= head;
    memmove(c->buffer, c->buffer + head, c->filled);
  }
}

static void read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  static char body[1 << 22];
  size_t length;
  if (!file) exit(2);
  length = fread(body, 1, sizeof body, file);
  fclose(file);
  prepare(1, body, length);
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0), one = 1;
  struct epoll_event events[256], event = {.events = EPOLLIN};
  if (argc != 2) return 2;
  prepare(0, quota, sizeof quota - 1);
  read_file(argv[1]);
  bind(listener, (struct sockaddr *)&address, sizeof address);
  listen(listener, 1024);
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  event.data.ptr = &listener;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  event.data.ptr = &poll;
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event);
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr == &poll) {
        char byte;
        if (read(0, &byte, 1) <= 0) return 0;
      } else if (events[i].data.ptr == &listener) {
        struct connection *c = calloc(1, sizeof *c);
        c->socket = accept(listener, NULL, NULL);
        setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.ptr = c;
        epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
      } else {
        struct connection *c = events[i].data.ptr;
        if (!receive(c)) {
          close(c->socket);
          free(c);
        }
      }
    }
  }
}
