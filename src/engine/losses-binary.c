#include "loss-columns.h"
#include "loss-values.h"
#include "vector-math.h"
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

/* The same for whole vectors. */
typedef vec (*bce_vector)(const double* h, vec t, vec y);

NN_INLINE vec bce_target(const double* h, vec t) {
  return t * (1 - (real) h[BCE_SMOOTHING]) + (real) h[BCE_SMOOTHING] / 2;
}
NN_INLINE vec bce_pair(const double* h, vec t, vec y) {
  vec q = vec_at_least(vec_at_most(y, 1 - NN_EPSILON), NN_EPSILON);
  t = bce_target(h, t);
  return -(t * vec_log(q) + (1 - t) * vec_log(1 - q));
}
NN_INLINE vec bce_slope(const double* h, vec t, vec y) {
  vec_mask clips = (y < NN_EPSILON) | (y > 1 - NN_EPSILON);
  t = bce_target(h, t);
  return vec_select(clips, vec_of(0), (1 - t) / (1 - y) - t / y);
}
NN_INLINE vec bce_logit_pair(const double* h, vec t, vec x) {
  t = bce_target(h, t);
  return vec_select(x > 0, x * (1 - t), -x * t) + vec_softplus(-vec_abs(x));
}
NN_INLINE vec bce_logit_slope(const double* h, vec t, vec x) {
  return vec_sigmoid(x) - bce_target(h, t);
}

NN_INLINE vec bce_curve(const double* h, vec t, vec y) {
  vec_mask clips = (y < NN_EPSILON) | (y > 1 - NN_EPSILON);
  t = bce_target(h, t);
  return vec_select(clips, vec_of(0), (1 - t) / ((1 - y) * (1 - y)) + t / (y * y));
}
NN_INLINE vec bce_logit_curve(const double* h, vec t, vec x) {
  (void) h, (void) t;
  return vec_sigmoid(x) * vec_sigmoid(-x);
}

/* f of n neighbours, whose targets are neighbours too, or are one. */
NN_INLINE void bce_run(const loss_args* a, bce_vector f, size_t n, size_t at, real* to) {
  bool one = a->kt < a->k;
  for (size_t i = 0; i < n; i += LANES) {
    vec t = one ? vec_of(a->t[at / (size_t) a->k]) : vec_load(a->t + at + i, n - i);
    vec_store(to + i, f(a->h, t, vec_load(a->y + at + i, n - i)), n - i);
  }
}

enum { BCE_STRETCH = 64 };

NN_INLINE void bce_means(const loss_args* a, bce_vector f, real* v) {
  size_t k = (size_t) a->k;
  real e[BCE_STRETCH];
  if (k == 1) bce_run(a, f, a->cols, 0, v);
  for (size_t j = 0; k > 1 && j < a->cols; ++j) {
    double sum = 0;
    for (size_t at = 0; at < k; at += BCE_STRETCH) {
      size_t n = k - at < BCE_STRETCH ? k - at : BCE_STRETCH;
      bce_run(a, f, n, j * k + at, e);
      for (size_t i = 0; i < n; ++i) sum += (double) e[i] * NN_SHRINK;
    }
    v[j] = (real) (sum / a->k / NN_SHRINK);
  }
}

NN_INLINE void bce_slopes(const loss_args* a, bce_vector f, const real* s, real* dy) {
  size_t k = (size_t) a->k;
  if (a->kt == a->k) bce_run(a, f, k * a->cols, 0, dy);
  for (size_t j = 0; j < a->cols; ++j) {
    if (a->kt < a->k) bce_run(a, f, k, j * k, dy + j * k);
    vector_scale(k, s[j] / (real) a->k, dy + j * k);
  }
}

NN_PRIVATE void bce_value(const loss_args* a, real* v) {
  if (a->h[BCE_LOGITS] != 0) {
    bce_means(a, bce_logit_pair, v);
  } else {
    bce_means(a, bce_pair, v);
  }
}

static void bce_grad(const loss_args* a, const real* s, real* dy) {
  if (a->h[BCE_LOGITS] != 0) {
    bce_slopes(a, bce_logit_slope, s, dy);
  } else {
    bce_slopes(a, bce_slope, s, dy);
  }
}

static NN_COLD void bce_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  if (a->h[BCE_LOGITS] != 0) {
    bce_slopes(a, bce_logit_curve, s, dydot);
  } else {
    bce_slopes(a, bce_curve, s, dydot);
  }
  vector_multiply(a->cols * (size_t) a->k, ydot, dydot);
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

/* With p(u) = u^gamma, where u, u' and u'' go by the prediction:
 * (p c)'' = p'' u'^2 c + p' (u'' c + 2 u' c') + p c'' */
typedef struct {
  real u, slope, curve;
} bfocal_miss;

static real bfocal_product_curve(const bfocal_miss* m, real gamma, real c, real c_slope,
                                 real c_curve) {
  return power_curve(m->u, gamma) * m->slope * m->slope * c +
         power_slope(m->u, gamma) * (m->curve * c + 2 * m->slope * c_slope) +
         power(m->u, gamma) * c_curve;
}

static real bfocal_curve(const double* h, real t, real y) {
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  bfocal_miss m = {.u = t * (1 - y) + (1 - t) * y, .slope = 1 - 2 * t};
  bool free = within(y, NN_EPSILON, 1 - NN_EPSILON);
  real c_curve = free ? (1 - t) / ((1 - y) * (1 - y)) + t / (y * y) : 0;
  real curve = bfocal_product_curve(&m, (real) h[BFOCAL_GAMMA], binary_entropy(t, y),
                                    binary_entropy_slope(t, y), c_curve);
  return bfocal_balance(h, t) * curve;
}

static real bfocal_logit_curve(const double* h, real t, real x) {
  real y = sigmoid(x), rest = sigmoid(-x), spread = y * rest;
  t = binary_smoothed(t, h[BFOCAL_SMOOTHING]);
  bfocal_miss m = {.u = t * rest + (1 - t) * y, .slope = (1 - 2 * t) * spread};
  m.curve = m.slope * (rest - y);
  real entropy = binary_logit_entropy(t, x);
  return bfocal_balance(h, t) *
         bfocal_product_curve(&m, (real) h[BFOCAL_GAMMA], entropy, y - t, spread);
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

static NN_COLD void bfocal_hessian(const loss_args* a, const real* s, const real* ydot,
                                   real* dydot) {
  if (a->h[BFOCAL_LOGITS] != 0) {
    pairs_hessian(a, bfocal_logit_curve, a->k, s, ydot, dydot);
  } else {
    pairs_hessian(a, bfocal_curve, a->k, s, ydot, dydot);
  }
}
