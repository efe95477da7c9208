/* Samples as columns: imported once from R's order (the sample runs fastest) with
 * conversion, then gathered batch by batch; or gathered straight from R's array. */
#ifndef NN_DATASET_H
#define NN_DATASET_H

#include "arena.h"
#include "layer.h"

typedef struct {
  int n;
  size_t size;   /* numbers in a sample */
  real* values;  /* size x n; or NULL: they are in `source` */
  nn_array source;
} column_set;

NN_PRIVATE void array_import(const nn_array* from, int threads, real* to);
/* Samples `rows` of the array, n of them, as columns. */
NN_PRIVATE void array_gather(const nn_array* from, int threads, const int* rows, int n, real* to);
/* back to R's order: rows from .. from + n - 1 of an array of n_total samples */
NN_PRIVATE void array_export(const shape* s, const real* values, int n_total, int from, int n,
                             double* to);
NN_PRIVATE void columns_gather(const column_set* set, int threads, const int* rows, int n, real* to);

#endif
