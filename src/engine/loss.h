/* Losses: one table row each. A loss sees columns: a sample, or a position of a sample of
 * higher rank. It gives one value per column and the gradient by the predictions. */
#ifndef NN_LOSS_H
#define NN_LOSS_H

#include "real.h"

typedef struct {
  size_t cols;      /* samples times positions */
  int k;            /* predictions in a column */
  int kt;           /* targets in a column: k, or 1 where a loss takes class codes */
  const real* t;    /* targets, kt x cols */
  const real* y;    /* predictions, k x cols */
  const double* h;  /* hyperparameters, in the order of the record */
  int n_h;          /* how many; metrics alone look at it */
  const real* mask; /* a number per column, 0 where it is left out, else 1; or NULL: none is */
} loss_args;

enum {
  NN_LOSS_CODES = 1, /* targets are class codes 0 .. k - 1 */
  NN_LOSS_WHOLE = 2  /* one value for all columns together: v[0], s[0] */
};

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  int flags;
  const char* absorbs;  /* the activation it can take over, then working on logits; or NULL */
  void (*value)(const loss_args* a, real* v);
  /* dy = s_j dv_j/dy, with one scale for each column; writes all of dy (k x cols) */
  void (*grad)(const loss_args* a, const real* s, real* dy);
  /* dydot = s_j d2v_j/dy2 ydot, the tangent of grad; writes all of dydot. At a kink it is that of
   * the side which grad takes. */
  void (*hessian)(const loss_args* a, const real* s, const real* ydot, real* dydot);
} loss;

NN_PRIVATE const loss* loss_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const loss* loss_at(int i);
/* Where the hyperparameter stands in h, or -1. */
NN_PRIVATE int loss_hparam(const loss* l, const char* name);
/* Of column j: its weight (NULL: 1), or 0 where the mask leaves it out. */
NN_PRIVATE real masked_weight(const loss_args* a, const real* weight, size_t j);
/* The scales s_j that make sum_j s_j v_j the reduced loss; weight has cols numbers or is
 * NULL. For NN_LOSS_WHOLE only s[0] is written. */
NN_PRIVATE void loss_scales(const loss* l, const loss_args* a, const real* weight,
                            nn_reduction reduction, real* s);

#endif
