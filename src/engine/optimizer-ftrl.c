#include "optimizer.h"

/* Follow the regularized leader. With p = -learning_rate_power and
 * l2' = l2 + beta / (2 lr):
 *   gs = g + 2 shrinkage w,  n' = n + g^2
 *   z += gs - (n'^p - n^p) / lr w
 *   w = (clip(z, -l1, l1) - z) / (n'^p / lr + 2 l2')
 * w is computed anew from z at every step, also where the gradient is 0. */

enum { FTRL_POWER, FTRL_START, FTRL_L1, FTRL_L2, FTRL_SHRINKAGE, FTRL_BETA };

static double ftrl_start(const double* h, int slot) { return slot == 0 ? h[FTRL_START] : 0; }

/* The default power is a root. */
static real ftrl_power(real x, real p) { return p == (real) 0.5 ? sqrt(x) : pow(x, p); }

static real ftrl_clip(real z, real most) { return z > most ? most : z < -most ? -most : z; }

static void ftrl_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  const double* h = a->h;
  real *sum = slots[0], *z = slots[1];
  real lr = (real) a->lr, p = (real) -h[FTRL_POWER], l1 = (real) h[FTRL_L1];
  real l2 = (real) (2 * h[FTRL_L2] + h[FTRL_BETA] / a->lr);
  real shrinkage = (real) (2 * h[FTRL_SHRINKAGE]);
  for (size_t i = 0; i < n; ++i) {
    real old = ftrl_power(sum[i], p);
    sum[i] += g[i] * g[i];
    real power = ftrl_power(sum[i], p);
    z[i] += g[i] + shrinkage * w[i] - (power - old) / lr * w[i];
    w[i] = (ftrl_clip(z[i], l1) - z[i]) / (power / lr + l2);
  }
}

static const optimizer_type ftrl_optimizer = {
    .name = "ftrl",
    .hparams = {{"learning_rate_power", -0.5},
                {"initial_accumulator_value", 0.1},
                {"l1_regularization_strength", 0},
                {"l2_regularization_strength", 0},
                {"l2_shrinkage_regularization_strength", 0},
                {"beta", 0}},
    .slots = {"accumulator", "linear"},
    .slot_start = ftrl_start,
    .step = ftrl_step,
};
