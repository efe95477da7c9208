#include "fit.h"

/* Stretches of training: in pieces or at once, by budget or by count, the numbers are the
 * same; rows are shuffled into permutations; state goes out and in again. */

enum { ROWS = 20, EPOCHS = 4, BATCHES = 4 };

static const double six[] = {6, 1}, one[] = {1, 1}, half[] = {0.5, 0, NAN};
static const double norm[] = {-1, 0.9, 1e-2, 1, 1};

/* With `random`, dropout and batch normalization take part. */
static network* small(graph* g, bool random) {
  graph_begin(g);
  graph_input(g, 3);
  int last = graph_activation(g, "tanh", graph_dense(g, six, -1));
  if (random) last = graph_node(g, "batch_normalization", norm, 5, last);
  if (random) last = graph_node(g, "dropout", half, 3, last);
  graph_output(g, graph_dense(g, one, last));
  return graph_build(g);
}

static void small_fit(fit* f) {
  fit_begin(f, ROWS, 6);
  fit_input(f, 0, 3);
  fit_output(f, 0, 1, "mean_squared_error", NULL, 0);
  f->metrics[0] = (nn_metric_spec){.metric = {"mean_absolute_error", NULL, 0}};
  f->spec.n_metrics = 1;
  f->spec.shuffle = true;
  f->spec.optimizer.optimizer = (nn_choice){"adam", fit_adam, 4};
}

static void check_same(const trainer* a, const trainer* b, const char* what) {
  check(same_bytes(a->w, b->w, (a->net->n_w + a->net->n_state) * sizeof(real)), what);
}

static void test_pieces(void) {
  graph g;
  fit f;
  const network* net = small(&g, true);
  small_fit(&f);
  double *w = drawn(net->n_w + net->n_state, 0.2, 1), whole[EPOCHS * 2], logs[EPOCHS * 2];
  trainer *once = fit_trainer(&f, net, w), *batches = fit_trainer(&f, net, w);
  trainer *budget = fit_trainer(&f, net, w), *rows = fit_trainer(&f, net, w);
  check(trainer_run(once, EPOCHS, 0, 1, clock_still, EPOCHS, whole, NULL) == EPOCHS, "a row an epoch");
  int done = 0;
  for (int b = 1; b <= EPOCHS * BATCHES; ++b) {
    done += trainer_run(batches, b / BATCHES, b % BATCHES, 1, clock_still, 1, logs + 2 * done, NULL);
    nn_progress p;
    trainer_progress(batches, &p);
    check(p.epoch * BATCHES + p.batch == b && p.iterations == b, "it stops where it was asked to");
  }
  check_same(once, batches, "batch by batch");
  check(done == EPOCHS && same_bytes(whole, logs, sizeof(whole)), "logs batch by batch");
  int pieces = done = 0;
  for (; budget->epoch < EPOCHS; ++pieces) {
    done += trainer_run(budget, EPOCHS, 0, 0.5, clock_fast, EPOCHS, logs + 2 * done, NULL);
  }
  check(pieces == EPOCHS * BATCHES, "a budget that is used up stops after a batch");
  check_same(once, budget, "piece by piece of the budget");
  check(done == EPOCHS && same_bytes(whole, logs, sizeof(whole)), "logs by budget");
  for (done = 0; rows->epoch < EPOCHS;) {
    int more = trainer_run(rows, EPOCHS, 0, 1, clock_still, 3, logs + 2 * done, NULL);
    check(more == (done ? 1 : 3), "no more epochs than there are rows for their logs");
    done += more;
  }
  check_same(once, rows, "by rows of logs");
  check(trainer_run(once, EPOCHS, 0, 1, clock_still, 1, logs, NULL) == 0, "nothing is left to do");
}

static double way_between(size_t n, const double* from, const real* to) {
  double squares = 0;
  for (size_t i = 0; i < n; ++i) squares += ((double) to[i] - from[i]) * ((double) to[i] - from[i]);
  return sqrt(squares);
}

