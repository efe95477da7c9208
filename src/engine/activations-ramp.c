#include "activations-loops.h"
#include "vector.h"

/* Ramps: what is straight, or nearly, on the positive side. At a kink the slope is the one
 * that Keras' gradients have there. Comparisons are turned so that NaN passes. */

static void linear_value(const span* s, const real* x, real* y) { vector_copy(s->n, x, y); }

static void linear_slope(const span* s, const real* x, const real* y, const real* v, real* to) {
  (void) x, (void) y;
  vector_copy(s->n, v, to);
}
ACTIVATION_STRAIGHT(linear)

/* Hyperparameters of relu: y = min(x, max) above the threshold, below it a line through
 * (threshold, 0). NaN is no maximum. */
enum { RELU_BELOW, RELU_MAX, RELU_THRESHOLD };

/* relu with its defaults: max(x, 0) */
NN_INLINE vec relu_plain_at(const real* h, vec x) {
  (void) h;
  return vec_at_least(x, 0);
}
NN_INLINE vec relu_plain_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return vec_select(x > 0, vec_of(1), vec_of(0));
}
ACTIVATION_LOOPS(relu_plain, 0)

static bool relu_is_plain(const double* h) {
  return h[RELU_BELOW] == 0 && isnan(h[RELU_MAX]) && h[RELU_THRESHOLD] == 0;
}

NN_INLINE real relu_most(const real* h) {
  return isnan(h[RELU_MAX]) ? (real) INFINITY : h[RELU_MAX];
}

NN_INLINE vec relu_bent_at(const real* h, vec x) {
  vec line = h[RELU_BELOW] * (x - h[RELU_THRESHOLD]);
  if (h[RELU_BELOW] == 0) line = vec_select(x <= h[RELU_THRESHOLD], vec_of(0), line);
  return vec_select(x > h[RELU_THRESHOLD], vec_at_most(x, relu_most(h)), line);
}

/* Keras takes its ops for leaky_relu and relu6 where they fit, and these disagree with the
 * general form about the slope at the kinks. */
NN_INLINE vec relu_bent_bend(const real* h, vec x, vec y) {
  (void) y;
  real most = relu_most(h), below = h[RELU_BELOW], threshold = h[RELU_THRESHOLD];
  real at_edge = isnan(h[RELU_MAX]) && threshold == 0 ? below : 0;
  real at_most = h[RELU_MAX] == 6 && threshold == 0 ? 0 : 1;
  vec left = vec_select(x < threshold, vec_of(below), vec_of(at_edge));
  vec right = vec_select(x > most, vec_of(0), vec_of(at_most));
  right = vec_select(x < most, vec_of(1), right);
  return vec_select(x > threshold, right, left);
}
ACTIVATION_LOOPS(relu_bent, 3)

static void relu_value(const span* s, const real* x, real* y) {
  (relu_is_plain(s->h) ? relu_plain_value : relu_bent_value)(s, x, y);
}

static void relu_slope(const span* s, const real* x, const real* y, const real* v, real* to) {
  (relu_is_plain(s->h) ? relu_plain_slope : relu_bent_slope)(s, x, y, v, to);
}
ACTIVATION_STRAIGHT(relu)

NN_INLINE vec relu6_at(const real* h, vec x) {
  (void) h;
  return vec_at_most(vec_at_least(x, 0), 6);
}
NN_INLINE vec relu6_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return vec_select((x > 0) & (x < 6), vec_of(1), vec_of(0));
}
ACTIVATION_LOOPS(relu6, 0)
ACTIVATION_STRAIGHT(relu6)

NN_INLINE vec leaky_relu_at(const real* h, vec x) { return vec_select(x > 0, x, h[0] * x); }
NN_INLINE vec leaky_relu_bend(const real* h, vec x, vec y) {
  (void) y;
  return vec_select(x > 0, vec_of(1), vec_of(h[0]));
}
ACTIVATION_LOOPS(leaky_relu, 1)
ACTIVATION_STRAIGHT(leaky_relu)

/* y = x above the threshold, else a constant. */
NN_INLINE vec threshold_at(const real* h, vec x) { return vec_select(x <= h[0], vec_of(h[1]), x); }
NN_INLINE vec thresholded_relu_at(const real* h, vec x) {
  return vec_select(x <= h[0], vec_of(0), x);
}
NN_INLINE vec threshold_bend(const real* h, vec x, vec y) {
  (void) y;
  return vec_select(x > h[0], vec_of(1), vec_of(0));
}
ACTIVATION_VALUE(threshold, 2, threshold_at)
ACTIVATION_VALUE(thresholded_relu, 1, thresholded_relu_at)
ACTIVATION_SLOPE(threshold, 1, threshold_bend)
ACTIVATION_STRAIGHT(threshold)

/* x for x > 0, else alpha (exp(x) - 1), whose slope is y + alpha. */
NN_INLINE vec elu_at(const real* h, vec x) { return vec_select(x > 0, x, h[0] * vec_expm1(x)); }
NN_INLINE vec elu_bend(const real* h, vec x, vec y) {
  return vec_select(x > 0, vec_of(1), y + h[0]);
}
NN_INLINE vec elu_curve(const real* h, vec x, vec y) {
  return vec_select(x > 0, vec_of(0), y + h[0]);
}
ACTIVATION_LOOPS(elu, 1)
ACTIVATION_CURVE(elu, 1)

/* Klambauer and others 2017: zero mean and unit variance are a fixed point. */
#define SELU_SCALE ((real) 1.0507009873554805)
#define SELU_BOTTOM ((real) 1.7580993408473766)

NN_INLINE vec selu_at(const real* h, vec x) {
  (void) h;
  return vec_select(x > 0, SELU_SCALE * x, SELU_BOTTOM * vec_expm1(x));
}
NN_INLINE vec selu_bend(const real* h, vec x, vec y) {
  (void) h;
  return vec_select(x < 0, y + SELU_BOTTOM, vec_of(SELU_SCALE));
}
NN_INLINE vec selu_curve(const real* h, vec x, vec y) {
  (void) h;
  return vec_select(x < 0, y + SELU_BOTTOM, vec_of(0));
}
ACTIVATION_LOOPS(selu, 0)
ACTIVATION_CURVE(selu, 0)

/* elu that is as smooth for every alpha: alpha (exp(x / alpha) - 1) */
NN_INLINE vec celu_at(const real* h, vec x) {
  return vec_select(x > 0, x, h[0] * vec_expm1(x / h[0]));
}
NN_INLINE vec celu_bend(const real* h, vec x, vec y) {
  return vec_select(x > 0, vec_of(1), y / h[0] + 1);
}
NN_INLINE vec celu_curve(const real* h, vec x, vec y) {
  return vec_select(x > 0, vec_of(0), (y / h[0] + 1) / h[0]);
}
ACTIVATION_LOOPS(celu, 1)
ACTIVATION_CURVE(celu, 1)
