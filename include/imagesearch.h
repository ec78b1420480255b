/*
 * ImageSearch: where does this image come from?
 *
 * One C interface to TinEye, Alibaba Cloud Image Search, 1688 (through TMAPI) and a local index of your own images.
 *
 *   imagesearch_client *client = NULL;
 *   imagesearch_error *error = NULL;
 *   if (imagesearch_local_index_open("index", NULL, &error, &client) == IMAGESEARCH_OK) { ... }
 *
 * Rules that hold everywhere:
 *   - A function that can fail returns an imagesearch_status, 0 is success. Its out-parameter is the last one and is set to
 *     NULL or 0 on failure. The out-parameter `error` before it may be NULL; if it is not, it receives an owned error on
 *     failure and NULL on success.
 *   - Handles are freed by the function that is named for their type; it accepts NULL. A string or a pointer that an
 * accessor     returns is borrowed and lives as long as the handle that it was read from. Accessors accept NULL and then
 * return what     stands for "unknown": NULL, -1, NaN or 0, as each of them says.
 *   - Text is UTF-8 and ends with a zero byte; bytes are a pointer and a length. What you pass in is read during the call
 * only,     unless the function says otherwise.
 *   - Options structs begin with their own size; start from the _INIT macro, so that a field added later means its default.
 *   - Seconds are double; 0 means "the default" wherever a time can be given.
 *   - Fork before the first client is opened, or exec in the child: threads do not survive a fork, so in a child of a
 * process     that has opened a client every call answers IMAGESEARCH_CLOSED, a new imagesearch_..._open() too. Freeing is
 * allowed.
 */
#ifndef IMAGESEARCH_H
#define IMAGESEARCH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define IMAGESEARCH_API __attribute__((visibility("default")))
#else
#define IMAGESEARCH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------------------------------------ */

#define IMAGESEARCH_VERSION_MAJOR 1
#define IMAGESEARCH_VERSION_MINOR 0
#define IMAGESEARCH_VERSION_PATCH 0
#define IMAGESEARCH_VERSION "1.0.0"
/** The number in the soname; it changes only when a program that was built against an older header would break. */
#define IMAGESEARCH_ABI_VERSION 1
/** 1 when this header is at least of the given version. */
#define IMAGESEARCH_VERSION_AT_LEAST(major, minor, patch)                                                                    \
  (IMAGESEARCH_VERSION_MAJOR * 1000000 + IMAGESEARCH_VERSION_MINOR * 1000 + IMAGESEARCH_VERSION_PATCH >=                     \
   (major)*1000000 + (minor)*1000 + (patch))

/**
 * The version of the library that is loaded, for instance "1.0.0".
 *
 * Returns: static text, never NULL. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API const char *imagesearch_version(void);

/**
 * The ABI number of the library that is loaded; compare it with IMAGESEARCH_ABI_VERSION after dlopen().
 *
 * Returns: the number. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API int32_t imagesearch_abi_version(void);

/* ---- Status ------------------------------------------------------------------------------------------------------------- */

/** What happened. Numbers are never reused and new ones are only added: expect values that you do not know. */
typedef int32_t imagesearch_status;

/** The values of imagesearch_status. */
enum {
  IMAGESEARCH_OK = 0,
  /* caller */
  /** An argument is out of range or contradicts another; the message names it and the limit. */
  IMAGESEARCH_INVALID_ARGUMENT = 1,
  /** The service cannot do this; see imagesearch_client_capabilities(). */
  IMAGESEARCH_UNSUPPORTED = 2,
  /** The client was closed, or the process forked after it was opened. */
  IMAGESEARCH_CLOSED = 3,
  /** The caller cancelled the call. */
  IMAGESEARCH_CANCELLED = 4,
  /** A file that the caller named cannot be opened, read or written. */
  IMAGESEARCH_FILE_NOT_READABLE = 5,
  /** A fault of this library or of the system under it, such as no memory for a handle. */
  IMAGESEARCH_INTERNAL_FAILURE = 6,
  /* image */
  /** The bytes are no image that can be identified. */
  IMAGESEARCH_NOT_AN_IMAGE = 20,
  /** An image, but of a format that the service does not take. */
  IMAGESEARCH_UNSUPPORTED_FORMAT = 21,
  /** An animated image, which the service does not take. */
  IMAGESEARCH_ANIMATED_IMAGE = 22,
  /** An image whose header or data is damaged or cut short. */
  IMAGESEARCH_CORRUPT_IMAGE = 23,
  /** More bytes or pixels than the limit in the message. */
  IMAGESEARCH_IMAGE_TOO_LARGE = 24,
  /** Fewer pixels a side than the limit in the message. */
  IMAGESEARCH_IMAGE_TOO_SMALL = 25,
  /** Too simple or too small to be matched. */
  IMAGESEARCH_IMAGE_TOO_SIMPLE = 26,
  /** No bytes at all. */
  IMAGESEARCH_EMPTY_IMAGE = 27,
  /* address */
  /** No http or https URL, or one that the service refuses. */
  IMAGESEARCH_INVALID_URL = 40,
  /** The image behind the URL could not be fetched. */
  IMAGESEARCH_URL_NOT_FETCHED = 41,
  /** The URL leads to a private or loopback address, which is refused unless allowed. */
  IMAGESEARCH_ADDRESS_REFUSED = 42,
  /* account */
  /** The key is missing, wrong or disabled. */
  IMAGESEARCH_UNAUTHORIZED = 60,
  /** The provider no longer takes this way of signing in. */
  IMAGESEARCH_AUTHENTICATION_METHOD_REMOVED = 61,
  /** The provider computed another signature: wrong private key, or a proxy changed the request. */
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
  /** The provider gave up for lack of time. */
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
  /** The whole call took longer than its deadline, or would have to wait longer. */
  IMAGESEARCH_DEADLINE_EXCEEDED = 105,
  /** The answer is larger than the cap. */
  IMAGESEARCH_RESPONSE_TOO_LARGE = 106,
  /** The provider answered with a redirect, which a key does not follow. */
  IMAGESEARCH_REDIRECT_REFUSED = 107,
  /** The proxy cannot be reached or refuses. */
  IMAGESEARCH_PROXY_FAILED = 108,
  /* answer */
  /** The answer is not what the documents say: HTML, broken JSON, a missing part. */
  IMAGESEARCH_MALFORMED_RESPONSE = 120,
  /** An error of the provider that has no code of its own here. */
  IMAGESEARCH_PROVIDER_ERROR = 121,
  /** The provider refuses a parameter. */
  IMAGESEARCH_INVALID_REQUEST = 122,
  /** What the call names does not exist. */
  IMAGESEARCH_NOT_FOUND = 123,
  /** The host or path is not the provider's; check the base URL. */
  IMAGESEARCH_WRONG_ENDPOINT = 124,
  /* index */
  /** The local index cannot be opened or written: missing, locked, read-only. */
  IMAGESEARCH_INDEX_UNAVAILABLE = 140,
  /** The local index is damaged. */
  IMAGESEARCH_INDEX_CORRUPT = 141,
  /** The local index was made by another version; rebuild makes it anew. */
  IMAGESEARCH_INDEX_VERSION_MISMATCH = 142,
  /** No space is left on the disk; nothing of the call was stored. */
  IMAGESEARCH_DISK_FULL = 143
};

/**
 * The name of a status, for instance "noSearchesLeft".
 *
 * status: any number.
 * Returns: static text, never NULL; "unknown" for a number that this library does not know. Threads: any; does not block.
 * Since: 1.0.
 */
