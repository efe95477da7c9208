#include "optimizer.h"

/* Adamax, Adam with the infinity norm.
 *   m += (1 - b1)(g - m),  u = max(b2 u, |g|)
 *   w -= lr m / ((1 - b1^t)(u + eps))  */

static void adamax_step(const step_args* a, size_t n, real* w, const real* g,
                        real* const* slots) {
  real *m = slots[0], *u = slots[1];
  real take = (real) (1 - a->h[0]), b2 = (real) a->h[1], eps = (real) a->h[2];
  real alpha = (real) (a->lr / (1 - pow(a->h[0], a->t)));
  for (size_t i = 0; i < n; ++i) {
    real old = b2 * u[i], size = fabs(g[i]);
    m[i] += take * (g[i] - m[i]);
    u[i] = old >= size ? old : size;
    w[i] -= alpha * m[i] / (u[i] + eps);
  }
}

static const optimizer_type adamax_optimizer = {
    .name = "adamax",
    .hparams = {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}},
    .slots = {"momentum", "norm"},
    .step = adamax_step,
};
