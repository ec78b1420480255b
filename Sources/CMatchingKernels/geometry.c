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

MATCHING_INLINE size_t meet_body(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
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
      float direction = query->angle[q] + turn;
      direction = direction >= 1 ? direction - 1 : direction < 0 ? direction + 1 : direction;
      const float size = query->doubling[q] + doubling;
      const int32_t left = square_at(x - radius, stored->side, stored->columns);
      const int32_t right = square_at(x + radius, stored->side, stored->columns);
      const int32_t top = square_at(y - radius, stored->side, stored->rows);
      const int32_t bottom = square_at(y + radius, stored->side, stored->rows);
      for (int32_t r = top; r <= bottom; r++) {
        const int32_t end = stored->starts[r * stored->columns + right + 1];
        for (int32_t s = stored->starts[r * stored->columns + left]; s < end; s++) {
          const float dx = set.x[s] - x;
          const float dy = set.y[s] - y;
          if (dx * dx + dy * dy > radius * radius) continue;
          if (magnitude(set.doubling[s] - size) > tolerance.doubling) continue;
          if (shorter_turn(set.angle[s] - direction) > tolerance.turn) continue;
          meeting.neighbours++;
          const uint16_t distance = (uint16_t)__builtin_popcountll(set.signature[s] ^ query->signature[q]);
          if (distance < meeting.distance) {
            meeting.distance = distance;
            meeting.nearest = s;
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
MATCHING_AVX2 static size_t meet_avx2(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
  return meet_body(map, turn, doubling, query, stored, tolerance, near, meetings);
}

MATCHING_AVX2 static void support_avx2(
    const matching_suggestions *all, matching_tolerance tolerance, uint32_t *support) {
  support_body(all, tolerance, support);
}
#endif

size_t matching_meet(
    const float map[6], float turn, float doubling, const matching_features *query, const matching_grid *stored,
    matching_tolerance tolerance, uint32_t near, matching_meeting *meetings) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) return meet_avx2(map, turn, doubling, query, stored, tolerance, near, meetings);
#endif
  return meet_body(map, turn, doubling, query, stored, tolerance, near, meetings);
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
