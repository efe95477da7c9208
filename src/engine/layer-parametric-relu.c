#include "layer.h"

/* y = x above 0, alpha x below, with alpha a parameter for each number of a sample, or one
 * along the axes that `shared` names (bit a: axis a, from 1).
 *
 *   dalpha += min(x, 0) dy,  dx = dy (x > 0 ? 1 : alpha) */

enum { PRELU_SHARED };

static nn_code prelu_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int dims[NN_MAX_RANK];
  for (int a = 0; a < self->output.rank; ++a) {
    bool shared = (int) self->hparams[PRELU_SHARED] >> (a + 1) & 1;
    dims[a] = shared ? 1 : self->output.dims[a];
  }
  layer_add_slot(self, "alpha", self->output.rank, dims, false);
  return NN_OK;
}

/* Where the parameter of number i (row-major) stands in alpha. */
static size_t prelu_place(const layer* self, size_t i) {
  return shape_offset_along(&self->output, ~(int) self->hparams[PRELU_SHARED], i);
}

static void prelu_forward(const layer* self, const frame* f) {
  size_t size = shape_size(&self->output), n = layer_numbers(self, f);
  for (size_t i = 0; i < size; ++i) {
    real alpha = f->w[prelu_place(self, i)];
    for (size_t at = i; at < n; at += size) {
      real x = f->x[0][at];
      f->y[at] = x > 0 ? x : alpha * x;
    }
  }
}

static void prelu_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                           real* dw) {
  size_t size = shape_size(&self->output), n = layer_numbers(self, f);
  for (size_t i = 0; i < size; ++i) {
    size_t place = prelu_place(self, i);
    double sum = 0;
    for (size_t at = i; at < n; at += size) {
      bool above = f->x[0][at] > 0;
      if (!above) sum += (double) f->x[0][at] * (double) dy[at];
      if (dx[0]) dx[0][at] = above ? dy[at] : f->w[place] * dy[at];
    }
    dw[place] += (real) sum;
  }
}

static void prelu_jvp(const layer* self, const frame* f, const real* const* xdot,
                      const real* wdot, real* ydot) {
  size_t size = shape_size(&self->output), n = layer_numbers(self, f);
  for (size_t i = 0; i < size; ++i) {
    size_t place = prelu_place(self, i);
    for (size_t at = i; at < n; at += size) {
      real x = f->x[0][at], dot = xdot[0][at];
      ydot[at] = x > 0 ? dot : f->w[place] * dot + wdot[place] * x;
    }
  }
}

static NN_COLD void prelu_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                       real* const* dxdot, real* dwdot) {
  size_t size = shape_size(&self->output), n = layer_numbers(self, f);
  for (size_t i = 0; i < size; ++i) {
    size_t place = prelu_place(self, i);
    for (size_t at = i; at < n; at += size) {
      real x = f->x[0][at], dy = t->dy[at], dydot = t->dydot[at];
      bool above = x > 0;
      if (!above) dwdot[place] += t->xdot[0][at] * dy + x * dydot;
      if (dxdot[0]) dxdot[0][at] = above ? dydot : f->w[place] * dydot + t->wdot[place] * dy;
    }
  }
}

static const layer_type parametric_relu_layer = {
    "parametric_relu", {{"shared", 0}}, prelu_shape, prelu_forward, prelu_backward, prelu_jvp,
    prelu_backward_jvp,
};
