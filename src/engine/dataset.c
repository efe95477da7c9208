#include "dataset.h"

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

NN_PRIVATE void columns_gather(const column_set* set, const int* rows, int n, real* to) {
  for (int j = 0; j < n; ++j) {
    vector_copy(set->size, set->values + (size_t) rows[j] * set->size, to + (size_t) j * set->size);
  }
}
