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

/* A row of E lies scattered over its columns: for all codes a few columns, which stay in the
 * cache, are read at a time. They make one line of y. */
enum { EMBEDDING_COLUMNS = 64 / sizeof(real) };

static void embedding_gather(const layer* self, const frame* f, const real* e, real* y) {
  size_t n = embedding_codes(self, f), out = (size_t) self->hparams[EMBEDDING_OUT];
  size_t by = (size_t) self->hparams[EMBEDDING_IN];
  for (size_t from = 0; from < out; from += EMBEDDING_COLUMNS) {
    size_t to = from + EMBEDDING_COLUMNS < out ? from + EMBEDDING_COLUMNS : out;
    for (size_t j = 0; j < n; ++j) {
      long row = embedding_row(self, f->x[0][j]);
      for (size_t i = from; i < to; ++i) y[j * out + i] = row < 0 ? (real) NAN : e[(size_t) row + i * by];
    }
  }
}

static void embedding_forward(const layer* self, const frame* f) {
  embedding_gather(self, f, f->w, f->y);
}

static void embedding_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                               real* dw) {
  size_t n = embedding_codes(self, f), out = (size_t) self->hparams[EMBEDDING_OUT];
  size_t by = (size_t) self->hparams[EMBEDDING_IN];
  for (size_t from = 0; from < out; from += EMBEDDING_COLUMNS) {
    size_t to = from + EMBEDDING_COLUMNS < out ? from + EMBEDDING_COLUMNS : out;
    for (size_t j = 0; j < n; ++j) {
      long row = embedding_row(self, f->x[0][j]);
      for (size_t i = from; row >= 0 && i < to; ++i) dw[(size_t) row + i * by] += dy[j * out + i];
    }
  }
  if (dx[0]) vector_fill(n, 0, dx[0]);
}

static void embedding_jvp(const layer* self, const frame* f, const real* const* xdot,
                          const real* wdot, real* ydot) {
  (void) xdot;
  embedding_gather(self, f, wdot, ydot);
}

static const layer_type embedding_layer = {
    "embedding",        {{"input_dim", 1}, {"output_dim", 1}},
    embedding_shape,    embedding_forward,
    embedding_backward, embedding_jvp,
    plain_backward_jvp,
};
