/* TIFF decoding with libtiff: the first directory, row by row.
 *
 * Samples of 1 to 16 bits (gray, palette, RGB, CMYK) are unpacked by libtiff and converted to 8 bits here: libtiff's
 * own conversion to RGBA supports only 1, 2, 4, 8 and 16 bits and decodes whole strips, which may be the whole image.
 * It is used for the rest: YCbCr that is not JPEG, Lab, old-style JPEG. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include "tiff.h"

/* ---- libtiff's input ---- */

static tmsize_t take(thandle_t handle, void *target, tmsize_t count) {
  stream *self = handle;
  if (count <= 0 || self->position >= self->size) return 0;
  size_t left = self->size - self->position;
  size_t taken = (size_t)count < left ? (size_t)count : left;
  memcpy(target, self->data + self->position, taken);
  self->position += taken;
  return (tmsize_t)taken;
}

static tmsize_t refuse_write(thandle_t handle, void *source, tmsize_t count) {
  (void)handle;
  (void)source;
  (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  stream *self = handle;
  toff_t base = whence == SEEK_CUR ? self->position : whence == SEEK_END ? self->size : 0;
  self->position = (size_t)(base + offset);
  return self->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((stream *)handle)->size; }

/* libtiff only reads from the mapping; its prototype is older than const. */
static int map(thandle_t handle, void **base, toff_t *size) {
  stream *self = handle;
  *base = (void *)(uintptr_t)self->data;
  *size = self->size;
  return 1;
}

static void unmap_nothing(thandle_t handle, void *base, toff_t size) {
  (void)handle;
  (void)base;
  (void)size;
}

/* Records the first error; returning 1 prevents libtiff from calling the process-wide handler. */
static int keep_error(TIFF *codec, void *user, const char *module, const char *format, va_list arguments) {
  (void)codec;
  (void)module;
  stream *self = user;
  if (!self->message[0]) vsnprintf(self->message, 200, format, arguments);
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

image_status image_tiff_failed(image_tiff *reader, image_status status, image_failure *failure) {
  const char *message = reader->message[0] ? reader->message : "the data are damaged";
  if (strstr(message, "memory") || strstr(message, "Memory")) status = IMAGE_TOO_LARGE;
  /* Variants that libtiff recognizes but does not decode. */
  if (strstr(message, "not configured") || strstr(message, "not implemented") || strstr(message, "Cannot handle different") ||
      strstr(message, "not supported"))
    status = IMAGE_UNSUPPORTED;
  return image_fail(failure, status, message);
}

static bool open_plane(image_tiff *reader, const uint8_t *data, size_t size, uint64_t max_memory) {
  stream *self = &reader->planes[reader->plane_count];
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) {
    snprintf(reader->message, sizeof reader->message, "out of memory");
    return false;
  }
  self->data = data;
  self->size = size;
  self->position = 0;
  self->message = reader->message;
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, self);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, self);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, max_memory > INTPTR_MAX ? INTPTR_MAX : (tmsize_t)max_memory);
  self->codec = TIFFClientOpenExt("image", "r", self, take, refuse_write, seek, close_nothing, size_of, map,
                                  unmap_nothing, options);
  TIFFOpenOptionsFree(options);
  if (self->codec) reader->plane_count++;
  return self->codec != NULL;
}

/* ---- kind of image ---- */

typedef struct description {
  uint16_t bits, samples, photometric, planes, compression, format, inks;
  uint16_t extra_count;
  const uint16_t *extra;
} description;

static void describe(TIFF *codec, description *d) {
  memset(d, 0, sizeof *d);
  TIFFGetFieldDefaulted(codec, TIFFTAG_BITSPERSAMPLE, &d->bits);
  TIFFGetFieldDefaulted(codec, TIFFTAG_SAMPLESPERPIXEL, &d->samples);
  TIFFGetFieldDefaulted(codec, TIFFTAG_PLANARCONFIG, &d->planes);
  TIFFGetFieldDefaulted(codec, TIFFTAG_COMPRESSION, &d->compression);
  TIFFGetFieldDefaulted(codec, TIFFTAG_SAMPLEFORMAT, &d->format);
  TIFFGetFieldDefaulted(codec, TIFFTAG_INKSET, &d->inks);
  uint16_t *extra = NULL;
  TIFFGetFieldDefaulted(codec, TIFFTAG_EXTRASAMPLES, &d->extra_count, &extra);
  d->extra = extra;
  if (TIFFGetField(codec, TIFFTAG_PHOTOMETRIC, &d->photometric)) return;
  /* A missing required tag; a default is derived from the samples. */
  bool fax = d->compression == COMPRESSION_CCITTRLE || d->compression == COMPRESSION_CCITTFAX3 ||
             d->compression == COMPRESSION_CCITTFAX4 || d->compression == COMPRESSION_CCITTRLEW;
  d->photometric = fax ? PHOTOMETRIC_MINISWHITE : d->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
}

