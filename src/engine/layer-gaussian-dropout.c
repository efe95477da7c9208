#include "layer.h"
#include "vector.h"

/* Training: y = m x with m normal of mean 1 and standard deviation sqrt(rate / (1 - rate)),
 * another one for each number. Otherwise y = x. The cache keeps m. */

enum { GAUSSIAN_DROPOUT_RATE, GAUSSIAN_DROPOUT_SEED };
enum { GAUSSIAN_STRETCH = 64 };

static bool gaussian_dropout_acts(const layer* self, const frame* f) {
  return f->training && self->hparams[GAUSSIAN_DROPOUT_RATE] > 0;
}

static void gaussian_dropout_forward(const layer* self, const frame* f) {
  double rate = self->hparams[GAUSSIAN_DROPOUT_RATE], stddev = sqrt(rate / (1 - rate));
  same_forward(self, f);
  if (!gaussian_dropout_acts(self, f)) return;
  rng r = rng_of_layer(f->random, self->hparams[GAUSSIAN_DROPOUT_SEED]);
  size_t n = layer_numbers(self, f);
  for (size_t at = 0; at < n; at += GAUSSIAN_STRETCH) {
    size_t some = n - at < GAUSSIAN_STRETCH ? n - at : GAUSSIAN_STRETCH;
    double z[GAUSSIAN_STRETCH];
    rng_normals(&r, some, z);
    for (size_t i = 0; i < some; ++i) f->cache[at + i] = (real) (1 + stddev * z[i]);
  }
  vector_multiply(n, f->cache, f->y);
}

static void gaussian_dropout_backward(const layer* self, const frame* f, const real* dy,
                                      real* const* dx, real* dw) {
  same_backward(self, f, dy, dx, dw);
  if (!dx[0] || !gaussian_dropout_acts(self, f)) return;
  vector_multiply(layer_numbers(self, f), f->cache, dx[0]);
}

static void gaussian_dropout_jvp(const layer* self, const frame* f, const real* const* xdot,
                                 const real* wdot, real* ydot) {
  same_jvp(self, f, xdot, wdot, ydot);
  if (gaussian_dropout_acts(self, f)) vector_multiply(layer_numbers(self, f), f->cache, ydot);
}

static const layer_type gaussian_dropout_layer = {
    "gaussian_dropout",        {{"rate", 0.5}, {"seed", (double) NAN}},
    masked_shape,             gaussian_dropout_forward,
    gaussian_dropout_backward, gaussian_dropout_jvp,
    plain_backward_jvp,
};
