#include "layer-groups.h"
#include "normalization.h"
#include "vector.h"

/* y = gamma x_hat, x_hat = x r, r = 1 / sqrt(max(c sum(x^2) + epsilon, least)) over the axes
 * first .. last of each sample; c = 1 / k with `mean` (root mean square, k numbers), else 1
 * (length 1). The slot is called scale; without it gamma = 1. With
 *
 *   P v = r (v - x_hat c sum(x_hat v)),  or r v where `least` was more,
 *
 * which is symmetric, dx = P (gamma dy) and ydot = gamma P xdot + gammadot x_hat. */

enum { RMS_FIRST, RMS_LAST, RMS_EPSILON, RMS_LEAST, RMS_MEAN, RMS_SCALE };

static nn_code rms_shape(layer* self) {
  nn_code code = same_shape(self);
  if (code != NN_OK) return code;
  int first = layer_axis(self, self->hparams[RMS_FIRST]);
  int last = layer_axis(self, self->hparams[RMS_LAST]);
  if (first < 0 || last < first) return NN_BAD_SHAPE;
  if (self->hparams[RMS_SCALE] != 0) {
    layer_add_slot(self, "scale", last - first + 1, self->output.dims + first, false);
  }
  return NN_OK;
}

static layer_norm rms_of(const layer* self, const frame* f) {
  int first = layer_axis(self, self->hparams[RMS_FIRST]);
  int last = layer_axis(self, self->hparams[RMS_LAST]);
  layer_norm n = {.s = layer_axes(self, f->batch, first, last),
                  .dims = {.rank = last - first + 1},
                  .scale = self->hparams[RMS_SCALE] != 0};
  memcpy(n.dims.dims, self->output.dims + first, (size_t) n.dims.rank * sizeof(int));
  return n;
}

static double rms_share(const layer* self, const layer_norm* n) {
  return self->hparams[RMS_MEAN] != 0 ? 1 / (double) n->s.k : 1;
}

/* r; *clipped: `least` was more. */
static double rms_inverse(const layer* self, const layer_norm* n, const number_set* group,
                          const real* x, bool* clipped) {
  double sum = set_dot(group, x, x) * rms_share(self, n) + self->hparams[RMS_EPSILON];
  double least = self->hparams[RMS_LEAST];
  *clipped = sum < least;
  return 1 / sqrt(*clipped ? least : sum);
}

static void rms_forward(const layer* self, const frame* f) {
  layer_norm n = rms_of(self, f);
  bool clipped;
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    real r = (real) rms_inverse(self, &n, &group, f->x[0], &clipped);
    standardize(&group, (spread){0, r}, f->x[0], 1, 0, f->y);
    layer_norm_affine(&n, &group, f->w, false, f->y);
  }
}

/* to = P v; to may be v */
static void rms_project(const layer* self, const layer_norm* n, const number_set* group,
                        const real* x, const real* v, real* to) {
  bool clipped;
  double r = rms_inverse(self, n, group, x, &clipped);
  double along = clipped ? 0 : r * r * rms_share(self, n) * set_dot(group, x, v);
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t at = group->at + i * group->by_outer;
    to[at] = (real) (r * ((double) v[at] - (double) x[at] * along));
  }
}

/* place by place: to[place] += v x_hat */
static void rms_scale_gradient(const layer* self, const layer_norm* n, const number_set* group,
                               const real* x, const real* dy, real* dw) {
  bool clipped;
  real r = (real) rms_inverse(self, n, group, x, &clipped);
  for (size_t i = 0; n->scale && i < n->s.k; ++i) {
    size_t at = group->at + i * group->by_outer;
    dw[layer_norm_place(n, i)] += dy[at] * x[at] * r;
  }
}

static void rms_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                         real* dw) {
  layer_norm n = rms_of(self, f);
  if (dx[0]) vector_copy(n.s.n, dy, dx[0]);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    rms_scale_gradient(self, &n, &group, f->x[0], dy, dw);
    if (!dx[0]) continue;
    layer_norm_affine(&n, &group, f->w, false, dx[0]);
    rms_project(self, &n, &group, f->x[0], dx[0], dx[0]);
  }
}

static void rms_jvp(const layer* self, const frame* f, const real* const* xdot, const real* wdot,
                    real* ydot) {
  layer_norm n = rms_of(self, f);
  bool clipped;
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    real r = (real) rms_inverse(self, &n, &group, f->x[0], &clipped);
    rms_project(self, &n, &group, f->x[0], xdot[0], ydot);
    layer_norm_affine(&n, &group, f->w, false, ydot);
    for (size_t i = 0; n.scale && i < n.s.k; ++i) {
      size_t at = group.at + i * group.by_outer;
      ydot[at] += wdot[layer_norm_place(&n, i)] * f->x[0][at] * r;
    }
  }
}

/* With b = c r^2 sum(x v) and a that of xdot, or 0 where `least` was more, P changes by
 *   Pdot v = -r (a (v - b x) + b xdot + (c r^2 sum(xdot v) - 2 a b) x);
 * vdot becomes P vdot + Pdot v. */
static void rms_turn(const layer* self, const layer_norm* n, const number_set* group,
                     const real* x, const real* xdot, const real* v, real* vdot) {
  bool clipped;
  double r = rms_inverse(self, n, group, x, &clipped);
  double share = clipped ? 0 : r * r * rms_share(self, n);
  double a = share * set_dot(group, x, xdot), b = share * set_dot(group, x, v);
  double along = share * set_dot(group, xdot, v) - 3 * a * b;
  rms_project(self, n, group, x, vdot, vdot);
  for (size_t i = 0; i < n->s.k; ++i) {
    size_t at = group->at + i * group->by_outer;
    double turn = a * (double) v[at] + b * (double) xdot[at] + along * (double) x[at];
    vdot[at] -= (real) (r * turn);
  }
}

static NN_COLD void rms_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                     real* const* dxdot, real* dwdot) {
  layer_norm n = rms_of(self, f);
  for (size_t g = 0; g < layer_norm_groups(&n); ++g) {
    number_set group = layer_norm_group(&n, g);
    rms_scale_gradient(self, &n, &group, f->x[0], t->dydot, dwdot);
    rms_project(self, &n, &group, f->x[0], t->xdot[0], t->scratch);
    layer_norm_gamma(&n, &group, t->dy, t->scratch, dwdot);
    if (!dxdot[0]) continue;
    layer_norm_scale(&n, &group, f, t, t->scratch, dxdot[0]);
    rms_turn(self, &n, &group, f->x[0], t->xdot[0], t->scratch, dxdot[0]);
  }
}

static const layer_type rms_normalization_layer = {
    "rms_normalization",
    {{"first", -1}, {"last", -1}, {"epsilon", 1e-6}, {"least", 0}, {"mean", 1}, {"scale", 1}},
    rms_shape,
    rms_forward,
    rms_backward,
    rms_jvp,
    rms_backward_jvp,
};
