#include "layer.h"
#include "vector.h"

/* What the caller computes, see trainer_next: "outside" has an output of the dims that he tells,
 * "weight" is a tensor of parameters or statistics that he uses in one. Where nobody computes
 * them they are 0. */

enum { OUTSIDE_RANK, OUTSIDE_DIMS, WEIGHT_STATE = OUTSIDE_DIMS + NN_MAX_RANK };

static nn_code outside_dims(const layer* self, shape* to) {
  double rank = self->hparams[OUTSIDE_RANK];
  if (!(rank >= 1 && rank <= NN_MAX_RANK)) return NN_BAD_SPEC;
  to->rank = (int) rank;
  for (int a = 0; a < to->rank; ++a) {
    double d = self->hparams[OUTSIDE_DIMS + a];
    if (!(d >= 1 && d <= 2147483647.0)) return NN_BAD_SHAPE;
    to->dims[a] = (int) d;
  }
  return NN_OK;
}

static nn_code outside_shape(layer* self) { return outside_dims(self, &self->output); }

static nn_code weight_shape(layer* self) {
  shape dims;
  nn_code code = outside_dims(self, &dims);
  if (code != NN_OK) return code;
  self->output = (shape){1, {1}};
  layer_add_slot(self, "weight", dims.rank, dims.dims, self->hparams[WEIGHT_STATE] != 0);
  return NN_OK;
}

static void outside_forward(const layer* self, const frame* f) {
  vector_fill(layer_numbers(self, f), 0, f->y);
}

static void outside_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                             real* dw) {
  (void) dy, (void) dw;
  for (int k = 0; k < self->n_inputs; ++k) {
    if (dx[k]) vector_fill(shape_size(self->inputs + k) * (size_t) f->batch, 0, dx[k]);
  }
}

static const layer_type outside_layer = {
    "outside",        {{"rank", 1}, {"d1", 1}, {"d2", 1}, {"d3", 1}, {"d4", 1}},
    outside_shape,    outside_forward,
    outside_backward, flat_jvp,
    plain_backward_jvp,
};

static const layer_type weight_layer = {
    "weight",         {{"rank", 1}, {"d1", 1}, {"d2", 1}, {"d3", 1}, {"d4", 1}, {"state", 0}},
    weight_shape,     outside_forward,
    outside_backward, flat_jvp,
    plain_backward_jvp,
};
