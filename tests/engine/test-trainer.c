#include "fit.h"

/* One step and what it minimizes: the step of plain descent with rate 1 is the gradient, by
 * differences of the evaluated loss; least squares finds the closed form; what is frozen
 * stays; constraints hold. */

enum { ROWS = 7 };

static const double three[] = {3, 1}, one[] = {1, 1}, norm[] = {-1, 0.9, 1e-2, 1, 1};

/* Two heads on one node: softmax with its cross-entropy and tanh with squared errors. A third
 * output is the logits themselves, so that one node gets three gradients. */
static network* heads(graph* g) {
  static const double l1_l2[] = {0.05, 0.1};
  static const nn_slot_rule rule = {.penalty = {"l1_l2", l1_l2, 2}};
  graph_begin(g);
  graph_input(g, 4);
  int hidden = graph_activation(g, "tanh", graph_dense(g, three, -1));
  g->nodes[hidden].activity = (nn_choice){"l1_l2", l1_l2, 2};
  int logits = graph_dense(g, three, hidden);
  g->nodes[logits].rules = &rule;
  g->nodes[logits].n_rules = 1;
  g->nodes[logits].activity = (nn_choice){"l1_l2", l1_l2, 2};
  graph_output(g, graph_activation(g, "softmax", logits));
  graph_output(g, graph_activation(g, "tanh", logits));
  graph_output(g, logits);
  return graph_build(g);
}

/* With or without the softmax absorbed by its loss. */
static void heads_fit(fit* f, bool fused) {
  static const double logits[] = {1, 0}, shares[] = {0, 0};
  fit_begin(f, ROWS, ROWS);
  fit_input(f, 0, 4);
  fit_output(f, 0, 3, "categorical_crossentropy", fused ? logits : shares, 2);
  fit_output(f, 1, 3, "mean_squared_error", NULL, 0);
  fit_output(f, 2, 3, "log_cosh", NULL, 0);
  fit_weights(f, 0);
  f->outputs[0].fused = fused;
  f->outputs[1].loss_weight = 0.7;
  f->outputs[2].reduction = NN_REDUCE_SUM;
  f->spec.optimizer.lr = 1;
}

static double loss_at_weights(trainer* t, const double* w) {
  double logs[NN_LOGS(3, 0)];
  trainer_set(t, w, NULL, NULL, NULL);
  return evaluated(t, logs);
}

static void test_gradient(bool fused) {
  graph g;
  fit f;
  const network* net = heads(&g);
  heads_fit(&f, fused);
  double *w = drawn(net->n_w, 0.3, 1), h = TOLERANCE(1e-6, 3e-3);
  trainer* t = fit_trainer(&f, net, w);
  run_epochs(t, 1, NULL);
  const double* after = weights_now(t);
  for (size_t i = 0; i < net->n_w; ++i) {
    double at = w[i];
    w[i] = at + h;
    double above = loss_at_weights(t, w);
    w[i] = at - h;
    double slope = (above - loss_at_weights(t, w)) / (2 * h);
    w[i] = at;
    check_near(at - after[i], slope, TOLERANCE(1e-7, 5e-3), "a step is the gradient of the loss");
  }
}

/* Minimizes |A b - y|^2 by Gaussian elimination on the normal equations, m <= 4. */
static void solve_normal(int n, int m, double (*a)[4], const double* y, double* b) {
  double s[4][5] = {{0}};
  for (int r = 0; r < n; ++r) {
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < m; ++j) s[i][j] += a[r][i] * a[r][j];
      s[i][m] += a[r][i] * y[r];
    }
  }
  for (int k = 0; k < m; ++k) {
    for (int i = 0; i < m; ++i) {
      double factor = s[i][k] / s[k][k];
      for (int j = k; i != k && j <= m; ++j) s[i][j] -= factor * s[k][j];
    }
  }
  for (int i = 0; i < m; ++i) b[i] = s[i][m] / s[i][i];
}

