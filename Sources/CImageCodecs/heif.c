/* HEIC and AVIF with libheif, which is loaded at run time if the system has it: it depends on code under other licences, so it is neither linked nor bundled.
 *
 * libheif decodes an image in one call that cannot be stopped. The call therefore runs on a thread of its own with a
 * copy of the file; a caller that must stop does not wait for it, and it frees its memory when it is done. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "common.h"

/* ---- the part of libheif's interface that is used (libheif/heif.h, 1.12 and later; a stable C interface) ---- */

typedef struct heif_error {
  int code;
  int subcode;
  const char *message;
} heif_error;

/* The fields of version 2; the library allocates and may know more. */
typedef struct heif_decoding_options {
  uint8_t version;
  uint8_t ignore_transformations;
  void (*start_progress)(int step, int max_progress, void *user);
  void (*on_progress)(int step, int progress, void *user);
  void (*end_progress)(int step, void *user);
  void *progress_user_data;
  uint8_t convert_hdr_to_8bit;
} heif_decoding_options;

enum {
  error_unsupported_filetype = 3, error_unsupported_feature = 4, error_memory = 6, error_plugin_loading = 11,
  suberror_end_of_data = 100, suberror_security_limit = 1000,
  colorspace_rgb = 1, chroma_interleaved_rgb = 10, chroma_interleaved_rgba = 11, channel_interleaved = 10
};

typedef struct library {
  void *handle;
  void *(*context_alloc)(void);
  void (*context_free)(void *);
  heif_error (*read)(void *, const void *, size_t, const void *);
  void (*set_size_limit)(void *, int);
  void (*set_threads)(void *, int); /* may be missing */
  heif_error (*primary)(void *, void **);
  void (*handle_release)(const void *);
  int (*width)(const void *);
  int (*height)(const void *);
  int (*has_alpha)(const void *);
  int (*is_premultiplied)(const void *); /* may be missing */
  int (*metadata_count)(const void *, const char *);
  int (*metadata_ids)(const void *, const char *, uint32_t *, int);
  size_t (*metadata_size)(const void *, uint32_t);
  heif_error (*metadata)(const void *, uint32_t, void *);
  heif_decoding_options *(*options_alloc)(void);
  void (*options_free)(heif_decoding_options *);
  heif_error (*decode)(const void *, void **, int, int, const heif_decoding_options *);
  const uint8_t *(*plane)(const void *, int, int *);
  int (*plane_width)(const void *, int);
  int (*plane_height)(const void *, int);
  void (*image_release)(const void *);
} library;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static library found;
static const char *wanted = "libheif.so.1";
/* Number of running decodings, including abandoned ones. */
static int running;
static pthread_cond_t ended;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

/* Uses the monotonic clock. */
static void prepare(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&ended, &attributes);
  pthread_condattr_destroy(&attributes);
}

/* Maximum number of concurrent decodings; others wait, because each may hold the memory of a large image. */
enum { most_running = 4 };

/* Waits at exit, when libheif's tables are freed, for abandoned decodings. */
static void wait_at_exit(void) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += 10;
  pthread_mutex_lock(&lock);
  while (running > 0 && pthread_cond_timedwait(&ended, &lock, &until) == 0) {}
  pthread_mutex_unlock(&lock);
}

static void *symbol(void *handle, const char *name, bool needed, bool *missing) {
  void *address = dlsym(handle, name);
  if (!address && needed) *missing = true;
  return address;
}

