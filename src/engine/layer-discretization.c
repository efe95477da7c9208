#include "layer.h"

/* y = how many of the boundaries, which ascend, are at most x: a code from 0 on. The
 * boundaries are state. All derivatives are 0. */

enum { DISCRETIZATION_BOUNDARIES };

static nn_code discretization_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int n = (int) self->hparams[DISCRETIZATION_BOUNDARIES];
  if (n < 1) return NN_BAD_SHAPE;
  layer_add_slot(self, "boundaries", 1, &n, true);
  return NN_OK;
}

/* Boundaries at most x, by bisection. */
static size_t boundaries_below(const real* b, size_t n, real x) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (b[middle] <= x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static void discretization_forward(const layer* self, const frame* f) {
  size_t n = layer_numbers(self, f), bins = self->slots[0].n;
  for (size_t i = 0; i < n; ++i) f->y[i] = (real) boundaries_below(f->state, bins, f->x[0][i]);
}

static const layer_type discretization_layer = {
    "discretization", {{"boundaries", 1}}, discretization_shape, discretization_forward,
    flat_backward,    flat_jvp,
    plain_backward_jvp,
};
