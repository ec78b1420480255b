#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
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

void csystem_use_utf8(void) {
  if (!setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "");
}

static char **words;

/*
 * glibc passes the command line to every constructor. Swift reads its own list from /proc, which some containers and
 * chroots do not have: every command line would then appear empty.
 */
__attribute__((constructor)) static void keep_words(int count, char **arguments) {
  (void)count;
  words = arguments;
}

char **csystem_arguments(void) { return words; }
