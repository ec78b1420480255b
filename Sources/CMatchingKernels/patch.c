#include "dispatch.h"
#include "matching_kernels.h"

#pragma STDC FP_CONTRACT OFF

/* 16 x 16 gradients need a ring of samples around them. */
enum { side = 16, ring = side + 2, samples = side * side };

/* One correctly rounded instruction everywhere, so it is deterministic. sqrtf() would set errno, which keeps loops from being vectorised. */
MATCHING_INLINE float square_root(float v) { return __builtin_elementwise_sqrt(v); }

MATCHING_INLINE float between(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

/* Bilinear samples of the patch; outside the plane the nearest pixel counts. */
MATCHING_INLINE void sample_patch(
    const float *plane, size_t width, size_t height, float x, float y, const float axes[4], float step, float *patch) {
  const float last_x = (float)(width - 1), last_y = (float)(height - 1);
  for (int v = 0; v < ring; v++) {
    const float dv = ((float)v - 8.5f) * step;
    int left[ring], top[ring];
    float across[ring], along[ring];
    for (int u = 0; u < ring; u++) {
      const float du = ((float)u - 8.5f) * step;
      const float px = between(x + (du * axes[0] + dv * axes[1]), 0, last_x);
      const float py = between(y + (du * axes[2] + dv * axes[3]), 0, last_y);
      left[u] = (int)px;
      top[u] = (int)py;
      across[u] = px - (float)left[u];
      along[u] = py - (float)top[u];
    }
    for (int u = 0; u < ring; u++) {
      const size_t right = (size_t)left[u] + 1 < width ? 1 : 0;
      const size_t down = (size_t)top[u] + 1 < height ? width : 0;
      const float *at = plane + (size_t)top[u] * width + (size_t)left[u];
      const float upper = at[0] + across[u] * (at[right] - at[0]);
      const float lower = at[down] + across[u] * (at[down + right] - at[down]);
      patch[v * ring + u] = upper + along[u] * (lower - upper);
    }
  }
}

/* Gradients in the patch's own axes: magnitude, and direction in turns, 0...1. */
MATCHING_INLINE void gradients(const float *patch, float *strength, float *direction) {
  for (int v = 0; v < side; v++) {
    const float *row = patch + (v + 1) * ring + 1;
    for (int u = 0; u < side; u++) {
      const float dx = row[u + 1] - *(row + u - 1);
      const float dy = row[u + ring] - *(row + u - ring);
      const float ax = dx < 0 ? -dx : dx;
      const float ay = dy < 0 ? -dy : dy;
      const float most = ax > ay ? ax : ay;
      const float least = ax > ay ? ay : ax;
      const float t = least / (most + 1e-20f);
      const float s = t * t;
      /* atan(t) / 2 pi on 0...1, error below 2e-6 of a turn. */
      float a = t * (0.15913367f + s * (-0.05256962f + s * (0.02867313f + s * (-0.01355284f + s * 0.00331748f))));
      a = ay > ax ? 0.25f - a : a;
      a = dx < 0 ? 0.5f - a : a;
      a = dy < 0 ? 1.0f - a : a;
      strength[v * side + u] = square_root(dx * dx + dy * dy);
      direction[v * side + u] = a;
    }
  }
}

/* exp(-r^2 / 2) for the distance of a sample from the middle, r in units of half the patch: one table for both uses. */
static const float nearness[side / 2] = {0.9980488f, 0.9825754f, 0.9523448f, 0.9087338f,
                                         0.8536764f, 0.7895216f, 0.7188676f, 0.6443887f};

MATCHING_INLINE float near_middle(int i) { return nearness[i < side / 2 ? side / 2 - 1 - i : i - side / 2]; }

MATCHING_INLINE void orientations_body(
    const float *plane, size_t width, size_t height, float x, float y, float step, float *histogram) {
  float patch[ring * ring], strength[samples], direction[samples];
  const float upright[4] = {1, 0, 0, 1};
  sample_patch(plane, width, height, x, y, upright, step, patch);
  gradients(patch, strength, direction);
  float bins[matching_orientation_bins] = {0};
  for (int v = 0; v < side; v++) {
    const float wy = near_middle(v);
    for (int u = 0; u < side; u++) {
      /* The fourth power narrows the window to a third of the patch, as in SIFT. */
      const float w2 = wy * near_middle(u) * (wy * near_middle(u));
      const float amount = strength[v * side + u] * (w2 * w2);
      const float at = direction[v * side + u] * (float)matching_orientation_bins;
      const int bin = (int)at;
      const float part = at - (float)bin;
      const int first = bin >= matching_orientation_bins ? 0 : bin;
      const int second = first + 1 == matching_orientation_bins ? 0 : first + 1;
      bins[first] += amount * (1 - part);
      bins[second] += amount * part;
    }
  }
  for (int i = 0; i < matching_orientation_bins; i++) {
    const int n = matching_orientation_bins;
    histogram[i] = 0.375f * bins[i] + 0.25f * (bins[(i + 1) % n] + bins[(i + n - 1) % n]) +
                   0.0625f * (bins[(i + 2) % n] + bins[(i + n - 2) % n]);
  }
}

/* Returns the mean magnitude of the patch's gradients, weighted towards the middle. */
MATCHING_INLINE float descriptor_body(
    const float *plane, size_t width, size_t height, float x, float y, const float axes[4], float step,
    float *descriptor) {
  float patch[ring * ring], strength[samples], direction[samples];
  sample_patch(plane, width, height, x, y, axes, step, patch);
  gradients(patch, strength, direction);
  float cells[matching_descriptor_length] = {0};
  for (int v = 0; v < side; v++) {
    float line[32] = {0};
    const float wy = near_middle(v);
    for (int u = 0; u < side; u++) {
      const float amount = strength[v * side + u] * (wy * near_middle(u));
      const float at = direction[v * side + u] * 8.0f;
      const int bin = (int)at;
      const float part = at - (float)bin;
      const int first = bin & 7, second = (bin + 1) & 7;
      /* A sample lies between the middles of two columns of cells, which are four samples wide. */
      const int column = (u + 2) / 4 - 1;
      const float share = ((float)((u + 2) % 4) + 0.5f) / 4;
      if (column >= 0) {
        const float a = amount * (1 - share);
        line[8 * column + first] += a * (1 - part);
        line[8 * column + second] += a * part;
      }
      if (column < 3) {
        const float a = amount * share;
        line[8 * (column + 1) + first] += a * (1 - part);
        line[8 * (column + 1) + second] += a * part;
      }
    }
    const int above = (v + 2) / 4 - 1;
    const float share = ((float)((v + 2) % 4) + 0.5f) / 4;
    if (above >= 0)
      for (int i = 0; i < 32; i++) cells[32 * above + i] += (1 - share) * line[i];
    if (above < 3)
      for (int i = 0; i < 32; i++) cells[32 * (above + 1) + i] += share * line[i];
  }
  float energy = 0;
  for (int i = 0; i < matching_descriptor_length; i++) energy += cells[i] * cells[i];
  const float limit = 0.2f * square_root(energy);
  float sum = 0;
  for (int i = 0; i < matching_descriptor_length; i++) {
    cells[i] = cells[i] > limit ? limit : cells[i];
    sum += cells[i];
  }
  const float scale = sum > 1e-6f ? 1 / sum : 0;
  float total = 0;
  for (int v = 0; v < side; v++)
    for (int u = 0; u < side; u++) total += strength[v * side + u] * (near_middle(v) * near_middle(u));
  for (int i = 0; i < matching_descriptor_length; i++) descriptor[i] = square_root(cells[i] * scale);
  /* The sum of the weights. */
  return total / 187.58902f;
}

MATCHING_INLINE void project_body(const float *matrix, const float *descriptor, float *result) {
  float sums[matching_signature_bits] = {0};
  for (size_t i = 0; i < matching_descriptor_length; i++) {
    const float value = descriptor[i];
    const float *row = matrix + i * matching_signature_bits;
    for (size_t k = 0; k < matching_signature_bits; k++) sums[k] += value * row[k];
  }
  for (size_t k = 0; k < matching_signature_bits; k++) result[k] = sums[k];
}

MATCHING_INLINE void sample_line_body(
    const float *plane, size_t width, size_t height, float x, float y, float dx, float dy, size_t count,
    float *values) {
  const float last_x = (float)(width - 1), last_y = (float)(height - 1);
  const int last_left = (int)width - 2, last_top = (int)height - 2;
  int at[matching_longest_line];
  float across[matching_longest_line], along[matching_longest_line];
  for (size_t i = 0; i < count; i++) {
    const float px = between(x + (float)i * dx, 0, last_x);
    const float py = between(y + (float)i * dy, 0, last_y);
    const int left = (int)px < last_left ? (int)px : last_left;
    const int top = (int)py < last_top ? (int)py : last_top;
    across[i] = px - (float)left;
    along[i] = py - (float)top;
    at[i] = top * (int)width + left;
  }
  const float *below = plane + width;
  for (size_t i = 0; i < count; i++) {
    const float upper = plane[at[i]] + across[i] * (plane[at[i] + 1] - plane[at[i]]);
    const float lower = below[at[i]] + across[i] * (below[at[i] + 1] - below[at[i]]);
    values[i] = upper + along[i] * (lower - upper);
  }
}

#if defined(MATCHING_AVX2)
MATCHING_AVX2 static void sample_line_avx2(
    const float *plane, size_t width, size_t height, float x, float y, float dx, float dy, size_t count,
    float *values) {
  sample_line_body(plane, width, height, x, y, dx, dy, count, values);
}

MATCHING_AVX2 static void project_avx2(const float *matrix, const float *descriptor, float *result) {
  project_body(matrix, descriptor, result);
}

MATCHING_AVX2 static void orientations_avx2(
    const float *plane, size_t width, size_t height, float x, float y, float step, float *histogram) {
  orientations_body(plane, width, height, x, y, step, histogram);
}

MATCHING_AVX2 static float descriptor_avx2(
    const float *plane, size_t width, size_t height, float x, float y, const float axes[4], float step,
    float *descriptor) {
  return descriptor_body(plane, width, height, x, y, axes, step, descriptor);
}
#endif

void matching_orientations(
    const float *plane, size_t width, size_t height, float x, float y, float step, float *histogram) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    orientations_avx2(plane, width, height, x, y, step, histogram);
    return;
  }
#endif
  orientations_body(plane, width, height, x, y, step, histogram);
}

float matching_patch_descriptor(
    const float *plane, size_t width, size_t height, float x, float y, const float axes[4], float step,
    float *descriptor) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) return descriptor_avx2(plane, width, height, x, y, axes, step, descriptor);
#endif
  return descriptor_body(plane, width, height, x, y, axes, step, descriptor);
}

void matching_descriptor(
    const float *plane, size_t width, size_t height, float x, float y, float cosine, float sine, float step,
    float *descriptor) {
  const float axes[4] = {cosine, -sine, sine, cosine};
  matching_patch_descriptor(plane, width, height, x, y, axes, step, descriptor);
}

void matching_project(const float *matrix, const float *descriptor, float *result) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    project_avx2(matrix, descriptor, result);
    return;
  }
#endif
  project_body(matrix, descriptor, result);
}

void matching_sample_line(
    const float *plane, size_t width, size_t height, float x, float y, float dx, float dy, size_t count,
    float *values) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    sample_line_avx2(plane, width, height, x, y, dx, dy, count, values);
    return;
  }
#endif
  sample_line_body(plane, width, height, x, y, dx, dy, count, values);
}
