#include "harness.h"

/* Every layer and every activation of the tables, at random points away from kinks:
 *   the tangent is the central difference of forward along (xdot, wdot);
 *   <ydot, dy> = <xdot, dx> + <wdot, dw>, so that backward is the transpose of the tangent;
 *   dw is added to, dx may be left out, and nothing else is written;
 *   the tangent of backward is the central difference of backward along (xdot, wdot, dydot), and
 *   as a second derivative it is symmetric. */

enum { BATCH = 3, POINTS = 4 };

typedef struct {
  const char* layer;
  double h[NN_MAX_HPARAMS];
  shape input;
  bool training, frozen;
  const char* activation;
  int n_more;  /* inputs after the first */
  shape more[2];
} layer_case;

static const layer_case layer_cases[] = {
    {"dense", {5, 1}, {1, {4}}, true, false, NULL},
    {"dense", {1, 0}, {1, {1}}, false, false, NULL},
    {"dense", {3, 1}, {3, {2, 3, 4}}, true, false, NULL},
    {"dropout", {0.4, 0, 0}, {1, {7}}, true, false, NULL},
    {"dropout", {0.4, 0, 0}, {1, {7}}, false, false, NULL},
    {"dropout", {0.4, 2, 5}, {2, {3, 4}}, true, false, NULL},
    {"gaussian_noise", {0.3, 0}, {1, {5}}, true, false, NULL},
    {"gaussian_noise", {0.3, 0}, {1, {5}}, false, false, NULL},
    {"flatten", {0}, {3, {2, 3, 2}}, true, false, NULL},
    {"reshape", {2, 3, 4, 1, 1}, {1, {12}}, true, false, NULL},
    {"batch_normalization", {-1, 0.9, 1e-3, 1, 1}, {1, {4}}, true, false, NULL},
    {"batch_normalization", {-1, 0.9, 1e-3, 1, 1}, {1, {4}}, false, false, NULL},
    {"batch_normalization", {-1, 0.9, 1e-3, 1, 1}, {1, {4}}, true, true, NULL},
    {"batch_normalization", {0, 0.9, 1e-2, 1, 0}, {2, {3, 4}}, true, false, NULL},
    {"batch_normalization", {-2, 0.9, 1e-2, 0, 1}, {3, {2, 3, 2}}, true, false, NULL},
    {"batch_normalization", {-1, 0.9, 1e-2, 0, 0}, {2, {3, 2}}, false, false, NULL},
    {"layer_normalization", {-1, -1, 1e-3, 1, 1}, {1, {5}}, true, false, NULL},
    {"layer_normalization", {0, 0, 1e-2, 1, 1}, {2, {4, 3}}, false, false, NULL},
    {"layer_normalization", {-2, -1, 1e-2, 1, 1}, {3, {2, 3, 4}}, true, false, NULL},
    {"layer_normalization", {0, 1, 1e-2, 0, 1}, {2, {4, 3}}, true, false, NULL},
    {"layer_normalization", {-1, -1, 1e-2, 1, 0}, {2, {4, 3}}, true, false, NULL},
    {"add", {0}, {1, {5}}, true, false, NULL, 2, {{1, {5}}, {1, {5}}}},
    {"add", {0}, {2, {3, 1}}, true, false, NULL, 2, {{1, {4}}, {2, {3, 4}}}},
    {"add", {0}, {1, {5}}, true, false, NULL, 0, {{0}}},
    {"subtract", {0}, {1, {5}}, true, false, NULL, 1, {{1, {5}}}},
    {"subtract", {0}, {2, {1, 4}}, true, false, NULL, 1, {{2, {3, 1}}}},
    {"average", {0}, {2, {2, 3}}, true, false, NULL, 2, {{2, {2, 3}}, {1, {1}}}},
    {"multiply", {0}, {1, {5}}, true, false, NULL, 2, {{1, {5}}, {1, {5}}}},
    {"multiply", {0}, {2, {3, 1}}, true, false, NULL, 2, {{1, {4}}, {2, {3, 4}}}},
    {"maximum", {0}, {1, {7}}, true, false, NULL, 2, {{1, {7}}, {1, {7}}}},
    {"maximum", {0}, {2, {3, 1}}, true, false, NULL, 1, {{1, {4}}}},
    {"minimum", {0}, {1, {7}}, true, false, NULL, 2, {{1, {7}}, {1, {7}}}},
    {"concatenate", {-1}, {1, {2}}, true, false, NULL, 2, {{1, {3}}, {1, {1}}}},
    {"concatenate", {0}, {3, {2, 3, 2}}, true, false, NULL, 1, {{3, {1, 3, 2}}}},
    {"concatenate", {1}, {3, {2, 3, 2}}, true, false, NULL, 1, {{3, {2, 2, 2}}}},
    {"dot", {0, 0}, {1, {4}}, true, false, NULL, 1, {{1, {4}}}},
    {"dot", {1, 0}, {2, {3, 4}}, true, false, NULL, 1, {{2, {4, 2}}}},
    {"dot", {1, -2}, {3, {2, 4, 3}}, true, false, NULL, 1, {{2, {4, 2}}}},
    {"alpha_dropout", {0.4, 0, 3}, {1, {7}}, true, false, NULL},
    {"alpha_dropout", {0.4, 2, 5}, {2, {3, 4}}, true, false, NULL},
    {"alpha_dropout", {0.4, 0, 0}, {1, {7}}, false, false, NULL},
    {"category_encoding", {4, 0}, {2, {2, 3}}, true, false, NULL},
    {"category_encoding", {4, 2}, {1, {3}}, true, false, NULL},
    {"discretization", {3}, {1, {4}}, false, false, NULL},
    {"embedding", {4, 3}, {2, {3, 2}}, true, false, NULL},
    {"gaussian_dropout", {0.3, 0}, {1, {70}}, true, false, NULL},
    {"gaussian_dropout", {0.3, 0}, {1, {5}}, false, false, NULL},
    {"group_normalization", {2, -1, 1e-2, 1, 1}, {1, {6}}, true, false, NULL},
    {"group_normalization", {3, 0, 1e-2, 1, 0}, {3, {6, 2, 2}}, false, false, NULL},
    {"group_normalization", {2, 1, 1e-2, 0, 1}, {3, {3, 4, 2}}, true, false, NULL},
    {"mask", {0, 0}, {2, {3, 4}}, true, false, NULL},
    {"mask", {0.5, 1}, {2, {3, 4}}, true, false, NULL},
    {"normalization", {2, 0}, {1, {4}}, true, false, NULL},
    {"normalization", {4, 1}, {2, {3, 4}}, true, false, NULL},
    {"normalization", {6, 0}, {2, {3, 4}}, false, false, NULL},
    {"normalization", {0, 0}, {2, {3, 4}}, false, false, NULL},
    {"parametric_relu", {0}, {1, {5}}, true, false, NULL},
    {"parametric_relu", {2}, {3, {2, 3, 2}}, true, false, NULL},
    {"permute", {3, 1, 2, 4}, {3, {2, 3, 4}}, true, false, NULL},
    {"permute", {1, 2, 3, 4}, {1, {4}}, true, false, NULL},
    {"pooling_1d", {0, 2, 2, 0, 2, 0}, {2, {5, 3}}, true, false, NULL},
    {"pooling_1d", {0, 3, 2, 1, 3, 0}, {2, {5, 3}}, true, false, NULL},
    {"pooling_1d", {1, 3, 1, 1, 5, 0}, {2, {5, 3}}, false, false, NULL},
    {"pooling_1d", {1, 5, 1, 0, 1, 1}, {2, {5, 3}}, false, false, NULL},
    {"pooling_1d", {0, 5, 1, 0, 1, 1}, {2, {5, 3}}, true, false, NULL, 1, {{2, {5, 1}}}},
    {"repeat_vector", {3}, {1, {4}}, true, false, NULL},
    {"rescaling", {0.3, 2}, {2, {3, 2}}, true, false, NULL},
    {"rms_normalization", {-1, -1, 1e-2, 0, 1, 1}, {1, {5}}, true, false, NULL},
    {"rms_normalization", {0, 1, 0, 1e-12, 0, 0}, {3, {3, 4, 2}}, true, false, NULL},
    {"window_1d", {1, 3}, {2, {5, 2}}, true, false, NULL},
    {"window_1d", {-2, 9}, {2, {5, 2}}, true, false, NULL},
    /* Points are drawn in this order, and those of `minimum` above lie away from its kinks. */
    {"outside", {2, 3, 2, 1, 1}, {1, {4}}, true, false, NULL, 1, {{1, {4}}}},
    {"weight", {1, 4, 1, 1, 1, 0}, {1, {4}}, true, false, NULL},
    {"weight", {2, 4, 2, 1, 1, 1}, {1, {4}}, true, false, NULL},
};

