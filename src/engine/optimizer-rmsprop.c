#include "optimizer.h"

/* RMSprop: gradients over the root of their running mean square.
 *   v = rho v + (1 - rho) g^2
 *   d = v, or centered: a = rho a + (1 - rho) g, d = v - a^2
 *   s = lr g / sqrt(d + eps)
 *   momentum 0: w -= s;  else m = mu m + s, w -= m  */

enum { RMSPROP_RHO, RMSPROP_MOMENTUM, RMSPROP_EPSILON, RMSPROP_CENTERED };
enum { RMSPROP_SQUARE, RMSPROP_MEAN, RMSPROP_SPEED };

static void rmsprop_average(size_t n, real rho, const real* g, real* v, real* mean) {
  real rest = 1 - rho;
  for (size_t i = 0; i < n; ++i) v[i] = rho * v[i] + rest * g[i] * g[i];
  if (!mean) return;
  for (size_t i = 0; i < n; ++i) mean[i] = rho * mean[i] + rest * g[i];
}

/* The variance is no less than 0 but for rounding. */
static real rmsprop_spread(const real* v, const real* mean, size_t i) {
  real d = mean ? v[i] - mean[i] * mean[i] : v[i];
  return d < 0 ? 0 : d;
}

static bool rmsprop_uses(const double* h, int slot) {
  if (slot == RMSPROP_MEAN) return h[RMSPROP_CENTERED] > 0;
  return slot == RMSPROP_SQUARE || h[RMSPROP_MOMENTUM] > 0;
}

static void rmsprop_step(const step_args* a, size_t n, real* w, const real* g,
                         real* const* slots) {
  real lr = (real) a->lr, mu = (real) a->h[RMSPROP_MOMENTUM];
  real rho = (real) a->h[RMSPROP_RHO], eps = (real) a->h[RMSPROP_EPSILON];
  real *v = slots[RMSPROP_SQUARE], *mean = slots[RMSPROP_MEAN], *m = slots[RMSPROP_SPEED];
  rmsprop_average(n, rho, g, v, mean);
  if (!m) {
    for (size_t i = 0; i < n; ++i) w[i] -= lr * g[i] / sqrt(rmsprop_spread(v, mean, i) + eps);
    return;
  }
  for (size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] + lr * g[i] / sqrt(rmsprop_spread(v, mean, i) + eps);
    w[i] -= m[i];
  }
}

static const optimizer_type rmsprop_optimizer = {
    .name = "rmsprop",
    .hparams = {{"rho", 0.9}, {"momentum", 0}, {"epsilon", 1e-7}, {"centered", 0}},
    .slots = {"velocity", "average_gradient", "momentum"},
    .slot_used = rmsprop_uses,
    .step = rmsprop_step,
};
