/* What a trainer or an objective is made from, read from R's lists and checked to fit together. */
#ifndef KESTREL_R_PLAN_H
#define KESTREL_R_PLAN_H

#include "r-spec.h"

typedef struct {
  const nn_engine* engine;
  nn_network_spec network;
  nn_train_spec train;
  nn_data data, validation;
} plan;

plan plan_read(SEXP spec, SEXP train, SEXP data, SEXP validation);

#endif
