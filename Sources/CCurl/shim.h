#ifndef IMAGESEARCH_CCURL_SHIM_H
#define IMAGESEARCH_CCURL_SHIM_H
#include <curl/curl.h>
#endif
