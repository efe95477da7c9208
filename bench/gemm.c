/* The engine's matrix products alone, beside those of libraries, interleaved.
 *
 * Compiled with `real` and PROCESSOR, the header that opens an instance of the engine
 * (src/engine-avx2.h, ..), and of the engine only what products need. Usage: gemm rounds [path of OpenBLAS [path of oneDNN]], "" where there is
 * none. Prints a line "product m n k round library seconds" for each; seconds are CPU seconds
 * of one product on one thread, again and again on the same numbers, which then stand in
 * cache where they fit. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NN_PRIVATE static
#include PROCESSOR
#include "engine/parallel.c"
#include "engine/gemm-tile.c"
#include "engine/gemm-few.c"
#include "engine/gemm-pack.c"
#include "engine/gemm.c"

#include "gemm-libraries.h"

/* Squares; then, layer by layer, what the dense networks of W2 to W5 ask for: forward (A'B),
 * gradient by weights (A B'), gradient by inputs (A B). */
#define SQUARE(n) {n, n, n, 'n'}
#define DENSE(in, out, batch) \
  {out, batch, in, 't'}, {in, out, batch, 'b'}, {in, batch, out, 'n'}

static const product_shape shapes[] = {
    SQUARE(32),  SQUARE(64),   SQUARE(128),  SQUARE(256),
    SQUARE(512), SQUARE(1024), SQUARE(2048),
    DENSE(10, 32, 32),      DENSE(32, 32, 32),       DENSE(32, 1, 32),
    DENSE(50, 128, 128),    DENSE(128, 64, 128),     DENSE(64, 1, 128),
    DENSE(784, 128, 128),   DENSE(128, 10, 128),
    DENSE(784, 1024, 256),  DENSE(1024, 1024, 256),  DENSE(1024, 10, 256),
};

static const double TARGET_SECONDS = 0.02;

static void kestrel_run(const product_shape* s, const real* a, const real* b, real* c) {
  if (s->kind == 't') {
    gemm_tn(1, s->m, s->n, s->k, a, b, false, c);
  } else if (s->kind == 'b') {
    gemm_nt(1, s->m, s->n, s->k, a, b, false, c);
  } else {
    gemm_nn(1, s->m, s->n, s->k, a, b, false, c);
  }
}

static const struct {
  const char* name;
  void (*run)(const product_shape* s, const real* a, const real* b, real* c);
} libraries[] = {{"kestrel", kestrel_run}, {"OpenBLAS", openblas_run}, {"oneDNN", onednn_run}};

static bool is_here(int library) {
  return library == 0 || (library == 1 ? openblas != NULL : onednn != NULL);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double seconds(int library, int times, const product_shape* s, const real* a, const real* b, real* c) {
  double start = now();
  for (int i = 0; i < times; ++i) libraries[library].run(s, a, b, c);
  return (now() - start) / times;
}

/* How often to run for TARGET_SECONDS; the first run warms up. */
static int times_of(int library, const product_shape* s, const real* a, const real* b, real* c) {
  seconds(library, 1, s, a, b, c);
  int times = 1;
  while (times < 1 << 24 && seconds(library, times, s, a, b, c) * times < TARGET_SECONDS / 4) times *= 2;
  return 4 * times;
}

static real* numbers(size_t n) {
  real* x = aligned_alloc(64, (n * sizeof(real) + 63) / 64 * 64);
  if (x == NULL) exit(1);
  for (size_t i = 0; i < n; ++i) x[i] = (real) (rand() / (double) RAND_MAX - 0.5);
  return x;
}

static void shape_measure(const product_shape* s, int rounds) {
  real *a = numbers(s->m * s->k), *b = numbers(s->k * s->n), *c = numbers(s->m * s->n);
  int times[3] = {0};
  for (int l = 0; l < 3; ++l) times[l] = is_here(l) ? times_of(l, s, a, b, c) : 0;
  for (int round = 1; round <= rounds; ++round) {
    for (int l = 0; l < 3; ++l) {
      if (!is_here(l)) continue;
      const char* product = s->kind == 't' ? "A'B" : s->kind == 'b' ? "AB'" : "AB";
      printf("%s %zu %zu %zu %d %s %.6g\n", product, s->m, s->n, s->k, round, libraries[l].name,
             seconds(l, times[l], s, a, b, c));
    }
  }
  free(a);
  free(b);
  free(c);
}

int main(int argc, char** argv) {
  libraries_open(argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : "");
  int rounds = argc > 1 ? atoi(argv[1]) : 3;
  for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); ++i) shape_measure(&shapes[i], rounds);
  return 0;
}
