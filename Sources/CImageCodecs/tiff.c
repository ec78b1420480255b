/* TIFF decoding with libtiff: the first directory, row by row.
 *
 * Samples of 1 to 16 bits (gray, palette, RGB, CMYK) are unpacked by libtiff and converted to 8 bits here: libtiff's
 * own conversion to RGBA supports only 1, 2, 4, 8 and 16 bits and decodes whole strips, which may be the whole image.
 * It is used for the rest: YCbCr that is not JPEG, Lab, old-style JPEG. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>

#include "common.h"

#include <tiffio.h>

/* Red, green, blue and alpha, or four inks: each plane has its own decoder, because alternating between planes in one
 * decoder would decode them again from the start of the strip. */
enum { most_planes = 5 };

typedef struct stream {
  TIFF *codec;
  const uint8_t *data;
  size_t size;
  size_t position;
  char *message;
} stream;

typedef enum way { by_scanlines, by_tiles, by_rgba } way;

struct image_tiff {
  stream planes[most_planes];
  uint32_t plane_count;
  char message[200];
  way way;
  uint32_t width, height, next;
  image_tiff_layout layout;
  uint32_t channels;
  /* The samples. */
  uint16_t bits, samples, photometric;
  bool separate;
  int alpha;              /* sample of alpha, -1 for none */
  uint32_t colors;        /* samples that are colours */
  uint8_t widened[256];   /* samples of up to 8 bits in 8 bits */
  uint8_t palette[768];
  /* One row as stored, or a row of tiles; one after another for separate planes. */
  uint8_t *raw;
  uint64_t raw_bytes;     /* of one plane */
  uint64_t row_bytes;     /* of one row in a plane */
  uint32_t tile_width, tile_height, tiles_across;
  uint64_t tile_row_bytes;
  uint32_t band_first, band_rows;
  /* libtiff's own conversion. */
  TIFFRGBAImage image;
  bool begun;
  uint32_t *rgba;
  uint32_t unit_rows;
};

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

