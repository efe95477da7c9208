#include "harness.h"

/* Loops cut among threads: everything is done once, in stretches that begin where they may,
 * and products come out the same to the bit. Without OpenMP there is one stretch. */

enum { MOST = 700 };

typedef struct {
  int times[MOST];
  bool begins[MOST];
} visits;

static void visit(void* data, size_t from, size_t to) {
  visits* v = data;
  v->begins[from] = true;
  for (size_t i = from; i < to; ++i) ++v->times[i];
}

static void test_cuts(int threads, size_t n, size_t step, size_t grain) {
  visits v = {.times = {0}};
  size_t stretches = 0;
  parallel_for(threads, n, step, grain, visit, &v);
  bool once = true, placed = true;
  for (size_t i = 0; i < MOST; ++i) {
    once = once && v.times[i] == (i < n ? 1 : 0);
    placed = placed && (!v.begins[i] || i % step == 0);
    stretches += v.begins[i];
  }
  check(once, "each thing is done once");
  check(placed, "stretches begin at multiples of the step");
  check(stretches <= (threads > 1 ? (size_t) threads : 1) && stretches <= n / grain + 1,
        "no more stretches than threads, or than are worth one");
}

typedef void (*product)(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c);

static void test_product(product f, size_t m, size_t n, size_t k, bool add) {
  real *a = keep_reals(m * k), *b = keep_reals(k * n), *start = keep_reals(m * n);
  real *alone = keep_reals(m * n), *shared = keep_reals(m * n);
  draw_reals(m * k, -1, 1, a);
  draw_reals(k * n, -1, 1, b);
  draw_reals(m * n, -1, 1, start);
  memcpy(alone, start, m * n * sizeof(real));
  f(1, m, n, k, a, b, add, alone);
  for (int threads = 2; threads <= 5; ++threads) {
    memcpy(shared, start, m * n * sizeof(real));
    f(threads, m, n, k, a, b, add, shared);
    check(same_bytes(alone, shared, m * n * sizeof(real)), "a product by several threads");
  }
  check(guards_hold(), "within its matrix");
  release_all();
}

int main(void) {
  const size_t lengths[] = {0, 1, 5, 63, 64, 65, 128, 300, 640, 699};
  for (int i = 0; i < COUNT(lengths); ++i) {
    for (int threads = 0; threads <= 7; ++threads) {
      test_cuts(threads, lengths[i], 1, 1);
      test_cuts(threads, lengths[i], 16, 40);
      test_cuts(threads, lengths[i], 64, 64);
    }
  }
  /* Rows shared, columns shared, dots; none a multiple of a tile. */
  const size_t shapes[][3] = {{517, 301, 77}, {37, 1501, 290}, {3, 90001, 40}, {2001, 9, 701}};
  const product products[] = {gemm_nn, gemm_tn, gemm_nt};
  for (int i = 0; i < COUNT(shapes); ++i) {
    for (int f = 0; f < COUNT(products); ++f) {
      test_product(products[f], shapes[i][0], shapes[i][1], shapes[i][2], f % 2 == 0);
    }
  }
  check(parallel_processors() >= 1, "there is a processor");
  return report();
}
