#include "metric.h"

#include "loss-values.h"
#include "metrics-accuracy.c"
#include "metrics-counts.c"
#include "metrics-curve.c"
#include "metrics-overlap.c"
#include "metrics-regression.c"

/* The table of metrics. The means keep two sums, total = sum(w v) and count = sum(w), over
 * all columns since they were set to 0; they alone heed a mask, as in Keras. A loss of the whole batch has one value v, which
 * weighs 1, or sum(w) where there are weights. */

enum { MEAN_TOTAL, MEAN_COUNT, MEAN_STATES };

static void mean_add(double value, double weight, double* state) {
  state[MEAN_TOTAL] += weight * value;
  state[MEAN_COUNT] += weight;
}

static void mean_update(const metric* m, const loss_args* a, const real* weight, real* v,
                        double* state) {
  m->value(a, v);
  for (size_t j = 0; j < a->cols; ++j) {
    mean_add((double) v[j], (double) masked_weight(a, weight, j), state);
  }
}

/* Columns of the ignored class weigh nothing. */
static void kept_update(const metric* m, const loss_args* a, const real* weight, real* v,
                        double* state) {
  m->value(a, v);
  for (size_t j = 0; j < a->cols; ++j) {
    if ((double) a->t[j] == a->h[SCCE_IGNORE]) continue;
    mean_add((double) v[j], (double) masked_weight(a, weight, j), state);
  }
}

static void whole_update(const metric* m, const loss_args* a, const real* weight, real* v,
                         double* state) {
  double sum = 0;
  m->value(a, v);
  for (size_t j = 0; j < a->cols; ++j) sum += (double) masked_weight(a, weight, j);
  mean_add((double) v[0], weight || a->mask ? sum : 1, state);
}

static size_t mean_states(const loss_args* a) {
  (void) a;
  return MEAN_STATES;
}

static double mean_result(const loss_args* a, const double* state, int i) {
  (void) a;
  (void) i;
  return state[MEAN_COUNT] != 0 ? state[MEAN_TOTAL] / state[MEAN_COUNT] : 0;
}

static double root_result(const loss_args* a, const double* state, int i) {
  return sqrt(mean_result(a, state, i));
}

/* The mean of what the caller adds to the sums by himself. */
static void outside_update(const metric* m, const loss_args* a, const real* weight, real* v,
                           double* state) {
  (void) m;
  (void) a;
  (void) weight;
  (void) v;
  (void) state;
}

/* As a metric, 1 is best. */
static void cosine_metric_value(const loss_args* a, real* v) {
  cosine_value(a, v);
  for (size_t j = 0; j < a->cols; ++j) v[j] = -v[j];
}

#define MEAN_OF(f, add) .value = f, .states = mean_states, .update = add, .result = mean_result
#define MEAN_METRIC(f) MEAN_OF(f, mean_update)
#define WHOLE_METRIC(f) .flags = NN_LOSS_WHOLE, MEAN_OF(f, whole_update)

