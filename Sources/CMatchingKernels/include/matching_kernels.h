/* The loops of picture matching that pay for run-time CPU dispatch or vector code.
 *
 * Every function works on memory the caller owns, allocates nothing, keeps no state besides the choice of a CPU variant,
 * and may be called from any thread. Floating-point results are the same on every machine: no operation is contracted or
 * reordered (the sources switch contraction off), so a stored descriptor does not depend on the CPU that made it.
 * Nothing here validates: the Swift callers do.
 */
#ifndef MATCHING_KERNELS_H
#define MATCHING_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One code of a scan that is near one of the queries. */
typedef struct {
  uint32_t index;    /* which code */
  uint16_t distance; /* differing bits, 0...256 */
  uint16_t query;    /* which query, the first of the nearest ones */
} matching_code_hit;

/* Which variant the Hamming kernels use: 0 portable, 1 POPCNT, 2 AVX-512 VPOPCNTDQ. */
int matching_hamming_variant(void);

/* Scans `count` codes of four words each for those within `threshold` bits of the nearest of `query_count` queries.
 * Writes the first `capacity` of them in the order of the codes, and returns how many there are in all. */
size_t matching_scan_codes(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity);

/* The same with a given variant, for tests; a variant that the CPU lacks falls back to the portable one. */
size_t matching_scan_codes_variant(
    int variant, const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity);

/* One output sample of a resampling: `count` source samples from `start`, weighted by `weights[offset...]`. */
typedef struct {
  uint32_t start, count, offset;
} matching_taps;

/* Resamples an 8-bit plane into floats: rows first, then columns. `scratch` holds `source_width` floats. */
void matching_resample(
    const uint8_t *source, size_t source_width, const matching_taps *column_taps, const float *column_weights,
    size_t width, const matching_taps *row_taps, const float *row_weights, size_t height, float *scratch,
    float *target);

/* The same for a float plane whose rows are `stride` floats apart; results are not limited to 0...255. */
void matching_resample_plane(
    const float *source, size_t stride, size_t source_width, const matching_taps *column_taps,
    const float *column_weights, size_t width, const matching_taps *row_taps, const float *row_weights, size_t height,
    float *scratch, float *target);

#ifdef __cplusplus
}
#endif

#endif
