/* WEBP decoding and encoding with libwebp. */
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

/* The check is called after every slice of the data, of which there are about this many. */
enum { slices = 256 };

image_status image_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, bool alpha,
                                   uint8_t *pixels, image_check check, image_failure *failure) {
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
  WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
  if (!decoder) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  size_t slice = size / slices > 512 ? size / slices : 512;
  size_t fed = 0;
  bool stopped = false;
  code = VP8_STATUS_SUSPENDED;
  while (code == VP8_STATUS_SUSPENDED && fed < size && !stopped) {
    fed = size - fed > slice ? fed + slice : size;
    code = WebPIUpdate(decoder, data, fed);
    stopped = code == VP8_STATUS_SUSPENDED && check.stops && check.stops(check.context);
  }
  WebPIDelete(decoder);
  WebPFreeDecBuffer(&config.output);
  if (stopped) return image_fail(failure, IMAGE_STOPPED, "stopped");
  return code == VP8_STATUS_OK ? IMAGE_OK : failed(code, failure);
}

typedef struct encoding {
  image_check check;
  bool stopped;
} encoding;

static int go_on(int percent, const WebPPicture *picture) {
  (void)percent;
  encoding *self = picture->user_data;
  self->stopped = self->check.stops && self->check.stops(self->check.context);
  return !self->stopped;
}

image_status image_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                   float quality, image_check check, uint8_t **out, size_t *out_size,
                                   image_failure *failure) {
  *out = NULL;
  *out_size = 0;
  if ((channels != 3 && channels != 4) || width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION)
    return image_fail(failure, IMAGE_UNSUPPORTED, "WEBP takes three or four channels and sides up to 16383");
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  if (!WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, quality < 0 ? 70 : quality) || !WebPPictureInit(&picture))
    return image_fail(failure, IMAGE_UNSUPPORTED, "another libwebp is loaded");
  encoding self = {check, false};
  WebPMemoryWriterInit(&writer);
  config.lossless = quality < 0;
  picture.use_argb = config.lossless;
  picture.width = (int)width;
  picture.height = (int)height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  picture.progress_hook = go_on;
  picture.user_data = &self;
  int stride = (int)(width * channels);
  int done = channels == 4 ? WebPPictureImportRGBA(&picture, pixels, stride) : WebPPictureImportRGB(&picture, pixels, stride);
  done = done && WebPEncode(&config, &picture);
  WebPEncodingError error = picture.error_code;
  WebPPictureFree(&picture);
  if (done) {
    /* Copied so that every encoder's result is freed the same way. */
    *out = malloc(writer.size);
    if (*out) memcpy(*out, writer.mem, writer.size);
    *out_size = writer.size;
  }
  WebPMemoryWriterClear(&writer);
  if (*out) return IMAGE_OK;
  *out_size = 0;
  if (self.stopped) return image_fail(failure, IMAGE_STOPPED, "stopped");
  if (done || error == VP8_ENC_ERROR_OUT_OF_MEMORY || error == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
    return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  return image_fail(failure, IMAGE_UNSUPPORTED, "libwebp could not encode the image");
}

#endif
