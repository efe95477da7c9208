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
  double *a = definite ? positive(n) : drawn_doubles(n * n), *x = drawn_doubles(n);
  double* b = keep_doubles(n);
  if (!definite) a[0] = 0; /* the first row cannot stay the first */
  if (!definite && n == 1) a[0] = -2;
  multiply(n, a, x, b);
  for (size_t j = 1; j < n && definite; ++j) a[j * n] = NAN; /* above the diagonal */
  bool solved = definite ? factor_solve_positive(n, a, b) : factor_solve(n, a, b);
  check(solved && is_near(n, b, x, 1e-9) && guards_hold(), definite ? "Cholesky" : "elimination");
  release_all();
}

static void test_refusals(void) {
  double singular[] = {1, 2, 2, 4}, zero[] = {0}, indefinite[] = {1, 2, 2, 1}, strange[] = {NAN};
  double b[2] = {1, 1};
  check(!factor_solve(2, singular, b), "a singular matrix");
  check(!factor_solve(1, zero, b), "zero");
  check(!factor_solve(1, strange, b), "not a number");
  check(!factor_solve_positive(2, indefinite, b), "an indefinite matrix");
  check(!factor_solve_positive(1, zero, b), "zero is not positive");
  strange[0] = INFINITY;
  check(!factor_solve_positive(1, strange, b), "infinity");
  check(factor_solve(0, zero, b) && factor_solve_positive(0, zero, b), "no unknowns");
}

int main(void) {
  for (size_t n = 1; n <= 40; n += n < 9 ? 1 : 7) {
    test_solve(n, false);
    test_solve(n, true);
  }
  test_refusals();
  return report();
}