/* Hyperparameters besides the tables' defaults, which are all tried. */
static const layer_case activation_cases[] = {
    {"activation", {0.1, 3, 0.5}, {1, {6}}, false, false, "relu"},
    {"activation", {0, 1, 0}, {1, {6}}, false, false, "relu"},
    {"activation", {0.2, NAN, -1}, {1, {6}}, false, false, "relu"},
    {"activation", {1, 0.7}, {1, {6}}, false, false, "threshold"},
    {"activation", {0.5}, {1, {6}}, false, false, "elu"},
    {"activation", {1.7}, {1, {6}}, false, false, "celu"},
    {"activation", {1}, {1, {6}}, false, false, "gelu"},
    {"activation", {0.5}, {1, {6}}, false, false, "squareplus"},
    {"activation", {0}, {2, {4, 3}}, false, false, "softmax"},
    {"activation", {1}, {3, {2, 4, 3}}, false, false, "softmax"},
    {"activation", {-2}, {3, {2, 4, 3}}, false, false, "log_softmax"},
    {"activation", {0}, {2, {4, 3}}, false, false, "sparsemax"},
    {"activation", {1}, {3, {2, 4, 3}}, false, false, "glu"},
    {"activation", {0}, {2, {4, 3}}, false, false, "glu"},
};

