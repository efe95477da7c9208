#include "activations-loops.h"

/* Smooth activations, each arranged so that nothing overflows or cancels on either side.
 * Slopes use y where it saves an exponential. */

NN_INLINE vec sigmoid_at(const real* h, vec x) {
  (void) h;
  return vec_sigmoid(x);
}
NN_INLINE vec sigmoid_bend(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return y * (1 - y);
}
NN_INLINE vec sigmoid_curve(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return y * (1 - y) * (1 - 2 * y);
}
ACTIVATION_LOOPS(sigmoid, 0)
ACTIVATION_CURVE(sigmoid, 0)

NN_INLINE vec tanh_at(const real* h, vec x) {
  (void) h;
  return vec_tanh(x);
}
NN_INLINE vec tanh_bend(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return 1 - y * y;
}
NN_INLINE vec tanh_curve(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return -2 * y * (1 - y * y);
}
ACTIVATION_LOOPS(tanh, 0)
ACTIVATION_CURVE(tanh, 0)

NN_INLINE vec tanh_shrink_at(const real* h, vec x) {
  (void) h;
  return x - vec_tanh(x);
}
NN_INLINE vec tanh_shrink_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec t = vec_tanh(x);
  return t * t;
}
NN_INLINE vec tanh_shrink_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec t = vec_tanh(x);
  return 2 * t * (1 - t * t);
}
ACTIVATION_LOOPS(tanh_shrink, 0)
ACTIVATION_CURVE(tanh_shrink, 0)

NN_INLINE vec exponential_at(const real* h, vec x) {
  (void) h;
  return vec_exp(x);
}
NN_INLINE vec exponential_bend(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return y;
}
NN_INLINE vec exponential_curve(const real* h, vec x, vec y) {
  (void) h, (void) x;
  return y;
}
ACTIVATION_LOOPS(exponential, 0)
ACTIVATION_CURVE(exponential, 0)

NN_INLINE vec softplus_at(const real* h, vec x) {
  (void) h;
  return vec_softplus(x);
}
NN_INLINE vec softplus_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return vec_sigmoid(x);
}
NN_INLINE vec softplus_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return vec_sigmoid(x) * vec_sigmoid(-x);
}
ACTIVATION_LOOPS(softplus, 0)
ACTIVATION_CURVE(softplus, 0)

NN_INLINE vec log_sigmoid_at(const real* h, vec x) {
  (void) h;
  return -vec_softplus(-x);
}
NN_INLINE vec log_sigmoid_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return vec_sigmoid(-x);
}
NN_INLINE vec log_sigmoid_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return -vec_sigmoid(x) * vec_sigmoid(-x);
}
ACTIVATION_LOOPS(log_sigmoid, 0)
ACTIVATION_CURVE(log_sigmoid, 0)

NN_INLINE vec softsign_at(const real* h, vec x) {
  (void) h;
  return x / (1 + vec_abs(x));
}
NN_INLINE vec softsign_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec below = 1 + vec_abs(x);
  return 1 / (below * below);
}
NN_INLINE vec softsign_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec below = 1 + vec_abs(x);
  return vec_select(x < 0, vec_of(2), vec_of(-2)) / (below * below * below);
}
ACTIVATION_LOOPS(softsign, 0)
ACTIVATION_CURVE(softsign, 0)

/* (x + r) / 2 with r = sqrt(x^2 + b); left of 0 it is b / 2 / (r - x), which keeps its
 * digits there. The slope is y / r. */
NN_INLINE vec squareplus_at(const real* h, vec x) {
  vec r = vec_sqrt(x * x + h[0]);
  return vec_select(x < 0, h[0] / (r - x), x + r) / 2;
}
NN_INLINE vec squareplus_bend(const real* h, vec x, vec y) {
  vec r = vec_sqrt(x * x + h[0]);
  return vec_select(r == 0, vec_of((real) 0.5), y / r);
}
NN_INLINE vec squareplus_curve(const real* h, vec x, vec y) {
  (void) y;
  vec r = vec_sqrt(x * x + h[0]);
  return vec_select(r == 0, vec_of(0), h[0] / (2 * r * r * r));
}
ACTIVATION_LOOPS(squareplus, 1)
ACTIVATION_CURVE(squareplus, 1)