/* Of plain descent in full batches the way of an epoch is the rate times its gradient. */
static void test_norms(double units, double rate, double tolerance) {
  graph g;
  graph_begin(&g);
  graph_input(&g, 3);
  double wide[] = {units, 1};
  graph_output(&g, graph_dense(&g, one, graph_activation(&g, "tanh", graph_dense(&g, wide, -1))));
  const network* net = graph_build(&g);
  fit f;
  fit_begin(&f, ROWS, ROWS);
  fit_input(&f, 0, 3);
  fit_output(&f, 0, 1, "mean_squared_error", NULL, 0);
  f.spec.optimizer.lr = rate;
  double* w = drawn(net->n_w, 0.2, 1);
  trainer* t = fit_trainer(&f, net, w);
  double logs[EPOCHS], norms[EPOCHS * 2];
  for (int epoch = 0; epoch < EPOCHS; ++epoch) {
    double *before = weights_now(t), *now = norms + 2 * epoch;
    trainer_run(t, epoch + 1, 0, 1, clock_still, 1, logs, now);
    double way = way_between(net->n_w, before, t->w);
    check(now[0] > 0 && fabs(rate * now[0] - now[1]) < 1e-3 * now[1], "rate times gradient");
    check(fabs(now[1] - way) < tolerance * way, "the way of the parameters");
  }
}

static bool is_permutation(const int* order, int n) {
  char seen[ROWS] = {0};
  for (int i = 0; i < n; ++i) {
    if (order[i] < 0 || order[i] >= n || seen[order[i]]) return false;
    seen[order[i]] = 1;
  }
  return true;
}

static void test_shuffle(void) {
  graph g;
  fit f;
  const network* net = small(&g, false);
  small_fit(&f);
  double* w = drawn(net->n_w, 0.2, 1);
  trainer *t = fit_trainer(&f, net, w), *again = fit_trainer(&f, net, w);
  f.spec.seed += 1;
  trainer* other = fit_trainer(&f, net, w);
  int last[ROWS] = {0};
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    run_epochs(t, epoch, NULL);
    run_epochs(again, epoch, NULL);
    run_epochs(other, epoch, NULL);
    check(is_permutation(t->order, ROWS), "every row once an epoch");
    check(!same_bytes(t->order, last, sizeof(last)), "every epoch has its own order");
    check(same_bytes(t->order, again->order, sizeof(last)), "a seed has its order");
    check(!same_bytes(t->order, other->order, sizeof(last)), "another seed another one");
    memcpy(last, t->order, sizeof(last));
  }
  f.spec.shuffle = false;
  t = fit_trainer(&f, net, w);
  run_epochs(t, 2, NULL);
  bool ascending = true;
  for (int i = 0; i < ROWS; ++i) ascending = ascending && t->order[i] == i;
  check(ascending, "not shuffled");
}

/* Batches of 6 rows and a short one of 2, which stays last. */
static void test_shuffle_batches(void) {
  graph g;
  fit f;
  const network* net = small(&g, false);
  small_fit(&f);
  f.spec.shuffle_batches = true;
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, 0.2, 1));
  bool moved = false, together = true;
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    run_epochs(t, epoch, NULL);
    check(is_permutation(t->order, ROWS), "every row once an epoch");
    for (int i = 0; i < ROWS; ++i) {
      moved = moved || t->order[i] != i;
      together = together && t->order[i] == t->order[i / 6 * 6] + i % 6;
    }
    together = together && t->order[18] == 18;
  }
  check(moved && together, "rows of a batch stay together");
}

/* Rate 0, so that logs are means of the loss over the rows an epoch took. 20 rows in batches
 * of 6, 6, 6, 2; two a epoch: rows 0 .. 11, then 12 .. 19, then again from 0. */
