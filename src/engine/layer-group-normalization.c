#include "layer.h"
#include "normalization.h"
#include "vector.h"

/* The channels (axis `axis`) of a sample stand in `groups` groups of neighbours. Mean and
 * biased variance are those of a group's numbers at all positions of the sample, gamma and
 * beta belong to a channel (Wu and He 2018, "Group normalization"):
 *
 *   y = gamma x_hat + beta,  dx = P (gamma dy),  ydot = gamma P xdot + gammadot x_hat + betadot
 *
 * with P of normalization.h. The cache keeps mean and 1 / sqrt(var + epsilon) of each group. */

enum { GROUP_NORM_GROUPS, GROUP_NORM_AXIS, GROUP_NORM_EPSILON, GROUP_NORM_CENTER, GROUP_NORM_SCALE };

static nn_code group_norm_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int axis = layer_axis(self, self->hparams[GROUP_NORM_AXIS]);
  if (axis < 0) return NN_BAD_SHAPE;
  int channels = self->output.dims[axis], groups = (int) self->hparams[GROUP_NORM_GROUPS];
  if (groups < 1 || channels % groups != 0) return NN_BAD_SHAPE;
  if (self->hparams[GROUP_NORM_SCALE] != 0) layer_add_slot(self, "gamma", 1, &channels, false);
  if (self->hparams[GROUP_NORM_CENTER] != 0) layer_add_slot(self, "beta", 1, &channels, false);
  self->cache_sample = 2 * (size_t) groups;
  return NN_OK;
}

typedef struct {
  span s;
  size_t groups, channels; /* channels: in a group */
  bool scale, center;
} group_norm_sizes;

static group_norm_sizes group_norm_of(const layer* self, const frame* f) {
  int axis = layer_axis(self, self->hparams[GROUP_NORM_AXIS]);
  group_norm_sizes n = {.s = layer_axes(self, f->batch, axis, axis),
                  .groups = (size_t) self->hparams[GROUP_NORM_GROUPS],
                  .scale = self->hparams[GROUP_NORM_SCALE] != 0,
                  .center = self->hparams[GROUP_NORM_CENTER] != 0};
  n.channels = n.s.k / n.groups;
  return n;
}

/* Group g of the batch: its numbers, `channel` being its first. */
static number_set group_norm_set(const layer* self, const group_norm_sizes* n, size_t g) {
  size_t size = shape_size(&self->output), first = g % n->groups * n->channels;
  return (number_set){.at = g / n->groups * size + first * n->s.inner,
                      .n_outer = size / (n->s.k * n->s.inner),
                      .by_outer = n->s.k * n->s.inner,
                      .n_inner = n->channels * n->s.inner,
                      .by_inner = 1};
}

/* The numbers of channel c of a group. */
static number_set group_norm_channel(const group_norm_sizes* n, const number_set* group, size_t c) {
  number_set one = *group;
  one.at += c * n->s.inner;
  one.n_inner = n->s.inner;
  return one;
}

static spread group_norm_cached(const frame* f, size_t g) {
  return (spread){f->cache[2 * g], f->cache[2 * g + 1]};
}

static size_t group_norm_sets(const group_norm_sizes* n, const frame* f) {
  return n->groups * (size_t) f->batch;
}

static void group_norm_forward(const layer* self, const frame* f) {
  group_norm_sizes n = group_norm_of(self, f);
  const real *gamma = f->w, *beta = f->w + (n.scale ? n.s.k : 0);
  for (size_t g = 0; g < group_norm_sets(&n, f); ++g) {
    number_set group = group_norm_set(self, &n, g);
    real variance;
    spread m = spread_of(&group, f->x[0], self->hparams[GROUP_NORM_EPSILON], &variance);
    f->cache[2 * g] = m.mean;
    f->cache[2 * g + 1] = m.inverse;
    for (size_t c = 0; c < n.channels; ++c) {
      size_t place = g % n.groups * n.channels + c;
      number_set one = group_norm_channel(&n, &group, c);
      standardize(&one, m, f->x[0], n.scale ? gamma[place] : 1, n.center ? beta[place] : 0, f->y);
    }
  }
}

