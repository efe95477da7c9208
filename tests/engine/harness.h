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

static int report(void) {
  printf("%d passed, %d failed\n", harness_passed, harness_failed);
  return harness_failed > 0;
}

#endif
