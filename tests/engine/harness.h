/* Checks for programs that run the engine without R. Each program includes this file, runs
 * its checks and ends with `return report();`. It is built once with real = float and once
 * with real = double; TOLERANCE(d, f) takes the bound that belongs. */
#ifndef HARNESS_H
#define HARNESS_H

#define NN_PRIVATE static
#include "../../src/engine/engine.inc"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define IS_DOUBLE (sizeof(real) == sizeof(double))
#define TOLERANCE(d, f) (IS_DOUBLE ? (d) : (f))
#define COUNT(array) ((int) (sizeof(array) / sizeof(*(array))))

static int harness_passed, harness_failed;

static void check(bool good, const char* what) {
  good ? ++harness_passed : ++harness_failed;
  if (!good) printf("FAILED (%s): %s\n", IS_DOUBLE ? "double" : "float", what);
}

/* |a - b| <= tolerance (1 + |b|) */
static void check_near(double a, double b, double tolerance, const char* what) {
  bool good = fabs(a - b) <= tolerance * (1 + fabs(b));
  if (!good) printf("  %.17g is not %.17g\n", a, b);
  check(good, what);
}

/* One check for n numbers; the first that is off is shown. */
static void check_all_near(size_t n, const real* a, const double* b, double tolerance,
                           const char* what) {
  for (size_t i = 0; i < n; ++i) {
    if (fabs((double) a[i] - b[i]) <= tolerance * (1 + fabs(b[i]))) continue;
    printf("  number %d: %.17g is not %.17g\n", (int) i, (double) a[i], b[i]);
    check(false, what);
    return;
  }
  check(true, what);
}

static bool same_bytes(const void* a, const void* b, size_t bytes) {
  return bytes == 0 || memcmp(a, b, bytes) == 0;
}

/* Blocks live until report(). Each is aligned to 64 bytes and stands between guard bytes,
 * which guards_hold() inspects. Its contents are not zero, so that nobody relies on that. */
enum { GUARD = 128, GUARD_BYTE = 0xA5, FRESH_BYTE = 0x5B };

typedef struct kept kept;
struct kept {
  kept* next;
  unsigned char* block;
  size_t bytes;
};
static kept* harness_kept;

static void* keep(size_t bytes) {
  size_t head = sizeof(kept) + GUARD + 64;
  unsigned char* all = malloc(head + bytes + GUARD);
  if (!all) exit(1);
  kept* k = (kept*) all;
  k->block = all + head - (uintptr_t) (all + head) % 64;
  k->bytes = bytes;
  k->next = harness_kept;
  harness_kept = k;
  memset(k->block - GUARD, GUARD_BYTE, GUARD);
  memset(k->block, FRESH_BYTE, bytes);
  memset(k->block + bytes, GUARD_BYTE, GUARD);
  return k->block;
}

static real* keep_reals(size_t n) { return keep(n * sizeof(real)); }
static double* keep_doubles(size_t n) { return keep(n * sizeof(double)); }

static bool guards_hold(void) {
  for (const kept* k = harness_kept; k; k = k->next) {
    for (int i = 1; i <= GUARD; ++i) {
      if (k->block[-i] != GUARD_BYTE || k->block[k->bytes + (size_t) i - 1] != GUARD_BYTE) {
        return false;
      }
    }
  }
  return true;
}

static void release_all(void) {
  while (harness_kept) {
    kept* next = harness_kept->next;
    free(harness_kept);
    harness_kept = next;
  }
}

/* A source of its own (Knuth's 64-bit linear congruence), so that the engine's random
 * numbers are not tested with themselves. Uniform on (low, high). */
static uint64_t harness_state = 20240229;

static double draw(double low, double high) {
  harness_state = harness_state * 6364136223846793005u + 1442695040888963407u;
  return low + (high - low) * ((double) (harness_state >> 11) + 0.5) * 0x1p-53;
}

static int draw_int(int n) { return (int) draw(0, n); }

static void draw_reals(size_t n, double low, double high, real* x) {
  for (size_t i = 0; i < n; ++i) x[i] = (real) draw(low, high);
}

static void draw_doubles(size_t n, double low, double high, double* x) {
  for (size_t i = 0; i < n; ++i) x[i] = draw(low, high);
}

static int report(void) {
  check(guards_hold(), "nothing was written beside a block");
  release_all();
  printf("%d passed, %d failed\n", harness_passed, harness_failed);
  return harness_failed > 0;
}

#endif