/* Called with the lock held. */
static bool load(void) {
  if (found.handle) return true;
  void *handle = dlopen(wanted, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return false;
  bool missing = false;
  library l;
  memset(&l, 0, sizeof l);
  l.handle = handle;
  /* POSIX lets an object pointer be read as a function pointer; ISO C has no cast for it. */
#define FIND(field, name, needed) *(void **)(void *)&l.field = symbol(handle, name, needed, &missing)
  FIND(context_alloc, "heif_context_alloc", true);
  FIND(context_free, "heif_context_free", true);
  FIND(read, "heif_context_read_from_memory_without_copy", true);
  FIND(set_size_limit, "heif_context_set_maximum_image_size_limit", true);
  FIND(set_threads, "heif_context_set_max_decoding_threads", false);
  FIND(primary, "heif_context_get_primary_image_handle", true);
  FIND(handle_release, "heif_image_handle_release", true);
  FIND(width, "heif_image_handle_get_width", true);
  FIND(height, "heif_image_handle_get_height", true);
  FIND(has_alpha, "heif_image_handle_has_alpha_channel", true);
  FIND(is_premultiplied, "heif_image_handle_is_premultiplied_alpha", false);
  FIND(metadata_count, "heif_image_handle_get_number_of_metadata_blocks", true);
  FIND(metadata_ids, "heif_image_handle_get_list_of_metadata_block_IDs", true);
  FIND(metadata_size, "heif_image_handle_get_metadata_size", true);
  FIND(metadata, "heif_image_handle_get_metadata", true);
  FIND(options_alloc, "heif_decoding_options_alloc", true);
  FIND(options_free, "heif_decoding_options_free", true);
  FIND(decode, "heif_decode_image", true);
  FIND(plane, "heif_image_get_plane_readonly", true);
  FIND(plane_width, "heif_image_get_width", true);
  FIND(plane_height, "heif_image_get_height", true);
  FIND(image_release, "heif_image_release", true);
#undef FIND
  if (missing) {
    dlclose(handle);
    return false;
  }
  /* Registered after the library's own exit handlers, hence called before them. The library is never unloaded. */
  static bool registered;
  if (!registered) registered = atexit(wait_at_exit) == 0;
  found = l;
  return true;
}

void image_heif_use_library(const char *name) {
  pthread_mutex_lock(&lock);
  wanted = name ? name : "libheif.so.1";
  memset(&found, 0, sizeof found);
  pthread_mutex_unlock(&lock);
}

bool image_heif_is_there(void) {
  pthread_mutex_lock(&lock);
  bool there = load();
  pthread_mutex_unlock(&lock);
  return there;
}

/* ---- decoding ---- */

/* Shared by the caller and the thread, and freed by the last of them. Guarded by `lock`. */
struct image_heif {
  library heif;
  uint8_t *data;
  size_t size;
  uint64_t max_pixels;
  uint32_t max_side;
  bool finished, abandoned;
  image_status status;
  image_failure failure;
  image_heif_info info;
  void *image;
  const uint8_t *pixels;
  int stride;
  uint8_t *exif;
};

static void destroy(image_heif *self) {
  if (self->image) self->heif.image_release(self->image);
  free(self->exif);
  free(self->data);
  free(self);
}

static image_status report(image_heif *self, heif_error error) {
  image_status status = IMAGE_CORRUPT;
  switch (error.code) {
    case error_unsupported_filetype:
    case error_unsupported_feature:
    case error_plugin_loading: status = IMAGE_UNSUPPORTED; break;
    case error_memory: status = error.subcode == suberror_security_limit ? IMAGE_TOO_LARGE : IMAGE_NO_MEMORY; break;
    default: if (error.subcode == suberror_end_of_data) status = IMAGE_TRUNCATED;
  }
  return image_fail(&self->failure, status, error.message);
}

static void read_exif(image_heif *self, const void *handle) {
  /* The EXIF data of a photograph are a few kilobytes. */
  enum { most = 1 << 20 };
  uint32_t id;
  if (self->heif.metadata_count(handle, "Exif") < 1 || self->heif.metadata_ids(handle, "Exif", &id, 1) < 1) return;
  size_t size = self->heif.metadata_size(handle, id);
  if (size < 8 || size > most) return;
  self->exif = malloc(size);
  if (!self->exif) return;
  if (self->heif.metadata(handle, id, self->exif).code != 0) return;
  self->info.exif = self->exif;
  self->info.exif_size = size;
}

static image_status decode_handle(image_heif *self, const void *handle) {
  const library *heif = &self->heif;
  int width = heif->width(handle), height = heif->height(handle);
  if (width <= 0 || height <= 0) return image_fail(&self->failure, IMAGE_CORRUPT, "the image is empty");
  if ((uint64_t)width * (uint64_t)height > self->max_pixels)
    return image_fail(&self->failure, IMAGE_TOO_LARGE, "the image has more pixels than are decoded");
  read_exif(self, handle);
  bool alpha = heif->has_alpha(handle) != 0;
  heif_decoding_options *options = heif->options_alloc();
  if (!options) return image_fail(&self->failure, IMAGE_NO_MEMORY, "out of memory");
  if (options->version >= 2) options->convert_hdr_to_8bit = 1;
  heif_error error = heif->decode(handle, &self->image, colorspace_rgb,
                                  alpha ? chroma_interleaved_rgba : chroma_interleaved_rgb, options);
  heif->options_free(options);
  if (error.code != 0) return report(self, error);
  self->pixels = heif->plane(self->image, channel_interleaved, &self->stride);
  width = heif->plane_width(self->image, channel_interleaved);
  height = heif->plane_height(self->image, channel_interleaved);
  if (!self->pixels || width <= 0 || height <= 0 || self->stride < width * (alpha ? 4 : 3))
    return image_fail(&self->failure, IMAGE_CORRUPT, "there are no pixels");
  self->info.width = (uint32_t)width;
  self->info.height = (uint32_t)height;
  self->info.alpha = alpha;
  self->info.premultiplied = alpha && heif->is_premultiplied && heif->is_premultiplied(handle);
  return IMAGE_OK;
}

static image_status decode(image_heif *self) {
  const library *heif = &self->heif;
  void *context = heif->context_alloc();
  if (!context) return image_fail(&self->failure, IMAGE_NO_MEMORY, "out of memory");
  heif->set_size_limit(context, (int)self->max_side);
  if (heif->set_threads) heif->set_threads(context, 0);
  heif_error error = heif->read(context, self->data, self->size, NULL);
  void *handle = NULL;
  if (error.code == 0) error = heif->primary(context, &handle);
  image_status status = error.code == 0 && handle ? decode_handle(self, handle) : report(self, error);
  if (handle) heif->handle_release(handle);
  heif->context_free(context);
  return status;
}

static void *run(void *argument) {
  image_heif *self = argument;
  image_status status = decode(self);
  pthread_mutex_lock(&lock);
  self->status = status;
  self->finished = true;
  running--;
  bool last = self->abandoned;
  pthread_cond_broadcast(&ended);
  pthread_mutex_unlock(&lock);
  if (last) destroy(self);
  return NULL;
}

static bool start(image_heif *self) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  /* This thread blocks the host's signals. */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&thread, &attributes, run, self) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return started;
}

