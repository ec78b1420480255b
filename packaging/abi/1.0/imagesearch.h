/**
 * @file imagesearch.h
 * Finds where an image comes from, with TinEye, Alibaba Cloud Image Search, 1688 (through TMAPI) or an index of your own
 * images.
 *
 *     imagesearch_client *client = NULL;
 *     imagesearch_error *error = NULL;
 *     imagesearch_page *page = NULL;
 *     imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
 *     image.path = "photo.jpg";
 *     if (imagesearch_local_index_open("index", NULL, NULL, &error, &client) == IMAGESEARCH_OK &&
 *         imagesearch_search(client, &image, NULL, &error, &page) == IMAGESEARCH_OK) { ... }
 *
 * These rules hold for every function, struct and callback; the comments below state only additions and exceptions.
 *
 * **Errors.** A function that can fail returns an imagesearch_status, 0 for success. Its result is its last parameter and is
 * set to NULL or 0 on failure. The parameter `error` before it may be NULL; otherwise it receives NULL on success and an error
 * on failure, which you free with imagesearch_error_free(). Arguments are checked before anything is sent or written.
 *
 * **Handles.** Free a handle with the function named after its type. Every function accepts NULL for a handle: a free does
 * nothing, a call returns IMAGESEARCH_INVALID_ARGUMENT, an accessor returns "unknown". Unknown is NULL for a text, list or
 * handle, NaN for a `double`, -1 for a number and 0 for a count or a named number.
 *
 * **Memory.** Arguments are read before the function returns; unless the comment says otherwise, you may change or free them
 * afterwards. What an accessor or a `..._read()` returns is borrowed: it is valid as long as the handle it came from.
 *
 * **Text** is NUL-terminated UTF-8. A list is a pointer and a count; the pointer may be NULL when the count is 0.
 *
 * **Structs** begin with `struct_size`. Start from the `..._INIT` macro or the `..._init()` function; a field that is 0 or
 * NULL has its default value, and so has a field that a later version adds. A NULL pointer to options means all defaults. All
 * elements of an array must have the same `struct_size`. A struct without `struct_size` never grows.
 *
 * **Named numbers** have a type of their own. Later versions may add names: handle unknown values. An `int32_t` field whose
 * comment says "1:" is a flag, off when 0. A flag that is on by default is an imagesearch_choice.
 *
 * **Time** is in seconds, up to ten years.
 *
 * **Threads.** Any number of threads may call any function with the same handle at the same time, except one that is being
 * freed or was freed.
 *
 * **Blocking.** A function waits only if its comment says "Blocks". A call to a service or an index returns no later than 100
 * ms after its total timeout, and earlier if another thread calls imagesearch_client_close().
 *
 * **Background.** NAME_start() starts the call NAME() and returns an operation at once; its arguments are copied, and
 * relative paths are made absolute. See imagesearch_operation.
 *
 * **Callbacks** run while no lock of the library is held. They may be slow, block and call any function, including those that
 * free their own client or operation; only callbacks of the same client wait meanwhile.
 * - The progress of a blocking call is reported on the thread that made the call.
 * - Everything else – the log, the progress and the completion of an operation – is reported on the client's callback thread.
 *   It is created when the client's first callback is registered; if no thread can be created, that function returns
 *   IMAGESEARCH_OUT_OF_MEMORY. A client without callbacks has none.
 * - A wait that could never end is refused: a callback cannot wait for an operation whose own callbacks must run on the same
 *   thread, or on a thread that waits for this one.
 * - The `user_data` of an operation may be freed once imagesearch_operation_free() has returned, that of the log once
 *   imagesearch_client_free() has: both wait for a callback that is running. Called from that callback itself they return at
 *   once, and it is the last one.
 * - A callback must return to its caller: leaving it by an exception, longjmp() or pthread_exit() is undefined behaviour.
 *
 * **Processes.** In a child process that was forked after a client was opened, every function that opens, starts or waits
 * returns IMAGESEARCH_CLOSED; accessors and frees work. Fork before opening, or call exec(). A process may exit at any time,
 * even in a callback and while calls run. The library stays in memory after dlclose().
 *
 * Everything here has been available since version 1.0.
 */
#ifndef IMAGESEARCH_H
#define IMAGESEARCH_H

#include <stddef.h>
#include <stdint.h>

/** Marks a function that the library exports. */
#if defined(__GNUC__) || defined(__clang__)
#define IMAGESEARCH_API __attribute__((visibility("default")))
#else
#define IMAGESEARCH_API
#endif

/** Implementation of the ..._INIT macros. */
#ifdef __cplusplus
#define IMAGESEARCH_INIT(type)                                                                                               \
  ([] {                                                                                                                      \
    type value = type();                                                                                                     \
    value.struct_size = sizeof(type);                                                                                        \
    return value;                                                                                                            \
  }())
#else
#define IMAGESEARCH_INIT(type)                                                                                               \
  { .struct_size = sizeof(type) }
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ----------------------------------------------------------------------------------------------------------- */

/** First number of the version. */
#define IMAGESEARCH_VERSION_MAJOR 1
/** Second number of the version. */
#define IMAGESEARCH_VERSION_MINOR 0
/** Third number of the version. */
#define IMAGESEARCH_VERSION_PATCH 0
/** The version as text. */
#define IMAGESEARCH_VERSION "1.0.0"
/** The number in the soname; it changes only when a program that was built against an older header would break. */
#define IMAGESEARCH_ABI_VERSION 1
/** 1 if this header is of the given version or a later one. */
#define IMAGESEARCH_VERSION_AT_LEAST(major, minor, patch)                                                                    \
  (IMAGESEARCH_VERSION_MAJOR * 1000000 + IMAGESEARCH_VERSION_MINOR * 1000 + IMAGESEARCH_VERSION_PATCH >=                     \
      (major)*1000000 + (minor)*1000 + (patch))

/** Returns the version of the library that is loaded, for instance "1.0.0". Static text. */
IMAGESEARCH_API const char *imagesearch_version(void);
/** Returns the ABI number of the library that is loaded; compare it with IMAGESEARCH_ABI_VERSION after dlopen(). */
IMAGESEARCH_API int32_t imagesearch_abi_version(void);
/**
 * Returns what the library was built from and runs on, one `name value` pair per line: imagesearch, abi, swift, libcurl, tls,
 * http2, libcrypto, local-index (yes or no) and, with a local index, sqlite. Static text.
 */
IMAGESEARCH_API const char *imagesearch_build_info(void);

/* ---- Status ------------------------------------------------------------------------------------------------------------ */

/** How a call ended. Numbers are never reused. */
typedef int32_t imagesearch_status;

/** The values of imagesearch_status. */
enum {
  IMAGESEARCH_OK = 0,
  /* caller */
  /** An argument is out of range or contradicts another; the message names it and the limit. */
  IMAGESEARCH_INVALID_ARGUMENT = 1,
  /** The service cannot do this; see imagesearch_client_capabilities(). */
  IMAGESEARCH_UNSUPPORTED = 2,
  /** The client is closed, or this process is a child of the one that opened it. */
  IMAGESEARCH_CLOSED = 3,
  /** The caller cancelled the call. */
  IMAGESEARCH_CANCELLED = 4,
  /** A file that the caller named cannot be opened, read or written. */
  IMAGESEARCH_FILE_NOT_READABLE = 5,
  /** A fault of this library or of the system below it. */
  IMAGESEARCH_INTERNAL_FAILURE = 6,
  /** The system is out of memory, threads or file descriptors. */
  IMAGESEARCH_OUT_OF_MEMORY = 7,
  /* image */
  /** The bytes are not an image of any known format. */
  IMAGESEARCH_NOT_AN_IMAGE = 20,
  /** An image, but of a format that the service does not take. */
  IMAGESEARCH_UNSUPPORTED_FORMAT = 21,
  /** An animated image, which the service does not take. */
  IMAGESEARCH_ANIMATED_IMAGE = 22,
  /** An image whose header or data is damaged or cut short. */
  IMAGESEARCH_CORRUPT_IMAGE = 23,
  /** More bytes or pixels than the limit in the message. */
  IMAGESEARCH_IMAGE_TOO_LARGE = 24,
  /** Fewer pixels per side than the limit in the message. */
  IMAGESEARCH_IMAGE_TOO_SMALL = 25,
  /** Too simple or too small to be matched. */
  IMAGESEARCH_IMAGE_TOO_SIMPLE = 26,
  /** No bytes at all. */
  IMAGESEARCH_EMPTY_IMAGE = 27,
  /* address */
  /** Not an http or https URL, or one that the service refuses. */
  IMAGESEARCH_INVALID_URL = 40,
  /** The image behind the URL could not be fetched. */
  IMAGESEARCH_URL_NOT_FETCHED = 41,
  /** The URL leads to a private or loopback address, which is refused unless allowed. */
  IMAGESEARCH_ADDRESS_REFUSED = 42,
  /* account */
  /** The key is missing, wrong or disabled. */
  IMAGESEARCH_UNAUTHORIZED = 60,
  /** The provider no longer accepts this authentication method. */
  IMAGESEARCH_AUTHENTICATION_METHOD_REMOVED = 61,
  /** The provider computed a different signature: the private key is wrong, or a proxy changed the request. */
  IMAGESEARCH_SIGNATURE_REJECTED = 62,
  /** The clock of this machine differs too much from the provider's. */
  IMAGESEARCH_CLOCK_SKEW = 63,
  /** No searches are left, or the subscription has ended. */
  IMAGESEARCH_NO_SEARCHES_LEFT = 64,
  /** A quota that renews itself is used up; see imagesearch_error_retry_after(). */
  IMAGESEARCH_QUOTA_EXCEEDED = 65,
  /** The account may not do this. */
  IMAGESEARCH_PERMISSION_DENIED = 66,
  /** The index or instance is full. */
  IMAGESEARCH_CAPACITY_REACHED = 67,
  /** The cap on paid calls that the caller set is reached; nothing was sent. */
  IMAGESEARCH_SPENDING_CAP_REACHED = 68,
  /** The instance is not running or its payment is overdue. */
  IMAGESEARCH_INSTANCE_UNAVAILABLE = 69,
  /* load */
  /** The provider asks for fewer requests. */
  IMAGESEARCH_TOO_MANY_REQUESTS = 80,
  /** The provider is overloaded. */
  IMAGESEARCH_SERVICE_BUSY = 81,
  /** The provider reported a timeout of its own. */
  IMAGESEARCH_PROVIDER_TIMEOUT = 82,
  /* transport */
  /** No connection; nothing was sent. */
  IMAGESEARCH_CONNECTION_FAILED = 100,
  /** The host name cannot be resolved; nothing was sent. */
  IMAGESEARCH_HOST_NOT_FOUND = 101,
  /** The TLS handshake or the check of the certificate failed; nothing was sent. */
  IMAGESEARCH_TLS_FAILED = 102,
  /** The connection broke after the request was sent. */
  IMAGESEARCH_CONNECTION_LOST = 103,
  /** The connection or one attempt took longer than its timeout. */
  IMAGESEARCH_TIMED_OUT = 104,
  /** The whole call took longer than its total timeout, or would have to wait longer. */
  IMAGESEARCH_DEADLINE_EXCEEDED = 105,
  /** The response is larger than the cap. */
  IMAGESEARCH_RESPONSE_TOO_LARGE = 106,
  /** A redirect that is not followed: the provider's, so that no key is sent along, or one that leads to an invalid URL. */
  IMAGESEARCH_REDIRECT_REFUSED = 107,
  /** The proxy cannot be reached or refuses the connection. */
  IMAGESEARCH_PROXY_FAILED = 108,
  /* response */
  /** The response is not what the provider's documentation says: HTML, broken JSON, a missing part. */
  IMAGESEARCH_MALFORMED_RESPONSE = 120,
  /** A provider's error for which there is no status here. */
  IMAGESEARCH_PROVIDER_ERROR = 121,
  /** The provider refuses a parameter. */
  IMAGESEARCH_INVALID_REQUEST = 122,
  /** Something that the call names does not exist. */
  IMAGESEARCH_NOT_FOUND = 123,
  /** The host or path is not the provider's; check the base URL. */
  IMAGESEARCH_WRONG_ENDPOINT = 124,
  /* index */
  /** The local index cannot be opened or written: missing, locked, read-only. */
  IMAGESEARCH_INDEX_UNAVAILABLE = 140,
  /** The local index is damaged. */
  IMAGESEARCH_INDEX_CORRUPT = 141,
  /** The local index was made by another version; see imagesearch_local_index_rebuild_at(). */
  IMAGESEARCH_INDEX_VERSION_MISMATCH = 142,
  /** No space is left on the disk; nothing of the call was stored. */
  IMAGESEARCH_DISK_FULL = 143
};

