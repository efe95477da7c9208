#include "gemm-tile.h"

/* The tile as named variables x<vector><column>, since arrays would live in memory. Branches on
 * `vectors`, `columns` and `part` are decided by the compiler: the body is inlined with
 * constants. */

#if NN_TILE_COLUMNS == 8
#define EACH_COLUMN(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#else
#define EACH_COLUMN(F) F(0) F(1) F(2) F(3) F(4) F(5)
#endif

/* Of vector v in C or of the bias all lanes, or the rows that the last one has. */
#define EDGE_LOAD(p, v) \
  ((v) + 1 < vectors ? VEC_LOAD((p) + (v) * LANES) : vec_load((p) + (v) * LANES, last))
#define EDGE_STORE(p, v, x)                 \
  if ((v) + 1 < vectors) {                  \
    VEC_STORE((p) + (v) * LANES, x);        \
  } else if ((v) + 1 == vectors) {          \
    vec_store((p) + (v) * LANES, x, last);  \
  }

#define TILE_START(j)                                                    \
  vec x0##j = {0}, x1##j = {0}, x2##j = {0};                             \
  if (j < columns) {                                                     \
    const real* from = t->add ? t->c + j * t->c_column : t->bias;        \
    if (from) {                                                          \
      x0##j = EDGE_LOAD(from, 0);                                        \
      if (vectors > 1) x1##j = EDGE_LOAD(from, 1);                       \
      if (vectors > 2) x2##j = EDGE_LOAD(from, 2);                       \
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
    EDGE_STORE(to, 0, x0##j)                                   \
    EDGE_STORE(to, 1, x1##j)                                   \
    EDGE_STORE(to, 2, x2##j)                                   \
  }

#define ROWS_LOAD(v) \
  (part && (v) + 1 == vectors ? part_load(a + (v) * LANES, last) : VEC_LOAD(a + (v) * LANES))

/* Of numbers that perhaps are not there: nothing is read. */
static void numbers_ask(const real* from, size_t offset, size_t n) {
  uintptr_t first = (uintptr_t) from + offset * sizeof(real);
  for (size_t at = 0; at < n * sizeof(real); at += 64) {
    __builtin_prefetch((const void*) (first + at));
  }
}

static void stage_ask(const gemm_tile* t, size_t stage, size_t rows) {
  const gemm_ahead* h = &t->ahead;
  numbers_ask(t->next, stage * t->c_column, rows);
  for (size_t i = 0; i < h->pieces; ++i) {
    numbers_ask(h->from, h->at + stage * h->stage_step + i * h->piece_step, h->size);
  }
}

NN_INLINE void tile_body(const gemm_tile* t, const int vectors, const int columns,
                         const bool part) {
  const real *a = t->a, *b = t->b;
  const size_t a_step = t->a_step, b_step = t->b_step, b_column = t->b_column, last = t->last;
  EACH_COLUMN(TILE_START)
  size_t stages = t->staged ? TILE_STAGES : 1, left = t->k;
  for (size_t stage = 0; stage < stages; ++stage) {
    size_t end = left - left / (stages - stage);
    if (t->staged) stage_ask(t, stage, (size_t) vectors * LANES);
    for (; left > end; --left, a += a_step, b += b_step) {
      vec a0 = ROWS_LOAD(0), a1 = a0, a2 = a0;
      if (vectors > 1) a1 = ROWS_LOAD(1);
      if (vectors > 2) a2 = ROWS_LOAD(2);
      EACH_COLUMN(TILE_ADD)
    }
  }
  EACH_COLUMN(TILE_END)
}

#define TILE_CASE(c) \
  case c: tile_body(t, vectors, c, part); break;

NN_INLINE void tile_columns(const gemm_tile* t, const int vectors, int columns, const bool part) {
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
    default: tile_body(t, vectors, NN_TILE_COLUMNS, part);
  }
}

NN_INLINE void tile_vectors(const gemm_tile* t, int vectors, int columns, const bool part) {
  if (vectors == 1) {
    tile_columns(t, 1, columns, part);
  } else if (vectors == 2) {
    tile_columns(t, 2, columns, part);
  } else {
    tile_columns(t, NN_TILE_VECTORS, columns, part);
  }
}

NN_PRIVATE void tile_run(const gemm_tile* t, int vectors, int columns) {
  if (TILE_PARTS && t->last < LANES && !t->filled) {
    tile_vectors(t, vectors, columns, true);
  } else {
    tile_vectors(t, vectors, columns, false);
  }
}
