/* What every codec shares. Empty without the trait, like the rest. */
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
/* Below the least size for which malloc() asks the system by itself, and together as much as the pool of a thread can hold. */
enum { PIECE = 120 << 10, PIECES = 64 * 1024 / 120 };

/*
 * glibc keeps what was freed below its growing thresholds, in a pool for each thread. malloc_trim() gives back free pieces of all pools,
 * but not what is free at the end of one, unless it is that of the main thread. So the end of this thread's is made a free piece: it is
 * taken as a whole and freed again, but for the last part, which is its end meanwhile. Nothing of it is touched.
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

/* How many large images there were in the process, and of those before which one this thread gave back what it kept. */
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