/** Returns the name of a status, for instance "noSearchesLeft", or "unknown". Static text. */
IMAGESEARCH_API const char *imagesearch_status_name(imagesearch_status status);

/* ---- Handles ----------------------------------------------------------------------------------------------------------- */

/** A client of one service. */
typedef struct imagesearch_client imagesearch_client;
/** Why a call failed. */
typedef struct imagesearch_error imagesearch_error;
/** One page of matches. */
typedef struct imagesearch_page imagesearch_page;
/** One match; it belongs to its page. */
typedef struct imagesearch_match imagesearch_match;
/** The pages of a search, one after the other. */
typedef struct imagesearch_pages imagesearch_pages;
/** The results of a list of searches. */
typedef struct imagesearch_results imagesearch_results;
/** What is left of a quota. */
typedef struct imagesearch_quota imagesearch_quota;
/** The outcome of an add call, image by image. */
typedef struct imagesearch_add_report imagesearch_add_report;
/** A buffer that the library allocated. */
typedef struct imagesearch_bytes imagesearch_bytes;
/** A call in the background. */
typedef struct imagesearch_operation imagesearch_operation;
/** Operations that have ended, for an event loop. */
typedef struct imagesearch_queue imagesearch_queue;
/** The items of a local index, one page after the other. */
typedef struct imagesearch_items imagesearch_items;
/** A list of images that a local index has stored. */
typedef struct imagesearch_images imagesearch_images;
/** The groups of a local index, one after the other. */
typedef struct imagesearch_groups imagesearch_groups;
/** Images that are copies of each other. */
typedef struct imagesearch_group imagesearch_group;
/** The relation between two images. */
typedef struct imagesearch_comparison imagesearch_comparison;
/** The categories of a local index. */
typedef struct imagesearch_categories imagesearch_categories;

/* ---- Errors ------------------------------------------------------------------------------------------------------------ */

/** Everything about an error. */
typedef struct imagesearch_error_fields {
  /** sizeof(imagesearch_error_fields). */
  size_t struct_size;
  /** What happened. */
  imagesearch_status status;
  /** The HTTP status of the response; 0 when there was none. */
  int32_t http_status;
  /** Number of times a request was sent; 0 when nothing left this machine. */
  int32_t attempts;
  /** 1: a paid call may have been charged although it failed. */
  int32_t may_have_been_charged;
  /** Number of seconds that the provider asked to wait. */
  double retry_after;
  /** One human-readable sentence, without secrets. */
  const char *message;
  /** The service that failed, or "". */
  const char *service;
  /** The provider's own code. */
  const char *provider_code;
  /** The provider's own message. */
  const char *provider_message;
  /** The provider's identifier of the request. */
  const char *request_id;
} imagesearch_error_fields;

/** Initializer with the default of every field. */
#define IMAGESEARCH_ERROR_FIELDS_INIT IMAGESEARCH_INIT(imagesearch_error_fields)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_error_fields), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_error_fields_init(imagesearch_error_fields *value, size_t size);

/** Frees an error that a call returned; not one that is borrowed from a report or from results. */
IMAGESEARCH_API void imagesearch_error_free(imagesearch_error *error);
/** Reads everything about an error. */
IMAGESEARCH_API imagesearch_status imagesearch_error_read(const imagesearch_error *error, imagesearch_error_fields *fields);
/** Returns the status; IMAGESEARCH_OK for NULL. */
IMAGESEARCH_API imagesearch_status imagesearch_error_status(const imagesearch_error *error);
/** Returns one human-readable sentence, without secrets. */
IMAGESEARCH_API const char *imagesearch_error_message(const imagesearch_error *error);

/* ---- Log and progress -------------------------------------------------------------------------------------------------- */

/** Severity of a log event. */
typedef int32_t imagesearch_log_level;

/** The values of imagesearch_log_level. */
enum {
  /** Every attempt. */
  IMAGESEARCH_LOG_DEBUG = 10,
  /** Every call, when it ends. */
  IMAGESEARCH_LOG_INFO = 20,
  /** A repetition, or something unusual. */
  IMAGESEARCH_LOG_WARNING = 30,
  /** A final failure. */
  IMAGESEARCH_LOG_ERROR = 40
};

/** One event of the log. It contains no key, token or signature, and no URL's query string. */
typedef struct imagesearch_log_event {
  /** Size of the struct in the library that is loaded. */
  size_t struct_size;
  /** Its severity. */
  imagesearch_log_level level;
  /** The attempt, from 1; 0 when the event concerns the call as a whole. */
  int32_t attempt;
  /** The HTTP status, or 0. */
  int32_t http_status;
  /** Always 0. */
  int32_t reserved;
  /** How long the attempt or the call took, in seconds; NaN when nothing ended. */
  double duration;
  /** Bytes of the response's body, or -1. */
  int64_t received_bytes;
  /** The whole event as one line of text. */
  const char *line;
  /** What happened, as one sentence. */
  const char *message;
  /** The service, for instance "TinEye". */
  const char *service;
  /** The call, for instance "search". */
  const char *operation;
  /** The provider's identifier of the request, or NULL. */
  const char *request_id;
} imagesearch_log_event;

/**
 * Receives the log, in order. The event is valid during the callback only. When a callback is so slow that 4096 events wait
 * for it, further ones are dropped, and a warning says how many.
 */
typedef void (*imagesearch_log_callback)(const imagesearch_log_event *event, void *user_data);

/**
 * Progress of one request of a call. A call may make several requests – an upload to Alibaba Cloud is authorized first, then
 * sent, then added – which `operation` tells apart; a repetition starts at 0 again with the next attempt.
 */
typedef struct imagesearch_transfer_progress {
  /** Size of the struct in the library that is loaded. */
  size_t struct_size;
  /** The service, for instance "TinEye". */
  const char *service;
  /** The request's name, as in the log, for instance "search" or "upload"; "" while no request has begun. */
  const char *operation;
  /** The attempt, from 1; 0 while no request has begun. */
  int32_t attempt;
  /** Always 0. */
  int32_t reserved;
  /** Bytes of the request's body that were passed to the network. */
  int64_t sent_bytes;
  /** Total bytes of the request's body, 0 without one. */
  int64_t bytes_to_send;
  /** Bytes of the response's body that were received. */
  int64_t received_bytes;
  /** Total bytes of the response's body; -1 when the server does not say. */
  int64_t bytes_to_receive;
} imagesearch_transfer_progress;

/**
 * Receives the progress of a call: at least every 50 ms while the call runs, even if it only waits or is a call of a local
 * index, which transfers nothing; and once more when a request has ended. The progress is valid during the callback only.
 * Returns 0 to go on; any other value ends the call with IMAGESEARCH_CANCELLED.
 */
typedef int32_t (*imagesearch_transfer_callback)(const imagesearch_transfer_progress *progress, void *user_data);

/** Progress of a batch. */
typedef struct imagesearch_batch_progress {
  /** Size of the struct in the library that is loaded. */
  size_t struct_size;
  /** Number of images that are done, including unchanged and failed ones. */
  int64_t done;
  /** Total number of images; 0 while they are still being looked for. */
  int64_t total;
  /** Number of images that failed. */
  int64_t failed;
  /** Images per second, over the last half minute. */
  double per_second;
  /** Seconds that the rest will take at that rate; NaN until something is done. */
  double seconds_left;
} imagesearch_batch_progress;

/**
 * Receives the progress of a batch: at least every 50 ms while it runs, and once more at its end. The progress is valid
 * during the callback only. Returns 0 to go on; any other value ends the batch with IMAGESEARCH_CANCELLED, and what was
 * written stays.
 */
typedef int32_t (*imagesearch_batch_callback)(const imagesearch_batch_progress *progress, void *user_data);

/* ---- Options of clients and calls -------------------------------------------------------------------------------------- */

/** A flag that is on by default, or whose default the library chooses. */
typedef int32_t imagesearch_choice;

/** The values of imagesearch_choice. */
enum { IMAGESEARCH_CHOICE_DEFAULT = 0, IMAGESEARCH_CHOICE_YES = 1, IMAGESEARCH_CHOICE_NO = 2 };

/** How a client behaves. */
typedef struct imagesearch_client_options {
  /** sizeof(imagesearch_client_options). */
  size_t struct_size;
  /** The provider's base URL with its path, used as given; http:// is allowed. Default: the provider's own. */
  const char *base_url;
  /** Seconds to establish a connection, 0.001-86400. Default 15. */
  double connect_timeout;
  /** Seconds for one attempt, 0.001-86400. Default 60. */
  double attempt_timeout;
  /** Seconds for a whole call, including waits and retries, 0.001-86400. Default 180; for a local index none. */
  double total_timeout;
  /** Maximum number of times that a request is sent, 1-10. Default 4. */
  int32_t maximum_attempts;
  /** Maximum number of concurrent requests, 1-1000. Default: the service's. */
  int32_t maximum_concurrent;
  /** Maximum number of requests per minute, 1-1000000. Default: the service's. */
  int32_t requests_per_minute;
  /** 1: also repeat a paid call that the provider may have charged. */
  int32_t repeat_uncertain_paid_calls;
  /**
   * Upper bound of the wait before the first repetition, in seconds, up to 3600; it doubles with every attempt. Default 0.5.
   */
  double base_delay;
  /** Upper bound of any wait, in seconds, up to 3600, without what the provider asks for. Default 20. */
  double maximum_delay;
  /** The longest wait that a provider may ask for, in seconds, up to 86400; a longer one is an error at once. Default 120. */
  double maximum_retry_after;
  /** Maximum number of paid calls of this client in all. Default: no cap. */
  int64_t maximum_paid_calls;
  /** The largest response in bytes; a larger one is IMAGESEARCH_RESPONSE_TOO_LARGE. Default 64 MiB. */
  int64_t maximum_response_bytes;
  /** http://, https://, socks5:// or socks5h:// URL, "" for none. Default: from the environment. */
  const char *proxy;
  /** Hosts reached without the proxy, separated by commas. Default: from the environment. */
  const char *no_proxy;
  /** PEM file of the certificate authorities to trust. Default: the system's. */
  const char *certificate_authority_file;
  /** PEM file of the client's certificate. */
  const char *client_certificate_file;
  /** PEM file of the client's key. */
  const char *client_key_file;
  /** HOST:PORT:ADDRESS entries separated by spaces, used instead of name lookup. */
  const char *resolve;
  /** The header User-Agent, "" for none. Default: the library's name and version. */
  const char *user_agent;
  /** Receives the log. Default: silence. */
  imagesearch_log_callback log;
  /** Passed to `log`. */
  void *log_user_data;
  /** The lowest level to log. Default IMAGESEARCH_LOG_INFO. */
  imagesearch_log_level log_level;
  /** Maximum number of connections kept open, 1-1000. Default 16. */
  int32_t maximum_connections;
  /** 1: also fetch images from private and loopback addresses. */
  int32_t allow_private_addresses;
  /** Must be 0. */
  int32_t reserved;
  /** Write every exchange with the provider to this folder, one JSON file each, without secrets. */
  const char *record_folder;
  /**
   * Send nothing, and take the responses from the files that record_folder wrote, each once and in their order. A request
   * that was not recorded is IMAGESEARCH_NOT_FOUND. Any key will do. Not together with record_folder.
   */
  const char *replay_folder;
} imagesearch_client_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_CLIENT_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_client_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_client_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_client_options_init(imagesearch_client_options *value, size_t size);

