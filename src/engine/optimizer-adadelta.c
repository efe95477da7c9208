#include "optimizer.h"

/* Adadelta: steps in units of earlier steps.
 *   A = rho A + (1 - rho) g^2
 *   d = -sqrt(D + eps) / sqrt(A + eps) g
 *   D = rho D + (1 - rho) d^2,  w += lr d  */

static void adadelta_step(const step_args* a, size_t n, real* w, const real* g,
                          real* const* slots) {
  real *squares = slots[0], *steps = slots[1];
  real lr = (real) a->lr, rho = (real) a->h[0], rest = 1 - rho, eps = (real) a->h[1];
  for (size_t i = 0; i < n; ++i) {
    squares[i] = rho * squares[i] + rest * g[i] * g[i];
    real d = -sqrt(steps[i] + eps) / sqrt(squares[i] + eps) * g[i];
    steps[i] = rho * steps[i] + rest * d * d;
    w[i] += lr * d;
  }
}

static const optimizer_type adadelta_optimizer = {
    .name = "adadelta",
    .hparams = {{"rho", 0.95}, {"epsilon", 1e-7}},
    .slots = {"accumulated_grad", "accumulated_delta_var"},
    .step = adadelta_step,
};
