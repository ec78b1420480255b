#ifndef IMAGESEARCH_COPENSSL_SHIM_H
#define IMAGESEARCH_COPENSSL_SHIM_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
/* getrandom and the names of threads, which Swift's module of the C library leaves out. */
#include <pthread.h>
#include <sys/random.h>
extern int pthread_setname_np(pthread_t thread, const char *name);
#endif
