#include "rasters.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Size from which a buffer has pages of its own: malloc would retain part of it when freed. */
enum { own_pages = 1 << 18 };

void *raster_allocate(size_t bytes) {
  if (bytes < own_pages) return calloc(bytes, 1);
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void raster_free(void *memory, size_t bytes) {
  if (!memory) return;
  if (bytes < own_pages) {
    free(memory);
  } else {
    munmap(memory, bytes);
  }
}