NN_INLINE vec silu_at(const real* h, vec x) {
  (void) h;
  return x * vec_sigmoid(x);
}
NN_INLINE vec silu_bend(const real* h, vec x, vec y) {
  (void) h;
  vec g = vec_sigmoid(x);
  return g + y * (1 - g);
}
NN_INLINE vec silu_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec g = vec_sigmoid(x), rest = vec_sigmoid(-x);
  return g * rest * (2 + x * (rest - g));
}
ACTIVATION_LOOPS(silu, 0)
ACTIVATION_CURVE(silu, 0)

/* x t with t = tanh(log(1 + e)), e = exp(x), which is w / (w + 2) with w = e (e + 2). Beyond 30
 * t is 1 in either precision. */
NN_INLINE vec mish_exp(vec x) { return vec_exp(vec_at_most(x, 30)); }

NN_INLINE vec mish_at(const real* h, vec x) {
  (void) h;
  vec e = mish_exp(x), w = e * (e + 2);
  return x * (w / (w + 2));
}
NN_INLINE vec mish_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec e = mish_exp(x), w = e * (e + 2), t = w / (w + 2);
  return t + x * (1 - t * t) * (e / (1 + e));
}
NN_INLINE vec mish_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec e = mish_exp(x), w = e * (e + 2), t = w / (w + 2), s = e / (1 + e);
  vec slope = (1 - t * t) * s, curve = slope * (1 - s - 2 * t * s);
  return 2 * slope + x * curve;
}
ACTIVATION_LOOPS(mish, 0)
ACTIVATION_CURVE(mish, 0)

/* x P(x) with the normal distribution's P, whose density is p: slope P + x p. */
#define SQRT_HALF ((real) 0.70710678118654752440)
#define DENSITY_AT_0 ((real) 0.39894228040143267794)

NN_INLINE vec normal_probability(vec x) { return vec_erfc(-SQRT_HALF * x) / 2; }

NN_INLINE vec gelu_exact_at(const real* h, vec x) {
  (void) h;
  return x * normal_probability(x);
}
NN_INLINE vec gelu_exact_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  return normal_probability(x) + x * (DENSITY_AT_0 * vec_exp(-x * x / 2));
}
NN_INLINE vec gelu_exact_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec near = vec_at_least(vec_at_most(x, 40), -40);
  return DENSITY_AT_0 * vec_exp(-near * near / 2) * (2 - near * near);
}
ACTIVATION_LOOPS(gelu_exact, 0)
ACTIVATION_CURVE(gelu_exact, 0)

/* The approximation: x (1 + tanh u) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + c x^3). */
#define SQRT_2_OVER_PI ((real) 0.79788456080286535588)
#define GELU_CUBE ((real) 0.044715)

NN_INLINE vec gelu_gate(vec x) {
  return vec_sigmoid(2 * SQRT_2_OVER_PI * (x + GELU_CUBE * x * x * x));
}

NN_INLINE vec gelu_tanh_at(const real* h, vec x) {
  (void) h;
  return x * gelu_gate(x);
}

/* Beyond 30 the gate is shut or open in either precision, and a square could overflow. */
NN_INLINE vec gelu_tanh_bend(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec g = gelu_gate(x), near = vec_at_least(vec_at_most(x, 30), -30);
  return g + near * g * (1 - g) * (2 * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBE * near * near));
}
NN_INLINE vec gelu_tanh_curve(const real* h, vec x, vec y) {
  (void) h, (void) y;
  vec g = gelu_gate(x), near = vec_at_least(vec_at_most(x, 30), -30);
  vec slope = 2 * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBE * near * near);
  vec curve = 12 * SQRT_2_OVER_PI * GELU_CUBE * near;
  return g * (1 - g) * (2 * slope + near * ((1 - 2 * g) * slope * slope + curve));
}
ACTIVATION_LOOPS(gelu_tanh, 0)
ACTIVATION_CURVE(gelu_tanh, 0)

static void gelu_value(const span* s, const real* x, real* y) {
  (s->h[0] != 0 ? gelu_tanh_value : gelu_exact_value)(s, x, y);
}

static void gelu_slope(const span* s, const real* x, const real* y, const real* v, real* to) {
  (s->h[0] != 0 ? gelu_tanh_slope : gelu_exact_slope)(s, x, y, v, to);
}

static NN_COLD void gelu_backward_jvp(const span* s, const activation_turn* t) {
  (s->h[0] != 0 ? gelu_tanh_backward_jvp : gelu_exact_backward_jvp)(s, t);
}
