#include "optimizer.h"

/* Nadam, Adam with Nesterov's look ahead and a momentum that warms up.
 *   u_t = b1 (1 - 0.96^(sd t) / 2),  U_t = u_1 ... u_t
 *   m += (1 - b1)(g - m),  v += (1 - b2)(g^2 - v)
 *   w -= lr mh / (sqrt(v / (1 - b2^t)) + eps),
 *   mh = u_{t+1} m / (1 - U_{t+1}) + (1 - u_t) g / (1 - U_t)
 * sd = schedule_decay: 1 since Keras 2.11, 0.004 before. The first scalar is 1 - U_t, which
 * begins at 0 as scalars do. */

enum { NADAM_BETA_1, NADAM_BETA_2, NADAM_EPSILON, NADAM_SCHEDULE_DECAY };

static double nadam_momentum(const double* h, double t) {
  return h[NADAM_BETA_1] * (1 - 0.5 * pow(0.96, h[NADAM_SCHEDULE_DECAY] * t));
}

/* 1 - U u from 1 - U and u */
static double nadam_rest(double rest, double u) { return rest * u + (1 - u); }

static void nadam_begin(step_args* a) {
  a->scalars[0] = nadam_rest(a->scalars[0], nadam_momentum(a->h, a->t));
}

static void nadam_step(const step_args* a, size_t n, real* w, const real* g,
                       real* const* slots) {
  real *m = slots[0], *v = slots[1];
  double b2 = a->h[NADAM_BETA_2], rest = a->scalars[0];
  double u = nadam_momentum(a->h, a->t), next = nadam_momentum(a->h, a->t + 1);
  real take_1 = (real) (1 - a->h[NADAM_BETA_1]), take_2 = (real) (1 - b2);
  real on_m = (real) (a->lr * next / nadam_rest(rest, next));
  real on_g = (real) (a->lr * (1 - u) / rest);
  real on_v = (real) (1 / (1 - pow(b2, a->t))), eps = (real) a->h[NADAM_EPSILON];
  for (size_t i = 0; i < n; ++i) {
    m[i] += take_1 * (g[i] - m[i]);
    v[i] += take_2 * (g[i] * g[i] - v[i]);
    w[i] -= (on_m * m[i] + on_g * g[i]) / (sqrt(v[i] * on_v) + eps);
  }
}

static const optimizer_type nadam_optimizer = {
    .name = "nadam",
    .hparams = {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}, {"schedule_decay", 1}},
    .slots = {"momentum", "velocity"},
    .begin = nadam_begin,
    .step = nadam_step,
};
