/* The loops of image matching that pay for run-time CPU dispatch or vector code.
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

/* Bands of a code, of 16 bits each. */
enum { matching_code_bands = 16 };

/* Sorts codes by each of their bands: `starts` receives 65 537 numbers a band, where each value begins and the last ends,
 * and `entries` the numbers of the codes, `count` a band. */
void matching_sort_bands(const uint64_t *codes, size_t count, uint32_t *starts, uint32_t *entries);

/* Compares the codes that share all but one bit of a band with a query: all that differ in 31 bits or fewer, and most of
 * those that differ in a few more. Writes the first `capacity` within `threshold`, a code once for each band and query that
 * found it, and returns how many there are in all. */
size_t matching_scan_bands(
    const uint64_t *codes, size_t count, const uint32_t *starts, const uint32_t *entries, const uint64_t *queries,
    size_t query_count, uint32_t threshold, matching_code_hit *hits, size_t capacity);

/* Blurs a plane with a symmetric kernel of 2 * radius + 1 weights, of which `kernel` holds the middle one and those to
 * one side; outside the plane the nearest pixel counts. Also writes what the blur changed (`target - source`) when
 * `difference` is not NULL. `scratch` holds width + 2 * radius + 32 floats. */
void matching_blur(
    const float *source, size_t width, size_t height, const float *kernel, size_t radius, float *scratch, float *target,
    float *difference);

/* A pixel that is the greatest or the least among its 26 neighbours in place and scale. */
typedef struct {
  uint16_t x, y;
} matching_pixel;

/* Finds the extrema of the middle one of three planes with a value beyond +-`threshold`, not nearer than `border` (at
 * least 1) to an edge. Writes the first `capacity` of them row by row and returns how many there are.
 * `scratch` holds 2 * width floats. */
size_t matching_extrema(
    const float *below, const float *middle, const float *above, size_t width, size_t height, float threshold,
    size_t border, float *scratch, matching_pixel *found, size_t capacity);

enum { matching_longest_line = 32 };

/* `count` bilinear samples, at most matching_longest_line, of a plane of at least 2 x 2 and less than 2^31 pixels, from (x, y) on in steps
 * of (dx, dy); outside the plane the nearest pixel counts. */
void matching_sample_line(
    const float *plane, size_t width, size_t height, float x, float y, float dx, float dy, size_t count,
    float *values);

/* Bins of an orientation histogram, and the numbers of a descriptor: 4 rows x 4 columns x 8 directions. */
enum { matching_orientation_bins = 36, matching_descriptor_length = 128, matching_signature_bits = 64 };

/* The histogram of gradient directions around a point, weighted by magnitude and distance, smoothed.
 * `step` is the distance in pixels of the 16 x 16 samples taken. Bin k is centred on the direction 10k degrees. */
void matching_orientations(
    const float *plane, size_t width, size_t height, float x, float y, float step, float *histogram);

/* The RootSIFT descriptor of the patch around a point whose first axis has the direction (cosine, sine): 16 x 16 samples
 * `step` pixels apart, in 4 x 4 cells of 8 directions, the square roots of fractions that sum to 1. All 0 for a uniform
 * patch. */
void matching_descriptor(
    const float *plane, size_t width, size_t height, float x, float y, float cosine, float sine, float step,
    float *descriptor);

/* The same for a patch whose axes are (axes[0], axes[2]) and (axes[1], axes[3]): turned, stretched, mirrored.
 * Returns the mean magnitude of its gradients, near 0 for a uniform patch. */
float matching_patch_descriptor(
    const float *plane, size_t width, size_t height, float x, float y, const float axes[4], float step,
    float *descriptor);

/* `result[k]` = sum over i of `descriptor[i] * matrix[64 i + k]`, in the order of i. */
void matching_project(const float *matrix, const float *descriptor, float *result);

/* Scans postings (high 24 bits: image, low 40 bits: rest of the signature) for those whose low 40 bits differ from
 * `query` in at most `most` bits. Writes position and distance of the first `capacity` of them; returns how many. */
size_t matching_scan_postings(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity);

/* The same with a given variant (0 portable, 1 POPCNT, 2 AVX-512), for tests; one that the CPU lacks falls back to the
 * next. */
size_t matching_scan_postings_variant(
    int variant, const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions,
    uint8_t *distances, size_t capacity);

/* Prefetches memory. Addresses need not be readable. */
void matching_prefetch(const void *memory, size_t bytes);

/* A pair of near signatures. */
typedef struct {
  uint16_t query, stored;
  uint16_t distance;
} matching_pair;

/* Finds for each query signature the stored ones within `most` bits, at most `per_query` of them in stored order.
 * Writes the first `capacity` pairs and returns how many were written. */
size_t matching_near_pairs(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity);

/* The same without vector code, for tests. */
size_t matching_near_pairs_portable(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity);

/* Columns of features: positions in pixels, directions in turns (0...1), sizes as log2, signatures. */
typedef struct {
  const float *x, *y, *angle, *doubling;
  const uint64_t *signature;
  size_t count;
} matching_features;

/* Stored features sorted by the cells of a grid: cell c holds starts[c] ..< starts[c + 1], row by row. */
typedef struct {
  matching_features features;
  const int32_t *starts;
  int32_t columns, rows;
  float side;
} matching_grid;

/* How far apart features may be under a map. */
typedef struct {
  float distance; /* pixels of the stored image */
  float turn;     /* in turns */
  float doubling; /* log2 of the ratio of sizes */
} matching_tolerance;

/* The stored neighbours of one feature of the query under a map. */
typedef struct {
  int32_t nearest;     /* the stored feature with the least distance, -1 when there is none */
  uint16_t neighbours; /* stored features within the tolerances */
  uint16_t distance;   /* differing bits of the nearest, 65 when there is none */
} matching_meeting;

/* Maps every feature of the query (two rows of three, a rotation in turns, and log2 of the scale) and writes its stored
 * neighbours there, one entry per feature. Returns how many have one within `near` bits. */
size_t matching_meet(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings);

/* The same without vector code, for tests. */
size_t matching_meet_portable(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings);

/* Hypotheses: the similarity of one pair of features, (x, y) -> (a x - b y + tx, b x + a y + ty), from (x, y) -> (u, v).
 * Columns of `count` entries each. */
typedef struct {
  const float *x, *y, *u, *v, *a, *b, *tx, *ty, *turn, *doubling;
  size_t count;
} matching_suggestions;

/* Counts for every hypothesis how many hypotheses agree with it. */
void matching_support(const matching_suggestions *all, matching_tolerance tolerance, uint32_t *support);

/* Features as spots: features closer to each other than the reach of one of them describe the same spot. */
typedef struct {
  const float *x, *y, *reach;
  const uint64_t *signature;
  size_t count;
} matching_spots;

/* How many features at other spots than feature `at` differ from `signature` in at most `most` bits. */
size_t matching_lookalikes(const matching_spots *set, size_t at, uint64_t signature, uint32_t most);

/* Adds to `histogram[d]`, for d up to `most` (at most 64), the pairs of features at different spots that differ in d bits. */
void matching_self_distances(const matching_spots *set, uint32_t most, uint32_t *histogram);

#ifdef __cplusplus
}
#endif

#endif
