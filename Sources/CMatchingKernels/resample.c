#include "matching_kernels.h"

#pragma STDC FP_CONTRACT OFF

void matching_resample(
    const uint8_t *source, size_t source_width, const matching_taps *column_taps, const float *column_weights,
    size_t width, const matching_taps *row_taps, const float *row_weights, size_t height, float *scratch,
    float *target) {
  for (size_t y = 0; y < height; y++) {
    const matching_taps rows = row_taps[y];
    const float *weights = row_weights + rows.offset;
    for (uint32_t k = 0; k < rows.count; k++) {
      const uint8_t *row = source + (size_t)(rows.start + k) * source_width;
      const float weight = weights[k];
      if (k == 0) {
        for (size_t x = 0; x < source_width; x++) scratch[x] = weight * (float)row[x];
      } else {
        for (size_t x = 0; x < source_width; x++) scratch[x] += weight * (float)row[x];
      }
    }
    float *out = target + y * width;
    for (size_t x = 0; x < width; x++) {
      const matching_taps columns = column_taps[x];
      const float *from = scratch + columns.start;
      const float *by = column_weights + columns.offset;
      float sum = by[0] * from[0];
      for (uint32_t k = 1; k < columns.count; k++) sum += by[k] * from[k];
      out[x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    }
  }
}

void matching_resample_plane(
    const float *source, size_t stride, size_t source_width, const matching_taps *column_taps,
    const float *column_weights, size_t width, const matching_taps *row_taps, const float *row_weights, size_t height,
    float *scratch, float *target) {
  for (size_t y = 0; y < height; y++) {
    const matching_taps rows = row_taps[y];
    const float *weights = row_weights + rows.offset;
    for (size_t x = 0; x < source_width; x++) scratch[x] = 0;
    for (uint32_t k = 0; k < rows.count; k++) {
      const float *row = source + (size_t)(rows.start + k) * stride;
      const float weight = weights[k];
      for (size_t x = 0; x < source_width; x++) scratch[x] += weight * row[x];
    }
    float *out = target + y * width;
    for (size_t x = 0; x < width; x++) {
      const matching_taps columns = column_taps[x];
      float sum = 0;
      for (uint32_t k = 0; k < columns.count; k++)
        sum += column_weights[columns.offset + k] * scratch[columns.start + k];
      out[x] = sum;
    }
  }
}
