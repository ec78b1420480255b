#include "rasters.h"

void raster_luma_row(
    const uint8_t *source, size_t source_step, size_t count, uint8_t *target, size_t target_step) {
  /* Constant steps allow the compiler to vectorize. */
  if (source_step == 3 && target_step == 1) {
    for (size_t i = 0; i < count; i++) target[i] = raster_luma(source[3 * i], source[3 * i + 1], source[3 * i + 2]);
  } else if (source_step == 4 && target_step == 1) {
    for (size_t i = 0; i < count; i++) target[i] = raster_luma(source[4 * i], source[4 * i + 1], source[4 * i + 2]);
  } else {
    for (size_t i = 0; i < count; i++)
      target[i * target_step] =
          raster_luma(source[i * source_step], source[i * source_step + 1], source[i * source_step + 2]);
  }
}
