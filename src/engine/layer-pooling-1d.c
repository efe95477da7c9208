#include "layer.h"
#include "vector.h"

/* Over windows of the steps of a sample (steps x features), feature by feature: the mean, or
 * the largest number (the first of those as large). Window t has the steps
 * t stride - before .. + size - 1, as far as the sample has them. The cache keeps which step
 * was the largest. `flat`: there is one window, and its axis goes.
 *
 * A second input is a mask (steps x 1): the mean is of the steps where it is 1, 0/0 of none. */

enum { POOL_MAX, POOL_SIZE, POOL_STRIDE, POOL_BEFORE, POOL_WINDOWS, POOL_FLAT };

static nn_code pool_shape(layer* self) {
  const double* h = self->hparams;
  const shape *in = self->inputs, *mask = in + 1;
  bool masked = self->n_inputs == 2 && h[POOL_MAX] == 0;
  if (self->n_inputs != 1 && !masked) return NN_BAD_SPEC;
  if (masked && shape_size(mask) != (size_t) in->dims[0]) return NN_BAD_SHAPE;
  if (in->rank != 2 || h[POOL_SIZE] < 1 || h[POOL_STRIDE] < 1 || h[POOL_WINDOWS] < 1) return NN_BAD_SHAPE;
  if ((h[POOL_WINDOWS] - 1) * h[POOL_STRIDE] - h[POOL_BEFORE] >= in->dims[0]) return NN_BAD_SHAPE;
  if (h[POOL_BEFORE] >= h[POOL_SIZE]) return NN_BAD_SHAPE;
  self->output = (shape){.rank = 2, .dims = {(int) h[POOL_WINDOWS], in->dims[1]}};
  if (h[POOL_FLAT] != 0) self->output = (shape){.rank = 1, .dims = {in->dims[1]}};
  self->cache_sample = h[POOL_MAX] != 0 ? shape_size(&self->output) : 0;
  return NN_OK;
}

/* Number i of an output's sample: its feature, and the steps of its window. */
typedef struct {
  size_t feature, from, to;
} pool_window;

static pool_window pool_of(const layer* self, size_t i) {
  const double* h = self->hparams;
  size_t k = (size_t) self->inputs->dims[1];
  long from = (long) (i / k) * (long) h[POOL_STRIDE] - (long) h[POOL_BEFORE];
  long to = from + (long) h[POOL_SIZE], steps = self->inputs->dims[0];
  return (pool_window){i % k, (size_t) (from < 0 ? 0 : from), (size_t) (to < steps ? to : steps)};
}

/* The mask of the sample that number `at` of the output belongs to; NULL: all steps count. */
static const real* pool_mask(const layer* self, const frame* f, size_t at) {
  size_t sample = at / shape_size(&self->output);
  return self->n_inputs == 2 ? f->x[1] + sample * (size_t) self->inputs->dims[0] : NULL;
}

static bool pool_counts(const real* mask, size_t t) { return !mask || mask[t] > (real) 0.5; }

static double pool_count(const pool_window* p, const real* mask) {
  double n = 0;
  for (size_t t = p->from; t < p->to; ++t) n += pool_counts(mask, t);
  return n;
}

/* Features are taken side by side as they lie in memory, a stretch of them at a time. */
enum { POOL_STRETCH = 64 };

static size_t pool_stretch(const pool_window* p, size_t k) {
  return k - p->feature < POOL_STRETCH ? k - p->feature : POOL_STRETCH;
}

/* Means of n features of a window. */
static void pool_mean(const pool_window* p, size_t k, size_t n, const real* mask, const real* x,
                      real* y) {
  double sums[POOL_STRETCH] = {0}, count = pool_count(p, mask);
  for (size_t t = p->from; t < p->to; ++t) {
    if (!pool_counts(mask, t)) continue;
    const real* row = x + t * k + p->feature;
    for (size_t i = 0; i < n; ++i) sums[i] += (double) row[i];
  }
  for (size_t i = 0; i < n; ++i) y[i] = (real) (sums[i] / count);
}

static void pool_largest(const pool_window* p, size_t k, size_t n, const real* x, real* y,
                         real* at) {
  for (size_t t = p->from; t < p->to; ++t) {
    const real* row = x + t * k + p->feature;
    for (size_t i = 0; i < n; ++i) {
      if (t > p->from && !(row[i] > y[i])) continue;
      y[i] = row[i];
      at[i] = (real) t;
    }
  }
}

static void pool_forward(const layer* self, const frame* f) {
  size_t in = shape_size(self->inputs), out = shape_size(&self->output);
  size_t k = (size_t) self->inputs->dims[1], n;
  for (size_t at = 0; at < out * (size_t) f->batch; at += n) {
    pool_window p = pool_of(self, at % out);
    const real* x = f->x[0] + at / out * in;
    n = pool_stretch(&p, k);
    if (self->hparams[POOL_MAX] == 0) {
      pool_mean(&p, k, n, pool_mask(self, f, at), x, f->y + at);
    } else {
      pool_largest(&p, k, n, x, f->y + at, f->cache + at);
    }
  }
}

static void pool_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                          real* dw) {
  (void) dw;
  size_t in = shape_size(self->inputs), out = shape_size(&self->output);
  size_t k = (size_t) self->inputs->dims[1];
  if (self->n_inputs == 2 && dx[1]) {
    vector_fill((size_t) self->inputs->dims[0] * (size_t) f->batch, 0, dx[1]);
  }
  if (!dx[0]) return;
  vector_fill(in * (size_t) f->batch, 0, dx[0]);
  for (size_t at = 0; at < out * (size_t) f->batch; ++at) {
    pool_window p = pool_of(self, at % out);
    real* to = dx[0] + at / out * in;
    if (self->hparams[POOL_MAX] != 0) {
      to[(size_t) f->cache[at] * k + p.feature] += dy[at];
      continue;
    }
    const real* mask = pool_mask(self, f, at);
    real each = dy[at] / (real) pool_count(&p, mask);
    for (size_t t = p.from; t < p.to; ++t) {
      if (pool_counts(mask, t)) to[t * k + p.feature] += each;
    }
  }
}

static void pool_jvp(const layer* self, const frame* f, const real* const* xdot,
                     const real* wdot, real* ydot) {
  (void) wdot;
  size_t in = shape_size(self->inputs), out = shape_size(&self->output);
  size_t k = (size_t) self->inputs->dims[1];
  for (size_t at = 0, n; at < out * (size_t) f->batch; at += n) {
    pool_window p = pool_of(self, at % out);
    const real* dot = xdot[0] + at / out * in;
    n = pool_stretch(&p, k);
    if (self->hparams[POOL_MAX] == 0) {
      pool_mean(&p, k, n, pool_mask(self, f, at), dot, ydot + at);
      continue;
    }
    for (size_t i = 0; i < n; ++i) ydot[at + i] = dot[(size_t) f->cache[at + i] * k + p.feature + i];
  }
}

static const layer_type pooling_1d_layer = {
    "pooling_1d",
    {{"max", 0}, {"size", 1}, {"stride", 1}, {"before", 0}, {"windows", 1}, {"flat", 0}},
    pool_shape,
    pool_forward,
    pool_backward,
    pool_jvp,
    plain_backward_jvp,
};
