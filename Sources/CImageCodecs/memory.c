/* What every codec shares. Empty without the trait, like the rest. */
#ifdef IMAGESEARCH_LOCAL_INDEX

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

/* glibc keeps what was freed below its growing thresholds, in each of its arenas; the codecs' own buffers are out of reach. */
void image_trim(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

#endif
