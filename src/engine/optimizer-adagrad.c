#include "optimizer.h"

/* Adagrad: a += g^2,  w -= lr g / sqrt(a + eps)  */

static double adagrad_start(const double* h, int slot) {
  (void) slot;
  return h[0];
}

static void adagrad_step(const step_args* a, size_t n, real* w, const real* g,
                         real* const* slots) {
  real* sum = slots[0];
  real lr = (real) a->lr, eps = (real) a->h[1];
  for (size_t i = 0; i < n; ++i) {
    sum[i] += g[i] * g[i];
    w[i] -= lr * g[i] / sqrt(sum[i] + eps);
  }
}

static const optimizer_type adagrad_optimizer = {
    .name = "adagrad",
    .hparams = {{"initial_accumulator_value", 0.1}, {"epsilon", 1e-7}},
    .slots = {"accumulator"},
    .slot_start = adagrad_start,
    .step = adagrad_step,
};
