#include "matching_kernels.h"

/* The body is written once and compiled for each instruction set by inlining it into functions with a target. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint32_t distance256(const uint64_t *a, const uint64_t *b) {
  return (uint32_t)(__builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]) +
                    __builtin_popcountll(a[2] ^ b[2]) + __builtin_popcountll(a[3] ^ b[3]));
}

/* Branch-free: the nearest query is unpredictable, and a mispredicted branch costs more than the distance. */
ALWAYS_INLINE uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

ALWAYS_INLINE size_t keep(
    size_t found, size_t index, uint32_t distance, size_t query, matching_code_hit *hits, size_t capacity) {
  if (found < capacity) {
    hits[found].index = (uint32_t)index;
    hits[found].distance = (uint16_t)distance;
    hits[found].query = (uint16_t)query;
  }
  return found + 1;
}

ALWAYS_INLINE size_t scan_body(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
  size_t found = 0;
  if (query_count == 1) {
    const uint64_t query[4] = {queries[0], queries[1], queries[2], queries[3]};
    for (size_t i = 0; i < count; i++) {
      uint32_t distance = distance256(codes + 4 * i, query);
      if (__builtin_expect(distance <= threshold, 0)) found = keep(found, i, distance, 0, hits, capacity);
    }
    return found;
  }
  for (size_t i = 0; i < count; i++) {
    const uint64_t code[4] = {codes[4 * i], codes[4 * i + 1], codes[4 * i + 2], codes[4 * i + 3]};
    uint32_t best = UINT32_MAX;
    for (size_t q = 0; q < query_count; q++) best = least(best, distance256(code, queries + 4 * q));
    if (__builtin_expect(best <= threshold, 0)) {
      size_t which = 0;
      while (distance256(code, queries + 4 * which) != best) which++;
      found = keep(found, i, best, which, hits, capacity);
    }
  }
  return found;
}

static size_t scan_portable(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
  return scan_body(codes, count, queries, query_count, threshold, hits, capacity);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("popcnt"))) static size_t scan_popcnt(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
  return scan_body(codes, count, queries, query_count, threshold, hits, capacity);
}

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512vpopcntdq,popcnt")))

AVX512 static inline uint32_t distance256_avx512(__m256i code, const uint64_t *words) {
  __m256i query = _mm256_loadu_si256((const __m256i *)(const void *)words);
  __m256i counts = _mm256_popcnt_epi64(_mm256_xor_si256(code, query));
  __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(counts), _mm256_extracti128_si256(counts, 1));
  return (uint32_t)(_mm_cvtsi128_si64(pair) + _mm_extract_epi64(pair, 1));
}

AVX512 static size_t scan_avx512(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    __m256i code = _mm256_loadu_si256((const __m256i *)(const void *)(codes + 4 * i));
    uint32_t best = UINT32_MAX;
    for (size_t q = 0; q < query_count; q++) best = least(best, distance256_avx512(code, queries + 4 * q));
    if (__builtin_expect(best <= threshold, 0)) {
      size_t which = 0;
      while (distance256_avx512(code, queries + 4 * which) != best) which++;
      found = keep(found, i, best, which, hits, capacity);
    }
  }
  return found;
}

/* A vector variant is used only if it agrees with the portable one on a sample. */
static int agrees(
    size_t (*scan)(const uint64_t *, size_t, const uint64_t *, size_t, uint32_t, matching_code_hit *, size_t)) {
  uint64_t words[4 * 12];
  uint64_t state = 0x9e3779b97f4a7c15u;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    words[i] = state ^ (state >> 29);
  }
  matching_code_hit expected[8], got[8];
  size_t a = scan_portable(words, 8, words + 32, 4, 256, expected, 8);
  size_t b = scan(words, 8, words + 32, 4, 256, got, 8);
  if (a != b) return 0;
  for (size_t i = 0; i < a; i++) {
    if (expected[i].index != got[i].index || expected[i].distance != got[i].distance ||
        expected[i].query != got[i].query)
      return 0;
  }
  return 1;
}
#endif

int matching_hamming_variant(void) {
  /* Written by any thread with the same value, so a relaxed race is harmless; -1 is "not chosen yet". */
  static _Atomic int chosen = -1;
  int variant = chosen;
  if (variant >= 0) return variant;
  variant = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("popcnt") && agrees(scan_popcnt)) variant = 1;
  if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vpopcntdq") && agrees(scan_avx512))
    variant = 2;
#endif
  chosen = variant;
  return variant;
}

size_t matching_scan_codes_variant(
    int variant, const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
#if defined(__x86_64__)
  int best = matching_hamming_variant();
  if (variant == 2 && best == 2) return scan_avx512(codes, count, queries, query_count, threshold, hits, capacity);
  if (variant >= 1 && best >= 1) return scan_popcnt(codes, count, queries, query_count, threshold, hits, capacity);
#endif
  (void)variant;
  return scan_portable(codes, count, queries, query_count, threshold, hits, capacity);
}

size_t matching_scan_codes(
    const uint64_t *codes, size_t count, const uint64_t *queries, size_t query_count, uint32_t threshold,
    matching_code_hit *hits, size_t capacity) {
  return matching_scan_codes_variant(
      matching_hamming_variant(), codes, count, queries, query_count, threshold, hits, capacity);
}
