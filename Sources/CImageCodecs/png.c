/* PNG decoding and encoding with libpng. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <setjmp.h>

#include "common.h"

#include <png.h>

struct image_png {
  png_structp codec;
  png_infop info;
  const uint8_t *data;
  size_t left;
  bool ended;
  jmp_buf escape;
  char message[200];
  uint32_t width, height, channels;
  bool interlaced;
  int pass;
  uint32_t row;  /* of the image, or of the pass */
};

/* The largest chunk of text or colour profile that libpng may hold; none of them is used. */
enum { largest_chunk = 1 << 20, most_cached_chunks = 64 };

static void leave(png_structp codec, png_const_charp message) {
  image_png *reader = png_get_error_ptr(codec);
  snprintf(reader->message, sizeof reader->message, "%s", message);
  longjmp(reader->escape, 1);
}

static void ignore_warning(png_structp codec, png_const_charp message) {
  (void)codec;
  (void)message;
}

static void take(png_structp codec, png_bytep target, size_t count) {
  image_png *reader = png_get_io_ptr(codec);
  if (count > reader->left) {
    reader->ended = true;
    png_error(codec, "the data end inside the image");
  }
  memcpy(target, reader->data, count);
  reader->data += count;
  reader->left -= count;
}

static image_status failed(image_png *reader, image_failure *failure) {
  return image_fail(failure, reader->ended ? IMAGE_TRUNCATED : IMAGE_CORRUPT, reader->message);
}

image_status image_png_open(const uint8_t *data, size_t size, uint32_t max_side, image_png **out,
                                image_png_info *info, image_failure *failure) {
  /* Chunks that do not affect pixel values here, and are not even parsed. */
  static const png_byte skipped[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0"
                                    "sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
  *out = NULL;
  image_png *reader = calloc(1, sizeof *reader);
  if (!reader) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  reader->data = data;
  reader->left = size;
  if (setjmp(reader->escape)) {
    image_status status = failed(reader, failure);
    image_png_close(reader);
    return status;
  }
  reader->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, leave, ignore_warning);
  if (reader->codec) reader->info = png_create_info_struct(reader->codec);
  if (!reader->info) {
    image_png_close(reader);
    return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  }
  png_structp codec = reader->codec;
  png_set_read_fn(codec, reader, take);
  png_set_user_limits(codec, max_side, max_side);
  png_set_chunk_malloc_max(codec, largest_chunk);
  png_set_chunk_cache_max(codec, most_cached_chunks);
  png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
  png_set_benign_errors(codec, 1);
  png_read_info(codec, reader->info);

  reader->width = png_get_image_width(codec, reader->info);
  reader->height = png_get_image_height(codec, reader->info);
  reader->interlaced = png_get_interlace_type(codec, reader->info) != PNG_INTERLACE_NONE;
  png_set_expand(codec);
  png_set_scale_16(codec);
  png_read_update_info(codec, reader->info);
  reader->channels = png_get_channels(codec, reader->info);
  if (png_get_bit_depth(codec, reader->info) != 8 || reader->channels < 1 || reader->channels > 4 ||
      png_get_rowbytes(codec, reader->info) != (size_t)reader->width * reader->channels) {
    image_png_close(reader);
    return image_fail(failure, IMAGE_UNSUPPORTED, "an unexpected row layout");
  }
  info->width = reader->width;
  info->height = reader->height;
  info->channels = reader->channels;
  info->interlaced = reader->interlaced;
  *out = reader;
  return IMAGE_OK;
}

/* The checksum of the last pixels follows the last row. Other errors in the rest of the file are harmless. */
static image_status finish(image_png *reader, image_failure *failure) {
  if (setjmp(reader->escape))
    return strncmp(reader->message, "IDAT", 4) == 0 ? failed(reader, failure) : IMAGE_OK;
  png_read_end(reader->codec, NULL);
  return IMAGE_OK;
}

