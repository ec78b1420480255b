#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>

int csystem_rename_no_replace(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) != 0) return -1;
  return unlink(from);
}

int csystem_width(unsigned int character) { return wcwidth((wchar_t)character); }

int csystem_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  return remove(path);
}

int csystem_remove_folder(const char *path) { return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

void csystem_use_utf8(void) {
  if (!setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "");
}

static char **words;

/*
 * In a program that is started without one of its three standard descriptors, the first file that it opens gets that number, and standard
 * output would be written into an index or a journal. So a descriptor that can be neither read nor written takes its place.
 */
static void fill_standard_descriptors(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

/*
 * glibc passes the command line to every constructor. Swift reads its own list from /proc, which some containers and
 * chroots do not have: every command line would then appear empty.
 */
__attribute__((constructor)) static void keep_words(int count, char **arguments) {
  (void)count;
  words = arguments;
  fill_standard_descriptors();
}

char **csystem_arguments(void) { return words; }
