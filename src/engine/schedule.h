/* Learning rates as functions of the step, counted from 0 in batches. */
#ifndef NN_SCHEDULE_H
#define NN_SCHEDULE_H

#include "real.h"

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  /* h: n numbers. For piecewise_constant_decay m boundaries and m + 1 values, n = 2 m + 1. */
  double (*value)(const double* h, int n, double step);
} schedule;

NN_SHARED const schedule* schedule_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_SHARED const schedule* schedule_at(int i);

#endif
