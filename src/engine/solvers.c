#include "trainer.h"

#include "vector.h"

#include "solver-lbfgs.c"
#include "solver-lm.c"

/* What all solvers share: the loss as a function of the weights, and the ends of a fit.
 *
 * A pass of training draws the same numbers each time, because the trainer's step does not
 * change, and starts from the same running statistics, so that they move once an iteration. */

static void evaluation_begin(trainer* t) {
  trainer_reset(t);
  vector_copy(t->net->n_state, t->solver.state, t->w + t->net->n_w);
}

NN_PRIVATE double solver_value(trainer* t) {
  evaluation_begin(t);
  t->solver.known = false;
  t->solver.value = trainer_score(t, &t->data, t->solver.rows, t->solver.n, true);
  return t->solver.value;
}

/* Zeros between the tensors that are trained. */
static void gradient_mask(trainer* t) {
  size_t at = 0;
  for (int i = 0; i < t->optimizer.n_tensors; ++i) {
    stretch s = t->stretches[i];
    vector_fill(s.at - at, 0, t->g + at);
    at = s.at + s.n;
  }
  vector_fill(t->net->n_w - at, 0, t->g + at);
}

NN_PRIVATE double solver_gradient(trainer* t) {
  evaluation_begin(t);
  t->solver.value = trainer_gradient(t, t->solver.rows, t->solver.n, true);
  gradient_mask(t);
  t->solver.known = true;
  return t->solver.value;
}

/* A squared error is as good as zero when predictions differ from targets by some units in the
 * last place: (4 eps)^2 times the loss of predicting 0. Other losses are zero when they are 0. */
static double zero_of(const trainer* t) {
  double level = 0;
  for (int o = 0; o < t->n_outputs; ++o) {
    const output* out = t->outputs + o;
    loss_args a = output_args(t, out, out->node, out->h);
    if (strcmp(out->loss->name, "mean_squared_error") != 0) return 0;
    real* none = t->ws.dy[out->node];
    vector_fill(a.cols * (size_t) a.k, 0, none);
    loss_scales(out->loss, &a, t->data.weight[o].values ? out->weight : NULL, out->reduction, t->s);
    a.y = none;
    out->loss->value(&a, t->v);
    level += out->loss_weight * vector_dot(a.cols, t->v, t->s);
  }
  return 16 * NN_REAL_EPSILON * NN_REAL_EPSILON * level;
}

static double gradient_size(const trainer* t) {
  double most = 0;
  for (size_t i = 0; i < t->net->n_w; ++i) most = fmax(most, (double) fabs(t->g[i]));
  return most;
}

NN_PRIVATE nn_stop solver_arrived(const trainer* t) {
  const solver* s = &t->solver;
  if (!isfinite(s->value)) return NN_STOP_NONFINITE;
  if (s->value >= 0 && s->value <= s->zero) return NN_STOP_ZERO;
  bool flat = s->known && gradient_size(t) <= s->h[SOLVER_GRADIENT];
  return flat ? NN_STOP_GRADIENT : NN_STOP_NOT;
}

NN_PRIVATE nn_stop solver_judge(const trainer* t, double before, double step) {
  const solver* s = &t->solver;
  nn_stop stop = solver_arrived(t);
  if (stop) return stop;
  if (step <= s->h[SOLVER_STEP] * sqrt(vector_norm2(t->net->n_w, t->w))) return NN_STOP_STEP;
  bool same = before - s->value <= s->h[SOLVER_LOSS] * fabs(s->value);
  return same ? NN_STOP_LOSS : NN_STOP_NOT;
}

NN_PRIVATE void solver_forget(solver* s) {
  s->known = false;
  s->zero = -1;
  s->stop = NN_STOP_NOT;
}

NN_PRIVATE void solver_start(trainer* t) {
  vector_fill(t->net->n_w * (size_t) t->solver.n_moments, 0, t->solver.moments);
  for (int k = 0; k < NN_MAX_SCALARS; ++k) t->optimizer.scalars[k] = 0;
  solver_forget(&t->solver);
}

NN_PRIVATE double solver_step(trainer* t, const int* rows, int n) {
  solver* s = &t->solver;
  s->rows = rows;
  s->n = n;
  vector_copy(t->net->n_state, t->w + t->net->n_w, s->state);
  if (!s->known) solver_gradient(t);
  if (s->zero < 0) s->zero = zero_of(t);
  s->stop = isfinite(s->value) ? s->type->iterate(t) : NN_STOP_NONFINITE;
  t->optimizer.iterations += 1;
  return s->value;
}

static const solver_type* const solver_types[] = {&lbfgs_solver, &lm_solver};

NN_PRIVATE const solver_type* solver_at(int i) {
  int n = (int) (sizeof(solver_types) / sizeof(*solver_types));
  return i >= 0 && i < n ? solver_types[i] : NULL;
}

NN_PRIVATE const solver_type* solver_find(const char* name) {
  for (int i = 0; solver_at(i); ++i) {
    if (strcmp(name, solver_at(i)->name) == 0) return solver_at(i);
  }
  return NULL;
}