static void test_least_squares(void) {
  enum { N = 40 };
  graph g;
  fit f;
  double a[N][4], b[4];
  graph_begin(&g);
  graph_input(&g, 3);
  graph_output(&g, graph_dense(&g, one, -1));
  const network* net = graph_build(&g);
  fit_begin(&f, N, N);
  fit_input(&f, 0, 3);
  fit_output(&f, 0, 1, "mean_squared_error", NULL, 0);
  f.spec.optimizer.lr = 0.5;
  const double* x = f.x[0].values;
  for (int r = 0; r < N; ++r) {
    for (int i = 0; i < 3; ++i) a[r][i] = x[i * N + r];
    a[r][3] = 1;
  }
  solve_normal(N, 4, a, f.y[0].values, b);
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, -1, 1));
  run_epochs(t, 400, NULL);
  check_all_near(4, t->w, b, TOLERANCE(1e-12, 1e-5), "least squares, the closed form");
}

/* The loss by predict() and the formula, row by row, with weights and a penalty; the batches
 * of an evaluation add up to it, in one go or in pieces. */
static void test_evaluate(void) {
  enum { N = 10 };
  static const double l1_l2[] = {0, 0.1};
  static const nn_slot_rule rule = {.penalty = {"l1_l2", l1_l2, 2}};
  graph g;
  fit f;
  graph_begin(&g);
  graph_input(&g, 3);
  graph_output(&g, graph_dense(&g, one, -1));
  g.nodes[0].rules = &rule;
  g.nodes[0].n_rules = 1;
  const network* net = graph_build(&g);
  fit_begin(&f, N, 4);
  fit_input(&f, 0, 3);
  fit_output(&f, 0, 1, "mean_squared_error", NULL, 0);
  fit_weights(&f, 0);
  f.metrics[0] = (nn_metric_spec){.metric = {"mean_absolute_error", NULL, 0}};
  f.metrics[1] = (nn_metric_spec){.metric = {"mean_absolute_error", NULL, 0}, .weighted = true};
  f.spec.n_metrics = 2;
  f.spec.optimizer.optimizer.name = NULL;
  double *w = drawn(net->n_w, -1, 1), *y[] = {keep_doubles(N)};
  predict_all(net, N, w, N, f.x, y);
  const double *t = f.y[0].values, *weight = f.weight[0].values;
  double loss = 0, mae = 0, weighted = 0, total = 0, penalty = 0, first = 0;
  for (int j = 0; j < N; ++j) {
    double e = y[0][j] - t[j];
    loss += weight[j] * e * e / N;
    if (j < 4) first += weight[j] * e * e / 4;
    mae += fabs(e) / N;
    weighted += weight[j] * fabs(e);
    total += weight[j];
  }
  for (int i = 0; i < 3; ++i) penalty += 0.1 * w[i] * w[i];
  double expected[] = {loss + penalty, mae, weighted / total}, logs[3], tolerance;
  tolerance = TOLERANCE(1e-13, 1e-5);
  trainer* at_work = fit_trainer(&f, net, w);
  evaluated(at_work, logs);
  for (int i = 0; i < 3; ++i) check_near(logs[i], expected[i], tolerance, "evaluated by hand");
  int at = 0, pieces = 0;
  while (!trainer_evaluate(at_work, 0, &at, 0.5, clock_fast, logs)) ++pieces;
  check(pieces == 2 && at == 3, "the budget splits an evaluation into its batches");
  for (int i = 0; i < 3; ++i) check_near(logs[i], expected[i], tolerance, "evaluated in pieces");
  at = 0;
  check(trainer_evaluate(at_work, 1, &at, 1, clock_still, logs), "one step was asked for");
  check_near(logs[0], first + penalty, tolerance, "the first batch only");
}