static void test_steps_per_epoch(void) {
  graph g;
  fit f;
  const network* net = small(&g, false);
  small_fit(&f);
  f.spec.shuffle = false;
  f.spec.steps_per_epoch = 2;
  f.spec.optimizer.lr = 0;
  double *w = drawn(net->n_w, 0.2, 1), *y[] = {keep_doubles(ROWS)}, logs[3 * 2];
  const double* t = f.y[0].values;
  predict_all(net, ROWS, w, ROWS, f.x, y);
  run_epochs(fit_trainer(&f, net, w), 3, logs);
  for (int epoch = 0; epoch < 3; ++epoch) {
    int from = epoch == 1 ? 12 : 0, to = epoch == 1 ? 20 : 12;
    double sum = 0;
    for (int j = from; j < to; ++j) sum += (y[0][j] - t[j]) * (y[0][j] - t[j]) / (to - from);
    check_near(logs[2 * epoch], sum, TOLERANCE(1e-14, 1e-6), "an epoch goes on where one ended");
  }
  f.spec.steps_per_epoch = 7;
  trainer* longer = fit_trainer(&f, net, w);
  run_epochs(longer, 1, NULL);
  check(longer->pass == 1 && longer->at == 18, "an epoch may be longer than the data");
}

/* All kinds of state: moments, average, accumulated sum, scalars, count. */
static void check_round_trip(nn_optimizer_spec optimizer, int moments) {
  graph g;
  fit f;
  const network* net = small(&g, false);
  small_fit(&f);
  f.spec.shuffle = false;
  f.spec.optimizer = optimizer;
  f.spec.batch_size = ROWS;
  size_t n = net->n_w;
  double *w = drawn(n, 0.2, 1), *state = keep_doubles(n * (size_t) moments), *now = keep_doubles(n);
  double scalars[NN_MAX_SCALARS], iterations;
  trainer *a = fit_trainer(&f, net, w), *b = fit_trainer(&f, net, w);
  check(trainer_moments(a) == moments, "as many moments as the optimizer has");
  run_epochs(a, 3, NULL);
  trainer_get(a, now, state, scalars, &iterations);
  check(iterations == 3, "three steps");
  trainer_set(b, now, state, scalars, &iterations);
  trainer_start_epoch(b, 3);
  check_same(a, b, "parameters go out and in");
  run_epochs(a, 7, NULL);
  run_epochs(b, 7, NULL);
  trainer_finalize(a);
  trainer_finalize(b);
  check_same(a, b, "training goes on from a state as if it had never stopped");
}

static void test_round_trips(void) {
  static const double amsgrad[] = {0.9, 0.999, 1e-7, 1}, nadam[] = {0.9, 0.999, 1e-7, 1};
  static const double falling[] = {0.1, 1, 0.8, 0};
  nn_optimizer_spec spec = {.optimizer = {"adam", amsgrad, 4}, .lr = 0.05, .accumulate = 1};
  check_round_trip(spec, 3);
  spec.use_ema = true;
  spec.ema_momentum = 0.9;
  check_round_trip(spec, 4);
  spec.accumulate = 2;
  check_round_trip(spec, 5);
  spec = (nn_optimizer_spec){.optimizer = {"nadam", nadam, 4}, .lr = 0.05, .accumulate = 1};
  check_round_trip(spec, 2);
  spec = (nn_optimizer_spec){.optimizer = {"sgd", fit_sgd, 2}, .accumulate = 1};
  spec.schedule = (nn_choice){"exponential_decay", falling, 4};
  check_round_trip(spec, 0);
}

/* Steps that are far too long: the first batch whose loss is not finite is noted, and
 * training goes on. */
static void test_nonfinite(void) {
  graph g;
  fit f;
  double logs[2];
  nn_progress p;
  graph_begin(&g);
  graph_input(&g, 3);
  graph_output(&g, graph_dense(&g, one, -1));
  const network* net = graph_build(&g);
  small_fit(&f);
  f.spec.optimizer = (nn_optimizer_spec){.optimizer = {"sgd", fit_sgd, 2}, .lr = 1e12};
  f.spec.optimizer.accumulate = 1;
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, 0.2, 1));
  int first = -1;
  for (int b = 1; b <= 10 * BATCHES; ++b) {
    trainer_run(t, b / BATCHES, b % BATCHES, 1, clock_still, 1, logs, NULL);
    trainer_progress(t, &p);
    if (b % BATCHES) trainer_logs(t, logs);
    if (first < 0 && !isfinite(logs[0])) first = b - 1;
    check(p.nonfinite == (first >= 0), "noted when it happens");
  }
  check(first > 1, "the first batches are finite");
  check(p.nonfinite_epoch * BATCHES + p.nonfinite_batch == first, "where it began");
  check(p.epoch == 10 && p.iterations == 10 * BATCHES, "and training goes on");
}

