/* JPEG decoding and encoding with libjpeg-turbo. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <limits.h>
#include <setjmp.h>

#include "common.h"

#include <jpeglib.h>
#include <jerror.h>

/* The coefficients of a component, all of which libjpeg holds for files with several scans. libjpeg's own arrays come
 * from malloc, which retains them when they are freed: tens of megabytes per decoding thread. */
typedef struct coefficients {
  struct coefficients *next;
  JBLOCK *blocks;
  size_t bytes;
  JDIMENSION across, down;
  JBLOCKARRAY rows;
} coefficients;

struct image_jpeg {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
  image_status status;  /* what the longjmp stands for */
  coefficients *arrays;
  void (*realize_others)(j_common_ptr codec);
  uint32_t max_scans;
  image_check check;
  uint64_t work;        /* pixels processed since the last check */
  bool gray;
  bool started;
  bool several_scans;
  bool damaged;         /* the first damage met was recorded in the next two */
  uint32_t intact_mcu_rows;
  bool luma_complete;   /* every luma coefficient had been sent at least once by then */
};

/* The whole image is in memory, so a request for more means that the data ended too early. */
static const JOCTET end_of_image[2] = {0xFF, JPEG_EOI};

static image_jpeg *reader_of(j_common_ptr codec) { return (image_jpeg *)codec->client_data; }

/* Records how far the image was intact at the first damage: libjpeg guesses the rest. */
static void note_damage(j_decompress_ptr codec) {
  image_jpeg *reader = reader_of((j_common_ptr)codec);
  if (reader->damaged) return;
  reader->damaged = true;
  reader->intact_mcu_rows = codec->input_iMCU_row;
  if (!reader->several_scans) {
    reader->luma_complete = true;
  } else if (codec->progressive_mode) {
    reader->luma_complete = codec->coef_bits != NULL;
    for (int i = 0; reader->luma_complete && i < DCTSIZE2; i++) reader->luma_complete = codec->coef_bits[0][i] >= 0;
  } else {
    /* One scan per component: the first is luma. */
    int needed = reader->gray ? 2 : codec->num_components;
    reader->luma_complete = codec->input_scan_number >= needed;
  }
}

static void leave(j_common_ptr codec) {
  image_jpeg *reader = reader_of(codec);
  codec->err->format_message(codec, reader->message);
  if (reader->status == IMAGE_OK) {
    switch (codec->err->msg_code) {
      case JERR_OUT_OF_MEMORY: reader->status = IMAGE_NO_MEMORY; break;
      case JERR_NO_BACKING_STORE: reader->status = IMAGE_TOO_LARGE; break;
      case JERR_BAD_PRECISION:
      case JERR_SOF_UNSUPPORTED:
      case JERR_CONVERSION_NOTIMPL:
      case JERR_ARITH_NOTIMPL:
      case JERR_NOT_COMPILED:
      case JERR_CCIR601_NOTIMPL:
      case JERR_FRACT_SAMPLE_NOTIMPL: reader->status = IMAGE_UNSUPPORTED; break;
      default: reader->status = reader->damaged ? IMAGE_TRUNCATED : IMAGE_CORRUPT;
    }
  }
  longjmp(reader->escape, 1);
}

static void note_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  codec->err->num_warnings++;
  switch (codec->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_JPEG_EOF:
      if (codec->is_decompressor) note_damage((j_decompress_ptr)codec);
      break;
    default: break; /* stray bytes between segments and the like lose nothing */
  }
}

static void print_nothing(j_common_ptr codec) { (void)codec; }

static void source_nothing(j_decompress_ptr codec) { (void)codec; }

