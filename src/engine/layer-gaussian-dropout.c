#include "layer.h"
#include "vector.h"

/* Training: y = m x with m normal of mean 1 and standard deviation sqrt(rate / (1 - rate)),
 * another one for each number. Otherwise y = x. The cache keeps m. */

enum { GAUSSIAN_DROPOUT_RATE, GAUSSIAN_DROPOUT_SEED };

static void gaussian_dropout_forward(const layer* self, const frame* f) {
  double rate = self->hparams[GAUSSIAN_DROPOUT_RATE];
  same_forward(self, f);
  if (!masked_acts(self, f)) return;
  rng r = rng_of_layer(f->random, self->hparams[GAUSSIAN_DROPOUT_SEED]);
  size_t n = layer_numbers(self, f);
  rng_gaussians(&r, n, 1, sqrt(rate / (1 - rate)), f->cache);
  vector_multiply(n, f->cache, f->y);
}

static const layer_type gaussian_dropout_layer = {
    "gaussian_dropout", {{"rate", 0.5}, {"seed", (double) NAN}},
    masked_shape,       gaussian_dropout_forward,
    masked_backward,    masked_jvp,               plain_backward_jvp,
};