/* Rates as the steps go: constant, by schedule, set by hand. */
static void test_rates(void) {
  static const double falling[] = {0.1, 1, 0.5, 0};
  graph g;
  fit f;
  nn_progress p;
  const network* net = small(&g, false);
  small_fit(&f);
  f.spec.optimizer.schedule = (nn_choice){"exponential_decay", falling, 4};
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, 0.2, 1));
  trainer_progress(t, &p);
  check_near(p.lr, 0.1, 0, "the rate of the first step");
  run_epochs(t, 1, NULL);
  trainer_progress(t, &p);
  check_near(p.lr, 0.1 / 16, 1e-15, "a schedule counts batches");
  trainer_set_rate(t, 0.3);
  run_epochs(t, 2, NULL);
  trainer_progress(t, &p);
  check(p.lr == 0.3, "a rate that was set stays");
}

/* Rows from .. from + n - 1 of all arrays. */
static nn_data part_of_fit(const fit* f, fit* part, int from, int n) {
  *part = *f;
  part->data = (nn_data){.n = n, .x = part->x, .y = part->y, .weight = part->weight};
  nn_array* arrays[] = {part->x, part->y, part->weight};
  for (int k = 0; k < 3; ++k) {
    arrays[k]->from += from;
    arrays[k]->n = n;
  }
  return part->data;
}

/* The batches of an epoch from outside, the largest last: then another trainer follows. */
static void test_fed(void) {
  graph g;
  fit f, part;
  const network* net = small(&g, true);
  small_fit(&f);
  f.spec.shuffle = false;
  double *w = drawn(net->n_w + net->n_state, 0.2, 1), whole[2], logs[2];
  trainer* once = fit_trainer(&f, net, w);
  run_epochs(once, 1, whole);
  f.spec.steps_per_epoch = BATCHES;
  part_of_fit(&f, &part, 0, 6);
  trainer* fed = fit_trainer(&part, net, w);
  for (int b = 0; b < BATCHES; ++b) {
    int n = b < BATCHES - 1 ? 6 : 2;
    nn_data batch = part_of_fit(&f, &part, 6 * b, n);
    check(trainer_feed(fed, &batch, -1), "a batch that is no larger fits");
    trainer_run(fed, 0, b + 1, 1, clock_still, 1, logs, NULL);
  }
  trainer_logs(fed, logs);
  check_same(once, fed, "batches from outside");
  check(same_bytes(whole, logs, sizeof(whole)), "logs of batches from outside");
  nn_data large = part_of_fit(&f, &part, 0, 7);
  check(!trainer_feed(fed, &large, -1), "a larger one does not fit");
  trainer* next = fit_trainer(&part, net, w);
  trainer_follow(next, fed);
  trainer_logs(next, logs);
  check(same_bytes(whole, logs, sizeof(whole)), "running values follow");
  check(next->batch == fed->batch && next->steps == fed->steps, "counts follow");
}

static void test_fed_evaluation(void) {
  graph g;
  fit f, part;
  const network* net = small(&g, false);
  small_fit(&f);
  double *w = drawn(net->n_w, 0.2, 1), whole[2], logs[2];
  evaluated(fit_trainer(&f, net, w), whole);
  part_of_fit(&f, &part, 0, 6);
  trainer* fed = fit_trainer(&part, net, w);
  for (int b = 0; b < BATCHES; ++b) {
    nn_data batch = part_of_fit(&f, &part, 6 * b, b < BATCHES - 1 ? 6 : 2);
    int at = b;
    check(trainer_feed(fed, &batch, b), "a batch of an evaluation fits");
    check(trainer_evaluate(fed, 0, &at, 1, clock_still, logs) && at == b + 1, "it is the next one");
  }
  check(same_bytes(whole, logs, sizeof(whole)), "an evaluation of batches from outside");
}

