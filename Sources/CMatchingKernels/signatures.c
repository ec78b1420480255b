#include "dispatch.h"
#include "matching_kernels.h"

MATCHING_INLINE size_t scan_postings_body(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    /* Shifting the picture out leaves the 40 bits to compare. */
    uint32_t distance = (uint32_t)__builtin_popcountll((postings[i] ^ query) << 24);
    if (__builtin_expect(distance <= most, 0)) {
      if (found < capacity) {
        positions[found] = (uint32_t)i;
        distances[found] = (uint8_t)distance;
      }
      found++;
    }
  }
  return found;
}

MATCHING_INLINE size_t near_pairs_body(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    size_t own = 0;
    for (size_t s = 0; s < stored_count; s++) {
      uint32_t distance = (uint32_t)__builtin_popcountll(queries[q] ^ stored[s]);
      if (__builtin_expect(distance > most, 1)) continue;
      if (own == per_query || found == capacity) break;
      pairs[found].query = (uint16_t)q;
      pairs[found].stored = (uint16_t)s;
      pairs[found].distance = (uint16_t)distance;
      found++;
      own++;
    }
  }
  return found;
}

#if defined(MATCHING_AVX2)
/* AVX2 implies POPCNT; the population count is what pays here. */
MATCHING_AVX2 static size_t scan_postings_popcnt(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  return scan_postings_body(postings, count, query, most, positions, distances, capacity);
}

MATCHING_AVX2 static size_t near_pairs_popcnt(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
  return near_pairs_body(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
}
#endif

size_t matching_scan_postings(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2)
    return scan_postings_popcnt(postings, count, query, most, positions, distances, capacity);
#endif
  return scan_postings_body(postings, count, query, most, positions, distances, capacity);
}

size_t matching_near_pairs(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2)
    return near_pairs_popcnt(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
#endif
  return near_pairs_body(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
}
