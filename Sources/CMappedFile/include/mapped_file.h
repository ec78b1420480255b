/*
 * Reading a mapped file beyond its end ends the process (SIGBUS), and a file can become shorter at any moment, by any process. For the
 * ranges that are guarded here such a read finds zeros instead, a write is lost, and the range is known as broken from then on.
 */
#ifndef IMAGESEARCH_MAPPED_FILE_H
#define IMAGESEARCH_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Guards a mapping. The first call installs a handler of SIGBUS, which hands on what is not about a guarded range to
 * the handler that was there before, or to the system's own action.
 *
 * start: page-aligned. length: above 0. writable: whether it is mapped for writing too.
 * Returns: a number for the calls below; -1 when there are too many already or the handler cannot be installed: then nothing is guarded.
 * Any thread; threads that read the mapping must not block SIGBUS.
 */
int mapped_file_guard(const void *start, size_t length, bool writable);

/* Whether something beyond the end of the file was read or written; false for -1. Any thread. */
bool mapped_file_is_broken(int guard);

/* To be called before the mapping goes; does nothing for -1. */
void mapped_file_unguard(int guard);

#endif
