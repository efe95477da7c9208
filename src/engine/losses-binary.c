#include "loss-columns.h"
#include "loss-values.h"
#include "vector.h"

/* Cross-entropies of one probability each, t the truth and y the prediction.
 *
 *   binary_crossentropy        mean_i c_i, c = -(t log q + (1 - t) log(1 - q)),
 *                              q = y clipped to [eps, 1 - eps]
 *   binary_focal_crossentropy  mean_i b u^gamma c, u = t (1 - y) + (1 - t) y,
 *                              b = t alpha + (1 - t)(1 - alpha) with class balancing, else 1
 *
 * Label smoothing draws t towards 1/2 first. From logits x, y is sigmoid(x), nothing is
 * clipped, and c = max(x, 0) - x t + log(1 + exp(-|x|)), dc/dx = y - t. */

static real binary_smoothed(real t, double smoothing) {
  return t * (1 - (real) smoothing) + (real) smoothing / 2;
}

static real binary_entropy(real t, real y) {
  real q = clip(y, NN_EPSILON, 1 - NN_EPSILON);
  return -(t * log(q) + (1 - t) * log(1 - q));
}

static real binary_entropy_slope(real t, real y) {
  if (!within(y, NN_EPSILON, 1 - NN_EPSILON)) return 0;
  return (1 - t) / (1 - y) - t / y;
}

static real binary_logit_entropy(real t, real x) {
  return (x > 0 ? x * (1 - t) : -x * t) + log1p(exp(-fabs(x)));
}

static real bce_pair(const double* h, real t, real y) {
  return binary_entropy(binary_smoothed(t, h[BCE_SMOOTHING]), y);
}
static real bce_slope(const double* h, real t, real y) {
  return binary_entropy_slope(binary_smoothed(t, h[BCE_SMOOTHING]), y);
}
static real bce_logit_pair(const double* h, real t, real x) {
  return binary_logit_entropy(binary_smoothed(t, h[BCE_SMOOTHING]), x);
}
static real bce_logit_slope(const double* h, real t, real x) {
  return sigmoid(x) - binary_smoothed(t, h[BCE_SMOOTHING]);
}

NN_PRIVATE void bce_value(const loss_args* a, real* v) {
  if (a->h[BCE_LOGITS] != 0) {
    pairs_value(a, bce_logit_pair, a->k, v);
  } else {
    pairs_value(a, bce_pair, a->k, v);
  }
}

static void bce_grad(const loss_args* a, const real* s, real* dy) {
  if (a->h[BCE_LOGITS] != 0) {
    pairs_grad(a, bce_logit_slope, a->k, s, dy);
  } else {
    pairs_grad(a, bce_slope, a->k, s, dy);
  }
}

static real bfocal_balance(const double* h, real t) {
  real alpha = (real) h[BFOCAL_ALPHA];
  return h[BFOCAL_BALANCING] != 0 ? t * alpha + (1 - t) * (1 - alpha) : 1;
}

static real bfocal_pair(const double* h, real t, real y) {
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  real miss = t * (1 - y) + (1 - t) * y;
  return bfocal_balance(h, t) * power(miss, (real) h[BFOCAL_GAMMA]) * binary_entropy(t, y);
}

static real bfocal_slope(const double* h, real t, real y) {
  real gamma = (real) h[BFOCAL_GAMMA];
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  real miss = t * (1 - y) + (1 - t) * y;
  real easier = power_slope(miss, gamma) * (1 - 2 * t) * binary_entropy(t, y);
  return bfocal_balance(h, t) * (easier + power(miss, gamma) * binary_entropy_slope(t, y));
}

static real bfocal_logit_pair(const double* h, real t, real x) {
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  real miss = t * sigmoid(-x) + (1 - t) * sigmoid(x);
  return bfocal_balance(h, t) * power(miss, (real) h[BFOCAL_GAMMA]) * binary_logit_entropy(t, x);
}

static real bfocal_logit_slope(const double* h, real t, real x) {
  real gamma = (real) h[BFOCAL_GAMMA], y = sigmoid(x), rest = sigmoid(-x);
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  real miss = t * rest + (1 - t) * y;
  real easier = power_slope(miss, gamma) * (1 - 2 * t) * (y * rest) * binary_logit_entropy(t, x);
  return bfocal_balance(h, t) * (easier + power(miss, gamma) * (y - t));
}

NN_PRIVATE void bfocal_value(const loss_args* a, real* v) {
  if (a->h[BFOCAL_LOGITS] != 0) {
    pairs_value(a, bfocal_logit_pair, a->k, v);
  } else {
    pairs_value(a, bfocal_pair, a->k, v);
  }
}

static void bfocal_grad(const loss_args* a, const real* s, real* dy) {
  if (a->h[BFOCAL_LOGITS] != 0) {
    pairs_grad(a, bfocal_logit_slope, a->k, s, dy);
  } else {
    pairs_grad(a, bfocal_slope, a->k, s, dy);
  }
}
