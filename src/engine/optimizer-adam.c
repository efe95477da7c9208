#include "optimizer.h"
#include "simd.h"

/* Adam, and AdamW, which is Adam with the decoupled weight decay that optimizers.c applies.
 *   m += (1 - b1)(g - m),  v += (1 - b2)(g^2 - v)
 *   w -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(u) + eps)
 * u is v, or with AMSGrad the largest v so far. eps is not bias-corrected, as in Keras. */

enum { ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON, ADAM_AMSGRAD };
enum { ADAM_MEAN, ADAM_SQUARE, ADAM_LARGEST };

typedef struct {
  real alpha, take_1, take_2, eps;
} adam_rates;

/* 1 - b^t, which is 1 to the last bit where b^t < exp(-t (1 - b)) < exp(-40). */
static double adam_correction(double b, double t) {
  return t * (1 - b) > 40 ? 1 : 1 - pow(b, t);
}

static adam_rates adam_rates_at(const step_args* a) {
  double b1 = a->h[ADAM_BETA_1], b2 = a->h[ADAM_BETA_2];
  double alpha = a->lr * sqrt(adam_correction(b2, a->t)) / adam_correction(b1, a->t);
  adam_rates r = {.alpha = (real) alpha,
                  .take_1 = (real) (1 - b1),
                  .take_2 = (real) (1 - b2),
                  .eps = (real) a->h[ADAM_EPSILON]};
  return r;
}

/* One vector of weights; u is NULL without AMSGrad. The comparison keeps a NaN of v. */
NN_INLINE void adam_vector(const adam_rates* r, size_t left, real* w, const real* g, real* m,
                           real* v, real* u) {
  vec by = vec_load(g, left), mean = vec_load(m, left), square = vec_load(v, left);
  mean += r->take_1 * (by - mean);
  square += r->take_2 * (by * by - square);
  vec_store(m, mean, left);
  vec_store(v, square, left);
  if (u) {
    vec most = vec_load(u, left);
    square = vec_select(most >= square, most, square);
    vec_store(u, square, left);
  }
  vec_store(w, vec_load(w, left) - r->alpha * mean / (vec_sqrt(square) + r->eps), left);
}

static bool adam_uses(const double* h, int slot) {
  return slot != ADAM_LARGEST || h[ADAM_AMSGRAD] > 0;
}

static void adam_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  adam_rates r = adam_rates_at(a);
  real *m = slots[ADAM_MEAN], *v = slots[ADAM_SQUARE], *u = slots[ADAM_LARGEST];
  if (u) {
    for (size_t i = 0; i < n; i += LANES) adam_vector(&r, n - i, w + i, g + i, m + i, v + i, u + i);
  } else {
    for (size_t i = 0; i < n; i += LANES) adam_vector(&r, n - i, w + i, g + i, m + i, v + i, NULL);
  }
}

#define ADAM_HPARAMS \
  { {"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}, {"amsgrad", 0} }
#define ADAM_SLOTS \
  { "momentum", "velocity", "velocity_hat" }

static const optimizer_type adam_optimizer = {
    .name = "adam",
    .hparams = ADAM_HPARAMS,
    .slots = ADAM_SLOTS,
    .slot_used = adam_uses,
    .step = adam_step,
};

static const optimizer_type adamw_optimizer = {
    .name = "adamw",
    .hparams = ADAM_HPARAMS,
    .slots = ADAM_SLOTS,
    .slot_used = adam_uses,
    .step = adam_step,
};
