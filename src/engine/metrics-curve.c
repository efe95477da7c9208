#include "metric-columns.h"
#include "vector.h"

/* Curves over thresholds: true and false positives at each of T thresholds, from histograms.
 * A number falls into bucket b, from 0 to T, when it is above the first b thresholds; counts
 * at threshold s are those of the buckets above s. State: for each label T + 1 buckets of
 * positives, then T + 1 of negatives.
 *
 * Thresholds i / (T - 1) need no search: b = ceil(y (T - 1)) for y in 0 to 1, as Keras rounds. */

/* Counts at one threshold. */
typedef struct {
  double tp, fp, tn, fn;
} confusion;

/* Sums buckets from above, so that a walk over thresholds from the last to the first sees
 * the counts of each. */
typedef struct {
  const double *positive, *negative;
  int at;
  double tp, fp, all_positive, all_negative;
} curve_walk;

static curve_walk curve_start(const double* state, int thresholds) {
  curve_walk c = {.positive = state, .negative = state + thresholds + 1, .at = thresholds};
  for (int b = 0; b <= thresholds; ++b) {
    c.all_positive += c.positive[b];
    c.all_negative += c.negative[b];
  }
  return c;
}

static confusion curve_next(curve_walk* c) {
  c->tp += c->positive[c->at];
  c->fp += c->negative[c->at--];
  confusion now = {c->tp, c->fp, c->all_negative - c->fp, c->all_positive - c->tp};
  return now;
}

/* `low`: the bucket of 0, which is 1 where the first threshold is below 0. */
static int bucket_even(real y, int thresholds, int low) {
  real inside = y < 0 ? 0 : y > 1 ? 1 : y;
  if (isnan(y)) return 0;
  int b = (int) ceil(inside * (real) (thresholds - 1));
  return b < low ? low : b;
}

static int bucket_search(real y, int n, const double* thresholds) {
  int b = 0;
  while (b < n && y > (real) thresholds[b]) ++b;
  return b;
}

/* Area under the curve. The list holds a weight for each label, then the thresholds where
 * they are not even. With multi_label each label has a curve, and areas are averaged;
 * otherwise all numbers make one curve. */

enum { AUC_THRESHOLDS, AUC_PR, AUC_SUM, AUC_LABELS, AUC_LOGITS, AUC_WEIGHTS, AUC_HPARAMS };
enum { AUC_INTERPOLATE, AUC_MINOR, AUC_MAJOR };

static const double* auc_list(const loss_args* a, int* n) {
  int weights = (int) a->h[AUC_WEIGHTS];
  *n = a->n_h - AUC_HPARAMS - weights;
  return a->h + AUC_HPARAMS + weights;
}

static int auc_bucket(const loss_args* a, real y) {
  int n;
  const double* list = auc_list(a, &n);
  real p = a->h[AUC_LOGITS] > 0 ? sigmoid(y) : y;
  return n ? bucket_search(p, n, list) : bucket_even(p, (int) a->h[AUC_THRESHOLDS], 1);
}

static void auc_update(const metric* m, const loss_args* a, const real* weight, real* v,
                       double* state) {
  size_t k = (size_t) a->k, n = (size_t) a->h[AUC_THRESHOLDS] + 1;
  bool labels = a->h[AUC_LABELS] > 0, weighs = a->h[AUC_WEIGHTS] > 0 && !labels;
  (void) m;
  (void) v;
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = 0; i < k; ++i) {
      double w = column_weight(weight, j) * (weighs ? a->h[AUC_HPARAMS + i] : 1);
      size_t at = (labels ? i : 0) * 2 * n + (target_at(a, i, j) != 0 ? 0 : n);
      state[at + (size_t) auc_bucket(a, a->y[j * k + i])] += w;
    }
  }
}

/* The piece of the area between a threshold and the one after it. */
static double auc_piece(const loss_args* a, confusion from, confusion to) {
  bool pr = a->h[AUC_PR] > 0;
  double recall_from = ratio(from.tp, from.tp + from.fn), recall = ratio(to.tp, to.tp + to.fn);
  double x_from = pr ? recall_from : ratio(from.fp, from.fp + from.tn);
  double x = pr ? recall : ratio(to.fp, to.fp + to.tn);
  double y_from = pr ? ratio(from.tp, from.tp + from.fp) : recall_from;
  double y = pr ? ratio(to.tp, to.tp + to.fp) : recall;
  double sum = a->h[AUC_SUM];
  double height = sum == AUC_MINOR ? fmin(y_from, y) : sum == AUC_MAJOR ? fmax(y_from, y)
                                                                        : (y_from + y) / 2;
  return (x_from - x) * height;
}

