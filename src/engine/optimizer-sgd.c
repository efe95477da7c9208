#include "optimizer.h"

/* Stochastic gradient descent.
 *   momentum 0:  w -= lr g
 *   else:        m = mu m - lr g;  w += m, or with Nesterov w += mu m - lr g  */

static void sgd_plain(size_t n, real lr, real* w, const real* g) {
  for (size_t i = 0; i < n; ++i) w[i] -= lr * g[i];
}

static void sgd_momentum(size_t n, real lr, real mu, real* w, const real* g, real* m) {
  for (size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] - lr * g[i];
    w[i] += m[i];
  }
}

static void sgd_nesterov(size_t n, real lr, real mu, real* w, const real* g, real* m) {
  for (size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] - lr * g[i];
    w[i] += mu * m[i] - lr * g[i];
  }
}

static bool sgd_uses(const double* h, int slot) {
  (void) slot;
  return h[0] > 0;
}

static void sgd_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  real lr = (real) a->lr, mu = (real) a->h[0];
  if (a->h[0] <= 0) {
    sgd_plain(n, lr, w, g);
  } else if (a->h[1] > 0) {
    sgd_nesterov(n, lr, mu, w, g, slots[0]);
  } else {
    sgd_momentum(n, lr, mu, w, g, slots[0]);
  }
}

static const optimizer_type sgd_optimizer = {
    .name = "sgd",
    .hparams = {{"momentum", 0}, {"nesterov", 0}},
    .slots = {"momentum"},
    .slot_used = sgd_uses,
    .step = sgd_step,
};