IMAGESEARCH_API const char *imagesearch_status_name(imagesearch_status status);

/* ---- Handles ------------------------------------------------------------------------------------------------------------ */

/** A client of one service. Threads: any number of threads may use one client at once. */
typedef struct imagesearch_client imagesearch_client;
/** Why a call failed. Threads: read only, any thread. */
typedef struct imagesearch_error imagesearch_error;
/** One page of matches. Threads: read only, any thread. */
typedef struct imagesearch_page imagesearch_page;
/** One match; it belongs to its page. Threads: read only, any thread. */
typedef struct imagesearch_match imagesearch_match;
/** What is left of what was paid for. Threads: read only, any thread. */
typedef struct imagesearch_quota imagesearch_quota;
/** What became of the images of an add call. Threads: read only, any thread. */
typedef struct imagesearch_add_report imagesearch_add_report;
/** Bytes that the library made. Threads: read only, any thread. */
typedef struct imagesearch_bytes imagesearch_bytes;
/** A call that is running in the background. Threads: any. */
typedef struct imagesearch_operation imagesearch_operation;

/* ---- Options ------------------------------------------------------------------------------------------------------------ */

/** How much is logged. */
enum {
  IMAGESEARCH_LOG_DEBUG = 10,
  IMAGESEARCH_LOG_INFO = 20,
  IMAGESEARCH_LOG_WARNING = 30,
  IMAGESEARCH_LOG_ERROR = 40
};

