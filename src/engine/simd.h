/* Vectors of `real` as compilers offer them: NN_VECTOR_BYTES wide, which an instance of the
 * engine defines for the processor that it is compiled for. Arithmetic on them is written with
 * the ordinary operators. A tile of a matrix product has NN_TILE_VECTORS x NN_TILE_COLUMNS
 * vectors in registers. */
#ifndef NN_SIMD_H
#define NN_SIMD_H

#include "real.h"

#ifdef __x86_64__
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef NN_VECTOR_BYTES
#define NN_VECTOR_BYTES 16
#endif

#if NN_VECTOR_BYTES == 64 || defined(__aarch64__)
#define NN_TILE_VECTORS 3
#define NN_TILE_COLUMNS 8
#else
#define NN_TILE_VECTORS 2
#define NN_TILE_COLUMNS 6
#endif

enum { LANES = NN_VECTOR_BYTES / sizeof(real) };

typedef real vec __attribute__((vector_size(NN_VECTOR_BYTES)));
/* The same in memory, where it begins at any number. */
typedef real vec_at __attribute__((vector_size(NN_VECTOR_BYTES), aligned(sizeof(real)), may_alias));

#define NN_INLINE static inline __attribute__((always_inline))

#define VEC_LOAD(p) ((vec) * (const vec_at*) (p))
#define VEC_STORE(p, v) (*(vec_at*) (p) = (v))

/* Comparisons give whole lanes of ones or zeros. */
typedef __typeof__((vec){0} == (vec){0}) vec_mask;

/* Loads and stores of a vector's first 0 < n < LANES numbers; the other lanes are 0. */
#if NN_VECTOR_BYTES == 64
#define PART_BITS(n) ((1u << (n)) - 1u)
NN_INLINE vec part_load(const real* p, size_t n) {
  if (sizeof(real) == sizeof(float)) return (vec) _mm512_maskz_loadu_ps((__mmask16) PART_BITS(n), p);
  return (vec) _mm512_maskz_loadu_pd((__mmask8) PART_BITS(n), p);
}
NN_INLINE void part_store(real* p, vec v, size_t n) {
  if (sizeof(real) == sizeof(float)) {
    _mm512_mask_storeu_ps(p, (__mmask16) PART_BITS(n), (__m512) v);
  } else {
    _mm512_mask_storeu_pd(p, (__mmask8) PART_BITS(n), (__m512d) v);
  }
}
#else
#if NN_VECTOR_BYTES == 32
NN_INLINE vec part_load(const real* p, size_t n) {
  if (sizeof(real) == sizeof(float)) {
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i where = _mm256_cmpgt_epi32(_mm256_set1_epi32((int) n), lane);
    return (vec) _mm256_maskload_ps((const float*) p, where);
  }
  __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
  __m256i where = _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long) n), lane);
  return (vec) _mm256_maskload_pd((const double*) p, where);
}
#else
NN_INLINE vec part_load(const real* p, size_t n) {
  vec v = {0};
  for (size_t l = 0; l < n; ++l) v[l] = p[l];
  return v;
}
#endif
/* Halves, quarters, .. of the vector, as n is made of them. */
NN_INLINE void part_store(real* p, vec v, size_t n) {
  real lanes[LANES];
  VEC_STORE(lanes, v);
  const real* from = lanes;
#define PART_COPY(size)                          \
  if (LANES > (size) && (n & (size))) {          \
    memcpy(p, from, (size) * sizeof(real));      \
    p += (size);                                 \
    from += (size);                              \
  }
  PART_COPY(4)
  PART_COPY(2)
  PART_COPY(1)
#undef PART_COPY
}
#endif

/* Loops over n numbers take LANES at a time; `left` says how many there are from here on, so
 * that the last vector may be part of one. */
NN_INLINE vec vec_load(const real* p, size_t left) {
  return left >= LANES ? VEC_LOAD(p) : part_load(p, left);
}

NN_INLINE void vec_store(real* p, vec v, size_t left) {
  if (left >= LANES) {
    VEC_STORE(p, v);
  } else {
    part_store(p, v, left);
  }
}

NN_INLINE vec vec_select(vec_mask where, vec yes, vec no) {
  return (vec) ((where & (vec_mask) yes) | (~where & (vec_mask) no));
}

/* The compilers' vectors have no square root of their own. */
#if NN_VECTOR_BYTES == 64
#define VEC_SQRT_F(v) ((vec) _mm512_sqrt_ps((__m512) (v)))
#define VEC_SQRT_D(v) ((vec) _mm512_sqrt_pd((__m512d) (v)))
#elif NN_VECTOR_BYTES == 32
#define VEC_SQRT_F(v) ((vec) _mm256_sqrt_ps((__m256) (v)))
#define VEC_SQRT_D(v) ((vec) _mm256_sqrt_pd((__m256d) (v)))
#elif defined(__x86_64__)
#define VEC_SQRT_F(v) ((vec) _mm_sqrt_ps((__m128) (v)))
#define VEC_SQRT_D(v) ((vec) _mm_sqrt_pd((__m128d) (v)))
#elif defined(__aarch64__)
#define VEC_SQRT_F(v) ((vec) vsqrtq_f32((float32x4_t) (v)))
#define VEC_SQRT_D(v) ((vec) vsqrtq_f64((float64x2_t) (v)))
#endif

NN_INLINE vec vec_sqrt(vec v) {
#ifdef VEC_SQRT_F
  return sizeof(real) == sizeof(float) ? VEC_SQRT_F(v) : VEC_SQRT_D(v);
#else
  for (int l = 0; l < LANES; ++l) v[l] = sqrt(v[l]);
  return v;
#endif
}

/* Four numbers, and those of two fours that the indices 0 .. 7 name. */
typedef real vec_four __attribute__((vector_size(4 * sizeof(real))));
typedef real four_at __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));
#define FOUR_LOAD(p) ((vec_four) * (const four_at*) (p))
#define FOUR_STORE(p, v) (*(four_at*) (p) = (v))
#if defined(__clang__) || __GNUC__ >= 12
#define FOUR_PICK(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
typedef __typeof__((vec_four){0} == (vec_four){0}) four_index;
#define FOUR_PICK(x, y, ...) __builtin_shuffle(x, y, (four_index){__VA_ARGS__})
#endif

/* The rows a, b, c, d of a 4 x 4 square become columns, `step` apart. */
#define FOURS_TURN(a, b, c, d, to, step)                                                 \
  do {                                                                                   \
    vec_four ab = FOUR_PICK(a, b, 0, 4, 1, 5), cd = FOUR_PICK(c, d, 0, 4, 1, 5);         \
    vec_four ab_2 = FOUR_PICK(a, b, 2, 6, 3, 7), cd_2 = FOUR_PICK(c, d, 2, 6, 3, 7);     \
    FOUR_STORE(to, FOUR_PICK(ab, cd, 0, 1, 4, 5));                                       \
    FOUR_STORE((to) + (step), FOUR_PICK(ab, cd, 2, 3, 6, 7));                            \
    FOUR_STORE((to) + 2 * (step), FOUR_PICK(ab_2, cd_2, 0, 1, 4, 5));                    \
    FOUR_STORE((to) + 3 * (step), FOUR_PICK(ab_2, cd_2, 2, 3, 6, 7));                    \
  } while (0)

#endif