/** Options of one call, which override those of its client. */
typedef struct imagesearch_call_options {
  /** sizeof(imagesearch_call_options). */
  size_t struct_size;
  /** Seconds to establish a connection. */
  double connect_timeout;
  /** Seconds for one attempt. */
  double attempt_timeout;
  /** Seconds for the whole call. */
  double total_timeout;
  /** Receives the progress, and may end the call. */
  imagesearch_transfer_callback progress;
  /** Passed to `progress`. */
  void *progress_user_data;
} imagesearch_call_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_CALL_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_call_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_call_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_call_options_init(imagesearch_call_options *value, size_t size);

/* ---- Clients ----------------------------------------------------------------------------------------------------------- */

/**
 * Credentials for TinEye: `api_key` alone (the current API), or `public_key` and `private_key` (the signature of 2017-2022).
 */
typedef struct imagesearch_tineye_options {
  /** sizeof(imagesearch_tineye_options). */
  size_t struct_size;
  /** The key, sent in the header x-api-key. */
  const char *api_key;
  /** The public key of the signature. */
  const char *public_key;
  /** The private key of the signature. */
  const char *private_key;
  /**
   * 1: when TinEye cannot fetch the image behind a URL, fetch it here and upload it. This is a second search, and TinEye does
   * not document whether it counts the first.
   */
  int32_t upload_unfetched_images;
  /** Must be 0. */
  int32_t reserved;
} imagesearch_tineye_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_TINEYE_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_tineye_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_tineye_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_tineye_options_init(imagesearch_tineye_options *value, size_t size);

/** Opens a client of TinEye. Nothing is sent. */
IMAGESEARCH_API imagesearch_status imagesearch_tineye_open(const imagesearch_tineye_options *tineye,
    const imagesearch_client_options *options, imagesearch_error **error, imagesearch_client **client);

/** A generation of Alibaba Cloud's interface. */
typedef int32_t imagesearch_alibaba_cloud_version;

/** The values of imagesearch_alibaba_cloud_version. */
enum {
  IMAGESEARCH_ALIBABA_CLOUD_2018 = 20180120,
  IMAGESEARCH_ALIBABA_CLOUD_2019 = 20190325,
  IMAGESEARCH_ALIBABA_CLOUD_2020 = 20201214
};

/** Credentials and address of an Alibaba Cloud Image Search instance. */
typedef struct imagesearch_alibaba_cloud_options {
  /** sizeof(imagesearch_alibaba_cloud_options). */
  size_t struct_size;
  /**
   * The access key's id. Default: id, secret and token from the environment variables ALIBABA_CLOUD_ACCESS_KEY_ID,
   * ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
   */
  const char *access_key_id;
  /** The access key's secret, NULL with the id. */
  const char *access_key_secret;
  /** The token of a temporary key (STS). */
  const char *security_token;
  /** The instance's name. Required. */
  const char *instance;
  /** The region's id, for instance "cn-shanghai"; may be NULL with an endpoint. */
  const char *region;
  /** A host, reached over https, or an http(s) URL, used as given. Default: the region's. */
  const char *endpoint;
  /** Where uploads are authorized: a host or an http(s) URL. Default: the provider's. */
  const char *open_platform_endpoint;
  /** The generation of the interface. Default IMAGESEARCH_ALIBABA_CLOUD_2020. */
  imagesearch_alibaba_cloud_version version;
  /** 1: use the region's private host, from inside its networks. */
  int32_t use_vpc;
  /** 1: an image that is too large or turned by EXIF is re-encoded upright and smaller instead of refused. */
  int32_t prepare_images;
  /** Must be 0. */
  int32_t reserved;
} imagesearch_alibaba_cloud_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_ALIBABA_CLOUD_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_alibaba_cloud_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_alibaba_cloud_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_alibaba_cloud_options_init(imagesearch_alibaba_cloud_options *value, size_t size);

/**
 * Opens a client of an Alibaba Cloud Image Search instance. Nothing is sent; `base_url` of the options is not used.
 * IMAGESEARCH_UNAUTHORIZED if no key is given or in the environment; IMAGESEARCH_UNSUPPORTED for `prepare_images` in a
 * library without image codecs.
 */
IMAGESEARCH_API imagesearch_status imagesearch_alibaba_cloud_open(const imagesearch_alibaba_cloud_options *alibaba,
    const imagesearch_client_options *options, imagesearch_error **error, imagesearch_client **client);

/** One of TMAPI's searches. */
typedef int32_t imagesearch_tmapi_endpoint;

/** The values of imagesearch_tmapi_endpoint. */
enum {
  /** /1688/search/image: titles in Chinese. */
  IMAGESEARCH_TMAPI_SEARCH = 0,
  /** /1688/global/search/image: titles in ten languages. */
  IMAGESEARCH_TMAPI_GLOBAL = 1,
  /** /1688/global/search/image/v2: titles in six languages. */
  IMAGESEARCH_TMAPI_GLOBAL_V2 = 2
};

/** Credentials for TMAPI. */
typedef struct imagesearch_tmapi_options {
  /** sizeof(imagesearch_tmapi_options). */
  size_t struct_size;
  /** The token of the provider's console. Required. */
  const char *api_token;
  /** 1: send the token in the query string (apiToken) instead of the header (apikey). */
  int32_t token_in_query;
  /** The search to use. Default IMAGESEARCH_TMAPI_SEARCH. */
  imagesearch_tmapi_endpoint endpoint;
} imagesearch_tmapi_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_TMAPI_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_tmapi_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_tmapi_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_tmapi_options_init(imagesearch_tmapi_options *value, size_t size);

/** Opens a client of the 1688 catalogue through TMAPI. Nothing is sent. */
IMAGESEARCH_API imagesearch_status imagesearch_tmapi_open(const imagesearch_tmapi_options *tmapi,
    const imagesearch_client_options *options, imagesearch_error **error, imagesearch_client **client);

/** How a local index is opened and what it stores. */
typedef struct imagesearch_local_index_options {
  /** sizeof(imagesearch_local_index_options). */
  size_t struct_size;
  /** 1: never write; adding, removing and a missing index are errors. */
  int32_t read_only;
  /** Whether a missing index is created. Default yes; if no, it is an error. */
  imagesearch_choice create;
  /** Number of images processed at once, 1-256. Default: one per processor core. */
  int32_t threads;
  /** Whether thumbnails are stored. Default yes; without them, an overlay needs the file that an image was added from. */
  imagesearch_choice thumbnails;
  /** The longer side of the thumbnails in pixels, 1-2048. Default 512. */
  int32_t thumbnail_side;
  /** The WebP quality of the thumbnails, 1-100. Default 38. */
  int32_t thumbnail_quality;
  /** Seconds to wait for a lock that another process holds. Default 30. */
  double lock_timeout;
  /** The largest image file that is accepted, in bytes. Default 64 MiB. */
  int64_t maximum_image_bytes;
  /** The largest image that is decoded, in pixels. Default 100 million. */
  int64_t maximum_pixels;
} imagesearch_local_index_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_LOCAL_INDEX_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_local_index_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_local_index_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_local_index_options_init(imagesearch_local_index_options *value, size_t size);

/**
 * Opens the local index in the directory `path`, and creates it if necessary. Of `options`, those for logging, the total
 * timeout and fetching images are used. IMAGESEARCH_INDEX_UNAVAILABLE, IMAGESEARCH_INDEX_CORRUPT,
 * IMAGESEARCH_INDEX_VERSION_MISMATCH; IMAGESEARCH_UNSUPPORTED when the library was built without the local index. Blocks
 * while files are opened.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_open(const char *path,
    const imagesearch_local_index_options *local, const imagesearch_client_options *options, imagesearch_error **error,
    imagesearch_client **client);

/**
 * Opens a client that searches with the first of several clients that has quota left.
 *
 * Only being out of quota leads to the next one (IMAGESEARCH_NO_SEARCHES_LEFT, IMAGESEARCH_QUOTA_EXCEEDED,
 * IMAGESEARCH_SPENDING_CAP_REACHED), and only when nothing can have been charged; any other error ends the call. A client
 * that was out of quota is tried last for ten minutes, or for as long as its service said. All pages of one image come from
 * one service.
 *
 * `clients` holds the preferred one first. Closing the new client closes them; they must still be freed one by one, and a
 * client that was freed earlier counts as closed.
 */
IMAGESEARCH_API imagesearch_status imagesearch_fallback_open(
    imagesearch_client *const *clients, size_t client_count, imagesearch_error **error, imagesearch_client **client);

/**
 * Ends the running calls of a client with IMAGESEARCH_CANCELLED or IMAGESEARCH_CLOSED and overwrites the keys that it holds
 * (copies in requests and in a proxy's URL that went through libcurl, TLS and the language runtime are freed, not
 * overwritten); later calls return IMAGESEARCH_CLOSED. The handle stays valid until it is freed.
 */
IMAGESEARCH_API void imagesearch_client_close(imagesearch_client *client);

/**
 * Closes and frees a client. No other thread may be in a call with it; call imagesearch_client_close() first to end such
 * calls. Its operations end and can still be read. Blocks until the log callback has received what was logged before.
 */
IMAGESEARCH_API void imagesearch_client_free(imagesearch_client *client);

/** Returns the name of the service, for instance "TinEye". */
IMAGESEARCH_API const char *imagesearch_client_service(const imagesearch_client *client);

/** What a service can do, a sum of bits. */
typedef uint32_t imagesearch_capabilities;

/** The bits of imagesearch_capabilities. */
enum {
  IMAGESEARCH_CAN_SEARCH_BY_URL = 1,
  IMAGESEARCH_CAN_SEARCH_BY_UPLOAD = 2,
  IMAGESEARCH_CAN_TELL_REMAINING_SEARCHES = 4,
  IMAGESEARCH_CAN_ADD_IMAGES = 8,
  IMAGESEARCH_CAN_REMOVE_IMAGES = 16,
  IMAGESEARCH_CAN_COUNT_IMAGES = 32,
  IMAGESEARCH_CAN_TELL_QUOTA = 64
};