static void group_norm_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                                real* dw) {
  group_norm_sizes n = group_norm_of(self, f);
  real *dgamma = dw, *dbeta = dw + (n.scale ? n.s.k : 0);
  if (dx[0]) vector_copy(layer_numbers(self, f), dy, dx[0]);
  for (size_t g = 0; g < group_norm_sets(&n, f); ++g) {
    number_set group = group_norm_set(self, &n, g);
    spread m = group_norm_cached(f, g);
    for (size_t c = 0; c < n.channels; ++c) {
      size_t place = g % n.groups * n.channels + c;
      number_set one = group_norm_channel(&n, &group, c);
      if (n.scale) dgamma[place] += (real) standardized_dot(&one, m, f->x[0], dy);
      if (n.center) dbeta[place] += (real) set_sum(&one, dy);
      if (n.scale && dx[0]) set_scale(&one, f->w[place], dx[0]);
    }
    if (dx[0]) standardize_project(&group, m, f->x[0], dx[0], 1, dx[0]);
  }
}

static void group_norm_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  group_norm_sizes n = group_norm_of(self, f);
  const real* betadot = wdot + (n.scale ? n.s.k : 0);
  for (size_t g = 0; g < group_norm_sets(&n, f); ++g) {
    number_set group = group_norm_set(self, &n, g);
    spread m = group_norm_cached(f, g);
    standardize_project(&group, m, f->x[0], xdot[0], 1, ydot);
    for (size_t c = 0; c < n.channels; ++c) {
      size_t place = g % n.groups * n.channels + c;
      number_set one = group_norm_channel(&n, &group, c);
      if (n.scale) set_scale(&one, f->w[place], ydot);
      standardize_add(&one, m, f->x[0], n.scale ? wdot[place] : 0, n.center ? betadot[place] : 0,
                      ydot);
    }
  }
}

/* u = gamma dy in the scratch, and its tangent, for one channel. */
static void group_norm_scale(const layer* self, const frame* f, const tangent* t,
                             const number_set* channel, size_t place, real* udot) {
  const spread as_is = {0, 1};
  bool scale = self->hparams[GROUP_NORM_SCALE] != 0;
  real gamma = scale ? f->w[place] : 1, gammadot = scale ? t->wdot[place] : 0;
  standardize(channel, as_is, t->dy, gamma, 0, t->scratch);
  standardize(channel, as_is, t->dydot, gamma, 0, udot);
  standardize_add(channel, as_is, t->dy, gammadot, 0, udot);
}

static NN_COLD void group_norm_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                            real* const* dxdot, real* dwdot) {
  group_norm_sizes n = group_norm_of(self, f);
  real* dbetadot = dwdot + (n.scale ? n.s.k : 0);
  for (size_t g = 0; g < group_norm_sets(&n, f); ++g) {
    number_set group = group_norm_set(self, &n, g);
    spread m = group_norm_cached(f, g);
    standardize_project(&group, m, f->x[0], t->xdot[0], 1, t->scratch);
    for (size_t c = 0; c < n.channels; ++c) {
      size_t place = g % n.groups * n.channels + c;
      number_set one = group_norm_channel(&n, &group, c);
      double along = standardized_dot(&one, m, f->x[0], t->dydot);
      if (n.scale) dwdot[place] += (real) (along + set_dot(&one, t->scratch, t->dy));
      if (n.center) dbetadot[place] += (real) set_sum(&one, t->dydot);
      if (dxdot[0]) group_norm_scale(self, f, t, &one, place, dxdot[0]);
    }
    if (dxdot[0]) standardize_turn(&group, m, f->x[0], t->xdot[0], t->scratch, dxdot[0]);
  }
}

static const layer_type group_normalization_layer = {
    "group_normalization",
    {{"groups", 32}, {"axis", -1}, {"epsilon", 1e-3}, {"center", 1}, {"scale", 1}},
    group_norm_shape,
    group_norm_forward,
    group_norm_backward,
    group_norm_jvp,
    group_norm_backward_jvp,
};
