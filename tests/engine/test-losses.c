#include "harness.h"

/* Every loss of the table, with its defaults and with other hyperparameters, on targets and
 * predictions of the kind that it is for:
 *   the gradient is the difference of sum_j s_j v_j, and all of it is written;
 *   the Hessian's product is the difference of the gradient, and symmetric;
 *   a loss that absorbs an activation is, on logits, the same loss of that activation;
 *   scales make the reductions. */

enum { COLS = 5 };

typedef enum { ANY, ONE_HOT, CODES, SIGNS, BINARY, SHARES, COUNTS } target_kind;

/* Predictions lie within low .. high; columns of more than one are divided by their sum when
 * they are shares. */
typedef struct {
  const char* name;
  double h[NN_MAX_HPARAMS];
  target_kind targets;
  double low, high;
  bool shares;
} loss_case;

static const loss_case cases[] = {
    {"mean_squared_error", {0}, ANY, -2, 2, false},
    {"mean_absolute_error", {0}, ANY, -2, 2, false},
    {"mean_absolute_percentage_error", {0}, ANY, -2, 2, false},
    {"mean_squared_logarithmic_error", {0}, ANY, 0.1, 2, false},
    {"huber", {1}, ANY, -3, 3, false},
    {"huber", {0.5}, ANY, -3, 3, false},
    {"log_cosh", {0}, ANY, -4, 4, false},
    {"hinge", {0}, SIGNS, -2, 2, false},
    {"hinge", {0}, BINARY, -2, 2, false},
    {"squared_hinge", {0}, SIGNS, -2, 2, false},
    {"squared_hinge", {0}, BINARY, -2, 2, false},
    {"categorical_hinge", {0}, ONE_HOT, -2, 2, false},
    {"kl_divergence", {0}, SHARES, 0.05, 0.9, true},
    {"poisson", {0}, COUNTS, 0.2, 3, false},
    {"cosine_similarity", {0}, ANY, -2, 2, false},
    {"binary_crossentropy", {0, 0}, BINARY, 0.05, 0.95, false},
    {"binary_crossentropy", {0, 0.2}, BINARY, 0.05, 0.95, false},
    {"binary_crossentropy", {1, 0}, BINARY, -3, 3, false},
    {"binary_crossentropy", {1, 0.2}, SHARES, -3, 3, false},
    {"categorical_crossentropy", {0, 0}, ONE_HOT, 0.05, 0.9, true},
    {"categorical_crossentropy", {0, 0.1}, ONE_HOT, 0.05, 0.9, false},
    {"categorical_crossentropy", {1, 0}, ONE_HOT, -3, 3, false},
    {"categorical_crossentropy", {1, 0.1}, SHARES, -3, 3, false},
    {"sparse_categorical_crossentropy", {0, NAN}, CODES, 0.05, 0.9, true},
    {"sparse_categorical_crossentropy", {0, 1}, CODES, 0.05, 0.9, false},
    {"sparse_categorical_crossentropy", {1, NAN}, CODES, -3, 3, false},
    {"sparse_categorical_crossentropy", {1, 0}, CODES, -3, 3, false},
    {"binary_focal_crossentropy", {0, 0.25, 2, 0, 0}, BINARY, 0.05, 0.95, false},
    {"binary_focal_crossentropy", {1, 0.25, 1.5, 0, 0.1}, BINARY, 0.05, 0.95, false},
    {"binary_focal_crossentropy", {1, 0.25, 2, 1, 0}, BINARY, -3, 3, false},
    {"binary_focal_crossentropy", {0, 0.25, 0.5, 1, 0.1}, BINARY, -3, 3, false},
    {"categorical_focal_crossentropy", {0.25, 2, 0, 0}, ONE_HOT, 0.05, 0.9, true},
    {"categorical_focal_crossentropy", {0.5, 1.5, 0, 0.1}, ONE_HOT, 0.05, 0.9, false},
    {"categorical_focal_crossentropy", {0.25, 2, 1, 0}, ONE_HOT, -3, 3, false},
    {"categorical_focal_crossentropy", {0.5, 0.5, 1, 0.1}, ONE_HOT, -3, 3, false},
    {"categorical_generalized_cross_entropy", {0.5}, CODES, 0.05, 0.9, true},
    {"categorical_generalized_cross_entropy", {0.9}, CODES, 0.05, 0.9, false},
    {"dice", {0}, BINARY, 0.05, 0.95, false},
    {"tversky", {0.5, 0.5}, BINARY, 0.05, 0.95, false},
    {"tversky", {0.3, 0.8}, BINARY, 0.05, 0.95, false},
};

