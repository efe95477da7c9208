/* Loops over numbers that several files share. */
#ifndef NN_VECTOR_H
#define NN_VECTOR_H

#include "real.h"

NN_PRIVATE void vector_fill(size_t n, real value, real* x);
NN_PRIVATE void vector_copy(size_t n, const real* x, real* y);
NN_PRIVATE void vector_add(size_t n, const real* x, real* y);            /* y += x */
NN_PRIVATE void vector_multiply(size_t n, const real* x, real* y);       /* y *= x */
NN_PRIVATE void vector_axpy(size_t n, real a, const real* x, real* y);   /* y += a x */
NN_PRIVATE void vector_scale(size_t n, real a, real* x);                 /* x *= a */
NN_PRIVATE double vector_dot(size_t n, const real* x, const real* y);
NN_PRIVATE double vector_sum(size_t n, const real* x);
NN_PRIVATE bool vector_is_finite(size_t n, const real* x);
NN_PRIVATE double vector_norm2(size_t n, const real* x);                 /* sum of squares */
/* y is rows x cols: add x (rows) to each column; add the sum over columns to x. */
NN_PRIVATE void columns_add(size_t rows, size_t cols, const real* x, real* y);
NN_PRIVATE void columns_sum(size_t rows, size_t cols, const real* y, real* x);
NN_PRIVATE void vector_exp(size_t n, real* x);                           /* x = exp(x) */

/* Scalar functions that do not overflow, used by activations and losses. */
NN_PRIVATE real sigmoid(real x);
NN_PRIVATE real softplus(real x);

#endif
