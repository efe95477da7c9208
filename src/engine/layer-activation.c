#include "layer.h"
#include "vector.h"

/* y = f(x): every activation as a layer. Elementwise ones have a diagonal Jacobian, the
 * slope; those along an axis bring their own products with it. The hyperparameters of the
 * layer are those of the activation. */

/* The hyperparameter "axis": an axis of the sample, counted from 0, or from the end when it
 * is negative. Out of range when there is no such axis. */
static int activation_axis(const layer* self) {
  const nn_hparam* known = self->activation->hparams;
  int rank = self->inputs[0].rank;
  for (int i = 0; known[i].name; ++i) {
    if (strcmp(known[i].name, "axis") != 0 || isnan(self->hparams[i])) continue;
    return (int) self->hparams[i] + (self->hparams[i] < 0 ? rank : 0);
  }
  return rank - 1;
}

static nn_code activation_shape(layer* self) {
  if (self->n_inputs != 1 || !self->activation) return NN_BAD_SPEC;
  int axis = activation_axis(self);
  self->output = self->inputs[0];
  if (!self->activation->backward) return NN_OK;
  if (axis < 0 || axis >= self->output.rank) return NN_BAD_SHAPE;
  if (!self->activation->halves) return NN_OK;
  if (self->output.dims[axis] % 2) return NN_BAD_SHAPE;
  self->output.dims[axis] /= 2;
  return NN_OK;
}

static span activation_span(const layer* self, const frame* f) {
  int axis = activation_axis(self);
  if (!self->activation->backward) axis = self->inputs[0].rank - 1;
  span s = layer_axes(self, f->batch, axis, axis);
  s.h = self->hparams;
  return s;
}

static void activation_forward(const layer* self, const frame* f) {
  span s = activation_span(self, f);
  self->activation->value(&s, f->x[0], f->y);
}

static void activation_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                                real* dw) {
  (void) dw;
  const activation* a = self->activation;
  span s = activation_span(self, f);
  if (!dx[0]) return;
  if (a->backward) {
    a->backward(&s, f->x[0], f->y, dy, dx[0]);
  } else {
    a->slope(&s, f->x[0], f->y, dx[0]);
    vector_multiply(s.n, dy, dx[0]);
  }
}

static void activation_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  (void) wdot;
  const activation* a = self->activation;
  span s = activation_span(self, f);
  if (a->jvp) {
    a->jvp(&s, f->x[0], f->y, xdot[0], ydot);
  } else {
    a->slope(&s, f->x[0], f->y, ydot);
    vector_multiply(s.n, xdot[0], ydot);
  }
}

static const layer_type activation_layer = {
    "activation",       {{NULL, 0}},         activation_shape,
    activation_forward, activation_backward, activation_jvp,
};
