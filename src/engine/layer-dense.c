#include "gemm.h"
#include "layer.h"
#include "vector.h"

/* y = W'x + b for each column of `in` numbers: a sample, or a position of a sample of higher
 * rank, whose last axis is contracted. W is in x units and is followed by b.
 *
 *   dW = x dy',  db = sum of dy over columns,  dx = W dy,  ydot = W'xdot + Wdot'x + bdot
 *   dWdot = xdot dy' + x dydot',  dbdot = sum of dydot,  dxdot = Wdot dy + W dydot */

enum { DENSE_UNITS, DENSE_BIAS };

static int dense_units(const layer* self) { return (int) self->hparams[DENSE_UNITS]; }

static nn_code dense_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  self->output = self->inputs[0];
  int last = self->output.rank - 1, units = dense_units(self);
  if (last < 0 || units < 1) return NN_BAD_SHAPE;
  int dims[] = {self->output.dims[last], units};
  self->output.dims[last] = units;
  layer_add_slot(self, "kernel", 2, dims, false);
  self->sets = true;
  if (self->hparams[DENSE_BIAS] != 0) layer_add_slot(self, "bias", 1, dims + 1, false);
  return NN_OK;
}

typedef struct {
  size_t in, out, cols, n_kernel;
  bool bias;
} dense_sizes;

static dense_sizes dense_sizes_of(const layer* self, const frame* f) {
  dense_sizes d = {.in = (size_t) self->slots[0].dims[0], .out = (size_t) self->slots[0].dims[1]};
  d.cols = layer_numbers(self, f) / d.out;
  d.n_kernel = self->slots[0].n;
  d.bias = self->n_slots > 1;
  return d;
}

static void dense_forward(const layer* self, const frame* f) {
  dense_sizes d = dense_sizes_of(self, f);
  const real* bias = d.bias ? f->w + d.n_kernel : NULL;
  gemm_tn_bias(f->threads, d.out, d.cols, d.in, f->w, f->x[0], bias, f->y);
}

static void dense_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                           real* dw) {
  dense_sizes d = dense_sizes_of(self, f);
  gemm_nt(f->threads, d.in, d.out, d.cols, f->x[0], dy, !f->fresh, dw);
  if (d.bias) columns_sum(d.out, d.cols, dy, dw + d.n_kernel);
  if (dx[0]) gemm_nn(f->threads, d.in, d.cols, d.out, f->w, dy, false, dx[0]);
}

static void dense_jvp(const layer* self, const frame* f, const real* const* xdot, const real* wdot,
                      real* ydot) {
  dense_sizes d = dense_sizes_of(self, f);
  gemm_tn(f->threads, d.out, d.cols, d.in, f->w, xdot[0], false, ydot);
  gemm_tn(f->threads, d.out, d.cols, d.in, wdot, f->x[0], true, ydot);
  if (d.bias) columns_add(d.out, d.cols, wdot + d.n_kernel, ydot);
}

static NN_COLD void dense_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                       real* const* dxdot, real* dwdot) {
  dense_sizes d = dense_sizes_of(self, f);
  dense_backward(self, f, t->dydot, dxdot, dwdot);
  gemm_nt(f->threads, d.in, d.out, d.cols, t->xdot[0], t->dy, true, dwdot);
  if (dxdot[0]) gemm_nn(f->threads, d.in, d.cols, d.out, t->wdot, t->dy, true, dxdot[0]);
}

static const layer_type dense_layer = {
    "dense",        {{"units", 1}, {"use_bias", 1}},
    dense_shape,    dense_forward,
    dense_backward, dense_jvp,
    dense_backward_jvp,
};
