#include "layer.h"
#include "parallel.h"
#include "vector.h"

/* Training: y = m x with m = 1 / (1 - rate) where a uniform number is at least rate, else 0.
 * Otherwise y = x. The cache keeps m.
 *
 * `shared` has bit 0 set when all samples share their mask, bit a when it is the same along
 * axis a of a sample (from 1). Number i of a stream belongs to place i of the batch, and a
 * place that shares takes the number of the first one that it shares with. */

enum { DROPOUT_RATE, DROPOUT_SHARED, DROPOUT_SEED };
enum { DROPOUT_GRAIN = 1 << 12 }; /* numbers drawn that are worth a thread */

NN_PRIVATE nn_code masked_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code == NN_OK) self->cache_sample = shape_size(&self->output);
  return code;
}

NN_PRIVATE bool masked_acts(const layer* self, const frame* f) {
  return f->training && self->hparams[DROPOUT_RATE] > 0;
}

enum { MASK_STRETCH = 128 };

/* The first place of a sample that has the random number of place i. */
static size_t masked_place(const shape* s, int shared, size_t i) {
  size_t first = 0, below = 1;
  for (int a = s->rank - 1; a >= 0; --a) {
    size_t d = (size_t) s->dims[a];
    if (!(shared >> (a + 1) & 1)) first += i % d * below;
    below *= d;
    i /= d;
  }
  return first;
}

typedef struct {
  const layer* self;
  const frame* f;
} dropout_pass;

/* n numbers of the mask from number r.next of the stream on */
static void mask_draw(rng r, size_t n, double rate, real* mask) {
  real keep = (real) (1 / (1 - rate));
  double u[MASK_STRETCH];
  for (size_t at = 0; at < n; at += MASK_STRETCH) {
    size_t some = n - at < MASK_STRETCH ? n - at : MASK_STRETCH;
    rng_uniforms(&r, some, u);
    for (size_t i = 0; i < some; ++i) mask[at + i] = u[i] >= rate ? keep : 0;
  }
}

/* A sample whose places share numbers. */
static void mask_draw_shared(const layer* self, rng r, double rate, real* mask) {
  size_t size = shape_size(&self->output);
  int shared = (int) self->hparams[DROPOUT_SHARED];
  uint64_t sample = r.next;
  for (size_t i = 0; i < size; ++i) {
    r.next = sample + masked_place(&self->output, shared, i);
    mask_draw(r, 1, rate, mask + i);
  }
}

/* Samples from .. to - 1. */
static void dropout_draw(void* data, size_t from, size_t to) {
  const layer* self = ((const dropout_pass*) data)->self;
  const frame* f = ((const dropout_pass*) data)->f;
  size_t size = shape_size(&self->output);
  int shared = (int) self->hparams[DROPOUT_SHARED];
  double rate = self->hparams[DROPOUT_RATE];
  rng r = rng_of_layer(f->random, self->hparams[DROPOUT_SEED]);
  for (size_t j = from; j < to; ++j) {
    r.next = shared & 1 ? 0 : j * size;
    if (shared >> 1) {
      mask_draw_shared(self, r, rate, f->cache + j * size);
    } else {
      mask_draw(r, size, rate, f->cache + j * size);
    }
  }
}

NN_PRIVATE void mask_fill(const layer* self, const frame* f) {
  dropout_pass p = {.self = self, .f = f};
  size_t grain = DROPOUT_GRAIN / shape_size(&self->output) + 1;
  parallel_for(f->threads, (size_t) f->batch, 1, grain, dropout_draw, &p);
}

static void dropout_forward(const layer* self, const frame* f) {
  same_forward(self, f);
  if (!masked_acts(self, f)) return;
  mask_fill(self, f);
  vector_multiply(layer_numbers(self, f), f->cache, f->y);
}

NN_PRIVATE void masked_backward(const layer* self, const frame* f, const real* dy,
                                real* const* dx, real* dw) {
  same_backward(self, f, dy, dx, dw);
  if (dx[0] && masked_acts(self, f)) vector_multiply(layer_numbers(self, f), f->cache, dx[0]);
}

NN_PRIVATE void masked_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  same_jvp(self, f, xdot, wdot, ydot);
  if (masked_acts(self, f)) vector_multiply(layer_numbers(self, f), f->cache, ydot);
}

static const layer_type dropout_layer = {
    "dropout",        {{"rate", 0.5}, {"shared", 0}, {"seed", (double) NAN}},
    masked_shape,     dropout_forward,
    masked_backward,  masked_jvp,    plain_backward_jvp,
};
