#include "vector.h"

NN_PRIVATE void vector_fill(size_t n, real value, real* x) {
  for (size_t i = 0; i < n; ++i) x[i] = value;
}

NN_PRIVATE void vector_copy(size_t n, const real* x, real* y) {
  if (n) memcpy(y, x, n * sizeof(real));
}

NN_PRIVATE void vector_add(size_t n, const real* x, real* y) {
  for (size_t i = 0; i < n; ++i) y[i] += x[i];
}

NN_PRIVATE void vector_multiply(size_t n, const real* x, real* y) {
  for (size_t i = 0; i < n; ++i) y[i] *= x[i];
}

NN_PRIVATE void vector_axpy(size_t n, real a, const real* x, real* y) {
  for (size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

NN_PRIVATE void vector_scale(size_t n, real a, real* x) {
  for (size_t i = 0; i < n; ++i) x[i] *= a;
}

NN_PRIVATE double vector_dot(size_t n, const real* x, const real* y) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i] * (double) y[i];
  return sum;
}

NN_PRIVATE double vector_sum(size_t n, const real* x) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (double) x[i];
  return sum;
}

NN_PRIVATE double vector_norm2(size_t n, const real* x) { return vector_dot(n, x, x); }

NN_PRIVATE void columns_add(size_t rows, size_t cols, const real* x, real* y) {
  for (size_t j = 0; j < cols; ++j) vector_add(rows, x, y + j * rows);
}

NN_PRIVATE void columns_sum(size_t rows, size_t cols, const real* y, real* x) {
  for (size_t j = 0; j < cols; ++j) vector_add(rows, y + j * rows, x);
}

/* exp is taken of a number that is not positive, so it cannot overflow. */
NN_PRIVATE real sigmoid(real x) {
  real e = exp(-fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

NN_PRIVATE real softplus(real x) { return fmax(x, (real) 0) + log1p(exp(-fabs(x))); }
