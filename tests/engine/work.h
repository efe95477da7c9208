/* Optimizers at work on plain arrays. */
#ifndef WORK_H
#define WORK_H

#include "harness.h"

static nn_optimizer_spec spec_of(const char* name, const double* h, int n_h, double lr) {
  return (nn_optimizer_spec){.optimizer = {name, h, n_h}, .lr = lr, .accumulate = 1};
}

/* An optimizer at work on n numbers in one or more tensors. */
typedef struct {
  nn_optimizer_spec spec;
  size_t n;
  real *w, *g, *moments, *work;
  double scalars[NN_MAX_SCALARS], iterations;
  int n_tensors;
  const nn_stretch* tensors;
} work;

static void work_begin(work* at, nn_optimizer_spec spec, size_t n, const nn_stretch* tensors,
                       int n_tensors) {
  *at = (work){.spec = spec, .n = n, .tensors = tensors, .n_tensors = n_tensors};
  at->w = keep_reals(n);
  at->g = keep_reals(n);
  at->moments = keep_reals(n * (size_t) function_optimizer_moments(&spec));
  at->work = keep_reals(function_optimizer_work(&spec, n_tensors, tensors));
  draw_reals(n, -1, 1, at->w);
  check(function_optimizer_start(&spec, n, at->w, at->moments, at->scalars) == NN_OK, "start");
}

static void work_step(work* at, const double* g) {
  for (size_t i = 0; i < at->n; ++i) at->g[i] = (real) g[i];
  nn_code code = function_optimizer_step(&at->spec, at->n_tensors, at->tensors, at->n, at->w, at->g,
                                         at->moments, at->scalars, &at->iterations, at->work);
  check(code == NN_OK, "step");
}

#endif
