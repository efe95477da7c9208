#include "gemm.h"

/* Plain products, in an order that lets the compiler vectorise the inner loop: `nn` and
 * `nt` add multiples of columns of A to a column of C; `tn` takes dot products of columns
 * in four running sums. One number of C is always summed in the same order. */

static void gemm_start(size_t m, size_t n, bool add, real* c) {
  if (!add) memset(c, 0, m * n * sizeof(real));
}

/* c += a[, p] * b_p over p; element p of the weights stands at b[p * stride]. */
static void gemm_column(size_t m, size_t k, const real* a, const real* b, size_t stride, real* c) {
  size_t p = 0;
  for (; p + 4 <= k; p += 4, a += 4 * m, b += 4 * stride) {
    real b0 = b[0], b1 = b[stride], b2 = b[2 * stride], b3 = b[3 * stride];
    for (size_t i = 0; i < m; ++i) {
      c[i] += b0 * a[i] + b1 * a[i + m] + b2 * a[i + 2 * m] + b3 * a[i + 3 * m];
    }
  }
  for (; p < k; ++p, a += m, b += stride) {
    for (size_t i = 0; i < m; ++i) c[i] += b[0] * a[i];
  }
}

NN_PRIVATE void gemm_nn(size_t m, size_t n, size_t k, const real* a, const real* b, bool add,
                        real* c) {
  gemm_start(m, n, add, c);
  for (size_t j = 0; j < n; ++j) gemm_column(m, k, a, b + j * k, 1, c + j * m);
}

NN_PRIVATE void gemm_nt(size_t m, size_t n, size_t k, const real* a, const real* b, bool add,
                        real* c) {
  gemm_start(m, n, add, c);
  for (size_t j = 0; j < n; ++j) {
    gemm_column(m, k, a, b + j, n, c + j * m);
  }
}

static real gemm_dot(size_t k, const real* a, const real* b) {
  real s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  size_t p = 0;
  for (; p + 4 <= k; p += 4) {
    s0 += a[p] * b[p];
    s1 += a[p + 1] * b[p + 1];
    s2 += a[p + 2] * b[p + 2];
    s3 += a[p + 3] * b[p + 3];
  }
  for (; p < k; ++p) s0 += a[p] * b[p];
  return (s0 + s1) + (s2 + s3);
}

NN_PRIVATE void gemm_tn(size_t m, size_t n, size_t k, const real* a, const real* b, bool add,
                        real* c) {
  gemm_start(m, n, add, c);
  for (size_t j = 0; j < n; ++j) {
    for (size_t i = 0; i < m; ++i) c[j * m + i] += gemm_dot(k, a + i * k, b + j * k);
  }
}
