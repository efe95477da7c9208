#include "layer.h"
#include "vector.h"

/* y = row x of the embeddings E (input_dim x output_dim), for each number x of a sample, which
 * is a code from 0 on. A code that no row has (the caller keeps them out) gives NaN.
 *
 *   dE[x, ] += dy,  dx = 0,  ydot = Edot[x, ] */

enum { EMBEDDING_IN, EMBEDDING_OUT };

static nn_code embedding_shape(layer* self) {
  const shape* in = self->inputs;
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  int dims[2] = {(int) self->hparams[EMBEDDING_IN], (int) self->hparams[EMBEDDING_OUT]};
  if (in->rank >= NN_MAX_RANK || dims[0] < 1 || dims[1] < 1) return NN_BAD_SHAPE;
  self->output = *in;
  self->output.dims[self->output.rank++] = dims[1];
  layer_add_slot(self, "embeddings", 2, dims, false);
  return NN_OK;
}

static size_t embedding_codes(const layer* self, const frame* f) {
  return shape_size(self->inputs) * (size_t) f->batch;
}

/* Row of E for this code; -1: there is none. */
static long embedding_row(const layer* self, real code) {
  return code >= 0 && code < (real) self->hparams[EMBEDDING_IN] ? (long) code : -1;
}

/* Columns from .. to - 1 of a row of E, or of the gradient by it, and the line of y that they make. */
typedef struct {
  long row;
  size_t by, from, to;
} embedding_span;

static inline void span_read(embedding_span s, const real* e, real* y) {
  for (size_t i = s.from; i < s.to; ++i) y[i] = s.row < 0 ? (real) NAN : e[(size_t) s.row + i * s.by];
}

static inline void span_add(embedding_span s, const real* dy, real* de) {
  for (size_t i = s.from; s.row >= 0 && i < s.to; ++i) de[(size_t) s.row + i * s.by] += dy[i];
}

/* A row of E lies scattered over its columns: for all codes a few columns, which stay in the cache,
 * are read at a time. From e into y or, where there is `de`, from dy into it. */
enum { EMBEDDING_COLUMNS = 64 / sizeof(real) };

static void embedding_pass(const layer* self, const frame* f, const real* e, real* y,
                           const real* dy, real* de) {
  size_t n = embedding_codes(self, f), out = (size_t) self->hparams[EMBEDDING_OUT];
  embedding_span s = {.by = (size_t) self->hparams[EMBEDDING_IN]};
  for (; s.from < out; s.from = s.to) {
    s.to = s.from + EMBEDDING_COLUMNS < out ? s.from + EMBEDDING_COLUMNS : out;
    for (size_t j = 0; j < n; ++j) {
      s.row = embedding_row(self, f->x[0][j]);
      if (de) span_add(s, dy + j * out, de);
      else span_read(s, e, y + j * out);
    }
  }
}

static void embedding_forward(const layer* self, const frame* f) {
  embedding_pass(self, f, f->w, f->y, NULL, NULL);
}

static void embedding_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                               real* dw) {
  embedding_pass(self, f, NULL, NULL, dy, dw);
  if (dx[0]) vector_fill(embedding_codes(self, f), 0, dx[0]);
}

static void embedding_jvp(const layer* self, const frame* f, const real* const* xdot,
                          const real* wdot, real* ydot) {
  (void) xdot;
  embedding_pass(self, f, wdot, ydot, NULL, NULL);
}

static const layer_type embedding_layer = {
    "embedding",        {{"input_dim", 1}, {"output_dim", 1}},
    embedding_shape,    embedding_forward,
    embedding_backward, embedding_jvp,
    plain_backward_jvp,
};
