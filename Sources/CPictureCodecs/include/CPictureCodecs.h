#ifndef IMAGESEARCH_CPICTURECODECS_H
#define IMAGESEARCH_CPICTURECODECS_H

/* Picture codecs behind a small interface that never lets a longjmp pass a Swift frame.
 *
 * libjpeg and libpng leave an error by longjmp. Every function below therefore catches it before it returns, and none of
 * them calls back into its caller: the caller pulls rows. No type of a codec library shows here, so that the header can be
 * imported without any of them being installed; the functions exist only with IMAGESEARCH_LOCAL_INDEX defined.
 *
 * Shared rules: `data` must stay valid until the reader is closed; a reader belongs to one thread at a time; different
 * readers share nothing; nothing is printed; a close function accepts NULL. A function that can fail returns a
 * picture_status and, when it is not PICTURE_OK, has put a sentence in English into `failure`. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum picture_status {
  PICTURE_OK = 0,
  /* The data end before the picture does. */
  PICTURE_TRUNCATED = 1,
  /* The data contradict their format. */
  PICTURE_CORRUPT = 2,
  /* Well formed, but of a kind the library does not decode. */
  PICTURE_UNSUPPORTED = 3,
  /* More memory, pixels or scans than allowed. */
  PICTURE_TOO_LARGE = 4,
  /* The system refused memory. */
  PICTURE_NO_MEMORY = 5
} picture_status;

typedef struct picture_failure {
  char message[200];
} picture_failure;

/* ---- JPEG (libjpeg-turbo) ---- */

typedef struct picture_jpeg picture_jpeg;

typedef struct picture_jpeg_info {
  uint32_t width, height;   /* as stored, before scaling */
  uint32_t components;      /* 1, 3 or 4 */
  bool progressive;         /* or any other kind of several scans: all coefficients are held in memory */
  uint64_t coefficient_bytes; /* what holding them takes, 0 when rows are decoded one by one */
} picture_jpeg_info;

typedef struct picture_jpeg_output {
  uint32_t width, height;
  uint32_t channels;  /* 1 gray, 3 RGB, 4 CMYK */
  bool inverted;      /* CMYK as Adobe stores it: 255 is no ink */
} picture_jpeg_output;

/* Reads the header, up to the first scan. */
picture_status picture_jpeg_open(const uint8_t *data, size_t size, picture_jpeg **out, picture_jpeg_info *info,
                                 picture_failure *failure);
/* Starts decoding at scale_eighths/8 (1...8) of the size. Several-scan files are read to their end here, with at most
 * max_scans scans and max_memory bytes for coefficients. */
picture_status picture_jpeg_start(picture_jpeg *reader, bool gray, uint32_t scale_eighths, uint32_t max_scans,
                                  uint64_t max_memory, picture_jpeg_output *output, picture_failure *failure);
/* Decodes the next row: width * channels bytes. */
picture_status picture_jpeg_read_row(picture_jpeg *reader, uint8_t *row, picture_failure *failure);
/* Rows of the output that come from undamaged data; the output's height when all of them do. For a progressive file a row
 * counts only when every luma coefficient was sent at least once. */
uint32_t picture_jpeg_intact_rows(const picture_jpeg *reader);
void picture_jpeg_close(picture_jpeg *reader);

typedef enum picture_jpeg_kind {
  PICTURE_JPEG_BASELINE = 0,
  PICTURE_JPEG_PROGRESSIVE = 1,
  /* Four channels stored as YCCK instead of CMYK. */
  PICTURE_JPEG_YCCK = 2
} picture_jpeg_kind;

/* Encodes 8-bit gray (channels 1), RGB (3) or CMYK (4, with Adobe's marker), rows without padding, quality 1...100.
 * *out is freed with picture_free. */
picture_status picture_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality,
                                   picture_jpeg_kind kind, uint8_t **out, size_t *out_size, picture_failure *failure);

/* ---- PNG (libpng) ---- */

typedef struct picture_png picture_png;

