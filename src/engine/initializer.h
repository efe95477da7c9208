/* Initial values of parameters. Slow paths: they run once, in double arithmetic. */
#ifndef NN_INITIALIZER_H
#define NN_INITIALIZER_H

#include "real.h"
#include "rng.h"

/* dims: Keras' shape of the tensor, rank of them; w is column-major over these dims
 * (R's order). fan_in and fan_out follow from dims (keras-semantics: rank 0, 1, 2, more). */
typedef struct {
  int rank;
  const int* dims;
  size_t n;
  double fan_in, fan_out;
  const double* h;
} initializer_args;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  void (*draw)(const initializer_args* a, rng* r, double* w);
} initializer;

NN_SHARED const initializer* initializer_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_SHARED const initializer* initializer_at(int i);

#endif