static boolean source_ended(j_decompress_ptr codec) {
  note_damage(codec);
  codec->src->next_input_byte = end_of_image;
  codec->src->bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void source_skip(j_decompress_ptr codec, long count) {
  struct jpeg_source_mgr *source = codec->src;
  if (count <= 0) return;
  if ((size_t)count > source->bytes_in_buffer) {
    source_ended(codec);
    return;
  }
  source->next_input_byte += count;
  source->bytes_in_buffer -= (size_t)count;
}

/* Called for every row of blocks while a file of several scans is read to its end. */
static void watch(j_common_ptr codec) {
  image_jpeg *reader = reader_of(codec);
  if (!codec->is_decompressor || reader->max_scans == 0 || reader->started) return;
  if (image_stops(reader->check, &reader->work, (uint64_t)((j_decompress_ptr)codec)->image_width * 8)) {
    snprintf(reader->message, sizeof reader->message, "stopped");
    reader->status = IMAGE_STOPPED;
    longjmp(reader->escape, 1);
  }
  if ((uint32_t)((j_decompress_ptr)codec)->input_scan_number > reader->max_scans) {
    snprintf(reader->message, sizeof reader->message, "more than %u scans", (unsigned)reader->max_scans);
    reader->status = IMAGE_TOO_LARGE;
    longjmp(reader->escape, 1);
  }
}

static jvirt_barray_ptr request_blocks(j_common_ptr codec, int pool, boolean zeroed, JDIMENSION across, JDIMENSION down,
                                       JDIMENSION at_once) {
  (void)pool;
  (void)zeroed;
  (void)at_once;
  image_jpeg *reader = reader_of(codec);
  coefficients *array = codec->mem->alloc_small(codec, JPOOL_IMAGE, sizeof *array);
  memset(array, 0, sizeof *array);
  array->across = across;
  array->down = down;
  array->next = reader->arrays;
  reader->arrays = array;
  /* An opaque type, which only its creator accesses. */
  return (jvirt_barray_ptr)(void *)array;
}

static void realize_blocks(j_common_ptr codec) {
  image_jpeg *reader = reader_of(codec);
  uint64_t left = codec->mem->max_memory_to_use > 0 ? (uint64_t)codec->mem->max_memory_to_use : UINT64_MAX;
  for (coefficients *array = reader->arrays; array; array = array->next) {
    if (array->blocks) continue;
    uint64_t bytes = (uint64_t)array->across * array->down * sizeof(JBLOCK);
    if (bytes > left || bytes > SIZE_MAX / 2) ERREXIT(codec, JERR_NO_BACKING_STORE);
    left -= bytes;
    array->blocks = image_take_pages((size_t)bytes);
    if (!array->blocks) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 10);
    array->bytes = (size_t)bytes;
    array->rows = codec->mem->alloc_large(codec, JPOOL_IMAGE, array->down * sizeof *array->rows);
    for (JDIMENSION y = 0; y < array->down; y++) array->rows[y] = array->blocks + (size_t)y * array->across;
  }
  reader->realize_others(codec);
}

static JBLOCKARRAY access_blocks(j_common_ptr codec, jvirt_barray_ptr pointer, JDIMENSION first, JDIMENSION count,
                                 boolean writable) {
  (void)writable;
  coefficients *array = (coefficients *)(void *)pointer;
  if (!array->rows || first > array->down || count > array->down - first) ERREXIT(codec, JERR_BAD_VIRTUAL_ACCESS);
  return array->rows + first;
}

