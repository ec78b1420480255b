#include "dispatch.h"
#include "matching_kernels.h"

#pragma STDC FP_CONTRACT OFF

MATCHING_INLINE float magnitude(float v) { return v < 0 ? -v : v; }

/* Difference of directions in -1...1 turns to the shorter way around, 0...0.5. */
MATCHING_INLINE float shorter_turn(float difference) {
  float d = magnitude(difference);
  return d > 0.5f ? 1 - d : d;
}

MATCHING_INLINE int32_t square_at(float position, float side, int32_t count) {
  int32_t i = (int32_t)(position / side);
  return i < 0 ? 0 : i >= count ? count - 1 : i;
}

/* Where a feature of the query should be in the stored image. */
typedef struct place {
  float x, y, direction, size;
} place;

/* A bit for each of `count` features, at most 8, that is near enough to a place. */
typedef uint32_t neighbours(
    const matching_features *set, int32_t first, int32_t count, const place *at, matching_tolerance tolerance);

MATCHING_INLINE uint32_t neighbours_body(
    const matching_features *set, int32_t first, int32_t count, const place *at, matching_tolerance tolerance) {
  uint32_t near = 0;
  for (int32_t i = 0; i < count; i++) {
    const int32_t s = first + i;
    const float dx = set->x[s] - at->x;
    const float dy = set->y[s] - at->y;
    if (dx * dx + dy * dy <= tolerance.distance * tolerance.distance &&
        magnitude(set->doubling[s] - at->size) <= tolerance.doubling &&
        shorter_turn(set->angle[s] - at->direction) <= tolerance.turn)
      near |= 1u << i;
  }
  return near;
}

MATCHING_INLINE size_t meet_body(const float map[6], float turn, float doubling, const matching_features *query,
    const matching_grid *stored, matching_tolerance tolerance, uint32_t near, matching_meeting *meetings,
    neighbours *neighbours) {
  const matching_features set = stored->features;
  const float radius = tolerance.distance;
  const float width = (float)stored->columns * stored->side;
  const float height = (float)stored->rows * stored->side;
  size_t met = 0;
  for (size_t q = 0; q < query->count; q++) {
    matching_meeting meeting = {-1, 0, 65};
    const float x = map[0] * query->x[q] + map[1] * query->y[q] + map[2];
    const float y = map[3] * query->x[q] + map[4] * query->y[q] + map[5];
    /* Written so that NaN fails. */
    if (x > -radius && y > -radius && x < width + radius && y < height + radius) {
      const float direction = query->angle[q] + turn;
      const float rest = direction >= 1 ? -1.0f : direction < 0 ? 1.0f : 0.0f;
      const place at = {x, y, direction + rest, query->doubling[q] + doubling};
      const int32_t left = square_at(x - radius, stored->side, stored->columns);
      const int32_t right = square_at(x + radius, stored->side, stored->columns);
      const int32_t top = square_at(y - radius, stored->side, stored->rows);
      const int32_t bottom = square_at(y + radius, stored->side, stored->rows);
      for (int32_t r = top; r <= bottom; r++) {
        const int32_t end = stored->starts[r * stored->columns + right + 1];
        for (int32_t first = stored->starts[r * stored->columns + left]; first < end; first += 8) {
          uint32_t all = neighbours(&set, first, end - first < 8 ? end - first : 8, &at, tolerance);
          for (; __builtin_expect(all != 0, 0); all &= all - 1) {
            const int32_t s = first + __builtin_ctz(all);
            meeting.neighbours++;
            const uint16_t distance = (uint16_t)__builtin_popcountll(set.signature[s] ^ query->signature[q]);
            if (distance < meeting.distance) {
              meeting.distance = distance;
              meeting.nearest = s;
            }
          }
        }
      }
    }
    meetings[q] = meeting;
    met += meeting.distance <= near;
  }
  return met;
}

