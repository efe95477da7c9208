#include "dataset.h"

#include "parallel.h"
#include "vector.h"

/* Batches out of a set of samples: copied from the columns that were imported, or from R's
 * array where it was not. */

#include "dataset-import.c"

typedef struct {
  const column_set* set;
  const int* rows;
  real* to;
} columns_pass;

static void columns_part(void* data, size_t from, size_t to) {
  const columns_pass* p = data;
  size_t size = p->set->size;
  for (size_t j = from; j < to; ++j) {
    vector_copy(size, p->set->values + (size_t) p->rows[j] * size, p->to + j * size);
  }
}

/* Numbers copied that are worth a thread. */
enum { COLUMNS_GRAIN = 1 << 16 };

NN_PRIVATE void columns_gather(const column_set* set, int threads, const int* rows, int n, real* to) {
  if (!set->values) {
    array_gather(&set->source, threads, rows, n, to);
    return;
  }
  columns_pass p = {.set = set, .rows = rows, .to = to};
  parallel_for(threads, (size_t) n, 1, COLUMNS_GRAIN / (set->size + 1) + 1, columns_part, &p);
}
