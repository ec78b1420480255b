#include "dispatch.h"
#include "matching_kernels.h"

#pragma STDC FP_CONTRACT OFF

/* As many columns at once as fit into registers. */
enum { block = 32 };

MATCHING_INLINE size_t clamp_row(ptrdiff_t y, size_t height) {
  return y < 0 ? 0 : (size_t)y >= height ? height - 1 : (size_t)y;
}

/* The last block of a row overlaps the one before it, so that no columns are left for single operations. */
MATCHING_INLINE size_t next_block(size_t x, size_t width) {
  return x + block < width && x + 2 * block > width ? width - block : x + block;
}

MATCHING_INLINE void blur_columns(
    const float *source, size_t width, size_t height, size_t y, const float *kernel, size_t radius, float *row) {
  size_t x = 0;
  while (x + block <= width) {
    float sums[block];
    const float *middle = source + y * width + x;
    for (size_t i = 0; i < block; i++) sums[i] = kernel[0] * middle[i];
    for (size_t k = 1; k <= radius; k++) {
      const float *up = source + clamp_row((ptrdiff_t)y - (ptrdiff_t)k, height) * width + x;
      const float *down = source + clamp_row((ptrdiff_t)(y + k), height) * width + x;
      const float weight = kernel[k];
      for (size_t i = 0; i < block; i++) sums[i] += weight * (up[i] + down[i]);
    }
    for (size_t i = 0; i < block; i++) row[x + i] = sums[i];
    x = next_block(x, width);
  }
  for (; x < width; x++) {
    float sum = kernel[0] * source[y * width + x];
    for (size_t k = 1; k <= radius; k++)
      sum += kernel[k] * (source[clamp_row((ptrdiff_t)y - (ptrdiff_t)k, height) * width + x] +
                          source[clamp_row((ptrdiff_t)(y + k), height) * width + x]);
    row[x] = sum;
  }
}

MATCHING_INLINE void blur_row(
    const float *row, size_t width, const float *kernel, size_t radius, const float *source, float *target,
    float *difference) {
  size_t x = 0;
  while (x + block <= width) {
    float sums[block];
    for (size_t i = 0; i < block; i++) sums[i] = kernel[0] * row[x + i];
    for (size_t k = 1; k <= radius; k++) {
      const float weight = kernel[k];
      const float *left = row + x - k;
      const float *right = row + x + k;
      for (size_t i = 0; i < block; i++) sums[i] += weight * (left[i] + right[i]);
    }
    for (size_t i = 0; i < block; i++) target[x + i] = sums[i];
    if (difference)
      for (size_t i = 0; i < block; i++) difference[x + i] = sums[i] - source[x + i];
    x = next_block(x, width);
  }
  for (; x < width; x++) {
    float sum = kernel[0] * row[x];
    for (size_t k = 1; k <= radius; k++) sum += kernel[k] * (*(row + x - k) + row[x + k]);
    target[x] = sum;
    if (difference) difference[x] = sum - source[x];
  }
}

MATCHING_INLINE void blur_body(
    const float *source, size_t width, size_t height, const float *kernel, size_t radius, float *scratch, float *target,
    float *difference) {
  float *row = scratch + radius;
  for (size_t y = 0; y < height; y++) {
    blur_columns(source, width, height, y, kernel, radius, row);
    for (size_t k = 1; k <= radius; k++) {
      scratch[radius - k] = row[0];
      row[width - 1 + k] = row[width - 1];
    }
    blur_row(
        row, width, kernel, radius, source + y * width, target + y * width, difference ? difference + y * width : 0);
  }
}

MATCHING_INLINE float greater(float a, float b) { return a > b ? a : b; }
MATCHING_INLINE float lesser(float a, float b) { return a < b ? a : b; }

MATCHING_INLINE size_t extrema_body(
    const float *below, const float *middle, const float *above, size_t width, size_t height, float threshold,
    size_t border, float *scratch, matching_pixel *found, size_t capacity) {
  size_t count = 0;
  if (width < 2 * border + 1 || height < 2 * border + 1) return 0;
  float *high = scratch, *low = scratch + width;
  for (size_t y = border; y + border < height; y++) {
    const float *rows[9];
    for (size_t k = 0; k < 3; k++) {
      rows[3 * k] = below + (y + k - 1) * width;
      rows[3 * k + 1] = middle + (y + k - 1) * width;
      rows[3 * k + 2] = above + (y + k - 1) * width;
    }
    for (size_t x = 0; x < width; x++) {
      float most = rows[0][x], least = most;
      for (size_t k = 1; k < 9; k++) {
        float v = rows[k][x];
        most = greater(most, v);
        least = lesser(least, v);
      }
      high[x] = most;
      low[x] = least;
    }
    const float *centre = rows[4];
    for (size_t first = border; first < width - border; first += block) {
      size_t many = width - border - first < block ? width - border - first : block;
      /* Integers, because a compiler may not reorder a sum of floating-point numbers to vectorise the loop. */
      int32_t mark[block];
      int32_t any = 0;
      for (size_t i = 0; i < many; i++) {
        size_t x = first + i;
        float v = centre[x];
        float most = greater(greater(high[x - 1], high[x]), high[x + 1]);
        float least = lesser(lesser(low[x - 1], low[x]), low[x + 1]);
        mark[i] = ((v > threshold) & (v >= most)) | ((v < -threshold) & (v <= least));
        any |= mark[i];
      }
      for (size_t i = 0; any && i < many; i++) {
        if (!mark[i]) continue;
        if (count < capacity) {
          found[count].x = (uint16_t)(first + i);
          found[count].y = (uint16_t)y;
        }
        count++;
      }
    }
  }
  return count;
}

#if defined(MATCHING_AVX2)
/* The radii of the scale space are constants to the compiler, which unrolls the loop over them: a quarter of the time. */
MATCHING_AVX2 static void blur_avx2(
    const float *source, size_t width, size_t height, const float *kernel, size_t radius, float *scratch, float *target,
    float *difference) {
  switch (radius) {
    case 4: blur_body(source, width, height, kernel, 4, scratch, target, difference); break;
    case 5: blur_body(source, width, height, kernel, 5, scratch, target, difference); break;
    case 6: blur_body(source, width, height, kernel, 6, scratch, target, difference); break;
    case 8: blur_body(source, width, height, kernel, 8, scratch, target, difference); break;
    case 10: blur_body(source, width, height, kernel, 10, scratch, target, difference); break;
    default: blur_body(source, width, height, kernel, radius, scratch, target, difference); break;
  }
}

MATCHING_AVX2 static size_t extrema_avx2(
    const float *below, const float *middle, const float *above, size_t width, size_t height, float threshold,
    size_t border, float *scratch, matching_pixel *found, size_t capacity) {
  return extrema_body(below, middle, above, width, height, threshold, border, scratch, found, capacity);
}
#endif

void matching_blur(
    const float *source, size_t width, size_t height, const float *kernel, size_t radius, float *scratch, float *target,
    float *difference) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2) {
    blur_avx2(source, width, height, kernel, radius, scratch, target, difference);
    return;
  }
#endif
  blur_body(source, width, height, kernel, radius, scratch, target, difference);
}

size_t matching_extrema(
    const float *below, const float *middle, const float *above, size_t width, size_t height, float threshold,
    size_t border, float *scratch, matching_pixel *found, size_t capacity) {
#if defined(MATCHING_AVX2)
  if (MATCHING_HAS_AVX2)
    return extrema_avx2(below, middle, above, width, height, threshold, border, scratch, found, capacity);
#endif
  return extrema_body(below, middle, above, width, height, threshold, border, scratch, found, capacity);
}