/** Returns what the service can do; every other call returns IMAGESEARCH_UNSUPPORTED. */
IMAGESEARCH_API imagesearch_capabilities imagesearch_client_capabilities(const imagesearch_client *client);

/* ---- Operations -------------------------------------------------------------------------------------------------------- */

/**
 * Called once when an operation has ended, before any imagesearch_operation_wait() for it returns; the result may be taken in
 * it. Not called after the operation has been freed.
 */
typedef void (*imagesearch_completion)(imagesearch_operation *operation, void *user_data);

/**
 * Waits for the end of an operation, at most `timeout` seconds; without limit if negative, not at all if 0. IMAGESEARCH_OK
 * when it has ended, successfully or not; IMAGESEARCH_TIMED_OUT when it still runs; IMAGESEARCH_INVALID_ARGUMENT in a
 * callback that the operation's own callbacks would have to wait for. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_wait(imagesearch_operation *operation, double timeout);

/** Asks an operation to end; it ends within 100 ms, with IMAGESEARCH_CANCELLED unless it was done by then. */
IMAGESEARCH_API void imagesearch_operation_cancel(imagesearch_operation *operation);

/**
 * Takes the page of a search that has ended. Every result can be taken once.
 * Returns the status of the call; IMAGESEARCH_INVALID_ARGUMENT when it still runs, was taken, or was a call of another kind.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_page(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_page **page);
/** Takes the results of a list of searches; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_results(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_results **results);
/** Takes the report of a call that adds, copies or rebuilds; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_report(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_add_report **report);
/** Takes a quota; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_quota(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_quota **quota);
/** Takes a count, -1 when the provider does not say; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_count(
    imagesearch_operation *operation, imagesearch_error **error, int64_t *count);
/** Takes an encoded image; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_bytes(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_bytes **image);
/** Takes stored images; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_images(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_images **images);
/** Takes a group; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_group(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_group **group);
/** Takes a comparison; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_comparison(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_comparison **comparison);
/** Takes categories; see imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_categories(
    imagesearch_operation *operation, imagesearch_error **error, imagesearch_categories **categories);

/**
 * Cancels an operation if it still runs, and frees it; no thread may be waiting for it. Blocks while a callback of the operation
 * runs, except in that callback.
 */
IMAGESEARCH_API void imagesearch_operation_free(imagesearch_operation *operation);

/** Opens a queue of operations that have ended, for a program that waits in poll(), epoll or an event loop. */
IMAGESEARCH_API imagesearch_status imagesearch_queue_open(imagesearch_error **error, imagesearch_queue **queue);
/**
 * Returns a file descriptor that is readable while imagesearch_queue_next() would return an operation at once, or -1. It
 * belongs to the queue: do not read from it or close it.
 */
IMAGESEARCH_API int32_t imagesearch_queue_fd(const imagesearch_queue *queue);
/**
 * Has the queue deliver an operation, with `user_data`, once it has ended, which may be at once. An operation that is freed
 * earlier is not delivered. IMAGESEARCH_INVALID_ARGUMENT if it is in a queue already.
 */
IMAGESEARCH_API imagesearch_status imagesearch_queue_add(
    imagesearch_queue *queue, imagesearch_operation *operation, void *user_data, imagesearch_error **error);
/**
 * Returns the next operation that has ended, each once, and the `user_data` it was added with, which may be NULL here. Taking
 * its result and freeing it remain up to you. Waits at most `timeout` seconds; without limit if negative, not at all if 0.
 * IMAGESEARCH_TIMED_OUT when there was none. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_queue_next(
    imagesearch_queue *queue, double timeout, void **user_data, imagesearch_operation **operation);
/** Frees a queue; no thread may be waiting for it. Its operations go on. */
IMAGESEARCH_API void imagesearch_queue_free(imagesearch_queue *queue);

/* ---- Images ------------------------------------------------------------------------------------------------------------ */

/** An image: exactly one of `url`, `path` and `bytes` is given. */
typedef struct imagesearch_image {
  /** sizeof(imagesearch_image). */
  size_t struct_size;
  /** An absolute http or https URL. */
  const char *url;
  /**
   * The path of a file, in the file system's bytes, which need not be UTF-8. The file is read while it is sent and must not
   * change until the call ends.
   */
  const char *path;
  /** An encoded image (JPEG, PNG ...), not pixels. */
  const uint8_t *bytes;
  /** Number of bytes. */
  size_t byte_count;
  /** The image's name: within its item when the image is added, as a file name when it is a query. Default: the file's. */
  const char *name;
} imagesearch_image;

/** Initializer with the default of every field. */
#define IMAGESEARCH_IMAGE_INIT IMAGESEARCH_INIT(imagesearch_image)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_image), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_image_init(imagesearch_image *value, size_t size);

/** A parameter of one service, by the provider's name for it. This struct never grows. */
typedef struct imagesearch_parameter {
  /** For instance "sort". */
  const char *name;
  /** For instance "crawl_date". */
  const char *value;
} imagesearch_parameter;

/* ---- Searching --------------------------------------------------------------------------------------------------------- */

/** The relation between two images that have something in common. */
typedef int32_t imagesearch_relation;

/** The values of imagesearch_relation; the first four are copies. */
enum {
  /** The service does not say. */
  IMAGESEARCH_RELATION_UNKNOWN = 0,
  /** The same bytes. */
  IMAGESEARCH_RELATION_IDENTICAL = 1,
  /** The whole image, in another size, format or quality. */
  IMAGESEARCH_RELATION_REENCODED = 2,
  /** The whole image, changed. */
  IMAGESEARCH_RELATION_ALTERED = 3,
  /** One is a part of the other. */
  IMAGESEARCH_RELATION_PARTIAL = 4,
  /** Both contain the same thing, and the rest differs. */
  IMAGESEARCH_RELATION_SHARED = 5
};

/** The bit of a relation in a set of relations. */
#define IMAGESEARCH_RELATION_BIT(relation) (UINT32_C(1) << (relation))

/** How hard a local index tries before it returns no match. */
typedef int32_t imagesearch_effort;

/** The values of imagesearch_effort. */
enum {
  /** IMAGESEARCH_EFFORT_NORMAL. */
  IMAGESEARCH_EFFORT_DEFAULT = 0,
  /** One pass. */
  IMAGESEARCH_EFFORT_FAST = 1,
  /** A second pass when the first finds nothing: parts of the query, the query stretched along its sides and diagonals, and its negative. */
  IMAGESEARCH_EFFORT_NORMAL = 2,
  /** The same with more parts and directions. */
  IMAGESEARCH_EFFORT_THOROUGH = 3
};

/** What to search for. */
typedef struct imagesearch_search_options {
  /** sizeof(imagesearch_search_options). */
  size_t struct_size;
  /** Maximum number of matches to return. Default: the service's. */
  int64_t limit;
  /** Number of matches to skip. */
  int64_t offset;
  /** Leave out matches with a lower score, 0-100. Default: none. */
  double minimum_score;
  /** Leave out matches with a lower confidence, 0-1. Default: the service's own cut-off. */
  double minimum_confidence;
  /** Search this category only. */
  const char *category;
  /** Left edge of the part of the query to search with, in pixels. */
  int64_t region_x;
  /** Upper edge of that part. */
  int64_t region_y;
  /** Width of that part; 0 with region_height 0 is the whole image. */
  int64_t region_width;
  /** Height of that part. */
  int64_t region_height;
  /** Local index: the relations to return, a sum of IMAGESEARCH_RELATION_BIT(). Default: the four copies. */
  uint32_t relations;
  /** Local index: how hard to try. */
  imagesearch_effort effort;
  /** Local index: the number of images that the confidence is computed for. Default: the number in the index. */
  int64_t population_size;
  /** Local index: whether mirror images are found. Default yes. */
  imagesearch_choice mirrored;
  /** Must be 0. */
  int32_t reserved;
  /** Parameters of the service; an unknown name is IMAGESEARCH_INVALID_ARGUMENT. */
  const imagesearch_parameter *parameters;
  /** Their number. */
  size_t parameter_count;
  /** Time limits and progress. */
  const imagesearch_call_options *call;
} imagesearch_search_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_SEARCH_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_search_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_search_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_search_options_init(imagesearch_search_options *value, size_t size);

/** Finds images like the given one, best first. If there is none, the page has no matches; this is not an error. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_search(imagesearch_client *client, const imagesearch_image *image,
    const imagesearch_search_options *options, imagesearch_error **error, imagesearch_page **page);
/** Starts imagesearch_search(); the result is taken by imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_search_start(imagesearch_client *client, const imagesearch_image *image,
    const imagesearch_search_options *options, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/**
 * Begins an iteration over all pages of a search, from `offset` on; `limit` is the size of a page. The arguments are copied,
 * and nothing is sent. The provider may count each page as a search.
 */
IMAGESEARCH_API imagesearch_status imagesearch_pages_open(imagesearch_client *client, const imagesearch_image *image,
    const imagesearch_search_options *options, imagesearch_error **error, imagesearch_pages **pages);
/**
 * Returns the next page; NULL with IMAGESEARCH_OK when there is none, or when the provider repeats a page. After an error,
 * another call asks for the same page again. One call at a time: others are IMAGESEARCH_INVALID_ARGUMENT. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_pages_next(
    imagesearch_pages *pages, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_page **page);
/** Starts imagesearch_pages_next(); the result is taken by imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_pages_next_start(imagesearch_pages *pages,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);
/** Frees an iteration, but not its pages and operations. */
IMAGESEARCH_API void imagesearch_pages_free(imagesearch_pages *pages);

/** Options of a list of searches. */
typedef struct imagesearch_many_options {
  /** sizeof(imagesearch_many_options). */
  size_t struct_size;
  /** Number of concurrent searches, 1-256; the client's limits also apply. Default 4. */
  int64_t concurrent;
  /**
   * Maximum number of paid calls for the whole list; beyond it, the rest is IMAGESEARCH_SPENDING_CAP_REACHED. Default: no
   * cap.
   */
  int64_t maximum_paid_calls;
} imagesearch_many_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_MANY_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_many_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_many_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_many_options_init(imagesearch_many_options *value, size_t size);

/**
 * Searches for each of a list of images with the same options. Results that were paid for are never lost: a list that is
 * cancelled or exceeds its timeout returns what it has, and the rest has that error. An error that every further search would
 * meet (a wrong key, a quota that is used up) ends the list: the rest has the same error and is not sent. `total_timeout`
 * applies to the whole list. `progress`, and the completion of the _start form, are called with `user_data`. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_search_many(imagesearch_client *client, const imagesearch_image *images,
    size_t image_count, const imagesearch_search_options *options, const imagesearch_many_options *many,
    imagesearch_batch_callback progress, void *user_data, imagesearch_error **error, imagesearch_results **results);
/** Starts imagesearch_search_many(); the result is taken by imagesearch_operation_take_results(). */
IMAGESEARCH_API imagesearch_status imagesearch_search_many_start(imagesearch_client *client, const imagesearch_image *images,
    size_t image_count, const imagesearch_search_options *options, const imagesearch_many_options *many,
    imagesearch_batch_callback progress, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);
