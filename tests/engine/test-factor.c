#include "harness.h"

/* Linear systems against the products that they are to undo. */

static void multiply(size_t n, const double* a, const double* x, double* b) {
  for (size_t i = 0; i < n; ++i) b[i] = 0;
  for (size_t j = 0; j < n; ++j) {
    for (size_t i = 0; i < n; ++i) b[i] += a[j * n + i] * x[j];
  }
}

static double* drawn_doubles(size_t n) {
  real* from = keep_reals(n);
  double* to = keep_doubles(n);
  draw_reals(n, -1, 1, from);
  for (size_t i = 0; i < n; ++i) to[i] = (double) from[i];
  return to;
}

static bool is_near(size_t n, const double* a, const double* b, double tolerance) {
  for (size_t i = 0; i < n; ++i) {
    if (!(fabs(a[i] - b[i]) <= tolerance)) return false;
  }
  return true;
}

/* A' A + I has a condition that rounding does not mind. */
static double* positive(size_t n) {
  double *a = drawn_doubles(n * n), *to = keep_doubles(n * n);
  for (size_t j = 0; j < n; ++j) {
    for (size_t i = 0; i < n; ++i) {
      to[j * n + i] = i == j;
      for (size_t k = 0; k < n; ++k) to[j * n + i] += a[i * n + k] * a[j * n + k];
    }
  }
  return to;
}

static void test_solve(size_t n, bool definite) {
  double *a = definite ? positive(n) : drawn_doubles(n * n), *x[] = {drawn_doubles(n), drawn_doubles(n)};
  double* b[] = {keep_doubles(n), keep_doubles(n)};
  size_t rows[40];
  if (!definite) a[0] = 0; /* the first row cannot stay the first */
  if (!definite && n == 1) a[0] = -2;
  for (int i = 0; i < 2; ++i) multiply(n, a, x[i], b[i]);
  for (size_t j = 1; j < n && definite; ++j) a[j * n] = NAN; /* above the diagonal */
  const char* what = definite ? "Cholesky" : "elimination";
  check(definite ? factor_positive(n, a) : factor_general(n, a, rows), what);
  for (int i = 0; i < 2; ++i) {
    if (definite) factor_positive_solve(n, a, b[i]);
    if (!definite) factor_general_solve(n, a, rows, b[i]);
    check(is_near(n, b[i], x[i], 1e-9) && guards_hold(), what);
  }
  release_all();
}

static void test_refusals(void) {
  double singular[] = {1, 2, 2, 4}, zero[] = {0}, indefinite[] = {1, 2, 2, 1}, strange[] = {NAN};
  size_t rows[2];
  check(!factor_general(2, singular, rows), "a singular matrix");
  check(!factor_general(1, zero, rows), "zero");
  check(!factor_general(1, strange, rows), "not a number");
  check(!factor_positive(2, indefinite), "an indefinite matrix");
  check(!factor_positive(1, zero), "zero is not positive");
  strange[0] = INFINITY;
  check(!factor_positive(1, strange), "infinity");
  check(factor_general(0, zero, rows) && factor_positive(0, zero), "no unknowns");
}

int main(void) {
  for (size_t n = 1; n <= 40; n += n < 9 ? 1 : 7) {
    test_solve(n, false);
    test_solve(n, true);
  }
  test_refusals();
  return report();
}
