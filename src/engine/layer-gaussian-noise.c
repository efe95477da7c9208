#include "layer.h"
#include "vector.h"

/* Training: y = x + stddev z with z standard normal. Otherwise y = x. Either way the Jacobian
 * is the identity. */

enum { NOISE_STDDEV, NOISE_SEED };

static void gaussian_noise_forward(const layer* self, const frame* f) {
  double stddev = self->hparams[NOISE_STDDEV];
  if (!f->training || stddev == 0) {
    same_forward(self, f);
    return;
  }
  rng r = rng_of_layer(f->random, self->hparams[NOISE_SEED]);
  size_t n = layer_numbers(self, f);
  rng_gaussians(&r, n, 0, stddev, f->y);
  vector_add(n, f->x[0], f->y);
}

static const layer_type gaussian_noise_layer = {
    "gaussian_noise", {{"stddev", 1}, {"seed", (double) NAN}},
    same_shape,       gaussian_noise_forward,
    same_backward,    same_jvp,               plain_backward_jvp,
};
