#include "gemm-tile.h"

/* The tile as named variables x<vector><column>, since arrays would live in memory. Branches on
 * `vectors` and `columns` are decided by the compiler: the body is inlined with constants. */

#if NN_TILE_COLUMNS == 8
#define EACH_COLUMN(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#else
#define EACH_COLUMN(F) F(0) F(1) F(2) F(3) F(4) F(5)
#endif

#define TILE_START(j)                                                    \
  vec x0##j = {0}, x1##j = {0}, x2##j = {0};                             \
  if (j < columns) {                                                     \
    const real* from = t->add ? t->c + j * t->c_column : t->bias;        \
    if (from) {                                                          \
      x0##j = VEC_LOAD(from);                                            \
      if (vectors > 1) x1##j = VEC_LOAD(from + LANES);                   \
      if (vectors > 2) x2##j = VEC_LOAD(from + 2 * LANES);               \
    }                                                                    \
  }

#define TILE_ADD(j)                          \
  if (j < columns) {                         \
    real s = b[j * b_column];                \
    x0##j += a0 * s;                         \
    if (vectors > 1) x1##j += a1 * s;        \
    if (vectors > 2) x2##j += a2 * s;        \
  }

#define TILE_END(j)                                            \
  if (j < columns) {                                           \
    real* to = t->c + j * t->c_column;                         \
    VEC_STORE(to, x0##j);                                      \
    if (vectors > 1) VEC_STORE(to + LANES, x1##j);             \
    if (vectors > 2) VEC_STORE(to + 2 * LANES, x2##j);         \
  }

NN_INLINE void tile_body(const gemm_tile* t, const int vectors, const int columns) {
  const real *a = t->a, *b = t->b;
  const size_t a_step = t->a_step, b_step = t->b_step, b_column = t->b_column;
  EACH_COLUMN(TILE_START)
  for (size_t p = t->k; p > 0; --p, a += a_step, b += b_step) {
    vec a0 = VEC_LOAD(a), a1 = a0, a2 = a0;
    if (vectors > 1) a1 = VEC_LOAD(a + LANES);
    if (vectors > 2) a2 = VEC_LOAD(a + 2 * LANES);
    EACH_COLUMN(TILE_ADD)
  }
  EACH_COLUMN(TILE_END)
}

#define TILE_CASE(c) \
  case c: tile_body(t, vectors, c); break;

NN_INLINE void tile_columns(const gemm_tile* t, const int vectors, int columns) {
  switch (columns) {
    TILE_CASE(1)
    TILE_CASE(2)
    TILE_CASE(3)
    TILE_CASE(4)
    TILE_CASE(5)
#if NN_TILE_COLUMNS == 8
    TILE_CASE(6)
    TILE_CASE(7)
#endif
    default: tile_body(t, vectors, NN_TILE_COLUMNS);
  }
}

NN_PRIVATE void tile_run(const gemm_tile* t, int vectors, int columns) {
  if (vectors == 1) {
    tile_columns(t, 1, columns);
  } else if (vectors == 2) {
    tile_columns(t, 2, columns);
  } else {
    tile_columns(t, NN_TILE_VECTORS, columns);
  }
}