static const metric metrics[] = {
    {.name = "mean_squared_error", MEAN_METRIC(mse_value)},
    {.name = "root_mean_squared_error",
     .value = mse_value,
     .states = mean_states,
     .update = mean_update,
     .result = root_result},
    {.name = "mean_absolute_error", MEAN_METRIC(mae_value)},
    {.name = "mean_absolute_percentage_error", MEAN_METRIC(mape_value)},
    {.name = "mean_squared_logarithmic_error", MEAN_METRIC(msle_value)},
    {.name = "huber", .hparams = NN_HPARAMS_HUBER, MEAN_METRIC(huber_value)},
    {.name = "log_cosh", MEAN_METRIC(log_cosh_value)},
    {.name = "hinge", MEAN_METRIC(hinge_value)},
    {.name = "squared_hinge", MEAN_METRIC(squared_hinge_value)},
    {.name = "categorical_hinge", MEAN_METRIC(categorical_hinge_value)},
    {.name = "kl_divergence", MEAN_METRIC(kld_value)},
    {.name = "poisson", MEAN_METRIC(poisson_value)},
    {.name = "cosine_similarity", MEAN_METRIC(cosine_metric_value)},
    {.name = "binary_crossentropy", .hparams = NN_HPARAMS_BCE, MEAN_METRIC(bce_value)},
    {.name = "categorical_crossentropy", .hparams = NN_HPARAMS_CCE, MEAN_METRIC(cce_value)},
    {.name = "sparse_categorical_crossentropy",
     .hparams = NN_HPARAMS_SCCE,
     .flags = NN_LOSS_CODES,
     MEAN_OF(scce_value, kept_update)},
    {.name = "binary_focal_crossentropy", .hparams = NN_HPARAMS_BFOCAL, MEAN_METRIC(bfocal_value)},
    {.name = "categorical_focal_crossentropy",
     .hparams = NN_HPARAMS_CFOCAL,
     MEAN_METRIC(cfocal_value)},
    {.name = "categorical_generalized_cross_entropy",
     .hparams = NN_HPARAMS_GCE,
     .flags = NN_LOSS_CODES,
     MEAN_METRIC(gce_value)},
    {.name = "dice", WHOLE_METRIC(dice_value)},
    {.name = "tversky", .hparams = NN_HPARAMS_TVERSKY, WHOLE_METRIC(tversky_value)},
    {.name = "accuracy", MEAN_METRIC(accuracy_value)},
    {.name = "binary_accuracy",
     .hparams = {{"threshold", 0.5}, {NULL, 0}},
     MEAN_METRIC(binary_accuracy_value)},
    {.name = "categorical_accuracy", MEAN_METRIC(categorical_accuracy_value)},
    {.name = "sparse_categorical_accuracy",
     .flags = NN_LOSS_CODES,
     MEAN_METRIC(sparse_accuracy_value)},
    {.name = "top_k_categorical_accuracy",
     .hparams = {{"k", 5}, {NULL, 0}},
     MEAN_METRIC(top_k_value)},
    {.name = "sparse_top_k_categorical_accuracy",
     .hparams = {{"k", 5}, {NULL, 0}},
     .flags = NN_LOSS_CODES,
     MEAN_METRIC(sparse_top_k_value)},
    {.name = "true_positives", COUNT_METRIC(tp_result)},
    {.name = "false_positives", COUNT_METRIC(fp_result)},
    {.name = "true_negatives", COUNT_METRIC(tn_result)},
    {.name = "false_negatives", COUNT_METRIC(fn_result)},
    {.name = "precision", COUNT_METRIC(precision_result)},
    {.name = "recall", COUNT_METRIC(recall_result)},
    {.name = "auc",
     .hparams = {{"num_thresholds", 200},
                 {"pr", 0},
                 {"summation", AUC_INTERPOLATE},
                 {"multi_label", 0},
                 {"from_logits", 0},
                 {"label_weights", 0},
                 {NULL, 0}},
     .flags = NN_METRIC_LIST,
     .states = auc_states,
     .result = auc_result,
     .update = auc_update},
    {.name = "sensitivity_at_specificity", REACH_METRIC("specificity", sensitivity_result)},
    {.name = "specificity_at_sensitivity", REACH_METRIC("sensitivity", specificity_result)},
    {.name = "precision_at_recall", REACH_METRIC("recall", precision_at_result)},
    {.name = "recall_at_precision", REACH_METRIC("precision", recall_at_result)},
    {.name = "f1_score", FSCORE_METRIC},
    {.name = "fbeta_score", FSCORE_METRIC},
    {.name = "iou", IOU_METRIC(1)},
    {.name = "binary_iou", IOU_METRIC(1)},
    {.name = "mean_iou", IOU_METRIC(1)},
    {.name = "one_hot_iou", IOU_METRIC(0)},
    {.name = "one_hot_mean_iou", IOU_METRIC(0)},
    {.name = "r2_score",
     .hparams = {{"class_aggregation", R2_UNIFORM}, {"num_regressors", 0}, {NULL, 0}},
     .states = r2_states,
     .results = r2_results,
     .result = r2_result,
     .update = r2_update},
    {.name = "pearson_correlation", MEAN_METRIC(pearson_value)},
    {.name = "concordance_correlation", MEAN_METRIC(concordance_value)},
    {.name = "mean", MEAN_OF(NULL, outside_update)},
};

NN_SHARED const metric* metric_at(int i) {
  int n = (int) (sizeof(metrics) / sizeof(*metrics));
  return i >= 0 && i < n ? metrics + i : NULL;
}

NN_SHARED const metric* metric_find(const char* name) {
  const metric* m;
  for (int i = 0; (m = metric_at(i)) != NULL; ++i) {
    if (strcmp(m->name, name) == 0) return m;
  }
  return NULL;
}

NN_SHARED bool metric_takes(const metric* m, int n_h) {
  int n = 0;
  while (m->hparams[n].name) ++n;
  return n_h == n || (n_h > n && m->flags & NN_METRIC_LIST);
}

NN_SHARED bool metric_add(const metric* m, double total, double count, double* state) {
  if (m->update != outside_update) return false;
  state[MEAN_TOTAL] += total;
  state[MEAN_COUNT] += count;
  return true;
}

NN_SHARED int metric_results(const metric* m, const loss_args* a) {
  return m->results ? m->results(a) : 1;
}