/* Waits at most 20 ms for a decoding to end. Called with the lock held, which is released while the check runs. */
static bool wait_or_stop(image_check check) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += 20 * 1000 * 1000;
  if (until.tv_nsec >= 1000 * 1000 * 1000) {
    until.tv_nsec -= 1000 * 1000 * 1000;
    until.tv_sec++;
  }
  pthread_cond_timedwait(&ended, &lock, &until);
  pthread_mutex_unlock(&lock);
  bool stops = check.stops && check.stops(check.context);
  pthread_mutex_lock(&lock);
  return stops;
}

image_status image_heif_open(const uint8_t *data, size_t size, uint32_t max_side, uint64_t max_pixels,
                                 image_check check, image_heif **out, image_heif_info *info, image_failure *failure) {
  *out = NULL;
  memset(info, 0, sizeof *info);
  image_heif *self = calloc(1, sizeof *self);
  uint8_t *copy = malloc(size > 0 ? size : 1);
  if (!self || !copy) {
    free(self);
    free(copy);
    return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  }
  pthread_once(&prepared, prepare);
  memcpy(copy, data, size);
  self->data = copy;
  self->size = size;
  self->max_side = max_side;
  self->max_pixels = max_pixels;
  pthread_mutex_lock(&lock);
  if (!load()) {
    pthread_mutex_unlock(&lock);
    destroy(self);
    return image_fail(failure, IMAGE_UNSUPPORTED,
                      "reading it needs the library libheif, which is not installed (Debian and Ubuntu: libheif1)");
  }
  self->heif = found;
  bool stopped = false;
  while (running >= most_running && !stopped) stopped = wait_or_stop(check);
  if (stopped || !start(self)) {
    pthread_mutex_unlock(&lock);
    destroy(self);
    return stopped ? image_fail(failure, IMAGE_STOPPED, "stopped")
                   : image_fail(failure, IMAGE_NO_MEMORY, "the system gives no thread");
  }
  running++;
  while (!self->finished && !stopped) stopped = wait_or_stop(check);
  if (!self->finished) {
    self->abandoned = true;
    pthread_mutex_unlock(&lock);
    return image_fail(failure, IMAGE_STOPPED, "stopped");
  }
  pthread_mutex_unlock(&lock);
  if (stopped || self->status != IMAGE_OK) {
    image_status status = stopped ? IMAGE_STOPPED : self->status;
    image_fail(failure, status, self->failure.message);
    destroy(self);
    return status;
  }
  *info = self->info;
  *out = self;
  return IMAGE_OK;
}

const uint8_t *image_heif_row(const image_heif *reader, uint32_t y) {
  return y < reader->info.height ? reader->pixels + (size_t)y * (size_t)reader->stride : NULL;
}

void image_heif_close(image_heif *reader) {
  if (reader) destroy(reader);
}

#endif
