#include "gemm-product.h"

#include "simd.h"

/* Products that would leave a tile mostly empty.
 *
 * Few rows of A' B: each number is a dot of two columns, summed in the lanes of two vectors by
 * turns and then over these. Four columns of B at a time, so that the last sums are taken for
 * four numbers at once; each number comes out the same whichever the others are. */

enum { DOT_LANES = LANES < 4 ? 4 : LANES };

#define EACH_DOT(F) F(0) F(1) F(2) F(3)

#define DOT_START(c)                                   \
  const real* b##c = b + (c < n ? c : n - 1) * b_column; \
  vec even##c = {0}, odd##c = {0};

#define DOT_ADD(c)                                     \
  even##c += a_even * VEC_LOAD(b##c + p);              \
  odd##c += a_odd * VEC_LOAD(b##c + p + LANES);

#define DOT_ADD_ONE(c) even##c += a_even * VEC_LOAD(b##c + p);
#define DOT_ADD_PART(c) odd##c += a_odd * part_load(b##c + p, k - p);

/* The lanes as four sums. */
#define DOT_NARROW(c)                                                                        \
  real lanes##c[DOT_LANES] = {0};                                                            \
  VEC_STORE(lanes##c, even##c + odd##c);                                                     \
  vec_four s##c = FOUR_LOAD(lanes##c);                                                       \
  for (int l = 4; l < DOT_LANES; l += 4) s##c += FOUR_LOAD(lanes##c + l);

/* a with n columns of b, 1 .. 4; all four numbers are written. */
NN_INLINE void dots_of(size_t k, const real* a, const real* b, size_t b_column, size_t n,
                       real* dots) {
  EACH_DOT(DOT_START)
  size_t p = 0;
  for (; p + 2 * LANES <= k; p += 2 * LANES) {
    vec a_even = VEC_LOAD(a + p), a_odd = VEC_LOAD(a + p + LANES);
    EACH_DOT(DOT_ADD)
  }
  if (p + LANES <= k) {
    vec a_even = VEC_LOAD(a + p);
    EACH_DOT(DOT_ADD_ONE)
    p += LANES;
  }
  if (p < k) {
    vec a_odd = part_load(a + p, k - p);
    EACH_DOT(DOT_ADD_PART)
  }
  EACH_DOT(DOT_NARROW)
  real turned[16];
  FOURS_TURN(s0, s1, s2, s3, turned, 4);
  vec_four low = FOUR_LOAD(turned) + FOUR_LOAD(turned + 4);
  FOUR_STORE(dots, low + (FOUR_LOAD(turned + 8) + FOUR_LOAD(turned + 12)));
}

NN_PRIVATE void dots_run(const gemm_product* g) {
  for (size_t j = 0; j < g->n; j += 4) {
    size_t n = g->n - j < 4 ? g->n - j : 4;
    for (size_t i = 0; i < g->m; ++i) {
      real* c = g->c + j * g->c_column + i;
      real dots[4];
      dots_of(g->k, g->a + i * g->a_row, g->b + j * g->b_column, g->b_column, n, dots);
      for (size_t q = 0; q < n; ++q, c += g->c_column) {
        *c = dots[q] + (g->add ? *c : g->bias ? g->bias[i] : 0);
      }
    }
  }
}

/* Few columns: A is read where it is, up to eight vectors of rows at a time, so that their sums
 * do not wait for each other. */

enum { COLUMN_VECTORS = 8 };
#define EACH_VECTOR(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)

#define ROWS_OF(v, from) \
  ((v) + 1 == vectors ? vec_load((from) + (v) * LANES, last) : VEC_LOAD((from) + (v) * LANES))

#define COLUMN_START(v) \
  vec x##v = {0};       \
  if (v < vectors && start) x##v = ROWS_OF(v, start);

#define COLUMN_ADD(v)                                                              \
  if (v < vectors) {                                                               \
    const real* at = a + v * LANES;                                                \
    x##v += (part && v + 1 == vectors ? part_load(at, last) : VEC_LOAD(at)) * s;   \
  }

#define COLUMN_END(v)                           \
  if (v + 1 < vectors) {                        \
    VEC_STORE(c + v * LANES, x##v);             \
  } else if (v + 1 == vectors) {                \
    vec_store(c + v * LANES, x##v, last);       \
  }

typedef struct {
  size_t k;
  const real* a;
  size_t a_column;
  const real* b;
  size_t b_row;
  const real* start; /* or NULL: 0 */
  real* c;
  size_t last;       /* rows of the last vector */
} column_piece;

NN_INLINE void column_body(const column_piece* d, const int vectors, const bool part) {
  const real *a = d->a, *b = d->b, *start = d->start;
  const size_t a_column = d->a_column, b_row = d->b_row, last = d->last;
  real* c = d->c;
  EACH_VECTOR(COLUMN_START)
  for (size_t p = d->k; p > 0; --p, a += a_column, b += b_row) {
    real s = *b;
    EACH_VECTOR(COLUMN_ADD)
  }
  EACH_VECTOR(COLUMN_END)
}

#define COLUMN_CASE(v)                 \
  case v:                              \
    if (d->last < LANES) {             \
      column_body(d, v, true);         \
    } else {                           \
      column_body(d, v, false);        \
    }                                  \
    break;

static void column_piece_run(const column_piece* d, int vectors) {
  switch (vectors) {
    COLUMN_CASE(1)
    COLUMN_CASE(2)
    COLUMN_CASE(3)
    COLUMN_CASE(4)
    COLUMN_CASE(5)
    COLUMN_CASE(6)
    COLUMN_CASE(7)
    COLUMN_CASE(8)
  }
}

NN_PRIVATE void columns_run(const gemm_product* g) {
  enum { ROWS = COLUMN_VECTORS * LANES };
  column_piece d = {.k = g->k, .a_column = g->a_column, .b_row = g->b_row};
  for (size_t j = 0; j < g->n; ++j) {
    d.b = g->b + j * g->b_column;
    for (size_t i = 0; i < g->m; i += ROWS) {
      size_t rows = g->m - i < ROWS ? g->m - i : ROWS, vectors = (rows + LANES - 1) / LANES;
      d.a = g->a + i;
      d.c = g->c + j * g->c_column + i;
      d.start = g->add ? d.c : g->bias ? g->bias + i : NULL;
      d.last = rows - (vectors - 1) * LANES;
      column_piece_run(&d, (int) vectors);
    }
  }
}
