/* WEBP decoding and encoding over libwebp. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>

#include "common.h"

#include <webp/decode.h>
#include <webp/encode.h>

static image_status failed(VP8StatusCode code, image_failure *failure) {
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return image_fail(failure, IMAGE_UNSUPPORTED, "an unsupported feature");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return image_fail(failure, IMAGE_TRUNCATED, "the data end inside the image");
    default: return image_fail(failure, IMAGE_CORRUPT, "the data are damaged");
  }
}

image_status image_webp_info_read(const uint8_t *data, size_t size, image_webp_info *info,
                                      image_failure *failure) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(data, size, &features);
  if (code != VP8_STATUS_OK) return failed(code, failure);
  if (features.width <= 0 || features.height <= 0)
    return image_fail(failure, IMAGE_CORRUPT, "the image is empty");
  info->width = (uint32_t)features.width;
  info->height = (uint32_t)features.height;
  info->alpha = features.has_alpha;
  info->lossless = features.format == 2;
  return IMAGE_OK;
}

image_status image_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, bool alpha,
                                   uint8_t *pixels, image_failure *failure) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return image_fail(failure, IMAGE_UNSUPPORTED, "another libwebp is loaded");
  VP8StatusCode code = WebPGetFeatures(data, size, &config.input);
  if (code != VP8_STATUS_OK) return failed(code, failure);
  uint64_t stride = (uint64_t)width * (alpha ? 4 : 3);
  if (width == 0 || height == 0 || stride > INT_MAX) return image_fail(failure, IMAGE_TOO_LARGE, "too wide");
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
  return code == VP8_STATUS_OK ? IMAGE_OK : failed(code, failure);
}

image_status image_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                   float quality, uint8_t **out, size_t *out_size, image_failure *failure) {
  *out = NULL;
  *out_size = 0;
  if ((channels != 3 && channels != 4) || width > 16383 || height > 16383)
    return image_fail(failure, IMAGE_UNSUPPORTED, "WEBP takes three or four channels and sides up to 16383");
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
  if (size == 0) return image_fail(failure, IMAGE_UNSUPPORTED, "libwebp could not encode the image");
  /* Copied so that every encoder's result is freed the same way. */
  *out = malloc(size);
  if (*out) memcpy(*out, encoded, size);
  WebPFree(encoded);
  if (!*out) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  *out_size = size;
  return IMAGE_OK;
}

#endif