MATCHING_INLINE void support_body(const matching_suggestions *all, matching_tolerance tolerance, uint32_t *support) {
  const float limit = tolerance.distance * tolerance.distance;
  for (size_t i = 0; i < all->count; i++) {
    const float a = all->a[i], b = all->b[i], tx = all->tx[i], ty = all->ty[i];
    const float turn = all->turn[i], doubling = all->doubling[i];
    uint32_t agree = 0;
    for (size_t j = 0; j < all->count; j++) {
      const float dx = a * all->x[j] - b * all->y[j] + tx - all->u[j];
      const float dy = b * all->x[j] + a * all->y[j] + ty - all->v[j];
      const float turned = shorter_turn(all->turn[j] - turn);
      const float grown = magnitude(all->doubling[j] - doubling);
      agree += (uint32_t)((dx * dx + dy * dy <= limit) & (turned <= tolerance.turn) & (grown <= tolerance.doubling));
    }
    support[i] = agree;
  }
}

#if defined(MATCHING_AVX2)
#include <immintrin.h>

/* All at once: of eight features, hardly any is a neighbour, and branches are mispredicted. A quarter of the time. */
MATCHING_AVX2 MATCHING_INLINE uint32_t neighbours_avx2(
    const matching_features *set, int32_t first, int32_t count, const place *at, matching_tolerance tolerance) {
  const __m256i valid = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  const __m256 sign = _mm256_set1_ps(-0.0f);
  const __m256 dx = _mm256_sub_ps(_mm256_maskload_ps(set->x + first, valid), _mm256_set1_ps(at->x));
  const __m256 dy = _mm256_sub_ps(_mm256_maskload_ps(set->y + first, valid), _mm256_set1_ps(at->y));
  const __m256 squares = _mm256_add_ps(_mm256_mul_ps(dx, dx), _mm256_mul_ps(dy, dy));
  const __m256 grown =
      _mm256_andnot_ps(sign, _mm256_sub_ps(_mm256_maskload_ps(set->doubling + first, valid), _mm256_set1_ps(at->size)));
  const __m256 turned =
      _mm256_andnot_ps(sign, _mm256_sub_ps(_mm256_maskload_ps(set->angle + first, valid), _mm256_set1_ps(at->direction)));
  const __m256 shorter = _mm256_min_ps(turned, _mm256_sub_ps(_mm256_set1_ps(1), turned));
  const __m256 near =
      _mm256_and_ps(_mm256_cmp_ps(squares, _mm256_set1_ps(tolerance.distance * tolerance.distance), _CMP_LE_OQ),
          _mm256_and_ps(_mm256_cmp_ps(grown, _mm256_set1_ps(tolerance.doubling), _CMP_LE_OQ),
              _mm256_cmp_ps(shorter, _mm256_set1_ps(tolerance.turn), _CMP_LE_OQ)));
  return (uint32_t)_mm256_movemask_ps(_mm256_and_ps(near, _mm256_castsi256_ps(valid)));
}

MATCHING_AVX2 static size_t meet_avx2(const float map[6], float turn, float doubling, const matching_features *query,
    const matching_grid *stored, matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
  return meet_body(map, turn, doubling, query, stored, tolerance, near, meetings, neighbours_avx2);
}

MATCHING_AVX2 static void support_avx2(const matching_suggestions *all, matching_tolerance tolerance, uint32_t *support) {
  support_body(all, tolerance, support);
}
#endif

size_t matching_meet_portable(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
  return meet_body(map, turn, doubling, query, stored, tolerance, near, meetings, neighbours_body);
}

size_t matching_meet(const float map[6], float turn, float doubling, const matching_features *query,
    const matching_grid *stored, matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) return meet_avx2(map, turn, doubling, query, stored, tolerance, near, meetings);
#endif
  return matching_meet_portable(map, turn, doubling, query, stored, tolerance, near, meetings);
}

void matching_support(const matching_suggestions *all, matching_tolerance tolerance, uint32_t *support) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    support_avx2(all, tolerance, support);
    return;
  }
#endif
  support_body(all, tolerance, support);
}
