/* TIFF decoding over libtiff: the first directory, in bands of rows. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>

#include "common.h"

#include <tiffio.h>

struct image_tiff {
  TIFF *codec;
  TIFFRGBAImage image;
  bool begun;
  const uint8_t *data;
  size_t size;
  size_t position;
  char message[200];
};

static tmsize_t take(thandle_t handle, void *target, tmsize_t count) {
  image_tiff *reader = handle;
  if (count <= 0 || reader->position >= reader->size) return 0;
  size_t left = reader->size - reader->position;
  size_t taken = (size_t)count < left ? (size_t)count : left;
  memcpy(target, reader->data + reader->position, taken);
  reader->position += taken;
  return (tmsize_t)taken;
}

static tmsize_t refuse_write(thandle_t handle, void *source, tmsize_t count) {
  (void)handle;
  (void)source;
  (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  image_tiff *reader = handle;
  toff_t base = whence == SEEK_CUR ? reader->position : whence == SEEK_END ? reader->size : 0;
  reader->position = (size_t)(base + offset);
  return reader->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((image_tiff *)handle)->size; }

/* libtiff only reads from the mapping; its prototype is older than const. */
static int map(thandle_t handle, void **base, toff_t *size) {
  image_tiff *reader = handle;
  *base = (void *)(uintptr_t)reader->data;
  *size = reader->size;
  return 1;
}

static void unmap_nothing(thandle_t handle, void *base, toff_t size) {
  (void)handle;
  (void)base;
  (void)size;
}

/* Keeps the first error; 1 keeps libtiff from calling the process-wide handler. */
static int keep_error(TIFF *codec, void *user, const char *module, const char *format, va_list arguments) {
  (void)codec;
  (void)module;
  image_tiff *reader = user;
  if (!reader->message[0]) vsnprintf(reader->message, sizeof reader->message, format, arguments);
  return 1;
}

static int ignore_warning(TIFF *codec, void *user, const char *module, const char *format, va_list arguments) {
  (void)codec;
  (void)user;
  (void)module;
  (void)format;
  (void)arguments;
  return 1;
}

static image_status failed(image_tiff *reader, image_status status, image_failure *failure) {
  const char *message = reader->message[0] ? reader->message : "the data are damaged";
  if (strstr(message, "memory") || strstr(message, "Memory")) status = IMAGE_TOO_LARGE;
  return image_fail(failure, status, message);
}

static bool describe(image_tiff *reader, image_tiff_info *info) {
  TIFF *codec = reader->codec;
  uint16_t planes = PLANARCONFIG_CONTIG, samples = 1, compression = COMPRESSION_NONE, across = 1, down = 1;
  TIFFGetFieldDefaulted(codec, TIFFTAG_PLANARCONFIG, &planes);
  TIFFGetFieldDefaulted(codec, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(codec, TIFFTAG_COMPRESSION, &compression);
  if (reader->image.photometric == PHOTOMETRIC_YCBCR)
    TIFFGetFieldDefaulted(codec, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
  info->width = reader->image.width;
  info->height = reader->image.height;
  info->alpha = reader->image.alpha != 0;
  uint64_t bytes;
  if (TIFFIsTiled(codec)) {
    uint32_t rows = 0;
    TIFFGetField(codec, TIFFTAG_TILELENGTH, &rows);
    info->unit_rows = rows;
    bytes = TIFFTileSize64(codec);
    info->divisible = down <= 1;
  } else {
    uint32_t rows = 0;
    TIFFGetFieldDefaulted(codec, TIFFTAG_ROWSPERSTRIP, &rows);
    info->unit_rows = rows > info->height ? info->height : rows;
    bytes = TIFFStripSize64(codec);
    info->divisible = across <= 1 && down <= 1 && compression != COMPRESSION_JPEG && compression != COMPRESSION_OJPEG;
  }
  if (planes == PLANARCONFIG_SEPARATE && bytes < UINT64_MAX / 65536) bytes *= samples;
  info->unit_bytes = bytes;
  return info->unit_rows > 0 && bytes > 0;
}

image_status image_tiff_open(const uint8_t *data, size_t size, uint64_t max_memory, image_tiff **out,
                                 image_tiff_info *info, image_failure *failure) {
  *out = NULL;
  memset(info, 0, sizeof *info);
  image_tiff *reader = calloc(1, sizeof *reader);
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!reader || !options) {
    free(reader);
    if (options) TIFFOpenOptionsFree(options);
    return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  }
  reader->data = data;
  reader->size = size;
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, reader);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, reader);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, max_memory > INTPTR_MAX ? INTPTR_MAX : (tmsize_t)max_memory);
  reader->codec = TIFFClientOpenExt("image", "r", reader, take, refuse_write, seek, close_nothing, size_of, map,
                                    unmap_nothing, options);
  TIFFOpenOptionsFree(options);
  image_status status = IMAGE_OK;
  char reason[1024] = "";
  if (!reader->codec) {
    status = failed(reader, IMAGE_CORRUPT, failure);
  } else if (!TIFFRGBAImageOK(reader->codec, reason) || !TIFFRGBAImageBegin(&reader->image, reader->codec, 1, reason)) {
    status = image_fail(failure, IMAGE_UNSUPPORTED, reason[0] ? reason : reader->message);
  } else {
    reader->begun = true;
    /* Rows are wanted as stored; the caller turns the image. */
    reader->image.orientation = ORIENTATION_TOPLEFT;
    reader->image.req_orientation = ORIENTATION_TOPLEFT;
    if (!describe(reader, info)) status = failed(reader, IMAGE_CORRUPT, failure);
  }
  if (status != IMAGE_OK) {
    image_tiff_close(reader);
    return status;
  }
  *out = reader;
  return IMAGE_OK;
}

image_status image_tiff_read_band(image_tiff *reader, uint32_t y, uint32_t rows, uint8_t *rgba,
                                      image_failure *failure) {
  if (rows == 0 || y >= reader->image.height || rows > reader->image.height - y || y > INT_MAX)
    return image_fail(failure, IMAGE_CORRUPT, "rows outside of the image");
  reader->message[0] = 0;
  reader->image.row_offset = (int)y;
  uint32_t *raster = (uint32_t *)(void *)rgba;
  int done = TIFFRGBAImageGet(&reader->image, raster, reader->image.width, rows);
  if (!done || reader->message[0]) return failed(reader, IMAGE_CORRUPT, failure);
  size_t count = (size_t)reader->image.width * rows;
  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = raster[i];
    rgba[4 * i] = (uint8_t)TIFFGetR(pixel);
    rgba[4 * i + 1] = (uint8_t)TIFFGetG(pixel);
    rgba[4 * i + 2] = (uint8_t)TIFFGetB(pixel);
    rgba[4 * i + 3] = (uint8_t)TIFFGetA(pixel);
  }
  return IMAGE_OK;
}

void image_tiff_close(image_tiff *reader) {
  if (!reader) return;
  if (reader->begun) TIFFRGBAImageEnd(&reader->image);
  if (reader->codec) TIFFClose(reader->codec);
  free(reader);
}

#endif