/* A layer at a point, and the arrays around it. */
typedef struct {
  layer l;
  frame f;
  size_t n_x, n_y;  /* n_x: of all inputs, which stand one after the other */
  shape shapes[3];
  const real* inputs[3];
  real *x, *w, *state, *first_state;
} bench;

static void bench_reset(bench* b) {
  if (b->l.n_state) memcpy(b->state, b->first_state, b->l.n_state * sizeof(real));
}

static bool is_axis_activation(const layer_case* c) {
  return c->activation && activation_find(c->activation)->backward;
}

static bool is_layer(const layer_case* c, const char* name) { return strcmp(c->layer, name) == 0; }

/* Kinks stand at multiples of 1/2, so points keep 1/20 from those; along an axis only
 * differences matter, and codes are whole numbers, cut off. */
static real draw_number(const layer_case* c, size_t i) {
  bool codes = is_layer(c, "embedding") || is_layer(c, "category_encoding");
  if (codes) return (real) (draw_int(4) + 0.5);
  if (is_layer(c, "pooling_1d")) return (real) fmod((double) i * 0.6180339887, 1);
  if (is_layer(c, "discretization")) return (real) draw(-1, 0.4);
  bool smooth = !c->activation && !is_layer(c, "parametric_relu");
  if (smooth || is_axis_activation(c)) return (real) draw(-1, 1);
  return (real) (0.5 * (draw_int(28) - 14) + draw(0.05, 0.45));
}

static void draw_point(const layer_case* c, size_t n, real* x) {
  for (size_t i = 0; i < n; ++i) x[i] = draw_number(c, i);
}

/* Where each input begins in an array of all of them. */
static void inputs_at(const bench* b, const real* x, const real** inputs) {
  for (int k = 0; k < b->l.n_inputs; ++k) {
    inputs[k] = x;
    x += shape_size(b->shapes + k) * BATCH;
  }
}

