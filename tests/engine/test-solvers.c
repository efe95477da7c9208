#include "fit.h"

/* Solvers without R, each with few and with many rows, with and without a penalty: no iteration
 * ends higher than it began, the value told is that of the weights, memory is its own. */

enum { ITERATIONS = 12 };

static const double units[] = {4, 1}, one[] = {1, 1};

static network* two_layers(graph* g, bool penalized) {
  static const double l2[] = {0, 0.01};
  static const nn_slot_rule rule = {.penalty = {"l1_l2", l2, 2}};
  graph_begin(g);
  graph_input(g, 2);
  int hidden = graph_activation(g, "tanh", graph_dense(g, units, -1));
  int last = graph_dense(g, one, hidden);
  g->nodes[last].rules = &rule;
  g->nodes[last].n_rules = penalized;
  graph_output(g, last);
  return graph_build(g);
}

/* Its hyperparameters as the record has them. */
static nn_choice defaults_of(const solver_type* type) {
  static double h[NN_MAX_HPARAMS];
  nn_choice choice = {type->name, h, 0};
  for (; type->hparams[choice.n_h].name; ++choice.n_h) {
    h[choice.n_h] = type->hparams[choice.n_h].start;
  }
  return choice;
}

static void test_solver(const solver_type* type, int rows, bool penalized) {
  graph g;
  fit f;
  const network* net = two_layers(&g, penalized);
  double logs[NN_LOGS(1, 0)], last = HUGE_VAL, first = 0;
  fit_begin(&f, rows, rows);
  fit_input(&f, 0, 2);
  fit_output(&f, 0, 1, "mean_squared_error", NULL, 0);
  fit_weights(&f, 0);
  f.spec.optimizer.optimizer = defaults_of(type);
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, -1, 1));
  first = evaluated(t, logs);
  for (int i = 1; i <= ITERATIONS && !t->solver.stop; ++i) {
    run_epochs(t, i, logs);
    check(logs[0] <= last, type->name);
    last = logs[0];
    check_near(evaluated(t, logs), last, TOLERANCE(1e-13, 1e-5), "the loss of an iteration");
  }
  check(last < 0.5 * first, "a solver gets somewhere");
  check(guards_hold(), "a solver keeps to its memory");
  release_all();
}

int main(void) {
  for (int i = 0; solver_at(i); ++i) {
    for (int penalized = 0; penalized < 2; ++penalized) {
      test_solver(solver_at(i), 6, penalized);
      test_solver(solver_at(i), 60, penalized);
    }
  }
  check(solver_find("levenberg_marquardt") && !solver_find("newton"), "solvers by name");
  return report();
}
