#include "fit.h"

/* The loss of all samples by its parameters, on a graph with fan-out, shared parameters, a node of
 * two inputs, frozen layers, penalties of all kinds, fused and plain losses, weights of samples:
 *   value, gradient, Hessian and Gauss-Newton products against differences and each other;
 *   rows sum to the gradient, the Jacobian's products are tangents. */

enum { ROWS = 6 };

static const double five[] = {5, 1}, three[] = {3, 1}, batch_norm[] = {-1, 0.9, 1e-2, 1, 1};
static const double drop[] = {0.3, 0, NAN}, l1_l2[] = {0, 0.2}, spread_out[] = {0.3, 1};

typedef struct {
  graph g;
  fit f;
  nn_slot_rule rules[2][2];
  network* net;
  double* w;
} setting;

/* The third dense layer shares the second one's parameters; `frozen`: the first one. */
static void setting_network(setting* s, bool frozen) {
  graph* g = &s->g;
  graph_begin(g);
  graph_input(g, 5);
  int first = graph_dense(g, five, -1);
  int norm = graph_node(g, "batch_normalization", batch_norm, 5, first);
  int bent = graph_activation(g, "tanh", graph_node(g, "dropout", drop, 3, norm));
  int owner = graph_dense(g, five, bent), soft = graph_activation(g, "softplus", owner);
  int again = graph_dense(g, five, soft), both = graph_node(g, "flatten", NULL, 0, again);
  g->nodes[again].weights_from = owner;
  int last = graph_dense(g, three, both);
  graph_output(g, graph_activation(g, "softmax", last));
  graph_output(g, graph_activation(g, "sigmoid", graph_dense(g, three, soft)));
  s->rules[0][0].penalty = (nn_choice){"l1_l2", l1_l2, 2};
  s->rules[1][0].penalty = (nn_choice){"orthogonal", spread_out, 2};
  g->nodes[owner].rules = s->rules[0];
  g->nodes[last].rules = s->rules[1];
  g->nodes[owner].n_rules = g->nodes[last].n_rules = 2;
  g->nodes[soft].activity = (nn_choice){"l1_l2", l1_l2, 2};
  g->nodes[first].trainable = !frozen;
  s->net = graph_build(g);
  make_product(s->net, both, again, bent);
}

static void setting_new(setting* s, bool fused, bool frozen) {
  static const double cce[] = {0, 0.1}, cce_fused[] = {1, 0.1};
  memset(s, 0, sizeof(*s));
  setting_network(s, frozen);
  fit_begin(&s->f, ROWS, 2);
  fit_input(&s->f, 0, 5);
  fit_output(&s->f, 0, 3, "categorical_crossentropy", fused ? cce_fused : cce, 2);
  fit_output(&s->f, 1, 3, "log_cosh", NULL, 0);
  s->f.outputs[0].fused = fused;
  s->f.outputs[1].loss_weight = 0.7;
  s->f.outputs[1].reduction = NN_REDUCE_SUM;
  fit_weights(&s->f, 0);
  s->w = drawn(s->net->n_w + s->net->n_state, 0.2, 0.9);
  for (size_t i = 0; i < s->net->n_w; i += 2) s->w[i] = -s->w[i];
}

static objective* objective_at(const setting* s, bool training) {
  objective* f = NULL;
  void* block = keep(objective_bytes(s->net, &s->f.spec, &s->f.data));
  nn_status status = objective_new(block, s->net, &s->f.spec, &s->f.data, training, s->w, &f);
  check(status.code == NN_OK, "the objective can be built");
  return f;
}

static double dot(size_t n, const double* x, const double* y) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

static double largest(size_t n, const double* x) {
  double most = 1;
  for (size_t i = 0; i < n; ++i) most = fmax(most, fabs(x[i]));
  return most;
}

static void check_numbers(size_t n, const double* a, const double* b, double tolerance,
                          const char* what) {
  size_t off = 0;
  double most = largest(n, b);
  while (off < n && fabs(a[off] - b[off]) <= tolerance * most) ++off;
  if (off < n) printf("  number %d: %.17g is not %.17g\n", (int) off, a[off], b[off]);
  check(off == n, what);
}

/* The objective at w + h v. */
static void move(objective* f, const double* w, double h, const double* v) {
  double* to = keep_doubles(f->n);
  for (size_t i = 0; i < f->n; ++i) to[i] = w[i] + h * v[i];
  objective_set(f, to);
}

static double* gradient_now(objective* f) {
  double* g = keep_doubles(f->n);
  objective_gradient(f, g);
  return g;
}

static void check_differences(objective* f, const char* what) {
  double *w = keep_doubles(f->n), *v = drawn(f->n, -1, 1), *product = keep_doubles(f->n);
  double h = TOLERANCE(1e-5, 3e-3);
  objective_get(f, w);
  double slope = dot(f->n, gradient_now(f), v);
  objective_hessian(f, v, product);
  move(f, w, h, v);
  double above = objective_value(f);
  double* g_above = gradient_now(f);
  move(f, w, -h, v);
  double below = objective_value(f);
  double* g_below = gradient_now(f);
  objective_set(f, w);
  for (size_t i = 0; i < f->n; ++i) g_above[i] = (g_above[i] - g_below[i]) / (2 * h);
  check_near(slope, (above - below) / (2 * h), TOLERANCE(1e-8, 5e-3), what);
  check_numbers(f->n, product, g_above, TOLERANCE(1e-8, 5e-3), what);
}

