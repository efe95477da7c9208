#include "harness.h"

/* Every metric of the table: batches add up to the whole, weights of one change nothing, what
 * weighs nothing does not count, and nothing is written past the state. Values are compared
 * with Keras' by the tests in R. */

enum { COLS = 24, K = 3, MORE = 3 };

typedef struct {
  const metric* metric;
  double h[NN_MAX_HPARAMS + MORE];
  loss_args all;
  real t[COLS * K], y[COLS * K], weight[COLS];
  double whole[K + MORE];
  int n;
} scene;

static void scene_begin(scene* s, const metric* m) {
  bool codes = m->flags & NN_LOSS_CODES, labels = strstr(m->name, "iou") != NULL;
  int n = 0;
  *s = (scene){.metric = m};
  for (; m->hparams[n].name; ++n) s->h[n] = m->hparams[n].start;
  for (int i = 0; m->flags & NN_METRIC_LIST && i < 2 && strcmp(m->name, "auc"); ++i) {
    s->h[n++] = labels ? i : 0.3 + 0.3 * i;
  }
  s->all = (loss_args){.cols = COLS, .k = K, .kt = codes ? 1 : K, .t = s->t, .y = s->y, .h = s->h, .n_h = n};
  for (int i = 0; i < COLS * s->all.kt; ++i) s->t[i] = (real) (codes ? rand() % K : rand() % 2);
  for (int i = 0; i < COLS * K; ++i) s->y[i] = (real) (labels ? rand() % 2 : draw(0.05, 0.95));
  for (int j = 0; j < COLS; ++j) s->weight[j] = (real) draw(0.5, 2);
}

/* Updates with columns from .. to - 1. */
static void scene_add(scene* s, int from, int to, const real* weight, double* state) {
  loss_args part = s->all;
  part.cols = (size_t) (to - from);
  part.t += from * part.kt;
  part.y += from * part.k;
  s->metric->update(s->metric, &part, weight ? weight + from : NULL, keep_reals(part.cols), state);
}

static double* scene_state(const scene* s) {
  size_t n = s->metric->states(&s->all);
  double* state = keep_doubles(n);
  for (size_t i = 0; i < n; ++i) state[i] = 0;
  return state;
}

static void scene_compare(scene* s, const double* state, const char* what) {
  for (int i = 0; i < s->n; ++i) {
    double value = s->metric->result(&s->all, state, i);
    check_near(value, s->whole[i], TOLERANCE(1e-6, 1e-4), s->metric->name);
    if (!(fabs(value - s->whole[i]) < 1e-3)) printf("  %s\n", what);
  }
}

static void check_metric(const metric* m) {
  scene s;
  scene_begin(&s, m);
  bool whole = m->flags & NN_LOSS_WHOLE;
  double *once = scene_state(&s), *parts = scene_state(&s), *ones = scene_state(&s);
  double* dropped = scene_state(&s);
  real one[COLS], none[COLS];
  for (int j = 0; j < COLS; ++j) one[j] = 1, none[j] = j < 9 ? s.weight[j] : 0;
  s.n = metric_results(m, &s.all);
  check(metric_takes(m, s.all.n_h), m->name);
  scene_add(&s, 0, COLS, s.weight, once);
  for (int i = 0; i < s.n; ++i) s.whole[i] = m->result(&s.all, once, i);
  scene_add(&s, 0, 5, s.weight, parts);
  scene_add(&s, 5, COLS, s.weight, parts);
  if (!whole) scene_compare(&s, parts, "batches add up");
  double* plain = scene_state(&s);
  scene_add(&s, 0, COLS, NULL, plain);
  for (int i = 0; i < s.n; ++i) s.whole[i] = m->result(&s.all, plain, i);
  scene_add(&s, 0, COLS, one, ones);
  scene_compare(&s, ones, "weights of one");
  double* few = scene_state(&s);
  scene_add(&s, 0, 9, s.weight, few);
  for (int i = 0; i < s.n; ++i) s.whole[i] = m->result(&s.all, few, i);
  scene_add(&s, 0, COLS, none, dropped);
  if (!whole) scene_compare(&s, dropped, "weights of nothing");
  check(guards_hold(), m->name);
}

/* Of eight numbers, with thresholds between all of them: pairs in the right order. */
static void test_auc(void) {
  real t[] = {0, 0, 1, 1, 1, 0, 1, 0}, y[] = {.1, .4, .35, .8, .5, .5, .9, .95};
  const double h[] = {2001, 0, 0, 0, 0, 0};
  loss_args a = {.cols = 8, .k = 1, .kt = 1, .t = t, .y = y, .h = h, .n_h = 6};
  const metric* auc = metric_find("auc");
  double *state = keep_doubles(auc->states(&a)), pairs = 0;
  for (size_t i = 0; i < auc->states(&a); ++i) state[i] = 0;
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      if (t[i] > t[j]) pairs += y[i] > y[j] ? 1 : y[i] == y[j] ? 0.5 : 0;
    }
  }
  auc->update(auc, &a, NULL, keep_reals(8), state);
  check_near(auc->result(&a, state, 0), pairs / 16, 1e-14, "the area is that of the ranks");
}

/* NaN and numbers outside of 0 to 1 fall into some bucket. */
static void test_wild(void) {
  for (int i = 0; metric_at(i); ++i) {
    scene s;
    scene_begin(&s, metric_at(i));
    s.y[0] = (real) NAN;
    s.y[1] = (real) 1e30;
    s.y[2] = (real) -1e30;
    scene_add(&s, 0, COLS, NULL, scene_state(&s));
    check(guards_hold(), s.metric->name);
  }
}

int main(void) {
  for (int i = 0; metric_at(i); ++i) check_metric(metric_at(i));
  check(!metric_takes(metric_find("auc"), 2) && !metric_takes(metric_find("accuracy"), 1), "hparams");
  test_auc();
  test_wild();
  return report();
}
