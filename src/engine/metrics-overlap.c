#include "metric-columns.h"

/* Intersection over union from a confusion matrix of C classes, C c + d: predicted d where c
 * is true: IoU = TP / (TP + FP + FN + eps), the mean over those classes of the list behind
 * the hyperparameters that occur. Codes are taken as they are, above a threshold as 1, or, for
 * one-hot targets and scores, as the place of the largest number.
 *
 * Keras does this in single precision, whatever the model's, and so the numbers here are
 * floats, in the order of its sums: a second matrix in the state is that of the batch. */

enum { IOU_CLASSES, IOU_IGNORE, IOU_CODES_TRUE, IOU_CODES_SAID, IOU_THRESHOLD, IOU_HPARAMS };

static double iou_code(const loss_args* a, real y) {
  double threshold = a->h[IOU_THRESHOLD];
  return isnan(threshold) ? (double) y : (float) y >= (float) threshold;
}

static void iou_add(const loss_args* a, double truth, double said, double weight, double* batch) {
  double n = a->h[IOU_CLASSES];
  bool inside = truth > -1 && truth < n && said > -1 && said < n;
  if (!inside || truth == a->h[IOU_IGNORE]) return;
  double* cell = batch + (size_t) truth * (size_t) n + (size_t) said;
  *cell = (double) ((float) *cell + (float) weight);
}

static void iou_update(const metric* m, const loss_args* a, const real* weight, real* v,
                       double* state) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  size_t cells = (size_t) a->h[IOU_CLASSES] * (size_t) a->h[IOU_CLASSES];
  bool codes = a->h[IOU_CODES_SAID] > 0, codes_true = a->h[IOU_CODES_TRUE] > 0;
  double* batch = state + cells;
  (void) m;
  (void) v;
  for (size_t i = 0; i < cells; ++i) batch[i] = 0;
  for (size_t j = 0; j < a->cols; ++j) {
    const real *t = a->t + j * kt, *y = a->y + j * k;
    for (size_t i = 0; i < (codes ? k : 1); ++i) {
      double said = codes ? iou_code(a, y[i]) : (double) argmax(k, y);
      double truth = codes_true ? (double) t[kt > 1 ? i : 0] : (double) argmax(kt, t);
      iou_add(a, truth, said, column_weight(weight, j), batch);
    }
  }
  for (size_t i = 0; i < cells; ++i) state[i] = (double) ((float) state[i] + (float) batch[i]);
}

static double iou_result(const loss_args* a, const double* state, int which) {
  int n = (int) a->h[IOU_CLASSES];
  float sum = 0, occur = 0;
  (void) which;
  for (int s = IOU_HPARAMS; s < a->n_h; ++s) {
    int c = (int) a->h[s];
    float both = (float) state[c * n + c], said = 0, truth = 0;
    for (int d = 0; d < n; ++d) {
      said += (float) state[d * n + c];
      truth += (float) state[c * n + d];
    }
    float either = said + truth - both;
    occur += either > 1e-9f ? 1 : 0;
    sum += both / (either + 1e-7f);
  }
  return (double) (sum / (occur + 1e-7f));
}

static size_t iou_states(const loss_args* a) {
  return 2 * (size_t) a->h[IOU_CLASSES] * (size_t) a->h[IOU_CLASSES];
}

#define IOU_METRIC(codes)                                                         \
  .hparams = {{"num_classes", 2}, {"ignore_class", (double) NAN}, {"sparse_y_true", codes}, \
              {"sparse_y_pred", codes}, {"threshold", (double) NAN}, {NULL, 0}},           \
  .flags = NN_METRIC_LIST, .states = iou_states, .result = iou_result, .update = iou_update
