#ifndef IMAGESEARCH_CIMAGECODECS_TIFF_H
#define IMAGESEARCH_CIMAGECODECS_TIFF_H

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

/* Stores libtiff's message in `failure`; returns `status`, or the status that the message stands for. */
image_status image_tiff_failed(image_tiff *reader, image_status status, image_failure *failure);

#endif
