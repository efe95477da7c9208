#include "metric-columns.h"

/* Counts of right and wrong at thresholds: a number is said to be positive where y > threshold,
 * and is so where t is not 0. Each column's numbers weigh what the column does. The thresholds
 * follow the hyperparameters; each has a result. */

enum { COUNT_TP, COUNT_FP, COUNT_TN, COUNT_FN, COUNT_STATES };

/* top_k: only so many largest numbers of a column are said to be positive; class_id: only
 * this number of each column counts; NaN: none. */
enum { COUNT_TOP_K, COUNT_CLASS, COUNT_HPARAMS };

/* Whether fewer than `most` numbers of the column come before number i, by size and place. */
static bool is_among_top(size_t k, const real* y, size_t i, double most) {
  double before = 0;
  for (size_t m = 0; m < k; ++m) before += y[m] > y[i] || (y[m] == y[i] && m < i);
  return before < most;
}

static void counts_add(const loss_args* a, const double* thresholds, size_t i, size_t j,
                       double weight, double* state) {
  const real* y = a->y + j * (size_t) a->k;
  double most = a->h[COUNT_TOP_K];
  bool positive = target_at(a, i, j) != 0;
  bool top = isnan(most) || is_among_top((size_t) a->k, y, i, most);
  for (int s = 0; s < a->n_h - COUNT_HPARAMS; ++s) {
    bool said = top && y[i] > (real) thresholds[s];
    int right = said ? COUNT_TP : COUNT_FN, wrong = said ? COUNT_FP : COUNT_TN;
    state[s * COUNT_STATES + (positive ? right : wrong)] += weight;
  }
}

static void counts_update(const metric* m, const loss_args* a, const real* weight, real* v,
                          double* state) {
  size_t from, to;
  (void) m;
  (void) v;
  class_range(a, a->h[COUNT_CLASS], &from, &to);
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = from; i < to; ++i) {
      counts_add(a, a->h + COUNT_HPARAMS, i, j, column_weight(weight, j), state);
    }
  }
}

static size_t counts_states(const loss_args* a) {
  return (size_t) (a->n_h - COUNT_HPARAMS) * COUNT_STATES;
}

static int counts_results(const loss_args* a) { return a->n_h - COUNT_HPARAMS; }

#define COUNT_RESULT(f, expression)                                              \
  static double f(const loss_args* a, const double* state, int i) {              \
    const double* c = state + (size_t) i * COUNT_STATES;                         \
    (void) a;                                                                    \
    return expression;                                                           \
  }
COUNT_RESULT(tp_result, c[COUNT_TP])
COUNT_RESULT(fp_result, c[COUNT_FP])
COUNT_RESULT(tn_result, c[COUNT_TN])
COUNT_RESULT(fn_result, c[COUNT_FN])
COUNT_RESULT(precision_result, ratio(c[COUNT_TP], c[COUNT_TP] + c[COUNT_FP]))
COUNT_RESULT(recall_result, ratio(c[COUNT_TP], c[COUNT_TP] + c[COUNT_FN]))

/* F-beta: for each class P = TP / (TP + FP), R = TP / (TP + FN), with eps in each divisor,
 * F = (1 + b^2) P R / (b^2 P + R + eps). Without a threshold the largest numbers of a column
 * are positive. Targets may be shares. */

enum { FSCORE_BETA, FSCORE_THRESHOLD, FSCORE_AVERAGE };
enum { FSCORE_NONE, FSCORE_MICRO, FSCORE_MACRO, FSCORE_WEIGHTED };
enum { FSCORE_TP, FSCORE_FP, FSCORE_FN, FSCORE_STATES };

static void fscore_update(const metric* m, const loss_args* a, const real* weight, real* v,
                          double* state) {
  size_t k = (size_t) a->k;
  (void) m;
  (void) v;
  for (size_t j = 0; j < a->cols; ++j) {
    const real* y = a->y + j * k;
    double w = column_weight(weight, j), threshold = a->h[FSCORE_THRESHOLD];
    real most = y[argmax(k, y)];
    for (size_t i = 0; i < k; ++i) {
      bool largest = y[i] >= most && (double) fabs(y[i]) > 1e-9;
      bool said = isnan(threshold) ? largest : y[i] > (real) threshold;
      double t = (double) target_at(a, i, j), *c = state + i * FSCORE_STATES;
      c[FSCORE_TP] += said ? w * t : 0;
      c[FSCORE_FP] += said ? w * (1 - t) : 0;
      c[FSCORE_FN] += said ? 0 : w * t;
    }
  }
}

static double fscore_of(const loss_args* a, const double* c) {
  double eps = 1e-7, b2 = a->h[FSCORE_BETA] * a->h[FSCORE_BETA];
  double precision = c[FSCORE_TP] / (c[FSCORE_TP] + c[FSCORE_FP] + eps);
  double recall = c[FSCORE_TP] / (c[FSCORE_TP] + c[FSCORE_FN] + eps);
  return (1 + b2) * (precision * recall / (b2 * precision + recall + eps));
}

static double fscore_micro(const loss_args* a, const double* state) {
  double all[FSCORE_STATES] = {0};
  for (int i = 0; i < a->k * FSCORE_STATES; ++i) all[i % FSCORE_STATES] += state[i];
  return fscore_of(a, all);
}

/* Support of a class: the weight of its positives. */
static double fscore_weighted(const loss_args* a, const double* state) {
  double sum = 0, support = 0;
  for (int i = 0; i < a->k; ++i) {
    const double* c = state + i * FSCORE_STATES;
    sum += fscore_of(a, c) * (c[FSCORE_TP] + c[FSCORE_FN]);
    support += c[FSCORE_TP] + c[FSCORE_FN];
  }
  return sum / (support + 1e-7);
}

static double fscore_result(const loss_args* a, const double* state, int i) {
  int average = (int) a->h[FSCORE_AVERAGE];
  double sum = 0;
  if (average == FSCORE_NONE) return fscore_of(a, state + i * FSCORE_STATES);
  if (average == FSCORE_MICRO) return fscore_micro(a, state);
  if (average == FSCORE_WEIGHTED) return fscore_weighted(a, state);
  for (int c = 0; c < a->k; ++c) sum += fscore_of(a, state + c * FSCORE_STATES);
  return sum / a->k;
}

static size_t fscore_states(const loss_args* a) { return (size_t) a->k * FSCORE_STATES; }

static int fscore_results(const loss_args* a) {
  return a->h[FSCORE_AVERAGE] == FSCORE_NONE ? a->k : 1;
}

#define COUNT_METRIC(f)                                                            \
  .hparams = {{"top_k", (double) NAN}, {"class_id", (double) NAN}, {NULL, 0}}, .flags = NN_METRIC_LIST, \
  .states = counts_states, .results = counts_results, .result = f, .update = counts_update
#define FSCORE_METRIC                                                             \
  .hparams = {{"beta", 1}, {"threshold", (double) NAN}, {"average", FSCORE_NONE}, {NULL, 0}}, \
  .states = fscore_states, .results = fscore_results, .result = fscore_result,    \
  .update = fscore_update
