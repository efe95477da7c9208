#include "optimizer.h"

/* Lion: w -= lr sign(b1 m + (1 - b1) g), then m = b2 m + (1 - b2) g  */

/* NaN stays NaN */
static real lion_sign(real x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

static void lion_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  real* m = slots[0];
  real lr = (real) a->lr, b1 = (real) a->h[0], b2 = (real) a->h[1];
  for (size_t i = 0; i < n; ++i) {
    w[i] -= lr * lion_sign(b1 * m[i] + (1 - b1) * g[i]);
    m[i] = b2 * m[i] + (1 - b2) * g[i];
  }
}

static const optimizer_type lion_optimizer = {
    .name = "lion",
    .hparams = {{"beta_1", 0.9}, {"beta_2", 0.99}},
    .slots = {"momentum"},
    .step = lion_step,
};
