#include "layer.h"
#include "normalization.h"
#include "vector.h"

/* y = gamma x_hat + beta, x_hat = (x - mean) / sqrt(var + epsilon) for each index of `axis`.
 *
 * Training: mean and (biased) variance of the batch, over samples and all other axes, and
 * moving = momentum moving + (1 - momentum) batch. Otherwise, or when the layer is frozen,
 * the moving ones. The cache keeps mean and 1 / sqrt(var + epsilon) of each channel. */

enum {
  BATCH_NORM_AXIS,
  BATCH_NORM_MOMENTUM,
  BATCH_NORM_EPSILON,
  BATCH_NORM_CENTER,
  BATCH_NORM_SCALE
};

static nn_code batch_norm_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int axis = layer_axis(self, self->hparams[BATCH_NORM_AXIS]);
  if (axis < 0) return NN_BAD_SHAPE;
  const int* k = self->output.dims + axis;
  if (self->hparams[BATCH_NORM_SCALE] != 0) layer_add_slot(self, "gamma", 1, k, false);
  if (self->hparams[BATCH_NORM_CENTER] != 0) layer_add_slot(self, "beta", 1, k, false);
  layer_add_slot(self, "moving_mean", 1, k, true);
  layer_add_slot(self, "moving_variance", 1, k, true);
  self->cache_batch = 2 * (size_t) *k;
  return NN_OK;
}

static bool batch_norm_scales(const layer* self) { return self->hparams[BATCH_NORM_SCALE] != 0; }
static bool batch_norm_centers(const layer* self) { return self->hparams[BATCH_NORM_CENTER] != 0; }

/* Where gamma and beta of channel c stand among parameters, or their gradients or tangents. */
static size_t at_gamma(size_t c) { return c; }
static size_t at_beta(const layer* self, size_t k, size_t c) {
  return batch_norm_scales(self) ? k + c : c;
}

static real gamma_of(const layer* self, const real* w, size_t c, real otherwise) {
  return batch_norm_scales(self) ? w[at_gamma(c)] : otherwise;
}

static real beta_of(const layer* self, const real* w, size_t k, size_t c) {
  return batch_norm_centers(self) ? w[at_beta(self, k, c)] : 0;
}

static bool batch_norm_learns(const layer* self, const frame* f) {
  return f->training && self->trainable;
}

static span batch_norm_span(const layer* self, const frame* f) {
  int axis = layer_axis(self, self->hparams[BATCH_NORM_AXIS]);
  return layer_axes(self, f->batch, axis, axis);
}

static number_set batch_norm_channel(const span* s, size_t c) {
  return (number_set){.at = c * s->inner,
                      .n_outer = s->n / (s->k * s->inner),
                      .by_outer = s->k * s->inner,
                      .n_inner = s->inner,
                      .by_inner = 1};
}

static spread batch_norm_cached(const frame* f, size_t c) {
  return (spread){f->cache[2 * c], f->cache[2 * c + 1]};
}

static void moving_update(const layer* self, real* moving, real value) {
  double momentum = self->hparams[BATCH_NORM_MOMENTUM];
  *moving = (real) (momentum * (double) *moving + (1 - momentum) * (double) value);
}

/* Moments of channel c, kept in the cache. */
static spread batch_norm_moments(const layer* self, const frame* f, const number_set* channel,
                                  size_t k, size_t c) {
  double epsilon = self->hparams[BATCH_NORM_EPSILON];
  real *mean = f->state + c, *variance = f->state + k + c, variance_now;
  spread m = {*mean, (real) (1 / sqrt((double) *variance + epsilon))};
  if (batch_norm_learns(self, f)) {
    m = spread_of(channel, f->x[0], epsilon, &variance_now);
    moving_update(self, mean, m.mean);
    moving_update(self, variance, variance_now);
  }
  f->cache[2 * c] = m.mean;
  f->cache[2 * c + 1] = m.inverse;
  return m;
}

static void batch_norm_forward(const layer* self, const frame* f) {
  span s = batch_norm_span(self, f);
  for (size_t c = 0; c < s.k; ++c) {
    number_set channel = batch_norm_channel(&s, c);
    spread m = batch_norm_moments(self, f, &channel, s.k, c);
    standardize(&channel, m, f->x[0], gamma_of(self, f->w, c, 1), beta_of(self, f->w, s.k, c),
                f->y);
  }
}

