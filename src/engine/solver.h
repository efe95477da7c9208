/* Solvers: optimizers whose iteration looks at the loss of all samples at several points. A
 * record each, in a file each. One iteration is one epoch; it ends with the loss and the metrics
 * of the weights it has reached, and never at a higher loss than it began with. */
#ifndef NN_SOLVER_H
#define NN_SOLVER_H

#include "arena.h"
#include "network.h"

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];  /* the first three are those of SOLVER_TOLERANCES */
  int (*moments)(const double* h);        /* arrays as long as w that outlive the fit; or NULL */
  void* (*carve)(arena* a, const network* net, int samples, const double* h);  /* the memory */
  nn_stop (*iterate)(struct nn_trainer* t);
} solver_type;

enum { SOLVER_GRADIENT, SOLVER_STEP, SOLVER_LOSS, SOLVER_OWN };
#define SOLVER_TOLERANCES {"gradient_tolerance", 1e-15}, {"step_tolerance", 1e-15}, \
                          {"loss_tolerance", 1e-12}

/* A solver at work. */
typedef struct {
  const solver_type* type;  /* NULL: there is none */
  const double* h;
  int n_moments;
  real* moments;            /* one after the other */
  void* memory;             /* the type's own */
  real* state;              /* running statistics as the iteration found them */
  const int* rows;          /* all of them */
  int n;
  bool known;               /* `value` and the trainer's g are those of its w */
  double value;
  double zero;              /* losses up to here are zero to rounding; below 0: not known yet */
  nn_stop stop;
} solver;

NN_PRIVATE const solver_type* solver_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const solver_type* solver_at(int i);
NN_PRIVATE void solver_start(struct nn_trainer* t);
/* Weights or data are others than they were. */
NN_PRIVATE void solver_forget(solver* s);
/* One iteration on these rows; the loss it reached. */
NN_PRIVATE double solver_step(struct nn_trainer* t, const int* rows, int n);

/* For the records. The loss at t->w with its penalties; with its gradient in t->g, which is 0 at
 * weights that are not trained. Both are functions of w alone during an iteration. */
NN_PRIVATE double solver_value(struct nn_trainer* t);
NN_PRIVATE double solver_gradient(struct nn_trainer* t);
/* The rules that end a fit after a step of this size from `before`, w having this norm. */
NN_PRIVATE nn_stop solver_judge(const struct nn_trainer* t, double before, double step);
/* Is there no more to do at this gradient or loss? */
NN_PRIVATE nn_stop solver_arrived(const struct nn_trainer* t);

#endif
