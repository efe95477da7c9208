/* A matrix product as the ways to make it see it, and those for few rows or columns. */
#ifndef NN_GEMM_PRODUCT_H
#define NN_GEMM_PRODUCT_H

#include "real.h"

/* C = A B (+ C, or + bias), C is m x n, A m x k and B k x n. Number (i, p) of A is at
 * i * a_row + p * a_column, (p, j) of B at p * b_row + j * b_column, (i, j) of C at
 * i + j * c_column. */
typedef struct {
  size_t m, n, k;
  const real* a;
  size_t a_row, a_column;
  const real* b;
  size_t b_row, b_column;
  real* c;
  size_t c_column;
  const real* bias; /* one number for each row, or NULL */
  bool add;
  bool dots; /* rows of A and columns of B are in one piece each */
} gemm_product;

/* Rows i .. of A, `rows` of them, and columns p .. , `depth` of them: a panel; `padded` rows are
 * whole vectors. */
typedef struct {
  size_t i, rows, padded, p, depth;
} panel_place;

/* A panel as columns of `padded` numbers, turned where A is; rows that are not there are 0. */
NN_PRIVATE void panel_pack(const gemm_product* g, const panel_place* at, real* to);
/* Rows p .. of B, `depth` of them, and columns from .. to - 1, rows of B in one piece each: as
 * strips of TILE_COLUMNS columns, in which rows stand together. */
NN_PRIVATE void strips_pack(const gemm_product* g, const panel_place* at, size_t from, size_t to,
                            real* strips);

/* Few rows, of a product of `dots`. */
NN_PRIVATE void dots_run(const gemm_product* g);
/* Few columns, the columns of A in one piece each. */
NN_PRIVATE void columns_run(const gemm_product* g);

#endif
