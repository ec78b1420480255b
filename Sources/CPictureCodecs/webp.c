/* WEBP decoding and encoding over libwebp. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>

#include "common.h"

#include <webp/decode.h>
#include <webp/encode.h>

static picture_status failed(VP8StatusCode code, picture_failure *failure) {
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return picture_fail(failure, PICTURE_NO_MEMORY, "out of memory");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return picture_fail(failure, PICTURE_UNSUPPORTED, "an unsupported feature");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return picture_fail(failure, PICTURE_TRUNCATED, "the data end inside the picture");
    default: return picture_fail(failure, PICTURE_CORRUPT, "the data are damaged");
  }
}

picture_status picture_webp_info_read(const uint8_t *data, size_t size, picture_webp_info *info,
                                      picture_failure *failure) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(data, size, &features);
  if (code != VP8_STATUS_OK) return failed(code, failure);
  if (features.width <= 0 || features.height <= 0)
    return picture_fail(failure, PICTURE_CORRUPT, "the picture is empty");
  info->width = (uint32_t)features.width;
  info->height = (uint32_t)features.height;
  info->alpha = features.has_alpha;
  info->lossless = features.format == 2;
  return PICTURE_OK;
}

picture_status picture_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, bool alpha,
                                   uint8_t *pixels, picture_failure *failure) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return picture_fail(failure, PICTURE_UNSUPPORTED, "another libwebp is loaded");
  VP8StatusCode code = WebPGetFeatures(data, size, &config.input);
  if (code != VP8_STATUS_OK) return failed(code, failure);
  uint64_t stride = (uint64_t)width * (alpha ? 4 : 3);
  if (width == 0 || height == 0 || stride > INT_MAX) return picture_fail(failure, PICTURE_TOO_LARGE, "too wide");
  if (width != (uint32_t)config.input.width || height != (uint32_t)config.input.height) {
    config.options.use_scaling = 1;
    config.options.scaled_width = (int)width;
    config.options.scaled_height = (int)height;
  }
  config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = (size_t)(stride * height);
  code = WebPDecode(data, size, &config);
  WebPFreeDecBuffer(&config.output);
  return code == VP8_STATUS_OK ? PICTURE_OK : failed(code, failure);
}

picture_status picture_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                   float quality, uint8_t **out, size_t *out_size, picture_failure *failure) {
  *out = NULL;
  *out_size = 0;
  if ((channels != 3 && channels != 4) || width > 16383 || height > 16383)
    return picture_fail(failure, PICTURE_UNSUPPORTED, "WEBP takes three or four channels and sides up to 16383");
  int stride = (int)(width * channels);
  uint8_t *encoded = NULL;
  size_t size;
  if (quality < 0) {
    size = channels == 4 ? WebPEncodeLosslessRGBA(pixels, (int)width, (int)height, stride, &encoded)
                         : WebPEncodeLosslessRGB(pixels, (int)width, (int)height, stride, &encoded);
  } else {
    size = channels == 4 ? WebPEncodeRGBA(pixels, (int)width, (int)height, stride, quality, &encoded)
                         : WebPEncodeRGB(pixels, (int)width, (int)height, stride, quality, &encoded);
  }
  if (size == 0) return picture_fail(failure, PICTURE_UNSUPPORTED, "libwebp could not encode the picture");
  /* Copied so that every encoder's result is freed the same way. */
  *out = malloc(size);
  if (*out) memcpy(*out, encoded, size);
  WebPFree(encoded);
  if (!*out) return picture_fail(failure, PICTURE_NO_MEMORY, "out of memory");
  *out_size = size;
  return PICTURE_OK;
}

#endif
