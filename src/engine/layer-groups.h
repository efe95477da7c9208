/* Axes first .. last of each sample as groups of numbers that are normalized together, for
 * layers whose parameters have the dims of these axes. */
#ifndef NN_LAYER_GROUPS_H
#define NN_LAYER_GROUPS_H

#include "layer.h"
#include "normalization.h"

/* The layer's numbers as groups, and the parameters it has: gamma first, then beta. */
typedef struct {
  span s;
  shape dims;
  bool scale, center;
  size_t at_beta;
} layer_norm;

/* Number i of a group (row-major) has this place in gamma and beta (column-major). */
NN_PRIVATE size_t layer_norm_place(const layer_norm* n, size_t i);
/* How many groups the batch has, and the numbers of group g. */
NN_PRIVATE size_t layer_norm_groups(const layer_norm* n);
NN_PRIVATE number_set layer_norm_group(const layer_norm* n, size_t g);
/* y = gamma y + beta within a group; parameters that are not there do nothing. */
NN_PRIVATE void layer_norm_affine(const layer_norm* n, const number_set* group, const real* w,
                                  bool shift, real* y);
/* u = gamma dy within a group, and its tangent. */
NN_PRIVATE void layer_norm_scale(const layer_norm* n, const number_set* group, const frame* f,
                                 const tangent* t, real* u, real* udot);
/* dgammadot += dy x_hatdot within a group */
NN_PRIVATE void layer_norm_gamma(const layer_norm* n, const number_set* group, const real* dy,
                                 const real* x_hat_dot, real* dwdot);

#endif
