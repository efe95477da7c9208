#include "layer.h"
#include "vector.h"

/* y = (x - mean) / d, or with `invert` y = mean + x d, d = max(sqrt(variance), 1e-7). Mean and
 * variance are no parameters but state, found from data beforehand: one for each place along
 * the axes that `kept` names (bit a: axis a, from 1), the other axes share it. The count of
 * samples they were found from is kept beside them. */

enum { NORMALIZATION_KEPT, NORMALIZATION_INVERT };

static nn_code normalization_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int dims[NN_MAX_RANK] = {1}, rank = 0, one = 1;
  for (int a = 0; a < self->output.rank; ++a) {
    if ((int) self->hparams[NORMALIZATION_KEPT] >> (a + 1) & 1) dims[rank++] = self->output.dims[a];
  }
  if (rank == 0) rank = 1;
  layer_add_slot(self, "mean", rank, dims, true);
  layer_add_slot(self, "variance", rank, dims, true);
  layer_add_slot(self, "count", 1, &one, true);
  return NN_OK;
}

/* y = a x + b at number i of a sample */
static void normalization_line(const layer* self, const frame* f, size_t i, real* a, real* b) {
  int kept = (int) self->hparams[NORMALIZATION_KEPT];
  size_t place = shape_offset_along(&self->output, kept, i);
  double mean = (double) f->state[place];
  double d = sqrt((double) f->state[self->slots[1].at + place]);
  d = d > 1e-7 ? d : 1e-7;
  bool invert = self->hparams[NORMALIZATION_INVERT] != 0;
  *a = (real) (invert ? d : 1 / d);
  *b = (real) (invert ? mean : -mean / d);
}

static void normalization_scale(const layer* self, const frame* f, bool shift, const real* x,
                                real* y) {
  size_t size = shape_size(&self->output), n = layer_numbers(self, f);
  for (size_t i = 0; i < size; ++i) {
    real a, b;
    normalization_line(self, f, i, &a, &b);
    for (size_t at = i; at < n; at += size) y[at] = a * x[at] + (shift ? b : 0);
  }
}

static void normalization_forward(const layer* self, const frame* f) {
  normalization_scale(self, f, true, f->x[0], f->y);
}

static void normalization_backward(const layer* self, const frame* f, const real* dy,
                                   real* const* dx, real* dw) {
  (void) dw;
  if (dx[0]) normalization_scale(self, f, false, dy, dx[0]);
}

static void normalization_jvp(const layer* self, const frame* f, const real* const* xdot,
                              const real* wdot, real* ydot) {
  (void) wdot;
  normalization_scale(self, f, false, xdot[0], ydot);
}

static const layer_type normalization_layer = {
    "normalization",        {{"kept", 0}, {"invert", 0}}, normalization_shape, normalization_forward,
    normalization_backward, normalization_jvp,
    plain_backward_jvp,
};
