/* load LIBRARY...: loads each library in turn in this process, and prints the time of each in microseconds. */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

int main(int count, char **names) {
  for (int i = 1; i < count; i++) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    void *library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (library == NULL) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    printf("%.0f\n", (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3);
  }
  return 0;
}
