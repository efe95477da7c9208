#include "loss-columns.h"
#include "loss-values.h"

/* Losses that are means over a column of a function of target t and prediction y, with
 * e = y - t. At a kink the slope is 0 (mean absolute errors) or that of the side on which
 * the function moves (maxima), as in Keras.
 *
 *   mean_squared_error              e^2
 *   mean_absolute_error             |e|
 *   mean_absolute_percentage_error  100 |e| / max(|t|, eps)
 *   mean_squared_logarithmic_error  (log(max(y, eps) + 1) - log(max(t, eps) + 1))^2
 *   huber                           e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2
 *   log_cosh                        log(cosh(e))
 *   poisson                         y - t log(y + eps) */

static real sign_of(real x) { return (real) (x > 0) - (real) (x < 0); }

static real mse_pair(const double* h, real t, real y) {
  (void) h;
  return (y - t) * (y - t);
}
static real mse_slope(const double* h, real t, real y) {
  (void) h;
  return 2 * (y - t);
}
static real mse_curve(const double* h, real t, real y) {
  (void) h, (void) t, (void) y;
  return 2;
}
NN_PRIVATE void mse_value(const loss_args* a, real* v) { pairs_value(a, mse_pair, a->k, v); }
static void mse_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, mse_slope, a->k, s, dy);
}
static NN_COLD void mse_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  pairs_hessian(a, mse_curve, a->k, s, ydot, dydot);
}

static real mae_pair(const double* h, real t, real y) {
  (void) h;
  return fabs(y - t);
}
static real mae_slope(const double* h, real t, real y) {
  (void) h;
  return sign_of(y - t);
}
NN_PRIVATE void mae_value(const loss_args* a, real* v) { pairs_value(a, mae_pair, a->k, v); }
static void mae_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, mae_slope, a->k, s, dy);
}
static NN_COLD void mae_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  pairs_hessian(a, pair_straight, a->k, s, ydot, dydot);
}

static real mape_pair(const double* h, real t, real y) {
  (void) h;
  return 100 * fabs((y - t) / fmax(fabs(t), NN_EPSILON));
}
static real mape_slope(const double* h, real t, real y) {
  (void) h;
  return 100 * sign_of(y - t) / fmax(fabs(t), NN_EPSILON);
}
NN_PRIVATE void mape_value(const loss_args* a, real* v) { pairs_value(a, mape_pair, a->k, v); }
static void mape_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, mape_slope, a->k, s, dy);
}
static NN_COLD void mape_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  pairs_hessian(a, pair_straight, a->k, s, ydot, dydot);
}

static real msle_log(real x) { return log((x < NN_EPSILON ? NN_EPSILON : x) + 1); }
static real msle_pair(const double* h, real t, real y) {
  (void) h;
  real e = msle_log(y) - msle_log(t);
  return e * e;
}
static real msle_slope(const double* h, real t, real y) {
  (void) h;
  return y < NN_EPSILON ? 0 : 2 * (msle_log(y) - msle_log(t)) / (y + 1);
}
static real msle_curve(const double* h, real t, real y) {
  (void) h;
  return y < NN_EPSILON ? 0 : 2 * (1 - msle_log(y) + msle_log(t)) / ((y + 1) * (y + 1));
}
NN_PRIVATE void msle_value(const loss_args* a, real* v) { pairs_value(a, msle_pair, a->k, v); }
static void msle_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, msle_slope, a->k, s, dy);
}
static NN_COLD void msle_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  pairs_hessian(a, msle_curve, a->k, s, ydot, dydot);
}

static real huber_pair(const double* h, real t, real y) {
  real e = fabs(y - t), delta = (real) h[HUBER_DELTA];
  return e <= delta ? e * e / 2 : delta * e - delta * delta / 2;
}
static real huber_slope(const double* h, real t, real y) {
  real delta = (real) h[HUBER_DELTA];
  return clip(y - t, -delta, delta);
}
static real huber_curve(const double* h, real t, real y) {
  real delta = (real) h[HUBER_DELTA];
  return within(y - t, -delta, delta);
}
NN_PRIVATE void huber_value(const loss_args* a, real* v) { pairs_value(a, huber_pair, a->k, v); }
static void huber_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, huber_slope, a->k, s, dy);
}
static NN_COLD void huber_hessian(const loss_args* a, const real* s, const real* ydot,
                                  real* dydot) {
  pairs_hessian(a, huber_curve, a->k, s, ydot, dydot);
}

/* cosh(e) = 1 + 2 sinh(e / 2)^2 near 0, where 1 would swallow the rest. */
static real log_cosh_pair(const double* h, real t, real y) {
  (void) h;
  real e = fabs(y - t), half = e / 2;
  if (e < 1) return log1p(2 * sinh(half) * sinh(half));
  return e - (real) 0.69314718055994530942 + log1p(exp(-2 * e));
}
static real log_cosh_slope(const double* h, real t, real y) {
  (void) h;
  return tanh(y - t);
}
static real log_cosh_curve(const double* h, real t, real y) {
  (void) h;
  real share = 1 / cosh(y - t);
  return share * share;
}
NN_PRIVATE void log_cosh_value(const loss_args* a, real* v) { pairs_value(a, log_cosh_pair, a->k, v); }
static void log_cosh_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, log_cosh_slope, a->k, s, dy);
}
static NN_COLD void log_cosh_hessian(const loss_args* a, const real* s, const real* ydot,
                                     real* dydot) {
  pairs_hessian(a, log_cosh_curve, a->k, s, ydot, dydot);
}

static real poisson_pair(const double* h, real t, real y) {
  (void) h;
  return y - t * log(y + NN_EPSILON);
}
static real poisson_slope(const double* h, real t, real y) {
  (void) h;
  return 1 - t / (y + NN_EPSILON);
}
static real poisson_curve(const double* h, real t, real y) {
  (void) h;
  return t / ((y + NN_EPSILON) * (y + NN_EPSILON));
}
NN_PRIVATE void poisson_value(const loss_args* a, real* v) { pairs_value(a, poisson_pair, a->k, v); }
static void poisson_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, poisson_slope, a->k, s, dy);
}
static NN_COLD void poisson_hessian(const loss_args* a, const real* s, const real* ydot,
                                    real* dydot) {
  pairs_hessian(a, poisson_curve, a->k, s, ydot, dydot);
}
