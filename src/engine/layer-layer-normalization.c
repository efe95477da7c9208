#include "layer-groups.h"
#include "normalization.h"
#include "vector.h"

/* y = gamma x_hat + beta, x_hat = (x - mean) / sqrt(var + epsilon) for each sample by itself,
 * over the axes first .. last; gamma and beta have the dims of these axes.
 *
 *   dx = P (gamma dy),  ydot = gamma P xdot + gammadot x_hat + betadot
 *
 * with P of normalization.h. The cache keeps mean and 1 / sqrt(var + epsilon) of each group. */

enum { LAYER_NORM_FIRST, LAYER_NORM_LAST, LAYER_NORM_EPSILON, LAYER_NORM_CENTER, LAYER_NORM_SCALE };

static nn_code layer_norm_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int first = layer_axis(self, self->hparams[LAYER_NORM_FIRST]);
  int last = layer_axis(self, self->hparams[LAYER_NORM_LAST]);
  if (first < 0 || last < first) return NN_BAD_SHAPE;
  const int* dims = self->output.dims + first;
  int rank = last - first + 1;
  if (self->hparams[LAYER_NORM_SCALE] != 0) layer_add_slot(self, "gamma", rank, dims, false);
  if (self->hparams[LAYER_NORM_CENTER] != 0) layer_add_slot(self, "beta", rank, dims, false);
  self->cache_sample = 2 * shape_size(&self->output) / layer_axes(self, 1, first, last).k;
  return NN_OK;
}

static layer_norm layer_norm_of(const layer* self, const frame* f) {
  int first = layer_axis(self, self->hparams[LAYER_NORM_FIRST]);
  int last = layer_axis(self, self->hparams[LAYER_NORM_LAST]);
  layer_norm n = {.s = layer_axes(self, f->batch, first, last),
                  .dims = {.rank = last - first + 1},
                  .scale = self->hparams[LAYER_NORM_SCALE] != 0,
                  .center = self->hparams[LAYER_NORM_CENTER] != 0};
  memcpy(n.dims.dims, self->output.dims + first, (size_t) n.dims.rank * sizeof(int));
  n.at_beta = n.scale ? n.s.k : 0;
  return n;
}

NN_PRIVATE size_t layer_norm_place(const layer_norm* n, size_t i) {
  return n->dims.rank > 1 ? shape_offset(&n->dims, i) : i;
}

NN_PRIVATE size_t layer_norm_groups(const layer_norm* n) { return n->s.n / n->s.k; }

NN_PRIVATE number_set layer_norm_group(const layer_norm* n, size_t g) {
  const span* s = &n->s;
  return (number_set){.at = g / s->inner * s->k * s->inner + g % s->inner,
                      .n_outer = s->k,
                      .by_outer = s->inner,
                      .n_inner = 1};
}

static spread layer_norm_cached(const frame* f, size_t g) {
  return (spread){f->cache[2 * g], f->cache[2 * g + 1]};
}

NN_PRIVATE void layer_norm_affine(const layer_norm* n, const number_set* group, const real* w,
                                  bool shift, real* y) {
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t place = layer_norm_place(n, i), at = group->at + i * group->by_outer;
    if (n->scale) y[at] *= w[place];
    if (n->center && shift) y[at] += w[n->at_beta + place];
  }
}

static void layer_norm_forward(const layer* self, const frame* f) {
  layer_norm n = layer_norm_of(self, f);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    real variance;
    spread m = spread_of(&group, f->x[0], self->hparams[LAYER_NORM_EPSILON], &variance);
    f->cache[2 * g] = m.mean;
    f->cache[2 * g + 1] = m.inverse;
    standardize(&group, m, f->x[0], 1, 0, f->y);
    layer_norm_affine(&n, &group, f->w, true, f->y);
  }
}

/* dgamma += dy x_hat, dbeta += dy */
static void layer_norm_gradient(const layer_norm* n, const number_set* group, spread m,
                                const real* x, const real* dy, real* dw) {
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t place = layer_norm_place(n, i), at = group->at + i * group->by_outer;
    if (n->scale) dw[place] += dy[at] * (x[at] - m.mean) * m.inverse;
    if (n->center) dw[n->at_beta + place] += dy[at];
  }
}

static void layer_norm_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                                real* dw) {
  layer_norm n = layer_norm_of(self, f);
  if (dx[0]) vector_copy(n.s.n, dy, dx[0]);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    spread m = layer_norm_cached(f, g);
    layer_norm_gradient(&n, &group, m, f->x[0], dy, dw);
    if (!dx[0]) continue;
    layer_norm_affine(&n, &group, f->w, false, dx[0]);
    standardize_project(&group, m, f->x[0], dx[0], 1, dx[0]);
  }
}

/* y += gammadot x_hat + betadot */
static void layer_norm_tangent(const layer_norm* n, const number_set* group, spread m,
                               const real* x, const real* wdot, real* ydot) {
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t place = layer_norm_place(n, i), at = group->at + i * group->by_outer;
    if (n->scale) ydot[at] += wdot[place] * (x[at] - m.mean) * m.inverse;
    if (n->center) ydot[at] += wdot[n->at_beta + place];
  }
}

static void layer_norm_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  layer_norm n = layer_norm_of(self, f);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    spread m = layer_norm_cached(f, g);
    standardize_project(&group, m, f->x[0], xdot[0], 1, ydot);
    layer_norm_affine(&n, &group, f->w, false, ydot);
    layer_norm_tangent(&n, &group, m, f->x[0], wdot, ydot);
  }
}

NN_PRIVATE void layer_norm_scale(const layer_norm* n, const number_set* group, const frame* f,
                                 const tangent* t, real* u, real* udot) {
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t place = layer_norm_place(n, i), at = group->at + i * group->by_outer;
    u[at] = (n->scale ? f->w[place] : 1) * t->dy[at];
    udot[at] = (n->scale ? f->w[place] : 1) * t->dydot[at];
    if (n->scale) udot[at] += t->wdot[place] * t->dy[at];
  }
}

NN_PRIVATE void layer_norm_gamma(const layer_norm* n, const number_set* group, const real* dy,
                                 const real* x_hat_dot, real* dwdot) {
  for (size_t i = 0; n->scale && i < n->s.k; ++i) {
    size_t at = group->at + i * group->by_outer;
    dwdot[layer_norm_place(n, i)] += dy[at] * x_hat_dot[at];
  }
}

static NN_COLD void layer_norm_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                            real* const* dxdot, real* dwdot) {
  layer_norm n = layer_norm_of(self, f);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    spread m = layer_norm_cached(f, g);
    layer_norm_gradient(&n, &group, m, f->x[0], t->dydot, dwdot);
    standardize_project(&group, m, f->x[0], t->xdot[0], 1, t->scratch);
    layer_norm_gamma(&n, &group, t->dy, t->scratch, dwdot);
    if (!dxdot[0]) continue;
    layer_norm_scale(&n, &group, f, t, t->scratch, dxdot[0]);
    standardize_turn(&group, m, f->x[0], t->xdot[0], t->scratch, dxdot[0]);
  }
}

static const layer_type layer_normalization_layer = {
    "layer_normalization",
    {{"first", -1}, {"last", -1}, {"epsilon", 1e-3}, {"center", 1}, {"scale", 1}},
    layer_norm_shape,
    layer_norm_forward,
    layer_norm_backward,
    layer_norm_jvp,
    layer_norm_backward_jvp,
};
