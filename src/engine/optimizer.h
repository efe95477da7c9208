/* Optimizers: a record each, in a file each. `step` is one loop over n numbers and knows
 * no layer, or, where `whole`, one tensor and its shape. Around it, in optimizers.c: clipping,
 * weight decay, accumulation, EMA. */
#ifndef NN_OPTIMIZER_H
#define NN_OPTIMIZER_H

#include "real.h"
#include "schedule.h"

/* One of the tensors that the optimizer sees: where it stands in w, and its shape. */
typedef nn_stretch stretch;

typedef struct {
  double lr;
  double t;          /* number of this update, from 1 */
  const double* h;   /* hyperparameters, in the order of the record */
  double* scalars;   /* NN_MAX_SCALARS numbers that live as long as the moments */
  /* of whole tensors only: */
  const stretch* tensor;
  real* work;        /* as many numbers as the record asks for */
  int threads;
} step_args;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  const char* slots[NN_MAX_MOMENTS + 1];       /* arrays as long as w: "momentum", "velocity" */
  bool (*slot_used)(const double* h, int slot);    /* others stay NULL; NULL: all are used */
  double (*slot_start)(const double* h, int slot); /* first value; NULL: all zero */
  bool whole;                                  /* a step is one tensor; otherwise any span */
  size_t (*work)(const stretch* tensor);       /* scratch of a step; NULL: none */
  bool (*decays)(const double* h, const stretch* tensor); /* by weight_decay; NULL: all do */
  void (*begin)(step_args* a);                 /* once a step, before the spans; or NULL */
  void (*step)(const step_args* a, size_t n, real* w, const real* g, real* const* slots);
} optimizer_type;

/* An optimizer at work on one block of parameters. All memory is the caller's. */
typedef struct {
  const optimizer_type* type;
  nn_optimizer_spec spec;     /* hyperparameters, rate, clipping, decay, EMA */
  const schedule* schedule;   /* NULL: spec.lr */
  int threads;
  size_t n;                   /* numbers in w and g */
  int n_tensors;
  const stretch* tensors;     /* the trainable ones, ascending */
  real* slots[NN_MAX_MOMENTS];  /* n numbers each, NULL where not used */
  real* average;              /* n numbers when spec.use_ema, else NULL */
  real* sum;                  /* n numbers when spec.accumulate > 1, else NULL */
  real* work;                 /* scratch, NULL where not used */
  double scalars[NN_MAX_SCALARS];
  double iterations;          /* steps done so far */
} optimizer;

NN_PRIVATE const optimizer_type* optimizer_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const optimizer_type* optimizer_at(int i);
/* Is slot k one of the type's, and used with these hyperparameters? k may be past the last. */
NN_PRIVATE bool optimizer_uses(const optimizer_type* type, const double* h, int k);
/* Is the tensor one of the spec's that are to be kept apart? */
NN_PRIVATE bool optimizer_keeps_apart(const nn_optimizer_spec* spec, size_t at);
/* Scratch for a step on this tensor. */
NN_PRIVATE size_t optimizer_work(const optimizer_type* type, const stretch* tensor);
/* Sets slots, average and scalars to their first values. */
NN_PRIVATE void optimizer_start(optimizer* o, const real* w);
/* The rate of the step that comes next. */
NN_PRIVATE double optimizer_rate(const optimizer* o);
/* One step: clip g, decay, update, EMA; iterations += 1. g is used up. Constraints are
 * applied by `constrain` after the EMA, so that averages may be outside of them, as in Keras. */
NN_PRIVATE void optimizer_update(optimizer* o, real* w, real* g,
                                 void (*constrain)(void* data, real* w), void* data);
/* The overwrite at the end of fit(): w = average, where EMA is in use. */
NN_PRIVATE void optimizer_finalize(optimizer* o, real* w);

#endif
