/* Standardizing a set of numbers: x_hat = (x - mean) inverse, inverse = 1 / sqrt(var + eps)
 * with the biased variance. A set is numbers at
 *
 *   at + p by_outer + q by_inner,  p < n_outer, q < n_inner
 *
 * which is one channel of a batch, or one sample. The derivative of x_hat by x is
 *
 *   P v = inverse (v - mean(v) - x_hat mean(x_hat v)),
 *
 * a symmetric matrix, so that it serves backward and jvp. Along xdot it changes by
 *
 *   Pdot v = -inverse (a P v + x_hatdot mean(x_hat v) + x_hat mean(x_hatdot v)),
 *
 * where a = mean(x_hat xdot), -inverse a is the relative change of inverse, x_hatdot = P xdot. */
#ifndef NN_NORMALIZATION_H
#define NN_NORMALIZATION_H

#include "real.h"

typedef struct {
  size_t at, n_outer, by_outer, n_inner, by_inner;
} number_set;

typedef struct {
  real mean, inverse;
} spread;

/* Of the numbers of the set; the variance as such is written to *variance. */
NN_PRIVATE spread spread_of(const number_set* s, const real* x, double epsilon, real* variance);
/* y = scale x_hat + shift */
NN_PRIVATE void standardize(const number_set* s, spread m, const real* x, real scale, real shift,
                            real* y);
/* y += scale x_hat + shift */
NN_PRIVATE void standardize_add(const number_set* s, spread m, const real* x, real scale,
                                real shift, real* y);
/* to = scale P v; to may be v */
NN_PRIVATE void standardize_project(const number_set* s, spread m, const real* x, const real* v,
                                    real scale, real* to);
/* vdot becomes P vdot + Pdot v */
NN_PRIVATE void standardize_turn(const number_set* s, spread m, const real* x, const real* xdot,
                                 const real* v, real* vdot);
/* sum of v, of u v, and of x_hat v */
NN_PRIVATE double set_sum(const number_set* s, const real* v);
NN_PRIVATE double set_dot(const number_set* s, const real* u, const real* v);
NN_PRIVATE void set_scale(const number_set* s, real a, real* v); /* v *= a */
NN_PRIVATE double standardized_dot(const number_set* s, spread m, const real* x, const real* v);

#endif