static void column_normalize(int k, real* y) {
  double sum = vector_sum((size_t) k, y);
  vector_scale((size_t) k, (real) (1 / sum), y);
}

static double target_drawn(target_kind kind, int k) {
  if (kind == CODES) return draw_int(k);
  if (kind == SIGNS) return draw_int(2) ? 1 : -1;
  if (kind == BINARY) return draw_int(2);
  if (kind == COUNTS) return draw_int(4);
  if (kind == SHARES) return draw(0.05, 0.9);
  return (draw_int(2) ? 0.5 : -0.5) * (1 + draw_int(4));
}

static void draw_targets(target_kind kind, int k, int kt, real* t) {
  for (int j = 0; j < COLS; ++j) {
    real* column = t + j * kt;
    for (int i = 0; i < kt; ++i) column[i] = (real) target_drawn(kind, k);
    if (kind == SHARES && kt > 1) column_normalize(kt, column);
    if (kind != ONE_HOT) continue;
    vector_fill((size_t) kt, 0, column);
    column[draw_int(kt)] = 1;
  }
}

/* Kinks are where a prediction, or the difference of two, is a multiple of 1/2: number i of a
 * column keeps its own distance from those. Probabilities have none inside. */
static void draw_predictions(const loss_case* c, int k, real* y) {
  for (int i = 0; i < k * COLS; ++i) {
    double step = 0.5 * (draw_int((int) (2 * (c->high - c->low))) + 2 * c->low);
    y[i] =
        (real) (c->low < 0 ? step + 0.05 + 0.1 * (i % k) + draw(0, 0.05) : draw(c->low, c->high));
  }
  for (int j = 0; c->shares && j < COLS; ++j) column_normalize(k, y + j * k);
}

static double scaled_value(const loss* l, const loss_args* a, const real* s) {
  size_t n = l->flags & NN_LOSS_WHOLE ? 1 : a->cols;
  real* v = keep_reals(n);
  l->value(a, v);
  return vector_dot(n, v, s);
}

static double difference(const loss* l, const loss_args* a, const real* s, real* number) {
  real at = *number, above = at + (real) TOLERANCE(1e-6, 2e-3);
  real below = at - (real) TOLERANCE(1e-6, 2e-3);
  *number = above;
  double value = scaled_value(l, a, s);
  *number = below;
  value -= scaled_value(l, a, s);
  *number = at;
  return value / ((double) above - (double) below);
}

static void check_gradient(const loss_case* c, int k) {
  const loss* l = loss_find(c->name);
  char what[96];
  snprintf(what, sizeof(what), "gradient of %s (%g, %g, %g), k = %d", c->name, c->h[0], c->h[1],
           c->h[2], k);
  int kt = l->flags & NN_LOSS_CODES ? 1 : k;
  size_t n = (size_t) k * COLS;
  real *t = keep_reals((size_t) kt * COLS), *y = keep_reals(n), *s = keep_reals(COLS);
  real* dy = keep_reals(n);
  double* expected = keep_doubles(n);
  draw_targets(c->targets, k, kt, t);
  draw_predictions(c, k, y);
  draw_reals(COLS, 0.2, 1, s);
  loss_args a = {.cols = COLS, .k = k, .kt = kt, .t = t, .y = y, .h = c->h};
  l->grad(&a, s, dy);
  for (size_t i = 0; i < n; ++i) expected[i] = difference(l, &a, s, y + i);
  check_all_near(n, dy, expected, TOLERANCE(1e-7, 3e-3), what);
  check(guards_hold(), what);
  release_all();
}

/* The gradient at y + h ydot. */
static real* gradient_at(const loss* l, const loss_args* a, const real* s, double h,
                         const real* ydot) {
  size_t n = (size_t) a->k * a->cols;
  real *y = keep_reals(n), *dy = keep_reals(n);
  for (size_t i = 0; i < n; ++i) y[i] = a->y[i] + (real) h * ydot[i];
  loss_args there = *a;
  there.y = y;
  l->grad(&there, s, dy);
  return dy;
}

