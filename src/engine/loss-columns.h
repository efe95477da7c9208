/* What the families of losses share: targets, means over a column, clips and powers.
 *
 * Numbers that may be near the largest (logits up to 1e308) are multiplied by NN_SHRINK, a
 * power of two, before they are added or subtracted, so that nothing overflows on the way
 * to a result that does not; the division afterwards is exact. */
#ifndef NN_LOSS_COLUMNS_H
#define NN_LOSS_COLUMNS_H

#include <float.h>

#include "loss.h"

#define NN_SHRINK 0x1p-40

/* Target i of column j; a single target holds for all predictions of its column. */
static inline real target_at(const loss_args* a, size_t i, size_t j) {
  return a->t[a->kt == 1 ? j : j * (size_t) a->k + i];
}

/* A loss of one target and one prediction, or its first or second derivative by the prediction.
 * Handed to the loops below, which are inlined, it is no call. */
typedef real (*pair_function)(const double* h, real t, real y);

/* v_j = sum_i f(t_ij, y_ij) / n */
static inline void pairs_value(const loss_args* a, pair_function f, int n, real* v) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    double sum = 0;
    for (size_t i = 0; i < k; ++i) {
      sum += (double) f(a->h, target_at(a, i, j), a->y[j * k + i]) * NN_SHRINK;
    }
    v[j] = (real) (sum / n / NN_SHRINK);
  }
}

static inline void pairs_grad(const loss_args* a, pair_function slope, int n, const real* s,
                              real* dy) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    real scale = s[j] / (real) n;
    for (size_t i = 0; i < k; ++i) {
      dy[j * k + i] = scale * slope(a->h, target_at(a, i, j), a->y[j * k + i]);
    }
  }
}

/* The second derivative of what is put together from straight pieces. */
static inline real pair_straight(const double* h, real t, real y) {
  (void) h, (void) t, (void) y;
  return 0;
}

static inline void pairs_hessian(const loss_args* a, pair_function curve, int n, const real* s,
                                 const real* ydot, real* dydot) {
  pairs_grad(a, curve, n, s, dydot);
  for (size_t i = 0; i < a->cols * (size_t) a->k; ++i) dydot[i] *= ydot[i];
}

/* A shrunk number in its own size, or the largest there is. */
static inline real unshrunk(double x) {
  double most = sizeof(real) == sizeof(float) ? (double) FLT_MAX : DBL_MAX;
  double full = x / NN_SHRINK;
  return (real) (full > most ? most : full < -most ? -most : full);
}

static inline real clip(real x, real low, real high) { return x < low ? low : x > high ? high : x; }

/* The slope of a clip: a prediction beyond its ends does not move it. */
static inline bool within(real x, real low, real high) { return !(x < low || x > high); }

/* x^g and its derivatives, with 0 where a negative number has no such power, or no finite slope. */
static inline real power(real x, real g) { return x < 0 && g != floor(g) ? 0 : pow(x, g); }

static inline real power_slope(real x, real g) {
  real slope = g * power(x, g - 1);
  return isfinite(slope) ? slope : 0;
}

static inline real power_curve(real x, real g) {
  real curve = g * (g - 1) * power(x, g - 2);
  return isfinite(curve) ? curve : 0;
}

#endif
