#include "dispatch.h"
#include "matching_kernels.h"

MATCHING_INLINE size_t scan_postings_body(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    /* Shifting the image out leaves the 40 bits to compare. */
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
#include <immintrin.h>

/* AVX2 implies POPCNT, which is what makes this variant faster. */
MATCHING_AVX2 static size_t scan_postings_popcnt(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  return scan_postings_body(postings, count, query, most, positions, distances, capacity);
}

#define MATCHING_AVX512 __attribute__((target("avx512f,avx512vl,avx512vpopcntdq,popcnt")))

/* Eight distances at a time; hardly any is near, so the loop costs one test per eight. */
MATCHING_AVX512 static size_t scan_postings_avx512(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  const __m512i all = _mm512_set1_epi64((long long)query);
  const __m512i limit = _mm512_set1_epi64((long long)most);
  size_t found = 0;
  for (size_t i = 0; i < count; i += 8) {
    const size_t rest = count - i;
    const __mmask8 valid = rest >= 8 ? 0xff : (__mmask8)((1u << rest) - 1);
    const __m512i words = _mm512_maskz_loadu_epi64(valid, postings + i);
    const __m512i counts = _mm512_popcnt_epi64(_mm512_slli_epi64(_mm512_xor_si512(words, all), 24));
    unsigned near = (unsigned)_mm512_mask_cmple_epu64_mask(valid, counts, limit);
    while (__builtin_expect(near != 0, 0)) {
      const size_t k = (size_t)__builtin_ctz(near);
      near &= near - 1;
      if (found < capacity) {
        positions[found] = (uint32_t)(i + k);
        distances[found] = (uint8_t)__builtin_popcountll((postings[i + k] ^ query) << 24);
      }
      found++;
    }
  }
  return found;
}

/* Four distances at a time: population counts of nibbles by table look-up, summed by word. */
MATCHING_AVX2 static size_t near_pairs_avx2(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
  const __m256i table = _mm256_setr_epi8(
      0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i limit = _mm256_set1_epi64x((long long)most + 1);
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const __m256i query = _mm256_set1_epi64x((long long)queries[q]);
    size_t own = 0;
    size_t s = 0;
    for (; s + 4 <= stored_count && own < per_query; s += 4) {
      const __m256i word = _mm256_loadu_si256((const __m256i *)(const void *)(stored + s));
      const __m256i different = _mm256_xor_si256(word, query);
      const __m256i lower = _mm256_shuffle_epi8(table, _mm256_and_si256(different, low));
      const __m256i upper = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(different, 4), low));
      const __m256i counts = _mm256_sad_epu8(_mm256_add_epi8(lower, upper), _mm256_setzero_si256());
      int near = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(limit, counts)));
      for (; near; near &= near - 1) {
        if (own == per_query || found == capacity) break;
        const size_t at = s + (size_t)__builtin_ctz((unsigned)near);
        pairs[found].query = (uint16_t)q;
        pairs[found].stored = (uint16_t)at;
        pairs[found].distance = (uint16_t)__builtin_popcountll(queries[q] ^ stored[at]);
        found++;
        own++;
      }
    }
    for (; s < stored_count && own < per_query && found < capacity; s++) {
      uint32_t distance = (uint32_t)__builtin_popcountll(queries[q] ^ stored[s]);
      if (distance > most) continue;
      pairs[found].query = (uint16_t)q;
      pairs[found].stored = (uint16_t)s;
      pairs[found].distance = (uint16_t)distance;
      found++;
      own++;
    }
  }
  return found;
}
#endif

size_t matching_scan_postings_variant(
    int variant, const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions,
    uint8_t *distances, size_t capacity) {
#if defined(MATCHING_AVX2)
  const int best = matching_hamming_variant();
  if (variant == 2 && best == 2)
    return scan_postings_avx512(postings, count, query, most, positions, distances, capacity);
  if (variant >= 1 && MATCHING_HAS_AVX2)
    return scan_postings_popcnt(postings, count, query, most, positions, distances, capacity);
#endif
  (void)variant;
  return scan_postings_body(postings, count, query, most, positions, distances, capacity);
}

size_t matching_scan_postings(
    const uint64_t *postings, size_t count, uint64_t query, uint32_t most, uint32_t *positions, uint8_t *distances,
    size_t capacity) {
  return matching_scan_postings_variant(2, postings, count, query, most, positions, distances, capacity);
}

void matching_prefetch(const void *memory, size_t bytes) {
  const char *at = memory;
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(at + i);
}

size_t matching_near_pairs_portable(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
  return near_pairs_body(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
}

size_t matching_near_pairs(
    const uint64_t *queries, size_t query_count, const uint64_t *stored, size_t stored_count, uint32_t most,
    size_t per_query, matching_pair *pairs, size_t capacity) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2)
    return near_pairs_avx2(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
#endif
  return near_pairs_body(queries, query_count, stored, stored_count, most, per_query, pairs, capacity);
}
