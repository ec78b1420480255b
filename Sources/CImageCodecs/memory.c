/* Shared by all codecs. Empty without the trait, like the rest. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <stdatomic.h>
#include <sys/mman.h>

#include "common.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void image_free(void *memory) { free(memory); }

void *image_take_pages(size_t bytes) {
  void *memory = mmap(NULL, bytes > 0 ? bytes : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void image_give_pages(void *memory, size_t bytes) {
  if (memory) munmap(memory, bytes > 0 ? bytes : 1);
}

#ifdef __GLIBC__
/* Below the mmap threshold of malloc(), and together as much as the arena of a thread can retain. */
enum { PIECE = 120 << 10, PIECES = 64 * 1024 / 120 };

/*
 * glibc retains freed memory below its growing thresholds, in an arena per thread. malloc_trim() returns free chunks of
 * all arenas, but not the free top of an arena other than the main thread's. So the top of this thread's arena is made
 * a free chunk: it is allocated in pieces and freed again, except for the last piece, which stays on top meanwhile.
 * None of it is touched.
 */
void image_trim(void) {
  void *pieces[PIECES];
  int count = 0, i;
  while (count < PIECES && (pieces[count] = malloc(PIECE)) != NULL) count++;
  for (i = 0; i + 1 < count; i++) free(pieces[i]);
  malloc_trim(0);
  if (count > 0) free(pieces[count - 1]);
}
#else
void image_trim(void) {}
#endif

/* Number of large images in the process, and the number at which this thread last returned its memory. */
static atomic_uint large;
static _Thread_local unsigned given;

void image_note_large(void) { atomic_fetch_add(&large, 1); }

bool image_was_large(void) {
  unsigned now = atomic_load(&large);
  bool was = now != given;
  given = now;
  return was;
}

#endif
