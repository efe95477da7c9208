#include "penalty.h"

#include "vector.h"

#include "penalty-orthogonal.c"

/* l1_l2: l1 sum |w| + l2 sum w^2; and the table. */

static double l1_l2_value(const tensor* t, const double* h, const real* w) {
  double sum = 0;
  if (h[1] > 0) sum = h[1] * vector_norm2(t->n, w);
  if (!(h[0] > 0)) return sum;
  double sizes = 0;
  for (size_t i = 0; i < t->n; ++i) sizes += (double) fabs(w[i]);
  return sum + h[0] * sizes;
}

static void l1_l2_grad(const tensor* t, const double* h, real scale, const real* w, real* g) {
  real l1 = scale * (real) h[0], l2 = scale * (real) (2 * h[1]);
  if (h[1] > 0) vector_axpy(t->n, l2, w, g);
  if (!(h[0] > 0)) return;
  for (size_t i = 0; i < t->n; ++i) g[i] += w[i] > 0 ? l1 : w[i] < 0 ? -l1 : l1 * w[i];
}

static NN_COLD void l1_l2_hessian(const tensor* t, const double* h, real scale, const real* w,
                                  const real* wdot, real* gdot) {
  (void) w;
  if (h[1] > 0) vector_axpy(t->n, scale * (real) (2 * h[1]), wdot, gdot);
}

static const penalty penalties[] = {
    {"l1_l2", {{"l1", 0.01}, {"l2", 0.01}}, l1_l2_value, l1_l2_grad, l1_l2_hessian},
    {"orthogonal",
     {{"factor", 0.01}, {"mode", 0}},
     orthogonal_value, orthogonal_grad, orthogonal_hessian},
};

NN_PRIVATE const penalty* penalty_at(int i) {
  int n = (int) (sizeof(penalties) / sizeof(*penalties));
  return i >= 0 && i < n ? penalties + i : NULL;
}

NN_PRIVATE const penalty* penalty_find(const char* name) {
  for (int i = 0; penalty_at(i); ++i) {
    if (strcmp(name, penalty_at(i)->name) == 0) return penalty_at(i);
  }
  return NULL;
}
