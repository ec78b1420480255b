#ifndef IMAGESEARCH_CIMAGECODECS_COMMON_H
#define IMAGESEARCH_CIMAGECODECS_COMMON_H

/* Reports all missing headers at once. */
#if !__has_include(<jpeglib.h>) || !__has_include(<png.h>) || !__has_include(<webp/encode.h>) \
    || !__has_include(<gif_lib.h>) || !__has_include(<tiffio.h>) || !__has_include(<sqlite3.h>)
#error "the trait LocalIndex needs libraries that are missing here; on Debian and Ubuntu: apt-get install \
libsqlite3-dev libjpeg-dev libpng-dev libwebp-dev libgif-dev libtiff-dev"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageCodecs.h"

/* Stores `message` in `failure` and returns `status`, so that a caller can return it at once. */
static inline image_status image_fail(image_failure *failure, image_status status, const char *message) {
  if (failure) snprintf(failure->message, sizeof failure->message, "%s", message ? message : "");
  return status;
}

/* Allocates zero-filled memory in pages of its own, which returns to the system when it is freed; NULL if there is not
 * enough. */
void *image_take_pages(size_t bytes);
void image_give_pages(void *memory, size_t bytes);

/* Whether the work must end, checked once every 2^18 pixels; `work` counts them. */
static inline bool image_stops(image_check check, uint64_t *work, uint64_t pixels) {
  *work += pixels;
  if (*work < 1 << 18) return false;
  *work = 0;
  return check.stops && check.stops(check.context);
}

#endif