image_status image_jpeg_open(const uint8_t *data, size_t size, image_jpeg **out, image_jpeg_info *info,
                                 image_failure *failure) {
  *out = NULL;
  image_jpeg *reader = calloc(1, sizeof *reader);
  if (!reader) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  reader->codec.err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = leave;
  reader->errors.emit_message = note_message;
  reader->errors.output_message = print_nothing;
  reader->codec.client_data = reader;
  if (setjmp(reader->escape)) {
    image_status status = image_fail(failure, reader->status, reader->message);
    image_jpeg_close(reader);
    return status;
  }
  jpeg_create_decompress(&reader->codec);
  reader->codec.client_data = reader;
  reader->realize_others = reader->codec.mem->realize_virt_arrays;
  reader->codec.mem->request_virt_barray = request_blocks;
  reader->codec.mem->realize_virt_arrays = realize_blocks;
  reader->codec.mem->access_virt_barray = access_blocks;
  reader->source.next_input_byte = data;
  reader->source.bytes_in_buffer = size;
  reader->source.init_source = source_nothing;
  reader->source.fill_input_buffer = source_ended;
  reader->source.skip_input_data = source_skip;
  reader->source.resync_to_restart = jpeg_resync_to_restart;
  reader->source.term_source = source_nothing;
  reader->codec.src = &reader->source;
  reader->progress.progress_monitor = watch;
  reader->codec.progress = &reader->progress;

  jpeg_read_header(&reader->codec, TRUE);
  if (reader->damaged) {
    image_jpeg_close(reader);
    return image_fail(failure, IMAGE_TRUNCATED, "the data end before the first scan");
  }
  info->width = reader->codec.image_width;
  info->height = reader->codec.image_height;
  info->components = (uint32_t)reader->codec.num_components;
  reader->several_scans = jpeg_has_multiple_scans(&reader->codec);
  info->progressive = reader->several_scans;
  info->coefficient_bytes = 0;
  if (info->progressive) {
    for (int i = 0; i < reader->codec.num_components; i++) {
      const jpeg_component_info *part = &reader->codec.comp_info[i];
      /* The arrays are padded to whole MCUs. */
      uint64_t across = (uint64_t)part->width_in_blocks + (uint64_t)part->h_samp_factor;
      uint64_t down = (uint64_t)part->height_in_blocks + (uint64_t)part->v_samp_factor;
      info->coefficient_bytes += across * down * sizeof(JBLOCK);
    }
  }
  *out = reader;
  return IMAGE_OK;
}

image_status image_jpeg_start(image_jpeg *reader, bool gray, uint32_t scale_eighths, uint32_t max_scans,
                                  uint64_t max_memory, image_check check, image_jpeg_output *output,
                                  image_failure *failure) {
  j_decompress_ptr codec = &reader->codec;
  if (setjmp(reader->escape)) return image_fail(failure, reader->status, reader->message);
  reader->max_scans = max_scans;
  reader->check = check;
  reader->gray = gray;
  codec->mem->max_memory_to_use = max_memory > (uint64_t)LONG_MAX ? LONG_MAX : (long)max_memory;
  codec->scale_num = scale_eighths;
  codec->scale_denom = 8;
  codec->dct_method = JDCT_ISLOW;
  if (codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK) {
    codec->out_color_space = JCS_CMYK;
  } else {
    codec->out_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
  }
  jpeg_start_decompress(codec);
  reader->started = true;
  output->width = codec->output_width;
  output->height = codec->output_height;
  output->channels = (uint32_t)codec->output_components;
  output->inverted = codec->saw_Adobe_marker;
  return IMAGE_OK;
}

image_status image_jpeg_read_row(image_jpeg *reader, uint8_t *row, image_failure *failure) {
  if (!reader->started || reader->codec.output_scanline >= reader->codec.output_height)
    return image_fail(failure, IMAGE_TRUNCATED, "no rows are left");
  if (setjmp(reader->escape)) return image_fail(failure, reader->status, reader->message);
  JSAMPROW rows[1] = {row};
  if (jpeg_read_scanlines(&reader->codec, rows, 1) != 1)
    return image_fail(failure, IMAGE_TRUNCATED, "the data end inside the image");
  return IMAGE_OK;
}

uint32_t image_jpeg_intact_rows(const image_jpeg *reader) {
  uint32_t height = reader->codec.output_height;
  if (!reader->damaged) return height;
  if (!reader->luma_complete || reader->codec.total_iMCU_rows == 0) return 0;
  uint64_t rows = (uint64_t)height * reader->intact_mcu_rows / reader->codec.total_iMCU_rows;
  return rows < height ? (uint32_t)rows : height;
}

void image_jpeg_close(image_jpeg *reader) {
  if (!reader) return;
  for (coefficients *array = reader->arrays; array; array = array->next) image_give_pages(array->blocks, array->bytes);
  jpeg_destroy_decompress(&reader->codec);
  free(reader);
}

/* ---- encoding ---- */

typedef struct writer {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
  struct jpeg_destination_mgr destination;
  struct jpeg_progress_mgr progress;
  image_check check;
  uint64_t work;
  image_status status;
  uint8_t *buffer;
  size_t capacity;
  size_t size;
} writer;

