#ifndef IMAGESEARCH_CPICTURECODECS_COMMON_H
#define IMAGESEARCH_CPICTURECODECS_COMMON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPictureCodecs.h"

/* Puts `message` into `failure` and hands `status` back, so that a caller can return it at once. */
static inline picture_status picture_fail(picture_failure *failure, picture_status status, const char *message) {
  if (failure) snprintf(failure->message, sizeof failure->message, "%s", message ? message : "");
  return status;
}

#endif
