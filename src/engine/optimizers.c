#include "optimizer.h"

#include "parallel.h"
#include "vector.h"

#include "optimizer-adadelta.c"
#include "optimizer-adafactor.c"
#include "optimizer-adagrad.c"
#include "optimizer-adam.c"
#include "optimizer-adamax.c"
#include "optimizer-ftrl.c"
#include "optimizer-lamb.c"
#include "optimizer-lion.c"
#include "optimizer-muon.c"
#include "optimizer-nadam.c"
#include "optimizer-rmsprop.c"
#include "optimizer-rprop.c"
#include "optimizer-sgd.c"

/* What surrounds a rule: an update is, in this order,
 *   clipping of g, decoupled decay w -= wd lr w, the rule, the average, the constraint.
 * With `accumulate` = k only every k-th step has the first three, with the mean of k
 * gradients. Each step counts in `iterations`, by which schedules go; a rule's t counts the
 * updates, as in Keras. */

/* The stretch of tensors that touch, beginning with tensor i, which moves past them. */
static stretch stretch_next(const optimizer* o, int* i) {
  stretch s = o->tensors[(*i)++];
  while (*i < o->n_tensors && o->tensors[*i].at == s.at + s.n) s.n += o->tensors[(*i)++].n;
  return s;
}

static double updates_done(const optimizer* o) {
  return o->spec.accumulate > 1 ? floor(o->iterations / o->spec.accumulate) : o->iterations;
}

/* On the last of `accumulate` steps g becomes the mean of their gradients: true. */
static bool gradients_gather(optimizer* o, real* g) {
  if (!o->sum) return true;
  int k = o->spec.accumulate;
  bool due = fmod(o->iterations + 1, (double) k) == 0;
  for (int i = 0; i < o->n_tensors;) {
    stretch s = stretch_next(o, &i);
    vector_add(s.n, g + s.at, o->sum + s.at);
    if (!due) continue;
    vector_copy(s.n, o->sum + s.at, g + s.at);
    vector_scale(s.n, (real) 1 / (real) k, g + s.at);
    vector_fill(s.n, 0, o->sum + s.at);
  }
  return due;
}

/* To a norm of at most `most`: most / max(norm, most). A NaN goes to all. */
static void gradients_shrink(stretch s, double norm, double most, real* g) {
  if (!(norm <= most)) vector_scale(s.n, (real) (most / norm), g + s.at);
}

static void gradients_clip_norm(const optimizer* o, real* g) {
  for (int i = 0; i < o->n_tensors; ++i) {
    stretch s = o->tensors[i];
    gradients_shrink(s, sqrt(vector_norm2(s.n, g + s.at)), o->spec.clipnorm, g);
  }
}

/* A norm that is not finite makes all of g NaN, as in Keras. */
static void gradients_clip_global(const optimizer* o, real* g) {
  double sum = 0;
  for (int i = 0; i < o->n_tensors; ++i) {
    sum += vector_norm2(o->tensors[i].n, g + o->tensors[i].at);
  }
  double norm = isfinite(sum) ? sqrt(sum) : (double) NAN;
  for (int i = 0; i < o->n_tensors;) {
    gradients_shrink(stretch_next(o, &i), norm, o->spec.global_clipnorm, g);
  }
}

static void gradients_clip_value(const optimizer* o, real* g) {
  real most = (real) o->spec.clipvalue;
  for (int i = 0; i < o->n_tensors;) {
    stretch s = stretch_next(o, &i);
    for (size_t j = s.at; j < s.at + s.n; ++j) {
      g[j] = g[j] > most ? most : g[j] < -most ? -most : g[j];
    }
  }
}

static void gradients_clip(const optimizer* o, real* g) {
  if (o->spec.clipnorm > 0) gradients_clip_norm(o, g);
  if (o->spec.global_clipnorm > 0) gradients_clip_global(o, g);
  if (o->spec.clipvalue > 0) gradients_clip_value(o, g);
}

/* A step over one stretch, which threads share. */
typedef struct {
  const optimizer* o;
  const step_args* a;
  real* const* slots;
  real* w;
  const real* g;
} rule_pass;

enum { RULE_GRAIN = 1 << 15 };

static void rule_part(void* data, size_t from, size_t to) {
  const rule_pass* p = data;
  const optimizer* o = p->o;
  real *w = p->w + from, *slots[NN_MAX_MOMENTS];
  for (int k = 0; k < NN_MAX_MOMENTS; ++k) slots[k] = p->slots[k] ? p->slots[k] + from : NULL;
  real decay = (real) (o->spec.weight_decay * p->a->lr);
  if (o->spec.weight_decay > 0) vector_axpy(to - from, -decay, w, w);
  o->type->step(p->a, to - from, w, p->g + from, slots);
}

static void rule_apply(const optimizer* o, const step_args* a, stretch s, real* w,
                       const real* g) {
  real* slots[NN_MAX_MOMENTS];
  for (int k = 0; k < NN_MAX_MOMENTS; ++k) slots[k] = o->slots[k] ? o->slots[k] + s.at : NULL;
  rule_pass p = {.o = o, .a = a, .slots = slots, .w = w + s.at, .g = g + s.at};
  parallel_for(o->threads, s.n, PARALLEL_NUMBERS, RULE_GRAIN, rule_part, &p);
}

