#include "optimizer.h"

#include "gemm.h"
#include "vector.h"

/* Muon: the momentum of a matrix, made nearly orthogonal.
 *   m = mu m + g,  u = g + mu m (or m without Nesterov's look ahead),  X = u / (|u| + 1e-7)
 *   `steps` times: A = X X',  X = a X + (b A + c A^2) X;   w -= lr rate sqrt(max(rows, cols)) X
 * A matrix of more rows than columns is treated as its transpose: A = X' X stands on the
 * other side. Everything else, and what is kept apart, goes by Adam with a rate and a decay of
 * its own. Scratch: X, the next X, A, and b A + c A^2. */

enum {
  MUON_BETA_1, MUON_BETA_2, MUON_DECAY, MUON_EPSILON, MUON_A, MUON_B, MUON_C, MUON_LR_RATIO,
  MUON_MOMENTUM, MUON_STEPS, MUON_NESTEROV, MUON_RATE
};

static bool is_muon_matrix(const stretch* one) {
  return one->shape.rank == 2 && !one->apart;
}

static bool muon_decays(const double* h, const stretch* one) {
  (void) h;
  return is_muon_matrix(one);
}

static size_t muon_short(const stretch* s) {
  return (size_t) (s->shape.dims[0] < s->shape.dims[1] ? s->shape.dims[0] : s->shape.dims[1]);
}

static size_t muon_work(const stretch* one) {
  if (!is_muon_matrix(one)) return 0;
  size_t k = muon_short(one);
  return 2 * one->n + 2 * k * k;
}

/* One step of the iteration from x to y; of 2 k^2 numbers are the powers. */
static void muon_iterate(const step_args* a, const real* x, real* powers, real* y) {
  size_t rows = (size_t) a->tensor->shape.dims[0], cols = (size_t) a->tensor->shape.dims[1];
  size_t k = muon_short(a->tensor);
  real *square = powers, *both = powers + k * k;
  bool tall = rows > cols;
  if (tall) {
    gemm_tn(a->threads, k, k, rows, x, x, false, square);
  } else {
    gemm_nt(a->threads, k, k, cols, x, x, false, square);
  }
  gemm_nn(a->threads, k, k, k, square, square, false, both);
  vector_scale(k * k, (real) a->h[MUON_C], both);
  vector_axpy(k * k, (real) a->h[MUON_B], square, both);
  if (tall) {
    gemm_nn(a->threads, rows, k, k, x, both, false, y);
  } else {
    gemm_nn(a->threads, k, cols, k, both, x, false, y);
  }
  vector_axpy(rows * cols, (real) a->h[MUON_A], x, y);
}

static void muon_matrix(const step_args* a, size_t n, real* w, const real* g, real* m) {
  real *x = a->work, *y = x + n, *powers = y + n;
  real mu = (real) a->h[MUON_MOMENTUM], ahead = a->h[MUON_NESTEROV] > 0 ? mu : 1;
  real now = a->h[MUON_NESTEROV] > 0 ? 1 : 0;
  for (size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] + g[i];
    x[i] = now * g[i] + ahead * m[i];
  }
  vector_scale(n, (real) (1 / (sqrt(vector_norm2(n, x)) + 1e-7)), x);
  for (int k = 0; k < (int) a->h[MUON_STEPS]; ++k) {
    muon_iterate(a, x, powers, y);
    real* next = y;
    y = x;
    x = next;
  }
  double longer = (double) (n / muon_short(a->tensor));
  double scale = isnan(a->h[MUON_RATE]) ? 1 : a->h[MUON_RATE] * sqrt(longer);
  vector_axpy(n, (real) (-a->lr * scale), x, w);
}

static void muon_adam(const step_args* a, size_t n, real* w, const real* g, real* m, real* v) {
  double b1 = a->h[MUON_BETA_1], b2 = a->h[MUON_BETA_2], lr = a->lr * a->h[MUON_LR_RATIO];
  real alpha = (real) (lr * sqrt(1 - pow(b2, a->t)) / (1 - pow(b1, a->t)));
  real keep = (real) (1 - a->lr * a->h[MUON_DECAY]), eps = (real) a->h[MUON_EPSILON];
  for (size_t i = 0; i < n; ++i) {
    m[i] += (real) (1 - b1) * (g[i] - m[i]);
    v[i] += (real) (1 - b2) * (g[i] * g[i] - v[i]);
    w[i] = keep * w[i] - alpha * m[i] / (sqrt(v[i]) + eps);
  }
}

static void muon_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  if (is_muon_matrix(a->tensor)) {
    muon_matrix(a, n, w, g, slots[0]);
  } else {
    muon_adam(a, n, w, g, slots[0], slots[1]);
  }
}

static const optimizer_type muon_optimizer = {
    .name = "muon",
    .hparams = {{"adam_beta_1", 0.9},
                {"adam_beta_2", 0.999},
                {"adam_weight_decay", 0.004},
                {"epsilon", 1e-7},
                {"muon_a", 3.4445},
                {"muon_b", -4.7750},
                {"muon_c", 2.0315},
                {"adam_lr_ratio", 1},
                {"momentum", 0.95},
                {"ns_steps", 5},
                {"nesterov", 1},
                {"rms_rate", 0.2}},
    .slots = {"momentum", "velocity"},
    .whole = true,
    .work = muon_work,
    .decays = muon_decays,
    .step = muon_step,
};
