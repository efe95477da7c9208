#include "dataset.h"
#include "parallel.h"
#include "simd.h"

/* Between R's order and the engine's. R stores an array of samples with the sample running
 * fastest: number f of sample j, f in row-major order of (d1, d2, ...), stands at
 * j + n_total * (i1 + d1 * (i2 + d2 * ...)). Here the numbers of a sample stand together.
 *
 * BLOCK samples at a time are turned in strips of STRIP numbers each: a strip fills whole
 * cache lines on the side that is written, a block uses whole ones on the side that is read,
 * one after the other, and both together stay near. */

enum { BLOCK = 128, STRIP = 16 };

typedef double double_four __attribute__((vector_size(32), aligned(8), may_alias));
typedef int int_four __attribute__((vector_size(16), aligned(4), may_alias));
#define FOUR_FROM(four, p) __builtin_convertvector(*(const four*) (p), vec_four)

/* Where the columns f .. f + n - 1 of an array begin, and the row `row` in them. */
static size_t strip_begin(const nn_array* from, size_t f, size_t size, size_t row, size_t* at) {
  size_t n = size - f < STRIP ? size - f : STRIP;
  for (size_t i = 0; i < n; ++i) {
    size_t column = from->shape.rank > 1 ? shape_offset(&from->shape, f + i) : f + i;
    at[i] = column * (size_t) from->n_total + (size_t) from->from + row;
  }
  return n;
}

/* `rows` samples, n numbers of each, in squares of four by four, and what is left of them. */
#define STRIP_TURN(name, number, four)                                                        \
  static void name(const number* values, const size_t* at, size_t n, size_t rows, real* to,   \
                   size_t size) {                                                             \
    for (size_t j = 0; j < rows; j += 4) {                                                    \
      size_t f = 0, most = rows - j < 4 ? rows - j : 4;                                       \
      real* out = to + j * size;                                                              \
      for (; most == 4 && f + 4 <= n; f += 4) {                                               \
        vec_four a = FOUR_FROM(four, values + at[f] + j);                                     \
        vec_four b = FOUR_FROM(four, values + at[f + 1] + j);                                 \
        vec_four c = FOUR_FROM(four, values + at[f + 2] + j);                                 \
        vec_four d = FOUR_FROM(four, values + at[f + 3] + j);                                 \
        FOURS_TURN(a, b, c, d, out + f, size);                                                \
      }                                                                                       \
      for (; f < n; ++f) {                                                                    \
        for (size_t r = 0; r < most; ++r) out[r * size + f] = (real) values[at[f] + j + r];   \
      }                                                                                       \
    }                                                                                         \
  }

STRIP_TURN(strip_turn_doubles, double, double_four)
STRIP_TURN(strip_turn_ints, int, int_four)

typedef struct {
  const nn_array* from;
  const int* rows; /* of the array's samples; NULL: all */
  size_t n, size;
  real* to;
} import_pass;

/* Samples from .. to - 1. */
static void import_part(void* data, size_t first, size_t last) {
  const import_pass* p = data;
  size_t at[STRIP];
  for (size_t j = first; j < last; j += BLOCK) {
    size_t rows = last - j < BLOCK ? last - j : BLOCK;
    for (size_t f = 0; f < p->size; f += STRIP) {
      size_t n = strip_begin(p->from, f, p->size, j, at);
      real* to = p->to + j * p->size + f;
      if (p->from->type == NN_DOUBLE) {
        strip_turn_doubles(p->from->values, at, n, rows, to, p->size);
      } else {
        strip_turn_ints(p->from->values, at, n, rows, to, p->size);
      }
    }
  }
}

/* Numbers moved that are worth a thread. */
enum { IMPORT_GRAIN = 1 << 15 };

NN_PRIVATE void array_import(const nn_array* from, int threads, real* to) {
  import_pass p = {.from = from, .size = shape_size(&from->shape), .to = to};
  parallel_for(threads, (size_t) from->n, BLOCK, IMPORT_GRAIN / (p.size + 1) + 1, import_part, &p);
}

/* Numbers first .. last - 1 of each sample, a strip of them at a time: a column is gone
 * through for all samples before the next one, which is far away. */
static void gather_part(void* data, size_t first, size_t last) {
  const import_pass* p = data;
  size_t at[STRIP];
  const double* d = p->from->values;
  const int* i = p->from->values;
  for (size_t f = first; f < last; f += STRIP) {
    size_t n = strip_begin(p->from, f, last, 0, at);
    for (size_t q = 0; q < n; ++q) {
      real* to = p->to + f + q;
      for (size_t j = 0; j < p->n; ++j) {
        size_t place = at[q] + (size_t) p->rows[j];
        to[j * p->size] = p->from->type == NN_DOUBLE ? (real) d[place] : (real) i[place];
      }
    }
  }
}

NN_PRIVATE void array_gather(const nn_array* from, int threads, const int* rows, int n, real* to) {
  import_pass p = {.from = from, .rows = rows, .size = shape_size(&from->shape), .to = to};
  p.n = (size_t) n;
  parallel_for(threads, p.size, STRIP, IMPORT_GRAIN / (p.n + 1) + 1, gather_part, &p);
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