typedef void (*curvature_product)(objective* f, const double* v, double* to);

static void check_symmetric(objective* f, curvature_product product, const char* what) {
  double *u = drawn(f->n, -1, 1), *v = drawn(f->n, -1, 1), *to = keep_doubles(f->n);
  product(f, v, to);
  double left = dot(f->n, u, to), size = largest(f->n, to) * (double) f->n;
  product(f, u, to);
  check(fabs(left - dot(f->n, v, to)) <= TOLERANCE(1e-14, 1e-6) * size, what);
}

/* J v, the Jacobian of output o times v, and the tangent. */
static void check_jacobian(objective* f, int o, bool logits, const char* what) {
  size_t rows = objective_output_size(f, o, logits) * ROWS;
  double *all = keep_doubles(rows * f->n), *v = drawn(f->n, -1, 1);
  double *tangents = keep_doubles(rows), *products = keep_doubles(rows);
  objective_jacobian(f, o, logits, all);
  objective_jvp(f, o, logits, v, tangents);
  for (size_t r = 0; r < rows; ++r) {
    products[r] = 0;
    for (size_t k = 0; k < f->n; ++k) products[r] += all[r + rows * k] * v[k];
  }
  check_numbers(rows, products, tangents, TOLERANCE(1e-12, 1e-4), what);
}

/* Rows sum to the gradient, once penalties of parameters have none. */
static void check_rows(objective* f, const char* what) {
  double *rows = keep_doubles(ROWS * f->n), *sums = keep_doubles(f->n);
  objective_rows(f, rows);
  for (size_t k = 0; k < f->n; ++k) {
    sums[k] = 0;
    for (size_t j = 0; j < ROWS; ++j) sums[k] += rows[j + ROWS * k];
  }
  check_numbers(f->n, sums, gradient_now(f), TOLERANCE(1e-13, 1e-5), what);
}

static void test_derivatives(void) {
  for (int i = 0; i < 8; ++i) {
    setting s;
    bool fused = i & 1, frozen = i & 2, training = i & 4;
    setting_new(&s, fused, frozen);
    objective* f = objective_at(&s, training);
    size_t all = s.net->n_w;
    check(objective_size(f) == all - (frozen ? 30u : 0u), "frozen parameters are left out");
    check_differences(f, training ? "derivatives in training" : "derivatives");
    check_symmetric(f, objective_hessian, "the Hessian is symmetric");
    check_symmetric(f, objective_gauss_newton, "so is Gauss-Newton");
    for (int o = 0; o < 2; ++o) check_jacobian(f, o, false, "the Jacobian of outputs");
    check_jacobian(f, 0, true, "the Jacobian of logits");
    for (int k = 0; k < s.net->n_nodes; ++k) memset(s.net->nodes[k].rules, 0, sizeof(slot_rule));
    objective_set(f, drawn(f->n, -1, 1));
    check_rows(f, "rows sum to the gradient");
    check(guards_hold(), "nothing is written beside the block");
    release_all();
  }
}

/* J' H J from the Jacobian of what a squared error sees: H is 2 / (rows k). */
static void test_gauss_newton(void) {
  graph g;
  fit f;
  graph_begin(&g);
  graph_input(&g, 3);
  graph_output(&g, graph_dense(&g, three, graph_activation(&g, "tanh", graph_dense(&g, five, -1))));
  network* net = graph_build(&g);
  fit_begin(&f, ROWS, 4);
  fit_input(&f, 0, 3);
  fit_output(&f, 0, 3, "mean_squared_error", NULL, 0);
  setting s = {.net = net, .w = drawn(net->n_w, -1, 1)};
  objective* o = NULL;
  void* block = keep(objective_bytes(net, &f.spec, &f.data));
  objective_new(block, net, &f.spec, &f.data, false, s.w, &o);
  size_t n = o->n, rows = 3 * ROWS;
  double *all = keep_doubles(rows * n), *v = drawn(n, -1, 1), *tangents = keep_doubles(rows);
  double *product = keep_doubles(n), *expected = keep_doubles(n);
  objective_gauss_newton(o, v, product);
  objective_jacobian(o, 0, false, all);
  objective_jvp(o, 0, false, v, tangents);
  for (size_t k = 0; k < n; ++k) {
    expected[k] = 2.0 / (double) rows * dot(rows, all + rows * k, tangents);
  }
  check_numbers(n, product, expected, TOLERANCE(1e-13, 1e-5), "Gauss-Newton by its parts");
  release_all();
}

/* Passes of training draw the same each time and leave the running statistics alone. */
static void test_repeats(void) {
  setting s;
  setting_new(&s, true, false);
  objective* f = objective_at(&s, true);
  double* w = keep_doubles(f->n);
  objective_get(f, w);
  double first = objective_value(f);
  double* g = gradient_now(f);
  objective_set(f, w);
  check(objective_value(f) == first, "the same value again");
  check(same_bytes(g, gradient_now(f), f->n * sizeof(double)), "the same gradient again");
  objective* calm = objective_at(&s, false);
  check(objective_value(calm) != first, "training is another function");
  release_all();
}

int main(void) {
  test_derivatives();
  test_gauss_newton();
  test_repeats();
  return report();
}
