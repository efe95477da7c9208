/* Elementwise activations are written for one vector of numbers. Handed to these loops, which
 * are inlined, such a function is no call. */
#ifndef NN_ACTIVATIONS_LOOPS_H
#define NN_ACTIVATIONS_LOOPS_H

#include "activation.h"
#include "vector-math.h"

enum { NN_ELEMENTWISE_HPARAMS = 3 };

/* f(x); f'(x) or f''(x), where y = f(x) is known; h are the hyperparameters. */
typedef vec (*activation_at_vector)(const real* h, vec x);
typedef vec (*activation_bend_vector)(const real* h, vec x, vec y);

NN_INLINE void span_map(const span* s, int n_h, activation_at_vector f, const real* x, real* y) {
  real h[NN_ELEMENTWISE_HPARAMS];
  for (int k = 0; k < n_h; ++k) h[k] = (real) s->h[k];
  for (size_t i = 0; i < s->n; i += LANES) {
    vec_store(y + i, f(h, vec_load(x + i, s->n - i)), s->n - i);
  }
}

/* The values of a pass, besides the span: to = f'(x) v. */
typedef struct {
  const real *x, *y, *v;
  real* to;
} slope_arrays;

NN_INLINE void span_slope(const span* s, int n_h, activation_bend_vector bend, slope_arrays a) {
  real h[NN_ELEMENTWISE_HPARAMS];
  for (int k = 0; k < n_h; ++k) h[k] = (real) s->h[k];
  for (size_t i = 0; i < s->n; i += LANES) {
    size_t left = s->n - i;
    vec d = bend(h, vec_load(a.x + i, left), vec_load(a.y + i, left));
    vec_store(a.to + i, d * vec_load(a.v + i, left), left);
  }
}

NN_INLINE void span_turn(const span* s, int n_h, activation_bend_vector bend,
                         activation_bend_vector curve, const activation_turn* t) {
  real h[NN_ELEMENTWISE_HPARAMS];
  for (int k = 0; k < n_h; ++k) h[k] = (real) s->h[k];
  for (size_t i = 0; i < s->n; i += LANES) {
    size_t left = s->n - i;
    vec x = vec_load(t->x + i, left), y = vec_load(t->y + i, left);
    vec turned = curve(h, x, y) * vec_load(t->xdot + i, left) * vec_load(t->dy + i, left);
    vec_store(t->dxdot + i, bend(h, x, y) * vec_load(t->dydot + i, left) + turned, left);
  }
}

/* value and slope of a record with n_h hyperparameters, from name_at() and name_bend() */
#define ACTIVATION_VALUE(name, n_h, at)                              \
  static void name##_value(const span* s, const real* x, real* y) {  \
    span_map(s, n_h, at, x, y);                                      \
  }
#define ACTIVATION_SLOPE(name, n_h, bend)                                               \
  static void name##_slope(const span* s, const real* x, const real* y, const real* v,  \
                           real* to) {                                                  \
    span_slope(s, n_h, bend, (slope_arrays){x, y, v, to});                              \
  }
#define ACTIVATION_LOOPS(name, n_h)           \
  ACTIVATION_VALUE(name, n_h, name##_at)      \
  ACTIVATION_SLOPE(name, n_h, name##_bend)

/* The tangent of backward, of a record with name_curve() and of one whose f'' is 0. */
#define ACTIVATION_CURVE(name, n_h)                                                  \
  static NN_COLD void name##_backward_jvp(const span* s, const activation_turn* t) { \
    span_turn(s, n_h, name##_bend, name##_curve, t);                                 \
  }
#define ACTIVATION_STRAIGHT(name)                                                    \
  static NN_COLD void name##_backward_jvp(const span* s, const activation_turn* t) { \
    name##_slope(s, t->x, t->y, t->dydot, t->dxdot);                                 \
  }

#endif
