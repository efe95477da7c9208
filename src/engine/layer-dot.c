#include "layer.h"
#include "vector.h"

/* Products of two inputs u and v, summed along one axis of each, of n numbers:
 *
 *   y[a, b, c, d] = sum over i of u[a, i, b] v[c, i, d]
 *
 * where a and c run over the axes before the one that is summed, b and d over those after it. */

enum { DOT_AXIS_1, DOT_AXIS_2 };

static int dot_axis(const layer* self, int k) {
  int rank = self->inputs[k].rank;
  double axis = self->hparams[k == 0 ? DOT_AXIS_1 : DOT_AXIS_2];
  int from_first = (int) (axis < 0 ? axis + rank : axis);
  return from_first >= 0 && from_first < rank ? from_first : -1;
}

static bool dot_append(const shape* in, int axis, shape* out) {
  for (int a = 0; a < in->rank; ++a) {
    if (a == axis) continue;
    if (out->rank == NN_MAX_RANK) return false;
    out->dims[out->rank++] = in->dims[a];
  }
  return true;
}

static nn_code dot_shape(layer* self) {
  if (self->n_inputs != 2) return NN_BAD_SPEC;
  int first = dot_axis(self, 0), second = dot_axis(self, 1);
  if (first < 0 || second < 0) return NN_BAD_SHAPE;
  if (self->inputs[0].dims[first] != self->inputs[1].dims[second]) return NN_BAD_SHAPE;
  shape out = {.rank = 0};
  if (!dot_append(self->inputs, first, &out)) return NN_BAD_SHAPE;
  if (!dot_append(self->inputs + 1, second, &out)) return NN_BAD_SHAPE;
  self->output = out.rank ? out : (shape){.rank = 1, .dims = {1}};
  return NN_OK;
}

/* An input as before x n x after. */
typedef struct {
  size_t before, n, after;
} dot_side;

static dot_side dot_side_of(const layer* self, int k) {
  const shape* in = self->inputs + k;
  int axis = dot_axis(self, k);
  dot_side s = {1, (size_t) in->dims[axis], 1};
  for (int a = 0; a < axis; ++a) s.before *= (size_t) in->dims[a];
  for (int a = axis + 1; a < in->rank; ++a) s.after *= (size_t) in->dims[a];
  return s;
}

/* First number of the r-th row along the axis; the others follow, `after` apart. */
static size_t dot_row(const dot_side* s, size_t r) {
  return r / s->after * s->n * s->after + r % s->after;
}

/* y += the products of one sample */
static void dot_add(const dot_side* left, const dot_side* right, const real* u, const real* v,
                    real* y) {
  size_t rows = left->before * left->after, cols = right->before * right->after;
  for (size_t p = 0; p < rows; ++p) {
    for (size_t q = 0; q < cols; ++q) {
      const real *a = u + dot_row(left, p), *b = v + dot_row(right, q);
      double sum = 0;
      for (size_t i = 0; i < left->n; ++i) {
        sum += (double) a[i * left->after] * (double) b[i * right->after];
      }
      y[p * cols + q] += (real) sum;
    }
  }
}

/* du += what dy says of u, in one sample; `step` and `next` are dy's strides for the rows of u
 * and for those of v. */
static void dot_add_back(const dot_side* to, const dot_side* other, size_t step, size_t next,
                         const real* v, const real* dy, real* du) {
  size_t rows = to->before * to->after, cols = other->before * other->after;
  for (size_t p = 0; p < rows; ++p) {
    for (size_t q = 0; q < cols; ++q) {
      const real* b = v + dot_row(other, q);
      real *a = du + dot_row(to, p), d = dy[p * step + q * next];
      for (size_t i = 0; i < to->n; ++i) a[i * to->after] += d * b[i * other->after];
    }
  }
}

static void dot_all(const layer* self, int batch, const real* u, const real* v, real* y) {
  dot_side left = dot_side_of(self, 0), right = dot_side_of(self, 1);
  size_t n = shape_size(self->inputs), m = shape_size(self->inputs + 1);
  size_t size = shape_size(&self->output);
  for (size_t j = 0; j < (size_t) batch; ++j) {
    dot_add(&left, &right, u + j * n, v + j * m, y + j * size);
  }
}

static void dot_forward(const layer* self, const frame* f) {
  vector_fill(layer_numbers(self, f), 0, f->y);
  dot_all(self, f->batch, f->x[0], f->x[1], f->y);
}

/* dx += what dy says of each input where the other one is x */
static void dot_all_back(const layer* self, int batch, const real* const* x, const real* dy,
                         real* const* dx) {
  dot_side sides[] = {dot_side_of(self, 0), dot_side_of(self, 1)};
  size_t size = shape_size(&self->output), cols = sides[1].before * sides[1].after;
  for (int k = 0; k < 2; ++k) {
    size_t n = shape_size(self->inputs + k), m = shape_size(self->inputs + 1 - k);
    if (!dx[k]) continue;
    for (size_t j = 0; j < (size_t) batch; ++j) {
      dot_add_back(sides + k, sides + 1 - k, k == 0 ? cols : 1, k == 0 ? 1 : cols,
                   x[1 - k] + j * m, dy + j * size, dx[k] + j * n);
    }
  }
}

static void dot_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                         real* dw) {
  (void) dw;
  for (int k = 0; k < 2; ++k) {
    if (dx[k]) vector_fill(shape_size(self->inputs + k) * (size_t) f->batch, 0, dx[k]);
  }
  dot_all_back(self, f->batch, f->x, dy, dx);
}

static void dot_jvp(const layer* self, const frame* f, const real* const* xdot, const real* wdot,
                    real* ydot) {
  (void) wdot;
  vector_fill(layer_numbers(self, f), 0, ydot);
  dot_all(self, f->batch, xdot[0], f->x[1], ydot);
  dot_all(self, f->batch, f->x[0], xdot[1], ydot);
}

static NN_COLD void dot_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                     real* const* dxdot, real* dwdot) {
  dot_backward(self, f, t->dydot, dxdot, dwdot);
  dot_all_back(self, f->batch, t->xdot, t->dy, dxdot);
}

static const layer_type dot_layer = {
    "dot",       {{"axis_1", -1}, {"axis_2", -1}}, dot_shape, dot_forward, dot_backward, dot_jvp,
    dot_backward_jvp,
};
