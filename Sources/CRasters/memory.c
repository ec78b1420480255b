#include "rasters.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Size from which a buffer has separate pages, because malloc would retain part of it when freed. */
enum { own_pages = 1 << 18 };

/* Memory that must remain after a buffer was allocated: a failure of the next small, unchecked allocation would end the process. */
enum { spare = 1 << 20 };

void *raster_allocate(size_t bytes) {
  if (bytes < own_pages) return calloc(bytes, 1);
  if (bytes > SIZE_MAX / 2) return NULL;
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t rounded = (bytes + page - 1) / page * page;
  char *memory = mmap(NULL, rounded + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  munmap(memory + rounded, spare);
  return memory;
}

void raster_free(void *memory, size_t bytes) {
  if (!memory) return;
  if (bytes < own_pages) {
    free(memory);
  } else {
    munmap(memory, bytes);
  }
}
