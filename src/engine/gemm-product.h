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

/* Few rows, of a product of `dots`. */
NN_PRIVATE void dots_run(const gemm_product* g);
/* Few columns, the columns of A in one piece each. */
NN_PRIVATE void columns_run(const gemm_product* g);

#endif
