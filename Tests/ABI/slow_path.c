/* Loaded before the C library: a path with this name is resolved and looked at for seconds, as on a server of files that does not
 * answer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_for(const char *path) {
  if (path && strstr(path, "slow-path")) sleep(3);
}

char *realpath(const char *path, char *resolved) {
  char *(*next)(const char *, char *);
  wait_for(path);
  *(void **)&next = dlsym(RTLD_NEXT, "realpath");
  return next(path, resolved);
}

int stat(const char *path, struct stat *found) {
  int (*next)(const char *, struct stat *);
  wait_for(path);
  *(void **)&next = dlsym(RTLD_NEXT, "stat");
  return next(path, found);
}

int lstat(const char *path, struct stat *found) {
  int (*next)(const char *, struct stat *);
  wait_for(path);
  *(void **)&next = dlsym(RTLD_NEXT, "lstat");
  return next(path, found);
}