/* Why a valid image is not supported; NULL if it is. */
static const char *refusal(const description *d) {
  if (!TIFFIsCODECConfigured(d->compression)) return "its compression is not one that libtiff was built with";
  if (d->photometric == PHOTOMETRIC_LOGL || d->photometric == PHOTOMETRIC_LOGLUV)
    return "LogL and LogLuv images have no 8-bit colours";
  if (d->photometric == PHOTOMETRIC_CFA) return "raw data of a camera's sensor";
  if (d->photometric == PHOTOMETRIC_MASK) return "a transparency mask is no image";
  if (d->photometric > PHOTOMETRIC_ITULAB || d->photometric == 7) return "its kind of colour is not known";
  if (d->format == SAMPLEFORMAT_IEEEFP) return "its samples are floating-point numbers";
  if (d->format == SAMPLEFORMAT_INT) return "its samples have a sign";
  if (d->format == SAMPLEFORMAT_COMPLEXINT || d->format == SAMPLEFORMAT_COMPLEXIEEEFP)
    return "its samples are complex numbers";
  if (d->bits < 1 || d->bits > 16) return "its samples have more than 16 bits";
  if (d->compression == COMPRESSION_JPEG && d->bits != 8) return "a JPEG of 12 bits";
  if (d->photometric == PHOTOMETRIC_PALETTE && d->bits > 8) return "a palette of more than 256 colours";
  if (d->photometric == PHOTOMETRIC_SEPARATED && (d->inks != INKSET_CMYK || d->samples < 4))
    return "its inks are not cyan, magenta, yellow and black";
  if ((d->photometric == PHOTOMETRIC_RGB || d->photometric == PHOTOMETRIC_YCBCR) && d->samples < 3)
    return "it has too few samples for its kind of colour";
  return NULL;
}

/* Whether rows are used as unpacked by libtiff. */
static bool is_direct(const description *d) {
  switch (d->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_PALETTE:
    case PHOTOMETRIC_SEPARATED: break;
    /* libjpeg converts it to RGB. */
    case PHOTOMETRIC_YCBCR:
      return d->compression == COMPRESSION_JPEG && d->planes == PLANARCONFIG_CONTIG && d->samples == 3;
    default: return false;
  }
  return d->compression != COMPRESSION_OJPEG && d->compression != COMPRESSION_PIXARLOG;
}

static void find_alpha(image_tiff *reader, const description *d) {
  reader->alpha = -1;
  bool associated = false;
  for (uint32_t i = 0; i < d->extra_count && reader->alpha < 0; i++) {
    if (d->extra[i] != EXTRASAMPLE_ASSOCALPHA && d->extra[i] != EXTRASAMPLE_UNASSALPHA) continue;
    if (reader->colors + i >= d->samples) break;
    reader->alpha = (int)(reader->colors + i);
    associated = d->extra[i] == EXTRASAMPLE_ASSOCALPHA;
  }
  bool gray = reader->layout == IMAGE_TIFF_GRAY;
  if (reader->alpha < 0 || reader->layout == IMAGE_TIFF_CMYK) {
    reader->alpha = -1;
  } else if (associated) {
    reader->layout = IMAGE_TIFF_PREMULTIPLIED_RGBA;
  } else {
    reader->layout = gray ? IMAGE_TIFF_GRAY_ALPHA : IMAGE_TIFF_RGBA;
  }
}

static bool read_palette(image_tiff *reader) {
  uint16_t *parts[3];
  if (!TIFFGetField(reader->planes[0].codec, TIFFTAG_COLORMAP, &parts[0], &parts[1], &parts[2])) return false;
  size_t entries = (size_t)1 << reader->bits;
  bool narrow = true;
  for (size_t i = 0; i < entries; i++)
    for (int c = 0; c < 3; c++) narrow = narrow && parts[c][i] < 256;
  /* Palettes with 8-bit values violate the specification, but exist. */
  for (size_t i = 0; i < entries; i++)
    for (int c = 0; c < 3; c++) reader->palette[3 * i + (size_t)c] = (uint8_t)(narrow ? parts[c][i] : parts[c][i] >> 8);
  return true;
}

