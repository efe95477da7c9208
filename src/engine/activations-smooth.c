#include "activation.h"

#include "vector.h"

/* Smooth activations, each arranged so that nothing overflows or cancels on either side.
 * Slopes use y where it saves an exponential. */

static void sigmoid_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = sigmoid(x[i]);
}

static void sigmoid_slope(const span* s, const real* x, const real* y, real* d) {
  (void) x;
  for (size_t i = 0; i < s->n; ++i) d[i] = y[i] * (1 - y[i]);
}

static void tanh_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = tanh(x[i]);
}

static void tanh_slope(const span* s, const real* x, const real* y, real* d) {
  (void) x;
  for (size_t i = 0; i < s->n; ++i) d[i] = 1 - y[i] * y[i];
}

static void tanh_shrink_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] - tanh(x[i]);
}

static void tanh_shrink_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) {
    real t = tanh(x[i]);
    d[i] = t * t;
  }
}

static void exponential_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = exp(x[i]);
}

static void exponential_slope(const span* s, const real* x, const real* y, real* d) {
  (void) x;
  vector_copy(s->n, y, d);
}

static void softplus_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = softplus(x[i]);
}

static void softplus_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = sigmoid(x[i]);
}

static void log_sigmoid_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = -softplus(-x[i]);
}

static void log_sigmoid_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) d[i] = sigmoid(-x[i]);
}

static void softsign_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] / (1 + fabs(x[i]));
}

static void softsign_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) {
    real below = 1 + fabs(x[i]);
    d[i] = 1 / (below * below);
  }
}

/* (x + r) / 2 with r = sqrt(x^2 + b); left of 0 it is b / 2 / (r - x), which keeps its
 * digits there. The slope is y / r. */
static real squareplus_root(real x, real b) { return sqrt(x * x + b); }

static void squareplus_value(const span* s, const real* x, real* y) {
  const real b = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) {
    real r = squareplus_root(x[i], b);
    y[i] = (x[i] < 0 ? b / (r - x[i]) : x[i] + r) / 2;
  }
}

static void squareplus_slope(const span* s, const real* x, const real* y, real* d) {
  const real b = (real) s->h[0];
  for (size_t i = 0; i < s->n; ++i) {
    real r = squareplus_root(x[i], b);
    d[i] = r == 0 ? (real) 0.5 : y[i] / r;
  }
}

static void silu_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] * sigmoid(x[i]);
}

static void silu_slope(const span* s, const real* x, const real* y, real* d) {
  for (size_t i = 0; i < s->n; ++i) {
    real g = sigmoid(x[i]);
    d[i] = g + y[i] * (1 - g);
  }
}

static void mish_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] * tanh(softplus(x[i]));
}

static void mish_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  for (size_t i = 0; i < s->n; ++i) {
    real t = tanh(softplus(x[i]));
    d[i] = t + x[i] * (1 - t * t) * sigmoid(x[i]);
  }
}

/* x P(x) with the normal distribution's P, whose density is p: slope P + x p. */
#define SQRT_HALF ((real) 0.70710678118654752440)
#define DENSITY_AT_0 ((real) 0.39894228040143267794)

static real normal_probability(real x) { return erfc(-SQRT_HALF * x) / 2; }

static void gelu_exact_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] * normal_probability(x[i]);
}

static void gelu_exact_slope(const span* s, const real* x, real* d) {
  for (size_t i = 0; i < s->n; ++i) {
    d[i] = normal_probability(x[i]) + x[i] * (DENSITY_AT_0 * exp(-x[i] * x[i] / 2));
  }
}

/* The approximation: x (1 + tanh u) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + c x^3). */
#define SQRT_2_OVER_PI ((real) 0.79788456080286535588)
#define GELU_CUBE ((real) 0.044715)

static real gelu_gate(real x) {
  return sigmoid(2 * SQRT_2_OVER_PI * (x + GELU_CUBE * x * x * x));
}

static void gelu_tanh_value(const span* s, const real* x, real* y) {
  for (size_t i = 0; i < s->n; ++i) y[i] = x[i] * gelu_gate(x[i]);
}

/* Beyond 30 the gate is shut or open in either precision, and a square could overflow. */
static void gelu_tanh_slope(const span* s, const real* x, real* d) {
  for (size_t i = 0; i < s->n; ++i) {
    real g = gelu_gate(x[i]), near = x[i] < -30 ? -30 : x[i] > 30 ? 30 : x[i];
    real steep = 2 * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBE * near * near);
    d[i] = g + near * g * (1 - g) * steep;
  }
}

static void gelu_value(const span* s, const real* x, real* y) {
  if (s->h[0] != 0) {
    gelu_tanh_value(s, x, y);
  } else {
    gelu_exact_value(s, x, y);
  }
}

static void gelu_slope(const span* s, const real* x, const real* y, real* d) {
  (void) y;
  if (s->h[0] != 0) {
    gelu_tanh_slope(s, x, d);
  } else {
    gelu_exact_slope(s, x, d);
  }
}