typedef struct picture_png_info {
  uint32_t width, height;
  uint32_t channels;  /* of the rows delivered: 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha, 8 bits each */
  bool interlaced;
} picture_png_info;

typedef struct picture_png_row {
  uint32_t y;       /* row of the picture */
  uint32_t x;       /* column of the first pixel */
  uint32_t x_step;  /* columns between pixels: 1 unless interlaced */
  uint32_t count;   /* pixels */
} picture_png_row;

picture_status picture_png_open(const uint8_t *data, size_t size, uint32_t max_side, picture_png **out,
                                picture_png_info *info, picture_failure *failure);
/* Decodes the next row, or of an interlaced picture the next row of the pass, into `row` (width * channels bytes of room).
 * `position->count` is 0 after the last one. */
picture_status picture_png_read_row(picture_png *reader, uint8_t *row, picture_png_row *position,
                                    picture_failure *failure);
void picture_png_close(picture_png *reader);

/* Encodes 8-bit gray (channels 1), RGB (3) or RGBA (4). `interlaced` is there for tests. *out is freed with picture_free. */
picture_status picture_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                  bool interlaced, uint8_t **out, size_t *out_size, picture_failure *failure);

/* ---- GIF (giflib), first frame ---- */

typedef struct picture_gif picture_gif;

typedef struct picture_gif_info {
  uint32_t canvas_width, canvas_height;
  uint32_t left, top, width, height;  /* the first frame; may reach beyond the canvas */
  bool interlaced;
  int transparent;                    /* palette index, -1 when there is none */
  uint32_t colors;                    /* entries of the palette that the file gives */
  uint8_t palette[768];               /* R, G, B; black beyond `colors` */
} picture_gif_info;

picture_status picture_gif_open(const uint8_t *data, size_t size, picture_gif **out, picture_gif_info *info,
                                picture_failure *failure);
/* Decodes the next row in file order: `width` palette indices. */
picture_status picture_gif_read_row(picture_gif *reader, uint8_t *row, picture_failure *failure);
void picture_gif_close(picture_gif *reader);

/* ---- TIFF (libtiff), first directory ---- */

typedef struct picture_tiff picture_tiff;

typedef struct picture_tiff_info {
  uint32_t width, height;
  uint32_t unit_rows;       /* rows of a strip, or of a row of tiles */
  uint64_t unit_bytes;      /* decoded size of what must be held to decode one strip or tile, all planes */
  bool divisible;           /* a band may end inside a strip */
  bool alpha;
} picture_tiff_info;

picture_status picture_tiff_open(const uint8_t *data, size_t size, uint64_t max_memory, picture_tiff **out,
                                 picture_tiff_info *info, picture_failure *failure);
/* Decodes `rows` rows from row `y` on into width * rows * 4 bytes: R, G, B, A with the colours multiplied by alpha. */
picture_status picture_tiff_read_band(picture_tiff *reader, uint32_t y, uint32_t rows, uint8_t *rgba,
                                      picture_failure *failure);
void picture_tiff_close(picture_tiff *reader);

/* ---- WEBP (libwebp), one still picture or one frame's chunks ---- */

typedef struct picture_webp_info {
  uint32_t width, height;
  bool alpha;
  bool lossless;
} picture_webp_info;

picture_status picture_webp_info_read(const uint8_t *data, size_t size, picture_webp_info *info,
                                      picture_failure *failure);
/* Decodes into width * height * (alpha ? 4 : 3) bytes, colours not multiplied by alpha; scaled by libwebp when the size
 * given is not the stored one. */
picture_status picture_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, bool alpha,
                                   uint8_t *pixels, picture_failure *failure);
/* Encodes RGB (channels 3) or RGBA (4). quality 0...100, below 0 lossless. *out is freed with picture_free. */
picture_status picture_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                   float quality, uint8_t **out, size_t *out_size, picture_failure *failure);

/* Frees what an encoder returned. */
void picture_free(void *memory);

#endif
