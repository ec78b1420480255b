#include "dispatch.h"
#include "matching_kernels.h"

/* A code has 16 bands of 16 bits; codes that share a band with the query, or all but one bit of it, are compared. */
enum { bands = matching_code_bands, values = 1 << 16, waiting = 256 };

MATCHING_INLINE uint32_t band_of(const uint64_t *code, size_t band) {
  return (uint32_t)(code[band >> 2] >> ((band & 3) * 16)) & (values - 1);
}

void matching_sort_bands(const uint64_t *codes, size_t count, uint32_t *starts, uint32_t *entries) {
  for (size_t band = 0; band < bands; band++) {
    uint32_t *first = starts + band * (values + 1);
    uint32_t *sorted = entries + band * count;
    for (size_t v = 0; v <= values; v++) first[v] = 0;
    for (size_t i = 0; i < count; i++) first[band_of(codes + 4 * i, band) + 1]++;
    for (size_t v = 0; v < values; v++) first[v + 1] += first[v];
    /* Each start moves to the end of its value, which is where the next one starts. */
    for (size_t i = 0; i < count; i++) sorted[first[band_of(codes + 4 * i, band)]++] = (uint32_t)i;
    for (size_t v = values; v > 0; v--) first[v] = first[v - 1];
    first[0] = 0;
  }
}

MATCHING_INLINE size_t look(
    const uint64_t *codes, const uint32_t *near, size_t count, const uint64_t *query, uint32_t threshold,
    uint16_t number, matching_code_hit *hits, size_t found, size_t capacity) {
  for (size_t i = 0; i < count; i++) {
    const uint64_t *code = codes + 4 * (size_t)near[i];
    const uint32_t distance =
        (uint32_t)(__builtin_popcountll(code[0] ^ query[0]) + __builtin_popcountll(code[1] ^ query[1]) +
                   __builtin_popcountll(code[2] ^ query[2]) + __builtin_popcountll(code[3] ^ query[3]));
    if (__builtin_expect(distance > threshold, 1)) continue;
    if (found < capacity) {
      hits[found].index = near[i];
      hits[found].distance = (uint16_t)distance;
      hits[found].query = number;
    }
    found++;
  }
  return found;
}

MATCHING_INLINE size_t scan_body(
    const uint64_t *codes, size_t count, const uint32_t *starts, const uint32_t *entries, const uint64_t *queries,
    size_t query_count, uint32_t threshold, matching_code_hit *hits, size_t capacity) {
  size_t found = 0;
  uint32_t near[waiting];
  for (size_t q = 0; q < query_count; q++) {
    const uint64_t *query = queries + 4 * q;
    size_t gathered = 0;
    for (size_t band = 0; band < bands; band++) {
      const uint32_t *first = starts + band * (values + 1);
      const uint32_t *sorted = entries + band * count;
      const uint32_t own = band_of(query, band);
      for (size_t bit = 0; bit < 16; bit++) __builtin_prefetch(first + (own ^ 1u << bit));
      for (size_t probe = 0; probe <= 16; probe++) {
        const uint32_t value = probe == 0 ? own : own ^ 1u << (probe - 1);
        const uint32_t end = first[value + 1];
        for (uint32_t at = first[value]; at < end; at++) {
          /* Codes are scattered in memory: prefetch now, and read when enough have been gathered. */
          near[gathered] = sorted[at];
          __builtin_prefetch(codes + 4 * (size_t)near[gathered]);
          if (++gathered == waiting) {
            found = look(codes, near, gathered, query, threshold, (uint16_t)q, hits, found, capacity);
            gathered = 0;
          }
        }
      }
    }
    found = look(codes, near, gathered, query, threshold, (uint16_t)q, hits, found, capacity);
  }
  return found;
}

#if defined(MATCHING_AVX2)
MATCHING_AVX2 static size_t scan_avx2(
    const uint64_t *codes, size_t count, const uint32_t *starts, const uint32_t *entries, const uint64_t *queries,
    size_t query_count, uint32_t threshold, matching_code_hit *hits, size_t capacity) {
  return scan_body(codes, count, starts, entries, queries, query_count, threshold, hits, capacity);
}
#endif

size_t matching_scan_bands(
    const uint64_t *codes, size_t count, const uint32_t *starts, const uint32_t *entries, const uint64_t *queries,
    size_t query_count, uint32_t threshold, matching_code_hit *hits, size_t capacity) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2)
    return scan_avx2(codes, count, starts, entries, queries, query_count, threshold, hits, capacity);
#endif
  return scan_body(codes, count, starts, entries, queries, query_count, threshold, hits, capacity);
}
