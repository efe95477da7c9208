#include "layer.h"
#include "vector.h"

/* Rows first .. first + length - 1 of a sample of steps x features; rows that it does not have
 * are 0. Cropping and zero padding. */

enum { WINDOW_FIRST, WINDOW_LENGTH };

static nn_code window_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  if (self->inputs->rank != 2 || self->hparams[WINDOW_LENGTH] < 1) return NN_BAD_SHAPE;
  self->output = self->inputs[0];
  self->output.dims[0] = (int) self->hparams[WINDOW_LENGTH];
  return NN_OK;
}

/* Numbers from .. to - 1 of the input's sample are those from `at` on of the output's. */
typedef struct {
  size_t from, to, at, in, out;
} window;

static window window_of(const layer* self) {
  long first = (long) self->hparams[WINDOW_FIRST], length = self->output.dims[0];
  long steps = self->inputs->dims[0];
  long from = first < 0 ? 0 : first, to = first + length < steps ? first + length : steps;
  size_t k = (size_t) self->output.dims[1];
  if (to < from) to = from;
  return (window){.from = (size_t) from * k, .to = (size_t) to * k, .at = (size_t) (from - first) * k,
                  .in = (size_t) steps * k, .out = (size_t) length * k};
}

static void window_copy(const layer* self, int batch, const real* x, real* y) {
  window w = window_of(self);
  vector_fill(w.out * (size_t) batch, 0, y);
  for (size_t j = 0; w.to > w.from && j < (size_t) batch; ++j) {
    vector_copy(w.to - w.from, x + j * w.in + w.from, y + j * w.out + w.at);
  }
}

static void window_forward(const layer* self, const frame* f) {
  window_copy(self, f->batch, f->x[0], f->y);
}

static void window_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                            real* dw) {
  (void) dw;
  window w = window_of(self);
  if (!dx[0]) return;
  vector_fill(w.in * (size_t) f->batch, 0, dx[0]);
  for (size_t j = 0; w.to > w.from && j < (size_t) f->batch; ++j) {
    vector_copy(w.to - w.from, dy + j * w.out + w.at, dx[0] + j * w.in + w.from);
  }
}

static void window_jvp(const layer* self, const frame* f, const real* const* xdot,
                       const real* wdot, real* ydot) {
  (void) wdot;
  window_copy(self, f->batch, xdot[0], ydot);
}

static const layer_type window_1d_layer = {
    "window_1d", {{"first", 0}, {"length", 1}}, window_shape, window_forward, window_backward,
    window_jvp,
    plain_backward_jvp,
};
