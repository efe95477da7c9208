#include "layer.h"

/* Axis a of the output is axis axis_a of the input (1-based, the batch not counted). */

static nn_code permute_shape(layer* self) {
  const shape* in = self->inputs;
  int seen = 0;
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  self->output.rank = in->rank;
  for (int a = 0; a < in->rank; ++a) {
    int from = (int) self->hparams[a] - 1;
    if (from < 0 || from >= in->rank || seen >> from & 1) return NN_BAD_SHAPE;
    seen |= 1 << from;
    self->output.dims[a] = in->dims[from];
  }
  return NN_OK;
}

/* Where number i of an output's sample stands in the input's. */
static size_t permute_place(const layer* self, size_t i) {
  size_t by[NN_MAX_RANK], place = 0, below = 1;
  for (int a = self->inputs->rank - 1; a >= 0; --a) {
    by[a] = below;
    below *= (size_t) self->inputs->dims[a];
  }
  for (int a = self->output.rank - 1; a >= 0; --a) {
    size_t d = (size_t) self->output.dims[a];
    place += i % d * by[(int) self->hparams[a] - 1];
    i /= d;
  }
  return place;
}

/* out[i] = in[place of i] in every sample; `back`: in and out change sides. */
static void permute_copy(const layer* self, int batch, bool back, const real* in, real* out) {
  size_t size = shape_size(&self->output);
  for (size_t i = 0; i < size; ++i) {
    size_t place = permute_place(self, i), from = back ? i : place, to = back ? place : i;
    for (size_t at = 0; at < size * (size_t) batch; at += size) out[at + to] = in[at + from];
  }
}

static void permute_forward(const layer* self, const frame* f) {
  permute_copy(self, f->batch, false, f->x[0], f->y);
}

static void permute_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                             real* dw) {
  (void) dw;
  if (dx[0]) permute_copy(self, f->batch, true, dy, dx[0]);
}

static void permute_jvp(const layer* self, const frame* f, const real* const* xdot,
                        const real* wdot, real* ydot) {
  (void) wdot;
  permute_copy(self, f->batch, false, xdot[0], ydot);
}

static const layer_type permute_layer = {
    "permute",        {{"axis_1", 1}, {"axis_2", 2}, {"axis_3", 3}, {"axis_4", 4}},
    permute_shape,    permute_forward,
    permute_backward, permute_jvp,
    plain_backward_jvp,
};
