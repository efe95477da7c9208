#include "layer.h"
#include "vector.h"

/* Dropout that keeps mean and variance of what selu makes (Klambauer, Unterthiner, Mayr and
 * Hochreiter 2017, "Self-normalizing neural networks"). Training, with p the rate, m = 1 where
 * a uniform number is at least p, else 0, and A' = -scale alpha of selu:
 *
 *   y = a (m x + (1 - m) A') + b,  a = ((1 - p) (1 + p A'^2))^(-1/2),  b = -a A' p
 *
 * Otherwise y = x. The cache keeps a m. `shared` is as in layer-dropout.c. */

static void alpha_dropout_forward(const layer* self, const frame* f) {
  const double least = -1.6732632423543772 * 1.0507009873554805;
  double p = self->hparams[0], a = 1 / sqrt((1 - p) * (1 + p * least * least));
  same_forward(self, f);
  if (!masked_acts(self, f)) return;
  mask_fill(self, f);
  size_t n = layer_numbers(self, f);
  for (size_t i = 0; i < n; ++i) {
    bool kept = f->cache[i] != 0;
    f->cache[i] = kept ? (real) a : 0;
    f->y[i] = (real) (a * (kept ? (double) f->x[0][i] : least) - a * least * p);
  }
}

static const layer_type alpha_dropout_layer = {
    "alpha_dropout", {{"rate", 0.5}, {"shared", 0}, {"seed", (double) NAN}},
    masked_shape,    alpha_dropout_forward,
    masked_backward, masked_jvp,            plain_backward_jvp,
};
