#include "harness.h"

/* The tables as such, and the smaller ones record by record: every name is there once and is
 * found; penalties by differences; constraints by what they promise; schedules at their
 * knots. Layers, activations, losses and optimizers have programs of their own. */

static void test_names(void) {
  const char* tables[] = {"activations", "initializers", "losses",     "metrics", "penalties",
                          "constraints", "schedules",    "optimizers", "layers"};
  for (int t = 0; t < COUNT(tables); ++t) {
    const char *name, *other, *text;
    const nn_hparam* hparams;
    int flags, n = 0;
    for (; registry_entry(tables[t], n, &name, &hparams, &flags, &text); ++n) {
      int known = 0;
      while (hparams[known].name) ++known;
      check(known <= NN_MAX_HPARAMS, name);
      for (int j = 0; j < n; ++j) {
        registry_entry(tables[t], j, &other, &hparams, &flags, &text);
        check(strcmp(name, other) != 0, name);
      }
    }
    check(n > 0, tables[t]);
    check(!registry_entry(tables[t], -1, &name, &hparams, &flags, &text), "no record before 0");
  }
  const char *name, *text;
  const nn_hparam* hparams;
  int flags;
  check(!registry_entry("layer", 0, &name, &hparams, &flags, &text), "no such table");
}

#define CHECK_FINDS(kind)                                                                          \
  do {                                                                                             \
    for (int i = 0; kind##_at(i); ++i) {                                                           \
      check(kind##_find(kind##_at(i)->name) == kind##_at(i), "find and at");                       \
    }                                                                                              \
    check(!kind##_find("nonesuch") && !kind##_find(""), "names that are not there");               \
    check(!kind##_at(-1) && !kind##_at(1000), "records that are not there");                       \
  } while (0)

static void test_finds(void) {
  CHECK_FINDS(activation);
  CHECK_FINDS(initializer);
  CHECK_FINDS(loss);
  CHECK_FINDS(metric);
  CHECK_FINDS(penalty);
  CHECK_FINDS(constraint);
  CHECK_FINDS(schedule);
  CHECK_FINDS(optimizer);
  CHECK_FINDS(layer);
  for (int i = 0; loss_at(i); ++i) check(metric_find(loss_at(i)->name) != NULL, loss_at(i)->name);
}

/* A record without its second derivative would be met only by whoever asks for one. */
static void test_second_derivatives(void) {
  for (int i = 0; layer_at(i); ++i) check(layer_at(i)->backward_jvp != NULL, layer_at(i)->name);
  for (int i = 0; activation_at(i); ++i) {
    check(activation_at(i)->backward_jvp != NULL, activation_at(i)->name);
  }
  for (int i = 0; loss_at(i); ++i) check(loss_at(i)->hessian != NULL, loss_at(i)->name);
  for (int i = 0; penalty_at(i); ++i) check(penalty_at(i)->hessian != NULL, penalty_at(i)->name);
}

/* Among many pairs of vectors some are so near to orthogonal that a float's step turns their
 * sign. */
static bool has_smooth_steps(const penalty* p, const tensor* t) {
  return IS_DOUBLE || t->n < 50 || strcmp(p->name, "orthogonal") != 0;
}

/* The product of the Hessian with wdot, added to 1, is the difference of the gradient. */
static void check_penalty_hessian(const penalty* p, const double* h, tensor t, const char* what) {
  real *w = keep_reals(t.n), *wdot = keep_reals(t.n), *gdot = keep_reals(t.n);
  real *there = keep_reals(t.n), *above = keep_reals(t.n), *below = keep_reals(t.n);
  double *expected = keep_doubles(t.n), step = TOLERANCE(1e-6, 1e-3), size = 1;
  for (size_t i = 0; i < t.n; ++i) w[i] = (real) (draw_int(2) ? draw(0.2, 1) : draw(-1, -0.2));
  draw_reals(t.n, -1, 1, wdot);
  vector_fill(t.n, 1, gdot);
  p->hessian(&t, h, (real) 0.5, w, wdot, gdot);
  for (int side = -1; side <= 1; side += 2) {
    real* g = side < 0 ? below : above;
    vector_fill(t.n, 0, g);
    for (size_t i = 0; i < t.n; ++i) there[i] = w[i] + (real) (side * step) * wdot[i];
    p->grad(&t, h, (real) 0.5, there, g);
  }
  for (size_t i = 0; i < t.n; ++i) {
    expected[i] = 1 + ((double) above[i] - (double) below[i]) / (2 * step);
    size = fmax(size, fabs(expected[i]));
  }
  if (!has_smooth_steps(p, &t)) return;
  check_all_near(t.n, gdot, expected, size * TOLERANCE(1e-8, 2e-3), what);
}

static void check_penalty(const penalty* p, const double* h, tensor t, const char* what) {
  real *w = keep_reals(t.n), *g = keep_reals(t.n);
  double* expected = keep_doubles(t.n);
  for (size_t i = 0; i < t.n; ++i) w[i] = (real) (draw_int(2) ? draw(0.2, 1) : draw(-1, -0.2));
  vector_fill(t.n, 1, g);
  p->grad(&t, h, (real) 0.5, w, g);
  for (size_t i = 0; i < t.n; ++i) {
    real at = w[i], above = at + (real) TOLERANCE(1e-6, 1e-3), below = at - (above - at);
    w[i] = above;
    expected[i] = p->value(&t, h, w);
    w[i] = below;
    expected[i] = 1 + 0.5 * (expected[i] - p->value(&t, h, w)) / ((double) above - (double) below);
    w[i] = at;
  }
  check_all_near(t.n, g, expected, TOLERANCE(1e-8, 2e-3), what);
  check(guards_hold(), what);
}

/* 20 x 18 takes more than one tile of the Gram matrix, on either side. */
static void test_penalties(void) {
  const tensor shapes[] = {{2, {3, 4}, 12}, {2, {1, 5}, 5}, {2, {20, 18}, 360}, {2, {40, 3}, 120}};
  const double both[] = {0.3, 0.2}, first[] = {0.3, 0}, second[] = {0, 0.2};
  const double rows[] = {0.5, 0}, columns[] = {0.5, 1};
  const struct {
    const char* name;
    const double* h;
  } cases[] = {{"l1_l2", both},
               {"l1_l2", first},
               {"l1_l2", second},
               {"orthogonal", rows},
               {"orthogonal", columns}};
  for (int i = 0; penalty_at(i); ++i) {
    int found = 0;
    for (int c = 0; c < COUNT(cases); ++c) found += strcmp(cases[c].name, penalty_at(i)->name) == 0;
    check(found > 0, penalty_at(i)->name);
  }
  for (int c = 0; c < COUNT(cases); ++c) {
    for (int s = 0; s < COUNT(shapes); ++s) {
      check_penalty(penalty_find(cases[c].name), cases[c].h, shapes[s], cases[c].name);
      check_penalty_hessian(penalty_find(cases[c].name), cases[c].h, shapes[s], cases[c].name);
    }
  }
}

/* w = (3, 4; 0.1, 0.2) by columns: l1 7.3, l2 25.05; the cosine of the rows (3, 0.1) and
 * (4, 0.2), of the columns (3, 4) and (0.1, 0.2). */
static void test_penalty_values(void) {
  const tensor t = {2, {2, 2}, 4};
  const real w[] = {3, 4, (real) 0.1, (real) 0.2};
  const double h[] = {0.01, 0.02}, rows[] = {0.01, 0}, columns[] = {0.01, 1};
  double by_rows = 0.01 * 12.02 / sqrt(9.01 * 16.04), by_columns = 0.01 * 1.1 / (5 * sqrt(0.05));
  double tolerance = TOLERANCE(1e-14, 1e-7);
  const penalty* orthogonal = penalty_find("orthogonal");
  check_near(penalty_find("l1_l2")->value(&t, h, w), 0.073 + 0.501, tolerance, "l1_l2");
  check_near(orthogonal->value(&t, rows, w), by_rows, tolerance, "orthogonal rows");
  check_near(orthogonal->value(&t, columns, w), by_columns, tolerance, "orthogonal columns");
}

/* The norm over the axes of each group of a tensor of dims 3 x 4: axis 0 runs fastest. */
static double group_length(const real* w, int axes, int group) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) {
    int mine = axes == 3 ? 0 : axes == 1 ? i / 3 : i % 3;
    if (mine == group) sum += (double) w[i] * (double) w[i];
  }
  return sqrt(sum);
}

static void check_constraint(const constraint* c, const double* h, int axes, double low,
                             double high) {
  const tensor t = {2, {3, 4}, 12};
  real *w = keep_reals(12), *once = keep_reals(12);
  double* twice = keep_doubles(12);
  draw_reals(12, -2, 2, w);
  for (int i = 0; i < 12; ++i) w[i] *= i < 6 ? 1 : (real) 0.2;
  real* before = keep_reals(12);
  vector_copy(12, w, before);
  c->apply(&t, h, axes, w);
  bool within = true, along = true;
  for (int group = 0; group < (axes == 3 ? 1 : axes == 1 ? 4 : 3); ++group) {
    double length = group_length(w, axes, group);
    within = within && length >= low - 1e-5 && length <= high + 1e-5;
  }
  for (int i = 0; i < 12; ++i) along = along && w[i] * before[i] >= 0;
  check(within, c->name);
  check(along, "a constraint turns no sign");
  vector_copy(12, w, once);
  c->apply(&t, h, axes, w);
  for (int i = 0; i < 12; ++i) twice[i] = (double) w[i];
  check_all_near(12, once, twice, 1e-5, "a constraint applied twice changes next to nothing");
  check(guards_hold(), c->name);
}

static void test_constraints(void) {
  const double most[] = {0.8}, between[] = {0.5, 0.9, 1};
  for (int axes = 1; axes <= 3; ++axes) {
    check_constraint(constraint_find("max_norm"), most, axes, 0, 0.8);
    check_constraint(constraint_find("min_max_norm"), between, axes, 0.5, 0.9);
    check_constraint(constraint_find("unit_norm"), NULL, axes, 1, 1);
    check_constraint(constraint_find("non_neg"), NULL, axes, 0, 100);
  }
  check(constraint_at(4) == NULL, "every constraint is tested");
  const tensor t = {2, {2, 2}, 4};
  const double half[] = {0.5, 1, 0.5};
  const double halved[] = {1.8, 2.4, 0.1618033, 0.3236066};
  real w[] = {3, 4, (real) 0.1, (real) 0.2}, signs[] = {-1, 0, 2, (real) -0.0};
  constraint_find("min_max_norm")->apply(&t, half, 1, w);
  check_all_near(4, w, halved, 1e-6, "half of the way to the bounds");
  constraint_find("non_neg")->apply(&t, NULL, 1, signs);
  check(signs[0] == 0 && signs[1] == 0 && signs[2] == 2 && signs[3] == 0, "non_neg");
}

typedef struct {
  const char* name;
  double h[7];
  int n;
  double step, rate;
} knot;

/* Each formula at its knots: start, middle, end, beyond, and where pieces meet. */
static const knot knots[] = {
    {"exponential_decay", {0.1, 10, 0.5, 0}, 4, 0, 0.1},
    {"exponential_decay", {0.1, 10, 0.5, 0}, 4, 5, 0.070710678118654752},
    {"exponential_decay", {0.1, 10, 0.5, 0}, 4, 20, 0.025},
    {"exponential_decay", {0.1, 10, 0.5, 1}, 4, 19, 0.05},
    {"exponential_decay", {0.1, 10, 0.5, 1}, 4, 20, 0.025},
    {"inverse_time_decay", {0.1, 10, 0.5, 0}, 4, 10, 0.1 / 1.5},
    {"inverse_time_decay", {0.1, 10, 0.5, 0}, 4, 5, 0.08},
    {"inverse_time_decay", {0.1, 10, 0.5, 1}, 4, 9, 0.1},
    {"polynomial_decay", {0.1, 10, 0.01, 1, 0}, 5, 5, 0.055},
    {"polynomial_decay", {0.1, 10, 0.01, 2, 0}, 5, 5, 0.0325},
    {"polynomial_decay", {0.1, 10, 0.01, 1, 0}, 5, 25, 0.01},
    {"polynomial_decay", {0.1, 10, 0.01, 1, 1}, 5, 0, 0.1},
    {"polynomial_decay", {0.1, 10, 0.01, 1, 1}, 5, 10, 0.01},
    {"polynomial_decay", {0.1, 10, 0.01, 1, 1}, 5, 15, 0.0325},
    {"cosine_decay", {0.1, 10, 0, NAN, 0}, 5, 0, 0.1},
    {"cosine_decay", {0.1, 10, 0, NAN, 0}, 5, 5, 0.05},
    {"cosine_decay", {0.1, 10, 0.2, NAN, 0}, 5, 10, 0.02},
    {"cosine_decay", {0.1, 10, 0.2, NAN, 0}, 5, 99, 0.02},
    {"cosine_decay", {0.1, 10, 0, 0.5, 4}, 5, 0, 0.1},
    {"cosine_decay", {0.1, 10, 0, 0.5, 4}, 5, 2, 0.3},
    {"cosine_decay", {0.1, 10, 0, 0.5, 4}, 5, 4, 0.5},
    {"cosine_decay", {0.1, 10, 0, 0.5, 4}, 5, 9, 0.25},
    {"cosine_decay_restarts", {0.1, 10, 2, 0.5, 0}, 5, 0, 0.1},
    {"cosine_decay_restarts", {0.1, 10, 2, 0.5, 0}, 5, 5, 0.05},
    {"cosine_decay_restarts", {0.1, 10, 2, 0.5, 0}, 5, 10, 0.05},
    {"cosine_decay_restarts", {0.1, 10, 2, 0.5, 0}, 5, 20, 0.025},
    {"cosine_decay_restarts", {0.1, 10, 2, 0.5, 0}, 5, 30, 0.025},
    {"cosine_decay_restarts", {0.1, 10, 1, 1, 0.2}, 5, 10, 0.1},
    {"cosine_decay_restarts", {0.1, 10, 1, 1, 0.2}, 5, 25, 0.06},
    {"piecewise_constant_decay", {5, 10, 0.3, 0.2, 0.1}, 5, 5, 0.3},
    {"piecewise_constant_decay", {5, 10, 0.3, 0.2, 0.1}, 5, 6, 0.2},
    {"piecewise_constant_decay", {5, 10, 0.3, 0.2, 0.1}, 5, 10, 0.2},
    {"piecewise_constant_decay", {5, 10, 0.3, 0.2, 0.1}, 5, 11, 0.1},
};

static void test_schedules(void) {
  for (int i = 0; schedule_at(i); ++i) {
    int found = 0;
    for (int k = 0; k < COUNT(knots); ++k) found += !strcmp(knots[k].name, schedule_at(i)->name);
    check(found > 0, schedule_at(i)->name);
  }
  for (int k = 0; k < COUNT(knots); ++k) {
    const schedule* s = schedule_find(knots[k].name);
    check_near(s->value(knots[k].h, knots[k].n, knots[k].step), knots[k].rate, 1e-14, s->name);
  }
}

int main(void) {
  test_names();
  test_finds();
  test_second_derivatives();
  test_penalties();
  test_penalty_values();
  test_constraints();
  test_schedules();
  return report();
}
