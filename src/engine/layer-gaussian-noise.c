#include "layer.h"

/* Training: y = x + stddev z with z standard normal. Otherwise y = x. Either way the Jacobian
 * is the identity. */

enum { NOISE_STDDEV, NOISE_SEED };
enum { NOISE_STRETCH = 64 };

static void gaussian_noise_forward(const layer* self, const frame* f) {
  double stddev = self->hparams[NOISE_STDDEV];
  same_forward(self, f);
  if (!f->training || stddev == 0) return;
  rng r = rng_of_layer(f->random, self->hparams[NOISE_SEED]);
  size_t n = layer_numbers(self, f);
  for (size_t at = 0; at < n; at += NOISE_STRETCH) {
    size_t some = n - at < NOISE_STRETCH ? n - at : NOISE_STRETCH;
    double z[NOISE_STRETCH];
    rng_normals(&r, some, z);
    for (size_t i = 0; i < some; ++i) f->y[at + i] += (real) (stddev * z[i]);
  }
}

static const layer_type gaussian_noise_layer = {
    "gaussian_noise", {{"stddev", 1}, {"seed", (double) NAN}},
    same_shape,       gaussian_noise_forward,
    same_backward,    same_jvp,               plain_backward_jvp,
};