static void check_hessian(const loss_case* c, int k) {
  const loss* l = loss_find(c->name);
  char what[96];
  snprintf(what, sizeof(what), "Hessian of %s (%g, %g, %g), k = %d", c->name, c->h[0], c->h[1],
           c->h[2], k);
  int kt = l->flags & NN_LOSS_CODES ? 1 : k;
  size_t n = (size_t) k * COLS;
  real *t = keep_reals((size_t) kt * COLS), *y = keep_reals(n), *s = keep_reals(COLS);
  real *u = keep_reals(n), *v = keep_reals(n), *hu = keep_reals(n), *hv = keep_reals(n);
  double *expected = keep_doubles(n), step = TOLERANCE(1e-6, 1e-3), size = 1;
  draw_targets(c->targets, k, kt, t);
  draw_predictions(c, k, y);
  draw_reals(COLS, 0.2, 1, s);
  draw_reals(n, -1, 1, u);
  draw_reals(n, -1, 1, v);
  loss_args a = {.cols = COLS, .k = k, .kt = kt, .t = t, .y = y, .h = c->h};
  l->hessian(&a, s, u, hu);
  l->hessian(&a, s, v, hv);
  const real *above = gradient_at(l, &a, s, step, u), *below = gradient_at(l, &a, s, -step, u);
  for (size_t i = 0; i < n; ++i) {
    expected[i] = ((double) above[i] - (double) below[i]) / (2 * step);
    size = fmax(size, fabs(expected[i]));
  }
  check_all_near(n, hu, expected, size * TOLERANCE(1e-8, 3e-3), what);
  double left = vector_dot(n, v, hu), right = vector_dot(n, u, hv);
  check_near(left, right, size * (double) n * TOLERANCE(1e-14, 1e-6), what);
  check(guards_hold(), what);
  release_all();
}

static void test_gradients(void) {
  for (int i = 0; loss_at(i); ++i) {
    int found = 0;
    for (int c = 0; c < COUNT(cases); ++c) found += !strcmp(cases[c].name, loss_at(i)->name);
    check(found > 0, loss_at(i)->name);
  }
  for (int c = 0; c < COUNT(cases); ++c) {
    bool classes = cases[c].targets == ONE_HOT || cases[c].targets == CODES;
    for (int k = classes || cases[c].shares ? 2 : 1; k <= 4; ++k) {
      check_gradient(cases + c, k);
      check_hessian(cases + c, k);
    }
  }
}

/* Value on logits x against value on f(x), gradient against J' times that by f(x). */
static void check_absorbed(const loss* l, const loss_case* c, int k) {
  const activation* f = activation_find(l->absorbs);
  double h[NN_MAX_HPARAMS], last = -1;
  int kt = l->flags & NN_LOSS_CODES ? 1 : k, logits = loss_hparam(l, "from_logits");
  size_t n = (size_t) k * COLS;
  real *t = keep_reals((size_t) kt * COLS), *x = keep_reals(n), *y = keep_reals(n);
  real *s = keep_reals(COLS), *v[] = {keep_reals(COLS), keep_reals(COLS)};
  real *dx = keep_reals(n), *dy = keep_reals(n), *pulled = keep_reals(n);
  memcpy(h, c->h, sizeof(h));
  draw_targets(c->targets, k, kt, t);
  draw_reals(n, -4, 4, x);
  draw_reals(COLS, 0.2, 1, s);
  span all = {.n = n, .k = (size_t) k, .inner = 1, .h = &last};
  f->value(&all, x, y);
  loss_args a = {.cols = COLS, .k = k, .kt = kt, .t = t, .y = y, .h = h};
  h[logits] = 0;
  l->value(&a, v[0]);
  l->grad(&a, s, dy);
  if (f->backward) {
    f->backward(&all, x, y, dy, pulled);
  } else {
    f->slope(&all, x, y, dy, pulled);
  }
  a.y = x;
  h[logits] = 1;
  l->value(&a, v[1]);
  l->grad(&a, s, dx);
  for (int j = 0; j < COLS; ++j) {
    check_near((double) v[1][j], (double) v[0][j], TOLERANCE(1e-13, 2e-5), l->name);
  }
  for (size_t i = 0; i < n; ++i) {
    check_near((double) dx[i], (double) pulled[i], TOLERANCE(1e-13, 2e-5), l->name);
  }
  release_all();
}

