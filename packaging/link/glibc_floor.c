/* What the toolchain's static libraries ask of a newer glibc than 2.34, the floor of the shared object (manylinux_2_34). */

float hypotf(float x, float y);

/* glibc exports a faster hypotf since 2.35, and the Swift overlay of <tgmath.h>, which is linked in as a whole, refers to it. As in glibc's
   own: squares and sum are exact enough in double that only the conversion to float rounds visibly, and nothing overflows. */
float hypotf(float x, float y) {
  if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inff();
  return (float)__builtin_sqrt((double)x * (double)x + (double)y * (double)y);
}
