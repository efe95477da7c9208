#include "layer.h"
#include "vector.h"

/* Codes 0 .. tokens - 1 as indicators. one_hot: each code of the last axis becomes a row of
 * `tokens` numbers, of which one is 1 (an axis of one code goes). multi_hot: the codes of the
 * last axis together become one row, 1 where a code is among them; count: how often it is.
 * Codes that are no token's count for nothing. All derivatives are 0. */

enum { CATEGORY_TOKENS, CATEGORY_MODE };
enum { CATEGORY_ONE_HOT, CATEGORY_MULTI_HOT, CATEGORY_COUNT };

static nn_code category_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  shape s = self->inputs[0];
  int tokens = (int) self->hparams[CATEGORY_TOKENS];
  bool keeps = self->hparams[CATEGORY_MODE] == CATEGORY_ONE_HOT && s.dims[s.rank - 1] > 1;
  if (tokens < 1 || (keeps && s.rank == NN_MAX_RANK)) return NN_BAD_SHAPE;
  if (keeps) s.rank++;
  s.dims[s.rank - 1] = tokens;
  self->output = s;
  return NN_OK;
}

static void category_forward(const layer* self, const frame* f) {
  const shape* in = self->inputs;
  size_t tokens = (size_t) self->hparams[CATEGORY_TOKENS];
  size_t codes = shape_size(in) * (size_t) f->batch;
  bool each = self->hparams[CATEGORY_MODE] == CATEGORY_ONE_HOT;
  size_t in_row = each ? 1 : (size_t) in->dims[in->rank - 1];
  vector_fill(layer_numbers(self, f), 0, f->y);
  for (size_t i = 0; i < codes; ++i) {
    real code = f->x[0][i];
    if (!(code >= 0 && code < (real) tokens)) continue;
    real* to = f->y + i / in_row * tokens + (size_t) code;
    *to = self->hparams[CATEGORY_MODE] == CATEGORY_COUNT ? *to + 1 : 1;
  }
}

static const layer_type category_encoding_layer = {
    "category_encoding", {{"tokens", 1}, {"mode", 1}}, category_shape, category_forward,
    flat_backward,       flat_jvp,
    plain_backward_jvp,
};
