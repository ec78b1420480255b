#include "rasters.h"

#pragma STDC FP_CONTRACT OFF

void raster_resample(
    const uint8_t *source, size_t source_width, const raster_taps *column_taps, const float *column_weights,
    size_t width, const raster_taps *row_taps, const float *row_weights, size_t height, float *scratch,
    float *target) {
  for (size_t y = 0; y < height; y++) {
    const raster_taps rows = row_taps[y];
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
      const raster_taps columns = column_taps[x];
      const float *from = scratch + columns.start;
      const float *by = column_weights + columns.offset;
      float sum = by[0] * from[0];
      for (uint32_t k = 1; k < columns.count; k++) sum += by[k] * from[k];
      out[x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    }
  }
}

void raster_resample_plane(
    const float *source, size_t stride, size_t source_width, const raster_taps *column_taps,
    const float *column_weights, size_t width, const raster_taps *row_taps, const float *row_weights, size_t height,
    float *scratch, float *target) {
  for (size_t y = 0; y < height; y++) {
    const raster_taps rows = row_taps[y];
    const float *weights = row_weights + rows.offset;
    for (size_t x = 0; x < source_width; x++) scratch[x] = 0;
    for (uint32_t k = 0; k < rows.count; k++) {
      const float *row = source + (size_t)(rows.start + k) * stride;
      const float weight = weights[k];
      for (size_t x = 0; x < source_width; x++) scratch[x] += weight * row[x];
    }
    float *out = target + y * width;
    for (size_t x = 0; x < width; x++) {
      const raster_taps columns = column_taps[x];
      float sum = 0;
      for (uint32_t k = 0; k < columns.count; k++)
        sum += column_weights[columns.offset + k] * scratch[columns.start + k];
      out[x] = sum;
    }
  }
}

void raster_resample_color(
    const uint8_t *source, size_t source_width, const raster_taps *column_taps, const float *column_weights,
    size_t width, const raster_taps *row_taps, const float *row_weights, size_t first, size_t rows, float *scratch,
    uint8_t *target) {
  const size_t samples = 3 * source_width;
  for (size_t y = first; y < first + rows; y++) {
    const raster_taps band = row_taps[y];
    const float *weights = row_weights + band.offset;
    for (uint32_t k = 0; k < band.count; k++) {
      const uint8_t *row = source + (size_t)(band.start + k) * samples;
      const float weight = weights[k];
      if (k == 0) {
        for (size_t x = 0; x < samples; x++) scratch[x] = weight * (float)row[x];
      } else {
        for (size_t x = 0; x < samples; x++) scratch[x] += weight * (float)row[x];
      }
    }
    uint8_t *out = target + 3 * y * width;
    for (size_t x = 0; x < width; x++) {
      const raster_taps columns = column_taps[x];
      const float *from = scratch + 3 * (size_t)columns.start;
      const float *by = column_weights + columns.offset;
      float sums[3] = {0.5f, 0.5f, 0.5f};
      for (uint32_t k = 0; k < columns.count; k++)
        for (size_t c = 0; c < 3; c++) sums[c] += by[k] * from[3 * k + c];
      for (size_t c = 0; c < 3; c++) out[3 * x + c] = sums[c] < 0 ? 0 : sums[c] > 255 ? 255 : (uint8_t)sums[c];
    }
  }
}