/* A step over one tensor, where the rule looks at it as a whole. */
static void tensor_apply(const optimizer* o, const step_args* all, const stretch* s, real* w,
                         const real* g) {
  step_args a = *all;
  real* slots[NN_MAX_MOMENTS];
  for (int k = 0; k < NN_MAX_MOMENTS; ++k) slots[k] = o->slots[k] ? o->slots[k] + s->at : NULL;
  bool decays = !o->type->decays || o->type->decays(a.h, s);
  real decay = (real) (decays ? o->spec.weight_decay * a.lr : 0);
  a.tensor = s;
  a.work = o->work;
  a.threads = o->threads;
  if (decay > 0) vector_axpy(s->n, -decay, w + s->at, w + s->at);
  o->type->step(&a, s->n, w + s->at, g + s->at, slots);
}

static void update_apply(optimizer* o, real* w, const real* g) {
  step_args a = {.lr = optimizer_rate(o),
                 .t = updates_done(o) + 1,
                 .h = o->spec.optimizer.h,
                 .scalars = o->scalars};
  if (o->type->begin) o->type->begin(&a);
  for (int i = 0; i < o->n_tensors;) {
    if (o->type->whole) {
      tensor_apply(o, &a, o->tensors + i++, w, g);
    } else {
      rule_apply(o, &a, stretch_next(o, &i), w, g);
    }
  }
}

/* average = m average + (1 - m) w, with m = 0 at first. */
static void average_update(optimizer* o, const real* w) {
  double m = updates_done(o) > 0 ? o->spec.ema_momentum : 0;
  real keep = (real) m, take = (real) (1 - m);
  for (int i = 0; i < o->n_tensors;) {
    stretch s = stretch_next(o, &i);
    for (size_t j = s.at; j < s.at + s.n; ++j) {
      o->average[j] = keep * o->average[j] + take * w[j];
    }
  }
}

static bool average_is_due(const optimizer* o) {
  int every = o->spec.ema_every;
  return every > 0 && fmod(updates_done(o) + 1, (double) every) == 0;
}

static void slot_begin(optimizer* o, int k) {
  const optimizer_type* type = o->type;
  double start = type->slot_start ? type->slot_start(o->spec.optimizer.h, k) : 0;
  if (o->slots[k]) vector_fill(o->n, (real) start, o->slots[k]);
}

NN_PRIVATE bool optimizer_uses(const optimizer_type* type, const double* h, int k) {
  if (k >= NN_MAX_MOMENTS || !type->slots[k]) return false;
  return !type->slot_used || type->slot_used(h, k);
}

NN_PRIVATE bool optimizer_keeps_apart(const nn_optimizer_spec* spec, size_t at) {
  for (int i = 0; i < spec->n_apart; ++i) {
    if (spec->apart[i] == (double) at) return true;
  }
  return false;
}

NN_PRIVATE size_t optimizer_work(const optimizer_type* type, const stretch* one) {
  return type->work ? type->work(one) : 0;
}

NN_PRIVATE void optimizer_start(optimizer* o, const real* w) {
  for (int k = 0; k < NN_MAX_MOMENTS; ++k) slot_begin(o, k);
  for (int k = 0; k < NN_MAX_SCALARS; ++k) o->scalars[k] = 0;
  if (o->average) vector_copy(o->n, w, o->average);
  if (o->sum) vector_fill(o->n, 0, o->sum);
}

NN_PRIVATE double optimizer_rate(const optimizer* o) {
  const nn_choice* by = &o->spec.schedule;
  double lr = o->schedule ? o->schedule->value(by->h, by->n_h, o->iterations) : o->spec.lr;
  return o->spec.decay > 0 ? lr / (1 + o->spec.decay * o->iterations) : lr;
}

NN_PRIVATE void optimizer_update(optimizer* o, real* w, real* g,
                                 void (*constrain)(void* data, real* w), void* data) {
  if (gradients_gather(o, g)) {
    gradients_clip(o, g);
    update_apply(o, w, g);
  }
  if (o->average) {
    average_update(o, w);
    if (average_is_due(o)) optimizer_finalize(o, w);
  }
  constrain(data, w);
  o->iterations += 1;
}

NN_PRIVATE void optimizer_finalize(optimizer* o, real* w) {
  for (int i = 0; o->average && i < o->n_tensors;) {
    stretch s = stretch_next(o, &i);
    vector_copy(s.n, o->average + s.at, w + s.at);
  }
}

static const optimizer_type* const optimizer_types[] = {
    &adadelta_optimizer, &adafactor_optimizer, &adagrad_optimizer, &adam_optimizer,
    &adamax_optimizer,   &adamw_optimizer,     &ftrl_optimizer,    &lamb_optimizer,
    &lion_optimizer,     &muon_optimizer,      &nadam_optimizer,   &rmsprop_optimizer,
    &rprop_optimizer,    &sgd_optimizer,
};

NN_PRIVATE const optimizer_type* optimizer_at(int i) {
  int n = (int) (sizeof(optimizer_types) / sizeof(*optimizer_types));
  return i >= 0 && i < n ? optimizer_types[i] : NULL;
}

NN_PRIVATE const optimizer_type* optimizer_find(const char* name) {
  for (int i = 0; optimizer_at(i); ++i) {
    if (strcmp(name, optimizer_at(i)->name) == 0) return optimizer_at(i);
  }
  return NULL;
}
