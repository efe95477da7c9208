/* The loss of all samples, one batch of them, as a function f of the trainable parameters, which
 * are laid end to end in the order of the nodes; and its derivatives. Penalties, weights of
 * samples and reductions are those of training. What a pass has found out is kept until the
 * parameters change. */
#ifndef NN_OBJECTIVE_H
#define NN_OBJECTIVE_H

#include "trainer.h"

struct nn_objective {
  trainer* t;
  bool training;       /* passes are those of training: dropout drops, statistics are the batch's */
  size_t n;            /* trainable numbers */
  real* state;         /* running statistics, as they were given */
  bool forward_known;  /* t->ws has the forward pass of these parameters, and `value` is theirs; */
  bool known;          /* the backward pass and t->g, too */
  double value;
  workspace tangents;  /* of t->ws; gradients that are none of the loss's are made here, too */
  real *wdot, *gdot;   /* tangents of all parameters, and of their gradients */
};
typedef struct nn_objective objective;

/* As engine.h says of the functions of the same names. */
NN_PRIVATE size_t objective_bytes(const network* net, const nn_train_spec* spec,
                                  const nn_data* data);
NN_PRIVATE nn_status objective_new(void* block, const network* net, const nn_train_spec* spec,
                                   const nn_data* data, bool training, const double* w,
                                   objective** result);
NN_PRIVATE size_t objective_size(const objective* f);
NN_PRIVATE void objective_get(const objective* f, double* w);
NN_PRIVATE void objective_set(objective* f, const double* w);
NN_PRIVATE double objective_value(objective* f);
NN_PRIVATE void objective_gradient(objective* f, double* g);
NN_PRIVATE void objective_hessian(objective* f, const double* v, double* to);
NN_PRIVATE void objective_gauss_newton(objective* f, const double* v, double* to);
NN_PRIVATE void objective_rows(objective* f, double* to);
NN_PRIVATE size_t objective_output_size(const objective* f, int o, bool logits);
NN_PRIVATE void objective_jvp(objective* f, int o, bool logits, const double* v, double* to);
NN_PRIVATE void objective_jacobian(objective* f, int o, bool logits, double* to);

/* Makes sure that the backward pass of these parameters is known. */
NN_PRIVATE void objective_differentiate(objective* f);
/* Between all parameters and the trainable ones; those stand `apart` from one another. */
NN_PRIVATE void trainable_get(const objective* f, const real* from, size_t apart, double* to);
NN_PRIVATE void trainable_set(const objective* f, const double* from, real* to);

#endif
