#include "loss-columns.h"
#include "loss-values.h"
#include "vector.h"

/* Losses that compare columns as vectors: as distributions, as directions.
 *
 *   kl_divergence      sum_i p_i log(p_i / q_i), p = t and q = y, both clipped to [eps, 1]
 *   cosine_similarity  -sum_i (t_i / |t|) (y_i / |y|), |x| = sqrt(max(sum_i x_i^2, 1e-12)) */

static real kld_pair(const double* h, real t, real y) {
  (void) h;
  real p = clip(t, NN_EPSILON, 1), q = clip(y, NN_EPSILON, 1);
  return p * log(p / q);
}
static real kld_slope(const double* h, real t, real y) {
  (void) h;
  return within(y, NN_EPSILON, 1) ? -clip(t, NN_EPSILON, 1) / y : 0;
}
static real kld_curve(const double* h, real t, real y) {
  (void) h;
  return within(y, NN_EPSILON, 1) ? clip(t, NN_EPSILON, 1) / (y * y) : 0;
}
NN_PRIVATE void kld_value(const loss_args* a, real* v) { pairs_value(a, kld_pair, 1, v); }
static void kld_grad(const loss_args* a, const real* s, real* dy) {
  pairs_grad(a, kld_slope, 1, s, dy);
}
static NN_COLD void kld_hessian(const loss_args* a, const real* s, const real* ydot, real* dydot) {
  pairs_hessian(a, kld_curve, 1, s, ydot, dydot);
}

static const double cosine_least = 1e-12;

static double cosine_length(int n, const real* x) {
  double square = 0;
  for (int i = 0; i < n; ++i) square += (double) x[i] * (double) x[i];
  return sqrt(square > cosine_least ? square : cosine_least);
}

static double cosine_dot(const loss_args* a, size_t j) {
  size_t k = (size_t) a->k;
  double dot = 0;
  for (size_t i = 0; i < k; ++i) dot += (double) target_at(a, i, j) * (double) a->y[j * k + i];
  return dot;
}

NN_PRIVATE void cosine_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  for (size_t j = 0; j < a->cols; ++j) {
    double lengths = cosine_length(a->kt, a->t + j * kt) * cosine_length(a->k, a->y + j * k);
    v[j] = (real) (-cosine_dot(a, j) / lengths);
  }
}

/* d/dy_i = -(t_i / |t| - c y_i / |y|) / |y| with c the cosine; |y| at its floor is constant. */
static void cosine_grad(const loss_args* a, const real* s, real* dy) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  for (size_t j = 0; j < a->cols; ++j) {
    const real* y = a->y + j * k;
    double t_length = cosine_length(a->kt, a->t + j * kt), y_length = cosine_length(a->k, y);
    bool floored = y_length <= sqrt(cosine_least);
    double turn = floored ? 0 : cosine_dot(a, j) / t_length / y_length / y_length;
    for (size_t i = 0; i < k; ++i) {
      double d = (double) target_at(a, i, j) / t_length - turn * (double) y[i];
      dy[j * k + i] = (real) (-(double) s[j] * d / y_length);
    }
  }
}

/* With n = |y| and d = sum_i t_i y_i / |t|, the gradient is -(t / |t| - d y / n^2) / n. */
static NN_COLD void cosine_hessian(const loss_args* a, const real* s, const real* ydot,
                                   real* dydot) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  loss_args turned = *a;
  turned.y = ydot;
  for (size_t j = 0; j < a->cols; ++j) {
    const real* y = a->y + j * k;
    double t_length = cosine_length(a->kt, a->t + j * kt), n = cosine_length(a->k, y);
    bool floored = n <= sqrt(cosine_least);
    double d = cosine_dot(a, j) / t_length, ddot = cosine_dot(&turned, j) / t_length;
    double ndot = vector_dot(k, y, ydot + j * k) / n, n3 = n * n * n;
    for (size_t i = 0; i < k; ++i) {
      double toward = (double) target_at(a, i, j) / t_length * ndot / (n * n);
      double along = (double) y[i] * (ddot - 3 * d * ndot / n) + (double) ydot[j * k + i] * d;
      dydot[j * k + i] = floored ? 0 : (real) ((double) s[j] * (toward + along / n3));
    }
  }
}
