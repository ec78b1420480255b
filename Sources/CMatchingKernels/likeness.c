#include "dispatch.h"
#include "matching_kernels.h"

#pragma STDC FP_CONTRACT OFF

/* Whether two features are at different spots. */
MATCHING_INLINE int apart(const matching_spots *set, size_t a, size_t b) {
  const float dx = set->x[a] - set->x[b];
  const float dy = set->y[a] - set->y[b];
  const float reach = set->reach[a] > set->reach[b] ? set->reach[a] : set->reach[b];
  return dx * dx + dy * dy >= reach * reach;
}

MATCHING_INLINE size_t lookalikes_body(const matching_spots *set, size_t at, uint64_t signature, uint32_t most) {
  size_t count = 0;
  for (size_t i = 0; i < set->count; i++) {
    const uint32_t distance = (uint32_t)__builtin_popcountll(set->signature[i] ^ signature);
    if (__builtin_expect(distance <= most, 0) && apart(set, at, i)) count++;
  }
  return count;
}

MATCHING_INLINE void self_distances_body(const matching_spots *set, uint32_t most, uint32_t *histogram) {
  for (size_t a = 0; a < set->count; a++) {
    for (size_t b = 0; b < a; b++) {
      const uint32_t distance = (uint32_t)__builtin_popcountll(set->signature[a] ^ set->signature[b]);
      if (__builtin_expect(distance <= most, 0) && apart(set, a, b)) histogram[distance]++;
    }
  }
}

#if defined(MATCHING_AVX2)
MATCHING_AVX2 static size_t lookalikes_avx2(const matching_spots *set, size_t at, uint64_t signature, uint32_t most) {
  return lookalikes_body(set, at, signature, most);
}

MATCHING_AVX2 static void self_distances_avx2(const matching_spots *set, uint32_t most, uint32_t *histogram) {
  self_distances_body(set, most, histogram);
}
#endif

size_t matching_lookalikes(const matching_spots *set, size_t at, uint64_t signature, uint32_t most) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) return lookalikes_avx2(set, at, signature, most);
#endif
  return lookalikes_body(set, at, signature, most);
}

void matching_self_distances(const matching_spots *set, uint32_t most, uint32_t *histogram) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    self_distances_avx2(set, most, histogram);
    return;
  }
#endif
  self_distances_body(set, most, histogram);
}
