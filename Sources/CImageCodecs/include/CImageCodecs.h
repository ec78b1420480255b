#ifndef IMAGESEARCH_CIMAGECODECS_H
#define IMAGESEARCH_CIMAGECODECS_H

/* Image codecs behind a small interface that never lets a longjmp pass a Swift frame.
 *
 * libjpeg and libpng report an error by longjmp, which every function below catches before it returns. The caller pulls
 * rows, and no longjmp crosses the one callback, image_check. No type of a codec library appears here, so that the
 * header can be imported without any of them being installed; the functions exist only with IMAGESEARCH_LOCAL_INDEX
 * defined.
 *
 * Shared rules: `data` must stay valid until the reader is closed; a reader belongs to one thread at a time; different
 * readers share nothing; nothing is printed; a close function accepts NULL. A function that can fail returns an
 * image_status and, unless it is IMAGE_OK, stores an English sentence in `failure`. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum image_status {
  IMAGE_OK = 0,
  /* The data end before the image is complete. */
  IMAGE_TRUNCATED = 1,
  /* The data violate their format. */
  IMAGE_CORRUPT = 2,
  /* Well formed, but not supported by the library. */
  IMAGE_UNSUPPORTED = 3,
  /* More memory, pixels or scans than allowed. */
  IMAGE_TOO_LARGE = 4,
  /* The system refused memory. */
  IMAGE_NO_MEMORY = 5,
  /* Stopped by the check. */
  IMAGE_STOPPED = 6
} image_status;

/* Called every few milliseconds of work that cannot be split into rows; true ends it with IMAGE_STOPPED. */
typedef struct image_check {
  bool (*stops)(void *context);
  void *context;
} image_check;

typedef struct image_failure {
  char message[200];
} image_failure;

/* ---- JPEG (libjpeg-turbo) ---- */

typedef struct image_jpeg image_jpeg;

typedef struct image_jpeg_info {
  uint32_t width, height;   /* as stored, before scaling */
  uint32_t components;      /* 1, 3 or 4 */
  bool progressive;         /* or any other kind of several scans: all coefficients are held in memory */
  uint64_t coefficient_bytes; /* what holding them takes, 0 when rows are decoded one by one */
} image_jpeg_info;

typedef struct image_jpeg_output {
  uint32_t width, height;
  uint32_t channels;  /* 1 gray, 3 RGB, 4 CMYK */
  bool inverted;      /* CMYK as Adobe stores it: 255 is no ink */
} image_jpeg_output;

/* Reads the header, up to the first scan. */
image_status image_jpeg_open(const uint8_t *data, size_t size, image_jpeg **out, image_jpeg_info *info,
                                 image_failure *failure);
/* Starts decoding at scale_eighths/8 (1...8) of the size. Several-scan files are read to their end here, with at most
 * max_scans scans and max_memory bytes for coefficients. */
image_status image_jpeg_start(image_jpeg *reader, bool gray, uint32_t scale_eighths, uint32_t max_scans,
                                  uint64_t max_memory, image_check check, image_jpeg_output *output,
                                  image_failure *failure);
/* Decodes the next row: width * channels bytes. */
image_status image_jpeg_read_row(image_jpeg *reader, uint8_t *row, image_failure *failure);
/* Number of output rows from undamaged data; the output's height if all are. In a progressive file, a row counts only if
 * every luma coefficient was sent at least once. */
uint32_t image_jpeg_intact_rows(const image_jpeg *reader);
void image_jpeg_close(image_jpeg *reader);

typedef enum image_jpeg_kind {
  IMAGE_JPEG_BASELINE = 0,
  IMAGE_JPEG_PROGRESSIVE = 1,
  /* Four channels, stored as YCCK instead of CMYK. */
  IMAGE_JPEG_YCCK = 2
} image_jpeg_kind;

/* Encodes 8-bit gray (channels 1), RGB (3) or CMYK (4, with Adobe's marker), rows without padding, quality 1...100.
 * *out is freed with image_free. */
image_status image_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality,
                                   image_jpeg_kind kind, image_check check, uint8_t **out, size_t *out_size,
                                   image_failure *failure);

/* ---- PNG (libpng) ---- */

typedef struct image_png image_png;

typedef struct image_png_info {
  uint32_t width, height;
  uint32_t channels;  /* of the rows delivered: 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha, 8 bits each */
  bool interlaced;
} image_png_info;

typedef struct image_png_row {
  uint32_t y;       /* row of the image */
  uint32_t x;       /* column of the first pixel */
  uint32_t x_step;  /* columns between pixels: 1 unless interlaced */
  uint32_t count;   /* pixels */
} image_png_row;

image_status image_png_open(const uint8_t *data, size_t size, uint32_t max_side, image_png **out,
                                image_png_info *info, image_failure *failure);
/* Decodes the next row, or of an interlaced image the next row of the pass, into `row` (width * channels bytes of room).
 * `position->count` is 0 after the last one. */
