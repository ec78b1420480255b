/* The rows of a TIFF image in 8 bits per sample. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>

#include "tiff.h"

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
      if (TIFFReadEncodedTile(codec, number, place, (tmsize_t)tile) < 0) return image_tiff_failed(reader, IMAGE_CORRUPT, failure);
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
    if (TIFFReadScanline(reader->planes[plane].codec, raw, y, number) < 0) return image_tiff_failed(reader, IMAGE_CORRUPT, failure);
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
    if (!done || reader->message[0]) return image_tiff_failed(reader, IMAGE_CORRUPT, failure);
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

#endif
