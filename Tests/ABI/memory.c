/*
 * What the library leaves in the process's memory.
 *   memory growth FOLDER IMAGE            KiB that 200 times open, search, free of an index leave
 *   memory searches FOLDER SMALL LARGE    KiB above idle that 50 searches with a large image leave
 *   memory key SERVICE [BASE] < KEY       copies of a key after opening, after calls at BASE, and after closing a client
 */
#define _GNU_SOURCE
#include "support.h"
#include <fcntl.h>

static long resident(void) {
  long all = 0, kept = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  EXPECT(file != NULL && fscanf(file, "%ld %ld", &all, &kept) == 2);
  fclose(file);
  return kept * (sysconf(_SC_PAGESIZE) >> 10);
}

static void search(imagesearch_client *client, const char *path) {
  imagesearch_image image = file(path);
  imagesearch_search_options options = IMAGESEARCH_SEARCH_OPTIONS_INIT;
  imagesearch_page *page = NULL;
  options.effort = IMAGESEARCH_EFFORT_FAST;
  EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_search(client, &image, &options, &error, &page));
  imagesearch_page_free(page);
}

static void growth(const char *folder, const char *path) {
  long first = 0, last;
  int i;
  for (i = 0; i < 220; i++) {
    imagesearch_client *client = open_index(folder);
    search(client, path);
    imagesearch_client_free(client);
    if (i == 19) first = resident();
  }
  /* The threads of the last ones may still be on their way. */
  for (i = 0; (last = resident()) - first > 10 << 10 && i < 50; i++) nap(0.1);
  printf("%ld\n", last - first);
}

static void searches(const char *folder, const char *small, const char *large) {
  imagesearch_client *client = open_index(folder);
  long idle, last;
  int i;
  search(client, small);
  idle = resident();
  for (i = 0; i < 50; i++) search(client, large);
  for (i = 0; (last = resident()) - idle > 15 << 10 && i < 20; i++) nap(0.1);
  printf("%ld\n", last - idle);
  imagesearch_client_free(client);
}

/* The key that is looked for, never itself in memory but while it is lent. */
enum { LENGTH = 32 };
static unsigned char masked[LENGTH];

static int is_key(const unsigned char *bytes) {
  int i = 0;
  while (i < LENGTH && (bytes[i] ^ 0x5a) == masked[i]) i++;
  return i == LENGTH;
}

/* What lies on the stack from calls that have returned. */
static void clear_stack(void) {
  volatile unsigned char old[256 << 10];
  size_t i;
  for (i = 0; i < sizeof old; i++) old[i] = 0;
}

/* Reads what the process may write, as a debugger would. */
static int copies(void) {
  static unsigned char buffer[(1 << 16) + LENGTH];
  FILE *maps = fopen("/proc/self/maps", "r");
  int memory = open("/proc/self/mem", O_RDONLY), found = 0;
  char line[512], rights[8];
  unsigned long from, to, at;
  EXPECT(maps != NULL && memory >= 0);
  clear_stack();
  while (fgets(line, sizeof line, maps) != NULL) {
    if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r' || rights[1] != 'w') continue;
    for (at = from; at < to; at += 1 << 16) {
      ssize_t count = pread(memory, buffer, sizeof buffer, (off_t)at), i;
      for (i = 0; i + LENGTH <= count && i < 1 << 16 && at + (unsigned long)i < to; i++) {
        /* The copy in the buffer is this function's own. */
        if (is_key(buffer + i) && (at + (unsigned long)i < (unsigned long)buffer ||
                                      at + (unsigned long)i >= (unsigned long)buffer + sizeof buffer)) {
          found++;
          if (getenv("SHOW")) fprintf(stderr, "%lx in %s", at + (unsigned long)i, line);
        }
      }
    }
  }
  memset(buffer, 0, sizeof buffer);
  fclose(maps);
  close(memory);
  return found;
}

static imagesearch_client *open_with(const char *service, const char *base, const char *key) {
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  imagesearch_client *client = NULL;
  options.base_url = base;
  options.requests_per_minute = 1000000;
  options.proxy = "";
  if (strcmp(service, "tmapi") == 0) {
    imagesearch_tmapi_options keys = IMAGESEARCH_TMAPI_OPTIONS_INIT;
    keys.api_token = key;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_tmapi_open(&keys, &options, &error, &client));
  } else if (strcmp(service, "alibaba") == 0) {
    imagesearch_alibaba_cloud_options keys = IMAGESEARCH_ALIBABA_CLOUD_OPTIONS_INIT;
    keys.access_key_id = "testid";
    keys.access_key_secret = key;
    keys.instance = "goods";
    keys.region = "cn-shanghai";
    keys.endpoint = base;
    options.base_url = NULL;
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_alibaba_cloud_open(&keys, &options, &error, &client));
  } else {
    imagesearch_tineye_options keys = IMAGESEARCH_TINEYE_OPTIONS_INIT;
    if (strcmp(service, "tineye") == 0) {
      keys.api_key = key;
    } else {
      keys.public_key = "public";
      keys.private_key = key;
    }
    EXPECT_STATUS(IMAGESEARCH_OK, imagesearch_tineye_open(&keys, &options, &error, &client));
  }
  return client;
}

static void key(const char *service, const char *base) {
  static char text[LENGTH + 1];
  imagesearch_client *client;
  int i, opened;
  EXPECT(read(0, text, LENGTH) == LENGTH);
  for (i = 0; i < LENGTH; i++) masked[i] = (unsigned char)(text[i] ^ 0x5a);
  client = open_with(service, base ? base : "http://127.0.0.1:9/", text);
  memset(text, 0, sizeof text);
  opened = copies();
  for (i = 0; base && i < 30; i++) {
    imagesearch_quota *quota = NULL;
    imagesearch_get_quota(client, NULL, NULL, &quota);
    imagesearch_quota_free(quota);
  }
  imagesearch_client_close(client);
  printf("opened: %d, closed: %d", opened, copies());
  imagesearch_client_free(client);
  printf(", freed: %d\n", copies());
}

int main(int count, char **arguments) {
  alarm(280);
  if (count == 4 && strcmp(arguments[1], "growth") == 0) growth(arguments[2], arguments[3]);
  else if (count == 5 && strcmp(arguments[1], "searches") == 0) searches(arguments[2], arguments[3], arguments[4]);
  else if ((count == 3 || count == 4) && strcmp(arguments[1], "key") == 0) key(arguments[2], arguments[3]);
  else return 2;
  return failures != 0;
}
