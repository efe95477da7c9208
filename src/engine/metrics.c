#include "metric.h"

#include "loss-values.h"
#include "metrics-accuracy.c"

/* The table of metrics. The means keep two sums, total = sum(w v) and count = sum(w), over
 * all columns since they were set to 0. A loss of the whole batch has one value v, which
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
    mean_add((double) v[j], weight ? (double) weight[j] : 1, state);
  }
}

/* Columns of the ignored class weigh nothing. */
static void kept_update(const metric* m, const loss_args* a, const real* weight, real* v,
                        double* state) {
  m->value(a, v);
  for (size_t j = 0; j < a->cols; ++j) {
    if ((double) a->t[j] == a->h[SCCE_IGNORE]) continue;
    mean_add((double) v[j], weight ? (double) weight[j] : 1, state);
  }
}

static void whole_update(const metric* m, const loss_args* a, const real* weight, real* v,
                         double* state) {
  double sum = 0;
  m->value(a, v);
  for (size_t j = 0; weight && j < a->cols; ++j) sum += (double) weight[j];
  mean_add((double) v[0], weight ? sum : 1, state);
}

static double mean_result(const metric* m, const double* state) {
  (void) m;
  return state[MEAN_COUNT] != 0 ? state[MEAN_TOTAL] / state[MEAN_COUNT] : 0;
}

static double root_result(const metric* m, const double* state) {
  return sqrt(mean_result(m, state));
}

/* As a metric, 1 is best. */
static void cosine_metric_value(const loss_args* a, real* v) {
  cosine_value(a, v);
  for (size_t j = 0; j < a->cols; ++j) v[j] = -v[j];
}

#define MEAN_METRIC(f) .value = f, .n_state = MEAN_STATES, .update = mean_update, .result = mean_result
#define WHOLE_METRIC(f) \
  .flags = NN_LOSS_WHOLE, .value = f, .n_state = MEAN_STATES, .update = whole_update, \
  .result = mean_result

static const metric metrics[] = {
    {.name = "mean_squared_error", MEAN_METRIC(mse_value)},
    {.name = "root_mean_squared_error",
     .value = mse_value,
     .n_state = MEAN_STATES,
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
     .value = scce_value,
     .n_state = MEAN_STATES,
     .update = kept_update,
     .result = mean_result},
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
};

NN_PRIVATE const metric* metric_at(int i) {
  int n = (int) (sizeof(metrics) / sizeof(*metrics));
  return i >= 0 && i < n ? metrics + i : NULL;
}

NN_PRIVATE const metric* metric_find(const char* name) {
  const metric* m;
  for (int i = 0; (m = metric_at(i)) != NULL; ++i) {
    if (strcmp(m->name, name) == 0) return m;
  }
  return NULL;
}
