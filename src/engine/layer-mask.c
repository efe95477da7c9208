#include "layer.h"
#include "vector.h"

/* Which steps of a sample count: y = 0 where all numbers along the last axis are `value`, else 1,
 * for (steps, features) of shape (steps, 1). `each`: every number is a step of its own, so that
 * (steps) gives (steps, 1). Nothing is NaN, which marks that all count. */

enum { MASK_VALUE, MASK_EACH };

static nn_code mask_shape(layer* self) {
  if (self->n_inputs != 1 || self->inputs->rank < 1) return NN_BAD_SPEC;
  shape* out = &self->output;
  *out = *self->inputs;
  if (self->hparams[MASK_EACH] != 0) out->rank += 1;
  if (out->rank > NN_MAX_RANK) return NN_BAD_SHAPE;
  out->dims[out->rank - 1] = 1;
  return NN_OK;
}

static void mask_forward(const layer* self, const frame* f) {
  size_t n = layer_numbers(self, f), k = shape_size(self->inputs) / shape_size(&self->output);
  real value = (real) self->hparams[MASK_VALUE];
  for (size_t j = 0; j < n; ++j) {
    f->y[j] = 0;
    for (size_t i = 0; i < k; ++i) {
      if (f->x[0][j * k + i] != value) f->y[j] = 1;
    }
  }
}

static const layer_type mask_layer = {
    "mask",        {{"value", 0}, {"each", 0}}, mask_shape, mask_forward, flat_backward, flat_jvp,
    plain_backward_jvp,
};
