#include "gemm.h"

#include "gemm-product.h"
#include "gemm-tile.h"
#include "parallel.h"

/* C is made in tiles of TILE_ROWS x TILE_COLUMNS. Of A a panel of TILE_ROWS rows and GEMM_DEPTH
 * columns at a time is turned where it is transposed, and filled up with rows of 0 where the
 * last vector would not be whole and a part of it cannot be read fast; otherwise it is read
 * where it is, as B is. GEMM_WIDTH columns of B are used by all panels before the next are
 * begun, so that they stay near.
 *
 * Number (i, j) is a sum over p in ascending order, whatever tile it falls into, so that a
 * column comes out the same alone and among others; only the few rows of dots_run() are
 * summed in lanes, and they always are. So C may be cut among threads anywhere; the way it is
 * made is chosen by the whole of it. */

enum { GEMM_DEPTH = 256, GEMM_WIDTH = 2048 / sizeof(real) };

static size_t gemm_least(size_t a, size_t b) { return a < b ? a : b; }

/* 4 rows of `depth` numbers become columns of 4. */
static void rows_turn(const real* from, size_t from_step, size_t depth, real* to, size_t to_step) {
  const real *r0 = from, *r1 = r0 + from_step, *r2 = r1 + from_step, *r3 = r2 + from_step;
  size_t q = 0;
  for (; q + 4 <= depth; q += 4, to += 4 * to_step) {
    vec_four a = FOUR_LOAD(r0 + q), b = FOUR_LOAD(r1 + q), c = FOUR_LOAD(r2 + q),
             d = FOUR_LOAD(r3 + q);
    FOURS_TURN(a, b, c, d, to, to_step);
  }
  for (; q < depth; ++q, to += to_step) {
    to[0] = r0[q];
    to[1] = r1[q];
    to[2] = r2[q];
    to[3] = r3[q];
  }
}

/* A's rows from i on and columns from p on as `depth` columns of `padded` numbers. */
typedef struct {
  size_t i, rows, padded, p, depth;
} panel_place;

static void panel_turn(const gemm_product* g, const panel_place* at, real* to) {
  const real* from = g->a + at->i * g->a_row + at->p;
  size_t r = 0;
  for (; r + 4 <= at->rows; r += 4) {
    rows_turn(from + r * g->a_row, g->a_row, at->depth, to + r, at->padded);
  }
  for (; r < at->padded; ++r) {
    for (size_t q = 0; q < at->depth; ++q) {
      to[q * at->padded + r] = r < at->rows ? from[r * g->a_row + q] : 0;
    }
  }
}

static void panel_copy(const gemm_product* g, const panel_place* at, real* to) {
  const real* from = g->a + at->i + at->p * g->a_column;
  for (size_t q = 0; q < at->depth; ++q, from += g->a_column, to += at->padded) {
    for (size_t r = 0; r < at->rows; r += LANES) VEC_STORE(to + r, vec_load(from + r, at->rows - r));
  }
}

/* One panel of A against columns from .. to - 1 of B. */
static void panel_run(const gemm_product* g, const panel_place* at, size_t from, size_t to) {
  real panel[TILE_ROWS * GEMM_DEPTH] __attribute__((aligned(64)));
  bool in_place = g->a_row == 1 && (TILE_PARTS || at->rows == at->padded);
  if (!in_place) (g->a_row == 1 ? panel_copy : panel_turn)(g, at, panel);
  gemm_tile t = {.k = at->depth,
                 .a = in_place ? g->a + at->i + at->p * g->a_column : panel,
                 .a_step = in_place ? g->a_column : at->padded,
                 .b_step = g->b_row,
                 .b_column = g->b_column,
                 .c_column = g->c_column,
                 .bias = g->bias ? g->bias + at->i : NULL,
                 .add = g->add || at->p > 0,
                 .last = LANES - (at->padded - at->rows),
                 .filled = !in_place};
  int vectors = (int) (at->padded / LANES);
  for (size_t j = from; j < to; j += TILE_COLUMNS) {
    t.b = g->b + at->p * g->b_row + j * g->b_column;
    t.c = g->c + j * g->c_column + at->i;
    tile_run(&t, vectors, (int) gemm_least(to - j, TILE_COLUMNS));
  }
}