static image_status prepare_direct(image_tiff *reader, const description *d, uint64_t max_memory,
                                   image_failure *failure) {
  static const char too_large[] = "a row or tile of the image is larger than the memory allowed";
  TIFF *codec = reader->planes[0].codec;
  reader->bits = d->bits;
  reader->samples = d->samples;
  reader->photometric = d->photometric;
  reader->separate = d->planes == PLANARCONFIG_SEPARATE && d->samples > 1;
  switch (d->photometric) {
    case PHOTOMETRIC_PALETTE:
      reader->layout = IMAGE_TIFF_RGB;
      reader->colors = 1;
      if (!read_palette(reader)) return image_fail(failure, IMAGE_CORRUPT, "there is no palette");
      break;
    case PHOTOMETRIC_SEPARATED:
      reader->layout = IMAGE_TIFF_CMYK;
      reader->colors = 4;
      break;
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR:
      reader->layout = IMAGE_TIFF_RGB;
      reader->colors = 3;
      break;
    default:
      reader->layout = IMAGE_TIFF_GRAY;
      reader->colors = 1;
  }
  find_alpha(reader, d);
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t top = reader->bits < 8 ? (1u << reader->bits) - 1 : 255;
    uint32_t value = i < top ? i : top;
    value = (value * 255 + top / 2) / top;
    reader->widened[i] = (uint8_t)(d->photometric == PHOTOMETRIC_MINISWHITE ? 255 - value : value);
  }
  uint32_t planes = 1;
  if (reader->separate) planes = reader->colors + (reader->alpha >= 0 ? 1 : 0);
  if (TIFFIsTiled(codec)) {
    reader->way = by_tiles;
    TIFFGetField(codec, TIFFTAG_TILEWIDTH, &reader->tile_width);
    TIFFGetField(codec, TIFFTAG_TILELENGTH, &reader->tile_height);
    uint64_t tile = TIFFTileSize64(codec);
    reader->tile_row_bytes = TIFFTileRowSize64(codec);
    if (reader->tile_width == 0 || reader->tile_height == 0 || tile == 0 || reader->tile_row_bytes == 0 ||
        reader->tile_row_bytes > tile / reader->tile_height)
      return image_fail(failure, IMAGE_CORRUPT, "its tiles are empty");
    reader->tiles_across = (reader->width - 1) / reader->tile_width + 1;
    /* A row of tiles is held, and one tile more. */
    if (tile > max_memory / planes / ((uint64_t)reader->tiles_across + 1))
      return image_fail(failure, IMAGE_TOO_LARGE, too_large);
    reader->raw_bytes = tile * reader->tiles_across;
    reader->row_bytes = reader->tile_row_bytes;
  } else {
    reader->way = by_scanlines;
    reader->raw_bytes = reader->row_bytes = TIFFScanlineSize64(codec);
    uint64_t needed = ((uint64_t)reader->width * reader->bits * (reader->separate ? 1 : reader->samples) + 7) / 8;
    if (reader->row_bytes == 0 || reader->row_bytes < needed)
      return image_fail(failure, IMAGE_CORRUPT, "its rows are shorter than the image is wide");
    if (reader->row_bytes > max_memory / planes) return image_fail(failure, IMAGE_TOO_LARGE, too_large);
  }
  /* Separate planes in scanlines are decoded side by side. */
  const stream *first = &reader->planes[0];
  while (reader->way == by_scanlines && reader->plane_count < planes)
    if (!open_plane(reader, first->data, first->size, max_memory)) return image_tiff_failed(reader, IMAGE_CORRUPT, failure);
  reader->raw = calloc(planes, reader->raw_bytes);
  return reader->raw ? IMAGE_OK : image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
}

