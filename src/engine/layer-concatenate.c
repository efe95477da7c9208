#include "layer.h"
#include "vector.h"

/* Inputs one after the other along an axis; all their other dims are the same. A sample is
 * `outer` stretches, to each of which input k gives d_k x inner numbers. */

enum { CONCATENATE_AXIS };

static nn_code concatenate_shape(layer* self) {
  int axis = layer_axis(self, self->hparams[CONCATENATE_AXIS]);
  double size = 0;
  if (axis < 0) return NN_BAD_SHAPE;
  self->output = self->inputs[0];
  for (int k = 0; k < self->n_inputs; ++k) {
    const shape* in = self->inputs + k;
    if (in->rank != self->output.rank) return NN_BAD_SHAPE;
    for (int a = 0; a < in->rank; ++a) {
      if (a != axis && in->dims[a] != self->output.dims[a]) return NN_BAD_SHAPE;
    }
    size += in->dims[axis];
  }
  if (size > INT32_MAX) return NN_TOO_LARGE;
  self->output.dims[axis] = (int) size;
  return NN_OK;
}

/* Numbers that input k gives to each stretch. */
static size_t concatenate_part(const layer* self, int k) {
  size_t part = 1;
  for (int a = layer_axis(self, self->hparams[CONCATENATE_AXIS]); a < self->inputs[k].rank; ++a) {
    part *= (size_t) self->inputs[k].dims[a];
  }
  return part;
}

/* The stretches of all samples of the batch, and how long they are. */
static size_t concatenate_stretches(const layer* self, int batch, size_t* whole) {
  *whole = 0;
  for (int k = 0; k < self->n_inputs; ++k) *whole += concatenate_part(self, k);
  return shape_size(&self->output) * (size_t) batch / *whole;
}

static void concatenate_of(const layer* self, int batch, const real* const* x, real* y) {
  size_t whole, n = concatenate_stretches(self, batch, &whole), at = 0;
  for (int k = 0; k < self->n_inputs; ++k) {
    size_t part = concatenate_part(self, k);
    for (size_t s = 0; s < n; ++s) vector_copy(part, x[k] + s * part, y + s * whole + at);
    at += part;
  }
}

static void concatenate_forward(const layer* self, const frame* f) {
  concatenate_of(self, f->batch, f->x, f->y);
}

static void concatenate_backward(const layer* self, const frame* f, const real* dy,
                                 real* const* dx, real* dw) {
  (void) dw;
  size_t whole, n = concatenate_stretches(self, f->batch, &whole), at = 0;
  for (int k = 0; k < self->n_inputs; ++k) {
    size_t part = concatenate_part(self, k);
    for (size_t s = 0; dx[k] && s < n; ++s) {
      vector_copy(part, dy + s * whole + at, dx[k] + s * part);
    }
    at += part;
  }
}

static void concatenate_jvp(const layer* self, const frame* f, const real* const* xdot,
                            const real* wdot, real* ydot) {
  (void) wdot;
  concatenate_of(self, f->batch, xdot, ydot);
}

static const layer_type concatenate_layer = {
    "concatenate",       {{"axis", -1}},       concatenate_shape,
    concatenate_forward, concatenate_backward, concatenate_jvp,
    plain_backward_jvp,
};
