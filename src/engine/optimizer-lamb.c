#include "optimizer.h"

#include "vector.h"

/* Lamb: Adam's direction r, in each tensor as long as the weights.
 *   m += (1 - b1)(g - m),  v += (1 - b2)(g^2 - v)
 *   r = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps),  w -= lr |w| / |r| r
 * where a norm is 0 their ratio is 1. */

enum { LAMB_BETA_1, LAMB_BETA_2, LAMB_EPSILON };

static real lamb_direction(const step_args* a, real m, real v) {
  double b1 = a->h[LAMB_BETA_1], b2 = a->h[LAMB_BETA_2];
  double mean = (double) m / (1 - pow(b1, a->t)), square = (double) v / (1 - pow(b2, a->t));
  return (real) (mean / (sqrt(square) + a->h[LAMB_EPSILON]));
}

static void lamb_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  real *m = slots[0], *v = slots[1], *r = a->work;
  real take_1 = (real) (1 - a->h[LAMB_BETA_1]), take_2 = (real) (1 - a->h[LAMB_BETA_2]);
  for (size_t i = 0; i < n; ++i) {
    m[i] += take_1 * (g[i] - m[i]);
    v[i] += take_2 * (g[i] * g[i] - v[i]);
    r[i] = lamb_direction(a, m[i], v[i]);
  }
  double of_w = sqrt(vector_norm2(n, w)), of_r = sqrt(vector_norm2(n, r));
  double ratio = of_w > 0 && of_r > 0 ? of_w / of_r : 1;
  vector_axpy(n, (real) (-a->lr * ratio), r, w);
}

static size_t lamb_work(const stretch* one) { return one->n; }

static const optimizer_type lamb_optimizer = {
    .name = "lamb",
    .hparams = {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}},
    .slots = {"momentum", "velocity"},
    .whole = true,
    .work = lamb_work,
    .step = lamb_step,
};