image_status image_png_read_row(image_png *reader, uint8_t *row, image_png_row *position,
                                    image_failure *failure) {
  memset(position, 0, sizeof *position);
  if (reader->interlaced) {
    /* Passes without a row or a column are not in the file. */
    while (reader->pass < PNG_INTERLACE_ADAM7_PASSES &&
           (PNG_PASS_COLS(reader->width, reader->pass) == 0 ||
            reader->row >= PNG_PASS_ROWS(reader->height, reader->pass))) {
      reader->pass++;
      reader->row = 0;
    }
    if (reader->pass >= PNG_INTERLACE_ADAM7_PASSES) return finish(reader, failure);
  } else if (reader->row >= reader->height) {
    return finish(reader, failure);
  }
  if (setjmp(reader->escape)) return failed(reader, failure);
  png_read_row(reader->codec, row, NULL);
  if (reader->interlaced) {
    position->y = PNG_ROW_FROM_PASS_ROW(reader->row, reader->pass);
    position->x = PNG_PASS_START_COL(reader->pass);
    position->x_step = 1u << PNG_PASS_COL_SHIFT(reader->pass);
    position->count = PNG_PASS_COLS(reader->width, reader->pass);
  } else {
    position->y = reader->row;
    position->x_step = 1;
    position->count = reader->width;
  }
  reader->row++;
  return IMAGE_OK;
}

void image_png_close(image_png *reader) {
  if (!reader) return;
  if (reader->codec) png_destroy_read_struct(&reader->codec, &reader->info, NULL);
  free(reader);
}

/* ---- encoding ---- */

typedef struct writer {
  png_structp codec;
  png_infop info;
  jmp_buf escape;
  char message[200];
  image_status status;
  uint64_t work;
  uint8_t *buffer;
  size_t size, capacity;
} writer;

static void leave_writer(png_structp codec, png_const_charp message) {
  writer *self = png_get_error_ptr(codec);
  snprintf(self->message, sizeof self->message, "%s", message);
  if (self->status == IMAGE_OK) self->status = IMAGE_UNSUPPORTED;
  longjmp(self->escape, 1);
}

static void put(png_structp codec, png_bytep bytes, size_t count) {
  writer *self = png_get_io_ptr(codec);
  if (count > SIZE_MAX / 4 - self->size) {
    self->status = IMAGE_NO_MEMORY;
    png_error(codec, "out of memory");
  }
  if (self->size + count > self->capacity) {
    size_t capacity = (self->size + count) * 2;
    uint8_t *larger = realloc(self->buffer, capacity);
    if (!larger) {
      self->status = IMAGE_NO_MEMORY;
      png_error(codec, "out of memory");
    }
    self->buffer = larger;
    self->capacity = capacity;
  }
  memcpy(self->buffer + self->size, bytes, count);
  self->size += count;
}

static void flush_nothing(png_structp codec) { (void)codec; }

image_status image_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                                  bool interlaced, image_check check, uint8_t **out, size_t *out_size,
                                  image_failure *failure) {
  static const int types[5] = {-1, PNG_COLOR_TYPE_GRAY, -1, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  *out = NULL;
  *out_size = 0;
  if (channels > 4 || types[channels] < 0)
    return image_fail(failure, IMAGE_UNSUPPORTED, "PNG takes one, three or four channels here");
  writer *self = calloc(1, sizeof *self);
  if (!self) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  volatile image_status status = IMAGE_OK;
  if (setjmp(self->escape)) {
    status = image_fail(failure, self->status, self->message);
    free(self->buffer);
  } else {
    self->codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, leave_writer, ignore_warning);
    if (self->codec) self->info = png_create_info_struct(self->codec);
    if (!self->info) {
      status = image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
    } else {
      png_set_write_fn(self->codec, self, put, flush_nothing);
      png_set_IHDR(self->codec, self->info, width, height, 8, types[channels],
                   interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                   PNG_FILTER_TYPE_DEFAULT);
      png_write_info(self->codec, self->info);
      int passes = png_set_interlace_handling(self->codec);
      for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) {
          png_write_row(self->codec, pixels + (size_t)y * width * channels);
          /* Deflating a pixel takes longer than most other work. */
          if (image_stops(check, &self->work, 4 * (uint64_t)width)) {
            self->status = IMAGE_STOPPED;
            png_error(self->codec, "stopped");
          }
        }
      }
      png_write_end(self->codec, NULL);
      *out = self->buffer;
      *out_size = self->size;
    }
  }
  if (self->codec) png_destroy_write_struct(&self->codec, &self->info);
  free(self);
  return status;
}

#endif
