#include "functions.h"

#include "vector.h"

/* The records of the tables as functions of plain arrays, for callers that want one
 * activation, loss or optimizer step without a network. */

NN_PRIVATE nn_code function_activation(nn_choice f, size_t n, int k, int inner, const nn_real* x,
                                   nn_real* y) {
  const activation* a = activation_find(f.name);
  span s = {.n = n, .k = (size_t) k, .inner = (size_t) inner, .h = f.h};
  if (!a) return NN_UNKNOWN_NAME;
  a->value(&s, x, y);
  return NN_OK;
}

NN_PRIVATE nn_code function_activation_backward(nn_choice f, size_t n, int k, int inner,
                                            const nn_real* x, const nn_real* y,
                                            const nn_real* dy, nn_real* dx) {
  const activation* a = activation_find(f.name);
  span s = {.n = n, .k = (size_t) k, .inner = (size_t) inner, .h = f.h};
  if (!a) return NN_UNKNOWN_NAME;
  if (a->backward) {
    a->backward(&s, x, y, dy, dx);
  } else {
    a->slope(&s, x, y, dy, dx);
  }
  return NN_OK;
}

static loss_args columns_of(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                            const nn_real* y) {
  loss_args a = {.cols = cols, .k = k, .kt = kt, .t = t, .y = y, .h = f.h};
  return a;
}

NN_PRIVATE nn_code function_loss_value(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                   const nn_real* y, nn_real* v) {
  const loss* l = loss_find(f.name);
  loss_args a = columns_of(f, cols, k, kt, t, y);
  if (l) l->value(&a, v);
  return l ? NN_OK : NN_UNKNOWN_NAME;
}

NN_PRIVATE nn_code function_loss_grad(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                  const nn_real* y, const nn_real* s, nn_real* dy) {
  const loss* l = loss_find(f.name);
  loss_args a = columns_of(f, cols, k, kt, t, y);
  if (l) l->grad(&a, s, dy);
  return l ? NN_OK : NN_UNKNOWN_NAME;
}

NN_PRIVATE nn_code function_loss_scales(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                    const nn_real* y, const nn_real* weight,
                                    nn_reduction reduction, nn_real* s) {
  const loss* l = loss_find(f.name);
  loss_args a = columns_of(f, cols, k, kt, t, y);
  if (l) loss_scales(l, &a, weight, reduction, s);
  return l ? NN_OK : NN_UNKNOWN_NAME;
}

static const metric* metric_settings(nn_choice f, int k, loss_args* a) {
  const metric* m = metric_find(f.name);
  *a = (loss_args){.h = f.h, .n_h = f.n_h, .k = k};
  return m && metric_takes(m, f.n_h) ? m : NULL;
}

NN_PRIVATE size_t function_metric_states(nn_choice f, int k) {
  loss_args a;
  const metric* m = metric_settings(f, k, &a);
  return m ? m->states(&a) : 0;
}

NN_PRIVATE int function_metric_results(nn_choice f, int k) {
  loss_args a;
  const metric* m = metric_settings(f, k, &a);
  return m ? metric_results(m, &a) : 0;
}

NN_PRIVATE nn_code function_metric_update(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                      const nn_real* y, const nn_real* weight, nn_real* v,
                                      double* state) {
  loss_args a;
  const metric* m = metric_settings(f, k, &a);
  if (!m) return NN_UNKNOWN_NAME;
  a.cols = cols;
  a.kt = kt;
  a.t = t;
  a.y = y;
  m->update(m, &a, weight, v, state);
  return NN_OK;
}

NN_PRIVATE double function_metric_result(nn_choice f, int k, const double* state, int i) {
  loss_args a;
  const metric* m = metric_settings(f, k, &a);
  return m ? m->result(&a, state, i) : 0;
}

/* Fans by Keras: a vector counts as both, a matrix has inputs and outputs, and of more
 * dimensions all but the last two are a receptive field. */
static void fans_set(initializer_args* a) {
  double field = 1, last = a->rank ? a->dims[a->rank - 1] : 1;
  for (int i = 0; i < a->rank - 2; ++i) field *= a->dims[i];
  a->fan_in = field * (a->rank > 1 ? a->dims[a->rank - 2] : last);
  a->fan_out = field * last;
}

NN_PRIVATE nn_code function_initializer_draw(nn_choice f, int rank, const int* dims, uint64_t seed,
                                         uint32_t stream, double* w) {
  const initializer* init = initializer_find(f.name);
  if (!init) return NN_UNKNOWN_NAME;
  initializer_args a = {.rank = rank, .dims = dims, .n = 1, .h = f.h};
  for (int i = 0; i < rank; ++i) a.n *= (size_t) dims[i];
  fans_set(&a);
  rng r = rng_new(seed, NN_STREAM_INIT, stream);
  init->draw(&a, &r, w);
  return NN_OK;
}

static tensor tensor_of(int rank, const int* dims) {
  tensor t = {.rank = rank, .n = 1};
  for (int i = 0; i < rank; ++i) {
    t.dims[i] = dims[i];
    t.n *= (size_t) dims[i];
  }
  return t;
}

NN_PRIVATE nn_code function_penalty_value(nn_choice f, int rank, const int* dims, const nn_real* w,
                                      double* value) {
  const penalty* p = penalty_find(f.name);
  tensor t = tensor_of(rank, dims);
  if (p) *value = p->value(&t, f.h, w);
  return p ? NN_OK : NN_UNKNOWN_NAME;
}

NN_PRIVATE nn_code function_penalty_grad(nn_choice f, int rank, const int* dims, const nn_real* w,
                                     nn_real* g) {
  const penalty* p = penalty_find(f.name);
  tensor t = tensor_of(rank, dims);
  if (p) p->grad(&t, f.h, 1, w, g);
  return p ? NN_OK : NN_UNKNOWN_NAME;
}

NN_PRIVATE nn_code function_constraint_apply(nn_choice f, int axes, int rank, const int* dims,
                                         nn_real* w) {
  const constraint* c = constraint_find(f.name);
  tensor t = tensor_of(rank, dims);
  if (c) c->apply(&t, f.h, axes, w);
  return c ? NN_OK : NN_UNKNOWN_NAME;
}

NN_PRIVATE nn_code function_schedule_value(nn_choice f, double step, double* lr) {
  const schedule* s = schedule_find(f.name);
  if (s) *lr = s->value(f.h, f.n_h, step);
  return s ? NN_OK : NN_UNKNOWN_NAME;
}
