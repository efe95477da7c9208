#include "layer.h"
#include "vector.h"

/* What layer files share, and the table of layers. */

NN_PRIVATE size_t shape_size(const shape* s) {
  size_t size = 1;
  for (int a = 0; a < s->rank; ++a) size *= (size_t) s->dims[a];
  return size;
}

static bool axis_is_kept(int kept, int axis) { return kept >> (axis + 1) & 1; }

NN_PRIVATE size_t shape_offset_along(const shape* s, int kept, size_t f) {
  size_t offset = 0;
  for (int axis = s->rank - 1; axis >= 0; --axis) {
    size_t d = (size_t) s->dims[axis], index = f % d, below = 1;
    for (int a = 0; a < axis; ++a) below *= axis_is_kept(kept, a) ? (size_t) s->dims[a] : 1;
    if (axis_is_kept(kept, axis)) offset += index * below;
    f /= d;
  }
  return offset;
}

NN_PRIVATE size_t shape_offset(const shape* s, size_t f) { return shape_offset_along(s, ~0, f); }

NN_PRIVATE slot* layer_add_slot(layer* self, const char* name, int rank, const int* dims,
                                bool is_state) {
  slot* s = self->slots + self->n_slots++;
  size_t* total = is_state ? &self->n_state : &self->n_w;
  *s = (slot){.name = name, .rank = rank, .n = 1, .at = *total, .is_state = is_state};
  for (int a = 0; a < rank; ++a) {
    s->dims[a] = dims[a];
    s->n *= (size_t) dims[a];
  }
  *total += s->n;
  return s;
}

NN_PRIVATE span layer_axes(const layer* self, int batch, int first, int last) {
  const shape* in = self->inputs;
  span s = {.n = shape_size(in) * (size_t) batch, .k = 1, .inner = 1};
  for (int a = first; a <= last; ++a) s.k *= (size_t) in->dims[a];
  for (int a = last + 1; a < in->rank; ++a) s.inner *= (size_t) in->dims[a];
  return s;
}

NN_PRIVATE int layer_axis(const layer* self, double axis) {
  int rank = self->inputs[0].rank;
  int from_first = (int) (axis < 0 ? axis + rank : axis);
  return from_first >= 0 && from_first < rank ? from_first : -1;
}

NN_PRIVATE size_t layer_numbers(const layer* self, const frame* f) {
  return shape_size(&self->output) * (size_t) f->batch;
}

NN_PRIVATE nn_code same_shape(layer* self) {
  if (self->n_inputs != 1) return NN_BAD_SPEC;
  self->output = self->inputs[0];
  return NN_OK;
}

NN_PRIVATE void same_forward(const layer* self, const frame* f) {
  vector_copy(layer_numbers(self, f), f->x[0], f->y);
}

NN_PRIVATE void same_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                              real* dw) {
  (void) dw;
  if (dx[0]) vector_copy(layer_numbers(self, f), dy, dx[0]);
}

NN_PRIVATE void same_jvp(const layer* self, const frame* f, const real* const* xdot,
                         const real* wdot, real* ydot) {
  (void) wdot;
  vector_copy(layer_numbers(self, f), xdot[0], ydot);
}

NN_PRIVATE void plain_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                    real* const* dxdot, real* dwdot) {
  self->type->backward(self, f, t->dydot, dxdot, dwdot);
}

NN_PRIVATE void flat_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                          real* dw) {
  (void) dy, (void) dw;
  if (dx[0]) vector_fill(shape_size(self->inputs) * (size_t) f->batch, 0, dx[0]);
}

NN_PRIVATE void flat_jvp(const layer* self, const frame* f, const real* const* xdot, const real* wdot,
                     real* ydot) {
  (void) xdot, (void) wdot;
  vector_fill(layer_numbers(self, f), 0, ydot);
}

#include "layer-activation.c"
#include "layer-batch-normalization.c"
#include "layer-concatenate.c"
#include "layer-dense.c"
#include "layer-dot.c"
#include "layer-discretization.c"
#include "layer-category-encoding.c"
#include "layer-dropout.c"
#include "layer-alpha-dropout.c"
#include "layer-embedding.c"
#include "layer-flatten.c"
#include "layer-gaussian-dropout.c"
#include "layer-gaussian-noise.c"
#include "layer-group-normalization.c"
#include "layer-layer-normalization.c"
#include "layer-mask.c"
#include "layer-merge.c"
#include "layer-normalization.c"
#include "layer-outside.c"
#include "layer-parametric-relu.c"
#include "layer-permute.c"
#include "layer-pooling-1d.c"
#include "layer-repeat-vector.c"
#include "layer-rescaling.c"
#include "layer-reshape.c"
#include "layer-rms-normalization.c"
#include "layer-window-1d.c"

static const layer_type* const layer_types[] = {
    &activation_layer,
    &add_layer,
    &average_layer,
    &batch_normalization_layer,
    &concatenate_layer,
    &dense_layer,
    &dot_layer,
    &alpha_dropout_layer,
    &category_encoding_layer,
    &discretization_layer,
    &dropout_layer,
    &embedding_layer,
    &flatten_layer,
    &gaussian_dropout_layer,
    &gaussian_noise_layer,
    &group_normalization_layer,
    &layer_normalization_layer,
    &mask_layer,
    &maximum_layer,
    &minimum_layer,
    &multiply_layer,
    &reshape_layer,
    &subtract_layer,
    &normalization_layer,
    &outside_layer,
    &parametric_relu_layer,
    &permute_layer,
    &pooling_1d_layer,
    &repeat_vector_layer,
    &rescaling_layer,
    &rms_normalization_layer,
    &weight_layer,
    &window_1d_layer,
};

NN_PRIVATE const layer_type* layer_at(int i) {
  int n = (int) (sizeof(layer_types) / sizeof(*layer_types));
  return i >= 0 && i < n ? layer_types[i] : NULL;
}

NN_PRIVATE const layer_type* layer_find(const char* name) {
  for (int i = 0; layer_at(i); ++i) {
    if (strcmp(name, layer_at(i)->name) == 0) return layer_at(i);
  }
  return NULL;
}
