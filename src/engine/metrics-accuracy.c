#include "metric-columns.h"

/* Accuracies: 1 for a column that is right, 0 for one that is wrong, or the share of its
 * numbers that are. */

/* mean_i (t_i == y_i) */
static void accuracy_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    int right = 0;
    for (size_t i = 0; i < k; ++i) right += target_at(a, i, j) == a->y[j * k + i];
    v[j] = (real) right / (real) k;
  }
}

/* mean_i (t_i == (y_i > threshold)) */
static void binary_accuracy_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k;
  real threshold = (real) a->h[0];
  for (size_t j = 0; j < a->cols; ++j) {
    int right = 0;
    for (size_t i = 0; i < k; ++i) {
      real said = a->y[j * k + i] > threshold;
      right += target_at(a, i, j) == said;
    }
    v[j] = (real) right / (real) k;
  }
}

static void categorical_accuracy_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  for (size_t j = 0; j < a->cols; ++j) v[j] = argmax(kt, a->t + j * kt) == argmax(k, a->y + j * k);
}

static void sparse_accuracy_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) v[j] = a->t[j] == (real) argmax(k, a->y + j * k);
}

/* Whether fewer than `most` classes beat class c; what ties with it does not. */
static bool class_among(size_t k, const real* y, size_t c, double most) {
  double better = 0;
  if (c >= k || isnan(y[c])) return false;
  for (size_t i = 0; i < k; ++i) better += y[i] > y[c];
  return better < most;
}

static void top_k_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k, kt = (size_t) a->kt;
  for (size_t j = 0; j < a->cols; ++j) {
    v[j] = class_among(k, a->y + j * k, argmax(kt, a->t + j * kt), a->h[0]);
  }
}

static void sparse_top_k_value(const loss_args* a, real* v) {
  size_t k = (size_t) a->k;
  for (size_t j = 0; j < a->cols; ++j) {
    real t = a->t[j];
    size_t c = t >= 0 && t < (real) k ? (size_t) t : k;
    v[j] = class_among(k, a->y + j * k, c, a->h[0]);
  }
}