static void leave_writer(j_common_ptr codec) {
  writer *self = (writer *)codec->client_data;
  codec->err->format_message(codec, self->message);
  self->status = codec->err->msg_code == JERR_OUT_OF_MEMORY ? IMAGE_NO_MEMORY : IMAGE_UNSUPPORTED;
  longjmp(self->escape, 1);
}

/* Called for every row, and for every row of blocks while the codes are written at the end. */
static void watch_writer(j_common_ptr codec) {
  writer *self = (writer *)codec->client_data;
  if (image_stops(self->check, &self->work, ((j_compress_ptr)codec)->image_width)) {
    snprintf(self->message, sizeof self->message, "stopped");
    self->status = IMAGE_STOPPED;
    longjmp(self->escape, 1);
  }
}

/* jpeg_mem_dest leaks its buffer on an error; this one is always owned by the writer. */
static void sink_start(j_compress_ptr codec) {
  writer *self = (writer *)codec->client_data;
  self->capacity = 1 << 16;
  self->buffer = malloc(self->capacity);
  if (!self->buffer) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 1);
  self->destination.next_output_byte = self->buffer;
  self->destination.free_in_buffer = self->capacity;
}

static boolean sink_grow(j_compress_ptr codec) {
  writer *self = (writer *)codec->client_data;
  size_t used = self->capacity;
  uint8_t *larger = used > SIZE_MAX / 2 ? NULL : realloc(self->buffer, used * 2);
  if (!larger) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 2);
  self->buffer = larger;
  self->capacity = used * 2;
  self->destination.next_output_byte = larger + used;
  self->destination.free_in_buffer = used;
  return TRUE;
}

static void sink_end(j_compress_ptr codec) {
  writer *self = (writer *)codec->client_data;
  self->size = self->capacity - self->destination.free_in_buffer;
}

image_status image_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality,
                                   image_jpeg_kind kind, image_check check, uint8_t **out, size_t *out_size,
                                   image_failure *failure) {
  *out = NULL;
  *out_size = 0;
  if (channels != 1 && channels != 3 && channels != 4)
    return image_fail(failure, IMAGE_UNSUPPORTED, "JPEG takes one, three or four channels");
  writer *self = calloc(1, sizeof *self);
  if (!self) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  self->codec.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = leave_writer;
  self->errors.emit_message = note_message;
  self->errors.output_message = print_nothing;
  self->codec.client_data = self;
  if (setjmp(self->escape)) {
    image_status status = image_fail(failure, self->status, self->message);
    jpeg_destroy_compress(&self->codec);
    free(self->buffer);
    free(self);
    return status;
  }
  jpeg_create_compress(&self->codec);
  self->codec.client_data = self;
  self->destination.init_destination = sink_start;
  self->destination.empty_output_buffer = sink_grow;
  self->destination.term_destination = sink_end;
  self->codec.dest = &self->destination;
  self->check = check;
  self->progress.progress_monitor = watch_writer;
  self->codec.progress = &self->progress;
  self->codec.image_width = width;
  self->codec.image_height = height;
  self->codec.input_components = (int)channels;
  self->codec.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&self->codec);
  if (kind == IMAGE_JPEG_YCCK) jpeg_set_colorspace(&self->codec, JCS_YCCK);
  if (kind == IMAGE_JPEG_PROGRESSIVE) jpeg_simple_progression(&self->codec);
  jpeg_set_quality(&self->codec, quality, TRUE);
  self->codec.optimize_coding = TRUE;
  jpeg_start_compress(&self->codec, TRUE);
  while (self->codec.next_scanline < height) {
    /* libjpeg reads the row only; its prototype is older than const. */
    JSAMPROW rows[1] = {(JSAMPROW)(uintptr_t)(pixels + (size_t)self->codec.next_scanline * width * channels)};
    jpeg_write_scanlines(&self->codec, rows, 1);
  }
  jpeg_finish_compress(&self->codec);
  *out = self->buffer;
  *out_size = self->size;
  jpeg_destroy_compress(&self->codec);
  free(self);
  return IMAGE_OK;
}

#endif
