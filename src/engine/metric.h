/* Metrics: streaming state, updated batch by batch. The family of means (every loss, the
 * accuracies) gives one value per column and shares one update: total += sum(w v),
 * count += sum(w), result = total / count (0 / 0 is 0). The others count and add what they
 * need; a result may be several numbers. */
#ifndef NN_METRIC_H
#define NN_METRIC_H

#include "loss.h"

enum { NN_METRIC_LIST = 4 /* takes numbers behind its hyperparameters, a->n_h in all */ };

typedef struct metric metric;
struct metric {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  int flags;  /* NN_LOSS_CODES, NN_LOSS_WHOLE, NN_METRIC_LIST */
  void (*value)(const loss_args* a, real* v);  /* the means */
  /* Of a, those below see h, n_h and k only. */
  size_t (*states)(const loss_args* a);        /* doubles, 0 at first */
  int (*results)(const loss_args* a);          /* numbers in the result; NULL: 1 */
  double (*result)(const loss_args* a, const double* state, int i);
  /* weight: one per column, or NULL; v: scratch, a number per column */
  void (*update)(const metric* m, const loss_args* a, const real* weight, real* v, double* state);
};

/* By name, in the table of metrics. Every loss has a row of its name there. */
NN_SHARED const metric* metric_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_SHARED const metric* metric_at(int i);
/* Whether so many numbers are the record's hyperparameters (and what follows them). */
NN_SHARED bool metric_takes(const metric* m, int n_h);
/* Adds to the sums of the metric "mean", whose values the caller computes; false: it is another. */
NN_SHARED bool metric_add(const metric* m, double total, double count, double* state);
NN_SHARED int metric_results(const metric* m, const loss_args* a);

#endif
