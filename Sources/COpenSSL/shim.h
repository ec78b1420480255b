#ifndef IMAGESEARCH_COPENSSL_SHIM_H
#define IMAGESEARCH_COPENSSL_SHIM_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
/* getrandom and the names of threads, which Swift's module of the C library leaves out. */
#include <sys/random.h>
extern int pthread_setname_np(unsigned long thread, const char *name);

/* Leaves memory out of core dumps; the constant is none that every standard has. */
#ifndef MADV_DONTDUMP
#define MADV_DONTDUMP 16
#endif
static const int imagesearch_madv_dontdump = MADV_DONTDUMP;

/* Refuses to ask for a password: without a callback OpenSSL asks at the terminal. */
static inline int imagesearch_no_password(char *buffer, int size, int writing, void *context) {
  (void)buffer, (void)size, (void)writing, (void)context;
  return -1;
}
#endif
