#ifndef IMAGESEARCH_CIMAGECODECS_COMMON_H
#define IMAGESEARCH_CIMAGECODECS_COMMON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageCodecs.h"

/* Puts `message` into `failure` and hands `status` back, so that a caller can return it at once. */
static inline image_status image_fail(image_failure *failure, image_status status, const char *message) {
  if (failure) snprintf(failure->message, sizeof failure->message, "%s", message ? message : "");
  return status;
}

/* Whether work is to end, asked once every 2^18 pixels; `work` counts them. */
static inline bool image_stops(image_check check, uint64_t *work, uint64_t pixels) {
  *work += pixels;
  if (*work < 1 << 18) return false;
  *work = 0;
  return check.stops && check.stops(check.context);
}

#endif
