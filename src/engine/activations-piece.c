#include "activations-loops.h"

/* Put together from straight pieces and parabolas. At a kink the slope is the one that
 * Keras' gradients have there. Comparisons are turned so that NaN passes. */

NN_INLINE vec clipped(vec x, real low, real high) {
  return vec_at_least(vec_at_most(x, high), low);
}

/* `yes` where the mask is set, else 0 */
NN_INLINE vec only_where(vec_mask where, vec yes) { return (vec) (where & (vec_mask) yes); }

NN_INLINE vec hard_tanh_at(const real* h, vec x) {
  (void) h;
  return clipped(x, -1, 1);
}
NN_INLINE vec hard_tanh_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return only_where((x >= -1) & (x <= 1), vec_of(1));
}
ACTIVATION_LOOPS(hard_tanh, 0)
ACTIVATION_STRAIGHT(hard_tanh)

/* relu6(x + 3) / 6 */
NN_INLINE vec hard_sigmoid_at(const real* h, vec x) {
  (void) h;
  return clipped(x / 6 + (real) 0.5, 0, 1);
}
NN_INLINE vec hard_sigmoid_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return only_where((x > -3) & (x < 3), vec_of((real) 1 / 6));
}
ACTIVATION_LOOPS(hard_sigmoid, 0)
ACTIVATION_STRAIGHT(hard_sigmoid)

NN_INLINE vec hard_silu_at(const real* h, vec x) { return x * hard_sigmoid_at(h, x); }
NN_INLINE vec hard_silu_bend(const real* h, vec x, vec y) {
  return hard_sigmoid_at(h, x) + x * hard_sigmoid_bend(h, x, y);
}
NN_INLINE vec hard_silu_curve(const real* h, vec x, vec y) {
  return 2 * hard_sigmoid_bend(h, x, y);
}
ACTIVATION_LOOPS(hard_silu, 0)
ACTIVATION_CURVE(hard_silu, 0)

NN_INLINE vec hard_shrink_at(const real* h, vec x) {
  return vec_select(vec_abs(x) <= h[0], vec_of(0), x);
}
NN_INLINE vec shrink_bend(const real* h, vec x, vec y) {
  (void) y;
  return only_where(vec_abs(x) > h[0], vec_of(1));
}
ACTIVATION_VALUE(hard_shrink, 1, hard_shrink_at)
ACTIVATION_SLOPE(shrink, 1, shrink_bend)
ACTIVATION_STRAIGHT(shrink)

NN_INLINE vec soft_shrink_at(const real* h, vec x) {
  return vec_select(vec_abs(x) <= h[0], vec_of(0), vec_select(x > 0, x - h[0], x + h[0]));
}
ACTIVATION_VALUE(soft_shrink, 1, soft_shrink_at)

/* 0 up to -1, x from 1 on, between them the parabola (x + 1)^2 / 4. */
NN_INLINE vec sparse_plus_at(const real* h, vec x) {
  (void) h;
  vec half = (x + 1) / 2;
  return vec_select(x <= -1, vec_of(0), vec_select(x < 1, half * half, x));
}
NN_INLINE vec sparse_plus_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return clipped((x + 1) / 2, 0, 1);
}
NN_INLINE vec sparse_plus_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return only_where((x > -1) & (x < 1), vec_of((real) 0.5));
}
ACTIVATION_LOOPS(sparse_plus, 0)
ACTIVATION_CURVE(sparse_plus, 0)

NN_INLINE vec sparse_sigmoid_at(const real* h, vec x) {
  (void) h;
  return clipped((x + 1) / 2, 0, 1);
}
NN_INLINE vec sparse_sigmoid_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return only_where((x > -1) & (x < 1), vec_of((real) 0.5));
}
ACTIVATION_LOOPS(sparse_sigmoid, 0)
ACTIVATION_STRAIGHT(sparse_sigmoid)
