#include "vector.h"

#include "vector-math.h"

/* Sums are taken in double, in the lanes of two vectors and then over these. */
enum { WIDE_LANES = NN_VECTOR_BYTES / sizeof(double) };
typedef double vec_wide __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef real narrow_at __attribute__((vector_size(WIDE_LANES * sizeof(real)),
                                      aligned(sizeof(real)), may_alias));
#define WIDE_LOAD(p) __builtin_convertvector(*(const narrow_at*) (p), vec_wide)

static double wide_sum(vec_wide x) {
  double sum = 0;
  for (int l = 0; l < WIDE_LANES; ++l) sum += x[l];
  return sum;
}

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
  vec_wide even = {0}, odd = {0};
  size_t i = 0;
  for (; i + 2 * WIDE_LANES <= n; i += 2 * WIDE_LANES) {
    even += WIDE_LOAD(x + i) * WIDE_LOAD(y + i);
    odd += WIDE_LOAD(x + i + WIDE_LANES) * WIDE_LOAD(y + i + WIDE_LANES);
  }
  double sum = i ? wide_sum(even + odd) : 0;
  for (; i < n; ++i) sum += (double) x[i] * (double) y[i];
  return sum;
}

NN_PRIVATE double vector_sum(size_t n, const real* x) {
  vec_wide even = {0}, odd = {0};
  size_t i = 0;
  for (; i + 2 * WIDE_LANES <= n; i += 2 * WIDE_LANES) {
    even += WIDE_LOAD(x + i);
    odd += WIDE_LOAD(x + i + WIDE_LANES);
  }
  double sum = i ? wide_sum(even + odd) : 0;
  for (; i < n; ++i) sum += (double) x[i];
  return sum;
}

NN_PRIVATE double vector_norm2(size_t n, const real* x) { return vector_dot(n, x, x); }

/* 0 x is 0 where x is finite, else NaN. */
NN_PRIVATE bool vector_is_finite(size_t n, const real* x) {
  vec zero = {0}, even = zero, odd = zero;
  size_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    even += VEC_LOAD(x + i) * zero;
    odd += VEC_LOAD(x + i + LANES) * zero;
  }
  for (; i < n; i += LANES) even += vec_load(x + i, n - i) * zero;
  even += odd;
  bool finite = true;
  for (int l = 0; l < LANES; ++l) finite = finite && even[l] == 0;
  return finite;
}

NN_PRIVATE void columns_add(size_t rows, size_t cols, const real* x, real* y) {
  for (size_t j = 0; j < cols; ++j) vector_add(rows, x, y + j * rows);
}

/* Rows that stay in registers while the columns go by. */
NN_INLINE void sums_add(const int vectors, size_t rows, size_t cols, const real* y, real* x) {
  vec sum[4];
  for (int v = 0; v < vectors; ++v) sum[v] = VEC_LOAD(x + v * LANES);
  for (size_t j = 0; j < cols; ++j) {
    for (int v = 0; v < vectors; ++v) sum[v] += VEC_LOAD(y + j * rows + v * LANES);
  }
  for (int v = 0; v < vectors; ++v) VEC_STORE(x + v * LANES, sum[v]);
}

NN_INLINE void sums_add_part(size_t n, size_t rows, size_t cols, const real* y, real* x) {
  vec sum = part_load(x, n);
  for (size_t j = 0; j < cols; ++j) sum += part_load(y + j * rows, n);
  part_store(x, sum, n);
}

NN_PRIVATE void columns_sum(size_t rows, size_t cols, const real* y, real* x) {
  size_t i = 0;
  for (; i + 4 * LANES <= rows; i += 4 * LANES) sums_add(4, rows, cols, y + i, x + i);
  for (; i + LANES <= rows; i += LANES) sums_add(1, rows, cols, y + i, x + i);
  if (i < rows) sums_add_part(rows - i, rows, cols, y + i, x + i);
}

NN_PRIVATE void vector_exp(size_t n, real* x) {
  for (size_t i = 0; i < n; i += LANES) vec_store(x + i, vec_exp(vec_load(x + i, n - i)), n - i);
}

/* exp is taken of a number that is not positive, so it cannot overflow. */
NN_PRIVATE real sigmoid(real x) {
  real e = exp(-fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

NN_PRIVATE real softplus(real x) { return fmax(x, (real) 0) + log1p(exp(-fabs(x))); }
