#include "dataset.h"

#include "parallel.h"
#include "vector.h"

/* R stores an array of samples with the sample running fastest: number f of sample j, f in
 * row-major order of (d1, d2, ...), stands at j + n_total * (i1 + d1 * (i2 + d2 * ...)). */

/* Samples are taken in tiles, so that a cache line of R's column and the lines of the
 * columns written to are both used up before they are left. */
enum { TILE = 16 };

static void tile_import(const nn_array* from, size_t size, int start, int count, real* to) {
  for (size_t f = 0; f < size; ++f) {
    size_t column = from->shape.rank > 1 ? shape_offset(&from->shape, f) : f;
    size_t at = column * (size_t) from->n_total + (size_t) from->from + (size_t) start;
    real* out = to + (size_t) start * size + f;
    const double* d = (const double*) from->values + at;
    const int* i = (const int*) from->values + at;
    for (int j = 0; j < count; ++j) {
      out[(size_t) j * size] = from->type == NN_DOUBLE ? (real) d[j] : (real) i[j];
    }
  }
}

NN_PRIVATE void array_import(const nn_array* from, real* to) {
  size_t size = shape_size(&from->shape);
  for (int start = 0; start < from->n; start += TILE) {
    int left = from->n - start;
    tile_import(from, size, start, left < TILE ? left : TILE, to);
  }
}

NN_PRIVATE void array_export(const shape* s, const real* values, int n_total, int from, int n,
                             double* to) {
  size_t size = shape_size(s);
  for (size_t f = 0; f < size; ++f) {
    size_t column = s->rank > 1 ? shape_offset(s, f) : f;
    double* out = to + column * (size_t) n_total + (size_t) from;
    for (size_t j = 0; j < (size_t) n; ++j) out[j] = (double) values[j * size + f];
  }
}

typedef struct {
  const column_set* set;
  const int* rows;
  real* to;
} gather_pass;

static void gather_part(void* data, size_t from, size_t to) {
  const gather_pass* p = data;
  size_t size = p->set->size;
  for (size_t j = from; j < to; ++j) {
    vector_copy(size, p->set->values + (size_t) p->rows[j] * size, p->to + j * size);
  }
}

/* Numbers copied that are worth a thread. */
enum { GATHER_GRAIN = 1 << 16 };

NN_PRIVATE void columns_gather(const column_set* set, int threads, const int* rows, int n, real* to) {
  gather_pass p = {.set = set, .rows = rows, .to = to};
  parallel_for(threads, (size_t) n, 1, GATHER_GRAIN / (set->size + 1) + 1, gather_part, &p);
}
