/* What every codec shares. Empty without the trait, like the rest. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include "common.h"

void image_free(void *memory) { free(memory); }

#endif
