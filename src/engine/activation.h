/* Activations: one table row each. An elementwise activation gives its `value` and its
 * `slope`; one that works along an axis (softmax and the like) gives `value`, `backward`
 * and `jvp`; each gives the tangent of its backward. Everything else about activations is
 * written once, in layer-activation.c. */
#ifndef NN_ACTIVATION_H
#define NN_ACTIVATION_H

#include "real.h"

/* n numbers. Along an axis: groups of k numbers, `inner` apart, so that number i of the
 * group (o, j) stands at (o * k + i) * inner + j, with o < n / (k * inner), j < inner. */
typedef struct {
  size_t n;
  size_t k;
  size_t inner;
  const double* h;  /* hyperparameters, in the order of the record */
} span;

/* A point with what arrives in backward there, their tangents along xdot, and the tangent of
 * dx = J' dy, which is to be written. */
typedef struct {
  const real *x, *y, *dy;
  const real *xdot, *ydot, *dydot;
  real* dxdot;
} activation_turn;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  void (*value)(const span* s, const real* x, real* y);
  /* elementwise: to = dy/dx v, which serves as backward and as jvp */
  void (*slope)(const span* s, const real* x, const real* y, const real* v, real* to);
  /* along an axis, else NULL: dx = J' dy and ydot = J xdot */
  void (*backward)(const span* s, const real* x, const real* y, const real* dy, real* dx);
  void (*jvp)(const span* s, const real* x, const real* y, const real* xdot, real* ydot);
  /* dxdot = J' dydot + (dJ/dx xdot)' dy; at a kink as if there were none */
  void (*backward_jvp)(const span* s, const activation_turn* t);
  bool halves;  /* the output has half as many numbers along the axis (glu) */
} activation;

NN_PRIVATE const activation* activation_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const activation* activation_at(int i);

#endif