/** Frees results with their pages and errors. */
IMAGESEARCH_API void imagesearch_results_free(imagesearch_results *results);
/** Returns the number of results, one per image in the order of the list. */
IMAGESEARCH_API size_t imagesearch_results_count(const imagesearch_results *results);
/** Returns the number of searches that failed. */
IMAGESEARCH_API size_t imagesearch_results_failed_count(const imagesearch_results *results);
/** Returns the page of the search at that index, borrowed from the results; NULL if it failed. */
IMAGESEARCH_API const imagesearch_page *imagesearch_results_page(const imagesearch_results *results, size_t index);
/** Returns the error of the search at that index, borrowed from the results; NULL if it succeeded. */
IMAGESEARCH_API const imagesearch_error *imagesearch_results_error(const imagesearch_results *results, size_t index);

/** Everything about a page except its matches. */
typedef struct imagesearch_page_fields {
  /** sizeof(imagesearch_page_fields). */
  size_t struct_size;
  /** The name of the service that responded. */
  const char *service;
  /** The provider's identifier of the request. */
  const char *request_id;
  /** Total number of matches. */
  int64_t total;
  /** Position of the first match of the page, from 0. */
  int64_t offset;
  /** Offset of the next page, which also counts matches that a minimum score left out. */
  int64_t next_offset;
  /** 1: another page may follow. */
  int32_t has_more;
  /** Local index: the pass that found the matches; 0 is the first, later ones are made when it finds nothing. */
  int32_t look;
  /** Number of matches on the page. */
  size_t match_count;
  /** The provider's warnings. */
  const char *const *warnings;
  /** Their number. */
  size_t warning_count;
  /** Local index: 1 if the query came without its pixels and only they could have settled a match exactly. */
  int32_t is_approximate;
  /** Always 0. */
  int32_t reserved;
} imagesearch_page_fields;

/** Initializer with the default of every field. */
#define IMAGESEARCH_PAGE_FIELDS_INIT IMAGESEARCH_INIT(imagesearch_page_fields)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_page_fields), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_page_fields_init(imagesearch_page_fields *value, size_t size);

/** Frees a page with its matches; not one that is borrowed from results. */
IMAGESEARCH_API void imagesearch_page_free(imagesearch_page *page);
/** Reads everything about a page except its matches. */
IMAGESEARCH_API imagesearch_status imagesearch_page_read(const imagesearch_page *page, imagesearch_page_fields *fields);
/** Returns the number of matches on the page. */
IMAGESEARCH_API size_t imagesearch_page_match_count(const imagesearch_page *page);
/** Returns the match at that index, best first; NULL if there is none. */
IMAGESEARCH_API const imagesearch_match *imagesearch_page_match(const imagesearch_page *page, size_t index);
/** Returns the offset of the next page. */
IMAGESEARCH_API int64_t imagesearch_page_next_offset(const imagesearch_page *page);
/** Returns 1 when another page may follow. */
IMAGESEARCH_API int32_t imagesearch_page_has_more(const imagesearch_page *page);
/** Returns the body of the response as received, including any secrets in it; `length` receives its size and may be NULL. */
IMAGESEARCH_API const uint8_t *imagesearch_page_raw(const imagesearch_page *page, size_t *length);

/** A page on the web with an image. This struct never grows. */
typedef struct imagesearch_backlink {
  /** URL of the image on that page. */
  const char *image_url;
  /** URL of the page. */
  const char *page_url;
  /** The day it was crawled, YYYY-MM-DD. */
  const char *crawl_date;
} imagesearch_backlink;

/** A field of a match that only one service has. This struct never grows. */
typedef struct imagesearch_detail {
  /** The provider's name for the field; nested names are joined by dots: "shop_info.company_name". */
  const char *name;
  /** The value as text. */
  const char *value;
} imagesearch_detail;

/** Everything about a match. */
typedef struct imagesearch_match_fields {
  /** sizeof(imagesearch_match_fields). */
  size_t struct_size;
  /** How little the image was changed, 0-100. */
  double score;
  /** How certain it is that this is the same image, 0-1. */
  double confidence;
  /** The relation of the matched image to the query. */
  imagesearch_relation relation;
  /** 1: the match is a mirror image of the query; 0: it is not. */
  int32_t is_mirrored;
  /** URL of the matched image or its thumbnail. */
  const char *image_url;
  /** URL of the product's page or of the first page with the image. */
  const char *page_url;
  /** The site. */
  const char *domain;
  /** Width of the matched image in pixels. */
  int64_t width;
  /** Height of the matched image in pixels. */
  int64_t height;
  /** Size of the matched image's file in bytes. */
  int64_t file_size;
  /** Format of the matched image, for instance "JPEG". */
  const char *format;
  /** SHA-256 of the matched image's file, in hexadecimal digits. */
  const char *sha256;
  /** When the matched image was taken, from its EXIF data. */
  const char *exif_date;
  /** The item that the image belongs to. */
  const char *item_id;
  /** The name of the image within its item. */
  const char *image_name;
  /** The category of the item. */
  const char *category;
  /** The text stored with the item. */
  const char *custom_content;
  /** The product's title. */
  const char *title;
  /** The product's price as decimal text. */
  const char *price;
  /** The currency of the price, ISO 4217. */
  const char *currency;
  /** URL of the provider's overlay of query and match. */
  const char *overlay_url;
  /** Percentage of the query that the match covers. */
  double query_overlap;
  /** Percentage of the match that the query covers. */
  double match_overlap;
  /** Fraction of the compared area in which the two images agree, 0-1. */
  double agreeing;
  /** Fraction of the compared area in which they differ, 0-1. */
  double differing;
  /** Fraction of the compared area in which neither has anything to compare, 0-1. */
  double empty;
  /**
   * The map from pixel coordinates of the query to those of the match: x' = t[0] x + t[1] y + t[2], y' = t[3] x + t[4] y +
   * t[5].
   */
  double transform[6];
  /** The provider's tags. */
  const char *const *tags;
  /** Their number. */
  size_t tag_count;
  /** Fields that only this service has, in the order of their names. */
  const imagesearch_detail *details;
  /** Their number. */
  size_t detail_count;
  /** Pages with the matched image. */
  const imagesearch_backlink *backlinks;
  /** Their number. */
  size_t backlink_count;
  /**
   * Local index: evidence that the agreement is not chance, in nats, in steps of 1/20; unknown for the same bytes, which need
   * none. A page is sorted by kind (the same bytes, other copies, shared parts), then evidence, score, item, image.
   */
  double evidence;
} imagesearch_match_fields;

/** Initializer with the default of every field. */
#define IMAGESEARCH_MATCH_FIELDS_INIT IMAGESEARCH_INIT(imagesearch_match_fields)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_match_fields), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_match_fields_init(imagesearch_match_fields *value, size_t size);

/** Reads everything about a match, which may be an offer of a catalogue. */
IMAGESEARCH_API imagesearch_status imagesearch_match_read(const imagesearch_match *match, imagesearch_match_fields *fields);
/** Returns how little the image was changed, 0-100. */
IMAGESEARCH_API double imagesearch_match_score(const imagesearch_match *match);
/** Returns how certain it is that this is the same image, 0-1. */
IMAGESEARCH_API double imagesearch_match_confidence(const imagesearch_match *match);
/** Returns the URL of the matched image or its thumbnail. */
IMAGESEARCH_API const char *imagesearch_match_image_url(const imagesearch_match *match);
/** Returns the URL of the product's page or of the first page with the image. */
IMAGESEARCH_API const char *imagesearch_match_page_url(const imagesearch_match *match);
/** Returns the id of the item that the image belongs to. */
IMAGESEARCH_API const char *imagesearch_match_item_id(const imagesearch_match *match);
/** Returns the name of the image within its item. */
IMAGESEARCH_API const char *imagesearch_match_image_name(const imagesearch_match *match);
/** Returns the value of the detail of that name, for instance "shop_info.company_name". */
IMAGESEARCH_API const char *imagesearch_match_detail(const imagesearch_match *match, const char *name);

/** The layout of an overlay of query and match. */
typedef int32_t imagesearch_overlay_style;

/** The values of imagesearch_overlay_style. */
enum {
  /** The left half is the match, the right half the query, aligned. */
  IMAGESEARCH_OVERLAY_ALIGNED = 0,
  /** The two images side by side, as they are. */
  IMAGESEARCH_OVERLAY_SIDE_BY_SIDE = 1,
  /** The mean of the match and the aligned query. */
  IMAGESEARCH_OVERLAY_BLEND = 2
};

