#include "layer.h"
#include "parallel.h"

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

/* A pass over numbers, or over whole groups along the axis, which threads share. */
typedef struct {
  const activation* a;
  span s;
  size_t unit, out;  /* numbers of a group, going in and coming out */
  const real *x, *dy;
  real *y, *dx;
} activation_pass;

enum { ACTIVATION_GRAIN = 1 << 16 };

static void activation_share(activation_pass* p, int threads, parallel_body body) {
  p->unit = p->out = p->a->backward ? p->s.k * p->s.inner : 1;
  if (p->a->halves) p->out /= 2;
  parallel_for(threads, p->s.n / p->unit, PARALLEL_NUMBERS, ACTIVATION_GRAIN / p->unit + 1, body, p);
}

static span activation_part(const activation_pass* p, size_t from, size_t to) {
  span s = p->s;
  s.n = (to - from) * p->unit;
  return s;
}

static void forward_part(void* data, size_t from, size_t to) {
  const activation_pass* p = data;
  span s = activation_part(p, from, to);
  p->a->value(&s, p->x + from * p->unit, p->y + from * p->out);
}

static void activation_forward(const layer* self, const frame* f) {
  activation_pass p = {.a = self->activation, .s = activation_span(self, f)};
  p.x = f->x[0];
  p.y = f->y;
  activation_share(&p, f->threads, forward_part);
}

static void backward_part(void* data, size_t from, size_t to) {
  const activation_pass* p = data;
  span s = activation_part(p, from, to);
  const real *x = p->x + from * p->unit, *y = p->y + from * p->out, *dy = p->dy + from * p->out;
  real* dx = p->dx + from * p->unit;
  if (p->a->backward) {
    p->a->backward(&s, x, y, dy, dx);
  } else {
    p->a->slope(&s, x, y, dy, dx);
  }
}

static void activation_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                                real* dw) {
  (void) dw;
  if (!dx[0]) return;
  activation_pass p = {.a = self->activation, .s = activation_span(self, f)};
  p.x = f->x[0];
  p.y = f->y;
  p.dy = dy;
  p.dx = dx[0];
  activation_share(&p, f->threads, backward_part);
}

static void activation_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  (void) wdot;
  const activation* a = self->activation;
  span s = activation_span(self, f);
  if (a->jvp) {
    a->jvp(&s, f->x[0], f->y, xdot[0], ydot);
  } else {
    a->slope(&s, f->x[0], f->y, xdot[0], ydot);
  }
}

static NN_COLD void activation_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                            real* const* dxdot, real* dwdot) {
  (void) dwdot;
  if (!dxdot[0]) return;
  span s = activation_span(self, f);
  activation_turn turn = {.x = f->x[0], .y = f->y, .dy = t->dy};
  turn.xdot = t->xdot[0];
  turn.ydot = t->ydot;
  turn.dydot = t->dydot;
  turn.dxdot = dxdot[0];
  self->activation->backward_jvp(&s, &turn);
}

static const layer_type activation_layer = {
    "activation",       {{NULL, 0}},         activation_shape,
    activation_forward, activation_backward, activation_jvp,
    activation_backward_jvp,
};