static bool bench_new(const layer_case* c, bench* b) {
  memset(b, 0, sizeof(*b));
  b->l.type = layer_find(c->layer);
  if (!b->l.type) return false;
  b->l.activation = c->activation ? activation_find(c->activation) : NULL;
  b->l.n_inputs = 1 + c->n_more;
  b->l.inputs = b->shapes;
  b->shapes[0] = c->input;
  for (int k = 0; k < c->n_more; ++k) b->shapes[k + 1] = c->more[k];
  b->l.trainable = !c->frozen;
  memcpy(b->l.hparams, c->h, sizeof(c->h));
  if (b->l.type->shape(&b->l) != NN_OK) return false;
  for (int k = 0; k <= c->n_more; ++k) b->n_x += shape_size(b->shapes + k) * BATCH;
  b->n_y = shape_size(&b->l.output) * BATCH;
  b->x = keep_reals(b->n_x);
  b->w = keep_reals(b->l.n_w);
  b->state = keep_reals(b->l.n_state);
  b->first_state = keep_reals(b->l.n_state);
  draw_point(c, b->n_x, b->x);
  draw_reals(b->l.n_w, -1, 1, b->w);
  draw_reals(b->l.n_state, 0.5, 1.5, b->first_state);
  bench_reset(b);
  inputs_at(b, b->x, b->inputs);
  b->f = (frame){.batch = BATCH,
                 .training = c->training,
                 .random = rng_new(3, 1, 4),
                 .w = b->w,
                 .state = b->state,
                 .x = b->inputs,
                 .y = keep_reals(b->n_y),
                 .cache = keep_reals(b->l.cache_batch + b->l.cache_sample * BATCH)};
  return true;
}

/* y at (x + h xdot, w + h wdot), from the first state */
static real* forward_at(bench* b, double h, const real* xdot, const real* wdot) {
  real *x = keep_reals(b->n_x), *w = keep_reals(b->l.n_w), *y = keep_reals(b->n_y);
  for (size_t i = 0; i < b->n_x; ++i) x[i] = b->x[i] + (real) h * xdot[i];
  for (size_t i = 0; i < b->l.n_w; ++i) w[i] = b->w[i] + (real) h * wdot[i];
  const real* inputs[3];
  inputs_at(b, x, inputs);
  frame f = b->f;
  f.x = inputs;
  f.w = w;
  f.y = y;
  bench_reset(b);
  f.cache = keep_reals(b->l.cache_batch + b->l.cache_sample * BATCH);
  b->l.type->forward(&b->l, &f);
  return y;
}

/* Sparsemax has kinks wherever a number joins or leaves, which a float's step cannot avoid. */
static bool has_smooth_steps(const bench* b) {
  return IS_DOUBLE || !b->l.activation || strcmp(b->l.activation->name, "sparsemax") != 0;
}

/* Rounding goes by the largest output. */
static double rounding_size(const bench* b) {
  double most = 8;
  for (size_t i = 0; i < b->n_y; ++i) most = fmax(most, fabs((double) b->f.y[i]));
  return most / 8;
}

static void check_tangent(bench* b, const real* xdot, const real* wdot, const real* ydot,
                          const char* what) {
  if (!has_smooth_steps(b)) return;
  double h = TOLERANCE(1e-6, 3e-3), *expected = keep_doubles(b->n_y);
  const real *above = forward_at(b, h, xdot, wdot), *below = forward_at(b, -h, xdot, wdot);
  for (size_t i = 0; i < b->n_y; ++i) {
    expected[i] = ((double) above[i] - (double) below[i]) / (2 * h);
  }
  check_all_near(b->n_y, ydot, expected, rounding_size(b) * TOLERANCE(2e-8, 2e-3), what);
}

static void check_transpose(const bench* b, const real* xdot, const real* wdot, const real* ydot,
                            const real* dx, const real* dw, const real* dy, const char* what) {
  double left = 0, right = 0, size = 1e-3;
  for (size_t i = 0; i < b->n_y; ++i) left += (double) ydot[i] * (double) dy[i];
  for (size_t i = 0; i < b->n_x; ++i) right += (double) xdot[i] * (double) dx[i];
  for (size_t i = 0; i < b->l.n_w; ++i) right += (double) wdot[i] * (double) dw[i];
  for (size_t i = 0; i < b->n_y; ++i) size += fabs((double) ydot[i] * (double) dy[i]);
  bool good = fabs(left - right) <= TOLERANCE(1e-13, 2e-5) * size;
  if (!good) printf("  %.17g is not %.17g\n", left, right);
  check(good, what);
}

/* dw began as 1 everywhere. Without dx, dw is the same. */
static void check_added(bench* b, const real* dy, const real* dw, const char* what) {
  size_t n = b->l.n_w;
  real *alone = keep_reals(n), *none[] = {NULL, NULL, NULL};
  double* expected = keep_doubles(n);
  vector_fill(n, 1, alone);
  b->l.type->backward(&b->l, &b->f, dy, none, alone);
  for (size_t i = 0; i < n; ++i) expected[i] = 1 + (double) dw[i];
  check_all_near(n, alone, expected, TOLERANCE(1e-13, 1e-5), what);
}

