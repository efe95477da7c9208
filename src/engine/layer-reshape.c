#include "layer.h"

/* Other dims for the same numbers in the same (row-major) order. */

enum { RESHAPE_RANK, RESHAPE_DIMS };

static nn_code reshape_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  int rank = (int) self->hparams[RESHAPE_RANK];
  if (rank < 1 || rank > NN_MAX_RANK) return NN_BAD_SHAPE;
  self->output = (shape){.rank = rank};
  for (int a = 0; a < rank; ++a) {
    self->output.dims[a] = (int) self->hparams[RESHAPE_DIMS + a];
    if (self->output.dims[a] < 1) return NN_BAD_SHAPE;
  }
  return shape_size(&self->output) == shape_size(self->inputs) ? NN_OK : NN_BAD_SHAPE;
}

static const layer_type reshape_layer = {
    "reshape",     {{"rank", 1}, {"dim_1", 1}, {"dim_2", 1}, {"dim_3", 1}, {"dim_4", 1}},
    reshape_shape, same_forward,
    same_backward, same_jvp,     plain_backward_jvp,
};