/**
 * Returns an image of query and match, aligned. TinEye makes its own (IMAGESEARCH_OVERLAY_ALIGNED only) and needs no query.
 * The local index draws a PNG in the frame of the match, at most 1024 pixels per side, from the file that the match was added
 * from or else its thumbnail; IMAGESEARCH_NOT_FOUND if neither is left, or if the image was replaced or removed since the
 * search. `client` is the one that found the match. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_overlay(imagesearch_client *client, const imagesearch_image *query,
    const imagesearch_match *match, imagesearch_overlay_style style, const imagesearch_call_options *call,
    imagesearch_error **error, imagesearch_bytes **image);
/** Starts imagesearch_overlay(); the result is taken by imagesearch_operation_take_bytes(). */
IMAGESEARCH_API imagesearch_status imagesearch_overlay_start(imagesearch_client *client, const imagesearch_image *query,
    const imagesearch_match *match, imagesearch_overlay_style style, const imagesearch_call_options *call,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** Frees a buffer. */
IMAGESEARCH_API void imagesearch_bytes_free(imagesearch_bytes *bytes);
/** Returns the bytes; `length` receives their number and may be NULL. */
IMAGESEARCH_API const uint8_t *imagesearch_bytes_data(const imagesearch_bytes *bytes, size_t *length);

/* ---- Quotas ------------------------------------------------------------------------------------------------------------ */

/** What a quota counts. */
typedef int32_t imagesearch_quota_unit;

/** The values of imagesearch_quota_unit. */
enum {
  /** Searches. */
  IMAGESEARCH_UNIT_SEARCHES = 1,
  /** Images in an index. */
  IMAGESEARCH_UNIT_IMAGES = 2
};

/** A part of a quota with its own period of validity. This struct never grows. */
typedef struct imagesearch_quota_bundle {
  /** What is left of it. */
  int64_t remaining;
  /** When it begins, as the provider writes it. */
  const char *start;
  /** When it ends, as the provider writes it. */
  const char *end;
} imagesearch_quota_bundle;

/** Everything about a quota. */
typedef struct imagesearch_quota_fields {
  /** sizeof(imagesearch_quota_fields). */
  size_t struct_size;
  /** Total left; -1 when there is no limit. */ int64_t remaining;
  /** What is counted. */
  imagesearch_quota_unit unit;
  /** Always 0. */
  int32_t reserved;
  /** Requests per second that the plan allows. */
  double per_second;
  /** The parts; the one that ends first is used first. */
  const imagesearch_quota_bundle *bundles;
  /** Their number. */
  size_t bundle_count;
} imagesearch_quota_fields;

/** Initializer with the default of every field. */
#define IMAGESEARCH_QUOTA_FIELDS_INIT IMAGESEARCH_INIT(imagesearch_quota_fields)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_quota_fields), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_quota_fields_init(imagesearch_quota_fields *value, size_t size);

/** Frees a quota. */
IMAGESEARCH_API void imagesearch_quota_free(imagesearch_quota *quota);
/** Reads everything about a quota. */
IMAGESEARCH_API imagesearch_status imagesearch_quota_read(const imagesearch_quota *quota, imagesearch_quota_fields *fields);
/** Returns the total left; -1 when there is no limit. */
IMAGESEARCH_API int64_t imagesearch_quota_remaining(const imagesearch_quota *quota);

/** Returns what is left of what the service counts: searches, or images that may still be added. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_get_quota(
    imagesearch_client *client, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_quota **quota);
/** Starts imagesearch_get_quota(); the result is taken by imagesearch_operation_take_quota(). */
IMAGESEARCH_API imagesearch_status imagesearch_get_quota_start(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/** Returns how many searches are left; IMAGESEARCH_UNSUPPORTED for a service that counts something else. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_remaining_searches(
    imagesearch_client *client, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_quota **quota);
/** Starts imagesearch_remaining_searches(); the result is taken by imagesearch_operation_take_quota(). */
IMAGESEARCH_API imagesearch_status imagesearch_remaining_searches_start(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/**
 * Checks before a batch that `count` searches (each page is one) or images are left, and returns what is left.
 * IMAGESEARCH_NO_SEARCHES_LEFT, or for images IMAGESEARCH_CAPACITY_REACHED, with both numbers in the message;
 * IMAGESEARCH_UNSUPPORTED if the service does not say or counts something else. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_ensure_quota(imagesearch_client *client, int64_t count,
    imagesearch_quota_unit unit, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_quota **quota);
/** Starts imagesearch_ensure_quota(); the result is taken by imagesearch_operation_take_quota(). */
IMAGESEARCH_API imagesearch_status imagesearch_ensure_quota_start(imagesearch_client *client, int64_t count,
    imagesearch_quota_unit unit, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/* ---- Adding and removing ----------------------------------------------------------------------------------------------- */

/** An item with its images. Item id and image name together identify an image: adding it again replaces it. */
typedef struct imagesearch_item {
  /** sizeof(imagesearch_item). */
  size_t struct_size;
  /** The item's identifier: 1-4096 bytes for a local index, 1-512 characters for Alibaba Cloud. Required. */
  const char *item_id;
  /** The category. */
  const char *category;
  /** Text that is returned with every match, at most 4096 characters. */
  const char *custom_content;
  /** The images, at least one. */
  const imagesearch_image *images;
  /** Their number. */
  size_t image_count;
  /** Parameters of the service. */
  const imagesearch_parameter *parameters;
  /** Their number. */
  size_t parameter_count;
} imagesearch_item;

/** Initializer with the default of every field. */
#define IMAGESEARCH_ITEM_INIT IMAGESEARCH_INIT(imagesearch_item)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_item), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_item_init(imagesearch_item *value, size_t size);

/** The outcome of adding an image. */
typedef int32_t imagesearch_outcome;

/** The values of imagesearch_outcome. */
enum {
  /** The image is new. */
  IMAGESEARCH_OUTCOME_ADDED = 1,
  /** It replaced an earlier one of that name; reported as added if the provider does not say. */
  IMAGESEARCH_OUTCOME_REPLACED = 2,
  /** It was there already, and nothing changed. */
  IMAGESEARCH_OUTCOME_UNCHANGED = 3,
  /** It was not added; an earlier one of that name stays. */
  IMAGESEARCH_OUTCOME_FAILED = 4
};

/** The outcome for one image. */
typedef struct imagesearch_add_entry {
  /** sizeof(imagesearch_add_entry). */
  size_t struct_size;
  /** The outcome. */
  imagesearch_outcome outcome;
  /** Always 0. */
  int32_t reserved;
  /** The item. */
  const char *item_id;
  /** The image. */
  const char *image_name;
  /** A remark on a success, for instance that only the first frame was used. */
  const char *warning;
  /** Why it failed. */
  const imagesearch_error *error;
} imagesearch_add_entry;

/** Initializer with the default of every field. */
#define IMAGESEARCH_ADD_ENTRY_INIT IMAGESEARCH_INIT(imagesearch_add_entry)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_add_entry), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_add_entry_init(imagesearch_add_entry *value, size_t size);

/** Frees a report. */
IMAGESEARCH_API void imagesearch_add_report_free(imagesearch_add_report *report);
/** Returns the number of entries, one per image. */
IMAGESEARCH_API size_t imagesearch_add_report_count(const imagesearch_add_report *report);
/** Returns the number of images that failed. */
IMAGESEARCH_API size_t imagesearch_add_report_failed_count(const imagesearch_add_report *report);
/** Returns the number of files of a folder that are not images, by name and content, and have no entry. */
IMAGESEARCH_API size_t imagesearch_add_report_skipped_count(const imagesearch_add_report *report);
/** Returns the number of images that `prune` of imagesearch_batch_options removed because their files are gone. */
IMAGESEARCH_API size_t imagesearch_add_report_pruned_count(const imagesearch_add_report *report);
/** Reads the entry at that index; IMAGESEARCH_INVALID_ARGUMENT if there is none. */
IMAGESEARCH_API imagesearch_status imagesearch_add_report_entry(
    const imagesearch_add_report *report, size_t index, imagesearch_add_entry *entry);

/**
 * Adds images. One bad image does not stop the rest: the report has an entry for each, in the order given.
 * IMAGESEARCH_OK when every image was tried, even if some failed; any other status when none could be tried. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_add_images(imagesearch_client *client, const imagesearch_item *items,
    size_t item_count, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_add_report **report);
/** Starts imagesearch_add_images(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_add_images_start(imagesearch_client *client, const imagesearch_item *items,
    size_t item_count, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/** What to remove. This struct never grows. */
typedef struct imagesearch_removal {
  /** The item. */
  const char *item_id;
  /** The image; NULL for all images of the item. */
  const char *image_name;
} imagesearch_removal;

/**
 * Removes images; removing one that does not exist succeeds. `removed` receives how many images were removed, -1 when the
 * provider does not say; it may be NULL. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_remove_images(imagesearch_client *client, const imagesearch_removal *removals,
    size_t removal_count, const imagesearch_call_options *call, imagesearch_error **error, int64_t *removed);
/** Starts imagesearch_remove_images(); the result is taken by imagesearch_operation_take_count(). */
IMAGESEARCH_API imagesearch_status imagesearch_remove_images_start(imagesearch_client *client,
    const imagesearch_removal *removals, size_t removal_count, const imagesearch_call_options *call,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** Returns how many images the service has indexed. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_image_count(
    imagesearch_client *client, const imagesearch_call_options *call, imagesearch_error **error, int64_t *count);
/** Starts imagesearch_image_count(); the result is taken by imagesearch_operation_take_count(). */
IMAGESEARCH_API imagesearch_status imagesearch_image_count_start(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/* ---- Local index ------------------------------------------------------------------------------------------------------- */

/*
 * These calls return IMAGESEARCH_UNSUPPORTED for a client that is not a local index. `call` limits the time of the whole
 * batch. `progress` and the completion of a _start form are called with the same `user_data`; either may be NULL.
 */

/** Options of adding many images to a local index. */
typedef struct imagesearch_batch_options {
  /** sizeof(imagesearch_batch_options). */
  size_t struct_size;
  /** The category of every image of a folder. */
  const char *category;
  /** Text that is returned with every match of an image of a folder, at most 4096 characters. */
  const char *custom_content;
  /**
   * Prefix of the item ids of a folder, so that two folders with equal file names do not replace each other's images.
   * Default: none.
   */
  const char *prefix;
  /** Whether subfolders are included. Default yes. */
  imagesearch_choice recursive;
  /**
   * 0: every file is an item, named by its path within the folder. 1: every subfolder is an item with its files as images,
   * named by its path within the folder; the folder itself is ".".
   */
  int32_t item_per_folder;
  /** Number of images written in one transaction, 1-1000; what was written stays when the batch ends early. Default 32. */
  int32_t transaction_size;
  /** Number of images processed at once, 1-256. Default: that of the index. */
  int32_t threads;
  /**
   * 1: read every file, even if its size and modification time are unchanged. An image with the same bytes is still left as
   * it is.
   */
  int32_t read_unchanged_files;
  /** 1: after adding, remove the images from this folder whose files are gone, as imagesearch_local_index_prune() does. */
  int32_t prune;
} imagesearch_batch_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_BATCH_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_batch_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_batch_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_batch_options_init(imagesearch_batch_options *value, size_t size);

/**
 * Adds the images of a folder, whose path need not be UTF-8, on several cores. An image that is stored with the same bytes is
 * skipped; a file whose size and modification time are unchanged is not even read. So a batch that was interrupted continues
 * where it stopped when it is run again. A bad file becomes an entry of the report and does not stop the rest; entries are in
 * the order of the paths. IMAGESEARCH_OK when every image was tried, even if some failed; IMAGESEARCH_FILE_NOT_READABLE if
 * the folder cannot be read; with any other status, what was written before stays. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_folder(imagesearch_client *client, const char *folder,
    const imagesearch_batch_options *batch, const imagesearch_call_options *call, imagesearch_batch_callback progress,
    void *user_data, imagesearch_error **error, imagesearch_add_report **report);
/** Starts imagesearch_local_index_add_folder(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_folder_start(imagesearch_client *client, const char *folder,
    const imagesearch_batch_options *batch, const imagesearch_call_options *call, imagesearch_batch_callback progress,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Adds many items as imagesearch_local_index_add_folder() adds those of a folder; the fields of `batch` about folders and
 * names are ignored. In contrast, imagesearch_add_images() is one transaction, without progress. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_items(imagesearch_client *client,
    const imagesearch_item *items, size_t item_count, const imagesearch_batch_options *batch,
    const imagesearch_call_options *call, imagesearch_batch_callback progress, void *user_data, imagesearch_error **error,
    imagesearch_add_report **report);
/** Starts imagesearch_local_index_add_items(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_items_start(imagesearch_client *client,
    const imagesearch_item *items, size_t item_count, const imagesearch_batch_options *batch,
    const imagesearch_call_options *call, imagesearch_batch_callback progress, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Adds one file as an item with one image. If `item_id` is NULL, it is the path as given; the image has the name of the file.
 * In these names, each byte that is not valid UTF-8 becomes a backslash, an x and two hexadecimal digits. Of `batch`, the
 * category and the custom content are used. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_file(imagesearch_client *client, const char *path,
    const char *item_id, const imagesearch_batch_options *batch, const imagesearch_call_options *call,
    imagesearch_error **error, imagesearch_add_report **report);
/** Starts imagesearch_local_index_add_file(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_file_start(imagesearch_client *client, const char *path,
    const char *item_id, const imagesearch_batch_options *batch, const imagesearch_call_options *call,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Rebuilds everything that is derived from the images of a local index: damaged features, and all segments. Features are
 * computed from the file that an image was added from, if it still has the same bytes, otherwise from the thumbnail. Searches
 * continue meanwhile, and after an interruption another call continues where this one stopped. An entry of the report is
 * IMAGESEARCH_OUTCOME_UNCHANGED if the features were good, IMAGESEARCH_OUTCOME_REPLACED if they were computed again,
 * IMAGESEARCH_OUTCOME_FAILED if nothing is left to compute them from; such an image is not found until it is added again.
 * Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_batch_callback progress, void *user_data, imagesearch_error **error,
    imagesearch_add_report **report);
/** Starts imagesearch_local_index_rebuild(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_start(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_batch_callback progress, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Rebuilds the local index in a directory without a client, for an index that cannot be opened because of
 * IMAGESEARCH_INDEX_VERSION_MISMATCH. IMAGESEARCH_INDEX_UNAVAILABLE if there is no index. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_at(const char *path, const imagesearch_call_options *call,
    imagesearch_batch_callback progress, void *user_data, imagesearch_error **error, imagesearch_add_report **report);
/** Starts imagesearch_local_index_rebuild_at(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_at_start(const char *path,
    const imagesearch_call_options *call, imagesearch_batch_callback progress, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** Options of copying a local index. */
typedef struct imagesearch_copy_options {
  /** sizeof(imagesearch_copy_options). */
  size_t struct_size;
  /**
   * The name under which the index records what was copied, 1-256 characters, so that another call with it copies only what
   * is new. Default: the name of the service; choose one name each to copy into two instances of one service.
   */
  const char *target;
  /** 1: send the thumbnail of an image whose file is gone or has changed. */
  int32_t send_thumbnails;
  /** Number of images passed to the service in one call, 1-1000. Default 20. */
  int32_t call_size;
} imagesearch_copy_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_COPY_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_copy_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_copy_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_copy_options_init(imagesearch_copy_options *value, size_t size);

/**
 * Copies all images of a local index into `target`, for instance an Alibaba Cloud Image Search instance, under the same item ids,
 * names, categories and texts. The index stores no originals: they are read from the files that the images were added from.
 * What was copied is recorded, so that another call copies only what is new; what was removed here is not removed there. The
 * report has one entry for each image that had not been copied before; one whose file is gone has failed with
 * IMAGESEARCH_NOT_FOUND. Another local index receives the stored features and thumbnails as they are, and needs no originals.
 * IMAGESEARCH_OK when every image was tried; IMAGESEARCH_UNSUPPORTED if images cannot be added to `target`; an error that the
 * next image would meet too, such as IMAGESEARCH_CAPACITY_REACHED; or any other status. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_copy(imagesearch_client *client, imagesearch_client *target,
    const imagesearch_copy_options *copy, const imagesearch_call_options *call, imagesearch_batch_callback progress,
    void *user_data, imagesearch_error **error, imagesearch_add_report **report);
/** Starts imagesearch_local_index_copy(); the result is taken by imagesearch_operation_take_report(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_copy_start(imagesearch_client *client, imagesearch_client *target,
    const imagesearch_copy_options *copy, const imagesearch_call_options *call, imagesearch_batch_callback progress,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/* ---- The collection in a local index ----------------------------------------------------------------------------------- */

/** What a local index stores of an image besides features and thumbnail. */
typedef struct imagesearch_stored_image {
  /** sizeof(imagesearch_stored_image). */
  size_t struct_size;
  /** The item that the image belongs to. */
  const char *item_id;
  /** The name of the image within its item. */
  const char *image_name;
  /** The category. */
  const char *category;
  /** The text stored with the image. */
  const char *custom_content;
  /** Width of the upright image in pixels. */
  int64_t width;
  /** Height of the upright image in pixels. */
  int64_t height;
  /** Size of the file in bytes. */
  int64_t file_size;
  /** For instance "JPEG". */
  const char *format;
  /** SHA-256 of the file in lower-case hexadecimal digits. */
  const char *sha256;
  /** When the image was taken, by its EXIF data, in the camera's own time: 2024-05-31T12:00:00. */
  const char *exif_date;
  /** Absolute path of the file that the image was added from, in the file system's bytes, which need not be UTF-8. */
  const char *source_path;
  /** When these bytes were added, in seconds since 1970-01-01 00:00 UTC. */
  double added_at;
  /** The remark of the report when the image was added. */
  const char *warning;
  /** The item's position in the order of adding, which increases from item to item. 0 where images are not listed by item. */
  int64_t position;
  /** imagesearch_local_index_prune(): why it is not known whether the file is there; such an image stays. */
  const char *reason;
} imagesearch_stored_image;

/** Initializer with the default of every field. */
#define IMAGESEARCH_STORED_IMAGE_INIT IMAGESEARCH_INIT(imagesearch_stored_image)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_stored_image), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_stored_image_init(imagesearch_stored_image *value, size_t size);

/** Frees a list of images. */
IMAGESEARCH_API void imagesearch_images_free(imagesearch_images *images);
/** Returns the number of images. */
IMAGESEARCH_API size_t imagesearch_images_count(const imagesearch_images *images);
/** Returns the number of images that imagesearch_local_index_prune() checked; for other lists, the number of images. */
IMAGESEARCH_API size_t imagesearch_images_checked_count(const imagesearch_images *images);
/** Reads the image at that index; IMAGESEARCH_INVALID_ARGUMENT if there is none. */
IMAGESEARCH_API imagesearch_status imagesearch_images_read(
    const imagesearch_images *images, size_t index, imagesearch_stored_image *image);

/**
 * Begins an iteration over the items in the order of adding, after the item whose position is `after` (0 for all), with
 * `limit` items per page, 1-10000. Adding, removing or replacing items meanwhile neither repeats nor hides others.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_items_open(
    imagesearch_client *client, int64_t after, int64_t limit, imagesearch_error **error, imagesearch_items **items);
/**
 * Returns all images of the next items, item by item; NULL with IMAGESEARCH_OK when there are none. One call at a time:
 * others are IMAGESEARCH_INVALID_ARGUMENT. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_items_next(
    imagesearch_items *items, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_images **images);
/** Starts imagesearch_items_next(); the result is taken by imagesearch_operation_take_images(). */
IMAGESEARCH_API imagesearch_status imagesearch_items_next_start(imagesearch_items *items,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);
/** Frees an iteration. */
IMAGESEARCH_API void imagesearch_items_free(imagesearch_items *items);

/** Returns the images of an item, none if there is no such item. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_item(imagesearch_client *client, const char *item_id,
    const imagesearch_call_options *call, imagesearch_error **error, imagesearch_images **images);
/** Starts imagesearch_local_index_item(); the result is taken by imagesearch_operation_take_images(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_item_start(imagesearch_client *client, const char *item_id,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/** Returns the stored images that have exactly these bytes; the image is not decoded. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_same_bytes(imagesearch_client *client,
    const imagesearch_image *image, const imagesearch_call_options *call, imagesearch_error **error,
    imagesearch_images **images);
/** Starts imagesearch_local_index_same_bytes(); the result is taken by imagesearch_operation_take_images(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_same_bytes_start(imagesearch_client *client,
    const imagesearch_image *image, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/**
 * `found` receives 1 if an item, or one of its images, is in the index, otherwise 0. `image_name` is NULL to ask for the
 * item. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_contains(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_call_options *call, imagesearch_error **error, int64_t *found);
/** Starts imagesearch_local_index_contains(); the result is taken by imagesearch_operation_take_count(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_contains_start(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/** Counts the images of a category, or all images if it is NULL. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_count(imagesearch_client *client, const char *category,
    const imagesearch_call_options *call, imagesearch_error **error, int64_t *count);
/** Starts imagesearch_local_index_count(); the result is taken by imagesearch_operation_take_count(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_count_start(imagesearch_client *client, const char *category,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

/** A category. This struct never grows. */
typedef struct imagesearch_category {
  /** Its name. */
  const char *name;
  /** Number of its images. */
  int64_t image_count;
} imagesearch_category;

/** Returns the categories of the images. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_categories(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_error **error, imagesearch_categories **categories);
/** Starts imagesearch_local_index_categories(); the result is taken by imagesearch_operation_take_categories(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_categories_start(imagesearch_client *client,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);
/** Returns the categories in the order of their names; `count` receives their number and may be NULL. */
IMAGESEARCH_API const imagesearch_category *imagesearch_categories_list(
    const imagesearch_categories *categories, size_t *count);
/** Frees a list of categories. */
IMAGESEARCH_API void imagesearch_categories_free(imagesearch_categories *categories);

/** Returns the stored thumbnail of an image; IMAGESEARCH_NOT_FOUND if the image does not exist or has none. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_thumbnail(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_bytes **image);
/** Starts imagesearch_local_index_thumbnail(); the result is taken by imagesearch_operation_take_bytes(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_thumbnail_start(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/**
 * Finds the other images that are copies of a stored one, as a search with it would. The image is read from its file, if that
 * still has the same bytes, otherwise from its thumbnail; IMAGESEARCH_NOT_FOUND if neither is there. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_stored(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_search_options *options, imagesearch_error **error, imagesearch_page **page);
/** Starts imagesearch_local_index_search_stored(); the result is taken by imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_stored_start(imagesearch_client *client,
    const char *item_id, const char *image_name, const imagesearch_search_options *options, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** How much of a query is encoded. */
typedef int32_t imagesearch_query_form;

/** The values of imagesearch_query_form. */
enum {
  /** With its pixels: a search finds what a search with the image itself does. */
  IMAGESEARCH_QUERY_EXACT = 0,
  /**
   * Without its pixels: about 55 KB for the first pass of a photograph. The matches are practically the same; their relation
   * to the query may be less exact, and imagesearch_page_fields.is_approximate says where that may be so.
   */
  IMAGESEARCH_QUERY_COMPACT = 1
};

/**
 * Encodes a query as bytes, to search many indexes with it: the digest of the image's bytes, and the features of each pass
 * that `options->effort` allows; of `options`, region, effort and call are used. It is valid for indexes of the same version
 * of this library. An image that is too simple or too small is not an error here: a search may find the same bytes. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_encode_query(imagesearch_client *client,
    const imagesearch_image *image, const imagesearch_search_options *options, imagesearch_query_form form,
    imagesearch_error **error, imagesearch_bytes **query);
/** Starts imagesearch_local_index_encode_query(); the result is taken by imagesearch_operation_take_bytes(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_encode_query_start(imagesearch_client *client,
    const imagesearch_image *image, const imagesearch_search_options *options, imagesearch_query_form form,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** Returns an encoded query without its pixels; no feature is computed again. Invalid bytes are an error, as below. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_compact_query(
    const uint8_t *query, size_t length, imagesearch_error **error, imagesearch_bytes **compact);

/**
 * Searches with an encoded query, as a search with its image would. The bytes need not be trusted: invalid ones are
 * IMAGESEARCH_INVALID_ARGUMENT, those of another version IMAGESEARCH_INDEX_VERSION_MISMATCH. Of `options`, region and effort
 * are ignored; they are in the bytes. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_encoded(imagesearch_client *client, const uint8_t *query,
    size_t length, const imagesearch_search_options *options, imagesearch_error **error, imagesearch_page **page);
/** Starts imagesearch_local_index_search_encoded(); the result is taken by imagesearch_operation_take_page(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_encoded_start(imagesearch_client *client,
    const uint8_t *query, size_t length, const imagesearch_search_options *options, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Searches one of several indexes that are searched together: returns the images that it compared with the query, as bytes, for
 * imagesearch_local_index_merge_partials(). A copy can be told from an image that merely shares a template only when the
 * comparisons of all indexes are known. Every pass of the query is made, because one index does not know whether the first one
 * finds something elsewhere. Of `options`, category, mirrored, limit, offset, population_size – the number of images in all
 * indexes – and call are used. Errors are those of imagesearch_local_index_search_encoded(). Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_partial(imagesearch_client *client, const uint8_t *query,
    size_t length, const imagesearch_search_options *options, imagesearch_error **error, imagesearch_bytes **partial);
/** Starts imagesearch_local_index_search_partial(); the result is taken by imagesearch_operation_take_bytes(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_search_partial_start(imagesearch_client *client,
    const uint8_t *query, size_t length, const imagesearch_search_options *options, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/** The result of imagesearch_local_index_search_partial(). This struct never grows. */
typedef struct imagesearch_partial {
  /** The bytes. */
  const uint8_t *data;
  /** Number of bytes, at most 256 MiB. */
  size_t length;
} imagesearch_partial;

/**
 * Makes the page of a search in up to 65536 indexes, in any order: the page that one index with all the images would return,
 * provided that it compares every candidate. The bytes may come from anyone: IMAGESEARCH_INVALID_ARGUMENT for bytes that are not
 * a partial search and for partial searches of different queries or population sizes, IMAGESEARCH_INDEX_VERSION_MISMATCH for
 * those of another version. Of `options`, limit, offset, relations, minimum_score and minimum_confidence are used; the page must
 * not end behind that of the partial searches.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_merge_partials(const imagesearch_partial *partials, size_t count,
    const imagesearch_search_options *options, imagesearch_error **error, imagesearch_page **page);

/** Changes to stored images. */
typedef struct imagesearch_update_options {
  /** sizeof(imagesearch_update_options). */
  size_t struct_size;
  /** The new category. Default: kept. */
  const char *category;
  /** The new text. Default: kept. */
  const char *custom_content;
  /** 1: remove the category. */
  int32_t remove_category;
  /** 1: remove the text. */
  int32_t remove_custom_content;
} imagesearch_update_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_UPDATE_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_update_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_update_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_update_options_init(imagesearch_update_options *value, size_t size);

/**
 * Changes the category or the text of an item, or of one of its images if `image_name` is not NULL; nothing is decoded.
 * `updated` receives how many images now have these values. IMAGESEARCH_NOT_FOUND if there is none. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_update(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_update_options *update, const imagesearch_call_options *call,
    imagesearch_error **error, int64_t *updated);
/** Starts imagesearch_local_index_update(); the result is taken by imagesearch_operation_take_count(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_update_start(imagesearch_client *client, const char *item_id,
    const char *image_name, const imagesearch_update_options *update, const imagesearch_call_options *call,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Returns the images whose files are gone, only those in `folder` unless it is NULL, and removes them from the index if
 * `apply` is not 0. Images whose files could not be checked follow, with a reason, and stay. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_prune(imagesearch_client *client, const char *folder,
    int32_t apply, const imagesearch_call_options *call, imagesearch_error **error, imagesearch_images **images);
/** Starts imagesearch_local_index_prune(); the result is taken by imagesearch_operation_take_images(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_prune_start(imagesearch_client *client, const char *folder,
    int32_t apply, const imagesearch_call_options *call, imagesearch_completion completion, void *user_data,
    imagesearch_error **error, imagesearch_operation **operation);

/** Which member of a group is the best one. */
typedef int32_t imagesearch_keep;

/** The values of imagesearch_keep. */
enum {
  /** Most pixels. */
  IMAGESEARCH_KEEP_LARGEST = 0,
  /** Lossless formats first, then most bytes a pixel. */
  IMAGESEARCH_KEEP_LEAST_RECOMPRESSED = 1,
  /** The earliest date. */
  IMAGESEARCH_KEEP_OLDEST = 2
};

/** Options of a search for groups. */
typedef struct imagesearch_group_options {
  /** sizeof(imagesearch_group_options). */
  size_t struct_size;
  /** Minimum confidence of a pair, 0-1. Default: the engine's own cut-off. */
  double minimum_confidence;
  /**
   * Relations to use, a sum of IMAGESEARCH_RELATION_BIT(); partial and shared only list an image beside a group. Default: the
   * four copies.
   */
  uint32_t relations;
  /** Which member is the best one, the one to keep. */
  imagesearch_keep keep;
  /** Only images of this category. */
  const char *category;
  /** Whether images of different categories may be in one group. Default yes. */
  imagesearch_choice across_categories;
  /** 1: images of one item count as copies of each other. */
  int32_t within_items;
  /** Only groups that gained a member since this time, in seconds since 1970-01-01 00:00 UTC. */
  double added_since;
  /** Maximum number of groups, the ones with the best members first. Default: all. */
  int64_t limit;
} imagesearch_group_options;

/** Initializer with the default of every field. */
#define IMAGESEARCH_GROUP_OPTIONS_INIT IMAGESEARCH_INIT(imagesearch_group_options)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_group_options), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_group_options_init(imagesearch_group_options *value, size_t size);

/**
 * Begins a search for all groups of images that are copies of each other, from what is stored of them: no file is read.
 * `call` limits the time of the whole search. imagesearch_groups_next() calls `progress`, which may end it.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_groups_open(imagesearch_client *client,
    const imagesearch_group_options *options, const imagesearch_call_options *call, imagesearch_batch_callback progress,
    void *user_data, imagesearch_error **error, imagesearch_groups **groups);
/**
 * Returns the next group; NULL with IMAGESEARCH_OK when there is none. One call at a time: others are
 * IMAGESEARCH_INVALID_ARGUMENT. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_groups_next(
    imagesearch_groups *groups, imagesearch_error **error, imagesearch_group **group);
/** Starts imagesearch_groups_next(); the result is taken by imagesearch_operation_take_group(). */
IMAGESEARCH_API imagesearch_status imagesearch_groups_next_start(imagesearch_groups *groups,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);
/** Ends the search and frees the iteration, but not its groups. */
IMAGESEARCH_API void imagesearch_groups_free(imagesearch_groups *groups);

/** An image in a group. */
typedef struct imagesearch_group_member {
  /** sizeof(imagesearch_group_member). */
  size_t struct_size;
  /** The image; its `struct_size` says how much of it there is. */
  const imagesearch_stored_image *image;
  /** Its relation to the group's best member; identical for that member itself. */
  imagesearch_relation relation;
  /** 1: the image is a mirror image of the best member. */
  int32_t is_mirrored;
  /** How certain that is, 0-1. */
  double confidence;
  /** How little the image was changed, 0-100. */
  double score;
  /** Percent of the best member that this image covers. */
  double best_overlap;
  /** Percent of this image that the best member covers. */
  double image_overlap;
  /** The map from pixels of the best member to pixels of this image, as in imagesearch_match_fields. */
  double transform[6];
} imagesearch_group_member;

/** Initializer with the default of every field. */
#define IMAGESEARCH_GROUP_MEMBER_INIT IMAGESEARCH_INIT(imagesearch_group_member)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_group_member), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_group_member_init(imagesearch_group_member *value, size_t size);

/** Frees a group. */
IMAGESEARCH_API void imagesearch_group_free(imagesearch_group *group);
/** Returns the number of members. The first is the best one, and each other is a verified copy of it. */
IMAGESEARCH_API size_t imagesearch_group_member_count(const imagesearch_group *group);
/**
 * Returns the number of related images, which are a part of the best member, contain it, or have something in common with it.
 */
IMAGESEARCH_API size_t imagesearch_group_related_count(const imagesearch_group *group);
/** Reads the member at that index; the related images follow the members. IMAGESEARCH_INVALID_ARGUMENT if there is none. */
IMAGESEARCH_API imagesearch_status imagesearch_group_read(
    const imagesearch_group *group, size_t index, imagesearch_group_member *member);

/** One of two images to compare: `image`, or a stored one by its item and name. */
typedef struct imagesearch_subject {
  /** sizeof(imagesearch_subject). */
  size_t struct_size;
  /** The image. */
  const imagesearch_image *image;
  /** The item of a stored image. */
  const char *item_id;
  /** The name of a stored image. */
  const char *image_name;
} imagesearch_subject;

/** Initializer with the default of every field. */
#define IMAGESEARCH_SUBJECT_INIT IMAGESEARCH_INIT(imagesearch_subject)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_subject), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_subject_init(imagesearch_subject *value, size_t size);

/** The relation between two images, and its evidence. */
typedef struct imagesearch_comparison_fields {
  /** sizeof(imagesearch_comparison_fields). */
  size_t struct_size;
  /** The relation; IMAGESEARCH_RELATION_UNKNOWN when they have no more in common than chance explains. */
  imagesearch_relation relation;
  /** 1: one is a mirror image of the other. */
  int32_t is_mirrored;
  /** How certain that is, 0-1. */
  double confidence;
  /** How little the image was changed, 0-100. */
  double score;
  /** Percent of the first image that the second covers. */
  double first_overlap;
  /** Percent of the second image that the first covers. */
  double second_overlap;
  /** Fraction of the compared area in which they agree, 0-1. */
  double agreeing;
  /** Fraction of the compared area in which they differ, 0-1. */
  double differing;
  /** Fraction of the compared area in which neither has anything to compare, 0-1. */
  double empty;
  /** The map from pixels of the first, upright image to pixels of the second, as in imagesearch_match_fields. */
  double transform[6];
  /** 1: both have the same bytes; nothing else was compared. */
  int32_t same_bytes;
  /** Hamming distance of the 256-bit codes of the whole images. */
  int32_t code_distance;
  /** Number of local features of the first image. */
  int64_t first_features;
  /** Number of local features of the second image. */
  int64_t second_features;
  /** Number of features that agree in position and descriptor. */
  int64_t inliers;
  /** Natural logarithm of how much more likely the agreement is for two versions of one image than for unrelated images. */
  double evidence;
  /** Findings in words, one per line. */
  const char *explanation;
} imagesearch_comparison_fields;

/** Initializer with the default of every field. */
#define IMAGESEARCH_COMPARISON_FIELDS_INIT IMAGESEARCH_INIT(imagesearch_comparison_fields)
/** Sets `struct_size` to `size`, which is sizeof(imagesearch_comparison_fields), and all other fields to their defaults. */
IMAGESEARCH_API void imagesearch_comparison_fields_init(imagesearch_comparison_fields *value, size_t size);

/** Frees a comparison. */
IMAGESEARCH_API void imagesearch_comparison_free(imagesearch_comparison *comparison);
/** Reads a comparison. */
IMAGESEARCH_API imagesearch_status imagesearch_comparison_read(
    const imagesearch_comparison *comparison, imagesearch_comparison_fields *fields);

/** Compares two images, neither of which need be in the index. Blocks. */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_compare(imagesearch_client *client,
    const imagesearch_subject *first, const imagesearch_subject *second, const imagesearch_call_options *call,
    imagesearch_error **error, imagesearch_comparison **comparison);
/** Starts imagesearch_local_index_compare(); the result is taken by imagesearch_operation_take_comparison(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_compare_start(imagesearch_client *client,
    const imagesearch_subject *first, const imagesearch_subject *second, const imagesearch_call_options *call,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Draws two images, aligned, as a PNG in the frame of the second, as imagesearch_overlay() draws a query and its match.
 * IMAGESEARCH_NOT_FOUND if they have nothing in common, or if a stored image has neither its file nor a thumbnail. Blocks.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_compare_overlay(imagesearch_client *client,
    const imagesearch_subject *first, const imagesearch_subject *second, imagesearch_overlay_style style,
    const imagesearch_call_options *call, imagesearch_error **error, imagesearch_bytes **image);
/** Starts imagesearch_local_index_compare_overlay(); the result is taken by imagesearch_operation_take_bytes(). */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_compare_overlay_start(imagesearch_client *client,
    const imagesearch_subject *first, const imagesearch_subject *second, imagesearch_overlay_style style,
    const imagesearch_call_options *call, imagesearch_completion completion, void *user_data, imagesearch_error **error,
    imagesearch_operation **operation);

#ifdef __cplusplus
}
#endif

#endif
