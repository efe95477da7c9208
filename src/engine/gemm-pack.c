#include "gemm-product.h"

#include "gemm-tile.h"

/* Parts of A and B side by side, as tiles go through them. */

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
    for (size_t r = 0; r < at->rows; r += LANES) {
      VEC_STORE(to + r, vec_load(from + r, at->rows - r));
    }
  }
}

NN_PRIVATE void panel_pack(const gemm_product* g, const panel_place* at, real* to) {
  (g->a_row == 1 ? panel_copy : panel_turn)(g, at, to);
}

static void strip_copy(const gemm_product* g, const real* b, size_t depth, real* to) {
  for (size_t q = 0; q < depth; ++q, b += g->b_row, to += TILE_COLUMNS) {
    memcpy(to, b, TILE_COLUMNS * sizeof(real));
  }
}

NN_PRIVATE void strips_pack(const gemm_product* g, const panel_place* at, size_t from, size_t to,
                            real* strips) {
  const real* b = g->b + at->p * g->b_row;
  size_t j = from;
  for (; j + TILE_COLUMNS <= to; j += TILE_COLUMNS, strips += at->depth * TILE_COLUMNS) {
    strip_copy(g, b + j, at->depth, strips);
  }
  for (size_t q = 0; q < at->depth; ++q, strips += TILE_COLUMNS) {
    for (size_t c = 0; j + c < to; ++c) strips[c] = b[q * g->b_row + j + c];
  }
}