/* A direction in which backward changes. */
typedef struct {
  real *xdot, *wdot, *dydot;
} direction;

static direction direction_drawn(const bench* b, double turn) {
  direction d = {keep_reals(b->n_x), keep_reals(b->l.n_w), keep_reals(b->n_y)};
  draw_reals(b->n_x, -1, 1, d.xdot);
  draw_reals(b->l.n_w, -1, 1, d.wdot);
  draw_reals(b->n_y, -1, 1, d.dydot);
  vector_scale(b->n_y, (real) turn, d.dydot);
  return d;
}

static real* moved(size_t n, const real* x, double h, const real* xdot) {
  real* to = keep_reals(n);
  for (size_t i = 0; i < n; ++i) to[i] = x[i] + (real) h * xdot[i];
  return to;
}

/* dx, then dw, of forward and backward at (x, w, dy) moved by h along d */
static real* backward_at(bench* b, double h, const direction* d, const real* dy) {
  const real* inputs[3];
  inputs_at(b, moved(b->n_x, b->x, h, d->xdot), inputs);
  frame f = b->f;
  f.x = inputs;
  f.w = moved(b->l.n_w, b->w, h, d->wdot);
  f.y = keep_reals(b->n_y);
  f.cache = keep_reals(b->l.cache_batch + b->l.cache_sample * BATCH);
  bench_reset(b);
  b->l.type->forward(&b->l, &f);
  real *both = keep_reals(b->n_x + b->l.n_w), *dx[3];
  inputs_at(b, both, (const real**) dx);
  vector_fill(b->l.n_w, 0, both + b->n_x);
  b->l.type->backward(&b->l, &f, moved(b->n_y, dy, h, d->dydot), dx, both + b->n_x);
  return both;
}

/* dxdot, then dwdot, from the record; b->f has been through forward. `wanted`: dxdot is. */
static real* turn_of(bench* b, const direction* d, const real* dy, real start, bool wanted) {
  real *ydot = keep_reals(b->n_y), *both = keep_reals(b->n_x + b->l.n_w);
  const real* xdot[3];
  real* dxdot[] = {NULL, NULL, NULL};
  inputs_at(b, d->xdot, xdot);
  if (wanted) inputs_at(b, both, (const real**) dxdot);
  b->l.type->jvp(&b->l, &b->f, xdot, d->wdot, ydot);
  tangent t = {.xdot = xdot, .wdot = d->wdot, .ydot = ydot, .dy = dy, .dydot = d->dydot};
  t.scratch = keep_reals(b->n_x > b->n_y ? b->n_x : b->n_y);
  vector_fill(b->l.n_w, start, both + b->n_x);
  b->l.type->backward_jvp(&b->l, &b->f, &t, dxdot, both + b->n_x);
  return both;
}

static void check_turn(bench* b, const real* dy, const char* what) {
  size_t n = b->n_x + b->l.n_w;
  double h = TOLERANCE(1e-6, 3e-3), *expected = keep_doubles(n), size = 1;
  direction d = direction_drawn(b, 1);
  const real *above = backward_at(b, h, &d, dy), *below = backward_at(b, -h, &d, dy);
  for (size_t i = 0; i < n; ++i) {
    expected[i] = ((double) above[i] - (double) below[i]) / (2 * h);
    size = fmax(size, fabs(expected[i]));
  }
  const real* turn = turn_of(b, &d, dy, 0, true);
  if (has_smooth_steps(b)) check_all_near(n, turn, expected, size * TOLERANCE(1e-8, 2e-3), what);
  const real* added = turn_of(b, &d, dy, 1, false);
  for (size_t i = b->n_x; i < n; ++i) expected[i] = 1 + (double) turn[i];
  check_all_near(b->l.n_w, added + b->n_x, expected + b->n_x, size * TOLERANCE(1e-13, 1e-5), what);
}

