#define _GNU_SOURCE
#include "mapped_file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* There are few segments: about fifteen for a million images; and a connection to the database needs one or two. */
enum { GUARDS = 1024 };

typedef struct {
  atomic_bool taken;
  /* 0 for none; written last, so that the handler never sees half an entry. */
  atomic_uintptr_t start;
  atomic_size_t length;
  atomic_int protection;
  atomic_bool broken;
} guard;

static guard guards[GUARDS];
static struct sigaction before;
static uintptr_t page_size;
static bool installed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Replaces the rest of the ranges by zeros, from the page that could not be read. Several guards may cover one range. */
static bool mend(uintptr_t address) {
  uintptr_t end = 0;
  int protection = PROT_READ;
  for (int i = 0; i < GUARDS; i++) {
    uintptr_t start = atomic_load(&guards[i].start);
    size_t length = atomic_load(&guards[i].length);
    if (start == 0 || address < start || address - start >= length) continue;
    atomic_store(&guards[i].broken, true);
    protection |= atomic_load(&guards[i].protection);
    uintptr_t last = (start + length + page_size - 1) & ~(page_size - 1);
    if (last > end) end = last;
  }
  if (end == 0) return false;
  uintptr_t page = address & ~(page_size - 1);
  /* Only a system call, so it is safe in a signal handler. */
  return mmap((void *)page, end - page, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static void hand_on(int number, siginfo_t *info, void *context) {
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(number, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(number);
  } else if (info->si_code > 0) {
    /* The instruction faults again when this returns, and the system ends the process as it would have. */
    signal(SIGBUS, SIG_DFL);
  } else if (before.sa_handler == SIG_DFL) {
    /* Sent by a process: it is delivered again when this returns. */
    signal(SIGBUS, SIG_DFL);
    raise(SIGBUS);
  }
}

static void on_bus_error(int number, siginfo_t *info, void *context) {
  int kept = errno;
  if (info->si_code != BUS_ADRERR || !mend((uintptr_t)info->si_addr)) hand_on(number, info, context);
  errno = kept;
}

static void install(void) {
  long size = sysconf(_SC_PAGESIZE);
  if (size <= 0) return;
  page_size = (uintptr_t)size;
  /* Read first, because a signal may arrive between the two calls. */
  if (sigaction(SIGBUS, NULL, &before) != 0) return;
  struct sigaction action = {0};
  action.sa_sigaction = on_bus_error;
  /* On the alternate stack if the thread has one, as Go's and Java's threads require. */
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  installed = sigaction(SIGBUS, &action, NULL) == 0;
}

int mapped_file_guard(const void *start, size_t length, bool writable) {
  if (start == NULL || length == 0) return -1;
  pthread_once(&once, install);
  if (!installed) return -1;
  for (int i = 0; i < GUARDS; i++) {
    bool free = false;
    if (!atomic_compare_exchange_strong(&guards[i].taken, &free, true)) continue;
    atomic_store(&guards[i].broken, false);
    atomic_store(&guards[i].length, length);
    atomic_store(&guards[i].protection, writable ? PROT_READ | PROT_WRITE : PROT_READ);
    atomic_store(&guards[i].start, (uintptr_t)start);
    return i;
  }
  return -1;
}

bool mapped_file_is_broken(int guard) {
  return guard >= 0 && guard < GUARDS && atomic_load_explicit(&guards[guard].broken, memory_order_acquire);
}

void mapped_file_unguard(int guard) {
  if (guard < 0 || guard >= GUARDS) return;
  atomic_store(&guards[guard].start, 0);
  atomic_store(&guards[guard].taken, false);
}