/* to = scale dx_hat/dx v: with moving statistics the derivative is 1 / sqrt(var + epsilon). */
static void batch_norm_derivative(const layer* self, const frame* f, const number_set* channel,
                                  spread m, const real* v, real scale, real* to) {
  if (batch_norm_learns(self, f)) {
    standardize_project(channel, m, f->x[0], v, scale, to);
  } else {
    standardize(channel, (spread){0, m.inverse}, v, scale, 0, to);
  }
}

static void batch_norm_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                                real* dw) {
  span s = batch_norm_span(self, f);
  for (size_t c = 0; c < s.k; ++c) {
    number_set channel = batch_norm_channel(&s, c);
    spread m = batch_norm_cached(f, c);
    real gamma = gamma_of(self, f->w, c, 1);
    if (batch_norm_scales(self)) {
      dw[at_gamma(c)] += (real) standardized_dot(&channel, m, f->x[0], dy);
    }
    if (batch_norm_centers(self)) dw[at_beta(self, s.k, c)] += (real) set_sum(&channel, dy);
    if (dx[0]) batch_norm_derivative(self, f, &channel, m, dy, gamma, dx[0]);
  }
}

static void batch_norm_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot) {
  span s = batch_norm_span(self, f);
  for (size_t c = 0; c < s.k; ++c) {
    number_set channel = batch_norm_channel(&s, c);
    spread m = batch_norm_cached(f, c);
    batch_norm_derivative(self, f, &channel, m, xdot[0], gamma_of(self, f->w, c, 1), ydot);
    standardize_add(&channel, m, f->x[0], gamma_of(self, wdot, c, 0), beta_of(self, wdot, s.k, c),
                    ydot);
  }
}

/* u = gamma dy, and its tangent. */
static void batch_norm_scale(const layer* self, const frame* f, const tangent* t,
                             const number_set* channel, size_t c, real* u, real* udot) {
  const spread as_is = {0, 1};
  real gamma = gamma_of(self, f->w, c, 1);
  standardize(channel, as_is, t->dy, gamma, 0, u);
  standardize(channel, as_is, t->dydot, gamma, 0, udot);
  standardize_add(channel, as_is, t->dy, gamma_of(self, t->wdot, c, 0), 0, udot);
}

/* dxdot of P u, or of inverse u. */
static void batch_norm_turn(const layer* self, const frame* f, const tangent* t,
                            const number_set* channel, size_t c, real* dxdot) {
  spread m = batch_norm_cached(f, c);
  batch_norm_scale(self, f, t, channel, c, t->scratch, dxdot);
  if (batch_norm_learns(self, f)) {
    standardize_turn(channel, m, f->x[0], t->xdot[0], t->scratch, dxdot);
  } else {
    standardize(channel, (spread){0, m.inverse}, dxdot, 1, 0, dxdot);
  }
}

static NN_COLD void batch_norm_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                            real* const* dxdot, real* dwdot) {
  span s = batch_norm_span(self, f);
  for (size_t c = 0; c < s.k; ++c) {
    number_set channel = batch_norm_channel(&s, c);
    spread m = batch_norm_cached(f, c);
    if (batch_norm_scales(self)) {
      batch_norm_derivative(self, f, &channel, m, t->xdot[0], 1, t->scratch);
      dwdot[at_gamma(c)] += (real) (standardized_dot(&channel, m, f->x[0], t->dydot) +
                                    set_dot(&channel, t->scratch, t->dy));
    }
    if (batch_norm_centers(self)) {
      dwdot[at_beta(self, s.k, c)] += (real) set_sum(&channel, t->dydot);
    }
    if (dxdot[0]) batch_norm_turn(self, f, t, &channel, c, dxdot[0]);
  }
}

static const layer_type batch_normalization_layer = {
    "batch_normalization",
    {{"axis", -1}, {"momentum", 0.99}, {"epsilon", 1e-3}, {"center", 1}, {"scale", 1}},
    batch_norm_shape,
    batch_norm_forward,
    batch_norm_backward,
    batch_norm_jvp,
    batch_norm_backward_jvp,
};
