#include "activation.h"

/* Put together from straight pieces and parabolas. At a kink the slope is the one that
 * Keras' gradients have there. Comparisons are turned so that NaN passes. */

static real clipped(real x, real low, real high) { return x < low ? low : x > high ? high : x; }

static void hard_tanh_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = clipped(x[i], -1, 1);
}

static void hard_tanh_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] >= -1 && x[i] <= 1 ? 1 : 0;
}

/* relu6(x + 3) / 6 */
static real hard_sigmoid_at(real x) { return clipped(x / 6 + (real) 0.5, 0, 1); }
static real hard_sigmoid_bend(real x) { return x > -3 && x < 3 ? (real) 1 / 6 : 0; }

static void hard_sigmoid_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = hard_sigmoid_at(x[i]);
}

static void hard_sigmoid_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = hard_sigmoid_bend(x[i]);
}

static void hard_silu_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] * hard_sigmoid_at(x[i]);
}

static void hard_silu_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) {
    d[i] = hard_sigmoid_at(x[i]) + x[i] * hard_sigmoid_bend(x[i]);
  }
}

static void hard_shrink_value(const span* s, const real* x, real* y) {
  const real t = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) y[i] = fabs(x[i]) <= t ? 0 : x[i];
}

static real soft_shrink_at(real x, real t) {
  return fabs(x) <= t ? 0 : x > 0 ? x - t : x + t;
}

static void soft_shrink_value(const span* s, const real* x, real* y) {
  const real t = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) y[i] = soft_shrink_at(x[i], t);
}

static void shrink_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  const real t = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) d[i] = fabs(x[i]) > t ? 1 : 0;
}

/* 0 up to -1, x from 1 on, between them the parabola (x + 1)^2 / 4. */
static void sparse_plus_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) {
    real half = (x[i] + 1) / 2;
    y[i] = x[i] <= -1 ? 0 : x[i] < 1 ? half * half : x[i];
  }
}

static void sparse_plus_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = clipped((x[i] + 1) / 2, 0, 1);
}

static void sparse_sigmoid_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = clipped((x[i] + 1) / 2, 0, 1);
}

static void sparse_sigmoid_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > -1 && x[i] < 1 ? (real) 0.5 : 0;
}