static image_status failed(image_tiff *reader, image_status status, image_failure *failure) {
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
    if (!open_plane(reader, first->data, first->size, max_memory)) return failed(reader, IMAGE_CORRUPT, failure);
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
    status = failed(reader, IMAGE_CORRUPT, failure);
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

/* ---- rows ---- */

/* Sample `index` of a packed row, most significant bit first; 16 bits are in the machine's order. */
static inline uint32_t sample(const uint8_t *row, uint32_t bits, uint64_t index) {
  if (bits == 8) return row[index];
  if (bits == 16) {
    uint16_t value;
    memcpy(&value, row + 2 * index, sizeof value);
    return value;
  }
  uint64_t start = index * bits;
  uint32_t value = 0;
  uint32_t left = bits;
  while (left > 0) {
    uint32_t used = (uint32_t)(start & 7);
    uint32_t here = 8 - used < left ? 8 - used : left;
    value = value << here | (row[start >> 3] >> (8 - used - here) & ((1u << here) - 1));
    start += here;
    left -= here;
  }
  return value;
}

static inline uint8_t narrowed(const image_tiff *reader, uint32_t value) {
  if (reader->bits <= 8) return reader->widened[value];
  uint32_t top = (1u << reader->bits) - 1;
  uint8_t narrow = (uint8_t)((value * 255 + top / 2) / top);
  return reader->photometric == PHOTOMETRIC_MINISWHITE ? (uint8_t)(255 - narrow) : narrow;
}

/* Alpha is never inverted. */
static inline uint8_t narrowed_alpha(const image_tiff *reader, uint32_t value) {
  uint8_t narrow = narrowed(reader, value);
  return reader->photometric == PHOTOMETRIC_MINISWHITE ? (uint8_t)(255 - narrow) : narrow;
}

/* Converts `count` pixels; `rows` has the planes' rows, or one row of interleaved samples. */
static void convert(const image_tiff *reader, const uint8_t *const *rows, uint32_t count, uint8_t *target) {
  uint32_t bits = reader->bits, step = reader->separate ? 1 : reader->samples;
  uint32_t colors = reader->colors, channels = reader->channels;
  if (!reader->separate && bits == 8 && reader->photometric != PHOTOMETRIC_PALETTE &&
      reader->photometric != PHOTOMETRIC_MINISWHITE && step == channels) {
    if (colors == channels || (colors == 3 && reader->alpha == 3) || (channels == 2 && reader->alpha == 1)) {
      memcpy(target, rows[0], (size_t)count * channels);
      return;
    }
  }
  bool spread = reader->layout == IMAGE_TIFF_PREMULTIPLIED_RGBA && colors == 1;
  for (uint32_t x = 0; x < count; x++) {
    uint8_t *pixel = target + (size_t)x * channels;
    uint64_t at = (uint64_t)x * step;
    if (reader->photometric == PHOTOMETRIC_PALETTE) {
      memcpy(pixel, reader->palette + 3 * sample(rows[0], bits, at), 3);
    } else {
      for (uint32_t c = 0; c < colors; c++)
        pixel[c] = narrowed(reader, reader->separate ? sample(rows[c], bits, at) : sample(rows[0], bits, at + c));
      if (spread) pixel[1] = pixel[2] = pixel[0];
    }
    if (reader->alpha >= 0) {
      uint32_t alpha = reader->separate ? sample(rows[colors], bits, at) : sample(rows[0], bits, at + (uint32_t)reader->alpha);
      pixel[channels - 1] = narrowed_alpha(reader, alpha);
    }
  }
}

/* The sample number in the file of the plane `index`. */
static uint16_t plane_sample(const image_tiff *reader, uint32_t index) {
  return (uint16_t)(index < reader->colors ? index : (uint32_t)reader->alpha);
}

static uint32_t held_planes(const image_tiff *reader) {
  return reader->separate ? reader->colors + (reader->alpha >= 0 ? 1 : 0) : 1;
}

static image_status read_tiles(image_tiff *reader, uint32_t y, image_check check, image_failure *failure) {
  TIFF *codec = reader->planes[0].codec;
  uint64_t tile = TIFFTileSize64(codec), work = 0;
  for (uint32_t plane = 0; plane < held_planes(reader); plane++) {
    for (uint32_t column = 0; column < reader->tiles_across; column++) {
      uint32_t number =
          TIFFComputeTile(codec, column * reader->tile_width, y, 0, reader->separate ? plane_sample(reader, plane) : 0);
      uint8_t *place = reader->raw + plane * reader->raw_bytes + column * tile;
      if (TIFFReadEncodedTile(codec, number, place, (tmsize_t)tile) < 0) return failed(reader, IMAGE_CORRUPT, failure);
      if (image_stops(check, &work, (uint64_t)reader->tile_width * reader->tile_height))
        return image_fail(failure, IMAGE_STOPPED, "stopped");
    }
  }
  reader->band_first = y;
  reader->band_rows = reader->tile_height;
  return IMAGE_OK;
}

static image_status read_tiled_row(image_tiff *reader, uint32_t y, uint8_t *row, image_check check,
                                   image_failure *failure) {
  if (reader->band_rows == 0 || y >= reader->band_first + (uint64_t)reader->band_rows) {
    image_status status = read_tiles(reader, y, check, failure);
    if (status != IMAGE_OK) return status;
  }
  uint64_t tile = TIFFTileSize64(reader->planes[0].codec);
  for (uint32_t column = 0; column < reader->tiles_across; column++) {
    const uint8_t *rows[most_planes];
    for (uint32_t plane = 0; plane < held_planes(reader); plane++)
      rows[plane] = reader->raw + plane * reader->raw_bytes + column * tile +
                    (y - reader->band_first) * reader->tile_row_bytes;
    uint32_t x = column * reader->tile_width;
    uint32_t count = reader->width - x < reader->tile_width ? reader->width - x : reader->tile_width;
    convert(reader, rows, count, row + (size_t)x * reader->channels);
  }
  return IMAGE_OK;
}

static image_status read_scanline(image_tiff *reader, uint32_t y, uint8_t *row, image_failure *failure) {
  const uint8_t *rows[most_planes];
  for (uint32_t plane = 0; plane < held_planes(reader); plane++) {
    uint8_t *raw = reader->raw + plane * reader->raw_bytes;
    uint16_t number = reader->separate ? plane_sample(reader, plane) : 0;
    if (TIFFReadScanline(reader->planes[plane].codec, raw, y, number) < 0) return failed(reader, IMAGE_CORRUPT, failure);
    rows[plane] = raw;
  }
  convert(reader, rows, reader->width, row);
  return IMAGE_OK;
}

static image_status read_rgba(image_tiff *reader, uint32_t y, uint8_t *row, image_failure *failure) {
  if (reader->band_rows == 0 || y >= reader->band_first + (uint64_t)reader->band_rows) {
    uint32_t rows = reader->height - y < reader->unit_rows ? reader->height - y : reader->unit_rows;
    if (y > INT_MAX) return image_fail(failure, IMAGE_TOO_LARGE, "too many rows");
    reader->image.row_offset = (int)y;
    int done = TIFFRGBAImageGet(&reader->image, reader->rgba, reader->width, rows);
    if (!done || reader->message[0]) return failed(reader, IMAGE_CORRUPT, failure);
    reader->band_first = y;
    reader->band_rows = rows;
  }
  const uint32_t *pixels = reader->rgba + (size_t)(y - reader->band_first) * reader->width;
  for (uint32_t x = 0; x < reader->width; x++) {
    row[4 * (size_t)x] = (uint8_t)TIFFGetR(pixels[x]);
    row[4 * (size_t)x + 1] = (uint8_t)TIFFGetG(pixels[x]);
    row[4 * (size_t)x + 2] = (uint8_t)TIFFGetB(pixels[x]);
    row[4 * (size_t)x + 3] = (uint8_t)TIFFGetA(pixels[x]);
  }
  return IMAGE_OK;
}

image_status image_tiff_read_row(image_tiff *reader, uint8_t *row, image_check check, image_failure *failure) {
  uint32_t y = reader->next;
  if (y >= reader->height) return image_fail(failure, IMAGE_CORRUPT, "rows outside of the image");
  reader->message[0] = 0;
  image_status status;
  switch (reader->way) {
    case by_tiles: status = read_tiled_row(reader, y, row, check, failure); break;
    case by_rgba: status = read_rgba(reader, y, row, failure); break;
    default: status = read_scanline(reader, y, row, failure);
  }
  if (status == IMAGE_OK) reader->next++;
  return status;
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