static void test_absorbed(void) {
  int absorbing = 0;
  for (int c = 0; c < COUNT(cases); ++c) {
    const loss* l = loss_find(cases[c].name);
    if (!l->absorbs) continue;
    check(activation_find(l->absorbs) != NULL, "the absorbed activation exists");
    for (int k = 2; k <= 4; ++k) check_absorbed(l, cases + c, k);
    ++absorbing;
  }
  check(absorbing > 0, "some losses absorb");
}

/* Logits beyond any exponential: the value is finite, the gradient the difference of shares. */
static void test_extremes(void) {
  const double sparse[] = {1, NAN}, binary[] = {1, 0};
  real y[] = {(real) -1e4, (real) 1e4}, code[] = {0}, pair[] = {1, 0}, s[] = {1}, v[1], dy[2];
  const loss* l = loss_find("sparse_categorical_crossentropy");
  loss_args a = {.cols = 1, .k = 2, .kt = 1, .t = code, .y = y, .h = sparse};
  l->value(&a, v);
  l->grad(&a, s, dy);
  check_near((double) v[0], 2e4, 1e-6, "softmax cross-entropy of extreme logits");
  check(dy[0] == -1 && dy[1] == 1, "and its gradient");
  l = loss_find("binary_crossentropy");
  a = (loss_args){.cols = 1, .k = 2, .kt = 2, .t = pair, .y = y, .h = binary};
  l->value(&a, v);
  l->grad(&a, s, dy);
  check_near((double) v[0], 1e4, 1e-6, "sigmoid cross-entropy of extreme logits");
  check(dy[0] == (real) -0.5 && dy[1] == (real) 0.5, "and its gradient");
}

static void check_scales(const char* name, nn_reduction reduction, const real* weight,
                         const double* expected, const char* what) {
  const double h[] = {0, 2};
  real t[] = {0, 2, 1, 2}, s[4];
  loss_args a = {.cols = 4, .k = 3, .kt = 1, .t = t, .h = h};
  const loss* l = loss_find(name);
  loss_scales(l, &a, weight, reduction, s);
  check_all_near(l->flags & NN_LOSS_WHOLE ? 1 : 4, s, expected, TOLERANCE(1e-15, 1e-6), what);
}

/* Weights 1, 2, 3, 4: their sum is 10. Class 2 is ignored by the sparse loss. */
static void test_scales(void) {
  const real w[] = {1, 2, 3, 4}, none[] = {0, 0, 0, 0};
  const double mean[] = {.25, .5, .75, 1}, sum[] = {1, 2, 3, 4}, weighted[] = {.1, .2, .3, .4};
  const double plain[] = {.25, .25, .25, .25}, zero[] = {0, 0, 0, 0}, whole[] = {2.5};
  const double kept[] = {1 / (2 + 1e-7), 0, 3 / (2 + 1e-7), 0};
  const char *mse = "mean_squared_error", *sparse = "sparse_categorical_crossentropy";
  check_scales(mse, NN_REDUCE_MEAN, w, mean, "sum_over_batch_size");
  check_scales(mse, NN_REDUCE_MEAN, NULL, plain, "sum_over_batch_size without weights");
  check_scales(mse, NN_REDUCE_SUM, w, sum, "sum");
  check_scales(mse, NN_REDUCE_NONE, w, sum, "none");
  check_scales(mse, NN_REDUCE_WEIGHTED_MEAN, w, weighted, "mean_with_sample_weight");
  check_scales(mse, NN_REDUCE_WEIGHTED_MEAN, none, zero, "weights that are all zero");
  check_scales(sparse, NN_REDUCE_MEAN, w, kept, "an ignored class");
  check_scales("dice", NN_REDUCE_MEAN, w, whole, "a loss of the whole batch");
}

int main(void) {
  test_gradients();
  test_absorbed();
  test_extremes();
  test_scales();
  return report();
}