/** One line of the log. It holds no key, token or signature and no query of a URL. */
typedef struct imagesearch_log_event {
  /** The size of the struct in the library that calls; a later one may be longer. */
  size_t struct_size;
  /** IMAGESEARCH_LOG_DEBUG for every attempt, _INFO for every call, _WARNING for what was repeated, _ERROR for what failed. */
  int32_t level;
  /** The attempt, from 1; 0 when the event concerns the call as a whole. */
  int32_t attempt;
  /** The HTTP status, or 0. */
  int32_t http_status;
  /** Always 0. */
  int32_t reserved;
  /** How long the attempt or the call took, in seconds; NaN when nothing ended. */
  double duration;
  /** Bytes of the answer's body, or -1. */
  int64_t received_bytes;
  /** Everything in one line, for a log of text. */
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

/** Receives the log. `event` and its texts live during the call only. Called on any thread; it must return soon. */
typedef void (*imagesearch_log_callback)(const imagesearch_log_event *event, void *user_data);

/** How a client behaves. Start from IMAGESEARCH_CLIENT_OPTIONS_INIT; what is 0 or NULL takes the default. */
typedef struct imagesearch_client_options {
  /** sizeof(imagesearch_client_options). */
  size_t struct_size;
  /** The provider's address with its path, used as given; an explicit http:// is allowed. NULL: the provider's own. */
  const char *base_url;
  /** Seconds for a connection to stand, 0.001-86400. Default 15. */
  double connect_timeout;
  /** Seconds for one attempt. Default 60. */
  double attempt_timeout;
  /** Seconds for a whole call with all waits and retries. Default 180. */
  double deadline;
  /** How often a request is sent at most, 1-10. Default 4. */
  int32_t maximum_attempts;
  /** Requests at once, 1-1000. Default: the service's. */
  int32_t maximum_concurrent;
  /** Requests a minute, 1-1000000. Default: the service's. */
  int32_t requests_per_minute;
  /** The least level to log; 0 with a callback means IMAGESEARCH_LOG_INFO. */
  int32_t log_level;
  /** Paid calls that this client may make in its life; 0 is no cap. */
  int64_t maximum_paid_calls;
  /** http://, https://, socks5:// or socks5h:// URL, "" for none. NULL: from the environment. */
  const char *proxy;
  /** Hosts reached without the proxy, separated by commas. NULL: from the environment. */
  const char *no_proxy;
  /** PEM file of the authorities to trust. NULL: the system's. */
  const char *certificate_authority_file;
  /** PEM file of the client's certificate, or NULL. */
  const char *client_certificate_file;
  /** PEM file of the client's key, or NULL. */
  const char *client_key_file;
  /** HOST:PORT:ADDRESS entries separated by spaces, used instead of name lookup, or NULL. */
  const char *resolve;
  /**
   * Called for every line of the log, or NULL for silence. It must not call this library, and stay valid until the client is
   * freed and every operation of the client has ended.
   */
  imagesearch_log_callback log;
  /** Passed to `log`. */
  void *log_user_data;
  /** Not 0: images are fetched from private and loopback addresses too (search by URL with upload). */
  int32_t allow_private_addresses;
  /**
   * Not 0: when the provider cannot fetch the image behind a URL, fetch it here and upload it (TinEye). It is a second search,
   * and no provider publishes that the first was not counted.
   */
  int32_t upload_unfetched_images;
  /** Not 0: repeat a paid call too when the provider may have counted it. */
  int32_t repeat_uncertain_paid_calls;
  /** Must be 0. */
  int32_t reserved;
  /** Upper bound of the first wait before a repetition, in seconds, up to 3600; it doubles with every attempt. Default 0.5. */
  double base_delay;
  /** Upper bound of any wait in seconds, up to 3600, before what the provider asks for is added. Default 20. */
  double maximum_delay;
  /** The longest wait that a provider may ask for, in seconds, up to 86400; a longer one is an error at once. Default 120. */
  double maximum_retry_after;
  /** Write every exchange with the provider into this folder, one JSON file each, without any secret; or NULL. */
  const char *record_folder;
  /**
   * Ask nobody and answer from the files that record_folder gave, each once and in their order; or NULL. A request that is not
   * there is IMAGESEARCH_NOT_FOUND. Any key will do. Not together with record_folder.
   */
  const char *replay_folder;
} imagesearch_client_options;

#define IMAGESEARCH_CLIENT_OPTIONS_INIT                                                                                      \
  {                                                                                                                          \
    sizeof(imagesearch_client_options), NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0,  \
        0, 0, 0, 0, 0, NULL, NULL                                                                                            \
  }

/** How to sign in to TinEye: api_key alone (today's way), or public_key and private_key (the signature of 2017-2022). */
typedef struct imagesearch_tineye_options {
  /** sizeof(imagesearch_tineye_options). */
  size_t struct_size;
  /** The key that travels in the header x-api-key, or NULL. */
  const char *api_key;
  /** The public key of the signature, or NULL. */
  const char *public_key;
  /** The private key of the signature, or NULL. */
  const char *private_key;
} imagesearch_tineye_options;

#define IMAGESEARCH_TINEYE_OPTIONS_INIT                                                                                      \
  { sizeof(imagesearch_tineye_options), NULL, NULL, NULL }

/** How to sign in to Alibaba Cloud Image Search, and where. Start from IMAGESEARCH_ALIBABA_CLOUD_OPTIONS_INIT. */
typedef struct imagesearch_alibaba_cloud_options {
  /** sizeof(imagesearch_alibaba_cloud_options). */
  size_t struct_size;
  /** The access key's id; NULL takes it, the secret and the token from ALIBABA_CLOUD_ACCESS_KEY_ID and its sisters. */
  const char *access_key_id;
  /** The access key's secret, or NULL with the id. */
  const char *access_key_secret;
  /** The token of a temporary key (STS), or NULL. */
  const char *security_token;
  /** The instance's name. */
  const char *instance;
  /** The region's id, for instance "cn-shanghai"; may be NULL with an endpoint. */
  const char *region;
  /** A host, reached by https, or an http(s) URL used as given; NULL takes the region's. */
  const char *endpoint;
  /** Where uploads are authorized, a host or an http(s) URL; NULL takes the provider's. */
  const char *open_platform_endpoint;
  /** The generation of the interface as a number: 20180120, 20190325 or 20201214; 0 takes today's, 20201214. */
  int32_t api_version;
  /** Not 0: use the region's private host, from inside of its networks. */
  int32_t use_vpc;
  /** Not 0: an image that is too large or turned by EXIF is re-encoded upright and smaller instead of refused. */
  int32_t prepare_images;
  /** Must be 0. */
  int32_t reserved;
} imagesearch_alibaba_cloud_options;

#define IMAGESEARCH_ALIBABA_CLOUD_OPTIONS_INIT                                                                               \
  { sizeof(imagesearch_alibaba_cloud_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0 }

/** Which search of TMAPI is asked. */
enum {
  /** /1688/search/image: titles in Chinese. */
  IMAGESEARCH_TMAPI_SEARCH = 0,
  /** /1688/global/search/image: titles in ten languages. */
  IMAGESEARCH_TMAPI_GLOBAL = 1,
  /** /1688/global/search/image/v2: titles in six languages. */
  IMAGESEARCH_TMAPI_GLOBAL_V2 = 2
};

/** How to sign in to TMAPI. Start from IMAGESEARCH_TMAPI_OPTIONS_INIT. */
typedef struct imagesearch_tmapi_options {
  /** sizeof(imagesearch_tmapi_options). */
  size_t struct_size;
  /** The token of the provider's console. */
  const char *api_token;
  /** Not 0: the token travels in the query (apiToken) and not in the header (apikey). */
  int32_t token_in_query;
  /** One of IMAGESEARCH_TMAPI_*. */
  int32_t endpoint;
} imagesearch_tmapi_options;

#define IMAGESEARCH_TMAPI_OPTIONS_INIT                                                                                       \
  { sizeof(imagesearch_tmapi_options), NULL, 0, 0 }

/** How a local index is opened and what it stores. Start from IMAGESEARCH_LOCAL_INDEX_OPTIONS_INIT. */
typedef struct imagesearch_local_index_options {
  /** sizeof(imagesearch_local_index_options). */
  size_t struct_size;
  /** Not 0: never write; adding and removing are errors, and a missing index is one. */
  int32_t read_only;
  /** Not 0: an index that is not there is an error and not made. */
  int32_t must_exist;
  /** Images worked on at once, 1-256. Default: one a processor core. */
  int32_t threads;
  /**
   * The longer side of the stored thumbnails in pixels, 1-2048; -1 stores none, and overlays then need the file that an image was
   * added from. Default 512.
   */
  int32_t thumbnail_side;
  /** The JPEG quality of the thumbnails, 1-100. Default 75. */
  int32_t thumbnail_quality;
  /** Must be 0. */
  int32_t reserved;
  /** Seconds that a write waits for another process's to end. Default 30. */
  double lock_timeout;
  /** The largest file that is taken as an image, in bytes. Default 64 MiB. */
  int64_t maximum_image_bytes;
  /** The largest image that is decoded, in pixels. Default 100 million. */
  int64_t maximum_pixels;
} imagesearch_local_index_options;

#define IMAGESEARCH_LOCAL_INDEX_OPTIONS_INIT                                                                                 \
  { sizeof(imagesearch_local_index_options), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * How far one request of a call is. A call of several requests – an upload to Alibaba Cloud asks for leave first, then uploads, then
 * adds – tells of each by its operation; a repetition begins again at 0 with the next attempt.
 */
typedef struct imagesearch_transfer {
  /** The size of the struct in the library that calls; a later one may be longer. */
  size_t struct_size;
  /** The service, for instance "TinEye". */
  const char *service;
  /** The request, by the name that it has in the log, for instance "search" or "upload". */
  const char *operation;
  /** The attempt, from 1. */
  int32_t attempt;
  /** Always 0. */
  int32_t reserved;
  /** Bytes of the request's body that were handed to the network. */
  int64_t sent_bytes;
  /** Bytes of the request's body in all, 0 without one. */
  int64_t bytes_to_send;
  /** Bytes of the answer's body that came. */
  int64_t received_bytes;
  /** Bytes of the answer's body in all; -1 while, or where, the server does not tell. */
  int64_t bytes_to_receive;
} imagesearch_transfer;

/**
 * Tells how far a request is, ten times a second at most and once when an attempt ends. `transfer` lives during the call only. Called
 * on a thread of the library, for one request by one thread at a time; it must return soon and may call any function that does
 * not block, imagesearch_operation_cancel() too. It is not called any more once the call has returned, or its operation has
 * called its completion.
 */
typedef void (*imagesearch_transfer_callback)(const imagesearch_transfer *transfer, void *user_data);

/** What one call does otherwise than its client; what is 0 takes the client's. Start from IMAGESEARCH_CALL_OPTIONS_INIT. */
typedef struct imagesearch_call_options {
  /** sizeof(imagesearch_call_options). */
  size_t struct_size;
  /** Seconds for a connection to stand. */
  double connect_timeout;
  /** Seconds for one attempt. */
  double attempt_timeout;
  /** Seconds for the whole call. */
  double deadline;
  /** Told how far uploads and downloads are, or NULL. A local index moves no bytes and tells nothing. */
  imagesearch_transfer_callback transfer;
  /** Passed to `transfer`. */
  void *transfer_user_data;
} imagesearch_call_options;

#define IMAGESEARCH_CALL_OPTIONS_INIT                                                                                        \
  { sizeof(imagesearch_call_options), 0, 0, 0, NULL, NULL }

/** An image: exactly one of url, path and bytes is given. Start from IMAGESEARCH_IMAGE_INIT. */
typedef struct imagesearch_image {
  /** sizeof(imagesearch_image). */
  size_t struct_size;
  /** An absolute http or https URL, or NULL. */
  const char *url;
  /** The path of a file, or NULL; the file is read while it is sent and must not change until the call ends. */
  const char *path;
  /** An encoded image (JPEG, PNG ...), or NULL. */
  const uint8_t *bytes;
  /** How many bytes. */
  size_t byte_count;
  /** The image's name: within its item when it is added, as a file name when it is searched with. NULL: the file's. */
  const char *name;
} imagesearch_image;

#define IMAGESEARCH_IMAGE_INIT                                                                                               \
  { sizeof(imagesearch_image), NULL, NULL, NULL, 0, NULL }

/** The value of a service's own parameter, by the provider's name for it. */
typedef struct imagesearch_parameter {
  /** For instance "sort". */
  const char *name;
  /** For instance "crawl_date". */
  const char *value;
} imagesearch_parameter;

/** What to search for. Start from IMAGESEARCH_SEARCH_OPTIONS_INIT. */
typedef struct imagesearch_search_options {
  /** sizeof(imagesearch_search_options). */
  size_t struct_size;
  /** Matches to return at most; 0 takes the service's default. */
  int64_t limit;
  /** Matches to skip, from 0. */
  int64_t offset;
  /** Leave out matches with a lower score, 0-100; 0 leaves out none. */
  double minimum_score;
  /** Leave out matches with a lower confidence, 0-1; 0 takes the service's own cut-off. */
  double minimum_confidence;
  /** Search this category only, or NULL. */
  const char *category;
  /** Left edge of the part of the query to search with, in pixels. */
  int64_t region_x;
  /** Upper edge of that part. */
  int64_t region_y;
  /** Width of that part; 0 with region_height 0 is the whole image. */
  int64_t region_width;
  /** Height of that part. */
  int64_t region_height;
  /** The service's own parameters, or NULL; an unknown name is IMAGESEARCH_INVALID_ARGUMENT. */
  const imagesearch_parameter *parameters;
  /** How many of them. */
  size_t parameter_count;
  /** Time limits, or NULL. */
  const imagesearch_call_options *call;
} imagesearch_search_options;

#define IMAGESEARCH_SEARCH_OPTIONS_INIT                                                                                      \
  { sizeof(imagesearch_search_options), 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, NULL }

/** An item with its images. (item id, image name) is the identity of an image: adding it again replaces it. */
typedef struct imagesearch_item {
  /** sizeof(imagesearch_item). */
  size_t struct_size;
  /** The item's identifier, 1-256 characters. */
  const char *item_id;
  /** The category, or NULL. */
  const char *category;
  /** Text that is returned with every match, at most 4096 characters, or NULL. */
  const char *custom_content;
  /** The images, at least one. */
  const imagesearch_image *const *images;
  /** How many of them. */
  size_t image_count;
  /** The service's own parameters, or NULL. */
  const imagesearch_parameter *parameters;
  /** How many of them. */
  size_t parameter_count;
} imagesearch_item;

#define IMAGESEARCH_ITEM_INIT                                                                                                \
  { sizeof(imagesearch_item), NULL, NULL, NULL, NULL, 0, NULL, 0 }

/** Images to remove. */
typedef struct imagesearch_removal {
  /** The item. */
  const char *item_id;
  /** One image of it; NULL removes all of them. */
  const char *image_name;
} imagesearch_removal;

/* ---- Clients ------------------------------------------------------------------------------------------------------------ */

/**
 * Opens a client of TinEye. Nothing is sent.
 *
 * tineye: how to sign in. options: how the client behaves, or NULL. error: see above. client: receives the client.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_INVALID_ARGUMENT for a missing or contradictory key or an option out of range.
 * Ownership: free the client with imagesearch_client_free(). Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_tineye_open(const imagesearch_tineye_options *tineye,
                                                           const imagesearch_client_options *options,
                                                           imagesearch_error **error, imagesearch_client **client);

/**
 * Opens, and if need be makes, a local index of images.
 *
 * path: the directory of the index. options: how the client behaves, or NULL. error: see above. client: receives the client.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_INDEX_UNAVAILABLE, IMAGESEARCH_INDEX_CORRUPT, IMAGESEARCH_INDEX_VERSION_MISMATCH;
 * IMAGESEARCH_UNSUPPORTED when the library was built without the local index.
 * Ownership: free the client with imagesearch_client_free(). Threads: any; blocks while files are opened. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_open(const char *path, const imagesearch_client_options *options,
                                                                imagesearch_error **error, imagesearch_client **client);

/**
 * The same with what only a local index has to choose.
 *
 * path: the directory of the index. local: how it is opened and what it stores, or NULL. options: how the client behaves, or NULL.
 * error: see above. client: receives the client.
 * Returns: as imagesearch_local_index_open(), and IMAGESEARCH_INVALID_ARGUMENT for an option out of range.
 * Ownership: free the client with imagesearch_client_free(). Threads: any; blocks while files are opened. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_open_with(const char *path,
                                                                     const imagesearch_local_index_options *local,
                                                                     const imagesearch_client_options *options,
                                                                     imagesearch_error **error,
                                                                     imagesearch_client **client);

/**
 * Opens a client that makes its searches with the first of several clients that is not out of quota.
 *
 * Only being out of quota leads to the next (IMAGESEARCH_NO_SEARCHES_LEFT, IMAGESEARCH_QUOTA_EXCEEDED,
 * IMAGESEARCH_SPENDING_CAP_REACHED), and only when nothing can have been charged; any other error is the answer. A client that was
 * out of quota is asked last for ten minutes, or as long as its service said. All pages of one image come from one service.
 *
 * clients: the preferred one first. client_count: from 1. error: see above. client: receives the client, which can search and tell
 * what is left.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_INVALID_ARGUMENT for an empty list or a NULL in it.
 * Ownership: free the client with imagesearch_client_free(). Closing it closes the clients, which are still freed one by one; a
 * client that is freed earlier answers IMAGESEARCH_CLOSED. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_fallback_open(imagesearch_client *const *clients, size_t client_count,
                                                             imagesearch_error **error, imagesearch_client **client);

/**
 * Opens a client of an Alibaba Cloud Image Search instance. Nothing is sent.
 *
 * alibaba: how to sign in, and where. options: how the client behaves, or NULL; its base_url is not used. error: see above.
 * client: receives the client.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_INVALID_ARGUMENT, IMAGESEARCH_INVALID_URL; IMAGESEARCH_UNAUTHORIZED when no key is in
 * the environment; IMAGESEARCH_UNSUPPORTED for prepare_images in a library without image codecs.
 * Ownership: free the client with imagesearch_client_free(). Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_alibaba_cloud_open(const imagesearch_alibaba_cloud_options *alibaba,
                                                                  const imagesearch_client_options *options,
                                                                  imagesearch_error **error, imagesearch_client **client);

/**
 * Opens a client of the 1688 catalogue through TMAPI. Nothing is sent.
 *
 * tmapi: how to sign in. options: how the client behaves, or NULL. error: see above. client: receives the client.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_INVALID_ARGUMENT, IMAGESEARCH_INVALID_URL.
 * Ownership: free the client with imagesearch_client_free(). Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_tmapi_open(const imagesearch_tmapi_options *tmapi,
                                                          const imagesearch_client_options *options,
                                                          imagesearch_error **error, imagesearch_client **client);

/**
 * Ends the running calls of a client with IMAGESEARCH_CANCELLED or IMAGESEARCH_CLOSED and wipes its keys; later calls answer
 * IMAGESEARCH_CLOSED. The handle stays valid until it is freed.
 *
 * client: the client, or NULL. Threads: any, also while other threads are in a call; does not block. Since: 1.0.
 */
IMAGESEARCH_API void imagesearch_client_close(imagesearch_client *client);

/**
 * Closes and frees a client. No other thread may be in a call with this handle; call imagesearch_client_close() first to end
 * them. Operations that were started go on to their end and may still be read.
 *
 * client: the client, or NULL. Threads: one; does not block. Since: 1.0.
 */
IMAGESEARCH_API void imagesearch_client_free(imagesearch_client *client);

/**
 * The name of the service, for instance "TinEye".
 *
 * client: the client. Returns: text borrowed from the client; NULL for NULL. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API const char *imagesearch_client_service(const imagesearch_client *client);

/** The bits of imagesearch_client_capabilities(). */
enum {
  IMAGESEARCH_CAN_SEARCH_BY_URL = 1,
  IMAGESEARCH_CAN_SEARCH_BY_UPLOAD = 2,
  IMAGESEARCH_CAN_TELL_REMAINING_SEARCHES = 4,
  IMAGESEARCH_CAN_ADD_IMAGES = 8,
  IMAGESEARCH_CAN_REMOVE_IMAGES = 16,
  IMAGESEARCH_CAN_COUNT_IMAGES = 32
};

/**
 * What the service can do; any other call answers IMAGESEARCH_UNSUPPORTED.
 *
 * client: the client. Returns: a sum of bits; 0 for NULL. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API uint32_t imagesearch_client_capabilities(const imagesearch_client *client);

/* ---- Calls that block --------------------------------------------------------------------------------------------------- */

/**
 * Finds images like the given one, best first. No match is a page without matches and not an error.
 *
 * client: the client. image: the image. options: what to search for, or NULL. error: see above. page: receives the page.
 * Returns: IMAGESEARCH_OK or any other status; bad arguments and images are found before anything is sent.
 * Ownership: free the page with imagesearch_page_free(). Threads: any; blocks until the deadline at most, and
 * imagesearch_client_close() from another thread ends it. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_search(imagesearch_client *client, const imagesearch_image *image,
                                                      const imagesearch_search_options *options, imagesearch_error **error,
                                                      imagesearch_page **page);

/**
 * Says what is left of what was paid for.
 *
 * client: the client. call: time limits, or NULL. error: see above. quota: receives the quota.
 * Returns: IMAGESEARCH_OK or any other status. Ownership: free the quota with imagesearch_quota_free().
 * Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_remaining_searches(imagesearch_client *client,
                                                                  const imagesearch_call_options *call,
                                                                  imagesearch_error **error, imagesearch_quota **quota);

/** What a quota counts. */
enum {
  /** Searches. */
  IMAGESEARCH_UNIT_SEARCHES = 0,
  /** Images in an index. */
  IMAGESEARCH_UNIT_IMAGES = 1
};

/**
 * Asks whether enough is left, before a batch begins.
 *
 * client: the client. count: how much the batch needs, from 0; each page of a search is one search. unit: one of IMAGESEARCH_UNIT_*.
 * call: time limits, or NULL. error: see above. quota: receives what is left.
 * Returns: IMAGESEARCH_OK; IMAGESEARCH_NO_SEARCHES_LEFT, for images IMAGESEARCH_CAPACITY_REACHED, with both numbers in the message;
 * IMAGESEARCH_UNSUPPORTED when the service does not tell or counts something else; or any other status.
 * Ownership: free the quota with imagesearch_quota_free(). Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_ensure_quota(imagesearch_client *client, int64_t count, int32_t unit,
                                                            const imagesearch_call_options *call,
                                                            imagesearch_error **error, imagesearch_quota **quota);

/**
 * Says how many images the service has indexed.
 *
 * client: the client. call: time limits, or NULL. error: see above. count: receives the number.
 * Returns: IMAGESEARCH_OK or any other status. Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_image_count(imagesearch_client *client, const imagesearch_call_options *call,
                                                           imagesearch_error **error, int64_t *count);

/**
 * Adds images. One bad image does not stop the rest: the report has an entry for each, in the order given.
 *
 * client: the client. items: pointers to the items. item_count: how many. call: time limits, or NULL. error: see above.
 * report: receives the report.
 * Returns: IMAGESEARCH_OK when every image was tried, also if some failed; any other status when nothing could be tried.
 * Ownership: free the report with imagesearch_add_report_free(). Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_add_images(imagesearch_client *client, const imagesearch_item *const *items,
                                                          size_t item_count, const imagesearch_call_options *call,
                                                          imagesearch_error **error, imagesearch_add_report **report);

/**
 * Removes images; what is not there counts as removed.
 *
 * client: the client. removals: what to remove. removal_count: how many. call: time limits, or NULL. error: see above.
 * removed: receives how many images were removed, -1 when the provider does not tell; may be NULL.
 * Returns: IMAGESEARCH_OK or any other status. Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_remove_images(imagesearch_client *client, const imagesearch_removal *removals,
                                                             size_t removal_count, const imagesearch_call_options *call,
                                                             imagesearch_error **error, int64_t *removed);

/** How an overlay shows query and match. */
enum {
  /** The left half is the match, the right half the query, aligned. */
  IMAGESEARCH_OVERLAY_ALIGNED = 0,
  /** The two images beside each other, as they are. */
  IMAGESEARCH_OVERLAY_SIDE_BY_SIDE = 1,
  /** The aligned query laid over the match, half and half. */
  IMAGESEARCH_OVERLAY_BLEND = 2
};

/**
 * An image of query and match, aligned. TinEye makes its own (IMAGESEARCH_OVERLAY_ALIGNED only) and needs no query. The
 * local index draws it as a PNG in the frame of the match, from the file that the match was added from or else its
 * thumbnail, at most 1024 pixels a side; IMAGESEARCH_NOT_FOUND when neither is left, or the image was replaced or removed
 * since the search.
 *
 * client: the client that found the match. query: the image that was searched with; NULL for TinEye. match: the match.
 * style: one of IMAGESEARCH_OVERLAY_*. call: time limits, or NULL. error: see above. image: receives the encoded image.
 * Returns: IMAGESEARCH_OK or any other status. Ownership: free it with imagesearch_bytes_free().
 * Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_overlay(imagesearch_client *client, const imagesearch_image *query,
                                                       const imagesearch_match *match, int32_t style,
                                                       const imagesearch_call_options *call, imagesearch_error **error,
                                                       imagesearch_bytes **image);

/* ---- Calls in the background -------------------------------------------------------------------------------------------- */

/**
 * Called once when an operation has ended, before imagesearch_operation_wait() returns, on a thread of the library. It must
 * return soon; it may call any function of this library that does not block.
 */
typedef void (*imagesearch_completion)(imagesearch_operation *operation, void *user_data);

/**
 * Starts a search; see imagesearch_search(). Everything that is passed in is copied.
 *
 * completion: called at the end, or NULL. user_data: passed to it. operation: receives the operation.
 * Returns: IMAGESEARCH_OK when it runs; IMAGESEARCH_INVALID_ARGUMENT otherwise, and then the completion is not called.
 * Ownership: free the operation with imagesearch_operation_free(). Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_search_start(imagesearch_client *client, const imagesearch_image *image,
                                                            const imagesearch_search_options *options,
                                                            imagesearch_completion completion, void *user_data,
                                                            imagesearch_error **error, imagesearch_operation **operation);

/**
 * Starts to add images; see imagesearch_add_images() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_add_images_start(imagesearch_client *client,
                                                                const imagesearch_item *const *items, size_t item_count,
                                                                const imagesearch_call_options *call,
                                                                imagesearch_completion completion, void *user_data,
                                                                imagesearch_error **error,
                                                                imagesearch_operation **operation);

/**
 * Starts to ask what is left; see imagesearch_remaining_searches() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_remaining_searches_start(imagesearch_client *client,
                                                                        const imagesearch_call_options *call,
                                                                        imagesearch_completion completion, void *user_data,
                                                                        imagesearch_error **error,
                                                                        imagesearch_operation **operation);

/**
 * Starts to ask whether enough is left; see imagesearch_ensure_quota() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_ensure_quota_start(imagesearch_client *client, int64_t count, int32_t unit,
                                                                  const imagesearch_call_options *call,
                                                                  imagesearch_completion completion, void *user_data,
                                                                  imagesearch_error **error,
                                                                  imagesearch_operation **operation);

/**
 * Starts to count the images; see imagesearch_image_count() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_image_count_start(imagesearch_client *client,
                                                                 const imagesearch_call_options *call,
                                                                 imagesearch_completion completion, void *user_data,
                                                                 imagesearch_error **error,
                                                                 imagesearch_operation **operation);

/**
 * Starts to remove images; see imagesearch_remove_images() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_remove_images_start(imagesearch_client *client,
                                                                   const imagesearch_removal *removals,
                                                                   size_t removal_count,
                                                                   const imagesearch_call_options *call,
                                                                   imagesearch_completion completion, void *user_data,
                                                                   imagesearch_error **error,
                                                                   imagesearch_operation **operation);

/**
 * Starts to make an overlay; see imagesearch_overlay() and imagesearch_search_start().
 *
 * Returns: IMAGESEARCH_OK when it runs. Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_overlay_start(imagesearch_client *client, const imagesearch_image *query,
                                                             const imagesearch_match *match, int32_t style,
                                                             const imagesearch_call_options *call,
                                                             imagesearch_completion completion, void *user_data,
                                                             imagesearch_error **error, imagesearch_operation **operation);

/**
 * Waits for the end of an operation.
 *
 * operation: the operation. timeout: seconds; below 0 waits for ever, 0 only looks.
 * Returns: IMAGESEARCH_OK when it has ended, well or badly; IMAGESEARCH_TIMED_OUT when it still runs. Threads: any; blocks.
 * Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_wait(imagesearch_operation *operation, double timeout);

/**
 * Asks an operation to end; it ends within 100 ms, with IMAGESEARCH_CANCELLED unless it was done by then.
 *
 * operation: the operation, or NULL. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API void imagesearch_operation_cancel(imagesearch_operation *operation);

/**
 * Takes the page of a search that has ended. It can be taken once.
 *
 * operation: the operation. error: see above. page: receives the page.
 * Returns: the status of the search; IMAGESEARCH_INVALID_ARGUMENT when it still runs, was taken, or was no search.
 * Ownership: free the page with imagesearch_page_free(). Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_page(imagesearch_operation *operation,
                                                                   imagesearch_error **error, imagesearch_page **page);

/**
 * Takes the report of an add call that has ended; see imagesearch_operation_take_page().
 *
 * Returns: the status of the call. Ownership: free the report with imagesearch_add_report_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_report(imagesearch_operation *operation,
                                                                     imagesearch_error **error,
                                                                     imagesearch_add_report **report);

/**
 * Takes the quota of imagesearch_remaining_searches_start(); see imagesearch_operation_take_page().
 *
 * Returns: the status of the call. Ownership: free the quota with imagesearch_quota_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_quota(imagesearch_operation *operation,
                                                                    imagesearch_error **error, imagesearch_quota **quota);

/**
 * Takes the number of imagesearch_image_count_start(), or of imagesearch_remove_images_start(), where -1 means that the
 * provider does not tell; see imagesearch_operation_take_page().
 *
 * Returns: the status of the call. Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_count(imagesearch_operation *operation,
                                                                    imagesearch_error **error, int64_t *count);

/**
 * Takes the image of imagesearch_overlay_start(); see imagesearch_operation_take_page().
 *
 * Returns: the status of the call. Ownership: free it with imagesearch_bytes_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_operation_take_bytes(imagesearch_operation *operation,
                                                                    imagesearch_error **error, imagesearch_bytes **image);

/**
 * Cancels an operation if it still runs and frees it. The completion is called to its end all the same.
 *
 * operation: the operation, or NULL. Threads: one, not in a wait for it elsewhere; does not block. Since: 1.0.
 */
IMAGESEARCH_API void imagesearch_operation_free(imagesearch_operation *operation);

/* ---- Local index -------------------------------------------------------------------------------------------------------- */

/** How far a batch has come. */
typedef struct imagesearch_progress {
  /** The size of the struct in the library that calls; a later one may be longer. */
  size_t struct_size;
  /** Images that are done, unchanged and failed ones among them. */
  int64_t done;
  /** Images in all. */
  int64_t total;
  /** Images that failed. */
  int64_t failed;
  /** Images a second, over the last half minute. */
  double per_second;
  /** Seconds that the rest will take at that rate; NaN before anything is done. */
  double seconds_left;
} imagesearch_progress;

/**
 * Tells how far a batch has come, after every transaction of an index or call of a service. `progress` lives during the call
 * only. Called on a thread of the library, one call of it at a time; it must return soon and may call any function that does
 * not block. It is not called any more once the batch has returned, or its operation has called its completion.
 */
typedef void (*imagesearch_progress_callback)(const imagesearch_progress *progress, void *user_data);

/** How many images go into a local index. Start from IMAGESEARCH_BATCH_OPTIONS_INIT; what is 0 or NULL takes the default. */
typedef struct imagesearch_batch_options {
  /** sizeof(imagesearch_batch_options). */
  size_t struct_size;
  /** The category of every image of a folder, or NULL. */
  const char *category;
  /** Text that is returned with every match of an image of a folder, at most 4096 characters, or NULL. */
  const char *custom_content;
  /** Not 0: folders in the folder are left out. */
  int32_t not_recursive;
  /**
   * 0: every file is an item, named by its path within the folder. Not 0: every folder is an item with its files as
   * images, named by its path within the folder, "." for that folder itself.
   */
  int32_t item_per_folder;
  /** Images that are written in one transaction, 1-1000; what was written stays when the batch ends early. Default 32. */
  int32_t transaction_size;
  /** Images that are worked on at once, 1-256. Default: those of the index. */
  int32_t threads;
  /** Not 0: read every file, also one with the size and the time that it had. The same bytes stay unchanged all the same. */
  int32_t read_unchanged_files;
  /** Must be 0. */
  int32_t reserved;
} imagesearch_batch_options;

#define IMAGESEARCH_BATCH_OPTIONS_INIT                                                                                       \
  { sizeof(imagesearch_batch_options), NULL, NULL, 0, 0, 0, 0, 0, 0 }

/** How a local index is copied. Start from IMAGESEARCH_COPY_OPTIONS_INIT; what is 0 or NULL takes the default. */
typedef struct imagesearch_copy_options {
  /** sizeof(imagesearch_copy_options). */
  size_t struct_size;
  /**
   * What was copied is remembered in the index under this name, 1-256 characters, so that another call with it copies only
   * what is new. Default: the name of the service; give a name of your own to copy into two instances of one service.
   */
  const char *target;
  /** Not 0: send the thumbnail of an image whose file is not there any more or has changed. */
  int32_t send_thumbnails;
  /** Images given to the service in one call, 1-1000. Default 20. */
  int32_t call_size;
} imagesearch_copy_options;

#define IMAGESEARCH_COPY_OPTIONS_INIT                                                                                        \
  { sizeof(imagesearch_copy_options), NULL, 0, 0 }

/**
 * Adds the images of a folder to a local index, on several cores. An image that is there with the same bytes is skipped;
 * a file that has the size and the time that it had is not even read. So a batch that was ended goes on where it was when it
 * is started again. A bad file is an entry of the report and does not stop the rest.
 *
 * client: a local index. folder: its path. batch: how, or NULL. call: time limits of the whole batch, or NULL. progress:
 * called now and then, or NULL. user_data: passed to it. error: see above. report: receives one entry an image, in the
 * order of the paths.
 * Returns: IMAGESEARCH_OK when every image was tried, also if some failed;
 * IMAGESEARCH_FILE_NOT_READABLE when the folder cannot be read; IMAGESEARCH_UNSUPPORTED when the client is no local index;
 * or any other status, and what was written before stays.
 * Ownership: free the report with imagesearch_add_report_free().
 * Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_folder(
    imagesearch_client *client, const char *folder, const imagesearch_batch_options *batch,
    const imagesearch_call_options *call, imagesearch_progress_callback progress, void *user_data, imagesearch_error **error,
    imagesearch_add_report **report);

/**
 * Adds many items to a local index, as imagesearch_local_index_add_folder() does those of a folder. imagesearch_add_images()
 * in contrast is one transaction, without progress.
 *
 * client: a local index. items: pointers to the items. item_count: how many. batch: how, or NULL; what concerns folders and
 * names in it is not used. call, progress, user_data, error: as for a folder. report: receives one entry an image, in the
 * order given.
 * Returns: as imagesearch_local_index_add_folder().
 * Ownership: free the report with
 * imagesearch_add_report_free(). Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_items(
    imagesearch_client *client, const imagesearch_item *const *items, size_t item_count,
    const imagesearch_batch_options *batch, const imagesearch_call_options *call, imagesearch_progress_callback progress,
    void *user_data, imagesearch_error **error, imagesearch_add_report **report);

/**
 * Makes everything anew in a local index that follows from its images: damaged features, and all segments. Features are
 * made from the file that an image came from, if it still has the same bytes, otherwise from the thumbnail. Searches go on
 * meanwhile, and after an early end another call goes on where this one ended.
 *
 * client: a local index. call: time limits, or NULL. progress: called now and then, or NULL. user_data: passed to it. error:
 * see above. report: receives one entry an image: IMAGESEARCH_UNCHANGED when its features were good, IMAGESEARCH_REPLACED
 * when they were made anew, IMAGESEARCH_FAILED when nothing is left to make them of; such an image is found again once it
 * is added again.
 * Returns: IMAGESEARCH_OK or any other status.
 * Ownership: free the report with
 * imagesearch_add_report_free(). Threads: any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild(imagesearch_client *client,
                                                                   const imagesearch_call_options *call,
                                                                   imagesearch_progress_callback progress, void *user_data,
                                                                   imagesearch_error **error,
                                                                   imagesearch_add_report **report);

/**
 * Rebuilds the local index in a directory without a client, which is the way for one that cannot be opened because of
 * IMAGESEARCH_INDEX_VERSION_MISMATCH.
 *
 * path: the directory. The rest, what it returns and ownership: as imagesearch_local_index_rebuild();
 * IMAGESEARCH_INDEX_UNAVAILABLE when there is no index. Threads: any; blocks until the deadline at most. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_at(const char *path, const imagesearch_call_options *call,
                                                                      imagesearch_progress_callback progress,
                                                                      void *user_data, imagesearch_error **error,
                                                                      imagesearch_add_report **report);

/**
 * Copies all images of a local index into another service, for instance an Alibaba Cloud Image Search instance, under the
 * same item ids, names, categories and texts. An index stores no originals: they are the files that the images were added
 * from. What was copied is remembered, so that another call copies only what is new; what was removed here is not removed
 * there.
 *
 * client: a local index. target: a client that can add images. copy: how, or NULL. call: time limits of the whole copy, or
 * NULL. progress: called after every call of the service, or NULL. user_data: passed to it. error: see above. report:
 * receives one entry for each image that had not been copied; one whose file is gone has failed with
 * IMAGESEARCH_NOT_FOUND.
 * Returns: IMAGESEARCH_OK when every image was tried; IMAGESEARCH_UNSUPPORTED when `client` is no
 * local index or `target` takes no images; an error that the next image would meet too, such as
 * IMAGESEARCH_CAPACITY_REACHED; or any other status.
 * Ownership: free the report with imagesearch_add_report_free(). Threads:
 * any; blocks, see imagesearch_search(). Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_copy(
    imagesearch_client *client, imagesearch_client *target, const imagesearch_copy_options *copy,
    const imagesearch_call_options *call, imagesearch_progress_callback progress, void *user_data, imagesearch_error **error,
    imagesearch_add_report **report);

/**
 * Starts to add a folder; see imagesearch_local_index_add_folder() and imagesearch_search_start(). The report is taken with
 * imagesearch_operation_take_report().
 *
 * progress, completion: called with the same user_data; either may be NULL.
 * Returns: IMAGESEARCH_OK when it runs.
 * Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_folder_start(
    imagesearch_client *client, const char *folder, const imagesearch_batch_options *batch,
    const imagesearch_call_options *call, imagesearch_progress_callback progress, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Starts to add items; see imagesearch_local_index_add_items() and imagesearch_local_index_add_folder_start().
 *
 * Returns: IMAGESEARCH_OK when it runs.
 * Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_add_items_start(
    imagesearch_client *client, const imagesearch_item *const *items, size_t item_count,
    const imagesearch_batch_options *batch, const imagesearch_call_options *call, imagesearch_progress_callback progress,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Starts to rebuild; see imagesearch_local_index_rebuild() and imagesearch_local_index_add_folder_start().
 *
 * Returns: IMAGESEARCH_OK when it runs.
 * Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_start(
    imagesearch_client *client, const imagesearch_call_options *call, imagesearch_progress_callback progress,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Starts to rebuild the index in a directory; see imagesearch_local_index_rebuild_at() and
 * imagesearch_local_index_add_folder_start().
 *
 * Returns: IMAGESEARCH_OK when it runs.
 * Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_rebuild_at_start(
    const char *path, const imagesearch_call_options *call, imagesearch_progress_callback progress,
    imagesearch_completion completion, void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/**
 * Starts to copy; see imagesearch_local_index_copy() and imagesearch_local_index_add_folder_start(). Both clients may be
 * freed while it runs, which ends it.
 *
 * Returns: IMAGESEARCH_OK when it runs.
 * Ownership: free the operation with imagesearch_operation_free().
 * Threads: any; does not block. Since: 1.0.
 */
IMAGESEARCH_API imagesearch_status imagesearch_local_index_copy_start(
    imagesearch_client *client, imagesearch_client *target, const imagesearch_copy_options *copy,
    const imagesearch_call_options *call, imagesearch_progress_callback progress, imagesearch_completion completion,
    void *user_data, imagesearch_error **error, imagesearch_operation **operation);

/* ---- Pages -------------------------------------------------------------------------------------------------------------- */

/** Frees a page with its matches. page: the page, or NULL. Threads: one; does not block. Since: 1.0. */
IMAGESEARCH_API void imagesearch_page_free(imagesearch_page *page);
/** The name of the service that answered. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_page_service(const imagesearch_page *page);
/** How many matches are on the page. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_page_match_count(const imagesearch_page *page);
/** A match, best first; NULL when there is none of that index. Borrowed from the page. Threads: any. Since: 1.0. */
IMAGESEARCH_API const imagesearch_match *imagesearch_page_match(const imagesearch_page *page, size_t index);
/** How many matches there are in all; -1 when the service does not tell. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_page_total(const imagesearch_page *page);
/** The position of the first match of the page, from 0. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_page_offset(const imagesearch_page *page);
/** The offset of the page that follows, which counts what a minimum score left out too. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_page_next_offset(const imagesearch_page *page);
/** 1 when another page may follow, else 0. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_page_has_more(const imagesearch_page *page);
/** The provider's identifier of the request, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_page_request_id(const imagesearch_page *page);
/** How many warnings the provider gave. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_page_warning_count(const imagesearch_page *page);
/** A warning; NULL when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_page_warning(const imagesearch_page *page, size_t index);
/** The body of the answer as it came; `length`, if not NULL, receives its size. Threads: any. Since: 1.0. */
IMAGESEARCH_API const uint8_t *imagesearch_page_raw(const imagesearch_page *page, size_t *length);

/* ---- Matches: NaN, -1 or NULL where the service does not tell ----------------------------------------------------------- */

/** How little was changed, 0-100; NaN if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_match_score(const imagesearch_match *match);
/** How certain it is that this is the same image, 0-1; NaN if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_match_confidence(const imagesearch_match *match);
/** URL of the matched image or its thumbnail. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_image_url(const imagesearch_match *match);
/** URL of the product's page or of the first page with the image. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_page_url(const imagesearch_match *match);
/** The site. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_domain(const imagesearch_match *match);
/** The format of the matched image, for instance "JPEG". Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_format(const imagesearch_match *match);
/** Width in pixels; -1 if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_match_width(const imagesearch_match *match);
/** Height in pixels; -1 if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_match_height(const imagesearch_match *match);
/** Size of the file in bytes; -1 if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_match_file_size(const imagesearch_match *match);
/** The item that the image belongs to. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_item_id(const imagesearch_match *match);
/** The name of the image within its item. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_image_name(const imagesearch_match *match);
/** The category of the item. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_category(const imagesearch_match *match);
/** The text stored with the item. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_custom_content(const imagesearch_match *match);
/** The product's title. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_title(const imagesearch_match *match);
/** The product's price as decimal text. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_price(const imagesearch_match *match);
/** The currency of the price, ISO 4217. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_currency(const imagesearch_match *match);
/**
 * What only this service tells of a match, by the name that the provider gives the field (nested ones joined by dots, for
 * instance "shop_info.company_name"), as text. match: the match. name: the field. Returns: text, or NULL. Threads: any.
 * Since: 1.0.
 */
IMAGESEARCH_API const char *imagesearch_match_detail(const imagesearch_match *match, const char *name);
/** How many such fields there are. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_match_detail_count(const imagesearch_match *match);
/** The name of such a field, in the order of the alphabet; NULL when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_detail_name(const imagesearch_match *match, size_t index);
/** The value of the field of that index; NULL when there is none. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_detail_value(const imagesearch_match *match, size_t index);
/** URL of the provider's overlay of query and match. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_overlay_url(const imagesearch_match *match);
/**
 * How coordinates of the query map to those of the match: m11 m12 m13 m21 m22 m23, x' = m11 x + m12 y + m13.
 * values: receives six numbers. Returns: 1 when it is known, else 0. Threads: any. Since: 1.0.
 */
IMAGESEARCH_API int32_t imagesearch_match_transform(const imagesearch_match *match, double values[6]);
/** 1 when the match is a mirror image of the query, 0 when not, -1 if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_match_is_mirrored(const imagesearch_match *match);
/** Share of the query that the match covers, in percent; NaN if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_match_query_overlap(const imagesearch_match *match);
/** Share of the match that the query covers, in percent; NaN if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_match_match_overlap(const imagesearch_match *match);
/** How many tags the match has. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_match_tag_count(const imagesearch_match *match);
/** A tag; NULL when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_match_tag(const imagesearch_match *match, size_t index);

/** A page on which an image was found; each text may be NULL. This struct never grows. */
typedef struct imagesearch_backlink {
  /** URL of the image on that page. */
  const char *image_url;
  /** URL of the page. */
  const char *page_url;
  /** The day it was crawled, YYYY-MM-DD. */
  const char *crawl_date;
} imagesearch_backlink;

/**
 * The pages with the matched image. match: the match. count: receives how many; may be NULL.
 * Returns: an array borrowed from the page; NULL when there is none. Threads: any. Since: 1.0.
 */
IMAGESEARCH_API const imagesearch_backlink *imagesearch_match_backlinks(const imagesearch_match *match, size_t *count);

/* ---- Quotas ------------------------------------------------------------------------------------------------------------- */

/** Frees a quota. quota: the quota, or NULL. Threads: one; does not block. Since: 1.0. */
IMAGESEARCH_API void imagesearch_quota_free(imagesearch_quota *quota);
/** What is left in all; -1 when there is no limit. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_quota_remaining(const imagesearch_quota *quota);
/** One of IMAGESEARCH_UNIT_*. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_quota_unit(const imagesearch_quota *quota);
/** Requests a second that the plan allows; NaN if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_quota_per_second(const imagesearch_quota *quota);
/** How many bundles there are. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_quota_bundle_count(const imagesearch_quota *quota);
/** What is left of a bundle; -1 if unknown. Threads: any. Since: 1.0. */
IMAGESEARCH_API int64_t imagesearch_quota_bundle_remaining(const imagesearch_quota *quota, size_t index);
/** When a bundle began, as the provider writes it, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_quota_bundle_start(const imagesearch_quota *quota, size_t index);
/** When a bundle ends, as the provider writes it, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_quota_bundle_end(const imagesearch_quota *quota, size_t index);

/* ---- Add reports -------------------------------------------------------------------------------------------------------- */

/** What became of an image. */
enum {
  IMAGESEARCH_ADDED = 0,
  IMAGESEARCH_REPLACED = 1,
  IMAGESEARCH_UNCHANGED = 2,
  IMAGESEARCH_FAILED = 3
};

/** Frees a report. report: the report, or NULL. Threads: one; does not block. Since: 1.0. */
IMAGESEARCH_API void imagesearch_add_report_free(imagesearch_add_report *report);
/** How many entries there are, one an image. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_add_report_count(const imagesearch_add_report *report);
/** How many images failed. Threads: any. Since: 1.0. */
IMAGESEARCH_API size_t imagesearch_add_report_failed_count(const imagesearch_add_report *report);
/** The item of an entry; NULL when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_add_report_item_id(const imagesearch_add_report *report, size_t index);
/** The image of an entry; NULL when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_add_report_image_name(const imagesearch_add_report *report, size_t index);
/** One of IMAGESEARCH_ADDED ... IMAGESEARCH_FAILED; -1 when there is none of that index. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_add_report_outcome(const imagesearch_add_report *report, size_t index);
/** What to know although it worked, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_add_report_warning(const imagesearch_add_report *report, size_t index);
/** Why an entry failed, borrowed from the report; NULL when it did not. Threads: any. Since: 1.0. */
IMAGESEARCH_API const imagesearch_error *imagesearch_add_report_error(const imagesearch_add_report *report, size_t index);

/* ---- Bytes -------------------------------------------------------------------------------------------------------------- */

/** Frees bytes. bytes: the handle, or NULL. Threads: one; does not block. Since: 1.0. */
IMAGESEARCH_API void imagesearch_bytes_free(imagesearch_bytes *bytes);
/** The bytes; `length`, if not NULL, receives their number. Threads: any. Since: 1.0. */
IMAGESEARCH_API const uint8_t *imagesearch_bytes_data(const imagesearch_bytes *bytes, size_t *length);

/* ---- Errors ------------------------------------------------------------------------------------------------------------- */

/** Frees an error. error: the error, or NULL; never a borrowed one. Threads: one; does not block. Since: 1.0. */
IMAGESEARCH_API void imagesearch_error_free(imagesearch_error *error);
/** The status; IMAGESEARCH_OK for NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API imagesearch_status imagesearch_error_status(const imagesearch_error *error);
/** One sentence for a person, without secrets. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_error_message(const imagesearch_error *error);
/** The service that failed, or "". Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_error_service(const imagesearch_error *error);
/** The HTTP status of the answer; 0 when there was none. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_error_http_status(const imagesearch_error *error);
/** The provider's own code, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_error_provider_code(const imagesearch_error *error);
/** The provider's own words, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_error_provider_message(const imagesearch_error *error);
/** The provider's identifier of the request, or NULL. Threads: any. Since: 1.0. */
IMAGESEARCH_API const char *imagesearch_error_request_id(const imagesearch_error *error);
/** Seconds that the provider asked to wait; NaN if it did not. Threads: any. Since: 1.0. */
IMAGESEARCH_API double imagesearch_error_retry_after(const imagesearch_error *error);
/** How many times a request was sent; 0 when nothing left this machine. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_error_attempts(const imagesearch_error *error);
/** 1 when a paid search may have been counted although no answer arrived, else 0. Threads: any. Since: 1.0. */
IMAGESEARCH_API int32_t imagesearch_error_may_have_been_charged(const imagesearch_error *error);

#ifdef __cplusplus
}
#endif

#endif
