/* What the families of metrics share. */
#ifndef NN_METRIC_COLUMNS_H
#define NN_METRIC_COLUMNS_H

#include "loss-columns.h"
#include "metric.h"

/* The largest of several equal numbers is the first of them. */
static inline size_t argmax(size_t n, const real* x) {
  size_t at = 0;
  for (size_t i = 1; i < n; ++i) {
    if (x[i] > x[at]) at = i;
  }
  return at;
}

static inline double column_weight(const real* weight, size_t j) {
  return weight ? (double) weight[j] : 1;
}

static inline double ratio(double part, double whole) { return whole != 0 ? part / whole : 0; }

/* The numbers of a column that count: all (class_id NaN), or those of one class. */
static inline void class_range(const loss_args* a, double class_id, size_t* from, size_t* to) {
  bool all = isnan(class_id) || class_id >= a->k;
  *from = all ? 0 : (size_t) class_id;
  *to = all ? (size_t) a->k : *from + 1;
}

#endif
