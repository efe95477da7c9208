#include "layer.h"

/* All dims of a sample become one. Samples are row-major already, as Keras flattens. */

static nn_code flatten_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  size_t size = shape_size(self->inputs);
  if (size > INT32_MAX) return NN_TOO_LARGE;
  self->output = (shape){.rank = 1, .dims = {(int) size}};
  return NN_OK;
}

static const layer_type flatten_layer = {
    "flatten", {{NULL, 0}}, flatten_shape, same_forward, same_backward, same_jvp,
    plain_backward_jvp,
};