/* Another trainer, with another seed, that takes over where `t` stands. */
static trainer* taken_over(const trainer* t, fit* f, const double* w) {
  double *now = keep_doubles(t->net->n_w + t->net->n_state), scalars[NN_MAX_SCALARS], steps;
  double* moments = keep_doubles(t->net->n_w * (size_t) trainer_moments(t));
  double* mark = keep_doubles(trainer_mark(t, NULL));
  trainer_get(t, now, moments, scalars, &steps);
  trainer_mark(t, mark);
  f->spec.seed += 1;
  trainer* other = fit_trainer(f, t->net, w);
  f->spec.seed -= 1;
  trainer_set(other, now, moments, scalars, &steps);
  check(trainer_goto(other, mark), "a mark of the same fit is a place");
  return other;
}

/* Stopped after any batch; three batches an epoch do not use up all rows. */
static void test_marks(bool shuffle, int steps) {
  graph g;
  fit f;
  const network* net = small(&g, true);
  small_fit(&f);
  f.spec.shuffle = shuffle;
  f.spec.steps_per_epoch = steps;
  double *w = drawn(net->n_w + net->n_state, 0.2, 1), whole[EPOCHS * 2], logs[EPOCHS * 2];
  trainer* once = fit_trainer(&f, net, w);
  trainer_run(once, EPOCHS, 0, 1, clock_still, EPOCHS, whole, NULL);
  for (int b = 0; b <= EPOCHS * steps; ++b) {
    trainer* t = fit_trainer(&f, net, w);
    int done = trainer_run(t, b / steps, b % steps, 1, clock_still, EPOCHS, logs, NULL);
    trainer* other = taken_over(t, &f, w);
    done += trainer_run(other, EPOCHS, 0, 1, clock_still, EPOCHS, logs + 2 * done, NULL);
    check_same(once, other, "a fit that goes on elsewhere");
    check(done == EPOCHS && same_bytes(whole, logs, sizeof(whole)), "its logs");
  }
}

static void test_bad_marks(void) {
  graph g;
  fit f;
  const network* net = small(&g, false);
  small_fit(&f);
  trainer* t = fit_trainer(&f, net, drawn(net->n_w, 0.2, 1));
  run_epochs(t, 1, NULL);
  size_t n = trainer_mark(t, NULL);
  double *mark = keep_doubles(n), *after = keep_doubles(n);
  const double bad[] = {-1, 0.5, NAN, INFINITY, 1e300};
  for (int k = 0; k < MARK_ZERO; ++k) {
    for (int i = 0; i < 5; ++i) {
      trainer_mark(t, mark);
      mark[k] = bad[i];
      bool flag = k == MARK_NONFINITE;
      check(flag || !trainer_goto(t, mark), "no count");
    }
  }
  trainer_mark(t, mark);
  mark[MARK_BATCH] = BATCHES;
  check(!trainer_goto(t, mark), "a batch past the last one");
  trainer_mark(t, mark);
  mark[MARK_STOP] = NN_STOP_NONFINITE + 1;
  check(!trainer_goto(t, mark), "no reason to stop");
  trainer_mark(t, mark);
  run_epochs(t, 2, NULL);
  trainer_goto(t, mark);
  trainer_mark(t, after);
  check(same_bytes(mark, after, n * sizeof(double)), "a mark comes back as it was");
}

int main(void) {
  test_pieces();
  test_shuffle();
  test_shuffle_batches();
  test_steps_per_epoch();
  test_round_trips();
  test_nonfinite();
  test_rates();
  test_fed();
  test_fed_evaluation();
  test_marks(true, BATCHES);
  test_marks(true, 3);
  test_marks(false, 3);
  test_bad_marks();
  test_norms(6, 0.1, 1e-5);
  test_norms(2000, 1e-5, 0.25);
  return report();
}