/* dense, batch normalization, dense; the first two are frozen, the last may not go below 0. */
static void test_frozen(void) {
  static const double l1_l2[] = {1, 1};
  static const nn_slot_rule heavy = {.penalty = {"l1_l2", l1_l2, 2}};
  static const nn_slot_rule positive = {.constraint = {"non_neg", NULL, 0}};
  graph g;
  fit f;
  graph_begin(&g);
  graph_input(&g, 3);
  int fixed = graph_dense(&g, three, -1), still = graph_node(&g, "batch_normalization", norm, 5, 0);
  int last = graph_dense(&g, three, still);
  g.nodes[fixed].trainable = g.nodes[still].trainable = false;
  g.nodes[fixed].rules = &heavy;
  g.nodes[last].rules = &positive;
  g.nodes[fixed].n_rules = g.nodes[last].n_rules = 1;
  graph_output(&g, last);
  const network* net = graph_build(&g);
  fit_begin(&f, ROWS, 3);
  fit_input(&f, 0, 3);
  fit_output(&f, 0, 3, "mean_squared_error", NULL, 0);
  double* w = drawn(net->n_w + net->n_state, 0.5, 1);
  for (size_t i = net->nodes[last].at_w; i < net->n_w; ++i) w[i] = draw(-1, 1);
  trainer* t = fit_trainer(&f, net, w);
  double logs[1], before = evaluated(t, logs);
  check(before < 10, "the penalty of a frozen layer does not count");
  run_epochs(t, 3, NULL);
  const double* after = weights_now(t);
  size_t at = net->nodes[last].at_w, kernel = 9;
  bool stays = true, moves = true, holds = true;
  for (size_t i = 0; i < at; ++i) stays = stays && after[i] == (double) (real) w[i];
  for (size_t i = net->n_w; i < net->n_w + net->n_state; ++i) {
    stays = stays && after[i] == (double) (real) w[i];
  }
  for (size_t i = at; i < net->n_w; ++i) moves = moves && after[i] != (double) (real) w[i];
  for (size_t i = at; i < at + kernel; ++i) holds = holds && after[i] >= 0;
  check(stays, "frozen parameters and statistics stay");
  check(moves, "the others move");
  check(holds, "a constraint holds after every step");
}

#define REFUSED(change, wanted, what)                                                              \
  do {                                                                                             \
    graph g;                                                                                       \
    fit f;                                                                                         \
    trainer* t;                                                                                    \
    const network* net = heads(&g);                                                                \
    heads_fit(&f, true);                                                                           \
    change;                                                                                        \
    void* block = keep(trainer_bytes(net, &f.spec, &f.data, &f.data));                             \
    double* w = drawn(net->n_w, -1, 1);                                                            \
    check(trainer_new(block, net, &f.spec, &f.data, &f.data, w, &t).code == wanted, what);         \
  } while (0)

static void test_refusals(void) {
  REFUSED(f.outputs[1].loss.name = "mean_square_error", NN_UNKNOWN_NAME, "an unknown loss");
  REFUSED(f.outputs[0].loss.n_h = 1, NN_BAD_SPEC, "too few hyperparameters");
  REFUSED(f.y[1].shape.dims[0] = 2, NN_BAD_SHAPE, "targets of another width");
  REFUSED(f.outputs[0].loss.name = "sparse_categorical_crossentropy", NN_BAD_SHAPE,
          "class codes in several columns");
  REFUSED(f.spec.optimizer.optimizer.name = "sdg", NN_UNKNOWN_NAME, "an unknown optimizer");
  REFUSED(f.spec.optimizer.schedule.name = "decay", NN_UNKNOWN_NAME, "an unknown schedule");
  REFUSED(f.spec.n_metrics = 1;
          f.metrics[0].metric.name = "acuracy", NN_UNKNOWN_NAME, "an unknown metric");
  REFUSED(f.spec.n_metrics = 1; f.metrics[0].metric.name = "mean_absolute_error";
          f.metrics[0].output = 3, NN_UNKNOWN_NAME, "a metric of no output");
}

int main(void) {
  test_gradient(false);
  test_gradient(true);
  test_least_squares();
  test_evaluate();
  test_frozen();
  test_refusals();
  return report();
}
