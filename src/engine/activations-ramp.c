#include "activation.h"

#include "vector.h"

/* Ramps: what is straight, or nearly, on the positive side. At a kink the slope is the one
 * that Keras' gradients have there. Comparisons are turned so that NaN passes. */

static void linear_value(const span* s, const real* x, real* y) { vector_copy(s->n, x, y); }

static void linear_slope(const span* s, const real* x, const real* y, real* d) {
  (void) x, (void) y;
  vector_fill(s->n, 1, d);
}

/* Hyperparameters of relu: y = min(x, max) above the threshold, below it a line through
 * (threshold, 0). */
typedef struct {
  real below, max, threshold;
  bool plain;      /* max(x, 0) */
  real at_edge;    /* slope at the threshold */
  real at_max;
} relu_args;

/* Keras takes its ops for leaky_relu and relu6 where they fit, and these disagree with the
 * general form about the slope at the kinks. */
static relu_args relu_read(const double* h) {
  relu_args a = {(real) h[0], isnan(h[1]) ? (real) INFINITY : (real) h[1], (real) h[2], false, 0, 1};
  a.plain = h[0] == 0 && isnan(h[1]) && h[2] == 0;
  if (isnan(h[1]) && h[2] == 0) a.at_edge = a.below;
  if (h[1] == 6 && h[2] == 0) a.at_max = 0;
  return a;
}

static real relu_bent(const relu_args* a, real x) {
  if (x > a->threshold) return x < a->max ? x : a->max;
  return x <= a->threshold && a->below == 0 ? 0 : a->below * (x - a->threshold);
}

static void relu_value(const span* s, const real* x, real* y) {
  const relu_args a = relu_read(s->h);
  if (a.plain) {
    for (size_t i = 0; i < s->n; ++i) y[i] = x[i] < 0 ? 0 : x[i];
  } else {
    for (size_t i = 0; i < s->n; ++i) y[i] = relu_bent(&a, x[i]);
  }
}

static real relu_bend(const relu_args* a, real x) {
  if (x > a->threshold) return x < a->max ? 1 : x > a->max ? 0 : a->at_max;
  return x < a->threshold ? a->below : a->at_edge;
}

static void relu_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  const relu_args a = relu_read(s->h);
  if (a.plain) {
    for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > 0 ? 1 : 0;
  } else {
    for (size_t i = 0; i < s->n; ++i) d[i] = relu_bend(&a, x[i]);
  }
}

static void relu6_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] < 0 ? 0 : x[i] > 6 ? 6 : x[i];
}

static void relu6_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > 0 && x[i] < 6 ? 1 : 0;
}

static void leaky_relu_value(const span* s, const real* x, real* y) {
  const real below = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] > 0 ? x[i] : below * x[i];
}

static void leaky_relu_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  const real below = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > 0 ? 1 : below;
}

/* y = x above the threshold, else a constant. */
static void threshold_fill(size_t n, real threshold, real other, const real* x, real* y) {
  for (size_t i = 0; i < n; ++i) y[i] = x[i] <= threshold ? other : x[i];
}

static void threshold_value(const span* s, const real* x, real* y) {
  threshold_fill(s->n, (real) s->h[0], (real) s->h[1], x, y);
}

static void thresholded_relu_value(const span* s, const real* x, real* y) {
  threshold_fill(s->n, (real) s->h[0], 0, x, y);
}

static void threshold_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  const real threshold = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > threshold ? 1 : 0;
}

/* above x for x > 0, else bottom (exp(x / width) - 1), whose slope is (y + bottom) / width. */
static void elu_fill(size_t n, real above, real bottom, real width, const real* x, real* y) {
  for (size_t i = 0; i < n; ++i) y[i] = x[i] > 0 ? above * x[i] : bottom * expm1(x[i] / width);
}

static void elu_value(const span* s, const real* x, real* y) {
  elu_fill(s->n, 1, (real) s->h[0], 1, x, y);
}

static void elu_slope(const span* s, const real* x, const real* y, real* d) {
  const real alpha = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > 0 ? 1 : y[i] + alpha;
}

/* Klambauer and others 2017: zero mean and unit variance are a fixed point. */
#define SELU_SCALE ((real) 1.0507009873554805)
#define SELU_BOTTOM ((real) 1.7580993408473766)

static void selu_value(const span* s, const real* x, real* y) {
  elu_fill(s->n, SELU_SCALE, SELU_BOTTOM, 1, x, y);
}

static void selu_slope(const span* s, const real* x, const real* y, real* d) {
  for (size_t i = 0; i < s->n; ++i) {
    d[i] = x[i] > 0 ? SELU_SCALE : x[i] < 0 ? y[i] + SELU_BOTTOM : SELU_SCALE;
  }
}

static void celu_value(const span* s, const real* x, real* y) {
  elu_fill(s->n, 1, (real) s->h[0], (real) s->h[0], x, y);
}

static void celu_slope(const span* s, const real* x, const real* y, real* d) {
  const real alpha = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) d[i] = x[i] > 0 ? 1 : y[i] / alpha + 1;
}
