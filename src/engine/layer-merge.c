#include "layer.h"
#include "vector.h"

/* Several inputs become one, number by number. Where ranks differ, the shorter shape is taken
 * to begin with 1s; an axis of size 1 is repeated to the size that the others have.
 *
 *   add, subtract, average   y = sum of c_k x_k
 *   multiply                 y = product of x_k
 *   maximum, minimum         y = the largest or least, whose gradient goes to the first of them */

static const int* merge_axis(const shape* s, int axis, int rank) {
  static const int one = 1;
  int a = axis - (rank - s->rank);
  return a < 0 ? &one : s->dims + a;
}

static nn_code merge_shape(layer* self) {
  shape out = {.rank = 0};
  for (int k = 0; k < self->n_inputs; ++k) {
    if (self->inputs[k].rank > out.rank) out.rank = self->inputs[k].rank;
  }
  for (int a = 0; a < out.rank; ++a) {
    out.dims[a] = 1;
    for (int k = 0; k < self->n_inputs; ++k) {
      int d = *merge_axis(self->inputs + k, a, out.rank);
      if (d != 1 && out.dims[a] != 1 && d != out.dims[a]) return NN_BAD_SHAPE;
      if (d != 1) out.dims[a] = d;
    }
  }
  self->output = out;
  return NN_OK;
}

static nn_code pair_shape(layer* self) {
  return self->n_inputs == 2 ? merge_shape(self) : NN_BAD_SPEC;
}

/* Where number i of a sample of the output comes from in a sample of input k. */
static size_t merge_offset(const layer* self, int k, size_t i) {
  const shape *out = &self->output, *in = self->inputs + k;
  size_t offset = 0, below = 1;
  for (int a = out->rank - 1; a >= 0; --a) {
    size_t d = (size_t) *merge_axis(in, a, out->rank);
    if (d > 1) offset += i % (size_t) out->dims[a] * below;
    below *= d;
    i /= (size_t) out->dims[a];
  }
  return offset;
}

static bool merge_is_whole(const layer* self, int k) {
  return shape_size(self->inputs + k) == shape_size(&self->output);
}

/* y += c x, where x belongs to input k */
static void spread_add(const layer* self, int k, int batch, real c, const real* x, real* y) {
  size_t in = shape_size(self->inputs + k), out = shape_size(&self->output);
  if (merge_is_whole(self, k)) {
    vector_axpy(out * (size_t) batch, c, x, y);
    return;
  }
  for (size_t j = 0; j < (size_t) batch; ++j) {
    for (size_t i = 0; i < out; ++i) y[j * out + i] += c * x[j * in + merge_offset(self, k, i)];
  }
}

/* dx = c times the sum of dy over what was repeated */
static void spread_sum(const layer* self, int k, int batch, real c, const real* dy, real* dx) {
  size_t in = shape_size(self->inputs + k), out = shape_size(&self->output);
  vector_fill(in * (size_t) batch, 0, dx);
  if (merge_is_whole(self, k)) {
    vector_axpy(out * (size_t) batch, c, dy, dx);
    return;
  }
  for (size_t j = 0; j < (size_t) batch; ++j) {
    for (size_t i = 0; i < out; ++i) dx[j * in + merge_offset(self, k, i)] += c * dy[j * out + i];
  }
}

static real sum_factor(const layer* self, int k) {
  if (strcmp(self->type->name, "subtract") == 0) return k == 0 ? 1 : -1;
  return strcmp(self->type->name, "average") == 0 ? 1 / (real) self->n_inputs : 1;
}

static void sum_of(const layer* self, int batch, const real* const* x, real* y) {
  vector_fill(shape_size(&self->output) * (size_t) batch, 0, y);
  for (int k = 0; k < self->n_inputs; ++k) {
    spread_add(self, k, batch, sum_factor(self, k), x[k], y);
  }
}

static void sum_forward(const layer* self, const frame* f) {
  sum_of(self, f->batch, f->x, f->y);
}

static void sum_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                            real* dw) {
  (void) dw;
  for (int k = 0; k < self->n_inputs; ++k) {
    if (dx[k]) spread_sum(self, k, f->batch, sum_factor(self, k), dy, dx[k]);
  }
}

static void sum_jvp(const layer* self, const frame* f, const real* const* xdot,
                       const real* wdot, real* ydot) {
  (void) wdot;
  sum_of(self, f->batch, xdot, ydot);
}

/* What input k gives to number i of sample j. */
static size_t merge_place(const layer* self, int k, size_t j, size_t i) {
  size_t in = shape_size(self->inputs + k);
  return j * in + (merge_is_whole(self, k) ? i : merge_offset(self, k, i));
}

/* The product of all inputs but one, at number i of sample j. */
static real product_without(const layer* self, const frame* f, int but, size_t j, size_t i) {
  real product = 1;
  for (int k = 0; k < self->n_inputs; ++k) {
    if (k != but) product *= f->x[k][merge_place(self, k, j, i)];
  }
  return product;
}

static void multiply_forward(const layer* self, const frame* f) {
  size_t size = shape_size(&self->output);
  for (size_t j = 0; j < (size_t) f->batch; ++j) {
    for (size_t i = 0; i < size; ++i) f->y[j * size + i] = product_without(self, f, -1, j, i);
  }
}

