/* Metrics: streaming state, updated batch by batch. The family of means (every loss, the
 * accuracies) gives one value per column and shares one update: total += sum(w v),
 * count += sum(w), result = total / count (0 / 0 is 0). */
#ifndef NN_METRIC_H
#define NN_METRIC_H

#include "loss.h"

typedef struct metric metric;
struct metric {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  int flags;  /* NN_LOSS_CODES */
  void (*value)(const loss_args* a, real* v);  /* the means */
  int n_state;                                 /* doubles; 2 for the means */
  void (*update)(const metric* m, const loss_args* a, const real* weight, real* v, double* state);
  double (*result)(const metric* m, const double* state);
};

/* By name, in the table of metrics. Every loss has a row of its name there. */
NN_PRIVATE const metric* metric_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const metric* metric_at(int i);

#endif