/* Bands of whole strips or rows of tiles; part of a strip only if it is large and can be split. */
static image_status prepare_rgba(image_tiff *reader, const description *d, uint64_t max_memory, image_failure *failure) {
  TIFF *codec = reader->planes[0].codec;
  char reason[1024] = "";
  if (!TIFFRGBAImageOK(codec, reason) || !TIFFRGBAImageBegin(&reader->image, codec, 1, reason))
    return image_fail(failure, IMAGE_UNSUPPORTED, reason[0] ? reason : reader->message);
  reader->begun = true;
  reader->way = by_rgba;
  /* Rows are returned as stored; the caller applies the orientation. */
  reader->image.orientation = ORIENTATION_TOPLEFT;
  reader->image.req_orientation = ORIENTATION_TOPLEFT;
  reader->layout = reader->image.alpha ? IMAGE_TIFF_PREMULTIPLIED_RGBA : IMAGE_TIFF_RGBX;
  uint16_t across = 1, down = 1;
  if (d->photometric == PHOTOMETRIC_YCBCR) TIFFGetFieldDefaulted(codec, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
  uint64_t unit_bytes;
  uint32_t rows = 0;
  bool divisible = across <= 1 && down <= 1 && d->compression != COMPRESSION_JPEG && d->compression != COMPRESSION_OJPEG;
  if (TIFFIsTiled(codec)) {
    TIFFGetField(codec, TIFFTAG_TILELENGTH, &rows);
    unit_bytes = TIFFTileSize64(codec);
    divisible = down <= 1;
  } else {
    TIFFGetFieldDefaulted(codec, TIFFTAG_ROWSPERSTRIP, &rows);
    unit_bytes = TIFFStripSize64(codec);
  }
  if (rows == 0 || unit_bytes == 0) return image_fail(failure, IMAGE_CORRUPT, "its strips are empty");
  if (rows > reader->height) rows = reader->height;
  if (d->planes == PLANARCONFIG_SEPARATE) {
    if (unit_bytes > UINT64_MAX / 65536) return image_fail(failure, IMAGE_TOO_LARGE, "its strips are too large");
    unit_bytes *= d->samples;
  }
  uint64_t row = (uint64_t)reader->width * 4;
  uint64_t band = row * rows;
  if (band <= 1 << 20) {
    rows *= (uint32_t)((1 << 20) / band);
  } else if (band > max_memory / 4 && divisible) {
    rows = max_memory / 4 / row > 0 ? (uint32_t)(max_memory / 4 / row) : 1;
  }
  reader->unit_rows = rows < reader->height ? rows : reader->height;
  if (unit_bytes > max_memory || row * reader->unit_rows > max_memory - unit_bytes)
    return image_fail(failure, IMAGE_TOO_LARGE, "a strip of the image is larger than the memory allowed");
  reader->raw_bytes = unit_bytes;
  reader->rgba = malloc((size_t)(row * reader->unit_rows));
  return reader->rgba ? IMAGE_OK : image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
}

image_status image_tiff_open(const uint8_t *data, size_t size, uint64_t max_memory, image_tiff **out,
                                 image_tiff_info *info, image_failure *failure) {
  static const uint32_t channels[] = {1, 2, 3, 4, 4, 4, 4};
  *out = NULL;
  memset(info, 0, sizeof *info);
  image_tiff *reader = calloc(1, sizeof *reader);
  if (!reader) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  image_status status = IMAGE_OK;
  if (!open_plane(reader, data, size, max_memory)) {
    status = image_tiff_failed(reader, IMAGE_CORRUPT, failure);
  } else {
    TIFF *codec = reader->planes[0].codec;
    description d;
    describe(codec, &d);
    TIFFGetField(codec, TIFFTAG_IMAGEWIDTH, &reader->width);
    TIFFGetField(codec, TIFFTAG_IMAGELENGTH, &reader->height);
    const char *reason = refusal(&d);
    if (reason) {
      status = image_fail(failure, IMAGE_UNSUPPORTED, reason);
    } else if (reader->width == 0 || reader->height == 0) {
      status = image_fail(failure, IMAGE_CORRUPT, "the image is empty");
    } else {
      if (d.compression == COMPRESSION_JPEG && d.photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(codec, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      status = is_direct(&d) ? prepare_direct(reader, &d, max_memory, failure)
                             : prepare_rgba(reader, &d, max_memory, failure);
    }
  }
  if (status != IMAGE_OK) {
    image_tiff_close(reader);
    return status;
  }
  reader->channels = channels[reader->layout];
  info->width = reader->width;
  info->height = reader->height;
  info->layout = reader->layout;
  info->memory = reader->way == by_rgba ? reader->raw_bytes + (uint64_t)reader->width * 4 * reader->unit_rows
                                        : reader->raw_bytes * (reader->separate ? reader->colors + 1 : 1);
  *out = reader;
  return IMAGE_OK;
}

void image_tiff_close(image_tiff *reader) {
  if (!reader) return;
  if (reader->begun) TIFFRGBAImageEnd(&reader->image);
  for (uint32_t i = 0; i < reader->plane_count; i++) TIFFClose(reader->planes[i].codec);
  free(reader->raw);
  free(reader->rgba);
  free(reader);
}

#endif
