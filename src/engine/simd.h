/* Vectors of `real` as compilers offer them: NN_VECTOR_BYTES wide, which an instance of the
 * engine defines for the processor that it is compiled for. Arithmetic on them is written with
 * the ordinary operators. A tile of a matrix product has NN_TILE_VECTORS x NN_TILE_COLUMNS
 * vectors in registers. */
#ifndef NN_SIMD_H
#define NN_SIMD_H

#include "real.h"

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

#define VEC_LOAD(p) ((vec) * (const vec_at*) (p))
#define VEC_STORE(p, v) (*(vec_at*) (p) = (v))

/* Four numbers, and those of two fours that the indices 0 .. 7 name. */
typedef real four __attribute__((vector_size(4 * sizeof(real))));
typedef real four_at __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));
#define FOUR_LOAD(p) ((four) * (const four_at*) (p))
#define FOUR_STORE(p, v) (*(four_at*) (p) = (v))
#if defined(__clang__) || __GNUC__ >= 12
#define FOUR_PICK(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
typedef __typeof__((four){0} == (four){0}) four_index;
#define FOUR_PICK(x, y, ...) __builtin_shuffle(x, y, (four_index){__VA_ARGS__})
#endif

#define NN_INLINE static inline __attribute__((always_inline))

#endif
