#include "layer.h"
#include "vector.h"

/* Dropout that keeps mean and variance of what selu makes (Klambauer, Unterthiner, Mayr and
 * Hochreiter 2017, "Self-normalizing neural networks"). Training, with p the rate, m = 1 where
 * a uniform number is at least p, else 0, and A' = -scale alpha of selu:
 *
 *   y = a (m x + (1 - m) A') + b,  a = ((1 - p) (1 + p A'^2))^(-1/2),  b = -a A' p
 *
 * Otherwise y = x. The cache keeps a m. `shared` is as in layer-dropout.c. */

enum { ALPHA_DROPOUT_RATE, ALPHA_DROPOUT_SHARED, ALPHA_DROPOUT_SEED };

static bool alpha_dropout_drops(const layer* self, const frame* f) {
  return f->training && self->hparams[ALPHA_DROPOUT_RATE] > 0;
}

static void alpha_dropout_forward(const layer* self, const frame* f) {
  const double least = -1.6732632423543772 * 1.0507009873554805;
  double p = self->hparams[ALPHA_DROPOUT_RATE], a = 1 / sqrt((1 - p) * (1 + p * least * least));
  same_forward(self, f);
  if (!alpha_dropout_drops(self, f)) return;
  size_t n = layer_numbers(self, f), size = shape_size(&self->output);
  int shared = (int) self->hparams[ALPHA_DROPOUT_SHARED];
  rng r = rng_of_layer(f->random, self->hparams[ALPHA_DROPOUT_SEED]);
  for (size_t i = 0; i < n; ++i) {
    r.next = (shared & 1 ? 0 : i / size * size) + masked_place(&self->output, shared, i % size);
    bool kept = rng_uniform(&r) >= p;
    f->cache[i] = kept ? (real) a : 0;
    f->y[i] = (real) (a * (kept ? (double) f->x[0][i] : least) - a * least * p);
  }
}

static void alpha_dropout_backward(const layer* self, const frame* f, const real* dy,
                                   real* const* dx, real* dw) {
  same_backward(self, f, dy, dx, dw);
  if (dx[0] && alpha_dropout_drops(self, f)) vector_multiply(layer_numbers(self, f), f->cache, dx[0]);
}

static void alpha_dropout_jvp(const layer* self, const frame* f, const real* const* xdot,
                              const real* wdot, real* ydot) {
  same_jvp(self, f, xdot, wdot, ydot);
  if (alpha_dropout_drops(self, f)) vector_multiply(layer_numbers(self, f), f->cache, ydot);
}

static const layer_type alpha_dropout_layer = {
    "alpha_dropout",        {{"rate", 0.5}, {"shared", 0}, {"seed", (double) NAN}},
    masked_shape,          alpha_dropout_forward,
    alpha_dropout_backward, alpha_dropout_jvp,
    plain_backward_jvp,
};
