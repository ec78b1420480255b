/* How one loop is compiled for several instruction sets: its body is an always-inlined function, and each variant is a
 * function with a target attribute around it. FMA is left out on purpose: it would round differently. */
#ifndef MATCHING_DISPATCH_H
#define MATCHING_DISPATCH_H

#define MATCHING_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define MATCHING_AVX2 __attribute__((target("avx2,popcnt")))
#define MATCHING_HAS_AVX2 matching_has_avx2()

/* Written by any thread with the same value, so relaxed races are harmless; -1 is "not chosen yet". */
static inline int matching_has_avx2(void) {
  static _Atomic int known = -1;
  int has = known;
  if (has < 0) {
    __builtin_cpu_init();
    has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") ? 1 : 0;
    known = has;
  }
  return has;
}
#endif

#endif
