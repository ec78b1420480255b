/* Loops over pixels that benefit from vector code.
 *
 * Every function works on memory the caller owns, allocates nothing, keeps no state, and may be called from any thread.
 * Floating-point results are the same on every machine: no operation is contracted or reordered (the sources switch
 * contraction off), so features do not depend on the CPU that made them. The Swift callers validate arguments; nothing
 * here does. */
#ifndef IMAGESEARCH_RASTERS_H
#define IMAGESEARCH_RASTERS_H

#include <stddef.h>
#include <stdint.h>

/* Allocates zero-filled memory; NULL if there is not enough. Freed by raster_free with the same size. */
void *raster_allocate(size_t bytes);
void raster_free(void *memory, size_t bytes);

/* One output sample of a resampling: `count` source samples from `start`, weighted by `weights[offset...]`. */
typedef struct {
  uint32_t start, count, offset;
} raster_taps;

/* Resamples an 8-bit plane into floats: rows first, then columns. `scratch` holds `source_width` floats. */
void raster_resample(
    const uint8_t *source, size_t source_width, const raster_taps *column_taps, const float *column_weights,
    size_t width, const raster_taps *row_taps, const float *row_weights, size_t height, float *scratch,
    float *target);

/* The same for a float plane whose rows are `stride` floats apart; results are not limited to 0...255. */
void raster_resample_plane(
    const float *source, size_t stride, size_t source_width, const raster_taps *column_taps,
    const float *column_weights, size_t width, const raster_taps *row_taps, const float *row_weights, size_t height,
    float *scratch, float *target);

/* The same for 8-bit red, green and blue, back to 8 bits, rounded. `scratch` holds 3 * source_width floats. Writes
 * `rows` rows of the result from row `first` on, so that a caller can work in steps. */
void raster_resample_color(
    const uint8_t *source, size_t source_width, const raster_taps *column_taps, const float *column_weights,
    size_t width, const raster_taps *row_taps, const float *row_weights, size_t first, size_t rows, float *scratch,
    uint8_t *target);

/* ITU-R BT.601 luma in 8-bit fixed point, the weights of JPEG's Y. */
static inline uint8_t raster_luma(uint8_t red, uint8_t green, uint8_t blue) {
  return (uint8_t)((77u * red + 150u * green + 29u * blue + 128u) >> 8);
}

/* The luma of `count` pixels that are `source_step` bytes apart (3 or 4), `target_step` bytes apart. */
void raster_luma_row(
    const uint8_t *source, size_t source_step, size_t count, uint8_t *target, size_t target_step);

#endif
