#include "harness.h"

/* The three products against three loops: all shapes from 1 to 9 and some odd ones. */

typedef void (*product)(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c);

/* c_ij (+)= sum_p a(i, p) b(p, j), where the letters say how A and B are stored. */
static void naive(char ta, char tb, int m, int n, int k, const real* a, const real* b, bool add,
                  double* c) {
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      long double sum = add ? c[j * m + i] : 0;
      for (int p = 0; p < k; ++p) {
        real left = ta == 't' ? a[i * k + p] : a[p * m + i];
        real right = tb == 't' ? b[p * n + j] : b[j * k + p];
        sum += (long double) left * (long double) right;
      }
      c[j * m + i] = (double) sum;
    }
  }
}

static bool product_agrees(product f, char ta, char tb, int m, int n, int k, bool add) {
  size_t size = (size_t) m * (size_t) n;
  real *a = keep_reals((size_t) m * (size_t) k), *b = keep_reals((size_t) k * (size_t) n);
  real* c = keep_reals(size);
  double* expected = keep_doubles(size);
  draw_reals((size_t) m * (size_t) k, -1, 1, a);
  draw_reals((size_t) k * (size_t) n, -1, 1, b);
  draw_reals(size, -1, 1, c);
  for (size_t i = 0; i < size; ++i) expected[i] = (double) c[i];
  naive(ta, tb, m, n, k, a, b, add, expected);
  if (!add) memset(c, 0xFF, size * sizeof(real)); /* NaN: what was there must not matter */
  f(1, m, n, k, a, b, add, c);
  bool good = guards_hold();
  double tolerance = TOLERANCE(2e-16, 1.2e-7) * (k + 2);
  for (size_t i = 0; i < size; ++i) {
    good = good && fabs((double) c[i] - expected[i]) <= tolerance * (1 + fabs(expected[i]));
  }
  release_all();
  return good;
}

static void test_shape(int m, int n, int k) {
  for (int add = 0; add < 2; ++add) {
    check(product_agrees(gemm_nn, 'n', 'n', m, n, k, add), "nn");
    check(product_agrees(gemm_tn, 't', 'n', m, n, k, add), "tn");
    check(product_agrees(gemm_nt, 'n', 't', m, n, k, add), "nt");
  }
}

/* One number of C is summed in one order, however many columns there are. */
static bool column_agrees(product f, bool b_turned, size_t m, size_t n, size_t k, const real* a,
                          const real* b) {
  real *whole = keep_reals(m * n), *alone = keep_reals(m), *column = keep_reals(k);
  bool same = true;
  f(1, m, n, k, a, b, false, whole);
  for (size_t j = 0; j < n; ++j) {
    for (size_t p = 0; p < k; ++p) column[p] = b_turned ? b[p * n + j] : b[j * k + p];
    f(1, m, 1, k, a, column, false, alone);
    same = same && same_bytes(alone, whole + j * m, m * sizeof(real));
  }
  return guards_hold() && same;
}

static void test_columns_alone(size_t m, size_t n, size_t k) {
  real *a = keep_reals(m * k), *b = keep_reals(k * n);
  draw_reals(m * k, -1, 1, a);
  draw_reals(k * n, -1, 1, b);
  check(column_agrees(gemm_nn, false, m, n, k, a, b), "nn: a column alone is the same to the bit");
  check(column_agrees(gemm_tn, false, m, n, k, a, b), "tn: a column alone is the same to the bit");
  check(column_agrees(gemm_nt, true, m, n, k, a, b), "nt: a column alone is the same to the bit");
  release_all();
}

/* The bias is what C would have held before. */
static void test_bias(int m, int n, int k) {
  size_t rows = (size_t) m, cols = (size_t) n, depth = (size_t) k;
  real *a = keep_reals(rows * depth), *b = keep_reals(depth * cols), *bias = keep_reals(rows);
  real *c = keep_reals(rows * cols), *expected = keep_reals(rows * cols);
  draw_reals(rows * depth, -1, 1, a);
  draw_reals(depth * cols, -1, 1, b);
  draw_reals(rows, -1, 1, bias);
  for (size_t j = 0; j < cols; ++j) memcpy(expected + j * rows, bias, rows * sizeof(real));
  gemm_tn(1, rows, cols, depth, a, b, true, expected);
  gemm_tn_bias(1, rows, cols, depth, a, b, bias, c);
  check(guards_hold() && same_bytes(c, expected, rows * cols * sizeof(real)), "tn with a bias");
  release_all();
}

int main(void) {
  test_bias(1, 5, 40);
  test_bias(5, 3, 2);
  test_bias(53, 21, 300);
  const int odd[][3] = {{0, 3, 2},   {3, 0, 2},   {3, 2, 0},  {1, 1, 257},   {64, 64, 64},
                        {31, 33, 7}, {65, 1, 66}, {1, 70, 3}, {100, 37, 19}, {16, 128, 5},
                        {50, 1030, 3}, {97, 20, 600}, {30, 45, 513},
                        {150, 1, 40}, {3, 6, 70}, {130, 37, 521}, {261, 39, 265}};
  for (int m = 1; m <= 9; ++m) {
    for (int n = 1; n <= 9; ++n) {
      for (int k = 1; k <= 9; ++k) test_shape(m, n, k);
    }
  }
  for (int i = 0; i < COUNT(odd); ++i) test_shape(odd[i][0], odd[i][1], odd[i][2]);
  for (size_t m = 1; m <= 13; ++m) test_columns_alone(m, 11, 17);
  test_columns_alone(150, 21, 300);
  test_columns_alone(260, 37, 270);
  return report();
}
