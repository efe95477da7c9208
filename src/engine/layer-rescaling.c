#include "layer.h"
#include "vector.h"

/* y = scale x + offset */

enum { RESCALING_SCALE, RESCALING_OFFSET };

static void rescaling_forward(const layer* self, const frame* f) {
  real scale = (real) self->hparams[RESCALING_SCALE], offset = (real) self->hparams[RESCALING_OFFSET];
  size_t n = layer_numbers(self, f);
  for (size_t i = 0; i < n; ++i) f->y[i] = scale * f->x[0][i] + offset;
}

static void rescaling_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                               real* dw) {
  same_backward(self, f, dy, dx, dw);
  if (dx[0]) vector_scale(layer_numbers(self, f), (real) self->hparams[RESCALING_SCALE], dx[0]);
}

static void rescaling_jvp(const layer* self, const frame* f, const real* const* xdot,
                          const real* wdot, real* ydot) {
  same_jvp(self, f, xdot, wdot, ydot);
  vector_scale(layer_numbers(self, f), (real) self->hparams[RESCALING_SCALE], ydot);
}

static const layer_type rescaling_layer = {
    "rescaling",       {{"scale", 1}, {"offset", 0}}, same_shape, rescaling_forward,
    rescaling_backward, rescaling_jvp,
    plain_backward_jvp,
};
