#include "gemm.h"

#include "gemm-product.h"
#include "gemm-tile.h"
#include "parallel.h"

/* C is made in tiles of TILE_ROWS x TILE_COLUMNS. Of A a panel of TILE_ROWS rows and GEMM_DEPTH
 * columns at a time is used where it is, or packed: where it is transposed, where a last vector
 * that is not whole cannot be read fast, and in large products where rows are too short to fill
 * cache lines. GEMM_WIDTH columns of B are used by all panels before the next are begun, so
 * that they stay near; in large products they are packed, too, where B is transposed. There the
 * next panel of A and the next tile of C are asked for in stages, while a tile is made.
 *
 * Number (i, j) is a sum over p in ascending order, whatever tile it falls into, so that a
 * column comes out the same alone and among others; only the few rows of dots_run() are
 * summed in lanes, and they always are. So C may be cut among threads anywhere; the way it is
 * made is chosen by the whole of it. */

enum {
  GEMM_DEPTH = 256,
  GEMM_STRIPS = 1024 / (TILE_COLUMNS * sizeof(real)),
  GEMM_WIDTH = GEMM_STRIPS * TILE_COLUMNS,
  LONG_ROWS = NN_VECTOR_BYTES == 64, /* a panel's column is whole cache lines */
  STAGED_DEPTH = 64,                 /* at least, of a panel */
  STAGED_NUMBERS = 1 << 16           /* of A: too many to stay near */
};

static size_t gemm_least(size_t a, size_t b) { return a < b ? a : b; }

/* Columns from .. to - 1 of C, to which rows of B from a panel's p on add. */
typedef struct {
  size_t from, to;
  const real* strips; /* that part of B, packed; or NULL */
  bool staged;
} gemm_block;

static panel_place place_of(const gemm_product* g, size_t p, size_t i) {
  panel_place at = {.i = i, .p = p};
  at.depth = gemm_least(g->k - p, GEMM_DEPTH);
  at.rows = gemm_least(g->m - i, TILE_ROWS);
  at.padded = (at.rows + LANES - 1) / LANES * LANES;
  return at;
}

/* The panel that comes after this one; at the end the first one. */
static panel_place place_after(const gemm_product* g, const panel_place* at) {
  size_t i = at->i + at->rows, p = at->p + at->depth;
  if (i < g->m) return place_of(g, at->p, i);
  return place_of(g, p < g->k ? p : 0, 0);
}

static size_t parts_of(size_t n, size_t size) { return (n + size - 1) / size; }

/* A panel in as many parts as there are tiles to be made before it. */
static gemm_ahead ahead_of(const gemm_product* g, const panel_place* at, size_t tiles) {
  gemm_ahead h = {.from = g->a + at->i * g->a_row + at->p * g->a_column};
  if (g->a_row == 1) {
    h.pieces = parts_of(at->depth, tiles * TILE_STAGES);
    h.piece_step = g->a_column;
    h.size = at->rows;
    h.stage_step = h.pieces * g->a_column;
    h.tile_step = TILE_STAGES * h.stage_step;
  } else {
    h.pieces = parts_of(at->rows, tiles);
    h.piece_step = g->a_row;
    h.size = h.stage_step = parts_of(at->depth, TILE_STAGES);
    h.tile_step = h.pieces * g->a_row;
  }
  return h;
}

/* The tiles of one panel of A, which stands at a. */
static void panel_multiply(const gemm_product* g, const panel_place* at, const gemm_block* b,
                           gemm_tile* t) {
  int vectors = (int) (at->padded / LANES);
  panel_place after = place_after(g, at);
  if (t->staged) t->ahead = ahead_of(g, &after, parts_of(b->to - b->from, TILE_COLUMNS));
  for (size_t j = b->from; j < b->to; j += TILE_COLUMNS, t->ahead.at += t->ahead.tile_step) {
    bool last = j + TILE_COLUMNS >= b->to;
    t->b = b->strips ? b->strips + (j - b->from) * at->depth
                     : g->b + at->p * g->b_row + j * g->b_column;
    t->c = g->c + j * g->c_column + at->i;
    t->next = last ? g->c + b->from * g->c_column + after.i : t->c + TILE_COLUMNS * g->c_column;
    tile_run(t, vectors, (int) gemm_least(b->to - j, TILE_COLUMNS));
  }
}

/* A panel of A is used where it is, or packed first. */
static void panel_run(const gemm_product* g, const panel_place* at, const gemm_block* b) {
  real panel[TILE_ROWS * GEMM_DEPTH] __attribute__((aligned(64)));
  bool staged = b->staged && at->depth >= STAGED_DEPTH;
  bool whole = at->rows == at->padded || TILE_PARTS;
  bool in_place = g->a_row == 1 && whole && (!staged || LONG_ROWS);
  if (!in_place) panel_pack(g, at, panel);
  gemm_tile t = {.k = at->depth,
                 .a = in_place ? g->a + at->i + at->p * g->a_column : panel,
                 .a_step = in_place ? g->a_column : at->padded,
                 .b_step = b->strips ? TILE_COLUMNS : g->b_row,
                 .b_column = b->strips ? 1 : g->b_column,
                 .c_column = g->c_column,
                 .bias = g->bias ? g->bias + at->i : NULL,
                 .add = g->add || at->p > 0,
                 .last = LANES - (at->padded - at->rows),
                 .filled = !in_place,
                 .staged = staged};
  panel_multiply(g, at, b, &t);
}

static void blocks_run(const gemm_product* g, real* strips) {
  gemm_block b = {.strips = strips, .staged = g->m * g->k >= STAGED_NUMBERS};
  for (b.from = 0; b.from < g->n; b.from = b.to) {
    b.to = gemm_least(g->n, b.from + GEMM_WIDTH);
    for (size_t p = 0; p < g->k; p += GEMM_DEPTH) {
      panel_place at = place_of(g, p, 0);
      if (strips) strips_pack(g, &at, b.from, b.to, strips);
      for (; at.i < g->m; at = place_of(g, p, at.i + at.rows)) panel_run(g, &at, &b);
    }
  }
}

/* With a place on the stack for as much of B as GEMM_WIDTH columns are, 256 kB. */
static void blocks_run_packed(const gemm_product* g) {
  real strips[GEMM_DEPTH * GEMM_WIDTH] __attribute__((aligned(64)));
  blocks_run(g, strips);
}

static void tiles_run(const gemm_product* g) {
  if (g->b_row != 1 && g->m * g->k >= STAGED_NUMBERS && g->n >= 4 * TILE_COLUMNS) {
    blocks_run_packed(g);
  } else {
    blocks_run(g, NULL);
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
