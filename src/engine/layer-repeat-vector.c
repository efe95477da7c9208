#include "layer.h"
#include "vector.h"

/* A sample x of d numbers becomes n x d: n times x. */

enum { REPEAT_N };

static nn_code repeat_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  if (self->inputs->rank != 1 || self->hparams[REPEAT_N] < 1) return NN_BAD_SHAPE;
  self->output = (shape){.rank = 2, .dims = {(int) self->hparams[REPEAT_N], self->inputs->dims[0]}};
  return NN_OK;
}

static void repeat_copy(const layer* self, int batch, const real* x, real* y) {
  size_t n = (size_t) self->output.dims[0], d = (size_t) self->output.dims[1];
  for (size_t at = 0; at < n * (size_t) batch; ++at) vector_copy(d, x + at / n * d, y + at * d);
}

static void repeat_forward(const layer* self, const frame* f) {
  repeat_copy(self, f->batch, f->x[0], f->y);
}

static void repeat_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                            real* dw) {
  (void) dw;
  size_t n = (size_t) self->output.dims[0], d = (size_t) self->output.dims[1];
  if (!dx[0]) return;
  vector_fill(d * (size_t) f->batch, 0, dx[0]);
  for (size_t at = 0; at < n * (size_t) f->batch; ++at) vector_add(d, dy + at * d, dx[0] + at / n * d);
}

static void repeat_jvp(const layer* self, const frame* f, const real* const* xdot,
                       const real* wdot, real* ydot) {
  (void) wdot;
  repeat_copy(self, f->batch, xdot[0], ydot);
}

static const layer_type repeat_vector_layer = {
    "repeat_vector", {{"n", 1}}, repeat_shape, repeat_forward, repeat_backward, repeat_jvp,
    plain_backward_jvp,
};