/* <v, turn along u> where dy stays. */
static double curvature(bench* b, const direction* u, const direction* v, const real* dy,
                        double* size) {
  const real* turn = turn_of(b, u, dy, 0, true);
  double sum = 0;
  for (size_t i = 0; i < b->n_x + b->l.n_w; ++i) {
    const real other = i < b->n_x ? v->xdot[i] : v->wdot[i - b->n_x];
    sum += (double) turn[i] * (double) other;
    *size += fabs((double) turn[i] * (double) other);
  }
  return sum;
}

static void check_symmetry(bench* b, const real* dy, const char* what) {
  direction u = direction_drawn(b, 0), v = direction_drawn(b, 0);
  double size = 1e-3, left = curvature(b, &u, &v, dy, &size);
  double right = curvature(b, &v, &u, dy, &size);
  bool good = fabs(left - right) <= TOLERANCE(1e-13, 2e-5) * size;
  if (!good) printf("  %.17g is not %.17g\n", left, right);
  check(good, what);
}

static void check_point(const layer_case* c, const char* what) {
  bench b;
  if (!bench_new(c, &b)) {
    check(false, what);
    return;
  }
  real *xdot = keep_reals(b.n_x), *wdot = keep_reals(b.l.n_w), *ydot = keep_reals(b.n_y);
  real *dx = keep_reals(b.n_x), *gradients[3], *dw = keep_reals(b.l.n_w), *dy = keep_reals(b.n_y);
  real *x = keep_reals(b.n_x), *v = keep_reals(b.n_y), *w = keep_reals(b.l.n_w);
  draw_reals(b.n_x, -1, 1, xdot);
  draw_reals(b.l.n_w, -1, 1, wdot);
  draw_reals(b.n_y, -1, 1, dy);
  vector_fill(b.l.n_w, 0, dw);
  vector_copy(b.n_x, b.x, x);
  vector_copy(b.n_y, dy, v);
  vector_copy(b.l.n_w, b.w, w);
  const real* tangents[3];
  inputs_at(&b, xdot, tangents);
  inputs_at(&b, dx, (const real**) gradients);
  b.l.type->forward(&b.l, &b.f);
  b.l.type->jvp(&b.l, &b.f, tangents, wdot, ydot);
  b.l.type->backward(&b.l, &b.f, dy, gradients, dw);
  check_transpose(&b, xdot, wdot, ydot, dx, dw, dy, what);
  check_added(&b, dy, dw, what);
  check_tangent(&b, xdot, wdot, ydot, what);
  check_turn(&b, dy, what);
  check_symmetry(&b, dy, what);
  check(b.l.cache_batch == 0 || b.l.cache_sample == 0, "one kind of cache");
  bool same = same_bytes(x, b.x, b.n_x * sizeof(real)) && same_bytes(v, dy, b.n_y * sizeof(real));
  check(same && same_bytes(w, b.w, b.l.n_w * sizeof(real)), "what a layer reads stays as it is");
  check(guards_hold(), what);
  release_all();
}

static void check_case(const layer_case* c) {
  char what[128];
  snprintf(what, sizeof(what), "%s %s (%g, %g, %g) rank %d", c->layer,
           c->activation ? c->activation : "", c->h[0], c->h[1], c->h[2], c->input.rank);
  for (int i = 0; i < POINTS; ++i) check_point(c, what);
}

static void test_layers(void) {
  for (int i = 0; layer_at(i); ++i) {
    int found = strcmp(layer_at(i)->name, "activation") == 0;
    for (int c = 0; c < COUNT(layer_cases); ++c) {
      found += strcmp(layer_cases[c].layer, layer_at(i)->name) == 0;
    }
    check(found > 0, layer_at(i)->name);
  }
  for (int c = 0; c < COUNT(layer_cases); ++c) check_case(layer_cases + c);
}

/* All activations with their defaults, on samples of rank 1 and 2. */
static void test_activations(void) {
  for (int i = 0; activation_at(i); ++i) {
    const activation* a = activation_at(i);
    layer_case c = {"activation", {0}, {1, {8}}, false, false, a->name};
    for (int k = 0; a->hparams[k].name; ++k) c.h[k] = a->hparams[k].start;
    check_case(&c);
    c.input = (shape){2, {3, 4}};
    check_case(&c);
  }
  for (int c = 0; c < COUNT(activation_cases); ++c) check_case(activation_cases + c);
}

int main(void) {
  test_layers();
  test_activations();
  return report();
}
