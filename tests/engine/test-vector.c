#include "harness.h"

/* Loops against one number at a time, for lengths around those that compilers unroll by. */

static void test_elementwise(size_t n) {
  real *x = keep_reals(n), *y = keep_reals(n), *z = keep_reals(n);
  double *sum = keep_doubles(n), *product = keep_doubles(n), *axpy = keep_doubles(n);
  double *scaled = keep_doubles(n), *filled = keep_doubles(n);
  draw_reals(n, -2, 2, x);
  draw_reals(n, -2, 2, y);
  for (size_t i = 0; i < n; ++i) {
    sum[i] = (double) x[i] + (double) y[i];
    product[i] = (double) x[i] * (double) y[i];
    axpy[i] = (double) y[i] + 0.75 * (double) x[i];
    scaled[i] = -1.5 * (double) y[i];
    filled[i] = 0.25;
  }
  double tolerance = TOLERANCE(1e-15, 1e-6);
  vector_copy(n, y, z);
  check(same_bytes(y, z, n * sizeof(real)), "copy");
  vector_add(n, x, z);
  check_all_near(n, z, sum, tolerance, "add");
  vector_copy(n, y, z);
  vector_multiply(n, x, z);
  check_all_near(n, z, product, tolerance, "multiply");
  vector_copy(n, y, z);
  vector_axpy(n, (real) 0.75, x, z);
  check_all_near(n, z, axpy, tolerance, "axpy");
  vector_copy(n, y, z);
  vector_scale(n, (real) -1.5, z);
  check_all_near(n, z, scaled, tolerance, "scale");
  vector_fill(n, (real) 0.25, z);
  check_all_near(n, z, filled, 0, "fill");
}

static void test_sums(size_t n) {
  real *x = keep_reals(n), *y = keep_reals(n);
  draw_reals(n, -2, 2, x);
  draw_reals(n, -2, 2, y);
  long double dot = 0, sum = 0, norm = 0;
  for (size_t i = n; i-- > 0;) {
    dot += (long double) x[i] * (long double) y[i];
    sum += (long double) x[i];
    norm += (long double) x[i] * (long double) x[i];
  }
  check_near(vector_dot(n, x, y), (double) dot, 1e-13, "dot");
  check_near(vector_sum(n, x), (double) sum, 1e-13, "sum");
  check_near(vector_norm2(n, x), (double) norm, 1e-13, "norm2");
}

/* One number that is not finite, wherever it stands. */
static void test_finite(size_t n) {
  real* x = keep_reals(n);
  const real strange[] = {(real) NAN, (real) INFINITY, (real) -INFINITY};
  draw_reals(n, -2, 2, x);
  bool good = vector_is_finite(n, x);
  for (size_t i = 0; i < n; ++i) {
    real kept_number = x[i];
    x[i] = strange[i % 3];
    good = good && !vector_is_finite(n, x);
    x[i] = kept_number;
  }
  check(good, "is_finite");
}

static void test_columns(size_t rows, size_t cols) {
  real *x = keep_reals(rows), *y = keep_reals(rows * cols), *z = keep_reals(rows * cols);
  double *added = keep_doubles(rows * cols), *sums = keep_doubles(rows);
  draw_reals(rows, -2, 2, x);
  draw_reals(rows * cols, -2, 2, y);
  for (size_t i = 0; i < rows; ++i) {
    sums[i] = (double) x[i];
    for (size_t j = 0; j < cols; ++j) {
      added[j * rows + i] = (double) y[j * rows + i] + (double) x[i];
      sums[i] += (double) y[j * rows + i];
    }
  }
  vector_copy(rows * cols, y, z);
  columns_add(rows, cols, x, z);
  check_all_near(rows * cols, z, added, TOLERANCE(1e-15, 1e-6), "columns_add");
  columns_sum(rows, cols, y, x);
  check_all_near(rows, x, sums, TOLERANCE(1e-14, 1e-5), "columns_sum adds");
}

/* 1 / (1 + exp(-x)) and log(1 + exp(x)) in long double, with their limits. */
static void test_scalars(void) {
  double tolerance = TOLERANCE(4e-16, 2e-7);
  for (int i = -40; i <= 40; ++i) {
    long double x = (long double) i / 2, e = expl(-x);
    check_near((double) sigmoid((real) x), (double) (1 / (1 + e)), tolerance, "sigmoid");
    check_near((double) softplus((real) x), (double) log1pl(expl(x)), tolerance, "softplus");
  }
  check(sigmoid((real) 1e4) == 1 && sigmoid((real) -1e4) == 0, "sigmoid does not overflow");
  check(softplus((real) 1e4) == (real) 1e4 && softplus((real) -1e4) == 0,
        "softplus does not overflow");
  check(isnan(sigmoid((real) NAN)) && isnan(softplus((real) NAN)), "NaN stays");
}

int main(void) {
  const size_t lengths[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 64, 129};
  for (int i = 0; i < COUNT(lengths); ++i) {
    test_elementwise(lengths[i]);
    test_sums(lengths[i]);
    test_finite(lengths[i]);
    for (size_t cols = 0; cols < 4; ++cols) test_columns(lengths[i], cols);
  }
  vector_copy(0, NULL, NULL);
  test_scalars();
  return report();
}
