#ifndef IMAGESEARCH_COPENSSL_SHIM_H
#define IMAGESEARCH_COPENSSL_SHIM_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
/* getrandom and thread names, which Swift's module of the C library omits. */
#include <sys/random.h>
extern int pthread_setname_np(unsigned long thread, const char *name);

/* Excludes memory from core dumps; the constant is not in every standard. */
#ifndef MADV_DONTDUMP
#define MADV_DONTDUMP 16
#endif
static const int imagesearch_madv_dontdump = MADV_DONTDUMP;

/* Refuses to provide a password: without a callback OpenSSL prompts at the terminal. */
static inline int imagesearch_no_password(char *buffer, int size, int writing, void *context) {
  (void)buffer, (void)size, (void)writing, (void)context;
  return -1;
}
#endif
