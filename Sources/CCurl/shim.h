#ifndef IMAGESEARCH_CCURL_SHIM_H
#define IMAGESEARCH_CCURL_SHIM_H

#include <curl/curl.h>
#include <stddef.h>
#include <sys/socket.h>

/* Declared without their headers, which would make this module the owner of structs that Swift imports from the C
 * library's module. */
extern int ioctl(int descriptor, unsigned long request, ...);
enum { IMAGESEARCH_FIONREAD = 0x541B, IMAGESEARCH_TIOCOUTQ = 0x5411, IMAGESEARCH_FIOCLEX = 0x5451 };

/* Swift cannot call C's variadic functions. libcurl's options take exactly one of these types; passing an int where a long is
   expected is undefined, so each type has its own function. */

static inline CURLcode imagesearch_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode imagesearch_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode imagesearch_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode imagesearch_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode imagesearch_curl_set_no_pointer(CURL *easy, CURLoption option) {
  return curl_easy_setopt(easy, option, (void *)0);
}

/* Since libcurl 7.87; an older one refuses the number, which is harmless. */
static const CURLoption imagesearch_curl_quick_exit = (CURLoption)(CURLOPTTYPE_LONG + 322);

typedef size_t (*imagesearch_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode imagesearch_curl_set_data_callback(CURL *easy, CURLoption option,
                                                          imagesearch_curl_data_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode imagesearch_curl_set_seek_callback(CURL *easy, curl_seek_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

static inline CURLcode imagesearch_curl_set_prereq_callback(CURL *easy, curl_prereq_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode imagesearch_curl_set_progress_callback(CURL *easy, curl_xferinfo_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, callback);
}

static inline CURLcode imagesearch_curl_set_debug_callback(CURL *easy, curl_debug_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback);
}

static inline CURLcode imagesearch_curl_set_open_socket_callback(CURL *easy, curl_opensocket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode imagesearch_curl_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode imagesearch_curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode imagesearch_curl_get_pointer(CURL *easy, CURLINFO info, void *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode imagesearch_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode imagesearch_curl_share(CURLSH *share, curl_lock_data what) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, what);
}

/** Whether the handle can be woken; libcurl does not report otherwise that it had no descriptors for it. */
static inline int imagesearch_curl_multi_can_be_woken(CURLM *multi) { return curl_multi_wakeup(multi) == CURLM_OK; }

enum { IMAGESEARCH_MAX_DESCRIPTORS = 256 };

/* Number of bytes in a Unix socket that can be read here (in) or at its other end (out). */
static inline int imagesearch_local_socket_fill(int descriptor, int *in, int *out) {
  int domain = 0;
  socklen_t length = sizeof domain;
  return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX &&
         ioctl(descriptor, IMAGESEARCH_FIONREAD, in) == 0 && ioctl(descriptor, IMAGESEARCH_TIOCOUTQ, out) == 0;
}

/** Marks the socket pair with which a curl_multi of libcurl 7.68 to 8.8 is woken as close-on-exec, which libcurl omits. It is
 * found as the two Unix sockets that fill when the handle is woken. Newer versions do this themselves; then nothing is found or
 * changed. */
static inline void imagesearch_curl_multi_close_on_exec(CURLM *multi, int first) {
  int before[IMAGESEARCH_MAX_DESCRIPTORS][2], start = first < IMAGESEARCH_MAX_DESCRIPTORS / 2 ? 0 : first - IMAGESEARCH_MAX_DESCRIPTORS / 2, i, running;
  curl_multi_poll(multi, NULL, 0, 0, &running);
  for (i = 0; i < IMAGESEARCH_MAX_DESCRIPTORS; i++) {
    if (!imagesearch_local_socket_fill(start + i, &before[i][0], &before[i][1])) before[i][0] = -1;
  }
  curl_multi_wakeup(multi);
  for (i = 0; i < IMAGESEARCH_MAX_DESCRIPTORS; i++) {
    int in, out;
    if (before[i][0] < 0 || !imagesearch_local_socket_fill(start + i, &in, &out)) continue;
    if (in == before[i][0] + 1 || out > before[i][1]) ioctl(start + i, IMAGESEARCH_FIOCLEX);
  }
}

/* The address that a socket is about to connect to: C has the layout of sockaddr_in and sockaddr_in6. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/** The bytes of an address, 4 or 16; the number of them, 0 for another family. */
static inline int imagesearch_address_bytes(const struct curl_sockaddr *address, unsigned char bytes[16]) {
  if (address->family == AF_INET) {
    memcpy(bytes, &((const struct sockaddr_in *)&address->addr)->sin_addr, 4);
    return 4;
  }
  if (address->family == AF_INET6) {
    memcpy(bytes, &((const struct sockaddr_in6 *)&address->addr)->sin6_addr, 16);
    return 16;
  }
  return 0;
}

#endif