static void tiles_run(const gemm_product* g) {
  panel_place at;
  for (size_t j = 0; j < g->n; j += GEMM_WIDTH) {
    for (at.p = 0; at.p < g->k; at.p += GEMM_DEPTH) {
      at.depth = gemm_least(g->k - at.p, GEMM_DEPTH);
      for (at.i = 0; at.i < g->m; at.i += TILE_ROWS) {
        at.rows = gemm_least(g->m - at.i, TILE_ROWS);
        at.padded = (at.rows + LANES - 1) / LANES * LANES;
        panel_run(g, &at, j, gemm_least(g->n, j + GEMM_WIDTH));
      }
    }
  }
}

/* A single row is a column of the turned product, C' = B' A'. */
static gemm_product row_turn(const gemm_product* g) {
  gemm_product turned = *g;
  turned.m = g->n;
  turned.n = 1;
  turned.a = g->b;
  turned.a_row = 1;
  turned.a_column = g->b_row;
  turned.b = g->a;
  turned.b_row = g->a_column;
  turned.c_column = g->n;
  return turned;
}

enum { SMALL_PRODUCT = 256 };

/* Rows, or columns, from .. to - 1 of C as a product of their own. */
static void rows_run(void* data, size_t from, size_t to) {
  gemm_product part = *(const gemm_product*) data;
  part.m = to - from;
  part.a += from * part.a_row;
  part.c += from;
  if (part.bias) part.bias += from;
  tiles_run(&part);
}

static gemm_product columns_of_product(const gemm_product* g, size_t from, size_t to) {
  gemm_product part = *g;
  part.n = to - from;
  part.b += from * part.b_column;
  part.c += from * part.c_column;
  return part;
}

static void columns_part_run(void* data, size_t from, size_t to) {
  gemm_product part = columns_of_product(data, from, to);
  tiles_run(&part);
}

static void dots_part_run(void* data, size_t from, size_t to) {
  gemm_product part = columns_of_product(data, from, to);
  dots_run(&part);
}

/* Products of single numbers that are worth a thread. */
enum { GEMM_GRAIN = 1 << 21 };

static size_t gemm_grain(size_t products_each) { return GEMM_GRAIN / (products_each + 1) + 1; }

/* Rows are shared out when each thread gets a tile of them: then no part of A is copied by
 * two. Few rows are copied by all, since that is little, and the columns are shared out. */
static void tiles_share(gemm_product* g, int threads) {
  if (g->m >= (size_t) threads * TILE_ROWS) {
    parallel_for(threads, g->m, LANES, gemm_grain(g->n * g->k), rows_run, g);
  } else {
    parallel_for(threads, g->n, TILE_COLUMNS, gemm_grain(g->m * g->k), columns_part_run, g);
  }
}

static void product_run(gemm_product* g, int threads) {
  bool in_place = g->a_row == 1 || g->k == 1;
  if (g->dots && g->m < 4) {
    parallel_for(threads, g->n, 1, gemm_grain(g->m * g->k), dots_part_run, g);
  } else if (in_place && (g->n == 1 || g->m * g->n * g->k <= SMALL_PRODUCT)) {
    columns_run(g);
  } else {
    tiles_share(g, threads);
  }
}

static gemm_product product_of(size_t m, size_t n, size_t k, const real* a, const real* b,
                               real* c) {
  gemm_product g = {.m = m, .n = n, .k = k, .a = a, .a_row = 1, .a_column = m};
  g.b = b;
  g.b_row = 1;
  g.b_column = k;
  g.c = c;
  g.c_column = m;
  return g;
}

NN_PRIVATE void gemm_nn(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c) {
  gemm_product g = product_of(m, n, k, a, b, c);
  g.add = add;
  product_run(&g, threads);
}

NN_PRIVATE void gemm_nt(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c) {
  gemm_product g = product_of(m, n, k, a, b, c);
  g.add = add;
  g.b_row = n;
  g.b_column = 1;
  if (m == 1) g = row_turn(&g);
  product_run(&g, threads);
}

NN_PRIVATE void gemm_tn(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c) {
  gemm_product g = product_of(m, n, k, a, b, c);
  g.add = add;
  g.a_row = k;
  g.a_column = 1;
  g.dots = true;
  product_run(&g, threads);
}

NN_PRIVATE void gemm_tn_bias(int threads, size_t m, size_t n, size_t k, const real* a,
                             const real* b, const real* bias, real* c) {
  gemm_product g = product_of(m, n, k, a, b, c);
  g.bias = bias;
  g.a_row = k;
  g.a_column = 1;
  g.dots = true;
  product_run(&g, threads);
}
