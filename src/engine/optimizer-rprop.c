#include "optimizer.h"

/* Resilient backpropagation without going back (iRprop-): each weight has a step size d of its
 * own, at first lr, which grows while the sign of g stays and shrinks when it turns.
 *   g p > 0:  d = min(eta+ d, most)
 *   g p < 0:  d = max(eta- d, least), g = 0
 *   w -= sign(g) d,  p = g  */

enum { RPROP_MINUS, RPROP_PLUS, RPROP_LEAST, RPROP_MOST };

static void rprop_begin_sizes(size_t n, real lr, real* d) {
  for (size_t i = 0; i < n; ++i) d[i] = lr;
}

static void rprop_step(const step_args* a, size_t n, real* w, const real* g, real* const* slots) {
  real minus = (real) a->h[RPROP_MINUS], plus = (real) a->h[RPROP_PLUS];
  real least = (real) a->h[RPROP_LEAST], most = (real) a->h[RPROP_MOST];
  real *p = slots[0], *d = slots[1];
  if (a->t == 1) rprop_begin_sizes(n, (real) a->lr, d);
  for (size_t i = 0; i < n; ++i) {
    bool same = (g[i] > 0 && p[i] > 0) || (g[i] < 0 && p[i] < 0);
    bool turned = (g[i] > 0 && p[i] < 0) || (g[i] < 0 && p[i] > 0);
    if (same) d[i] = fmin(plus * d[i], most);
    if (turned) d[i] = fmax(minus * d[i], least);
    p[i] = turned ? 0 : g[i];
    w[i] -= p[i] > 0 ? d[i] : p[i] < 0 ? -d[i] : p[i];
  }
}

static const optimizer_type rprop_optimizer = {
    .name = "rprop",
    .hparams = {{"eta_minus", 0.5}, {"eta_plus", 1.2}, {"step_min", 1e-6}, {"step_max", 50}},
    .slots = {"previous", "size"},
    .step = rprop_step,
};
