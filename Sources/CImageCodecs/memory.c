/* What every codec shares. Empty without the trait, like the rest. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include "common.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void image_free(void *memory) { free(memory); }

/* glibc keeps what was freed below its growing thresholds, in each of its arenas; the codecs' own buffers are out of reach. */
void image_trim(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

#endif