image_status image_png_read_row(image_png *reader, uint8_t *row, image_png_row *position,
                                    image_failure *failure);
void image_png_close(image_png *reader);

/* Encodes 8-bit gray (channels 1), RGB (3) or RGBA (4). `interlaced` is for tests. *out is freed with image_free. */
image_status image_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                  bool interlaced, image_check check, uint8_t **out, size_t *out_size,
                                  image_failure *failure);

/* ---- GIF (giflib), first frame ---- */

typedef struct image_gif image_gif;

typedef struct image_gif_info {
  uint32_t canvas_width, canvas_height;
  uint32_t left, top, width, height;  /* the first frame; may reach beyond the canvas */
  bool interlaced;
  int transparent;                    /* palette index, -1 when there is none */
  uint32_t colors;                    /* entries of the palette that the file gives */
  uint8_t palette[768];               /* R, G, B; black beyond `colors` */
} image_gif_info;

image_status image_gif_open(const uint8_t *data, size_t size, image_gif **out, image_gif_info *info,
                                image_failure *failure);
/* Decodes the next row in file order: `width` palette indices. */
image_status image_gif_read_row(image_gif *reader, uint8_t *row, image_failure *failure);
void image_gif_close(image_gif *reader);

/* ---- TIFF (libtiff), first directory ---- */

typedef struct image_tiff image_tiff;

typedef enum image_tiff_layout {
  IMAGE_TIFF_GRAY = 0,
  IMAGE_TIFF_GRAY_ALPHA = 1,
  IMAGE_TIFF_RGB = 2,
  IMAGE_TIFF_RGBA = 3,
  /* Colours multiplied by alpha. */
  IMAGE_TIFF_PREMULTIPLIED_RGBA = 4,
  /* An unused fourth byte. */
  IMAGE_TIFF_RGBX = 5,
  /* 255 is full ink. */
  IMAGE_TIFF_CMYK = 6
} image_tiff_layout;

typedef struct image_tiff_info {
  uint32_t width, height;
  image_tiff_layout layout;  /* of the rows delivered, 8 bits per sample */
  uint64_t memory;           /* held while reading: a row, a row of tiles, or a band of strips */
} image_tiff_info;

image_status image_tiff_open(const uint8_t *data, size_t size, uint64_t max_memory, image_tiff **out,
                                 image_tiff_info *info, image_failure *failure);
/* Decodes the next row. */
image_status image_tiff_read_row(image_tiff *reader, uint8_t *row, image_check check, image_failure *failure);
void image_tiff_close(image_tiff *reader);

/* ---- WEBP (libwebp), one still image or one frame's chunks ---- */

typedef struct image_webp_info {
  uint32_t width, height;
  bool alpha;
  bool lossless;
} image_webp_info;

image_status image_webp_info_read(const uint8_t *data, size_t size, image_webp_info *info,
                                      image_failure *failure);
/* Decodes into width * height * (alpha ? 4 : 3) bytes, colours not multiplied by alpha; libwebp scales if the given size
 * is not the stored one. */
image_status image_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, bool alpha,
                                   uint8_t *pixels, image_check check, image_failure *failure);
/* Encodes RGB (channels 3) or RGBA (4). quality 0...100, below 0 lossless. *out is freed with image_free. */
image_status image_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                   float quality, image_check check, uint8_t **out, size_t *out_size,
                                   image_failure *failure);

/* ---- HEIC and AVIF (libheif, loaded at run time) ---- */

typedef struct image_heif image_heif;

typedef struct image_heif_info {
  uint32_t width, height;  /* as displayed, after rotation and mirroring */
  bool alpha;              /* four bytes per pixel instead of three */
  bool premultiplied;
  const uint8_t *exif;     /* NULL for none; lives as long as the reader */
  size_t exif_size;
} image_heif_info;

/* Whether the library can be loaded. */
bool image_heif_is_there(void);
/* Another name for the library, or NULL for its own. For tests, while nothing is decoded. */
void image_heif_use_library(const char *name);
/* Decodes the primary image. The check is called every 20 ms; a decoding that is stopped continues in the background, at
 * most four at once, and frees its memory at its end. */
image_status image_heif_open(const uint8_t *data, size_t size, uint32_t max_side, uint64_t max_pixels,
                                 image_check check, image_heif **out, image_heif_info *info, image_failure *failure);
/* R, G, B and possibly A of a row; NULL outside the image. */
const uint8_t *image_heif_row(const image_heif *reader, uint32_t y);
void image_heif_close(image_heif *reader);

/* Returns memory that malloc retains to the system. */
void image_trim(void);

/* Notes that a large image is decoded, whose memory, also that used for it on other threads, must be returned to the
 * system. */
void image_note_large(void);
/* Whether one was decoded on any thread since the last call on this thread. */
bool image_was_large(void);

/* Frees what an encoder returned. */
void image_free(void *memory);

#endif
