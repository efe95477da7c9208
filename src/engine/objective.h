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

#endif
