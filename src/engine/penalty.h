/* Penalties (regularizers) and constraints on spans of parameters. */
#ifndef NN_PENALTY_H
#define NN_PENALTY_H

#include "real.h"

/* A tensor of parameters: column-major over dims. */
typedef struct {
  int rank;
  int dims[NN_MAX_RANK];
  size_t n;
} tensor;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  double (*value)(const tensor* t, const double* h, const real* w);
  /* g += scale dvalue/dw */
  void (*grad)(const tensor* t, const double* h, real scale, const real* w, real* g);
  /* gdot += scale d2value/dw2 wdot, the tangent of grad; at a kink as if there were none */
  void (*hessian)(const tensor* t, const double* h, real scale, const real* w, const real* wdot,
                  real* gdot);
} penalty;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  /* axes: bit a is set when the norm runs over axis a (0-based); NN_MAX_RANK bits */
  void (*apply)(const tensor* t, const double* h, int axes, real* w);
} constraint;

NN_PRIVATE const penalty* penalty_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const penalty* penalty_at(int i);
NN_PRIVATE const constraint* constraint_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const constraint* constraint_at(int i);

#endif