/* Precision between two thresholds as Davis and Goadrich (2006) interpolate it: TP grows by
 * `slope` for each number more that is said to be positive. */
static double auc_precision_piece(confusion from, confusion to) {
  double said_from = from.tp + from.fp, said = to.tp + to.fp, grown = from.tp - to.tp;
  double slope = ratio(grown, fmax(said_from - said, 0)), start = to.tp - slope * said;
  double wider = said_from > 0 && said > 0 ? said_from / said : 1;
  return ratio(slope * (grown + start * log(wider)), fmax(to.tp + to.fn, 0));
}

static double auc_of(const loss_args* a, const double* state) {
  int n = (int) a->h[AUC_THRESHOLDS];
  bool by_precision = a->h[AUC_PR] > 0 && a->h[AUC_SUM] == AUC_INTERPOLATE;
  curve_walk walk = curve_start(state, n);
  confusion to = curve_next(&walk);
  double area = 0;
  for (int s = 1; s < n; ++s) {
    confusion from = curve_next(&walk);
    area += by_precision ? auc_precision_piece(from, to) : auc_piece(a, from, to);
    to = from;
  }
  return area;
}

static double auc_result(const loss_args* a, const double* state, int which) {
  size_t n = 2 * ((size_t) a->h[AUC_THRESHOLDS] + 1);
  double sum = 0, weights = 0;
  (void) which;
  if (!(a->h[AUC_LABELS] > 0)) return auc_of(a, state);
  for (int i = 0; i < a->k; ++i) {
    double w = a->h[AUC_WEIGHTS] > 0 ? a->h[AUC_HPARAMS + i] : 1;
    sum += w * auc_of(a, state + (size_t) i * n);
    weights += w;
  }
  return ratio(sum, weights);
}

static size_t auc_states(const loss_args* a) {
  size_t labels = a->h[AUC_LABELS] > 0 ? (size_t) a->k : 1;
  return labels * 2 * ((size_t) a->h[AUC_THRESHOLDS] + 1);
}

/* The best of one rate where another one is as large as asked for; 0 where it never is. */

enum { REACH_VALUE, REACH_THRESHOLDS, REACH_CLASS };

static void reach_update(const metric* m, const loss_args* a, const real* weight, real* v,
                         double* state) {
  int n = (int) a->h[REACH_THRESHOLDS];
  const double middle[] = {0.5};
  size_t from, to;
  (void) m;
  (void) v;
  class_range(a, a->h[REACH_CLASS], &from, &to);
  for (size_t j = 0; j < a->cols; ++j) {
    for (size_t i = from; i < to; ++i) {
      real y = a->y[j * (size_t) a->k + i];
      int b = n == 1 ? bucket_search(y, 1, middle) : bucket_even(y, n, 0);
      state[(target_at(a, i, j) != 0 ? 0 : n + 1) + b] += column_weight(weight, j);
    }
  }
}

typedef double (*confusion_rate)(confusion c);
static double sensitivity_of(confusion c) { return ratio(c.tp, c.tp + c.fn); }
static double specificity_of(confusion c) { return ratio(c.tn, c.tn + c.fp); }
static double precision_of(confusion c) { return ratio(c.tp, c.tp + c.fp); }

static double reach_best(const loss_args* a, const double* state, confusion_rate given,
                         confusion_rate wanted) {
  int n = (int) a->h[REACH_THRESHOLDS];
  curve_walk walk = curve_start(state, n);
  double best = 0;
  for (int s = 0; s < n; ++s) {
    confusion c = curve_next(&walk);
    if (given(c) >= a->h[REACH_VALUE]) best = fmax(best, wanted(c));
  }
  return best;
}

#define REACH_RESULT(f, given, wanted)                                    \
  static double f(const loss_args* a, const double* state, int which) {   \
    (void) which;                                                         \
    return reach_best(a, state, given, wanted);                           \
  }
REACH_RESULT(sensitivity_result, specificity_of, sensitivity_of)
REACH_RESULT(specificity_result, sensitivity_of, specificity_of)
REACH_RESULT(precision_at_result, sensitivity_of, precision_of)
REACH_RESULT(recall_at_result, precision_of, sensitivity_of)

static size_t reach_states(const loss_args* a) {
  return 2 * ((size_t) a->h[REACH_THRESHOLDS] + 1);
}

#define REACH_METRIC(given, f)                                                          \
  .hparams = {{given, 0.5}, {"num_thresholds", 200}, {"class_id", (double) NAN}, {NULL, 0}},     \
  .states = reach_states, .result = f, .update = reach_update
