#include "factor.h"

/* Gaussian elimination with row exchanges, and Cholesky's A = L L'. Both subtract from the columns
 * to the right as soon as a column is done, so that the inner loops run along columns. */

static void column_subtract(size_t n, double by, const double* from, double* to) {
  for (size_t i = 0; i < n; ++i) to[i] -= by * from[i];
}

static size_t pivot_of(size_t n, size_t k, const double* column) {
  size_t best = k;
  for (size_t i = k + 1; i < n; ++i) {
    if (fabs(column[i]) > fabs(column[best])) best = i;
  }
  return best;
}

static void numbers_exchange(double* x, double* y) {
  double keep = *x;
  *x = *y;
  *y = keep;
}

NN_PRIVATE bool factor_general(size_t n, double* a, size_t* rows) {
  for (size_t k = 0; k < n; ++k) {
    double* column = a + k * n;
    size_t pivot = pivot_of(n, k, column), below = n - k - 1;
    if (!(fabs(column[pivot]) > 0) || !isfinite(column[pivot])) return false;
    rows[k] = pivot;
    for (size_t j = 0; j < n; ++j) numbers_exchange(a + j * n + k, a + j * n + pivot);
    for (size_t i = k + 1; i < n; ++i) column[i] /= column[k];
    for (size_t j = k + 1; j < n; ++j) {
      column_subtract(below, a[j * n + k], column + k + 1, a + j * n + k + 1);
    }
  }
  return true;
}

NN_PRIVATE void factor_general_solve(size_t n, const double* a, const size_t* rows, double* b) {
  for (size_t k = 0; k < n; ++k) numbers_exchange(b + k, b + rows[k]);
  for (size_t k = 0; k < n; ++k) column_subtract(n - k - 1, b[k], a + k * n + k + 1, b + k + 1);
  for (size_t k = n; k-- > 0;) {
    b[k] /= a[k * n + k];
    column_subtract(k, b[k], a + k * n, b);
  }
}

NN_PRIVATE bool factor_positive(size_t n, double* a) {
  for (size_t k = 0; k < n; ++k) {
    double* column = a + k * n;
    if (!(column[k] > 0) || !isfinite(column[k])) return false;
    double root = sqrt(column[k]);
    for (size_t i = k; i < n; ++i) column[i] /= root;
    for (size_t j = k + 1; j < n; ++j) column_subtract(n - j, column[j], column + j, a + j * n + j);
  }
  return true;
}

NN_PRIVATE void factor_positive_solve(size_t n, const double* a, double* b) {
  for (size_t k = 0; k < n; ++k) {
    b[k] /= a[k * n + k];
    column_subtract(n - k - 1, b[k], a + k * n + k + 1, b + k + 1);
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t i = k + 1; i < n; ++i) b[k] -= a[k * n + i] * b[i];
    b[k] /= a[k * n + k];
  }
}
