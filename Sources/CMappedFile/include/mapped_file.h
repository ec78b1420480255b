/*
 * Accessing a mapped file beyond its end ends the process (SIGBUS), and any process can truncate a file at any time. In
 * the ranges that are guarded here, such a read returns zeros instead, a write is lost, and the range is marked as
 * broken.
 */
#ifndef IMAGESEARCH_MAPPED_FILE_H
#define IMAGESEARCH_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Guards a mapping. The first call installs a handler of SIGBUS, which forwards signals for other addresses to the
 * previous handler, or to the system's default action.
 *
 * start: page-aligned. length: above 0. writable: whether it is also mapped for writing.
 * Returns: a number for the calls below; -1, without guarding anything, if there are too many or the handler cannot be
 * installed. Any thread; threads that read the mapping must not block SIGBUS.
 */
int mapped_file_guard(const void *start, size_t length, bool writable);

/* Whether the mapping was accessed beyond the end of the file; false for -1. Any thread. */
bool mapped_file_is_broken(int guard);

/* Must be called before the range is unmapped; does nothing for -1. */
void mapped_file_unguard(int guard);

#endif