static void multiply_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                              real* dw) {
  (void) dw;
  size_t size = shape_size(&self->output);
  for (int k = 0; k < self->n_inputs; ++k) {
    if (!dx[k]) continue;
    vector_fill(shape_size(self->inputs + k) * (size_t) f->batch, 0, dx[k]);
    for (size_t j = 0; j < (size_t) f->batch; ++j) {
      for (size_t i = 0; i < size; ++i) {
        real others = product_without(self, f, k, j, i);
        dx[k][merge_place(self, k, j, i)] += dy[j * size + i] * others;
      }
    }
  }
}

static void multiply_jvp(const layer* self, const frame* f, const real* const* xdot,
                         const real* wdot, real* ydot) {
  (void) wdot;
  size_t size = shape_size(&self->output);
  for (size_t j = 0; j < (size_t) f->batch; ++j) {
    for (size_t i = 0; i < size; ++i) {
      real sum = 0;
      for (int k = 0; k < self->n_inputs; ++k) {
        sum += xdot[k][merge_place(self, k, j, i)] * product_without(self, f, k, j, i);
      }
      ydot[j * size + i] = sum;
    }
  }
}

/* The tangent of the product of all inputs but one, at number i of sample j. */
static real product_turn(const layer* self, const frame* f, const real* const* xdot, int but,
                         size_t j, size_t i) {
  real sum = 0;
  for (int m = 0; m < self->n_inputs; ++m) {
    if (m == but) continue;
    real product = xdot[m][merge_place(self, m, j, i)];
    for (int k = 0; k < self->n_inputs; ++k) {
      if (k != but && k != m) product *= f->x[k][merge_place(self, k, j, i)];
    }
    sum += product;
  }
  return sum;
}

static NN_COLD void multiply_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                          real* const* dxdot, real* dwdot) {
  size_t size = shape_size(&self->output);
  multiply_backward(self, f, t->dydot, dxdot, dwdot);
  for (int k = 0; k < self->n_inputs; ++k) {
    for (size_t j = 0; dxdot[k] && j < (size_t) f->batch; ++j) {
      for (size_t i = 0; i < size; ++i) {
        real turn = product_turn(self, f, t->xdot, k, j, i);
        dxdot[k][merge_place(self, k, j, i)] += t->dy[j * size + i] * turn;
      }
    }
  }
}

/* The first input with the largest (least) number i of sample j; one that is NaN wins. */
static int extreme_of(const layer* self, const frame* f, size_t j, size_t i) {
  real sign = strcmp(self->type->name, "minimum") == 0 ? -1 : 1;
  int best = 0;
  real most = sign * f->x[0][merge_place(self, 0, j, i)];
  for (int k = 1; k < self->n_inputs; ++k) {
    real x = sign * f->x[k][merge_place(self, k, j, i)];
    if (!(x > most || (x != x && most == most))) continue;
    best = k;
    most = x;
  }
  return best;
}

static void extreme_pick(const layer* self, const frame* f, const real* const* from, real* to) {
  size_t size = shape_size(&self->output);
  for (size_t j = 0; j < (size_t) f->batch; ++j) {
    for (size_t i = 0; i < size; ++i) {
      int k = extreme_of(self, f, j, i);
      to[j * size + i] = from[k][merge_place(self, k, j, i)];
    }
  }
}

static void extreme_forward(const layer* self, const frame* f) {
  extreme_pick(self, f, f->x, f->y);
}

static void extreme_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                             real* dw) {
  (void) dw;
  size_t size = shape_size(&self->output);
  for (int k = 0; k < self->n_inputs; ++k) {
    if (dx[k]) vector_fill(shape_size(self->inputs + k) * (size_t) f->batch, 0, dx[k]);
  }
  for (size_t j = 0; j < (size_t) f->batch; ++j) {
    for (size_t i = 0; i < size; ++i) {
      int k = extreme_of(self, f, j, i);
      if (dx[k]) dx[k][merge_place(self, k, j, i)] += dy[j * size + i];
    }
  }
}

static void extreme_jvp(const layer* self, const frame* f, const real* const* xdot,
                        const real* wdot, real* ydot) {
  (void) wdot;
  extreme_pick(self, f, xdot, ydot);
}

static const layer_type add_layer = {
    "add", {{NULL, 0}}, merge_shape, sum_forward, sum_backward, sum_jvp,
    plain_backward_jvp,
};

static const layer_type subtract_layer = {
    "subtract", {{NULL, 0}}, pair_shape, sum_forward, sum_backward, sum_jvp,
    plain_backward_jvp,
};

static const layer_type average_layer = {
    "average", {{NULL, 0}}, merge_shape, sum_forward, sum_backward, sum_jvp,
    plain_backward_jvp,
};

static const layer_type multiply_layer = {
    "multiply", {{NULL, 0}}, merge_shape, multiply_forward, multiply_backward, multiply_jvp,
    multiply_backward_jvp,
};

static const layer_type maximum_layer = {
    "maximum", {{NULL, 0}}, merge_shape, extreme_forward, extreme_backward, extreme_jvp,
    plain_backward_jvp,
};

static const layer_type minimum_layer = {
    "minimum", {{NULL, 0}}, merge_shape, extreme_forward, extreme_backward, extreme_jvp,
    plain_backward_jvp,
};
